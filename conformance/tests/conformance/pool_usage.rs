//! What was taken from a pool, and how much of it is used.

use infrahub_client::branches::Branch;
use infrahub_client::id::Id;
use infrahub_client::pool::from_pool;
use infrahub_client::value::{IpHost, IpNetwork};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use serde_json::{Value, json};

/// Label, branch and identifier of what a branch has of a pool.
async fn allocated(client: &Client, pool: &str, resource: &str, limit: usize) -> Result<Value, Error> {
    let document = "query Allocated($pool: String!, $resource: String!, $limit: Int) {
        InfrahubResourcePoolAllocated(pool_id: $pool, resource_id: $resource, limit: $limit) {
            count edges { node { display_label branch identifier } }
        }
    }";
    let variables = json!({ "pool": pool, "resource": resource, "limit": limit });
    let mut data = execute(client, document, variables).await?;
    Ok(data["InfrahubResourcePoolAllocated"].take())
}

/// How much of a pool and of its resources is used, as a branch sees it.
async fn used(client: &Client, pool: &str) -> Result<Value, Error> {
    let document = "query Used($pool: String!) {
        InfrahubResourcePoolUtilization(pool_id: $pool) {
            count utilization utilization_branches utilization_default_branch
            edges { node {
                kind display_label weight utilization utilization_branches utilization_default_branch
            } }
        }
    }";
    let mut data = execute(client, document, json!({ "pool": pool })).await?;
    Ok(data["InfrahubResourcePoolUtilization"].take())
}

/// The answer of [`used`] for a pool of one resource.
fn of_one(kind: &str, label: &str, weight: i64, all: f64, branches: f64, default_branch: f64) -> Value {
    let usage = json!({
        "utilization": all, "utilization_branches": branches, "utilization_default_branch": default_branch,
    });
    let mut node = usage.clone();
    node["kind"] = kind.into();
    node["display_label"] = label.into();
    node["weight"] = weight.into();
    let mut pool = usage;
    pool["count"] = 1.into();
    pool["edges"] = json!([{ "node": node }]);
    pool
}

async fn branch(client: &Client) -> Result<Branch, Error> {
    client.branches().create(unique("branch")).await
}

#[tokio::test]
async fn the_addresses_of_a_prefix_count_whoever_made_them() -> Outcome {
    let client = client();
    let namespace = client.create(IpamNamespaceCreate::new(unique("namespace"))).await?;
    let prefix = IpamIPPrefixCreate::new("10.20.0.0/30".parse::<IpNetwork>()?).ip_namespace(&namespace);
    let prefix = client.create(prefix.member_type(BuiltinIPPrefixMemberType::Address)).await?;
    let create = CoreIPAddressPoolCreate::new("IpamIPAddress", &namespace, unique("pool"), [&prefix]);
    let pool = client.create(create.default_prefix_length(30)).await?;
    client.allocate::<IpamIPAddress, _, _>(from_pool(&pool.id).identifier("first")).await?;
    let branch = branch(&client).await?;
    let on_branch = client.on(&branch);
    let second = IpamIPAddressCreate::new("10.20.0.2/30".parse::<IpHost>()?).ip_namespace(&namespace);
    on_branch.create(second).await?;

    let (pool, prefix) = (pool.id.to_string(), prefix.id.to_string());
    let edge = |label: &str, branch: &str, identifier: Option<&str>| json!({ "node": { "display_label": label, "branch": branch, "identifier": identifier } });
    let found = allocated(&on_branch, &pool, &prefix, 10).await?;
    let edges = [edge("10.20.0.1/30", &branch.name, Some("first")), edge("10.20.0.2/30", &branch.name, None)];
    assert_eq!(found, json!({ "count": 2, "edges": edges }));
    let page = allocated(&on_branch, &pool, &prefix, 1).await?;
    assert_eq!(page, json!({ "count": 2, "edges": [edges[0]] }));
    let found = allocated(&client, &pool, &prefix, 10).await?;
    assert_eq!(found, json!({ "count": 1, "edges": [edge("10.20.0.1/30", "main", Some("first"))] }));
    let of = |all, branches, default| of_one("IpamIPPrefix", "10.20.0.0/30", 2, all, branches, default);
    assert_eq!(used(&on_branch, &pool).await?, of(100.0, 50.0, 50.0));
    assert_eq!(used(&client, &pool).await?, of(50.0, 0.0, 50.0));

    let none = refused_message(allocated(&client, &pool, &pool, 10).await);
    let expected = format!("The selected pool_id={pool} doesn't contain the requested resource_id={pool}");
    assert_eq!(none, expected);
    let none = refused_message(used(&client, &prefix).await);
    assert_eq!(none, format!("Unable to find the node {prefix} / ResourcePool in the database."));
    client.branches().delete(&branch).await?;
    Ok(())
}

fn refused_message(outcome: Result<Value, Error>) -> String {
    match outcome {
        Err(Error::GraphQl { errors, .. }) => errors.iter().map(|error| error.message()).collect(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn the_numbers_of_all_branches_count() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let namespace = client.create(IpamNamespaceCreate::new(unique("namespace"))).await?;
    let address = IpamIPAddressCreate::new("10.21.0.1/32".parse::<IpHost>()?).ip_namespace(&namespace);
    let address = client.create(address).await?;
    let name = unique("numbers");
    let numbers = CoreNumberPoolCreate::new(103, name.as_str(), "InfraTunnel", "tunnel_id", 100);
    let numbers: Id<CoreNumberPool> = client.create(numbers).await?.id;
    let tunnel = || {
        let gre = InfraTunnelProtocol::Gre;
        InfraTunnelCreate::new(&address, unique("tunnel"), gre, &site, from_pool(&numbers))
    };
    let first = client.create(tunnel()).await?;
    let branch = branch(&client).await?;
    let second = client.on(&branch).create(tunnel()).await?;

    let numbers = numbers.to_string();
    let found = allocated(&client, &numbers, "any", 10).await?;
    let edges = [
        json!({ "node": { "display_label": "100", "branch": "main", "identifier": first.id } }),
        json!({ "node": { "display_label": "101", "branch": branch.name, "identifier": second.id } }),
    ];
    assert_eq!(found, json!({ "count": 2, "edges": edges }));
    assert_eq!(used(&client, &numbers).await?, of_one("CoreNumberPool", &name, 1, 50.0, 25.0, 25.0));
    client.branches().delete(&branch).await?;
    Ok(())
}
