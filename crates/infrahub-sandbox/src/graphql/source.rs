//! What the fields of an answer are read from.

use crate::store::{AttributeView, Metadata, Object, Peer, Properties, View, Written};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The value of a field that has fields itself.
pub(super) enum Source {
    /// `Paginated…` and `NestedPaginated…`.
    Connection(Connection),
    /// `Edged…` and `NestedEdged…`.
    Edge(Edge),
    Node(Node),
    Attribute(Box<Attribute>),
    Metadata(View, Metadata),
    Properties(View, Properties, Option<Metadata>),
    /// What a mutation of a kind answers.
    Written(Arc<Written>),
    /// What is no object of a kind, as JSON; `__typename` in it names its type where that is an interface.
    Record(Map<String, Value>),
    /// What could not be read. It becomes null further up.
    Failed,
}

/// A list of objects.
pub(super) struct Connection {
    /// The kind that the list is of.
    pub(super) kind: String,
    pub(super) count: usize,
    pub(super) edges: Vec<Edge>,
    /// Where null goes if a field of the list fails.
    pub(super) anchor: usize,
}

/// An object as a member of a list or as the peer of a relationship; no object where there is no peer.
#[derive(Clone)]
pub(super) struct Edge {
    pub(super) object: Option<Object>,
    /// The peer that it is, of a relationship.
    pub(super) peer: Option<Peer>,
    /// Whether the relationship does not tell the kind of the peer, so that it must be asked for.
    pub(super) of_any_kind: bool,
    /// Whether what is said about the relationship is asked for, too.
    pub(super) beside_properties: bool,
    pub(super) anchor: usize,
}

/// An object.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) object: Object,
    /// The write that this object is the answer of.
    pub(super) written: Option<Arc<Written>>,
    /// Whether the server loses the human-friendly id here.
    pub(super) hides_hfid: bool,
    /// How long the path to it is: what fails below becomes null here.
    pub(super) anchor: usize,
}

/// An attribute of an object.
pub(super) struct Attribute {
    pub(super) node: Node,
    pub(super) name: String,
    pub(super) view: AttributeView,
}

impl Source {
    /// The name of the type, where a field may have several.
    pub(super) fn type_name(&self) -> Option<String> {
        match self {
            Self::Node(node) => Some(node.object.kind().to_owned()),
            Self::Record(record) => record.get("__typename")?.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// Where null goes if a field of this fails that cannot be null.
    pub(super) fn anchor(&self) -> usize {
        match self {
            Self::Connection(connection) => connection.anchor,
            Self::Edge(edge) => edge.anchor,
            Self::Node(node) => node.anchor,
            Self::Attribute(attribute) => attribute.node.anchor,
            _ => 0,
        }
    }
}

impl Edge {
    /// No peer.
    pub(super) fn none(anchor: usize) -> Self {
        Self { object: None, peer: None, of_any_kind: false, beside_properties: false, anchor }
    }

    /// The object of a list of a kind.
    pub(super) fn of_object(object: Object, anchor: usize) -> Self {
        Self { object: Some(object), peer: None, of_any_kind: false, beside_properties: false, anchor }
    }

    /// The peer of a relationship.
    pub(super) fn of_peer(peer: Peer, anchor: usize) -> Self {
        let object = Some(peer.object.clone());
        Self { object, peer: Some(peer), of_any_kind: false, beside_properties: false, anchor }
    }
}

impl From<Value> for Source {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(record) => Self::Record(record),
            _ => Self::Failed,
        }
    }
}
