//! The kinds of a node schema, those included that only the GraphQL side shows.

use infrahub_schema::{KindSchema, Relationship, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of the namespace `Internal`: no schema tells of them, but types of the SDL do.
const INTERNAL: &str = include_str!("../internal.json");

const NODE: &str = "CoreNode";
const GROUP: &str = "CoreGroup";
const FILE_OBJECT: &str = "CoreFileObject";
const IP_PREFIX: &str = "BuiltinIPPrefix";
const IP_ADDRESS: &str = "BuiltinIPAddress";

/// All kinds of a schema, and the generics of each.
pub(crate) struct Kinds<'a> {
    schema: &'a Schema,
    internal: Vec<KindSchema>,
    generics: BTreeMap<String, BTreeSet<String>>,
}

/// A relationship to another kind that the schema has, and that kind.
pub(crate) struct Related<'a> {
    pub(crate) relationship: &'a Relationship,
    pub(crate) peer: &'a KindSchema,
}

/// What kind of address a kind is, if it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Prefix,
    Address,
}

impl<'a> Kinds<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        let internal = internal(schema);
        let mut generics: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for kind in schema.kinds.values().chain(&internal) {
            for generic in &kind.inherit_from {
                generics.entry(kind.kind.clone()).or_default().insert(generic.clone());
            }
            for user in &kind.used_by {
                generics.entry(user.clone()).or_default().insert(kind.kind.clone());
            }
        }
        Self { schema, internal, generics }
    }

    /// All kinds, the internal ones last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &KindSchema> {
        self.schema.kinds.values().chain(&self.internal)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&KindSchema> {
        self.schema.kind(name)
    }

    pub(crate) fn is_internal(&self, kind: &KindSchema) -> bool {
        self.internal.iter().any(|internal| internal.kind == kind.kind)
    }

    pub(crate) fn inherits(&self, kind: &str, generic: &str) -> bool {
        kind == generic || self.generics.get(kind).is_some_and(|generics| generics.contains(generic))
    }

    pub(crate) fn is_file(&self, kind: &str) -> bool {
        kind != FILE_OBJECT && self.inherits(kind, FILE_OBJECT)
    }

    pub(crate) fn address(&self, kind: &str) -> Option<Address> {
        match () {
            () if self.inherits(kind, IP_PREFIX) => Some(Address::Prefix),
            () if self.inherits(kind, IP_ADDRESS) => Some(Address::Address),
            () => None,
        }
    }

    /// The interfaces of the kind's objects. Everything but a group is a `CoreNode`, whether it says so or not.
    pub(crate) fn interfaces(&self, kind: &KindSchema) -> Vec<String> {
        let mut names: BTreeSet<String> = kind.inherit_from.iter().cloned().collect();
        match names.contains(GROUP) {
            true => names.remove(NODE),
            false => names.insert(NODE.to_owned()),
        };
        names.into_iter().filter(|name| self.get(name).is_some()).collect()
    }

    /// The generic of the hierarchy that the kind is part of.
    pub(crate) fn hierarchy<'b>(&'b self, kind: &'b KindSchema) -> Option<&'b KindSchema> {
        match &kind.hierarchy {
            Some(hierarchy) => self.get(hierarchy),
            None => kind.hierarchical.then_some(kind),
        }
    }

    /// The relationships of a kind whose peers are not kept to the server itself.
    pub(crate) fn related<'b>(&'b self, kind: &'b KindSchema) -> impl Iterator<Item = Related<'b>> {
        kind.relationships.iter().filter_map(|relationship| {
            self.get(&relationship.peer).map(|peer| Related { relationship, peer })
        })
    }
}

/// The internal kinds, each with the fields of the generics of the schema that it inherits from.
fn internal(schema: &Schema) -> Vec<KindSchema> {
    // a test reads the file, so it can be read
    let mut kinds: Vec<KindSchema> = serde_json::from_str(INTERNAL).unwrap_or_default();
    kinds.retain(|kind| kind.inherit_from.iter().all(|generic| schema.kind(generic).is_some()));
    for kind in &mut kinds {
        for generic in kind.inherit_from.clone() {
            let Some(generic) = schema.kind(&generic) else { continue };
            kind.hierarchy = kind.hierarchy.take().or(generic.hierarchical.then(|| generic.kind.clone()));
            kind.attributes.extend(generic.attributes.iter().cloned().map(|mut attribute| {
                attribute.inherited = true;
                attribute
            }));
            kind.relationships.extend(generic.relationships.iter().cloned());
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internal_kinds_can_be_read() {
        let kinds: Vec<KindSchema> = serde_json::from_str(INTERNAL).unwrap();
        assert_eq!(kinds.len(), 5);
    }
}
