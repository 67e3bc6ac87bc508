//! Whether objects comply with a schema that they are to have.
//!
//! The server holds a schema that is loaded against the objects that are there, and so the changes of a branch that is
//! rebased or merged. It looks only at what the schema asks anew, or what the branch changed, and not at everything: not
//! at the limits of numbers, nor at the kinds of peers.

mod attribute;
mod node;
mod relationship;
mod rule;
mod unique;
mod written;

pub(crate) use rule::{Constraint, Rule, asked_anew, unsupported};
pub(crate) use written::asked_of_changes;

use super::catalogue::Catalogue;
use super::record::Node;
use super::state::State;
use super::{Outcome, Refused, python, read};
use infrahub_schema::KindSchema;
use serde_json::Value;
use std::sync::Arc;

/// Objects, and the schema that they are to have.
pub(crate) struct Case<'a> {
    /// What the branch shows.
    pub(crate) own: &'a State,
    /// The same with what is newer on the default branch: values that must be unique and peers are looked for there.
    pub(crate) wide: &'a State,
    /// What the default branch was when the branch left it, if it is one that left.
    pub(crate) base: Option<&'a State>,
    /// The schema that they are to have.
    pub(crate) wanted: &'a Catalogue,
}

/// An object that does not comply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Violation {
    /// The id of the object, or of what else does not comply.
    pub(crate) node: String,
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// What of an object does not comply: the object, the kind that asks for it, and the field with what it has there.
struct Breach<'a> {
    node: &'a Arc<Node>,
    kind: String,
    detail: Option<String>,
}

impl<'a> Breach<'a> {
    fn of(kind: &KindSchema, node: &'a Arc<Node>, detail: Option<String>) -> Self {
        Self { node, kind: kind.kind.clone(), detail }
    }
}

/// Names a field with a value, unless Python takes the value for nothing.
fn detail(field: &str, value: &Value) -> Option<String> {
    let is_nothing = match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
    };
    (!is_nothing).then(|| format!("{field}={}", python::repr(value)))
}

impl<'a> Case<'a> {
    /// Everything that does not comply with one constraint.
    pub(crate) fn violations(&self, constraint: &Constraint) -> Outcome<Vec<Violation>> {
        let Some(kind) = self.wanted.kind(&constraint.kind) else { return Ok(Vec::new()) };
        if constraint.rule == Rule::InheritFrom {
            return Ok(node::torn_from_generics(self, kind).into_iter().collect());
        }
        match self.breaches(kind, constraint) {
            Ok(breaches) => Ok(breaches.iter().map(|breach| self.told(constraint.rule, breach)).collect()),
            Err(lacking @ Refused::Lacking { .. }) => Err(lacking.into()),
            // a check that fails is told like an object that does not comply
            Err(refused) => {
                let message = refused.to_string();
                Ok(vec![Violation { node: "unknown".to_owned(), kind: kind.kind.clone(), message }])
            }
        }
    }

    fn breaches(&self, kind: &KindSchema, constraint: &Constraint) -> Result<Vec<Breach<'a>>, Refused> {
        let name = constraint.field.as_str();
        let breaches = match (constraint.rule, kind.attribute(name), kind.relationship(name)) {
            (Rule::AttributeKind, Some(field), _) => attribute::kind(self, kind, field),
            (Rule::Enum, Some(field), _) => attribute::values(self, kind, field),
            (Rule::Regex, Some(field), _) => attribute::regex(self, kind, field)?,
            (Rule::MinLength | Rule::MaxLength, Some(field), _) => attribute::length(self, kind, field),
            (Rule::Unique, Some(field), _) => attribute::unique(self, kind, field),
            (Rule::Optional, Some(field), _) => attribute::optional(self, kind, field),
            (Rule::NewAttribute, Some(field), _) => attribute::new(self, kind, field)?,
            (Rule::Cardinality, _, Some(field)) => relationship::cardinality(self, kind, field),
            (Rule::MinCount | Rule::MaxCount, _, Some(field)) => relationship::counts(self, kind, field),
            (Rule::OptionalPeer, _, Some(field)) => relationship::optional(self, kind, field),
            (Rule::CommonParent, _, Some(field)) => relationship::common_parent(self, kind, field),
            (Rule::NewRelationship, _, Some(field)) => relationship::new(self, kind, field),
            (Rule::UniquenessConstraints, ..) => unique::check(self, kind, constraint.nodes.as_ref()),
            (Rule::GenerateProfile, ..) => node::profiles(self, kind),
            _ => Vec::new(),
        };
        Ok(breaches)
    }

    /// A violation in the words of the server.
    fn told(&self, rule: Rule, breach: &Breach<'_>) -> Violation {
        let (id, kind) = (breach.node.id, &breach.kind);
        // an object that is newer on the default branch cannot be read on the branch
        let seen = self.own.node(id);
        let mut label = seen.map(|node| read::display_label(self.own, node)).unwrap_or_default();
        if label.is_empty() {
            label = format!("Node ({kind}: {id})");
        }
        if !label.starts_with("Node") {
            label = format!("Node ({label})");
        }
        let mut message =
            format!("{} constraint violation on schema '{kind}'. {label} is not compliant.", rule.title());
        if let Some(detail) = &breach.detail {
            message.push_str(&format!(" The error relates to field {detail}."));
        }
        Violation { node: id.to_string(), kind: kind.clone(), message }
    }
}
