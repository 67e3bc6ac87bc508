//! Random values, good ones and bad ones.

use super::write::number;
use infrahub_schema::{Attribute, AttributeKind, Cardinality, Relationship, RelationshipKind};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// What is written to an attribute: its value, with what may be said beside it.
pub(crate) fn attribute(attribute: &Attribute) -> BoxedStrategy<Value> {
    let value = of(attribute);
    let with_value = move |beside: Value| {
        value.clone().prop_map(move |value| {
            let mut field = beside.clone();
            field["value"] = value;
            field
        })
    };
    prop_oneof![
        16 => with_value(json!({})),
        1 => with_value(json!({ "is_protected": true })),
        1 => with_value(json!({ "is_protected": false })),
        1 => with_value(json!({ "owner": "@CoreNode 0" })),
        1 => with_value(json!({ "source": "@CoreNode 1" })),
        1 => select(vec![json!({ "value": null }), json!({ "is_protected": true }), json!({}), Value::Null, json!("bare")]),
    ]
    .boxed()
}

/// A value for an attribute, or one that it does not take.
pub(crate) fn of(attribute: &Attribute) -> BoxedStrategy<Value> {
    let good = select(good(attribute)).boxed();
    if attribute.allowed_values.is_some() {
        // the error lists them in an order that only the server knows
        return good;
    }
    prop_oneof![7 => good, 1 => select(bad(attribute))].boxed()
}

fn good(attribute: &Attribute) -> Vec<Value> {
    if let Some(values) = &attribute.allowed_values {
        return values.clone();
    }
    if let Some(choices) = &attribute.choices {
        return choices.iter().map(|choice| choice.name.as_str().into()).collect();
    }
    if attribute.name == "name" {
        return ["<name>-a", "<name>-b", "<name>-c", "<name>-d", "<name>-site"].map(Value::from).to_vec();
    }
    let values = match &attribute.kind {
        AttributeKind::Number | AttributeKind::Bandwidth => {
            let limits = &attribute.parameters;
            let (least, greatest) = (limits.min_value.unwrap_or(0), limits.max_value.unwrap_or(1 << 40));
            json!([least, least + 1, greatest, greatest - 1, least + 9])
        }
        AttributeKind::Boolean | AttributeKind::Checkbox => json!([true, false]),
        AttributeKind::IpHost => json!(["10.0.0.1", "10.0.0.1/24", "2001:DB8::0001", "10.0.0.0/31"]),
        AttributeKind::IpAddress => json!(["10.0.0.1", "::1", "192.168.0.255"]),
        AttributeKind::IpNetwork => json!(["10.0.0.0/8", "10.0.0.1", "2001:DB8:0::/48"]),
        AttributeKind::MacAddress => json!(["00:25:96:ff:fe:12", "0025.96FF.FE12", "00259612fe34"]),
        AttributeKind::DateTime => json!(["2020-02-03T04:05:06Z", "2020-02-03", "2020-02-03T04:05:06+02:00"]),
        AttributeKind::List => json!([[], ["red"], ["red", "blue"], [1, "1", null], [["red"]]]),
        AttributeKind::Json => json!([{}, { "a": { "b": [1, 2.5, null] } }, [1, 2], []]),
        AttributeKind::Email => json!(["a@example.net", "a.b@example.net"]),
        AttributeKind::Url => json!(["https://example.net/a?b=c", "http://example.net"]),
        AttributeKind::Color => json!(["#ff0000", "#00ff00"]),
        _ => json!([
            "",
            "word",
            "Some words",
            "é 漢 \u{1f600}",
            "\"quoted\" \\ back",
            "two\nlines",
            " around "
        ]),
    };
    values.as_array().cloned().unwrap_or_default()
}

fn bad(attribute: &Attribute) -> Vec<Value> {
    let values = match &attribute.kind {
        AttributeKind::Number | AttributeKind::Bandwidth => {
            let limits = &attribute.parameters;
            let (least, greatest) = (limits.min_value.unwrap_or(0), limits.max_value.unwrap_or(1 << 40));
            json!([least - 1, greatest + 1, 13, 1003, "7", "word", 1.5, true, [1]])
        }
        AttributeKind::Boolean | AttributeKind::Checkbox => json!(["true", 1, 0, "word", []]),
        AttributeKind::IpHost | AttributeKind::IpAddress | AttributeKind::IpNetwork => {
            json!(["10.0.0.256", "10.0.0.1/33", "10.0.0.1/24", "word", "", 7])
        }
        AttributeKind::MacAddress => json!(["00:25:96", "word", "", 7, "00:25:96:FF:FE:12:34:56"]),
        AttributeKind::List => json!(["red", 7, { "a": 1 }, true]),
        AttributeKind::Json => json!(["red", 7, true, "{\"a\": 1}", ""]),
        _ if attribute.choices.is_some() => {
            json!(["nothing", "", 7, "Active", true])
        }
        // what one kind refuses another takes, and must be the run's own there
        _ if attribute.name == "name" => {
            json!([7, true, ["word"], { "a": 1 }, "<name>-UPPER", format!("<name>-{}", "x".repeat(60))])
        }
        _ => json!([7, true, ["word"], { "a": 1 }, "X".repeat(300), "", "UPPER", "-", "x"]),
    };
    values.as_array().cloned().unwrap_or_default()
}

/// What is written to a relationship: peers that fit it, as far as they were made, or one that does not.
pub(crate) fn relationship(relationship: &Relationship, fits: bool) -> BoxedStrategy<Value> {
    let one = if fits { good_peer(relationship) } else { bad_peer() };
    match relationship.cardinality {
        // without a mandatory peer, objects of all runs would be alike
        Cardinality::One if !relationship.optional => one,
        Cardinality::One => prop_oneof![20 => one, 1 => Just(Value::Null)].boxed(),
        Cardinality::Many => {
            let most = if fits { 2 } else { 1 };
            let several = prop::collection::vec(one, 0..=most).prop_map(Value::from);
            // the server counts wrong where null takes components away
            if relationship.kind == RelationshipKind::Component {
                return several.boxed();
            }
            prop_oneof![20 => several, 1 => Just(Value::Null)].boxed()
        }
    }
}

/// One peer of a relationship, or what is none.
pub(crate) fn peer(relationship: &Relationship) -> BoxedStrategy<Value> {
    prop_oneof![10 => good_peer(relationship), 1 => bad_peer()].boxed()
}

fn good_peer(relationship: &Relationship) -> BoxedStrategy<Value> {
    let kind = relationship.peer.clone();
    let named = move |key: &'static str, what: &'static str| {
        let kind = kind.clone();
        number().prop_map(move |number| json!({ key: format!("@{what}{kind} {number}") }))
    };
    let with_owner = named("id", "").prop_map(|mut peer| {
        peer["_relation__is_protected"] = true.into();
        peer["_relation__owner"] = "@CoreNode 0".into();
        peer
    });
    prop_oneof![16 => named("id", ""), 5 => named("hfid", "hfid "), 1 => with_owner].boxed()
}

fn bad_peer() -> BoxedStrategy<Value> {
    let peers = vec![json!({ "id": "word" }), json!({ "hfid": ["<name>-nobody"] })];
    let of_any_kind = number().prop_map(|number| json!({ "id": format!("@CoreNode {number}") }));
    prop_oneof![1 => of_any_kind, 2 => select(peers)].boxed()
}
