//! The types that hand-written documents get.
#![allow(clippy::unwrap_used)]

use infrahub_client::query::QueryVariables;
use infrahub_demo_kinds::queries::{site_ports, tag_create};
use serde_json::json;
use site_ports::SitePortsInfraDeviceEdgesNodeInterfacesEdgesNodeOn as Interface;

#[test]
fn variables_without_a_value_are_left_out() {
    let variables = site_ports::Variables { site: "atl1".into(), role: None, addresses: None };
    assert_eq!(serde_json::to_value(variables).unwrap(), json!({ "site": "atl1" }));
    let data = tag_create::BuiltinTagCreateInput {
        name: Some(tag_create::TextAttributeCreate { value: Some("red".into()), ..Default::default() }),
        ..Default::default()
    };
    let variables = serde_json::to_value(tag_create::Variables { data }).unwrap();
    assert_eq!(variables, json!({ "data": { "name": { "value": "red" } } }));
}

#[test]
fn a_document_says_what_it_is() {
    assert_eq!(<site_ports::Variables as QueryVariables>::OPERATION, "SitePorts");
    const { assert!(!<site_ports::Variables as QueryVariables>::WRITES) };
    const { assert!(<tag_create::Variables as QueryVariables>::WRITES) };
    // `__typename` was added where the kind decides the type, and nowhere else.
    assert_eq!(<site_ports::Variables as QueryVariables>::DOCUMENT.matches("__typename").count(), 1);
}

#[test]
fn an_answer_decodes_kinds_that_were_singled_out_and_others() {
    let interface = |kind: &str| {
        json!({ "node": {
            "__typename": kind, "name": { "value": "eth0" },
            "addresses": { "edges": [{ "node": { "address": { "value": "10.0.0.1/24" } } }] },
        }})
    };
    let answer = json!({ "InfraDevice": { "count": 1, "edges": [{
        "node": {
            "id": "1", "name": { "value": "leaf1" }, "role": { "value": "leaf", "label": "Leaf" },
            "asn": { "value": 4_294_967_296_i64 },
            "interfaces": { "edges": [interface("InfraInterfaceL3"), interface("InfraInterfaceL2")] },
        },
        "node_metadata": { "updated_at": "2026-11-24T01:05:29.891532+00:00" },
    }]}});
    let data: site_ports::ResponseData = serde_json::from_value(answer).unwrap();
    let edge = data.infra_device.edges.into_iter().next().unwrap();
    let updated = edge.node_metadata.unwrap().updated_at.unwrap();
    assert_eq!(updated.timestamp().unwrap().to_string(), "2026-11-24T01:05:29.891532Z");
    let device = edge.node.unwrap();
    assert_eq!(device.asn.unwrap().value, Some(4_294_967_296));
    assert_eq!(device.device_name.role.unwrap().label.as_deref(), Some("Leaf"));
    let kinds: Vec<_> = device
        .interfaces
        .edges
        .unwrap()
        .into_iter()
        .map(|edge| match edge.node.unwrap().on {
            Interface::InfraInterfaceL3(routed) => routed.addresses.edges.len(),
            Interface::Other(_) => 0,
        })
        .collect();
    assert_eq!(kinds, [1, 0]);
}
