use super::*;

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let before = world.get(&device);
    let data = json!({ "hfid": ["leaf1"], "description": { "value": "new" }, "asn": {}, "height": null });
    let written = world.update("InfraDevice", data).unwrap();
    assert!(!written.created && !written.shows("site"), "the answer leaves out what was not named");
    let after = world.get(&device);
    assert_eq!(after.attribute("description").unwrap().value, "new");
    for name in ["name", "asn", "height", "status", "fqdn"] {
        assert_eq!(after.attribute(name), before.attribute(name), "{name}");
    }
    assert!(after.metadata().updated_at > before.metadata().updated_at);
    assert_eq!(after.metadata().created_at, before.metadata().created_at);
    world.update("InfraDevice", json!({ "id": device })).unwrap();
    assert_eq!(world.get(&device).metadata(), after.metadata(), "nothing was named");
}

#[test]
fn null_and_defaults_are_three_things() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let mut update = |data: Value| {
        let mut fields = json!({ "id": device });
        fields["status"] = data;
        let answer = world.update("InfraDevice", fields).unwrap().attribute("status").unwrap();
        let read = world.get(&device).attribute("status").unwrap();
        ((answer.value, answer.is_default), (read.value, read.is_default))
    };
    let active = (json!("active"), true);
    let drained = (json!("drained"), false);
    let cases = [
        (json!({ "value": "drained" }), drained.clone(), drained.clone()),
        (json!({ "is_default": true }), active.clone(), active.clone()),
        (json!({ "value": "drained" }), drained.clone(), drained),
        (json!({ "value": null }), (json!(null), false), active.clone()),
        (json!({ "value": "active" }), active.clone(), active),
    ];
    for (data, answer, read) in cases {
        assert_eq!(update(data.clone()), (answer, read), "{data}");
    }
    world.update("InfraDevice", json!({ "id": device, "status": { "value": null } })).unwrap();
    assert_eq!(world.count("InfraDevice", json!({ "status__value": "active" })), 0, "null is kept");
    assert_eq!(world.count("InfraDevice", json!({ "status__isnull": true })), 1);
    let refused = message(world.update("InfraDevice", json!({ "id": device, "name": { "value": null } })));
    assert_eq!(refused, "A value must be provided for name at name");
}

#[test]
fn what_is_said_about_a_value_stays_until_it_is_said_otherwise() {
    let mut world = World::new();
    let tag = world.tag("t");
    let said = |world: &World| {
        let view = world.get(&tag).attribute("description").unwrap();
        (view.is_protected, view.owner.map(|owner| owner.to_string()))
    };
    let mut update = |description: Value| {
        world.update("BuiltinTag", json!({ "id": tag, "description": description })).unwrap();
        said(&world)
    };
    assert_eq!(
        update(json!({ "value": "x", "is_protected": true, "owner": tag })),
        (true, Some(tag.clone()))
    );
    assert_eq!(update(json!({ "value": "y" })), (true, Some(tag.clone())));
    assert_eq!(update(json!({ "is_protected": false, "owner": "bad" })), (false, Some(tag.clone())));
}

#[test]
fn objects_are_found_by_id_hfid_or_not_at_all() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let no = "18a1b2c3-d4e5-4f60-8a1b-2c3d4e5f6071";
    let cases = [
        (json!({}), ("UNDEFINED_ERROR", 400, "either id or hfid must be provided.".to_owned())),
        (json!({ "id": no }), ("NODE_NOT_FOUND", 404, format!("Unable to find the node {no} / LocationSite in the database."))),
        (
            json!({ "id": device }),
            ("NODE_NOT_FOUND", 404, format!("Node with id {device} exists, but it is a InfraDevice, not LocationSite")),
        ),
        (json!({ "hfid": ["x"] }), ("NODE_NOT_FOUND", 404, "Unable to find the node x / LocationSite in the database.".into())),
        (
            json!({ "hfid": ["x", "y"] }),
            (
                "NODE_NOT_FOUND",
                404,
                "Unable to lookup node by HFID, schema 'LocationSite' HFID does not contain the same number of \
                 elements as ['x', 'y']"
                    .into(),
            ),
        ),
    ];
    for (data, expected) in cases {
        assert_eq!(refusal(world.update("LocationSite", data)), expected);
    }
    let data = json!({ "id": site, "description": { "value": "through the generic" } });
    let written = world.update("LocationGeneric", data).unwrap();
    assert_eq!(written.object().unwrap().kind(), "LocationSite");
}

#[test]
fn computed_values_and_labels_follow_at_once() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let port = world.port("eth0", &device);
    world.update("InfraDevice", json!({ "id": device, "name": { "value": "leaf2" } })).unwrap();
    world.update("LocationSite", json!({ "id": site, "name": { "value": "ord1" } })).unwrap();
    assert_eq!(world.value(&device, "fqdn"), "leaf2.ord1.example.net");
    assert_eq!(world.get(&port).hfid().unwrap(), ["leaf2", "eth0"]);
    assert_eq!(world.count("InfraDevice", json!({ "fqdn__value": "leaf2.ord1.example.net" })), 1);
    let vlan = json!({ "name": { "value": "users" }, "vlan_id": { "value": 100 }, "site": { "id": site } });
    let vlan = world.made("InfraVlan", vlan);
    assert_eq!(world.get(&vlan).display_label(), "users (100)");
    let found = world.view().by_hfid("InfraVlan", &["ord1".to_owned(), "100".to_owned()]).unwrap();
    assert_eq!(found.unwrap().id().to_string(), vlan);
    let entry = world.made("InfraJournalEntry", json!({ "message": { "value": "m" } }));
    let entry = world.get(&entry);
    assert_eq!(
        (entry.hfid(), entry.display_label()),
        (None, format!("InfraJournalEntry(ID: {})", entry.id()))
    );
}

#[test]
fn the_past_is_read_as_it_was() {
    let mut world = World::new();
    let tag = world.tag("before");
    let then = world.get(&tag).metadata().updated_at;
    world.update("BuiltinTag", json!({ "id": tag, "name": { "value": "after" } })).unwrap();
    world.tag("new");
    let past = world.store.view_at(MAIN, Some(then)).unwrap();
    let label = |view: &View| view.get_text(&tag).map(|tag| tag.display_label());
    assert_eq!((label(&past), label(&world.view())), (Some("before".into()), Some("after".into())));
    assert_eq!(past.find("BuiltinTag", &Arguments::new()).unwrap().count, 1);
    assert!(past.by_hfid("BuiltinTag", &["after".to_owned()]).unwrap().is_none());
    let refused = refusal(world.store.view_at(MAIN, point_in_time("2001-01-01")).map(drop));
    assert_eq!(refused.1, 422);
    assert!(
        refused.2.starts_with("Requested time '2001-01-01T12:00:00.000000Z' is before branch 'main'"),
        "{refused:?}"
    );
    assert!(point_in_time("1h30m").is_some_and(|time| time < then) && point_in_time("soon").is_none());
}
