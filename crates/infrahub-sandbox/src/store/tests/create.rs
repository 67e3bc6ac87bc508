use super::*;

#[test]
fn a_created_object_has_values_defaults_labels_and_metadata() {
    let mut world = World::new();
    let site = world.site("atl1");
    let data = json!({
        "name": { "value": "atl1-leaf1", "is_protected": true, "owner": site, "source": "no such object" },
        "site": { "hfid": ["atl1"] },
        "role": { "value": "leaf" },
        "status": { "value": null },
        "description": { "value": null },
    });
    let written = world.create("InfraDevice", data).unwrap();
    assert!(written.created && written.shows("rack"));
    let device = world.get(&written.id.to_string());
    let value = |name: &str| {
        let view = device.attribute(name).unwrap();
        (view.value, view.is_default)
    };
    assert_eq!(value("name"), (json!("atl1-leaf1"), false));
    assert_eq!(value("status"), (json!("active"), true), "null is the default on a create");
    assert_eq!(value("description"), (json!(null), false));
    assert_eq!(value("asn"), (json!(null), true));
    assert_eq!(value("height"), (json!(1), true));
    assert_eq!(value("fqdn").0, "atl1-leaf1.atl1.example.net");
    assert_eq!(device.attribute("nope"), None);
    let name = device.attribute("name").unwrap();
    assert_eq!((name.is_protected, name.source), (true, None));
    assert_eq!(name.owner.map(|owner| owner.to_string()), Some(site));
    assert_eq!(
        (device.hfid(), device.display_label()),
        (Some(vec!["atl1-leaf1".to_owned()]), "atl1-leaf1".into())
    );
    let metadata = device.metadata();
    assert_eq!((metadata.created_by, metadata.updated_by), (world.admin(), world.admin()));
    assert_eq!(metadata.created_at, metadata.updated_at);
}

#[test]
fn every_missing_field_is_an_error_of_its_own() {
    let mut world = World::new();
    let refusals = world.create("InfraTunnel", json!({ "name": { "value": "t" } })).unwrap_err();
    let mut all: Vec<(String, Vec<&str>)> =
        refusals.each().map(|(refused, path)| (refused.to_string(), path)).collect();
    all.sort();
    let expected = ["address", "protocol", "site", "tunnel_id"];
    let expected: Vec<(String, Vec<&str>)> = expected
        .iter()
        .map(|field| (format!("{field} is mandatory for InfraTunnel at {field}"), vec!["data", *field]))
        .collect();
    assert_eq!(all, expected);
    assert!(refusals.each().all(|(refused, _)| refused.code() == "ATTRIBUTE_REQUIRED"));

    let refusals = world.create("BuiltinTag", json!({})).unwrap_err();
    let all: Vec<_> = refusals.each().collect();
    assert!(all.len() == 1 && all[0].1.is_empty(), "one error has the path of the field: {refusals}");
    let refused = refusal(world.create("BuiltinTag", json!({ "name": { "value": null } })));
    assert_eq!(refused.0, "ATTRIBUTE_CONSTRAINT_VIOLATION");
    assert_eq!(refused.2, "A value must be provided for name at name");
    world.create("BuiltinTag", json!({ "name": { "value": "" } })).unwrap();
    assert_eq!(world.count("BuiltinTag", json!({})), 1, "what was refused has left nothing");
}

#[test]
fn a_client_may_choose_the_id_and_use_it_once() {
    let mut world = World::new();
    let id = "18a1b2c3-d4e5-4f60-8a1b-2c3d4e5f6071";
    let tag = |name: &str| json!({ "id": id, "name": { "value": name } });
    assert_eq!(world.made("BuiltinTag", tag("a")), id);
    let refused = refusal(world.create("BuiltinTag", tag("b")));
    assert_eq!(refused.2, format!("{id} is already in use at id"));
    assert_eq!(refused.1, 422);
    world.delete("BuiltinTag", json!({ "id": id })).unwrap();
    assert_eq!(message(world.create("BuiltinTag", tag("c"))), format!("{id} is already in use at id"));
    let refused = refusal(world.create("BuiltinTag", json!({ "id": "b1", "name": { "value": "b" } })));
    assert_eq!((refused.0, &*refused.2), ("ATTRIBUTE_INVALID_TYPE", "b1 is not a valid UUID at id"));
}

#[test]
fn uniqueness_spans_fields_generics_and_nulls() {
    let mut world = World::new();
    let site = world.site("atl1");
    let (one, two) = (world.device("one", &site), world.device("two", &site));
    let refused =
        refusal(world.create("InfraDevice", json!({ "name": { "value": "one" }, "site": { "id": site } })));
    let expected = "Violates uniqueness constraint 'name'".to_owned();
    assert_eq!(refused, ("UNDEFINED_ERROR", 422, expected));

    world.port("eth0", &one);
    world.port("eth0", &two);
    let again = json!({ "name": { "value": "eth0" }, "device": { "id": one } });
    for kind in ["InfraInterfaceL2", "InfraInterfaceL3"] {
        assert_eq!(
            message(world.create(kind, again.clone())),
            "Violates uniqueness constraint 'device-name'"
        );
    }
    // A generic that is unique as a whole.
    let region = json!({ "name": { "value": "atl1" } });
    assert_eq!(message(world.create("LocationRegion", region)), "Violates uniqueness constraint 'name'");
    let refused = message(world.update("InfraDevice", json!({ "id": two, "name": { "value": "one" } })));
    assert_eq!(refused, "Violates uniqueness constraint 'name'");
    world.update("InfraDevice", json!({ "id": two, "name": { "value": "two" } })).unwrap();
}

#[test]
fn peers_are_named_by_id_hfid_or_default_filter() {
    let mut world = World::new();
    let site = world.site("atl1");
    let platform =
        world.made("InfraPlatform", json!({ "name": { "value": "eos" }, "type": { "value": "eos" } }));
    let device = |site: Value, platform: Value| json!({ "name": { "value": "leaf" }, "site": site, "platform": platform });
    let by_filter = device(json!({ "id": site }), json!({ "id": "eos" }));
    let id = world.made("InfraDevice", by_filter);
    assert_eq!(world.peer(&id, "platform"), Some(platform));

    let other = "18a1b2c3-d4e5-4f60-8a1b-2c3d4e5f6071";
    let cases = [
        (
            json!({ "id": other }),
            ("NODE_NOT_FOUND", format!("Unable to find the node {other} / LocationSite in the database.")),
        ),
        (
            json!({ "id": "atl1" }),
            ("NODE_NOT_FOUND", "Unable to find the node atl1 / LocationSite in the database.".into()),
        ),
        (
            // its name is part of a computed attribute, for which it is looked for before it has an id
            json!({ "hfid": ["x"] }),
            ("UNDEFINED_ERROR", "Relationship has not been initialized yet".into()),
        ),
        (json!({}), ("UNDEFINED_ERROR", "Relationship has not been initialized yet".into())),
    ];
    for (site, expected) in cases {
        let refused = refusal(world.create("InfraDevice", json!({ "name": { "value": "x" }, "site": site })));
        assert_eq!((refused.0, refused.2), expected);
    }
    let tag = world.tag("t");
    let refused =
        refusal(world.create("InfraDevice", json!({ "name": { "value": "x" }, "site": { "id": tag } })));
    assert_eq!(refused.0, "ATTRIBUTE_CONSTRAINT_VIOLATION");
    let expected = format!(
        "BuiltinTag - {tag} cannot be added to relationship, must be of type: ['LocationSite'] at site"
    );
    assert_eq!(refused.2, expected);
}

#[test]
fn a_mandatory_peer_may_be_null_and_a_set_empty_on_create() {
    let mut world = World::new();
    let device = world.made("InfraDevice", json!({ "name": { "value": "lost" }, "site": null }));
    assert_eq!(world.peer(&device, "site"), None);
    assert_eq!(world.value(&device, "fqdn"), "lost.None.example.net");
    let window = json!({
        "name": { "value": "w" }, "devices": [],
        "starts_at": { "value": "2026-05-01T00:00:00Z" }, "ends_at": { "value": "2026-05-01T04:00:00Z" },
    });
    let window = world.made("InfraMaintenanceWindow", window);
    assert!(world.peers(&window, "devices").is_empty());
}

#[test]
fn names_become_labels() {
    let mut world = World::new();
    let group = world.made("CoreStandardGroup", json!({ "name": { "value": "edge_router group" } }));
    let label = world.get(&group).attribute("label").unwrap();
    assert_eq!((label.value, label.is_default), (json!("Edge Router Group"), false));
}

#[test]
fn a_generic_has_no_objects_of_its_own() {
    let mut world = World::new();
    let refused = refusal(world.create("InfraInterface", json!({ "name": { "value": "x" } })));
    assert_eq!(refused.1, 500);
    let refused = refusal(world.create("InfraNope", json!({})));
    assert_eq!((refused.0, refused.1), ("SCHEMA_NOT_FOUND", 422));
}

#[test]
fn files_are_facts_about_an_object() {
    let mut world = World::new();
    let facts = |checksum: &str, name: &str| FileFacts {
        name: name.to_owned(),
        size: 12,
        media_type: "text/plain".to_owned(),
        checksum: checksum.to_owned(),
        storage_id: format!("stored-{name}"),
    };
    let data = arguments(json!({ "number": { "value": "C-1" } }));
    let mut upsert = |file: &FileFacts| {
        let write =
            Write { branch: MAIN, kind: "InfraContract", data: &data, author: None, file: Some(file) };
        world.store.upsert(&write).unwrap()
    };
    let made = upsert(&facts("aa", "a.txt"));
    assert!(made.created);
    let name = |written: &Written| written.object().unwrap().attribute("file_name").unwrap().value;
    assert_eq!(name(&made), "a.txt");
    let same = upsert(&facts("aa", "b.txt"));
    assert_eq!((same.id, same.created, name(&same)), (made.id, false, json!("a.txt")), "the same bytes");
    let other = upsert(&facts("bb", "b.txt"));
    assert_eq!((other.id, name(&other)), (made.id, json!("b.txt")));
}
