//! Generated code against the runtime: it decodes what the server sends and sends only what was named.
#![allow(clippy::unwrap_used)]

use infrahub_client::id::{Hfid, Id};
use infrahub_client::input::{Create, Update};
use infrahub_client::kind::Kind;
use infrahub_client::projection::Selection;
use infrahub_client::value::Choice;
use infrahub_demo_kinds::{
    AnyInfraInterface, BuiltinTag, InfraDevice, InfraDeviceCreate, InfraDeviceRole, InfraDeviceUpdate,
    InfraInterface, InfraInterfaceL2, LocationSite,
};

/// An object of a kind, with null for every attribute and relationship that `fields` does not give.
fn object<P: infrahub_client::Projection>(fields: &str) -> String {
    let mut selection = Selection::new();
    P::select(&mut selection);
    let mut nulls = String::new();
    let mut depth = 0;
    for word in selection.as_str().split(' ') {
        match word {
            "{" => depth += 1,
            "}" => depth -= 1,
            name if depth == 0 && !fields.contains(&format!("\"{name}\":")) => {
                nulls.push_str(&format!(",\"{name}\":null"));
            }
            _ => {}
        }
    }
    format!("{{{fields}{nulls}}}")
}

const DEVICE: &str = r#""id":"1","hfid":["a"],"display_label":"x","name":{"value":"a"},"role":{"value":"leafy"},
    "loopback":{"value":"10.0.0.1/32"},"virtual":{"value":true},
    "site":{"node":{"id":"2","hfid":[],"display_label":"s","__typename":"LocationSite"}}"#;

#[test]
fn a_node_decodes_with_its_wrappers_flattened() {
    let device: InfraDevice = serde_json::from_str(&object::<InfraDevice>(DEVICE)).unwrap();
    assert_eq!(device.hfid, Some(vec!["a".to_owned()]));
    assert_eq!(device.role, Some(InfraDeviceRole::Other("leafy".to_owned())));
    assert_eq!(device.loopback.unwrap().prefix_len(), 32);
    assert_eq!(device.r#virtual, Some(true));
    assert_eq!(device.site.id, Id::<LocationSite>::new("2"));
    assert_eq!(device.site.hfid, None, "an empty human-friendly id is one that the server did not say");
    assert_eq!(device.rack, None);
}

#[test]
fn a_mandatory_attribute_without_a_value_is_an_error() {
    let text = object::<InfraDevice>(&DEVICE.replace(r#""name":{"value":"a"}"#, r#""name":{"value":null}"#));
    let error = serde_json::from_str::<InfraDevice>(&text).unwrap_err();
    assert!(error.to_string().contains("mandatory"), "{error}");
}

const PORT: &str = r#""id":"3","hfid":["a","b"],"display_label":"b","name":{"value":"b"},
    "device":{"node":{"id":"1","hfid":["a"],"display_label":"a","__typename":"InfraDevice"}}"#;

#[test]
fn the_typename_chooses_the_kind() {
    let l2 = object::<InfraInterfaceL2>(PORT).replacen('{', r#"{"__typename":"InfraInterfaceL2","#, 1);
    let alias = l2.replace("\"untagged_vlan\":", "\"InfraInterfaceL2__untagged_vlan\":");
    for text in [l2, alias] {
        match serde_json::from_str(&text).unwrap() {
            AnyInfraInterface::InfraInterfaceL2(port) => assert_eq!(port.name, "b"),
            other => panic!("{other:?}"),
        }
    }
    let new = object::<InfraInterface>(&format!(r#""__typename":"InfraInterfaceL9",{PORT},"more":1"#));
    match serde_json::from_str(&new).unwrap() {
        AnyInfraInterface::Other(port) => {
            assert_eq!((port.typename.as_str(), port.name.as_str()), ("InfraInterfaceL9", "b"));
        }
        other => panic!("{other:?}"),
    }
    let late = object::<InfraInterface>(&format!(r#"{PORT},"__typename":"InfraInterfaceL2""#));
    assert!(serde_json::from_str::<AnyInfraInterface>(&late).is_err(), "the kind must be known first");
}

#[test]
fn a_builder_holds_what_was_named() {
    let site = Id::<LocationSite>::new("2");
    let create = InfraDeviceCreate::new("a", &site).role(InfraDeviceRole::Leaf);
    assert_eq!(format!("{:?}", create.into_data()), r#"InfraDevice {"name", "site", "role"}"#);
    let update = InfraDeviceUpdate::new().height(3).clear_description().reset_status().clear_rack();
    let expected = r#"InfraDevice {"height", "description", "status", "rack"}"#;
    assert_eq!(format!("{:?}", update.into_data()), expected);
}

#[test]
fn columns_and_names_are_those_of_the_schema() {
    let _ = Hfid::<InfraInterface>::new(["a", "b"]);
    let filter = InfraDevice::SITE.then(LocationSite::NAME).is_in(["x"]);
    assert_eq!(format!("{filter:?}"), "Filter(InfraDevice.site__name__values)");
    assert_eq!(format!("{:?}", InfraDevice::VIRTUAL), "InfraDevice.virtual");
    assert_eq!(BuiltinTag::KIND, "BuiltinTag");
    assert_eq!(InfraDeviceRole::Leaf.info().unwrap().name, "leaf");
}
