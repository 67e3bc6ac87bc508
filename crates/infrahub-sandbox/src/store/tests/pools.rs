use super::*;

/// Pools of the test's own: addresses of one prefix, prefixes of another, and three tunnel numbers.
struct Pools {
    world: World,
    site: String,
    addresses: String,
    prefixes: String,
    numbers: String,
}

impl Pools {
    fn new(network: &str) -> Self {
        let mut world = World::new();
        world.made("IpamNamespace", json!({ "name": { "value": "lab" } }));
        let mut resource = |network: &str, members: &str| {
            let data = json!({
                "prefix": { "value": network }, "ip_namespace": { "hfid": ["lab"] }, "is_pool": { "value": true },
                "member_type": { "value": members },
            });
            world.made("IpamIPPrefix", data)
        };
        let (hosts, networks) = (resource(network, "address"), resource("10.128.0.0/24", "prefix"));
        let pool = |name: &str, resource: &str| {
            json!({
                "name": { "value": name }, "ip_namespace": { "hfid": ["lab"] }, "resources": [{ "id": resource }],
            })
        };
        let mut addresses = pool("addresses", &hosts);
        addresses["default_address_type"] = json!({ "value": "IpamIPAddress" });
        addresses["default_prefix_length"] = json!({ "value": 32 });
        let addresses = world.made("CoreIPAddressPool", addresses);
        let mut prefixes = pool("prefixes", &networks);
        prefixes["default_prefix_type"] = json!({ "value": "IpamIPPrefix" });
        prefixes["default_prefix_length"] = json!({ "value": 26 });
        let prefixes = world.made("CoreIPPrefixPool", prefixes);
        let numbers = json!({
            "name": { "value": "numbers" }, "node": { "value": "InfraTunnel" },
            "node_attribute": { "value": "tunnel_id" }, "start_range": { "value": 100 }, "end_range": { "value": 102 },
        });
        let numbers = world.made("CoreNumberPool", numbers);
        let site = world.site("atl1");
        Self { world, site, addresses, prefixes, numbers }
    }

    fn tunnel(&self, name: &str) -> Value {
        json!({
            "name": { "value": name }, "protocol": { "value": "gre" }, "site": { "id": self.site },
            "address": { "from_pool": { "id": self.addresses } },
            "tunnel_id": { "from_pool": { "id": self.numbers } },
        })
    }

    fn take(&mut self, data: Value) -> Outcome<String> {
        let mut data = data;
        data["id"] = json!(self.addresses);
        let written = self.world.relate(data, Store::allocate_address)?;
        Ok(written.object().unwrap().display_label())
    }

    fn take_prefix(&mut self, data: Value) -> Outcome<String> {
        let mut data = data;
        data["id"] = json!(self.prefixes);
        let written = self.world.relate(data, Store::allocate_prefix)?;
        Ok(written.object().unwrap().display_label())
    }

    fn addresses(&self) -> usize {
        self.world.count("IpamIPAddress", json!({}))
    }
}

#[test]
fn an_object_takes_its_number_addresses_and_prefixes_from_pools() {
    let mut pools = Pools::new("10.0.0.0/28");
    let mut data = pools.tunnel("t1");
    let with = json!({ "dns_name": { "value": "far.example" }, "description": "far end" });
    data["far_address"] =
        json!({ "from_pool": { "id": "addresses", "identifier": "far", "prefixlen": 30, "data": with } });
    data["prefix"] = json!({ "from_pool": { "id": pools.prefixes, "size": 28 } });
    data["routes"] = json!([
        { "from_pool": { "id": pools.prefixes, "identifier": "r1" } },
        { "from_pool": { "id": pools.prefixes, "identifier": "r2" } },
    ]);
    let tunnel = pools.world.made("InfraTunnel", data);
    let world = &pools.world;
    assert_eq!(world.value(&tunnel, "tunnel_id"), 100);
    let source = world.get(&tunnel).attribute("tunnel_id").unwrap().source;
    assert_eq!(source.map(|source| source.to_string()).as_ref(), Some(&pools.numbers));
    let peer = |relationship: &str| world.get(&tunnel).peer(relationship).unwrap();
    let mut addresses = [peer("address"), peer("far_address")].map(|peer| peer.object.display_label());
    addresses.sort();
    assert_eq!(addresses, ["10.0.0.0/32", "10.0.0.1/30"]);
    let far = peer("far_address");
    assert_eq!(far.object.attribute("dns_name").unwrap().value, "far.example");
    assert_eq!(far.object.attribute("description").unwrap().value, "far end");
    assert_eq!(far.properties().source.map(|source| source.to_string()).as_ref(), Some(&pools.addresses));
    assert_eq!(peer("prefix").object.display_label(), "10.128.0.0/28");
    let routes = world.get(&tunnel).peers("routes", &Arguments::new()).unwrap();
    let routes: Vec<String> = routes.items.iter().map(|route| route.object.display_label()).collect();
    assert_eq!(routes, ["10.128.0.64/26", "10.128.0.128/26"]);

    let next = pools.tunnel("t2");
    let next = pools.world.made("InfraTunnel", next);
    assert_eq!(pools.world.value(&next, "tunnel_id"), 101);
    let again =
        json!({ "id": next, "tunnel_id": { "from_pool": { "id": "numbers" }, "is_protected": true } });
    pools.world.update("InfraTunnel", again).unwrap();
    let view = pools.world.get(&next).attribute("tunnel_id").unwrap();
    assert_eq!((view.value, view.is_protected), (json!(101), true), "it keeps the number that it has");
    let add = json!({ "id": next, "name": "routes", "nodes": [{ "from_pool": { "id": pools.prefixes, "data": { "prefixlen": 30 } } }] });
    pools.world.add(add).unwrap();
    assert_eq!(pools.world.peers(&next, "routes").len(), 1);
}

#[test]
fn an_address_is_taken_once_for_an_identifier() {
    let mut pools = Pools::new("10.1.0.0/28");
    assert_eq!(pools.take(json!({ "identifier": "leaf1" })).unwrap(), "10.1.0.0/32");
    assert_eq!(pools.take(json!({ "identifier": "leaf1" })).unwrap(), "10.1.0.0/32");
    assert_eq!(pools.take(json!({ "identifier": "leaf2" })).unwrap(), "10.1.0.1/32");
    assert_eq!(pools.take(json!({ "prefix_length": 28 })).unwrap(), "10.1.0.2/28");
    assert_eq!(pools.take(json!({})).unwrap(), "10.1.0.3/32");
    let refused = refusal(pools.take(json!({ "identifier": "leaf1", "prefix_length": 30 })));
    let expected = "IPAddressPool: addresses | This resource is already allocated as 10.1.0.0/32; its prefix length \
                    cannot be changed, only /32 can be used.";
    assert_eq!(refused, ("UNDEFINED_ERROR", 422, expected.to_owned()));
    assert_eq!(
        pools.take_prefix(json!({ "identifier": "f", "prefix_length": 30 })).unwrap(),
        "10.128.0.0/30"
    );
    assert_eq!(pools.take_prefix(json!({ "identifier": "f" })).unwrap(), "10.128.0.0/30");
    assert_eq!(pools.take_prefix(json!({})).unwrap(), "10.128.0.64/26");
    assert_eq!(
        pools.take_prefix(json!({ "prefix_length": 30 })).unwrap(),
        "10.128.0.4/30",
        "a gap is filled"
    );
    let refused = refusal(pools.take_prefix(json!({ "member_type": "x" })));
    assert_eq!(refused.1, 400);
    let data = json!({ "hfid": ["addresses"], "identifier": "by name" });
    assert!(pools.world.relate(data, Store::allocate_address).is_ok());
}

#[test]
fn an_exhausted_pool_says_so_in_the_words_of_its_kind() {
    let mut pools = Pools::new("10.3.0.0/31");
    pools.take(json!({})).unwrap();
    pools.take(json!({})).unwrap();
    let refused = refusal(pools.take(json!({})));
    let expected = "There are no more addresses available in this pool.".to_owned();
    assert_eq!(refused, ("UNDEFINED_ERROR", 409, expected));
    pools.take_prefix(json!({ "prefix_length": 24 })).unwrap();
    let refused = refusal(pools.take_prefix(json!({})));
    assert_eq!(refused, ("UNDEFINED_ERROR", 500, "No more resources available".to_owned()));

    let address = json!({ "address": { "value": "10.3.1.1/32" }, "ip_namespace": { "hfid": ["lab"] } });
    let address = pools.world.made("IpamIPAddress", address);
    let tunnel = |pools: &Pools, name: &str| {
        let mut data = pools.tunnel(name);
        data["address"] = json!({ "id": address });
        data
    };
    for name in ["t1", "t2", "t3"] {
        let data = tunnel(&pools, name);
        pools.world.made("InfraTunnel", data);
    }
    let data = tunnel(&pools, "t4");
    let refused = refusal(pools.world.create("InfraTunnel", data));
    assert_eq!(refused.0, "ATTRIBUTE_CONSTRAINT_VIOLATION");
    assert_eq!(refused.2, "The pool InfraTunnel is exhausted. at tunnel_id.from_pool");
    // A number that was overwritten, or whose object is gone, is free again.
    let id = pools.world.view().by_hfid("InfraTunnel", &["t2".to_owned()]).unwrap().unwrap().id().to_string();
    pools.world.update("InfraTunnel", json!({ "id": id, "tunnel_id": { "value": 7 } })).unwrap();
    let data = tunnel(&pools, "t4");
    let last = pools.world.made("InfraTunnel", data);
    assert_eq!(pools.world.value(&last, "tunnel_id"), 101);
}

#[test]
fn a_plain_prefix_keeps_its_first_and_last_address() {
    let mut pools = Pools::new("10.2.0.0/30");
    let prefix =
        pools.world.view().find("IpamIPPrefix", &arguments(json!({ "prefix__value": "10.2.0.0/30" })));
    let prefix = prefix.unwrap().items[0].id().to_string();
    pools.world.update("IpamIPPrefix", json!({ "id": prefix, "is_pool": { "value": false } })).unwrap();
    assert_eq!(pools.take(json!({})).unwrap(), "10.2.0.1/32");
    assert_eq!(pools.take(json!({})).unwrap(), "10.2.0.2/32");
    assert_eq!(refusal(pools.take(json!({}))).1, 409);
}

#[test]
fn a_pool_that_does_not_fit_is_refused_in_words() {
    let mut pools = Pools::new("10.4.0.0/28");
    let data = pools.tunnel("t1");
    let tunnel = pools.world.made("InfraTunnel", data);
    let mut update = |field: &str, value: Value| {
        let mut data = json!({ "id": tunnel });
        data[field] = value;
        refusal(pools.world.update("InfraTunnel", data))
    };
    let refused = update("keepalive", json!({ "from_pool": { "id": pools.numbers } }));
    assert_eq!(refused.2, "The numbers pool can't be used for 'keepalive'. at keepalive.from_pool");
    let refused = update("tunnel_id", json!({ "from_pool": { "id": "nope" } }));
    assert_eq!(refused.2, "The pool requested {'id': 'nope'} was not found. at tunnel_id.from_pool");
    let refused = update("far_address", json!({ "from_pool": { "id": "nope" } }));
    assert_eq!(refused.0, "NODE_NOT_FOUND");
    let pool = |fields: Value| {
        let mut data = json!({
            "name": { "value": "p" }, "node": { "value": "InfraTunnel" }, "node_attribute": { "value": "tunnel_id" },
            "start_range": { "value": 1 }, "end_range": { "value": 2 },
        });
        data.as_object_mut().unwrap().extend(arguments(fields));
        data
    };
    for (fields, code, expected) in [
        (
            json!({ "node": { "value": "InfraNope" } }),
            "SCHEMA_NOT_FOUND",
            "The selected model does not exist",
        ),
        (
            json!({ "node_attribute": { "value": "name" } }),
            "UNDEFINED_ERROR",
            "The selected attribute is not of the kind Number",
        ),
        (
            json!({ "start_range": { "value": 3 } }),
            "UNDEFINED_ERROR",
            "start_range can't be larger than end_range",
        ),
        (
            json!({ "start_range": { "value": 0 } }),
            "UNDEFINED_ERROR",
            "start_range can't be less than min_value",
        ),
    ] {
        let refused = refusal(pools.world.create("CoreNumberPool", pool(fields)));
        assert_eq!((refused.0, &*refused.2), (code, expected));
    }
}

#[test]
fn two_allocations_of_a_list_without_identifiers_are_one() {
    let mut pools = Pools::new("10.6.0.0/28");
    let mut data = pools.tunnel("t1");
    let route = json!({ "from_pool": { "id": pools.prefixes } });
    data["routes"] = json!([route, route]);
    let tunnel = pools.world.made("InfraTunnel", data);
    let routes = pools.world.get(&tunnel).peers("routes", &Arguments::new()).unwrap();
    assert_eq!((routes.count, routes.items.len()), (2, 1), "it is related twice");
}

#[test]
fn what_was_allocated_for_a_write_that_failed_stays_allocated() {
    let mut pools = Pools::new("10.7.0.0/28");
    let create = |pools: &mut Pools| {
        let mut data = pools.tunnel("t1");
        data["far_address"] = json!({ "from_pool": { "id": pools.addresses, "identifier": "kept" } });
        pools.world.create("InfraTunnel", data).map(drop)
    };
    create(&mut pools).unwrap();
    let before = pools.addresses();
    for _ in 0..2 {
        assert_eq!(message(create(&mut pools)), "Violates uniqueness constraint 'name'");
    }
    // The address of the object itself is known by its human-friendly id, so it is the same every time.
    assert_eq!(pools.addresses(), before);
    let mut data = pools.tunnel("t1");
    data["address"] = json!({ "from_pool": { "id": pools.addresses, "identifier": null } });
    assert!(pools.world.create("InfraTunnel", data).is_err());
    assert_eq!(pools.addresses(), before + 1);
}

#[test]
fn the_schemas_own_numbers_come_from_a_pool_of_its_own() {
    let mut world = World::new();
    let provider = world.made("OrganizationProvider", json!({ "name": { "value": "p" } }));
    let circuit = |name: &str| json!({ "circuit_id": { "value": name }, "provider": { "id": provider } });
    let first = world.made("InfraCircuit", circuit("c1"));
    let second = world.made("InfraCircuit", circuit("c2"));
    assert_eq!(
        (world.value(&first, "service_id"), world.value(&second, "service_id")),
        (json!(10000), json!(10001))
    );
    world.delete("InfraCircuit", json!({ "id": first })).unwrap();
    let third = world.made("InfraCircuit", circuit("c3"));
    assert_eq!(world.value(&third, "service_id"), 10000);
}
