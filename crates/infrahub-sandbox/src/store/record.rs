//! What is kept of an object, its values and its relations.

use super::NodeId;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who made and who last changed something, and when. `None` is the server itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Metadata {
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Option<NodeId>,
    pub(crate) updated_at: Timestamp,
    pub(crate) updated_by: Option<NodeId>,
}

impl Metadata {
    /// Of something that is made now.
    pub(crate) fn new(now: Timestamp, by: Option<NodeId>) -> Self {
        Self { created_at: now, created_by: by, updated_at: now, updated_by: by }
    }

    /// The same after a change.
    pub(crate) fn updated(self, now: Timestamp, by: Option<NodeId>) -> Self {
        Self { updated_at: now, updated_by: by, ..self }
    }
}

/// One object on one branch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) id: NodeId,
    pub(crate) kind: Arc<str>,
    pub(crate) values: BTreeMap<Arc<str>, Arc<Stored>>,
    pub(crate) metadata: Metadata,
}

/// The value of an attribute as it is kept. Null is kept even where the attribute has a default: it then reads as the
/// default, and a filter does not find it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) id: NodeId,
    pub(crate) value: Value,
    pub(crate) is_default: bool,
    pub(crate) is_from_profile: bool,
    pub(crate) is_protected: bool,
    pub(crate) source: Option<NodeId>,
    pub(crate) owner: Option<NodeId>,
    pub(crate) metadata: Metadata,
}

/// What is kept of a relation between two objects; both ends share it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    pub(crate) id: NodeId,
    pub(crate) is_protected: bool,
    pub(crate) source: Option<NodeId>,
    pub(crate) owner: Option<NodeId>,
    pub(crate) metadata: Metadata,
}

/// Which end of a relation an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    /// Neither end points.
    Either,
    /// It points at the peer.
    From,
    /// The peer points at it.
    To,
}

impl Side {
    /// What the peer is.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Either => Self::Either,
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }
}

/// Where a relation is kept: once for each end. All relations of an object lie together, and in them those of one
/// relationship.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EdgeKey {
    pub(crate) node: NodeId,
    pub(crate) identifier: Arc<str>,
    pub(crate) side: Side,
    pub(crate) peer: NodeId,
    pub(crate) edge: NodeId,
}

impl EdgeKey {
    /// The same relation from the other end.
    pub(crate) fn reversed(&self) -> Self {
        Self {
            node: self.peer,
            identifier: self.identifier.clone(),
            side: self.side.other(),
            peer: self.node,
            edge: self.edge,
        }
    }
}
