use super::*;

#[test]
fn an_upsert_is_matched_by_hfid_values_default_filter_or_id() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = |text: &str| json!({ "name": { "value": "leaf1" }, "site": { "id": site }, "description": { "value": text } });
    let first = world.upsert("InfraDevice", device("first")).unwrap();
    let second = world.upsert("InfraDevice", device("second")).unwrap();
    assert_eq!((first.created, second.created, first.id), (true, false, second.id));
    assert_eq!(world.value(&first.id.to_string(), "description"), "second");

    // Only a part of the fields: found with `hfid` or `id`, but not by the values alone.
    let part = json!({ "name": { "value": "leaf1" }, "asn": { "value": 1 } });
    assert_eq!(refusal(world.upsert("InfraDevice", part)).0, "ATTRIBUTE_REQUIRED");
    let by_hfid = json!({ "hfid": ["leaf1"], "asn": { "value": 2 } });
    assert_eq!(world.upsert("InfraDevice", by_hfid).unwrap().id, first.id);
    let by_id = json!({ "id": first.id.to_string(), "asn": { "value": 3 } });
    assert_eq!(world.upsert("InfraDevice", by_id).unwrap().id, first.id);
    assert_eq!(world.value(&first.id.to_string(), "asn"), 3);

    let no = "18a1b2c3-d4e5-4f60-8a1b-2c3d4e5f6071";
    let refused = refusal(world.upsert("BuiltinTag", json!({ "id": no, "name": { "value": "t" } })));
    assert_eq!(refused.0, "NODE_NOT_FOUND", "an upsert by id never creates");
    // A human-friendly id that matches nothing is forgotten.
    let made = world.upsert("BuiltinTag", json!({ "hfid": ["x"], "name": { "value": "y" } })).unwrap();
    assert_eq!(made.object().unwrap().hfid().unwrap(), ["y"]);
}

#[test]
fn over_relationships_and_several_constraints_it_finds_the_object_too() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let port = |mtu: i64| json!({ "name": { "value": "eth0" }, "device": { "id": device }, "mtu": { "value": mtu } });
    let first = world.upsert("InfraInterfaceL2", port(1500)).unwrap();
    let second = world.upsert("InfraInterfaceL2", port(9000)).unwrap();
    assert_eq!(first.id, second.id);
    // Another kind of the generic holds the id.
    let refused = refusal(world.upsert("InfraInterfaceL3", port(1400)));
    let expected =
        format!("Node with id {} exists, but it is a InfraInterfaceL2, not InfraInterfaceL3", first.id);
    assert_eq!(refused, ("NODE_NOT_FOUND", 404, expected));
    let profile = json!({ "profile_name": { "value": "usual" }, "description": { "value": "x" } });
    let first = world.upsert("ProfileInfraDevice", profile.clone()).unwrap();
    assert_eq!(world.upsert("ProfileInfraDevice", profile).unwrap().id, first.id);
}

#[test]
fn without_hfid_and_default_filter_every_upsert_is_new() {
    let mut world = World::new();
    for _ in 0..2 {
        world.upsert("InfraJournalEntry", json!({ "message": { "value": "m" } })).unwrap();
    }
    assert_eq!(world.count("InfraJournalEntry", json!({ "message__value": "m" })), 2);
}

#[test]
fn a_default_filter_finds_addresses_in_the_form_in_which_they_are_kept() {
    let mut world = World::new();
    let address = |text: &str| json!({ "address": { "value": text } });
    let first = world.upsert("IpamIPAddress", address("10.0.0.1/24")).unwrap();
    let same = world.upsert("IpamIPAddress", address("10.0.0.1/24")).unwrap();
    assert_eq!(first.id, same.id);
    let bare = world.upsert("IpamIPAddress", address("10.0.0.2")).unwrap();
    let again = world.upsert("IpamIPAddress", address("10.0.0.2")).unwrap();
    assert_ne!(bare.id, again.id, "the text is compared as it is");
}
