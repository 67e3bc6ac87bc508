//! Reading the answer of a server: what is kept, what is dropped, what may be missing.
#![allow(clippy::unwrap_used)]

use infrahub_schema::{AttributeKind, Cardinality, Direction, Flavour, OnDelete, RelationshipKind, Schema};
use serde_json::json;

/// Kinds of a 1.11.9 server: a hierarchy, generics, a profile, a template.
const API: &str = include_str!("data/api-schema.json");

fn read(answer: &serde_json::Value) -> Schema {
    Schema::from_api(answer.to_string().as_bytes(), "test").unwrap()
}

#[test]
fn fields_are_sorted_by_weight_and_name() {
    let schema = Schema::from_api(API.as_bytes(), "test").unwrap();
    for kind in schema.kinds.values() {
        let places: Vec<_> = kind.attributes.iter().map(|field| (field.order_weight, &field.name)).collect();
        assert!(places.is_sorted(), "{}: {places:?}", kind.kind);
    }
    let site = schema.kind("LocationSite").unwrap();
    assert_eq!(site.parent.as_deref(), Some("LocationRegion"));
    assert_eq!(site.hierarchy.as_deref(), Some("LocationGeneric"));
    let template = schema.kind("TemplateInfraInterfaceL3").unwrap();
    assert_eq!(template.flavour, Flavour::Template);
    assert!(
        template.relationships.last().unwrap().order_weight.is_none(),
        "those without a weight come last"
    );
}

#[test]
fn volatile_content_is_dropped() {
    let text = Schema::from_api(API.as_bytes(), "test").unwrap().to_nodes_json();
    let hash = serde_json::from_str::<serde_json::Value>(API).unwrap()["main"].as_str().unwrap().to_owned();
    assert!(!text.contains(&hash));
    for field in ["\"id\"", "\"hash\"", "number_pool_id", "menu_placement", "\"state\""] {
        assert!(!text.contains(field), "{field} is kept");
    }
}

#[test]
fn every_attribute_kind_of_the_server_is_known_and_newer_ones_are_kept() {
    let known = [
        "ID",
        "Dropdown",
        "Text",
        "TextArea",
        "DateTime",
        "Email",
        "Password",
        "HashedPassword",
        "URL",
        "File",
        "MacAddress",
        "Color",
        "Number",
        "NumberPool",
        "Bandwidth",
        "IPHost",
        "IPNetwork",
        "IPAddress",
        "Boolean",
        "Checkbox",
        "List",
        "JSON",
        "Any",
    ];
    for name in known {
        let kind = AttributeKind::from(name.to_owned());
        assert!(!matches!(kind, AttributeKind::Unknown(_)), "{name}");
        assert_eq!(kind.as_str(), name);
    }
    let schema = read(&json!({"nodes": [{"namespace": "Infra", "name": "Place",
        "attributes": [{"name": "position", "kind": "GeoPoint", "precision": 3}],
        "relationships": [{"name": "near", "peer": "InfraPlace", "kind": "Proximity"}]}]}));
    let place = schema.kind("InfraPlace").unwrap();
    assert_eq!(place.attributes[0].kind, AttributeKind::Unknown("GeoPoint".to_owned()));
    assert_eq!(place.relationships[0].kind, RelationshipKind::Unknown("Proximity".to_owned()));
    let again = Schema::from_nodes_json(schema.to_nodes_json().as_bytes(), "test").unwrap();
    assert_eq!(again, schema);
}

#[test]
fn what_an_older_server_leaves_out_has_the_meaning_of_the_schema_format() {
    let schema = read(
        &json!({"nodes": [{"namespace": "Infra", "name": "Device", "inherit_from": null, "parent": "",
        "children": "", "human_friendly_id": [],
        "attributes": [{"name": "name", "kind": "Text", "regex": "^[a-z]+$", "max_length": 9, "parameters": null}],
        "relationships": [{"name": "site", "peer": "InfraSite"}]}]}),
    );
    let device = schema.kind("InfraDevice").unwrap();
    assert_eq!((device.flavour, device.branch.as_str()), (Flavour::Node, "aware"));
    assert_eq!((&device.parent, &device.children, &device.human_friendly_id), (&None, &None, &None));
    let name = device.attribute("name").unwrap();
    assert!(!name.optional && !name.read_only && name.is_writable());
    assert_eq!((name.parameters.regex.as_deref(), name.parameters.max_length), (Some("^[a-z]+$"), Some(9)));
    let site = device.relationship("site").unwrap();
    assert_eq!(
        (site.cardinality, site.optional, &site.direction),
        (Cardinality::Many, true, &Direction::Bidirectional)
    );
    assert_eq!((&site.kind, &site.on_delete), (&RelationshipKind::Generic, &None));
    // The peer is not in the schema: the server hides some, so it is no error.
    assert!(schema.kind(&site.peer).is_none());
}

#[test]
fn what_can_be_said_in_two_ways_is_read_as_one() {
    let one =
        read(&json!({"nodes": [{"namespace": "Infra", "name": "Device", "description": "", "attributes": [
        {"name": "speed", "kind": "Number", "enum": [100, 10, 9, 10], "computed_attribute": {"kind": "User"},
         "default_value": null, "label": ""},
        {"name": "facts", "kind": "JSON", "default_value": {"b": 1, "a": [{"d": 1, "c": 2}]}}],
        "relationships": [{"name": "site", "peer": "InfraSite", "on_delete": "cascade"}]}]}));
    let device = one.kind("InfraDevice").unwrap();
    let speed = device.attribute("speed").unwrap();
    assert_eq!(speed.allowed_values, Some(vec![json!(9), json!(10), json!(100)]));
    assert_eq!((&speed.computed_attribute, &speed.default_value, &speed.label), (&None, &None, &None));
    assert_eq!(device.description, None);
    assert_eq!(device.relationships[0].on_delete, Some(OnDelete::Cascade));
    assert!(one.to_nodes_json().contains(r#""default_value": {"a": [{"c": 2, "d": 1}], "b": 1}"#));
}

#[test]
fn directions_and_rules_of_deletion_of_a_newer_server_are_kept() {
    let schema = read(&json!({"nodes": [{"namespace": "Infra", "name": "Device", "relationships": [
        {"name": "site", "peer": "InfraSite", "direction": "sideways", "on_delete": "set-null"},
        {"name": "rack", "peer": "InfraRack", "direction": "inbound", "on_delete": "no-action"}]}]}));
    let device = schema.kind("InfraDevice").unwrap();
    let of = |name| device.relationship(name).map(|field| (field.direction.clone(), field.on_delete.clone()));
    let unknown = (Direction::Unknown("sideways".to_owned()), Some(OnDelete::Unknown("set-null".to_owned())));
    assert_eq!(of("site"), Some(unknown));
    assert_eq!(of("rack"), Some((Direction::Inbound, Some(OnDelete::NoAction))));
    let snapshot = schema.to_nodes_json();
    assert!(
        snapshot.contains(r#""direction": "sideways""#) && snapshot.contains(r#""on_delete": "set-null""#)
    );
}
