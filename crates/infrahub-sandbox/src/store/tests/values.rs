use super::*;

/// What a kind of attribute keeps of a value, or the code and message of its refusal.
#[test]
fn every_attribute_kind_takes_and_keeps_what_the_server_does() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("atl1-leaf1", &site);
    let cases = [
        ("InfraDevice", "height", json!(2.9), Ok(json!(2))),
        ("InfraDevice", "asn", json!("65001"), Ok(json!(65001))),
        ("InfraDevice", "asn", json!("x"), Err("x is not a valid Number at asn")),
        ("InfraDevice", "asn", json!(true), Err("True is not a valid Number at asn")),
        ("InfraDevice", "height", json!(61), Err("61 is higher than the maximum allowed value 60 at height")),
        ("InfraDevice", "height", json!(0), Err("0 is lower than the minimum allowed value 1 at height")),
        (
            "InfraDevice",
            "name",
            json!("UPPER"),
            Err("UPPER must conform with the regex: '^[a-z0-9][a-z0-9-]*$' at name"),
        ),
        (
            "InfraDevice",
            "role",
            json!("core"),
            Err("core must be one of 'edge, firewall, leaf, spine' at role"),
        ),
        ("InfraDevice", "console_speed", json!(19200), Ok(json!(19200))),
        ("InfraDevice", "loopback", json!("10.0.0.1"), Ok(json!("10.0.0.1/32"))),
        ("InfraDevice", "loopback", json!("2001:DB8::0001"), Ok(json!("2001:db8::1/128"))),
        ("InfraDevice", "loopback", json!("10.0.0"), Err("10.0.0 is not a valid IPHost at loopback")),
        ("InfraDevice", "virtual", json!(true), Ok(json!(true))),
        ("InfraDevice", "virtual", json!("yes"), Err("yes is not a valid Checkbox at virtual")),
        ("InfraDevice", "labels", json!(["a", 7, { "b": [] }]), Ok(json!(["a", 7, { "b": [] }]))),
        ("InfraDevice", "labels", json!({ "a": 1 }), Err("{'a': 1} is not a valid List at labels")),
        ("InfraDevice", "facts", json!({ "uptime": 12 }), Ok(json!({ "uptime": 12 }))),
        ("InfraDevice", "facts", json!(5), Err("5 is not a valid JSON at facts")),
        ("InfraDevice", "facts", json!("str"), Err("str is not valid JSON at facts")),
        ("InfraDevice", "installed_at", json!("2024-01-02"), Ok(json!("2024-01-02"))),
        ("InfraDevice", "installed_at", json!(""), Ok(json!(""))),
        ("InfraDevice", "installed_at", json!("soon"), Err("soon is not a valid DateTime at installed_at")),
        ("InfraDevice", "serial", json!(""), Ok(json!(""))),
        ("InfraDevice", "description", json!(null), Ok(json!(null))),
    ];
    for (kind, attribute, given, expected) in cases {
        let data = json!({ "id": device, attribute: { "value": given } });
        let outcome = world.update(kind, data).map(|written| written.attribute(attribute).unwrap().value);
        match (outcome, expected) {
            (Ok(value), Ok(expected)) => assert_eq!(value, expected, "{attribute} = {given}"),
            (Err(refusals), Err(expected)) => {
                assert_eq!(refusals.to_string(), expected, "{attribute} = {given}");
            }
            (outcome, _) => panic!("{attribute} = {given}: {outcome:?}"),
        }
    }
}

#[test]
fn a_wrong_type_and_a_broken_rule_have_codes_and_data_of_their_own() {
    let mut world = World::new();
    let site = world.site("atl1");
    let data = |field: &str, value: Value| {
        let mut data = json!({ "name": { "value": "leaf1" }, "site": { "id": site } });
        data[field] = json!({ "value": value });
        data
    };
    let refusals = world.create("InfraDevice", data("loopback", json!("x"))).unwrap_err();
    assert_eq!((refusals.first().code(), refusals.first().http_status()), ("ATTRIBUTE_INVALID_TYPE", 422));
    assert_eq!(
        refusals.first().data(),
        json!({ "node_kind": "InfraDevice", "field_name": "loopback", "expected_type": "IPHost", "received_type": "x" })
    );
    let refusals = world.create("InfraDevice", data("height", json!(61))).unwrap_err();
    assert_eq!(refusals.first().code(), "ATTRIBUTE_CONSTRAINT_VIOLATION");
    let constraint = "61 is higher than the maximum allowed value 60";
    assert_eq!(
        refusals.first().data(),
        json!({ "node_kind": "InfraDevice", "field_name": "height", "constraint": constraint, "detail": null })
    );
    let long = "x".repeat(4096);
    let refused = refusal(world.create("InfraDevice", data("serial", json!(long))));
    assert_eq!(refused.0, "UNDEFINED_ERROR");
    assert_eq!(refused.2, "Text attribute length should be less than 4096 characters.");
}

#[test]
fn enums_are_refused_in_other_words_when_they_are_updated() {
    let mut world = World::new();
    let data = json!({ "name": { "value": "p" }, "type": { "value": "ios" } });
    let expected = "ios must be one of ['eos', 'ios_xr', 'junos', 'sros'] at type";
    assert_eq!(message(world.create("InfraPlatform", data)), expected);
    let platform =
        world.made("InfraPlatform", json!({ "name": { "value": "p" }, "type": { "value": "eos" } }));
    let refused =
        refusal(world.update("InfraPlatform", json!({ "id": platform, "type": { "value": "ios" } })));
    assert_eq!(refused, ("UNDEFINED_ERROR", 500, "'ios' is not a valid TypeEnum".to_owned()));
}

#[test]
fn ranges_and_single_numbers_may_be_excluded() {
    let mut world = World::new();
    let site = world.site("atl1");
    let vlan = |number: i64| json!({ "name": { "value": "v" }, "vlan_id": { "value": number }, "site": { "id": site } });
    let expected = "1003 is in an the excluded range 1002-1005 at vlan_id";
    assert_eq!(message(world.create("InfraVlan", vlan(1003))), expected);
    world.create("InfraVlan", vlan(1006)).unwrap();
    let rack = json!({ "name": { "value": "r1" }, "parent": { "id": site }, "height": { "value": 13 } });
    assert_eq!(message(world.create("LocationRack", rack)), "13 is in the excluded values at height");
}

#[test]
fn hashed_passwords_are_answered_in_clear_once() {
    let mut world = World::new();
    let data = json!({
        "username": { "value": "u" }, "password": { "value": "plain" }, "enable_secret": { "value": "hashed" },
    });
    let written = world.create("InfraCredential", data).unwrap();
    assert_eq!(written.attribute("enable_secret").unwrap().value, "hashed");
    let id = written.id.to_string();
    assert_eq!(world.value(&id, "password"), "plain");
    let hash = world.value(&id, "enable_secret");
    assert!(hash.as_str().unwrap().starts_with("$2b$"), "{hash}");
    world.update("InfraCredential", json!({ "id": id, "username": { "value": "v" } })).unwrap();
    assert_eq!(world.value(&id, "enable_secret"), hash, "an update of another field leaves it");
    let data = json!({ "id": id, "enable_secret": { "value": "other" } });
    let written = world.update("InfraCredential", data).unwrap();
    assert_eq!(written.attribute("enable_secret").unwrap().value, "other");
    assert_ne!(world.value(&id, "enable_secret"), hash);
}

#[test]
fn parts_of_values_are_read_by_name() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("leaf1", &site);
    world
        .update(
            "InfraDevice",
            json!({ "id": device, "loopback": { "value": "10.0.0.9/24" }, "role": { "value": "leaf" } }),
        )
        .unwrap();
    let object = world.get(&device);
    let schema = object.schema().unwrap();
    let part = |attribute: &str, name: &str| {
        property(schema.attribute(attribute).unwrap(), &object.attribute(attribute).unwrap().value, name)
    };
    assert_eq!(part("loopback", "ip"), "10.0.0.9");
    assert_eq!(part("loopback", "netmask"), "255.255.255.0");
    assert_eq!(part("loopback", "version"), 4);
    assert_eq!(part("role", "label"), "Leaf");
    assert_eq!(part("role", "color"), "#bf7fbf");
    assert_eq!(part("asn", "version"), Value::Null);
}
