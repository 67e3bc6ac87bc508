use super::*;

#[test]
fn a_new_object_leaves_its_peers_as_they_are() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("one", &site);
    let before = world.get(&device).metadata().updated_at;
    world.port("eth0", &device);
    assert_eq!(world.get(&device).metadata().updated_at, before);
}

#[test]
fn both_ends_show_a_relation() {
    let mut world = World::new();
    let site = world.site("atl1");
    let (one, two) = (world.device("one", &site), world.device("two", &site));
    let port = world.port("eth0", &one);
    assert_eq!(
        (world.peers(&one, "interfaces"), world.peer(&port, "device")),
        (vec![port.clone()], Some(one.clone()))
    );
    let before = world.get(&two).metadata();
    world.update("InfraInterfaceL2", json!({ "id": port, "device": { "id": two } })).unwrap();
    assert_eq!(
        (world.peers(&one, "interfaces").len(), world.peers(&two, "interfaces")),
        (0, vec![port.clone()])
    );
    let after = world.get(&two).metadata();
    assert!(after.updated_at > before.updated_at, "a new component changes its parent");
    // From the other end it has a parent already.
    let refused = refusal(world.add(json!({ "id": one, "name": "interfaces", "nodes": [{ "id": port }] })));
    let expected = format!("'{port}' 'InfraInterfaceL2' is already related to another peer on 'device'");
    assert_eq!(refused, ("UNDEFINED_ERROR", 422, expected));
    let data = json!({ "id": one, "interfaces": [{ "id": port }] });
    let expected = format!("Node {port} has 2 peers for device__interface, maximum of 1 allowed");
    assert_eq!(message(world.update("InfraDevice", data)), expected);
    let data = json!({ "id": two, "interfaces": [] });
    let expected = format!("Node {port} has 0 peers for device__interface, no fewer than 1 allowed");
    assert_eq!(message(world.update("InfraDevice", data)), expected);
}

#[test]
fn a_list_replaces_the_set_and_null_clears_it() {
    let mut world = World::new();
    let site = world.site("atl1");
    let tags: Vec<String> = ["a", "b", "c"].iter().map(|name| world.tag(name)).collect();
    let node = |place: usize| json!({ "id": tags[place] });
    let mut update = |value: Value| {
        world.update("LocationSite", json!({ "id": site, "tags": value })).unwrap();
        world.peers(&site, "tags")
    };
    assert_eq!(update(json!([node(0), node(1)])), tags[..2]);
    assert_eq!(update(json!([{ "hfid": ["b"] }, node(2)])), tags[1..]);
    assert_eq!(update(json!([])), [""; 0]);
    assert_eq!(update(json!([node(0)])), tags[..1]);
    assert_eq!(update(json!(null)), [""; 0]);
}

#[test]
fn mandatory_relationships_keep_a_peer() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("one", &site);
    let refused = message(world.update("InfraDevice", json!({ "id": device, "site": null })));
    assert_eq!(refused, "Too few relationships, min 1 at site");
    let window = json!({
        "name": { "value": "w" }, "devices": [{ "id": device }],
        "starts_at": { "value": "2026-05-01" }, "ends_at": { "value": "2026-05-02" },
    });
    let window = world.made("InfraMaintenanceWindow", window);
    let refused = message(world.update("InfraMaintenanceWindow", json!({ "id": window, "devices": null })));
    assert_eq!(refused, "Too few relationships, min 1 at devices");
    let refused =
        message(world.remove(json!({ "id": window, "name": "devices", "nodes": [{ "id": device }] })));
    assert_eq!(refused, "'devices' is a mandatory relationship and cannot be fully removed at name");
    // The server does not see that an empty list changes the set.
    world.update("InfraMaintenanceWindow", json!({ "id": window, "devices": [] })).unwrap();
    assert!(world.peers(&window, "devices").is_empty());
}

#[test]
fn what_is_said_about_a_relation() {
    let mut world = World::new();
    let (site, tag) = (world.site("atl1"), world.tag("t"));
    let owner = world.admin().unwrap();
    let said = |world: &World| {
        let found = world.get(&site).peers("tags", &Arguments::new()).unwrap();
        let properties = found.items[0].properties();
        (properties.is_protected, properties.owner)
    };
    let named = |properties: Value| {
        let mut node = json!({ "id": tag });
        node.as_object_mut().unwrap().extend(arguments(properties));
        node
    };
    let full = json!({ "_relation__is_protected": true, "_relation__owner": owner.to_string() });
    world.add(json!({ "id": site, "name": "tags", "nodes": [named(full)] })).unwrap();
    assert_eq!(said(&world), (Some(true), Some(owner)));
    let off = json!({ "_relation__is_protected": false });
    world.add(json!({ "id": site, "name": "tags", "nodes": [named(off.clone())] })).unwrap();
    assert_eq!(said(&world), (Some(true), Some(owner)), "it was there");
    world.update("LocationSite", json!({ "id": site, "tags": [{ "id": tag }] })).unwrap();
    assert_eq!(said(&world), (Some(true), Some(owner)), "nothing was said");
    world.update("LocationSite", json!({ "id": site, "tags": [named(off)] })).unwrap();
    assert_eq!(said(&world), (None, Some(owner)), "false reads as null");
    let before = world.get(&site).peers("tags", &Arguments::new()).unwrap().items[0].metadata().unwrap();
    assert!(before.updated_at > before.created_at);
}

#[test]
fn adding_and_removing() {
    let mut world = World::new();
    let site = world.site("atl1");
    let (device, tag) = (world.device("one", &site), world.tag("t"));
    let change = |name: &str, nodes: Value| json!({ "id": device, "name": name, "nodes": nodes });
    world.add(change("tags", json!([{ "hfid": ["t"] }]))).unwrap();
    world.add(change("tags", json!([{ "id": tag }]))).unwrap();
    assert_eq!(world.peers(&device, "tags"), std::slice::from_ref(&tag));
    world.remove(change("tags", json!([{ "hfid": ["t"] }]))).unwrap();
    assert_eq!(world.peers(&device, "tags"), std::slice::from_ref(&tag), "named by hfid it stays");
    world.remove(change("tags", json!([{ "id": tag }]))).unwrap();
    world.remove(change("tags", json!([{ "id": tag }]))).unwrap();
    assert!(world.peers(&device, "tags").is_empty());

    let no = "18a1b2c3-d4e5-4f60-8a1b-2c3d4e5f6071";
    let gone = json!({ "id": no, "name": "tags", "nodes": [] });
    assert_eq!(refusal(world.add(gone)).0, "NODE_NOT_FOUND");
    for (name, nodes, expected) in [
        ("tags", json!([{ "id": no }]), format!("'{no}': Unable to find the node in the database.")),
        (
            "tags",
            json!([{ "id": site }]),
            format!("'{site}' 'LocationSite' is not a valid peer for 'BuiltinTag'"),
        ),
        (
            "site",
            json!([{ "id": site }]),
            "'site' is a cardinality-one relationship and already has a peer".into(),
        ),
        ("nope", json!([]), "'nope' is not a valid relationship for 'InfraDevice' at name".into()),
        (
            "site",
            json!([{ "id": tag }]),
            format!("'{tag}' 'BuiltinTag' is not a valid peer for 'LocationSite'"),
        ),
    ] {
        assert_eq!(message(world.add(change(name, nodes))), expected);
    }
    let port = world.port("eth0", &device);
    world.remove(change("interfaces", json!([{ "id": port }]))).unwrap();
    assert_eq!(world.peer(&port, "device"), None, "a component can be torn from its parent");
}

#[test]
fn groups_are_joined_from_either_end() {
    let mut world = World::new();
    let site = world.site("atl1");
    let (device, tag) = (world.device("one", &site), world.tag("t"));
    let group = |name: &str, members: Value| json!({ "name": { "value": name }, "members": members });
    let drain = world.made("CoreStandardGroup", group("drain", json!([{ "id": device }])));
    let audit = world.made("CoreStandardGroup", group("audit", json!(null)));
    world.add(json!({ "id": device, "name": "member_of_groups", "nodes": [{ "id": audit }] })).unwrap();
    world.add(json!({ "id": device, "name": "subscriber_of_groups", "nodes": [{ "id": drain }] })).unwrap();
    world.add(json!({ "id": drain, "name": "members", "nodes": [{ "id": tag }] })).unwrap();
    assert_eq!(world.peers(&device, "member_of_groups"), [audit.clone(), drain.clone()]);
    assert_eq!(world.peers(&device, "subscriber_of_groups"), std::slice::from_ref(&drain));
    assert_eq!(world.peers(&drain, "members"), [device.clone(), tag]);
    assert_eq!(world.count("InfraDevice", json!({ "member_of_groups__ids": [audit] })), 1);
    assert_eq!(world.count("InfraDevice", json!({ "member_of_groups__name__value": "audit" })), 1);
    world.remove(json!({ "id": drain, "name": "members", "nodes": [{ "id": device }] })).unwrap();
    assert_eq!(world.peers(&device, "member_of_groups"), [audit]);

    let node = json!({ "hfid": ["drain"], "kind": "CoreStandardGroup" });
    let refused = refusal(world.add(json!({ "id": device, "name": "member_of_groups", "nodes": [node] })));
    assert_eq!(refused, ("UNDEFINED_ERROR", 500, format!("'{drain}'")));
    assert_eq!(world.peers(&device, "member_of_groups").len(), 1);
}

#[test]
fn hierarchies_have_a_top_and_a_bottom() {
    let mut world = World::new();
    let site = world.site("atl1");
    // The schema as the server gives it names a parent of regions, too.
    world.made("LocationRegion", json!({ "name": { "value": "eu" }, "parent": { "id": site } }));
    let rack = world.made("LocationRack", json!({ "name": { "value": "r1" }, "parent": { "id": site } }));
    let refused = message(world.update("LocationRack", json!({ "id": rack, "children": [{ "id": site }] })));
    assert_eq!(refused, "Not supported to assign some children for LocationRack at children");
    let region = world.peer(&site, "parent").unwrap();
    let refused = refusal(world.update("LocationRack", json!({ "id": rack, "parent": { "id": region } })));
    assert_eq!(refused.0, "ATTRIBUTE_CONSTRAINT_VIOLATION");
}

#[test]
fn a_peer_of_the_wrong_kind_is_told_even_where_it_must_be_unique() {
    let mut world = World::new();
    let (site, tag) = (world.site("atl1"), world.tag("blue"));
    let vlan =
        |site: &str| json!({ "name": { "value": "v" }, "vlan_id": { "value": 7 }, "site": { "id": site } });
    world.made("InfraVlan", vlan(&site));
    let (_, status, message) = refusal(world.create("InfraVlan", vlan(&tag)));
    assert!(status == 422 && message.contains("BuiltinTag"), "{message}");
    let (_, _, message) = refusal(world.create("InfraVlan", vlan(&site)));
    assert!(message.contains("site-vlan_id"), "{message}");
}
