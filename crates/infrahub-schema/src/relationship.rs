//! Relationships of a kind.

use crate::defaults::{aware, bidirectional, generic, is_false, is_zero, many, null_is_default, yes};
use serde::{Deserialize, Serialize};

/// What a relationship means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is named for the server's own relationship kind")]
pub enum RelationshipKind {
    Generic,
    Attribute,
    Component,
    Parent,
    Group,
    Hierarchy,
    Profile,
    Template,
    /// A kind that this version does not know.
    Unknown(String),
}

const NAMES: [(RelationshipKind, &str); 8] = [
    (RelationshipKind::Generic, "Generic"),
    (RelationshipKind::Attribute, "Attribute"),
    (RelationshipKind::Component, "Component"),
    (RelationshipKind::Parent, "Parent"),
    (RelationshipKind::Group, "Group"),
    (RelationshipKind::Hierarchy, "Hierarchy"),
    (RelationshipKind::Profile, "Profile"),
    (RelationshipKind::Template, "Template"),
];

impl RelationshipKind {
    /// The server's name of the kind (`Component`).
    pub fn as_str(&self) -> &str {
        match self {
            RelationshipKind::Unknown(name) => name,
            known => NAMES.iter().find(|(kind, _)| kind == known).map_or("", |(_, name)| name),
        }
    }
}

impl From<String> for RelationshipKind {
    fn from(name: String) -> Self {
        match NAMES.iter().find(|(_, known)| *known == name) {
            Some((kind, _)) => kind.clone(),
            None => RelationshipKind::Unknown(name),
        }
    }
}

impl From<RelationshipKind> for String {
    fn from(kind: RelationshipKind) -> Self {
        kind.as_str().to_owned()
    }
}

/// How many peers a relationship holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cardinality {
    /// At most one peer.
    One,
    /// Any number of peers, within the counts.
    Many,
}

/// Which way a relationship points.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
#[allow(missing_docs, reason = "the server's own words")]
pub enum Direction {
    Bidirectional,
    Outbound,
    Inbound,
    /// A direction that this version does not know.
    #[serde(untagged)]
    Unknown(String),
}

/// What happens to the peers when the node is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OnDelete {
    /// They stay.
    NoAction,
    /// They are deleted too.
    Cascade,
    /// Something that this version does not know.
    #[serde(untagged)]
    Unknown(String),
}

/// One relationship of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Relationship {
    /// The relationship's name (`site`).
    pub name: String,
    /// The kind at the other end; it may be a generic.
    pub peer: String,
    /// What the relationship means.
    #[serde(default = "generic")]
    pub kind: RelationshipKind,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the relationship is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name that both ends share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// One or many peers.
    #[serde(default = "many")]
    pub cardinality: Cardinality,
    /// Least number of peers.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_zero")]
    pub min_count: i64,
    /// Greatest number of peers; 0 is no limit.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_zero")]
    pub max_count: i64,
    /// A parent that both ends must share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_parent: Option<String>,
    /// Relatives that both ends must share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_relatives: Option<Vec<String>>,
    /// Position among the fields of the kind; those without one come last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_weight: Option<i64>,
    /// Whether it may be left out.
    #[serde(default = "yes")]
    pub optional: bool,
    /// Branch support: `aware`, `agnostic` or `local`.
    #[serde(default = "aware")]
    pub branch: String,
    /// Whether it comes from a generic.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Which way it points.
    #[serde(default = "bidirectional")]
    pub direction: Direction,
    /// The generic that makes it part of a hierarchy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hierarchical: Option<String>,
    /// What happens to the peers when the node is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,
    /// Whether only the server writes it.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Why the relationship should no longer be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<String>,
}
