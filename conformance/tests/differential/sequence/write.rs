//! Random writes.

use super::KINDS;
use super::objects::SCHEMA;
use super::operation::Operation;
use super::value::{self, peer};
use infrahub_schema::{KindSchema, Relationship};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// The fields that the human-friendly ids and computed attributes of other objects hold: these follow a change of one
/// some seconds later, so it is not changed.
const HELD_BY_OTHERS: [(&str, &str); 2] = [("LocationSite", "name"), ("InfraDevice", "name")];

pub(crate) fn create() -> BoxedStrategy<Operation> {
    let data = |kind| prop_oneof![9 => fields(kind, true, true), 1 => fields(kind, true, false)];
    of_any_kind("Create", move |kind| data(kind).boxed())
}

pub(crate) fn update() -> BoxedStrategy<Operation> {
    of_any_kind("Update", |kind| {
        let key = prop_oneof![
            8 => number().prop_map(move |number| json!({ "id": format!("@{kind} {number}") })),
            2 => number().prop_map(move |number| json!({ "hfid": format!("@hfid {kind} {number}") })),
            1 => number().prop_map(|number| json!({ "id": format!("@CoreNode {number}") })),
            1 => Just(json!({})),
        ];
        (key, fields(kind, false, false)).prop_map(|(key, fields)| joined(key, fields)).boxed()
    })
}

pub(crate) fn upsert() -> BoxedStrategy<Operation> {
    of_any_kind("Upsert", |kind| {
        let key = prop_oneof![
            2 => number().prop_map(move |number| json!({ "id": format!("@{kind} {number}") })),
            3 => number().prop_map(move |number| json!({ "hfid": format!("@hfid {kind} {number}") })),
        ];
        let by_key = (key, fields(kind, false, false)).prop_map(|(key, fields)| joined(key, fields));
        prop_oneof![fields(kind, true, true), by_key].boxed()
    })
}

pub(crate) fn delete() -> BoxedStrategy<Operation> {
    of_any_kind("Delete", |kind| {
        prop_oneof![
            6 => number().prop_map(move |number| json!({ "id": format!("@{kind} {number}") })),
            2 => number().prop_map(move |number| json!({ "hfid": format!("@hfid {kind} {number}") })),
            1 => number().prop_map(|number| json!({ "id": format!("@CoreNode {number}") })),
        ]
        .boxed()
    })
}

/// Adds peers to a relationship or removes them.
pub(crate) fn relate() -> BoxedStrategy<Operation> {
    let field = select(vec!["RelationshipAdd", "RelationshipRemove"]);
    let related: Vec<&'static str> =
        KINDS.into_iter().filter(|kind| !relationships(&SCHEMA.kinds[*kind]).is_empty()).collect();
    (field, select(related), any::<bool>())
        .prop_flat_map(|(field, kind, is_inline)| {
            let relationship = select(relationships(&SCHEMA.kinds[kind]));
            (Just(field), number(), relationship, Just(is_inline)).prop_flat_map(
                move |(field, number, relationship, is_inline)| {
                    let name = relationship.name.clone();
                    prop::collection::vec(peer(&relationship), 1..3).prop_map(move |nodes| Operation::Write {
                        field: field.to_owned(),
                        kind: None,
                        input: "RelationshipNodesInput".to_owned(),
                        data: json!({ "id": format!("@{kind} {number}"), "name": name, "nodes": nodes }),
                        is_inline,
                    })
                },
            )
        })
        .boxed()
}

fn of_any_kind(
    verb: &'static str,
    data: impl Fn(&'static str) -> BoxedStrategy<Value> + 'static,
) -> BoxedStrategy<Operation> {
    select(&KINDS[..])
        .prop_flat_map(move |kind| (Just(kind), data(kind), any::<bool>()))
        .prop_map(move |(kind, data, is_inline)| {
            let (field, input) = match verb {
                "Delete" => (format!("{kind}Delete"), "DeleteInput".to_owned()),
                _ => (format!("{kind}{verb}"), format!("{kind}{verb}Input")),
            };
            Operation::Write { field, kind: (verb != "Delete").then_some(kind), input, data, is_inline }
        })
        .boxed()
}

/// Some fields of a kind: those of a new object or of one that is there, with all that are mandatory or without.
fn fields(kind: &'static str, is_new: bool, with_mandatory: bool) -> BoxedStrategy<Value> {
    let schema = &SCHEMA.kinds[kind];
    let held = |name: &str| HELD_BY_OTHERS.contains(&(kind, name));
    let attributes = schema.attributes.iter().filter(|attribute| attribute.is_writable());
    let attributes = attributes
        .filter(|attribute| is_new || !held(&attribute.name))
        .map(|attribute| (attribute.name.clone(), !attribute.optional, value::attribute(attribute)));
    let related = relationships(schema).into_iter().map(|relationship| {
        (relationship.name.clone(), !relationship.optional, value::relationship(&relationship, true))
    });
    let all: Vec<(String, bool, BoxedStrategy<Value>)> = attributes.chain(related).collect();
    let (mandatory, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, is_mandatory, _)| with_mandatory && *is_mandatory);
    let most = others.len().min(4);
    (subsequence(others, 0..=most), proptest::option::weighted(0.15, misfit(schema)))
        .prop_flat_map(move |(chosen, misfit)| {
            let (names, values): (Vec<_>, Vec<_>) =
                mandatory.iter().cloned().chain(chosen).map(|(name, _, value)| (name, value)).unzip();
            values.prop_map(move |values| {
                let fields = names.iter().cloned().zip(values).chain(misfit.clone().flatten());
                fields.collect::<Map<_, _>>().into()
            })
        })
        .boxed()
}

/// One relationship with a peer that it does not take; with more of them it is the server's choice which it tells.
fn misfit(kind: &KindSchema) -> BoxedStrategy<Option<(String, Value)>> {
    let relationships = relationships(kind);
    if relationships.is_empty() {
        return Just(None).boxed();
    }
    select(relationships)
        .prop_flat_map(|relationship| {
            let name = relationship.name.clone();
            value::relationship(&relationship, false).prop_map(move |peers| Some((name.clone(), peers)))
        })
        .boxed()
}

/// The relationships of a kind with kinds that are written.
pub(crate) fn relationships(kind: &KindSchema) -> Vec<Relationship> {
    let is_written = |peer: &str| {
        KINDS
            .iter()
            .any(|kind| *kind == peer || SCHEMA.kinds[*kind].inherit_from.iter().any(|name| name == peer))
    };
    kind.relationships
        .iter()
        .filter(|relationship| !relationship.read_only && is_written(&relationship.peer))
        // children are made by their parents' side
        .filter(|relationship| relationship.name != "children")
        .cloned()
        .collect()
}

fn joined(key: Value, fields: Value) -> Value {
    let parts = [key, fields].into_iter().filter_map(|part| part.as_object().cloned());
    Value::Object(parts.flatten().collect())
}

/// Which of the objects of a kind.
pub(crate) fn number() -> impl Strategy<Value = u8> {
    0_u8..4
}
