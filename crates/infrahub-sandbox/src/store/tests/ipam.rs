use super::*;

impl World {
    fn prefix(&mut self, text: &str, namespace: &str) -> String {
        self.made(
            "IpamIPPrefix",
            json!({ "prefix": { "value": text }, "ip_namespace": { "hfid": [namespace] } }),
        )
    }
}

#[test]
fn prefixes_and_addresses_are_put_in_their_place() {
    let mut world = World::new();
    world.made("IpamNamespace", json!({ "name": { "value": "lab" } }));
    let inner = world.prefix("10.20.1.0/24", "lab");
    assert_eq!(world.value(&inner, "is_top_level"), true);
    let address = json!({ "address": { "value": "10.20.1.7/24" }, "ip_namespace": { "hfid": ["lab"] } });
    let address = world.made("IpamIPAddress", address);
    assert_eq!(world.peer(&address, "ip_prefix").as_ref(), Some(&inner));
    let outer = world.prefix("10.20.0.0/16", "lab");
    assert_eq!(
        (world.peer(&inner, "parent"), world.value(&inner, "is_top_level")),
        (Some(outer.clone()), json!(false))
    );
    let narrow = world.prefix("10.20.1.0/28", "lab");
    assert_eq!(world.peer(&address, "ip_prefix").as_ref(), Some(&narrow));
    assert_eq!(world.peers(&inner, "children"), std::slice::from_ref(&narrow));
    let elsewhere = world.prefix("10.0.0.0/8", "default");
    assert_eq!(world.peers(&elsewhere, "children").len(), 0, "another namespace");

    world.update("IpamIPPrefix", json!({ "id": narrow, "prefix": { "value": "10.20.1.16/28" } })).unwrap();
    assert_eq!(world.peer(&address, "ip_prefix").as_ref(), Some(&inner));
    world.delete("IpamIPPrefix", json!({ "id": inner })).unwrap();
    assert_eq!(world.peer(&address, "ip_prefix").as_ref(), Some(&outer));
    assert_eq!(world.peer(&narrow, "parent"), Some(outer));
}

#[test]
fn prefixes_tell_what_follows_from_them() {
    let mut world = World::new();
    let data = json!({ "prefix": { "value": "10.0.0.0/28" }, "member_type": { "value": "address" } });
    let prefix = world.made("IpamIPPrefix", data);
    for number in 1..8 {
        world.made("IpamIPAddress", json!({ "address": { "value": format!("10.0.0.{number}/28") } }));
    }
    for (attribute, expected) in [
        ("netmask", json!("255.255.255.240")),
        ("broadcast_address", json!("10.0.0.15")),
        ("utilization", json!(50)),
    ] {
        assert_eq!(world.value(&prefix, attribute), expected, "{attribute}");
    }
    let refused = message(world.create("IpamIPPrefix", json!({ "prefix": { "value": "10.0.0.1/24" } })));
    assert_eq!(refused, "10.0.0.1/24 is not a valid IPNetwork at prefix");
    let namespace = world.peer(&prefix, "ip_namespace").unwrap();
    assert_eq!(world.get(&namespace).display_label(), "default");
}
