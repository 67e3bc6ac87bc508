//! Query documents: constant text for a given set of argument names, with every value in a variable.

use crate::error::Error;
use crate::filter::{Argument, OrderField, order_argument, to_json};
use crate::operation::{Effect, Operation};
use crate::projection::{Selection, SelectionVariable};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a query asks of a kind, or of a relationship to many of one object.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// The kind whose objects are read, or the kind that has the relationship.
    kind: &'static str,
    /// For peers: the id of the object and the name of the relationship.
    through: Option<Through>,
    arguments: Vec<Argument>,
    order: Vec<OrderField>,
    partial_match: bool,
}

#[derive(Debug, Clone)]
struct Through {
    key: Argument,
    relationship: &'static str,
}

/// The part of a result to ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// What one document reads.
pub(crate) enum Content<'a> {
    /// How many objects there are.
    Count,
    /// The peer of a relationship to one; this is selected of the edge.
    Peer { selection: &'a Selection },
    /// Objects and their number; this is selected of each edge.
    Objects { selection: &'a Selection, slice: Slice },
}

impl<'a> Content<'a> {
    fn selection(&self) -> Option<&'a Selection> {
        match self {
            Content::Count => None,
            Content::Peer { selection } | Content::Objects { selection, .. } => Some(selection),
        }
    }
}

impl Query {
    pub(crate) fn of_kind(kind: &'static str) -> Self {
        Self { kind, through: None, arguments: Vec::new(), order: Vec::new(), partial_match: false }
    }

    /// The peers of one object, which `key` names.
    pub(crate) fn of_peers(kind: &'static str, key: Argument, relationship: &'static str) -> Self {
        Self { through: Some(Through { key, relationship }), ..Self::of_kind(kind) }
    }

    /// Whether this asks for the peers of one object, rather than for the objects of a kind.
    pub(super) fn is_of_peers(&self) -> bool {
        self.through.is_some()
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    pub(crate) fn filter(&mut self, argument: Argument) {
        self.arguments.push(argument);
    }

    pub(crate) fn order_by(&mut self, field: OrderField) {
        self.order.push(field);
    }

    pub(crate) fn partial_match(&mut self) {
        self.partial_match = true;
    }

    /// What was looked for, for an error: the names of the filters, and the values of those that name an
    /// object. Other values may be secret.
    pub(crate) fn described(&self) -> String {
        let described = self.arguments.iter().map(|argument| match &*argument.name {
            name @ ("ids" | "hfid") => format!("{name} {}", argument.value.get()),
            name => name.to_owned(),
        });
        described.collect::<Vec<_>>().join(", ")
    }

    /// The operation that reads `content`.
    ///
    /// # Errors
    /// A filter that is given twice, which GraphQL cannot express, and a projection that holds itself.
    pub(crate) fn operation(&self, content: &Content<'_>) -> Result<Operation<'static>, Error> {
        let name = self.operation_name(content);
        if let Some(problem) = content.selection().and_then(Selection::problem) {
            return Err(Error::invalid_request(format!("{}: {problem}", self.kind)));
        }
        let variables = self.variables(content)?;
        let selected = content.selection().map_or(&[][..], Selection::variables);
        let document = self.document(&name, &variables, selected, content);
        Ok(Operation {
            tracker: Cow::Owned(format!("query-{}", name.to_lowercase().replace('_', "-"))),
            name: Cow::Owned(name),
            document: Cow::Owned(document),
            variables: to_json(&Variables { of_query: &variables, of_selection: selected }),
            effect: Effect::Read,
            kind: Some(self.kind),
            is_compiled: true,
            object: None,
            upload: None,
        })
    }

    /// The operation that reads these fields of the first objects.
    pub(crate) fn first(&self, limit: u64, fields: &str) -> Result<Operation<'static>, Error> {
        let mut selection = Selection::new();
        selection.push("node {");
        selection.push(fields);
        selection.push("}");
        self.operation(&Content::Objects { selection: &selection, slice: Slice { offset: 0, limit } })
    }

    fn operation_name(&self, content: &Content<'_>) -> String {
        let what = match content {
            Content::Count => "count",
            Content::Peer { .. } => "peer",
            Content::Objects { .. } => "list",
        };
        match &self.through {
            None => format!("{}_{what}", self.kind),
            Some(through) => format!("{}_{}_{what}", self.kind, through.relationship),
        }
    }

    /// Every argument, in the order that the document declares them.
    fn variables(&self, content: &Content<'_>) -> Result<Vec<Variable>, Error> {
        let mut variables = Vec::with_capacity(self.arguments.len() + 5);
        if let Some(through) = &self.through {
            variables.push(Variable::of(&through.key, "object_"));
        }
        if let Content::Objects { slice, .. } = content {
            variables.push(Variable::new("limit", "Int", to_json(&slice.limit)));
            variables.push(Variable::new("offset", "Int", to_json(&slice.offset)));
            if !self.order.is_empty() {
                variables.push(Variable::of(&order_argument(&self.order), ""));
            }
        }
        if self.partial_match {
            variables.push(Variable::new("partial_match", "Boolean", to_json(&true)));
        }
        for argument in &self.arguments {
            let argument = match &self.through {
                None => Cow::Borrowed(argument),
                Some(through) => Cow::Owned(argument.clone().of_peers().map_err(|why| {
                    Error::invalid_request(format!("{}.{}: {why}", self.kind, through.relationship))
                })?),
            };
            if variables.iter().any(|known| known.argument == argument.name && known.prefix.is_empty()) {
                return Err(Error::invalid_request(format!(
                    "the filter `{}` on {} is given twice; the server takes it once: join the values with `.is_in([…])`",
                    argument.name, self.kind
                )));
            }
            variables.push(Variable::of(&argument, ""));
        }
        Ok(variables)
    }

    fn document(
        &self,
        name: &str,
        variables: &[Variable],
        selected: &[SelectionVariable],
        content: &Content<'_>,
    ) -> String {
        let of_query = variables.iter().map(|variable| (variable.name(), &variable.graphql_type));
        let of_selection =
            selected.iter().map(|variable| (Cow::Borrowed(&*variable.name), &variable.graphql_type));
        let declared: Vec<_> = of_query.chain(of_selection).collect();
        let declared = join(&declared, |(name, graphql_type)| format!("${name}: {graphql_type}"));
        let (of_object, of_result): (Vec<&Variable>, Vec<&Variable>) =
            variables.iter().partition(|variable| !variable.prefix.is_empty());
        let passed = |variables| join(variables, |v: &&Variable| format!("{}: ${}", v.argument, v.name()));
        let (kind, passed_on) = (self.kind, passed(&of_result));
        let selection = match content {
            Content::Count => "count".to_owned(),
            Content::Peer { selection } => selection.as_str().to_owned(),
            Content::Objects { selection, .. } => format!("count edges {{ {} }}", selection.as_str()),
        };
        match &self.through {
            None => format!("query {name}{declared} {{ {kind}{passed_on} {{ {selection} }} }}"),
            Some(Through { relationship, .. }) => format!(
                "query {name}{declared} {{ {kind}{} {{ edges {{ node {{ {relationship}{passed_on} {{ {selection} }} }} }} }} }}",
                passed(&of_object)
            ),
        }
    }
}

/// `(a, b)`, or nothing where there is nothing to write.
fn join<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("({})", items.iter().map(text).collect::<Vec<_>>().join(", "))
}

/// One variable of the document. A prefix keeps the arguments that name the object apart from those
/// that choose among its peers.
struct Variable {
    prefix: &'static str,
    argument: Cow<'static, str>,
    graphql_type: Cow<'static, str>,
    value: Box<RawValue>,
}

impl Variable {
    fn new(argument: &'static str, graphql_type: &'static str, value: Box<RawValue>) -> Self {
        Self {
            prefix: "",
            argument: Cow::Borrowed(argument),
            graphql_type: Cow::Borrowed(graphql_type),
            value,
        }
    }

    fn of(argument: &Argument, prefix: &'static str) -> Self {
        Self {
            prefix,
            argument: argument.name.clone(),
            graphql_type: Cow::Owned(argument.graphql_type()),
            value: argument.value.clone(),
        }
    }

    fn name(&self) -> Cow<'_, str> {
        match self.prefix {
            "" => Cow::Borrowed(&self.argument),
            prefix => Cow::Owned(format!("{prefix}{}", self.argument)),
        }
    }
}

struct Variables<'a> {
    of_query: &'a [Variable],
    of_selection: &'a [SelectionVariable],
}

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.of_query.len() + self.of_selection.len()))?;
        for variable in self.of_query {
            map.serialize_entry(&variable.name(), &variable.value)?;
        }
        for variable in self.of_selection {
            map.serialize_entry(&variable.name, &variable.value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Query, Slice};
    use crate::filter::{Filter, Order};
    use crate::id::Key;
    use crate::projection::Selection;

    fn objects(selection: &Selection) -> Content<'_> {
        Content::Objects { selection, slice: Slice { offset: 50, limit: 25 } }
    }

    #[test]
    fn values_travel_as_variables() {
        let mut query = Query::of_kind("InfraDevice");
        query.filter(Filter::<()>::list("name__values", "String", &["a\"b", "$c"]).argument);
        query.order_by(Order::<()>::new("name__value", true).field);
        query.partial_match();
        let mut selection = Selection::new();
        selection.push("node { id name { value } }");
        let operation = query.operation(&objects(&selection)).expect("an operation");
        assert_eq!(
            operation.document,
            "query InfraDevice_list($limit: Int, $offset: Int, $order: OrderInput, $partial_match: Boolean, \
             $name__values: [String]) { InfraDevice(limit: $limit, offset: $offset, order: $order, \
             partial_match: $partial_match, name__values: $name__values) { count edges { node { id name { value } } } } }"
        );
        assert_eq!(
            operation.variables.get(),
            r#"{"limit":25,"offset":50,"order":{"by":[{"field":"name__value","direction":"DESC"}]},"partial_match":true,"name__values":["a\"b","$c"]}"#
        );
        assert_eq!(operation.tracker, "query-infradevice-list");
    }

    #[test]
    fn the_object_and_its_peers_are_chosen_apart() {
        let key = Key::Id("1".to_owned()).argument();
        let mut query = Query::of_peers("InfraDevice", key, "interfaces");
        query.filter(Filter::<()>::list("ids", "ID", &["2"]).argument);
        let operation = query.operation(&Content::Count).expect("an operation");
        assert_eq!(
            operation.document,
            "query InfraDevice_interfaces_count($object_ids: [ID], $ids: [ID]) { InfraDevice(ids: $object_ids) \
             { edges { node { interfaces(ids: $ids) { count } } } } }"
        );
        assert_eq!(operation.variables.get(), r#"{"object_ids":["1"],"ids":["2"]}"#);
    }

    #[test]
    fn a_filter_given_twice_is_refused_before_it_is_sent() {
        let mut query = Query::of_kind("InfraDevice");
        for value in ["a", "b"] {
            query.filter(Filter::<()>::single("name__value", "String", value).argument);
        }
        let error = query.operation(&Content::Count).expect_err("given twice");
        assert!(error.to_string().contains("`name__value` on InfraDevice is given twice"), "{error}");
    }
}
