//! Which kinds are generated, and which are only named.

use crate::error::Problem;
use crate::suggest::distance;
use infrahub_schema::{Flavour, KindSchema, RelationshipKind, Schema, kind_matches};
use std::collections::BTreeSet;

/// The generic that every node implements without saying so, except groups.
const NODE: &str = "CoreNode";

/// The generic of the groups.
const GROUP: &str = "CoreGroup";

/// The kinds of one output.
pub(super) struct Chosen<'s> {
    schema: &'s Schema,
    /// Kinds with all their code, by name.
    pub(super) generated: Vec<&'s KindSchema>,
    /// Names of kinds that the generated ones mention.
    pub(super) markers: BTreeSet<&'s str>,
}

impl<'s> Chosen<'s> {
    /// The kinds that match one of the patterns; without patterns, the user's own kinds and what they reach.
    pub(super) fn new(schema: &'s Schema, patterns: &[String]) -> Result<Self, Vec<Problem>> {
        let names = if patterns.is_empty() { own_kinds(schema)? } else { matching(schema, patterns)? };
        let generated: Vec<&KindSchema> =
            schema.kinds.values().filter(|kind| names.contains(kind.kind.as_str())).collect();
        let mut chosen = Self { schema, generated, markers: BTreeSet::new() };
        let mentioned: BTreeSet<&str> = chosen
            .generated
            .iter()
            .flat_map(|kind| {
                let peers = kind.relationships.iter().map(|relationship| relationship.peer.as_str());
                peers.chain(kind.hierarchy.as_deref()).chain(chosen.generics_of(&kind.kind))
            })
            .collect();
        chosen.markers = mentioned.into_iter().filter(|name| !names.contains(name)).collect();
        Ok(chosen)
    }

    /// Whether the kind has all its code.
    pub(super) fn is_generated(&self, kind: &str) -> bool {
        self.generated.binary_search_by(|known| known.kind.as_str().cmp(kind)).is_ok()
    }

    /// Whether generated code can name the kind.
    pub(super) fn is_known(&self, kind: &str) -> bool {
        self.is_generated(kind) || self.markers.contains(kind)
    }

    /// The generics that every object of the kind is one of, by name: those that the kind says it inherits
    /// from, and `CoreNode` unless it is a group. Where the kind is no generic itself, these are the GraphQL
    /// interfaces that it implements; a generic's own list of kinds names more.
    pub(super) fn generics_of(&self, kind: &str) -> Vec<&'s str> {
        let Some(kind) = self.schema.kind(kind) else { return Vec::new() };
        let is_node = match kind.flavour {
            Flavour::Node => !inherits(kind, GROUP),
            Flavour::Generic => {
                kind.kind != GROUP
                    && !self
                        .schema
                        .kinds
                        .values()
                        .any(|heir| inherits(heir, &kind.kind) && inherits(heir, GROUP))
            }
            // These say so where they are.
            Flavour::Profile | Flavour::Template => false,
        };
        let node = self.schema.kind(NODE).filter(|_| is_node).map(|node| node.kind.as_str());
        let named = kind.inherit_from.iter().map(String::as_str);
        let generics: BTreeSet<&str> = named.chain(node).filter(|generic| *generic != kind.kind).collect();
        generics.into_iter().collect()
    }

    /// The kind with this name, generated or not.
    pub(super) fn schema_of(&self, kind: &str) -> Option<&'s KindSchema> {
        self.schema.kind(kind)
    }

    /// The generated nodes, profiles and templates that implement the generic, by name.
    pub(super) fn implementers(&self, generic: &str) -> Vec<&'s KindSchema> {
        let nodes = self.generated.iter().copied().filter(|kind| kind.flavour != Flavour::Generic);
        nodes.filter(|kind| self.generics_of(&kind.kind).contains(&generic)).collect()
    }

    /// All kinds of the schema that inherit from the generic, generated or not.
    pub(super) fn heirs(&self, generic: &str) -> Vec<&'s KindSchema> {
        self.schema.kinds.values().filter(|kind| self.generics_of(&kind.kind).contains(&generic)).collect()
    }

    /// Whether the kind is a generic.
    pub(super) fn is_generic(&self, kind: &str) -> bool {
        self.schema.kind(kind).is_some_and(|kind| kind.flavour == Flavour::Generic)
    }

    /// The generic of the hierarchy that the kind stands in.
    pub(super) fn hierarchy_of(&self, kind: &'s KindSchema) -> Option<&'s str> {
        let own = kind.hierarchical.then_some(kind.kind.as_str());
        kind.hierarchy.as_deref().or(own).filter(|generic| self.is_known(generic))
    }
}

fn inherits(kind: &KindSchema, generic: &str) -> bool {
    kind.inherit_from.iter().any(|name| name == generic)
}

/// Kinds outside the reserved namespaces, their profiles and templates, the generics that they
/// inherit from and the peers of their relationships, without those of groups and profiles.
fn own_kinds(schema: &Schema) -> Result<BTreeSet<&str>, Vec<Problem>> {
    let own: Vec<&KindSchema> =
        schema.kinds.values().filter(|kind| !schema.is_reserved_namespace(&kind.namespace)).collect();
    if own.is_empty() {
        return Err(vec![Problem::new(
            None,
            None,
            "the schema has no kinds of yours, only the server's own; choose some of those with `.kinds([\"Core*\"])`",
        )]);
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for kind in own {
        names.insert(&kind.kind);
        names.extend(kind.inherit_from.iter().filter_map(|name| known(schema, name)));
        for prefix in ["Profile", "Template"] {
            names.extend(known(schema, &format!("{prefix}{}", kind.kind)));
        }
        for relationship in &kind.relationships {
            if !matches!(
                relationship.kind,
                RelationshipKind::Group | RelationshipKind::Profile | RelationshipKind::Template
            ) {
                names.extend(known(schema, &relationship.peer));
            }
        }
    }
    Ok(names)
}

fn known<'s>(schema: &'s Schema, name: &str) -> Option<&'s str> {
    schema.kind(name).map(|kind| kind.kind.as_str())
}

/// The kinds that match one of the patterns; a pattern without a kind is a problem.
pub(crate) fn matching<'s>(
    schema: &'s Schema,
    patterns: &[String],
) -> Result<BTreeSet<&'s str>, Vec<Problem>> {
    let mut names = BTreeSet::new();
    let mut problems = Vec::new();
    for pattern in patterns {
        let found: Vec<&str> =
            schema.kinds.keys().map(String::as_str).filter(|kind| kind_matches(pattern, kind)).collect();
        if found.is_empty() {
            problems.push(Problem::new(None, None, no_match(schema, pattern)));
        }
        names.extend(found);
    }
    if problems.is_empty() { Ok(names) } else { Err(problems) }
}

fn no_match(schema: &Schema, pattern: &str) -> String {
    let wanted = pattern.replace('*', "").to_lowercase();
    let from_wanted = |kind: &&String| {
        let kind = kind.to_lowercase();
        // A pattern names a part of a kind, so only that much of the kind is compared.
        let part: String =
            if pattern.contains('*') { kind.chars().take(wanted.chars().count()).collect() } else { kind };
        distance(&wanted, &part)
    };
    let nearest = schema.kinds.keys().min_by_key(from_wanted);
    let pattern = pattern.escape_debug();
    match nearest {
        Some(kind) => {
            format!("no kind of the schema matches `{pattern}`; did you mean `{}`?", kind.escape_debug())
        }
        None => format!(
            "no kind of the schema matches `{pattern}`: the schema has no kinds; pull it again with `cargo infrahub pull`"
        ),
    }
}
