use super::*;

impl World {
    fn convert(&mut self, id: &str, kind: &str, mapping: &Value) -> Outcome<Written> {
        let data = json!({ "node_id": id, "target_kind": kind, "fields_mapping": mapping });
        self.relate(data, Store::convert)
    }
}

#[test]
fn an_object_becomes_one_of_another_kind_with_what_both_have() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let port = json!({
        "name": { "value": "eth0" }, "device": { "id": device }, "description": { "value": "up" },
    });
    let port = world.made("InfraInterfaceL2", port);
    let mapping = json!({ "description": { "data": { "attribute_value": "down" } } });
    let made = world.convert(&port, "InfraInterfaceL3", &mapping).unwrap().id.to_string();
    assert_ne!(made, port);
    assert!(world.view().get_text(&port).is_none());
    assert_eq!(world.get(&made).kind(), "InfraInterfaceL3");
    assert_eq!(
        (world.value(&made, "name"), world.value(&made, "description")),
        (json!("eth0"), json!("down"))
    );
    assert_eq!(world.peer(&made, "device").as_ref(), Some(&device));

    let mapping =
        json!({ "description": { "use_default_value": true }, "name": { "source_field": "description" } });
    let back = world.convert(&made, "InfraInterfaceL2", &mapping).unwrap().id.to_string();
    assert_eq!((world.value(&back, "name"), world.value(&back, "description")), (json!("down"), Value::Null));
}

#[test]
fn a_conversion_that_cannot_be_changes_nothing() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    let port = world.port("eth0", &device);
    let tag = world.tag("red");
    let both = json!({ "name": { "source_field": "name", "use_default_value": true } });
    for (id, kind, mapping, code, expected) in [
        (
            &port,
            "InfraNope",
            json!({}),
            "SCHEMA_NOT_FOUND",
            "Unable to find the schema 'InfraNope' in the registry",
        ),
        (
            &port,
            "InfraInterface",
            json!({}),
            "UNDEFINED_ERROR",
            "The selected node is not of type NodeSchema",
        ),
        (
            &port,
            "InfraInterfaceL3",
            json!([]),
            "UNDEFINED_ERROR",
            "Expected `fields_mapping` to be a `dict`, got <class 'list'>",
        ),
        (
            &port,
            "InfraInterfaceL3",
            both,
            "UNDEFINED_ERROR",
            "Exactly one of `source_field`, `data` or `use_default_value` must be set",
        ),
        (
            &tag,
            "InfraInterfaceL3",
            json!({}),
            "UNDEFINED_ERROR",
            "device is mandatory for InfraInterfaceL3 at device",
        ),
        (&site, "BuiltinTag", json!({}), "UNDEFINED_ERROR", "Too few relationships, min 1 at site"),
    ] {
        let refused = refusal(world.convert(id, kind, &mapping));
        assert_eq!((refused.0, &*refused.2), (code, expected));
    }
    let nothing = "7d2c5a0e-3f41-4b7c-9a58-2e6f0c1d8b93";
    let refused = refusal(world.convert(nothing, "BuiltinTag", &json!({})));
    assert_eq!(refused.2, format!("Unable to find the node {nothing} / Node in the database."));
    assert_eq!(world.peer(&port, "device").as_ref(), Some(&device));
    assert_eq!(world.peer(&device, "site").as_ref(), Some(&site));
    assert_eq!(world.found("BuiltinTag", json!({})), ["red"]);
}
