use super::*;

/// Three devices of one site: `a` (leaf, ASN 1, blue), `b` (leaf, described), `c` (spine, ASN 3).
fn devices() -> World {
    let mut world = World::new();
    let site = world.site("atl1");
    for (name, fields) in [
        (
            "a",
            json!({ "role": { "value": "leaf" }, "asn": { "value": 1 }, "labels": { "value": ["blue", 7] } }),
        ),
        (
            "b",
            json!({ "role": { "value": "leaf" }, "description": { "value": "Second Device", "is_protected": true } }),
        ),
        ("c", json!({ "role": { "value": "spine" }, "asn": { "value": 3 } })),
    ] {
        let mut data = fields;
        data["name"] = json!({ "value": name });
        data["site"] = json!({ "id": site });
        world.made("InfraDevice", data);
    }
    world
}

#[test]
fn attributes() {
    let world = devices();
    let admin = world.admin().unwrap().to_string();
    let no = "18a1b2c3-d4e5-4f60-8a1b-2c3d4e5f6071";
    for (filters, expected) in [
        (json!({}), "abc"),
        (json!({ "name__value": "b" }), "b"),
        (json!({ "name__value": "B" }), ""),
        (json!({ "name__value": null }), "abc"),
        (json!({ "name__values": ["a", "c", "x"] }), "ac"),
        (json!({ "name__values": [] }), ""),
        (json!({ "role__value": "leaf" }), "ab"),
        (json!({ "role__value": "leaf", "asn__value": 1 }), "a"),
        (json!({ "asn__isnull": true }), "b"),
        (json!({ "asn__isnull": false }), "ac"),
        (json!({ "virtual__value": false }), "abc"),
        (json!({ "height__value": 1 }), "abc"),
        (json!({ "labels__value": "blue" }), "a"),
        (json!({ "labels__value": 7 }), "a"),
        (json!({ "labels__value": ["blue", 7] }), ""),
        (json!({ "labels__values": ["red", "blue"] }), "a"),
        (json!({ "any__value": "Second Device" }), "b"),
        (json!({ "any__value": "leaf" }), "ab"),
        (json!({ "description__is_protected": true }), "b"),
        (json!({ "description__is_protected": false }), "ac"),
        (json!({ "description__value": "second d", "partial_match": true }), "b"),
        (json!({ "description__value": "%", "partial_match": true }), ""),
        (json!({ "description__values": ["second d"], "partial_match": true }), ""),
        (json!({ "description__isnull": false, "partial_match": true }), ""),
        // a null is kept as that text
        (json!({ "description__value": "NULL" }), "ac"),
        (json!({ "description__value": "ul", "partial_match": true }), "ac"),
        (json!({ "fqdn__value": "c.atl1.example.net" }), "c"),
        (json!({ "display_label__value": "a" }), "a"),
        (json!({ "name__source__id": no }), ""),
        (json!({ "ids": [] }), ""),
        (json!({ "ids": null }), ""),
        (json!({ "ids": [no, "malformed"] }), ""),
        (json!({ "hfid": ["a"] }), "a"),
        (json!({ "hfid": ["x"] }), ""),
        (json!({ "hfid": ["a"], "role__value": "spine" }), "a"),
        (json!({ "site__name__value": "atl1" }), "abc"),
        (json!({ "site__name__values": ["ord1"] }), ""),
        (json!({ "rack__isnull": true }), "abc"),
        (json!({ "interfaces__isnull": false }), ""),
        (json!({ "site__ids": [no] }), ""),
        (json!({ "node_metadata__created_by__id": admin }), "abc"),
        (json!({ "node_metadata__created_by__ids": [no] }), ""),
        (json!({ "node_metadata__created_at__after": "2020-01-01T00:00:00Z" }), "abc"),
        (json!({ "node_metadata__created_at__before": "2020-01-01T00:00:00Z" }), ""),
        (json!({ "node_metadata__updated_at": "2020-01-01T00:00:00" }), ""),
    ] {
        assert_eq!(world.found("InfraDevice", filters.clone()).concat(), expected, "{filters}");
    }
    let object = arguments(json!({ "facts__value": { "x": 1 } }));
    assert_eq!(refusal(world.view().find("InfraDevice", &object)).1, 500);
    let arity = arguments(json!({ "hfid": ["a", "b"] }));
    assert_eq!(refusal(world.view().find("InfraDevice", &arity)).0, "NODE_NOT_FOUND");
}

#[test]
fn peers_of_generics_and_of_a_whole_line_are_filters_too() {
    let mut world = devices();
    let view = world.view();
    let id = |name: &str| {
        let found = view.find("InfraDevice", &arguments(json!({ "name__value": name }))).unwrap();
        found.items[0].id().to_string()
    };
    let (b, c) = (id("b"), id("c"));
    let tag = world.tag("t");
    world.add(json!({ "id": b, "name": "tags", "nodes": [{ "id": tag }] })).unwrap();
    let port = world.port("eth7", &c);
    let rack = json!({ "name": { "value": "rack1" }, "parent": { "hfid": ["atl1"] } });
    world.made("LocationRack", rack);
    for (kind, filters, expected) in [
        ("InfraDevice", json!({ "tags__ids": [tag] }), "b"),
        ("InfraDevice", json!({ "tags__name__value": "t" }), "b"),
        ("InfraDevice", json!({ "interfaces__name__value": "eth7" }), "c"),
        ("InfraDevice", json!({ "interfaces__ids": [port] }), "c"),
        ("InfraInterface", json!({ "device__name__value": "c" }), "eth7"),
        ("InfraInterface", json!({ "device__display_label__value": "c" }), "eth7"),
        ("LocationGeneric", json!({ "name__values": ["atl1", "rack1"] }), "atl1rack1"),
        ("LocationRack", json!({ "parent__name__value": "region-of-atl1" }), "rack1"),
        ("LocationRegion", json!({ "children__name__value": "rack1" }), "region-of-atl1"),
        ("LocationRack", json!({ "parent__ids": [] }), ""),
    ] {
        assert_eq!(world.found(kind, filters.clone()).concat(), expected, "{kind} {filters}");
    }
}

#[test]
fn order_and_pages() {
    let world = devices();
    let by = |field: &str, direction: &str| json!({ "by": [{ "field": field, "direction": direction }] });
    for (arguments, expected) in [
        (json!({ "order": by("name__value", "DESC") }), "cba"),
        (json!({ "order": by("asn__value", "ASC") }), "bac"),
        (json!({ "order": by("asn__value", "DESC") }), "cab"),
        (json!({ "order": by("node_metadata__created_at", "DESC") }), "cba"),
        (json!({ "order": { "node_metadata": { "created_at": "DESC" } } }), "cba"),
        (json!({ "order": { "by": [] } }), "abc"),
        (json!({ "order": { "disable": true } }), "abc"),
        (
            json!({ "order": { "by": [{ "field": "role__value" }, { "field": "name__value", "direction": "DESC" }] } }),
            "bac",
        ),
        (json!({ "order": by("site__name__value", "DESC") }), "abc"),
        (json!({ "order": by("name__value", "DESC"), "limit": 2 }), "cb"),
        (json!({ "order": by("name__value", "DESC"), "limit": 1 }), "a"),
        (json!({ "limit": 0 }), "abc"),
        (json!({ "offset": 1, "limit": 5 }), "bc"),
        (json!({ "offset": 9 }), ""),
    ] {
        assert_eq!(world.found("InfraDevice", arguments.clone()).concat(), expected, "{arguments}");
        assert_eq!(world.count("InfraDevice", arguments.clone()), 3, "{arguments}");
    }
    for (arguments, expected) in [
        (json!({ "limit": -1 }), "limit must be a non-negative integer"),
        (json!({ "offset": -1 }), "offset must be a non-negative integer"),
        (
            json!({ "order": by("nope__value", "ASC") }),
            "attribute 'nope' not defined on this schema (field: 'nope__value').",
        ),
        (
            json!({ "order": by("asn", "ASC") }),
            "invalid attribute path (field: 'asn'). Expected '<attribute>__<property>'.",
        ),
        (json!({ "asn__values": [1, null] }), "filter values: [1, None] (list) contains unsupported item"),
        (json!({ "height__value": 1.5 }), "filter value: 1.5 (<class 'float'>) is not supported."),
    ] {
        let outcome = world.view().find("InfraDevice", &super::arguments(arguments));
        assert_eq!(message(outcome), expected);
    }
}

#[test]
fn addresses_are_in_the_order_of_their_numbers() {
    let mut world = World::new();
    for text in ["10.0.0.10/32", "2001:db8::1/128", "10.0.0.9/32", "9.0.0.1/24"] {
        world.made("IpamIPAddress", json!({ "address": { "value": text } }));
    }
    let expected = ["9.0.0.1/24", "10.0.0.9/32", "10.0.0.10/32", "2001:db8::1/128"];
    assert_eq!(world.found("BuiltinIPAddress", json!({})), expected);
}

#[test]
fn peers_are_filtered_ordered_and_cut() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    for number in 0..5 {
        let data = json!({
            "name": { "value": format!("eth{number}") }, "device": { "id": device },
            "enabled": { "value": number % 2 == 0 }, "mtu": { "value": 1500 + number },
        });
        world.made("InfraInterfaceL3", data);
    }
    let object = world.get(&device);
    let peers = |data: Value| {
        let found = object.peers("interfaces", &arguments(data)).unwrap();
        let labels: Vec<String> = found.items.iter().map(|peer| peer.object.display_label()).collect();
        (labels.concat().replace("eth", ""), found.count)
    };
    let desc = json!({ "by": [{ "field": "name__value", "direction": "DESC" }] });
    for (data, expected) in [
        (json!({}), ("01234", 5)),
        (json!({ "enabled__value": true }), ("024", 3)),
        (json!({ "enabled__value": false }), ("01234", 5)),
        (json!({ "enabled__values": [false] }), ("13", 2)),
        (json!({ "mtu__value": 0 }), ("01234", 5)),
        (json!({ "name__values": ["eth1", "eth2"], "mtu__value": 1502 }), ("2", 1)),
        (json!({ "limit": 2, "order": desc }), ("43", 5)),
        (json!({ "limit": 2, "offset": 4 }), ("4", 5)),
        (json!({ "ids": null }), ("", 0)),
        (json!({ "ids": [] }), ("", 0)),
        (json!({ "isnull": true }), ("01234", 5)),
    ] {
        let (labels, count) = peers(data.clone());
        assert_eq!((labels.as_str(), count), expected, "{data}");
    }
}

#[test]
fn hierarchies_are_walked_up_and_down() {
    let mut world = World::new();
    let site = world.site("atl1");
    let rack = world.made("LocationRack", json!({ "name": { "value": "r1" }, "parent": { "id": site } }));
    let region = world.peer(&site, "parent").unwrap();
    let labels = |id: &str, relationship: &str, data: Value| -> Vec<String> {
        let found = world.get(id).peers(relationship, &arguments(data)).unwrap();
        found.items.iter().map(|peer| peer.object.display_label()).collect()
    };
    assert_eq!(labels(&rack, "ancestors", json!({})), ["atl1", "region-of-atl1"]);
    assert_eq!(labels(&region, "descendants", json!({})), ["atl1", "r1"]);
    assert_eq!(labels(&region, "descendants", json!({ "name__value": "r1" })), ["r1"]);
    assert_eq!(labels(&region, "children", json!({})), ["atl1"]);
    assert_eq!(labels(&site, "ancestors", json!({ "ids": [rack] })), [""; 0]);
    let tag = {
        let tag = world.tag("t");
        world.add(json!({ "id": site, "name": "tags", "nodes": [{ "id": tag }] })).unwrap();
        tag
    };
    assert_eq!(world.peers(&site, "tags"), [tag]);
}
