//! The node schema of an Infrahub installation as data.
//!
//! Infrahub serves its schema twice: as JSON (`GET /api/schema`), which knows what is mandatory,
//! unique, read-only or a choice, and as GraphQL SDL (`GET /schema.graphql`), which does not.
//! This crate reads the first, keeps both as a committed [`Snapshot`], and says what is wrong with
//! either by file, kind and field.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod attribute;
mod kind;
mod relationship;

pub use attribute::{Attribute, AttributeKind, Choice, ComputedAttribute, Parameters};
pub use kind::{Flavour, KindSchema};
pub use relationship::{Cardinality, Direction, OnDelete, Relationship, RelationshipKind};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All kinds of one branch, by kind name, in a stable order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Every node, generic, profile and template kind, by its full name (`InfraDevice`).
    pub kinds: BTreeMap<String, KindSchema>,
    /// The namespaces that a user may define kinds in are marked `true`.
    pub namespaces: BTreeMap<String, bool>,
}
