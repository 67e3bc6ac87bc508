use super::*;
use crate::store::Usage;

fn usage(all: f64, branches: f64, default_branch: f64) -> Usage {
    Usage { all, branches, default_branch }
}

impl World {
    fn lab_prefix(&mut self, network: &str, members: &str) -> String {
        self.made(
            "IpamIPPrefix",
            json!({
                "prefix": { "value": network }, "ip_namespace": { "hfid": ["lab"] }, "member_type": { "value": members },
            }),
        )
    }

    fn lab_pool(&mut self, kind: &str, fields: Value, resources: &[&String]) -> String {
        let resources: Vec<Value> = resources.iter().map(|id| json!({ "id": id })).collect();
        let mut data = json!({
            "name": { "value": "pool" }, "ip_namespace": { "hfid": ["lab"] }, "resources": resources,
        });
        data.as_object_mut().unwrap().extend(arguments(fields));
        self.made(kind, data)
    }

    /// Label, branch and identifier of what was taken.
    fn taken(&self, pool: &str, resource: &str) -> Vec<(String, String, Option<String>)> {
        let allocated = self.store.allocated(&self.branch, None, pool, resource).unwrap().into_iter();
        allocated.map(|allocated| (allocated.display_label, allocated.branch, allocated.identifier)).collect()
    }

    fn used(&self, pool: &str) -> Usage {
        self.store.pool_usage(&self.branch, None, pool).unwrap().usage
    }
}

fn taken(label: &str, branch: &str, identifier: Option<&str>) -> (String, String, Option<String>) {
    (label.to_owned(), branch.to_owned(), identifier.map(str::to_owned))
}

#[test]
fn the_addresses_of_a_prefix_count_whoever_made_them() {
    let mut world = World::new();
    world.made("IpamNamespace", json!({ "name": { "value": "lab" } }));
    let prefix = world.lab_prefix("10.0.0.0/29", "address");
    let fields = json!({
        "default_address_type": { "value": "IpamIPAddress" }, "default_prefix_length": { "value": 29 },
    });
    let pool = world.lab_pool("CoreIPAddressPool", fields, &[&prefix]);
    world.relate(json!({ "id": pool, "identifier": "first" }), Store::allocate_address).unwrap();
    world.store.create_branch(NewBranch { name: "branch".to_owned(), ..NewBranch::default() }).unwrap();
    let address = json!({ "address": { "value": "10.0.0.2/29" }, "ip_namespace": { "hfid": ["lab"] } });
    world.on("branch").made("IpamIPAddress", address);

    let first = |branch: &str| taken("10.0.0.1/29", branch, Some("first"));
    assert_eq!(world.taken(&pool, &prefix), [first("branch"), taken("10.0.0.2/29", "branch", None)]);
    let sixth = 1.0 / 6.0 * 100.0;
    let used = world.used(&pool);
    assert_eq!((used.all, used.default_branch), (2.0 / 6.0 * 100.0, sixth));
    assert!((used.branches - sixth).abs() < 1e-9, "{used:?}");
    world.on(MAIN);
    assert_eq!(world.taken(&pool, &prefix), [first(MAIN)]);
    let used = world.store.pool_usage(MAIN, None, &pool).unwrap();
    assert_eq!(used.usage, usage(sixth, 0.0, sixth));
    let resource = &used.resources[0];
    assert_eq!((resource.id.to_string(), &*resource.kind), (prefix.clone(), "IpamIPPrefix"));
    assert_eq!((&*resource.display_label, resource.weight), ("10.0.0.0/29", 6.0), "first and last are none");
    assert_eq!(resource.usage, used.usage);
}

#[test]
fn the_prefixes_of_a_prefix_count_by_their_size() {
    let mut world = World::new();
    world.made("IpamNamespace", json!({ "name": { "value": "lab" } }));
    let (one, two) = (world.lab_prefix("10.0.0.0/24", "prefix"), world.lab_prefix("10.0.1.0/24", "prefix"));
    let fields = json!({ "default_prefix_type": { "value": "IpamIPPrefix" }, "default_prefix_length": { "value": 25 } });
    let pool = world.lab_pool("CoreIPPrefixPool", fields, &[&one, &two]);
    for _ in 0..3 {
        world.relate(json!({ "id": pool }), Store::allocate_prefix).unwrap();
    }
    assert_eq!(
        world.taken(&pool, &one),
        [taken("10.0.0.0/25", MAIN, None), taken("10.0.0.128/25", MAIN, None)]
    );
    assert_eq!(world.used(&pool), usage(75.0, 0.0, 75.0));
    let resources = world.store.pool_usage(MAIN, None, &pool).unwrap().resources;
    let parts: Vec<f64> = resources.iter().map(|resource| resource.usage.all).collect();
    assert_eq!(parts, [100.0, 50.0]);
}

#[test]
fn the_numbers_of_all_branches_count() {
    let mut world = World::new();
    let site = world.site("atl1");
    world.made("IpamNamespace", json!({ "name": { "value": "lab" } }));
    let address = json!({ "address": { "value": "10.3.1.1/32" }, "ip_namespace": { "hfid": ["lab"] } });
    let address = world.made("IpamIPAddress", address);
    let pool = world.made(
        "CoreNumberPool",
        json!({
            "name": { "value": "numbers" }, "node": { "value": "InfraTunnel" },
            "node_attribute": { "value": "tunnel_id" }, "start_range": { "value": 100 }, "end_range": { "value": 103 },
        }),
    );
    let tunnel = |name: &str| {
        json!({
            "name": { "value": name }, "protocol": { "value": "gre" }, "site": { "id": site },
            "address": { "id": address }, "tunnel_id": { "from_pool": { "id": pool } },
        })
    };
    let first = world.made("InfraTunnel", tunnel("t1"));
    world.store.create_branch(NewBranch { name: "branch".to_owned(), ..NewBranch::default() }).unwrap();
    let second = world.on("branch").made("InfraTunnel", tunnel("t2"));
    assert_eq!(
        world.on(MAIN).taken(&pool, "any"),
        [taken("100", MAIN, Some(&first)), taken("101", "branch", Some(&second))]
    );
    assert_eq!(world.used(&pool), usage(50.0, 25.0, 25.0));
    world.update("InfraTunnel", json!({ "id": first, "tunnel_id": { "value": 7 } })).unwrap();
    assert_eq!(world.used(&pool), usage(25.0, 25.0, 0.0), "a number that was overwritten is free");
}

#[test]
fn what_is_no_pool_or_none_of_its_prefixes_is_refused() {
    let mut world = World::new();
    world.made("IpamNamespace", json!({ "name": { "value": "lab" } }));
    let prefix = world.lab_prefix("10.0.0.0/29", "address");
    let other = world.lab_prefix("10.0.1.0/24", "prefix");
    let pool = world.lab_pool("CoreIPPrefixPool", json!({}), &[&other]);
    let refused = refusal(world.store.pool_usage(MAIN, None, &prefix));
    assert_eq!(refused.0, "NODE_NOT_FOUND");
    assert_eq!(refused.2, format!("Unable to find the node {prefix} / ResourcePool in the database."));
    let refused = refusal(world.store.allocated(MAIN, None, &pool, &prefix));
    let expected = format!("The selected pool_id={pool} doesn't contain the requested resource_id={prefix}");
    assert_eq!((refused.1, refused.2), (422, expected));
}
