use super::*;

#[test]
fn components_go_along_and_the_rest_stays() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("one", &site);
    let ports = [world.port("eth0", &device), world.port("eth1", &device)];
    let tag = world.tag("t");
    world.add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tag }] })).unwrap();
    let gone = world.delete("InfraDevice", json!({ "hfid": ["one"] })).unwrap();
    let gone: Vec<String> = gone.iter().map(ToString::to_string).collect();
    assert_eq!(gone, [device.clone(), ports[0].clone(), ports[1].clone()]);
    assert!(gone.iter().all(|id| world.view().get_text(id).is_none()));
    assert_eq!(world.count("InfraInterface", json!({})), 0);
    world.get(&tag);
    assert_eq!(refusal(world.delete("InfraDevice", json!({ "id": device }))).0, "NODE_NOT_FOUND");
    world.device("one", &site);
}

#[test]
fn what_others_need_is_not_deleted() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("one", &site);
    let refusals = world.delete("LocationSite", json!({ "id": site })).unwrap_err();
    let refused = refusals.first();
    let sentence = format!(
        "Cannot delete LocationSite '{site}'. It is linked to mandatory relationship site on node InfraDevice '{device}'"
    );
    assert_eq!(refused.code(), "ATTRIBUTE_CONSTRAINT_VIOLATION");
    assert_eq!(refused.to_string(), format!("{sentence} at InfraDevice.site"));
    assert_eq!(refused.data()["field_name"], "InfraDevice.site");
    world.device("two", &site);
    assert_eq!(
        world.delete("LocationSite", json!({ "id": site })).unwrap_err().each().count(),
        1,
        "by field"
    );
    let region = world.peer(&site, "parent").unwrap();
    assert!(message(world.delete("LocationRegion", json!({ "id": region }))).contains("LocationSite.parent"));
    // A component that was torn off outlives its parent.
    let port = world.port("eth0", &device);
    world.remove(json!({ "id": device, "name": "interfaces", "nodes": [{ "id": port }] })).unwrap();
    world.delete("InfraDevice", json!({ "id": device })).unwrap();
    assert_eq!(world.get(&port).hfid().unwrap(), ["None", "eth0"]);
}

#[test]
fn the_servers_own_objects_are_guarded() {
    let mut world = World::new();
    let namespace = world.view().find("IpamNamespace", &Arguments::new()).unwrap().items[0].id().to_string();
    let refused = message(world.delete("IpamNamespace", json!({ "id": namespace })));
    assert_eq!(refused, "Cannot delete default IPAM namespace");
    let pool = world.view().find("CoreNumberPool", &Arguments::new()).unwrap().items[0].id().to_string();
    let refused = message(world.delete("CoreNumberPool", json!({ "id": pool })));
    assert_eq!(refused, "Unable to delete number pool InfraCircuit.service_id is in use (branches: main)");
}
