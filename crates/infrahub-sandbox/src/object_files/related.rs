//! What stands in a relationship of an object: references to objects that are there, or whole objects.

use super::expand;
use crate::store::{NodeId, python_text};
use infrahub_schema::yaml::{Data, Node};
use infrahub_schema::{Cardinality, Direction, KindSchema, Relationship, RelationshipKind, Schema};
use serde_json::{Value, json};

/// What stands in a relationship.
pub(super) enum Related<'n> {
    /// As a write takes them.
    References(Value),
    Objects(Vec<Component<'n>>),
}

/// An object inside another one.
pub(super) struct Component<'n> {
    /// Its kind, where the file says it.
    pub(super) kind: Option<&'n str>,
    pub(super) node: &'n Node,
    /// Whether ranges in it stand for several objects.
    pub(super) expands: bool,
}

/// Reads the value of a relationship; an error says what is expected.
pub(super) fn read<'n>(
    schema: &Schema,
    relationship: &Relationship,
    node: &'n Node,
) -> Result<Related<'n>, String> {
    let peer = &relationship.peer;
    let has_hfid = schema.kind(peer).is_some_and(|kind| kind.human_friendly_id.is_some());
    let is_one = relationship.cardinality == Cardinality::One;
    match &node.data {
        Data::Map(_) => nested(node, is_one).map(Related::Objects),
        _ if is_one => reference(node, has_hfid).map(Related::References).ok_or_else(|| {
            format!("one {peer} is expected: its human-friendly id (a text or a list of them), or a map with `data`")
        }),
        Data::List(items) if !items.is_empty() && items.iter().all(|item| item.get("data").is_some()) => {
            let objects = items.iter().map(|item| nested(item, true)).collect::<Result<Vec<_>, _>>()?;
            Ok(Related::Objects(objects.into_iter().flatten().collect()))
        }
        Data::List(items) => {
            let references: Option<Vec<Value>> = items.iter().map(|item| reference(item, has_hfid)).collect();
            references.map(|all| Related::References(all.into())).ok_or_else(|| several(peer))
        }
        Data::Scalar(_) => Err(several(peer)),
    }
}

fn several(peer: &str) -> String {
    format!(
        "a list of {peer} is expected: human-friendly ids, maps with `data`, or one map with a list in `data`"
    )
}

/// The objects of `{kind: …, data: …}`.
fn nested(node: &Node, is_one: bool) -> Result<Vec<Component<'_>>, String> {
    let data = node.get("data").ok_or("objects inside another one stand in `data`")?;
    let kind = node.get("kind").and_then(Node::text);
    let expands = expand::is_wanted(node);
    match &data.data {
        Data::Map(_) if is_one => Ok(vec![Component { kind, node: data, expands }]),
        Data::List(items) if !is_one => {
            Ok(items.iter().map(|node| Component { kind, node, expands }).collect())
        }
        _ if is_one => Err("one object is expected in `data`".to_owned()),
        _ => Err("a list of objects is expected in `data`".to_owned()),
    }
}

/// An object that is named by its id, its human-friendly id, or what its default filter finds.
fn reference(node: &Node, has_hfid: bool) -> Option<Value> {
    match &node.data {
        Data::Scalar(Value::String(text)) if NodeId::parse(text).is_none() && has_hfid => {
            Some(json!({ "hfid": [text] }))
        }
        Data::Scalar(Value::String(text)) => Some(json!({ "id": text })),
        Data::List(parts) if !parts.is_empty() => {
            let parts: Option<Vec<String>> = parts
                .iter()
                .map(|part| match &part.data {
                    Data::Scalar(value) if !value.is_null() => Some(python_text(value)),
                    _ => None,
                })
                .collect();
            Some(json!({ "hfid": parts? }))
        }
        _ => None,
    }
}

/// The relationship in which a peer must name the object that it belongs to; `None` where it can be without.
pub(super) fn owner<'s>(peer: &'s KindSchema, relationship: &Relationship) -> Option<&'s Relationship> {
    let opposite = match relationship.direction {
        Direction::Inbound => Direction::Outbound,
        Direction::Outbound => Direction::Inbound,
        _ => Direction::Bidirectional,
    };
    let mut others = peer.relationships.iter();
    let other =
        others.find(|other| other.identifier == relationship.identifier && other.direction == opposite)?;
    // the parent in a hierarchy is made first, though the schema does not ask for one
    let is_parent = other.cardinality == Cardinality::One && other.kind == RelationshipKind::Hierarchy;
    (is_parent || !other.optional).then_some(other)
}
