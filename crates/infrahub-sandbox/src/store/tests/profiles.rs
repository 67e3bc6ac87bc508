use super::*;

/// A tunnel and two profiles for tunnels: `usual` (priority 20) and `special` (priority 10).
struct Tunnels {
    world: World,
    site: String,
    address: String,
    usual: String,
    special: String,
}

impl Tunnels {
    fn new() -> Self {
        let mut world = World::new();
        let site = world.site("atl1");
        let address = world.made("IpamIPAddress", json!({ "address": { "value": "192.0.2.1/32" } }));
        let profile = |name: &str, priority: i64| {
            json!({
                "profile_name": { "value": name }, "profile_priority": { "value": priority },
                "description": { "value": name },
            })
        };
        let mut usual = profile("usual", 20);
        usual["keepalive"] = json!({ "value": 30 });
        let usual = world.made("ProfileInfraTunnel", usual);
        let special = world.made("ProfileInfraTunnel", profile("special", 10));
        Self { world, site, address, usual, special }
    }

    fn tunnel(&mut self, fields: Value) -> Outcome<String> {
        let mut data = json!({
            "name": { "value": "t" }, "protocol": { "value": "gre" }, "tunnel_id": { "value": 1 },
            "site": { "id": self.site }, "address": { "id": self.address },
        });
        let data_map = data.as_object_mut().unwrap();
        for (name, value) in arguments(fields) {
            if value.is_null() {
                data_map.remove(&name)
            } else {
                data_map.insert(name, value)
            };
        }
        self.world.create("InfraTunnel", data).map(|written| written.id.to_string())
    }

    /// The value of an attribute, and which profile it is from.
    fn value(&self, tunnel: &str, attribute: &str) -> (Value, Option<String>) {
        let view = self.world.get(tunnel).attribute(attribute).unwrap();
        assert_eq!(view.is_from_profile, view.source.is_some());
        (view.value, view.source.map(|source| source.to_string()))
    }
}

#[test]
fn profiles_give_values_by_priority_and_take_them_back() {
    let mut tunnels = Tunnels::new();
    let (usual, special) = (tunnels.usual.clone(), tunnels.special.clone());
    let tunnel = tunnels.tunnel(json!({ "profiles": [{ "id": usual }, { "id": special }] })).unwrap();
    assert_eq!(tunnels.value(&tunnel, "description"), (json!("special"), Some(special.clone())));
    assert_eq!(tunnels.value(&tunnel, "keepalive"), (json!(30), Some(usual.clone())));
    assert_eq!(tunnels.world.count("InfraTunnel", json!({ "keepalive__value": 30 })), 1);
    let profiles = tunnels.world.found("CoreProfile", json!({}));
    assert_eq!(profiles.len(), 2);

    tunnels.world.update("InfraTunnel", json!({ "id": tunnel, "keepalive": { "value": 5 } })).unwrap();
    let data = json!({ "id": special, "description": { "value": "very special" } });
    tunnels.world.update("ProfileInfraTunnel", data).unwrap();
    assert_eq!(tunnels.value(&tunnel, "description").0, "very special");
    assert_eq!(tunnels.value(&tunnel, "keepalive"), (json!(5), None), "a value of its own wins");
    tunnels.world.remove(json!({ "id": tunnel, "name": "profiles", "nodes": [{ "id": special }] })).unwrap();
    assert_eq!(tunnels.value(&tunnel, "description"), (json!("usual"), Some(usual)));
    let data = json!({ "id": tunnel, "keepalive": { "is_default": true }, "profiles": null });
    tunnels.world.update("InfraTunnel", data).unwrap();
    assert_eq!(tunnels.value(&tunnel, "description"), (Value::Null, None));
    assert_eq!(tunnels.value(&tunnel, "keepalive"), (json!(10), None));
}

#[test]
fn what_profiles_give_may_be_left_out() {
    let mut tunnels = Tunnels::new();
    let site = tunnels.site.clone();
    let profile = json!({
        "profile_name": { "value": "full" }, "protocol": { "value": "ipsec" }, "tunnel_id": { "value": 7 },
        "site": { "id": site },
    });
    let profile = tunnels.world.made("ProfileInfraTunnel", profile);
    let open =
        json!({ "protocol": null, "tunnel_id": null, "site": null, "profiles": [{ "hfid": ["full"] }] });
    let tunnel = tunnels.tunnel(open.clone()).unwrap();
    assert_eq!(tunnels.value(&tunnel, "protocol"), (json!("ipsec"), Some(profile.clone())));
    assert_eq!(tunnels.world.peer(&tunnel, "site"), Some(site));
    let source = tunnels.world.get(&tunnel).peer("site").unwrap().properties().source;
    assert_eq!(source.map(|source| source.to_string()), Some(profile.clone()));

    let mut without = open;
    without["address"] = Value::Null;
    without["name"] = json!({ "value": "other" });
    let refused = refusal(tunnels.tunnel(without));
    assert_eq!(
        (refused.0, &*refused.2),
        ("ATTRIBUTE_REQUIRED", "address is mandatory for InfraTunnel at address")
    );

    let refused = message(tunnels.world.update("InfraTunnel", json!({ "id": tunnel, "profiles": [] })));
    assert!(refused.contains("inherits required attribute"), "{refused}");
    let refused = message(tunnels.world.delete("ProfileInfraTunnel", json!({ "id": profile })));
    assert!(refused.starts_with(&format!("Cannot remove profile '{profile}' because node 't'")), "{refused}");

    let of_devices =
        tunnels.world.made("ProfileInfraDevice", json!({ "profile_name": { "value": "devices" } }));
    let data = json!({ "name": { "value": "third" }, "profiles": [{ "id": of_devices }] });
    let refused = message(tunnels.tunnel(data));
    let expected = format!(
        "peer {of_devices} is of kind ProfileInfraDevice. only ['ProfileInfraTunnel'] are allowed at profiles"
    );
    assert_eq!(refused, expected);
}

#[test]
fn a_profile_is_given_from_its_own_end_too() {
    let mut tunnels = Tunnels::new();
    let tunnel = tunnels.tunnel(json!({})).unwrap();
    let usual = tunnels.usual.clone();
    tunnels.world.add(json!({ "id": usual, "name": "related_nodes", "nodes": [{ "id": tunnel }] })).unwrap();
    assert_eq!(tunnels.value(&tunnel, "keepalive"), (json!(30), Some(usual.clone())));
    tunnels.world.update("ProfileInfraTunnel", json!({ "id": usual, "related_nodes": [] })).unwrap();
    assert_eq!(tunnels.value(&tunnel, "keepalive"), (json!(10), None));
    tunnels
        .world
        .update("ProfileInfraTunnel", json!({ "id": usual, "related_nodes": [{ "id": tunnel }] }))
        .unwrap();
    assert_eq!(tunnels.value(&tunnel, "keepalive").0, 30);
    tunnels.world.delete("ProfileInfraTunnel", json!({ "id": usual })).unwrap();
    assert_eq!(tunnels.value(&tunnel, "keepalive"), (json!(10), None));
}
