//! Random reads.

use super::KINDS;
use super::objects::SCHEMA;
use super::operation::Operation;
use super::value;
use super::write::{number, relationships};
use infrahub_schema::{AttributeKind, KindSchema};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// What is read besides the kinds that are written.
const GENERICS: [&str; 2] = ["LocationGeneric", "InfraInterface"];

/// A query of a kind or a generic with some filters, an order and a page, among the objects of the sequence.
pub(crate) fn read() -> BoxedStrategy<Operation> {
    let kinds = [&KINDS[..], &GENERICS].concat();
    select(kinds)
        .prop_flat_map(|kind| {
            let schema = &SCHEMA.kinds[kind];
            let filters = filters(schema);
            let most = filters.len().min(2);
            let chosen = subsequence(filters, 0..=most).prop_flat_map(|chosen| {
                let (names, values): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
                values.prop_map(move |values| names.iter().cloned().zip(values).collect::<Map<_, _>>())
            });
            (Just(kind), chosen, proptest::option::weighted(0.4, order(schema)), page())
        })
        .prop_map(|(kind, mut arguments, order, page)| {
            arguments.extend(page);
            if let Some(order) = order {
                arguments.insert("order".to_owned(), json!({ "by": order }));
            }
            Operation::Read { kind, arguments: arguments.into() }
        })
        .boxed()
}

/// The filters of a kind, each with its values.
fn filters(kind: &KindSchema) -> Vec<(String, BoxedStrategy<Value>)> {
    let mut filters: Vec<(String, BoxedStrategy<Value>)> = Vec::new();
    for attribute in kind.attributes.iter().filter(|attribute| attribute.is_writable()) {
        let name = &attribute.name;
        let value = value::of(attribute);
        filters.push((format!("{name}__isnull"), any::<bool>().prop_map(Value::from).boxed()));
        filters.push((format!("{name}__is_protected"), any::<bool>().prop_map(Value::from).boxed()));
        filters.push((format!("{name}__owner__id"), Just(json!("@CoreNode 0")).boxed()));
        if ![AttributeKind::List, AttributeKind::Json].contains(&attribute.kind) {
            let values = prop::collection::vec(value.clone(), 0..3).prop_map(Value::from);
            filters.push((format!("{name}__values"), values.boxed()));
        }
        filters.push((format!("{name}__value"), value));
    }
    for relationship in relationships(kind) {
        let (name, peer) = (relationship.name.clone(), relationship.peer.clone());
        filters.push((format!("{name}__isnull"), any::<bool>().prop_map(Value::from).boxed()));
        let ids =
            prop::collection::vec(number().prop_map(move |number| json!(format!("@{peer} {number}"))), 0..3);
        filters.push((format!("{name}__ids"), ids.prop_map(Value::from).boxed()));
        for attribute in
            SCHEMA.kinds[&relationship.peer].attributes.iter().filter(|field| field.is_writable())
        {
            filters.push((format!("{name}__{}__value", attribute.name), value::of(attribute)));
        }
    }
    let name = select(vec!["<name>-a", "<name>-device", "-site", "word"]).prop_map(Value::from);
    filters.push(("any__value".to_owned(), name.boxed()));
    filters.push(("partial_match".to_owned(), Just(json!(true)).boxed()));
    filters
}

fn order(kind: &KindSchema) -> impl Strategy<Value = Vec<Value>> + use<> {
    let own = kind.attributes.iter().map(|attribute| format!("{}__value", attribute.name));
    let of_peers =
        kind.relationships.iter().filter(|relationship| ["site", "device"].contains(&&*relationship.name));
    let of_peers = of_peers.map(|relationship| format!("{}__name__value", relationship.name));
    let fields: Vec<String> = own.chain(of_peers).chain(["node_metadata__created_at".to_owned()]).collect();
    let item = (select(fields), select(vec!["ASC", "DESC"]))
        .prop_map(|(field, direction)| json!({ "field": field, "direction": direction }));
    prop::collection::vec(item, 0..3)
}

fn page() -> impl Strategy<Value = Map<String, Value>> {
    let number = || proptest::option::weighted(0.3, select(vec![1, 2, 3, 0, 100, -1]));
    (number(), number()).prop_map(|(limit, offset)| {
        let arguments = [("limit", limit), ("offset", offset)];
        let given = arguments.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        given.collect()
    })
}
