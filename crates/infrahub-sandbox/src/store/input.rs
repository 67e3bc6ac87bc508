//! The data of a write, as GraphQL's input objects have them.

use super::state::State;
use super::{Arguments, NodeId, Refused, python};
use serde_json::Value;

/// What is said about an attribute: its value, and about the value.
#[derive(Debug, Clone, Default)]
pub(crate) struct ValueInput {
    /// The value; `None` where it is not named, null where it is null.
    pub(crate) value: Option<Value>,
    /// A pool to take the number from.
    pub(crate) pool: Option<Arguments>,
    /// Whether `is_default` is named; the server looks at no more.
    pub(crate) to_default: bool,
    /// Whether the value comes from a profile of the template.
    pub(crate) is_from_profile: bool,
    pub(crate) is_protected: Option<bool>,
    pub(crate) source: Option<NodeId>,
    pub(crate) owner: Option<NodeId>,
}

impl ValueInput {
    /// Reads `{value: …, is_protected: …}`, or the value alone; `None` where the field is left out or null.
    pub(crate) fn read(state: &State, field: Option<&Value>) -> Option<Self> {
        match field? {
            Value::Null => None,
            Value::Object(fields) => Some(Self {
                value: fields.get("value").cloned(),
                pool: fields.get("from_pool").and_then(Value::as_object).cloned(),
                to_default: fields.contains_key("is_default"),
                is_from_profile: fields.get("is_from_profile") == Some(&Value::Bool(true)),
                is_protected: fields.get("is_protected").and_then(Value::as_bool),
                source: existing(state, fields.get("source")),
                owner: existing(state, fields.get("owner")),
            }),
            value => Some(Self { value: Some(value.clone()), ..Self::default() }),
        }
    }
}

/// How a peer is named, and what is said about the relation to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PeerInput {
    /// Its id, or what its kind's default filter finds.
    pub(crate) id: Option<String>,
    /// Its human-friendly id.
    pub(crate) hfid: Option<Vec<String>>,
    /// Its kind, where the relationship is to a generic.
    pub(crate) kind: Option<String>,
    /// A pool that makes it.
    pub(crate) pool: Option<Arguments>,
    pub(crate) is_protected: Option<bool>,
    pub(crate) source: Option<NodeId>,
    pub(crate) owner: Option<NodeId>,
}

impl PeerInput {
    /// A peer named by its id alone.
    pub(crate) fn of(id: NodeId) -> Self {
        Self { id: Some(id.to_string()), ..Self::default() }
    }

    /// Whether nothing but a pool says which peer it is.
    pub(crate) fn takes_from_pool(&self) -> bool {
        self.id.is_none() && self.hfid.is_none() && self.pool.is_some()
    }

    /// Reads the peers of a relationship: one, or a list; `None` where the field is null.
    pub(crate) fn read_all(
        state: &State,
        kind: &str,
        relationship: &str,
        field: &Value,
    ) -> Result<Option<Vec<Self>>, Refused> {
        let one = |item: &Value| match item {
            Value::String(id) => Ok(Self { id: Some(id.clone()), ..Self::default() }),
            Value::Object(fields) => Ok(Self::read(state, fields)),
            other => Err(Refused::rule(
                kind,
                relationship,
                format!("Invalid data provided to form a relationship {}", python::repr(other)),
            )),
        };
        match field {
            Value::Null => Ok(None),
            Value::Array(items) => items.iter().map(one).collect::<Result<_, _>>().map(Some),
            item => Ok(Some(vec![one(item)?])),
        }
    }

    fn read(state: &State, fields: &Arguments) -> Self {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let hfid = fields.get("hfid").and_then(Value::as_array);
        Self {
            id: text("id"),
            hfid: hfid
                .filter(|parts| !parts.is_empty())
                .map(|parts| parts.iter().map(python::text).collect()),
            kind: text("kind"),
            pool: fields.get("from_pool").and_then(Value::as_object).cloned(),
            is_protected: fields.get("_relation__is_protected").and_then(Value::as_bool),
            source: existing(state, fields.get("_relation__source")),
            owner: existing(state, fields.get("_relation__owner")),
        }
    }
}

/// The object of that id; the server leaves out a source or owner that does not exist.
fn existing(state: &State, field: Option<&Value>) -> Option<NodeId> {
    let id = NodeId::parse(field?.as_str()?)?;
    state.node(id).map(|node| node.id)
}
