//! The text of a selection set, and the variables that it uses.

use super::Projection;
use crate::filter::Argument;
use crate::kind::Kind;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How deep a projection may hold another; one that holds itself would never end.
const DEEPEST: usize = 40;

/// The text of a selection set, written front to back, and the values of its arguments.
#[derive(Debug, Default, Clone)]
pub struct Selection {
    text: String,
    variables: Vec<SelectionVariable>,
    depth: usize,
    problem: Option<String>,
}

/// A variable that the selection set uses.
#[derive(Clone)]
pub(crate) struct SelectionVariable {
    pub(crate) name: String,
    pub(crate) graphql_type: Cow<'static, str>,
    pub(crate) value: Box<RawValue>,
}

impl std::fmt::Debug for SelectionVariable {
    /// Shows name and type, never the value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.graphql_type)
    }
}

impl Selection {
    /// An empty selection.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is selected of an edge that leads to a `P`.
    pub(crate) fn of<P: Projection>() -> Self {
        let mut selection = Self::new();
        P::select_edge(&mut selection, P::select);
        selection
    }

    /// As [`Selection::of`], where the schema may say less of the object, as the relationships of a hierarchy
    /// do, whose peers are of its generic.
    pub(crate) fn fragment_of<P: Projection>() -> Self {
        let mut selection = Self::new();
        selection.push_peer::<P>();
        selection
    }

    /// Adds fields, as GraphQL.
    pub fn push(&mut self, fields: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(fields);
    }

    /// Adds `response: name`, or just the name where the two are one.
    pub(crate) fn push_field(&mut self, response: &str, name: &str) {
        self.push(response);
        if response != name {
            self.text.push_str(": ");
            self.text.push_str(name);
        }
    }

    /// Adds an argument to the field that was pushed last, its value in a variable.
    pub(crate) fn push_argument(&mut self, is_first: bool, argument: &Argument) {
        let name = format!("v{}", self.variables.len() + 1);
        self.text.push_str(if is_first { "(" } else { ", " });
        self.text.push_str(&argument.name);
        self.text.push_str(": $");
        self.text.push_str(&name);
        let graphql_type = Cow::Owned(argument.graphql_type());
        self.variables.push(SelectionVariable { name, graphql_type, value: argument.value.clone() });
    }

    /// Ends the arguments of a field.
    pub(crate) fn end_arguments(&mut self) {
        self.text.push(')');
    }

    /// Adds what is selected of the edge that leads to a peer.
    pub(crate) fn push_peer<P: Projection>(&mut self) {
        // What cannot be sent is not written to its end, which two branches that hold each other put out of reach.
        if self.problem.is_some() {
            return;
        }
        if self.depth >= DEEPEST {
            self.refuse("a projection holds itself, so that its selection would never end: read what is deeper with `peers` or `hierarchy`");
            return;
        }
        self.depth += 1;
        P::select_edge(self, if P::HAS_FRAGMENTS { P::select } else { Self::push_fragment::<P> });
        self.depth -= 1;
    }

    /// Adds `... on Kind { fields of P }`.
    fn push_fragment<P: Projection>(&mut self) {
        self.push("... on");
        self.push(P::Kind::KIND);
        self.push("{");
        let begin = self.text.len();
        P::select(self);
        if self.text[begin..].trim_start() == "id" {
            // The server does not find the kind of the peer of a relationship to one generic where only its id is read.
            self.push("__typename");
        }
        self.push("}");
    }

    /// For derived enums: adds `... on Kind { fields of P }` with a prefix before the name of each field in the
    /// answer, so that fields of one name and different types do not meet.
    #[doc(hidden)]
    pub fn push_variant<P: Projection>(&mut self, prefix: &str) {
        let begin = self.text.len();
        self.push_fragment::<P>();
        let fragment = self.text.split_off(begin);
        let inner = fragment.find('{').map_or(0, |position| position + 1);
        self.text.push_str(&fragment[..inner]);
        push_prefixed(&mut self.text, &fragment[inner..], prefix);
    }

    /// The prefix of the fields of a kind in the answer to a derived enum.
    #[doc(hidden)]
    pub fn prefix_of<P: Projection>() -> String {
        format!("{}__", P::Kind::KIND)
    }

    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn variables(&self) -> &[SelectionVariable] {
        &self.variables
    }

    /// Why this cannot be sent, if it cannot.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Says why this cannot be sent; the first reason stays.
    pub(crate) fn refuse(&mut self, why: impl Into<String>) {
        self.problem.get_or_insert_with(|| why.into());
    }
}

/// Copies fields and gives each of the outermost an alias that begins with `prefix`.
fn push_prefixed(text: &mut String, fields: &str, prefix: &str) {
    let mut depth = 0_usize;
    let mut is_aliased = false;
    for word in fields.split_inclusive(' ') {
        let (opened, closed) = (word.matches(['{', '(']).count(), word.matches(['}', ')']).count());
        let name = word.trim_end();
        let is_field =
            depth == 0 && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if is_field && !is_aliased {
            text.push_str(prefix);
            is_aliased = name.ends_with(':') && !name.contains('(');
            if !is_aliased {
                let field = name.split('(').next().unwrap_or(name);
                text.push_str(field);
                text.push_str(": ");
            }
        } else if is_field {
            is_aliased = false;
        }
        text.push_str(word);
        depth = (depth + opened).saturating_sub(closed);
    }
}

#[cfg(test)]
mod tests {
    use super::push_prefixed;

    #[test]
    fn only_the_outermost_fields_get_the_prefix() {
        let fields =
            "__typename id name { value } place: site { node { id } } ports(a: $v1, b: $v2) { count } }";
        let mut text = String::new();
        push_prefixed(&mut text, fields, "K__");
        assert_eq!(
            text,
            "K____typename: __typename K__id: id K__name: name { value } K__place: site { node { id } } \
             K__ports: ports(a: $v1, b: $v2) { count } }"
        );
    }
}
