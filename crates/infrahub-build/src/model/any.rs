//! The enum over the kinds that inherit from a generic, and what it selects.
//!
//! The shared fields are selected once, on the interface; what only some kinds have is selected in a
//! fragment for each. GraphQL refuses two fields of one name in one answer whose types differ, even if
//! they come from kinds that exclude each other, so such a field is aliased in every kind that has it:
//! `InfraInterfaceL2__speed`.

use super::chosen::Chosen;
use super::kind::selection_of;
use super::{Any, AnyVariant, Content, Field, Kind, Names, attribute};
use crate::names::Scope;
use crate::text::code;
use infrahub_schema::{Flavour, KindSchema};
use std::collections::{BTreeMap, BTreeSet};

/// The shape of a field in the answer, as far as GraphQL compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Shape<'s> {
    /// `{ value }` of a scalar.
    Attribute(&'s str),
    /// `{ node { id … } }`, where `id` of an interface may be null and that of an object may not.
    Peer { is_interface: bool },
}

/// Adds the enums to the generics.
pub(super) fn add(chosen: &Chosen<'_>, names: &mut Names<'_>, kinds: &mut [Kind]) {
    let generics = chosen.generated.iter().filter(|kind| kind.flavour == Flavour::Generic);
    for generic in generics {
        let type_name = names.scope.claim(&format!("Any{}", names.type_of(&generic.kind)));
        let any = any(chosen, kinds, generic, type_name);
        if let Some(kind) = kinds.iter_mut().find(|kind| kind.kind == generic.kind) {
            kind.any = Some(any);
        }
    }
}

fn any(chosen: &Chosen<'_>, kinds: &[Kind], generic: &KindSchema, type_name: String) -> Any {
    let model = |name: &str| kinds.iter().find(|kind| kind.kind == name);
    let implementers: Vec<(&KindSchema, &Kind)> = chosen
        .implementers(&generic.kind)
        .into_iter()
        .filter_map(|kind| model(&kind.kind).map(|model| (kind, model)))
        .collect();
    let shared: BTreeSet<&str> = model(&generic.kind)
        .into_iter()
        .flat_map(|kind| kind.fields.iter().map(|field| field.wire.as_str()))
        .collect();
    let own = |kind: &'_ Kind| -> Vec<usize> {
        (0..kind.fields.len()).filter(|index| !shared.contains(kind.fields[*index].wire.as_str())).collect()
    };
    let mut shapes: BTreeMap<&str, BTreeSet<Shape<'_>>> = BTreeMap::new();
    for (schema, kind) in &implementers {
        for index in own(kind) {
            let field = &kind.fields[index];
            shapes.entry(&field.wire).or_default().insert(shape(chosen, schema, field));
        }
    }
    let mut selections: Vec<String> =
        model(&generic.kind).map(|kind| kind.selection.clone()).into_iter().collect();
    for (_, kind) in &implementers {
        let fields: Vec<String> = own(kind)
            .into_iter()
            .map(|index| {
                let field = &kind.fields[index];
                let is_ambiguous = shapes.get(field.wire.as_str()).is_some_and(|shapes| shapes.len() > 1);
                let alias =
                    if is_ambiguous { format!("{}__{}: ", kind.kind, field.wire) } else { String::new() };
                format!("{alias}{}", selection_of(field))
            })
            .collect();
        if !fields.is_empty() {
            selections.push(format!("... on {} {{ {} }}", kind.kind, fields.join(" ")));
        }
    }
    let mut scope = Scope::with(&["Other", "Self"]);
    let variants = implementers.iter().map(|(_, kind)| AnyVariant {
        name: scope.claim(&kind.type_name),
        docs: vec![format!("Of kind {}.", code(&kind.kind))],
        type_name: kind.type_name.clone(),
        kind: kind.kind.clone(),
    });
    Any {
        type_name,
        docs: vec![format!(
            "An object of a kind that inherits from {}, with its own fields.",
            code(&generic.kind)
        )],
        variants: variants.collect(),
        selections,
    }
}

fn shape<'s>(chosen: &Chosen<'s>, kind: &'s KindSchema, field: &Field) -> Shape<'s> {
    match field.content {
        Content::Attribute(_) => {
            let found = kind.attributes.iter().find(|attribute| attribute.name == field.wire);
            Shape::Attribute(found.map_or("", |attribute| attribute::read_scalar(&attribute.kind)))
        }
        Content::Peer(_) => {
            let found = kind.relationships.iter().find(|relationship| relationship.name == field.wire);
            // Within a hierarchy GraphQL knows the peer only as the generic.
            let is_interface = found.is_some_and(|relationship| {
                relationship.hierarchical.is_some() || chosen.is_generic(&relationship.peer)
            });
            Shape::Peer { is_interface }
        }
    }
}
