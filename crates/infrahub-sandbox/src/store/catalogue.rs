//! The schema of a branch with what follows from it, worked out once.

use super::path::Path;
use super::record::Side;
use infrahub_schema::{Attribute, Direction, Flavour, KindSchema, Relationship, Schema};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A schema, and the facts about each kind that the rules ask for again and again.
pub(crate) struct Catalogue {
    schema: Schema,
    facts: BTreeMap<Arc<str>, Facts>,
    /// The patterns of all attributes; an error where Rust's regular expressions lack what the pattern uses.
    patterns: BTreeMap<String, Result<Regex, regex::Error>>,
}

/// What follows from the schema of one kind.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The kinds whose objects it stands for: itself, or those that inherit from the generic.
    pub(crate) concrete: Vec<Arc<str>>,
    /// The generics that it inherits from.
    pub(crate) generics: Vec<String>,
    /// Attributes by whose value objects are looked up.
    pub(crate) indexed: BTreeSet<Arc<str>>,
    /// What must be unique among the objects of the kind, not counting what its generics say.
    pub(crate) unique: Vec<Unique>,
}

/// Fields that no two objects have the same.
#[derive(Debug, Clone)]
pub(crate) struct Unique {
    /// The fields.
    pub(crate) paths: Vec<Path>,
    /// The constraint as the schema writes it.
    pub(crate) texts: BTreeSet<String>,
    /// What the fields are to the human-friendly id.
    pub(crate) role: Role,
}

/// What a constraint's fields are to the human-friendly id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The very same.
    Hfid,
    /// Some of them.
    PartOfHfid,
    /// Others.
    Other,
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalogue").field("kinds", &self.facts.len()).finish_non_exhaustive()
    }
}

impl Catalogue {
    /// Works out the facts.
    pub(crate) fn new(schema: Schema) -> Self {
        let mut facts = BTreeMap::new();
        for kind in schema.kinds.values() {
            let name: Arc<str> = Arc::from(kind.kind.as_str());
            facts.insert(name.clone(), facts_of(&schema, kind, &name));
        }
        let patterns = schema.kinds.values().flat_map(|kind| &kind.attributes);
        let patterns = patterns
            .filter_map(|attribute| attribute.parameters.regex.clone())
            .map(|pattern| (pattern.clone(), Regex::new(&format!("^(?:{pattern})"))))
            .collect();
        Self { schema, facts, patterns }
    }

    /// The schema itself.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The kind of that name.
    pub(crate) fn kind(&self, name: &str) -> Option<&KindSchema> {
        self.schema.kind(name)
    }

    /// What follows from the kind of that name.
    pub(crate) fn facts(&self, name: &str) -> Option<&Facts> {
        self.facts.get(name)
    }

    /// Whether objects of the kind are objects of the other, which may be a generic.
    pub(crate) fn is_a(&self, kind: &str, other: &str) -> bool {
        kind == other || self.facts(kind).is_some_and(|facts| facts.generics.iter().any(|name| name == other))
    }

    /// A compiled pattern that values of an attribute must match at their start.
    pub(crate) fn pattern(&self, pattern: &str) -> Option<&Result<Regex, regex::Error>> {
        self.patterns.get(pattern)
    }

    /// The attributes whose numbers come from a pool of the schema's own, each with the kind that declares it.
    pub(crate) fn number_pools(&self) -> impl Iterator<Item = (&KindSchema, &Attribute)> {
        self.schema.kinds.values().flat_map(|kind| {
            let pooled = kind.attributes.iter();
            pooled
                .filter(|attribute| attribute.kind.as_str() == "NumberPool" && !attribute.inherited)
                .map(move |attribute| (kind, attribute))
        })
    }
}

/// The name that both ends of a relationship share.
pub(crate) fn identifier(kind: &KindSchema, relationship: &Relationship) -> String {
    relationship.identifier.clone().unwrap_or_else(|| {
        let mut ends = [kind.kind.to_lowercase(), relationship.peer.to_lowercase()];
        ends.sort();
        ends.join("__")
    })
}

/// Which end of a relation the objects with this relationship are.
pub(crate) fn side(relationship: &Relationship) -> Side {
    match relationship.direction {
        Direction::Outbound => Side::From,
        Direction::Inbound => Side::To,
        _ => Side::Either,
    }
}

/// The relationships of a kind that are this end of a relation.
pub(crate) fn ends<'k>(
    kind: &'k KindSchema,
    name: &str,
    place: Side,
) -> impl Iterator<Item = &'k Relationship> + use<'k> {
    let name = name.to_owned();
    kind.relationships.iter().filter(move |field| identifier(kind, field) == name && side(field) == place)
}

fn facts_of(schema: &Schema, kind: &KindSchema, name: &Arc<str>) -> Facts {
    let concrete = if kind.flavour == Flavour::Generic {
        let users = schema.kinds.values().filter(|user| has_objects_of(user, &kind.kind));
        users.map(|user| Arc::from(user.kind.as_str())).collect()
    } else {
        vec![name.clone()]
    };
    let generics = schema.kinds.values().filter(|generic| generic.flavour == Flavour::Generic);
    let generics: Vec<&KindSchema> = generics.filter(|generic| has_objects_of(kind, &generic.kind)).collect();
    let indexed = generics
        .iter()
        .copied()
        .chain([kind])
        .flat_map(looked_up)
        .filter(|attribute| kind.attribute(attribute).is_some_and(|attribute| !attribute.is_computed()));
    Facts {
        indexed: indexed.map(Arc::from).collect(),
        generics: generics.iter().map(|generic| generic.kind.clone()).collect(),
        unique: unique(kind),
        concrete,
    }
}

/// Whether the objects of a kind are objects of a generic. The generics that a kind names tell, for what generics say
/// of their users is about the schema: everything but a group is a `CoreNode`, and a template of a component is no
/// `CoreObjectTemplate`.
fn has_objects_of(kind: &KindSchema, generic: &str) -> bool {
    let names = |generic: &str| kind.inherit_from.iter().any(|name| name == generic);
    kind.flavour != Flavour::Generic && (names(generic) || (generic == "CoreNode" && !names("CoreGroup")))
}

/// The attributes of the kind that its constraints, human-friendly id and default filter name.
fn looked_up(kind: &KindSchema) -> Vec<String> {
    let constraints = kind.uniqueness_constraints.iter().flatten().flatten();
    let paths = constraints.chain(kind.human_friendly_id.iter().flatten()).chain(&kind.default_filter);
    paths
        .filter_map(|text| match Path::parse(kind, text)? {
            Path::Attribute { attribute, property } if property == "value" => Some(attribute),
            _ => None,
        })
        .collect()
}

fn unique(kind: &KindSchema) -> Vec<Unique> {
    let hfid: Option<BTreeSet<String>> = kind.human_friendly_id.as_ref().map(|paths| {
        let fields = paths.iter().filter_map(|text| match Path::parse(kind, text)? {
            Path::Attribute { .. } => Some(text.clone()),
            other => Some(other.field().to_owned()),
        });
        fields.collect()
    });
    let constraints = kind.uniqueness_constraints.iter().flatten();
    constraints
        .map(|texts| {
            let texts_set: BTreeSet<String> = texts.iter().cloned().collect();
            let role = match &hfid {
                Some(hfid) if *hfid == texts_set => Role::Hfid,
                Some(hfid) if texts_set.is_subset(hfid) => Role::PartOfHfid,
                _ => Role::Other,
            };
            let paths = texts.iter().filter_map(|text| Path::parse(kind, text)).collect();
            Unique { paths, texts: texts_set, role }
        })
        .collect()
}
