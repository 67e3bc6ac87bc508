use super::*;

#[test]
fn an_object_made_from_a_template_has_its_values_and_its_components() {
    let mut world = World::new();
    let site = world.site("atl1");
    let template = json!({
        "template_name": { "value": "leaf" }, "role": { "value": "leaf" }, "height": { "value": 2 },
        "site": { "id": site },
    });
    let template = world.made("TemplateInfraDevice", template);
    for port in ["eth0", "eth1"] {
        let port = json!({
            "template_name": { "value": format!("leaf {port}") }, "name": { "value": port },
            "device": { "id": template }, "mtu": { "value": 9000 },
        });
        world.made("TemplateInfraInterfaceL2", port);
    }
    let data = json!({
        "name": { "value": "leaf1" }, "height": { "value": 3 }, "object_template": { "hfid": ["leaf"] },
    });
    let device = world.made("InfraDevice", data);
    let view = |world: &World, name: &str| world.get(&device).attribute(name).unwrap();
    let role = view(&world, "role");
    assert_eq!((role.value, role.source.map(|id| id.to_string())), (json!("leaf"), Some(template.clone())));
    assert_eq!(view(&world, "height").value, 3, "what it says itself wins");
    assert_eq!(world.peer(&device, "site"), Some(site));
    assert_eq!(world.peer(&device, "object_template"), Some(template.clone()));
    let ports = world.get(&device).peers("interfaces", &Arguments::new()).unwrap();
    let ports: Vec<(&str, Value, Value)> = ports
        .items
        .iter()
        .map(|port| {
            let value = |name: &str| port.object.attribute(name).unwrap().value;
            assert_eq!(port.object.kind(), "InfraInterfaceL2");
            ("InfraInterfaceL2", value("name"), value("mtu"))
        })
        .collect();
    let port = |name: &str| ("InfraInterfaceL2", json!(name), json!(9000));
    assert_eq!(ports, [port("eth0"), port("eth1")]);

    // A template is only a start.
    world.update("TemplateInfraDevice", json!({ "id": template, "role": { "value": "spine" } })).unwrap();
    assert_eq!(view(&world, "role").value, "leaf");
    let data = json!({ "name": { "value": "leaf1" }, "object_template": { "id": template }, "height": { "value": 5 } });
    world.upsert("InfraDevice", data).unwrap();
    assert_eq!((view(&world, "role").value, view(&world, "height").value), (json!("leaf"), json!(5)));
}

#[test]
fn what_neither_the_program_nor_the_template_says_is_refused() {
    let mut world = World::new();
    let template = json!({ "template_name": { "value": "t" }, "protocol": { "value": "ipsec" } });
    world.made("TemplateInfraTunnel", template);
    let data = json!({ "name": { "value": "t1" }, "object_template": { "hfid": ["t"] } });
    let refusals = world.create("InfraTunnel", data).unwrap_err();
    assert_eq!(refusals.each().count(), 3);
    assert!(refusals.each().all(|(refused, _)| refused.code() == "ATTRIBUTE_REQUIRED"), "{refusals}");
    let data = json!({ "name": { "value": "t1" }, "object_template": { "hfid": ["nope"] } });
    let refusals = world.create("InfraTunnel", data).unwrap_err();
    let expected = "Unable to find the object template in the database '['nope']' at object_template";
    assert_eq!(refusals.first().to_string(), expected);
}

#[test]
fn a_template_names_the_pools_that_its_objects_take_from() {
    let mut world = World::new();
    let site = world.site("atl1");
    let prefix = json!({ "prefix": { "value": "10.5.0.0/28" }, "is_pool": { "value": true } });
    let prefix = world.made("IpamIPPrefix", prefix);
    let addresses = json!({
        "name": { "value": "addresses" }, "default_address_type": { "value": "IpamIPAddress" },
        "default_prefix_length": { "value": 32 }, "ip_namespace": { "hfid": ["default"] }, "resources": [{ "id": prefix }],
    });
    let addresses = world.made("CoreIPAddressPool", addresses);
    let numbers = json!({
        "name": { "value": "numbers" }, "node": { "value": "InfraTunnel" }, "node_attribute": { "value": "tunnel_id" },
        "start_range": { "value": 100 }, "end_range": { "value": 101 },
    });
    let numbers = world.made("CoreNumberPool", numbers);
    let template = json!({
        "template_name": { "value": "t" }, "protocol": { "value": "ipsec" }, "site": { "id": site },
        "tunnel_id_from_resource_pool": { "id": numbers }, "address_from_resource_pool": { "id": addresses },
    });
    let template = world.made("TemplateInfraTunnel", template);
    for number in 0..2 {
        let data = json!({
            "name": { "value": format!("t{number}") }, "object_template": { "id": template },
        });
        let tunnel = world.made("InfraTunnel", data);
        let id = world.get(&tunnel).attribute("tunnel_id").unwrap();
        assert_eq!(
            (id.value, id.source.map(|id| id.to_string())),
            (json!(100 + number), Some(numbers.clone()))
        );
        let address = world.get(&tunnel).peer("address").unwrap();
        assert_eq!(address.object.display_label(), format!("10.5.0.{number}/32"));
    }
    let data = json!({
        "template_name": { "value": "x" }, "tunnel_id": { "from_pool": { "id": numbers } },
    });
    let refused = message(world.create("TemplateInfraTunnel", data));
    assert!(refused.starts_with("'from_pool' is not supported on template attributes."), "{refused}");
    let refused =
        message(world.update("TemplateInfraTunnel", json!({ "id": template, "tunnel_id": { "value": 1 } })));
    assert!(
        refused.starts_with("Cannot set 'tunnel_id_from_resource_pool' when 'tunnel_id' has a value set."),
        "{refused}"
    );
}
