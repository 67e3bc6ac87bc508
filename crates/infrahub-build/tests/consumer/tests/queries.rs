//! Answers to documents with everything that GraphQL has, decoded by what they became.
#![allow(clippy::unwrap_used)]

use infrahub_build_consumer::queries::{create_device, devices, nodes, one_target};
use infrahub_client::query::{PagedVariables, QueryVariables};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The data of an answer, read as the client reads it: from text.
fn read<T: DeserializeOwned>(answer: &Value) -> T {
    serde_json::from_str(&answer.to_string()).unwrap()
}

fn device(more: &Value) -> Value {
    let mut device = json!({
        "__typename": "Device", "id": "1", "label": "leaf1", "peer": null, "place": "rack 1",
        "address": { "value": "10.0.0.1/24" }, "network": { "value": "10.0.0.0/8" },
        "mac": { "value": "00:25:96:ff:fe:12", "oui": "002596" },
    });
    for (key, value) in more.as_object().unwrap() {
        device[key] = value.clone();
    }
    device
}

#[test]
fn fragments_may_have_fields_in_common() {
    let node = device(&json!({ "name": { "value": "leaf1" } }));
    let data: nodes::ResponseData = read(&json!({ "Node": { "edges": [{ "node": node }] } }));
    let node = data.node.edges.unwrap().remove(0).node.unwrap();
    assert_eq!((node.id.as_str(), node.label.id.as_str()), ("1", "1"));
    let nodes::NodesNodeEdgesNodeOn::Device(device) = node.on else { panic!("{:?}", node.on) };
    assert_eq!(device.addresses.label, node.label);
    assert_eq!((device.addresses.id.as_str(), device.place.as_str()), ("1", "rack 1"));
    assert_eq!(device.name.unwrap().value.as_deref(), Some("leaf1"));
    let (address, network) = (device.addresses.address.unwrap(), device.addresses.network.unwrap());
    assert_eq!(address.value.unwrap(), "10.0.0.1/24".parse().unwrap());
    assert_eq!(network.value.unwrap(), "10.0.0.0/8".parse().unwrap());
    let mac = device.addresses.mac.unwrap();
    assert_eq!(
        (mac.value.unwrap(), mac.oui.as_deref()),
        ("00:25:96:ff:fe:12".parse().unwrap(), Some("002596"))
    );
}

#[test]
fn a_kind_that_the_schema_did_not_have_is_kept_by_name() {
    let node = json!({ "__typename": "Router", "id": "1", "label": null, "peer": {
        "__typename": "Switch", "label": "x", "peer": null,
    }});
    let data: nodes::ResponseData =
        read(&json!({ "Node": { "edges": [{ "node": node }, { "node": null }] } }));
    let edges = data.node.edges.unwrap();
    assert_eq!(edges[1].node, None);
    let node = edges.into_iter().next().unwrap().node.unwrap();
    assert_eq!(node.on, nodes::NodesNodeEdgesNodeOn::Other("Router".to_owned()));
    assert_eq!(node.peer.unwrap().on, nodes::NeighbourOn::Other("Switch".to_owned()));

    let data: one_target::ResponseData = read(&json!({ "Target": { "__typename": "Site" } }));
    assert_eq!(data.target.unwrap(), one_target::OneTargetTarget::Other("Site".to_owned()));
    let data: one_target::ResponseData = read(&json!({ "Target": { "__typename": "Note", "text": "t" } }));
    let one_target::OneTargetTarget::Note(note) = data.target.unwrap() else { panic!("a note") };
    assert_eq!(note.text.as_deref(), Some("t"));
    let data: one_target::ResponseData = read(&json!({ "Target": null }));
    assert_eq!(data.target, None);
}

#[test]
fn conditions_scalars_lists_of_lists_and_new_values_decode() {
    let full = device(&json!({
        "states": ["UP", "OTHER", "in_work", "SOMETHING_NEW"], "site": { "id": "s" },
        "asn": { "value": 4_294_967_296_i64, "updated_at": "2026-11-24T01:05:29.891532+00:00" },
        "labels": { "value": { "any": [1, null] } }, "state": "NEW", "grid": [[1, 2], []],
        "type": "t", "gen": 1.5, "someName": "n", "interfaces": { "count": 1, "edges": [{ "node": { "id": "i", "label": null } }] },
    }));
    let brief = json!({
        "id": "2", "label": null, "peer": { "id": "p", "label": null }, "address": null, "network": null,
        "mac": null, "asn": null, "labels": null, "state": null, "grid": null, "type": null,
        "gen": null, "someName": null, "interfaces": { "edges": null },
    });
    let edges = json!([{ "updated": null, "node": full }, { "updated": null, "node": brief }]);
    let data: devices::ResponseData = read(&json!({ "all": { "total": 2, "edges": edges } }));
    let mut edges = data.all.edges.into_iter().map(|edge| edge.node.unwrap());
    let (full, brief) = (edges.next().unwrap(), edges.next().unwrap());
    use devices::State;
    assert_eq!(
        full.states.unwrap(),
        [State::Up, State::Other_, State::InWork_, State::Other("SOMETHING_NEW".to_owned())]
    );
    assert_eq!(full.state, Some(State::Other("NEW".to_owned())));
    assert_eq!(full.site.unwrap().id, "s");
    assert_eq!(full.place.as_deref(), Some("rack 1"));
    let asn = full.asn.unwrap();
    assert_eq!(asn.value, Some(4_294_967_296));
    assert_eq!(asn.updated_at.unwrap().timestamp().unwrap().to_string(), "2026-11-24T01:05:29.891532Z");
    assert_eq!(full.labels.unwrap().value, Some(json!({ "any": [1, null] })));
    assert_eq!(full.grid.unwrap(), [vec![1, 2], vec![]]);
    assert_eq!((full.type_.as_deref(), full.gen_), (Some("t"), Some(1.5)));
    // A condition on a fragment makes its fields optional where the fragment stands.
    assert_eq!((full.id.as_deref(), full.some_name.as_deref()), (Some("1"), Some("n")));
    assert_eq!(full.interfaces.unwrap().edges.unwrap()[0].node.as_ref().unwrap().id, "i");
    assert_eq!((brief.place, brief.site, brief.states), (None, None, None));
    assert_eq!(brief.peer.unwrap().id, "p");
    assert_eq!(brief.interfaces.unwrap().count, None);
}

#[test]
fn variables_with_a_default_may_be_left_out() {
    let all = devices::Variables { limit: None, offset: None, details: true, brief: None };
    assert_eq!(serde_json::to_value(&all).unwrap(), json!({ "details": true }));
    assert_eq!((all.limit(), all.offset()), (None, None));
    let page = all.slice(20, 10);
    assert_eq!(serde_json::to_value(&page).unwrap(), json!({ "details": true, "limit": 10, "offset": 20 }));
    let data = read(&json!({ "all": { "total": 7, "edges": [] } }));
    assert_eq!(devices::Variables::page(data), (7, Vec::new()));

    let inner = create_device::DeviceInput {
        name: create_device::TextInput { value: Some("b".to_owned()), is_default: None },
        state: Some(create_device::State::Down),
        priority: None,
        tags: None,
        grid: Some(vec![None, Some(vec![Some(1), None])]),
        within: None,
        type_: Some("t".to_owned()),
    };
    let data = create_device::DeviceInput { within: Some(Box::new(inner.clone())), ..inner };
    assert_eq!(
        serde_json::to_value(create_device::Variables { data, again: None }).unwrap()["data"]["within"],
        json!({ "name": { "value": "b" }, "state": "DOWN", "grid": [null, [1, null]], "type": "t" })
    );
    const { assert!(<create_device::Variables as QueryVariables>::WRITES) };
}
