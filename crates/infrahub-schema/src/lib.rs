//! The node schema of an Infrahub installation as data.
//!
//! Infrahub serves its schema twice: as JSON (`GET /api/schema`), which knows what is mandatory,
//! unique, read-only or a choice, and as GraphQL SDL (`GET /schema.graphql`), which does not.
//! This crate reads the first, keeps both as a committed [`Snapshot`], and says what is wrong with
//! either by file, kind and field. [`SchemaDiff`] says what changed between two schemas, and what that breaks.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod attribute;
mod compiled;
mod defaults;
mod diff;
mod error;
mod kind;
mod normalise;
mod pattern;
mod position;
mod pretty;
mod read;
mod relationship;
mod sdl;
mod snapshot;
mod validate;
#[cfg(feature = "yaml")]
pub mod yaml;

pub use attribute::{Attribute, AttributeKind, Choice, ComputedAttribute, Parameters};
pub use compiled::CompiledKinds;
pub use diff::{Change, Difference, Impact, SchemaDiff};
pub use error::{Problem, SchemaError};
pub use kind::{Flavour, KindSchema};
pub use pattern::kind_matches;
pub use relationship::{Cardinality, Direction, OnDelete, Relationship, RelationshipKind};
pub use snapshot::{Responses, Snapshot, Source, Written};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All kinds of one branch, by kind name, in a stable order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schema {
    /// Every node, generic, profile and template kind, by its full name (`InfraDevice`).
    pub kinds: BTreeMap<String, KindSchema>,
    /// The namespaces that a user may define kinds in are marked `true`.
    pub namespaces: BTreeMap<String, bool>,
}

/// Namespaces of the server's own kinds; a server of another version may list fewer or more.
const RESERVED: [&str; 12] = [
    "Account",
    "Branch",
    "Builtin",
    "Core",
    "Deprecated",
    "Diff",
    "Infrahub",
    "Internal",
    "Lineage",
    "Profile",
    "Schema",
    "Template",
];

impl Schema {
    /// Reads the raw answer of `GET /api/schema`; `origin` (the address) names it in errors.
    ///
    /// Fields that this version does not know are ignored, attribute and relationship kinds that
    /// it does not know are kept as `Unknown`. The error lists every problem that was found.
    pub fn from_api(json: &[u8], origin: &str) -> Result<Schema, SchemaError> {
        read::api(json, origin)
    }

    /// The kind of that full name (`InfraDevice`).
    pub fn kind(&self, name: &str) -> Option<&KindSchema> {
        self.kinds.get(name)
    }

    /// The generics that a kind inherits from, by name. `CoreNode`, which every node inherits
    /// from without saying so, is among them.
    pub fn generics_of(&self, kind: &str) -> Vec<&KindSchema> {
        self.kinds.values().filter(|generic| self.inherits(kind, generic)).collect()
    }

    /// The kinds that inherit from a generic, by name.
    pub fn kinds_of(&self, generic: &str) -> Vec<&KindSchema> {
        let Some(generic) = self.kind(generic) else { return Vec::new() };
        self.kinds.values().filter(|kind| self.inherits(&kind.kind, generic)).collect()
    }

    /// The server says it on either end, and on one of them only for `CoreNode` and for profiles.
    fn inherits(&self, kind: &str, generic: &KindSchema) -> bool {
        generic.flavour == Flavour::Generic
            && (generic.used_by.iter().any(|name| name == kind)
                || self.kind(kind).is_some_and(|kind| kind.inherit_from.contains(&generic.kind)))
    }

    /// Whether only the server defines kinds in the namespace (`Core`).
    pub fn is_reserved_namespace(&self, namespace: &str) -> bool {
        self.namespaces.get(namespace).map_or(RESERVED.contains(&namespace), |editable| !editable)
    }
}
