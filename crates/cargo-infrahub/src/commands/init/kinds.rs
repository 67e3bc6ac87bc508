//! Which kinds are generated, and which of them the example lists.

use crate::failure::Failure;
use infrahub_build::Generator;
use infrahub_build::describe::{AttributeDescription, KindDescription};
use infrahub_client::schema::{Flavour, Schema};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A kind that every server has.
const TAG: &str = "BuiltinTag";

/// The kinds of a crate.
pub(super) struct Kinds {
    /// What `build.rs` names.
    pub(super) patterns: Vec<String>,
    /// The one that the example lists.
    pub(super) listed: KindDescription,
}

impl Kinds {
    /// The kinds that were asked for, or else all of the user's own.
    ///
    /// The same schema gives the same choice, so that a second run finds what the first one wrote.
    pub(super) fn choose(schema: &Schema, asked: &[String]) -> Result<Self, Failure> {
        let patterns = if asked.is_empty() { own_kinds(schema)? } else { asked.to_vec() };
        let generator = Generator::new(schema.clone()).kinds(patterns.clone());
        // Whatever has no Rust form is told now, not by the first build.
        generator.generate()?;
        let mut described = BTreeMap::new();
        for pattern in &patterns {
            let found = generator.describe(pattern)?;
            described.extend(found.into_iter().map(|kind| (kind.kind.clone(), kind)));
        }
        let references = references(schema);
        let suits = |kind: &KindDescription| {
            (suits(kind), references.get(kind.kind.as_str()).copied(), Reverse(kind.kind.clone()))
        };
        let listed = described.into_values().max_by_key(suits);
        let listed = listed.ok_or_else(|| Failure::Other("no kind was chosen".to_owned()))?;
        Ok(Self { patterns, listed })
    }
}

/// Attributes that a program reads as texts.
pub(super) fn texts(kind: &KindDescription) -> impl Iterator<Item = &AttributeDescription> {
    kind.attributes.iter().filter(|attribute| {
        matches!(attribute.field.rust_type.as_str(), "String" | "Option<String>")
            && attribute.field.struct_field.is_some()
            && attribute.field.deprecation.is_none()
    })
}

/// How well a kind suits a first example.
fn suits(kind: &KindDescription) -> u8 {
    let has_text = texts(kind).next().is_some();
    match kind.flavour {
        Flavour::Node if !kind.is_reserved && has_text && !kind.human_friendly_id.is_empty() => 4,
        Flavour::Node if !kind.is_reserved && has_text => 3,
        Flavour::Node if kind.kind == TAG => 2,
        Flavour::Node => 1,
        _ => 0,
    }
}

/// How many relationships of nodes lead to each kind: the more, the more it matters.
fn references(schema: &Schema) -> BTreeMap<&str, usize> {
    let mut references = BTreeMap::new();
    let nodes = schema.kinds.values().filter(|kind| kind.flavour == Flavour::Node);
    for relationship in nodes.flat_map(|kind| &kind.relationships) {
        *references.entry(relationship.peer.as_str()).or_default() += 1;
    }
    references
}

/// Patterns for the nodes and generics of the user's own, one a namespace; the tags where there are none.
fn own_kinds(schema: &Schema) -> Result<Vec<String>, Failure> {
    let is_own = |namespace: &str| !schema.is_reserved_namespace(namespace);
    let own = schema
        .kinds
        .values()
        .filter(|kind| is_own(&kind.namespace) && matches!(kind.flavour, Flavour::Node | Flavour::Generic));
    let mut patterns = BTreeSet::new();
    for kind in own {
        // `Co*` would choose all of `Core`.
        let mut matched = schema.kinds.values().filter(|other| other.kind.starts_with(&kind.namespace));
        let is_safe = matched.all(|other| is_own(&other.namespace));
        patterns.insert(if is_safe { format!("{}*", kind.namespace) } else { kind.kind.clone() });
    }
    if patterns.is_empty() && schema.kind(TAG).is_some() {
        patterns.insert(TAG.to_owned());
    }
    if patterns.is_empty() {
        let why = "the schema has no kinds of yours; choose some of the server's own: `--kinds CoreAccount`";
        return Err(Failure::Other(why.to_owned()));
    }
    Ok(patterns.into_iter().collect())
}
