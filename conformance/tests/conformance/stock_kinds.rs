//! Every kind of the server, stock and demo: counted, listed and got, and decoded on the way.
//!
//! A fresh server has objects of few kinds, so the tests first make one of every kind that can be made.

use infrahub_client::Client;
use infrahub_client::id::{Id, Related};
use infrahub_client::kind::Kind;
use infrahub_client::projection::Projection;
use infrahub_client::value::{IpHost, IpNetwork, Password};
use infrahub_conformance::*;
use serde_json::json;
use tokio::sync::OnceCell;

static MADE: OnceCell<Result<(), String>> = OnceCell::const_new();

/// Counts, lists and gets objects of one kind.
async fn reads<K: Kind + Projection<Kind = K>>() -> Outcome {
    let client = client();
    MADE.get_or_init(async || make(&client).await.map_err(|error| error.to_string())).await.clone()?;
    let some = || client.all::<K>().limit(50);
    let count = some().count().await?;
    let listed = some().await?;
    assert_eq!(listed.is_empty(), count == 0);
    let references: Vec<Related<K>> = some().limit(3).select().await?;
    for reference in references {
        assert!(!reference.typename.is_empty());
        let id: Id<K> = reference.id;
        client.get::<K>().id(id).await?;
    }
    Ok(())
}

macro_rules! every_kind {
    ($($test:ident: $kind:ident,)*) => {
        $(
            #[tokio::test]
            async fn $test() -> Outcome {
                reads::<$kind>().await
            }
        )*
    };
}

include!(concat!(env!("OUT_DIR"), "/every_kind.rs"));

/// Makes an object of every kind that a client can make, except file objects, which need a file.
async fn make(client: &Client) -> Outcome {
    let branch = unique("stock");
    client.branches().create(branch.as_str()).await?;

    let mut batch = client.batch();
    let tag = batch.create(BuiltinTagCreate::new(unique("stock")));
    let group = batch.create(CoreStandardGroupCreate::new(unique("stock")));
    batch.create(CoreGeneratorGroupCreate::new(unique("stock")));
    batch.create(CoreGeneratorAwareGroupCreate::new(unique("stock")));
    batch.create(CoreAccountCreate::new(unique("stock"), Password::new("stock-password")));
    let role = batch.create(CoreAccountRoleCreate::new(unique("stock")));
    batch.create(CoreAccountGroupCreate::new(unique("stock")).roles([&role]));
    batch.create(CoreMenuItemCreate::new(unique("Stock").replace('-', ""), "Stock"));
    batch.create(CorePasswordCredentialCreate::new(unique("stock")).username("admin"));
    batch.create(CoreStaticKeyValueCreate::new("X-Key", unique("stock"), "value"));
    batch.create(CoreEnvKeyValueCreate::new("X-Key", unique("stock"), "STOCK_KEY"));
    let query = "query StockTags { BuiltinTag { count } }";
    let query = batch.create(CoreGraphQLQueryCreate::new(unique("stock"), query));
    batch.create(CoreGraphQLQueryGroupCreate::new(unique("stock"), &query));
    batch.create(CoreNumberPoolCreate::new(100, unique("stock"), "InfraDevice", "asn", 1));

    // inactive: they must not act on what other tests write
    let action = batch.create(CoreGroupActionCreate::new(&group, unique("stock")));
    batch.create(CoreGroupTriggerRuleCreate::new(&action, &group, unique("stock")).active(false));
    let created = CoreNodeTriggerRuleMutationAction::Created;
    let rule = CoreNodeTriggerRuleCreate::new(&action, created, unique("stock"), "BuiltinTag").active(false);
    let rule = batch.create(rule);
    batch.create(CoreNodeTriggerAttributeMatchCreate::new("name", &rule));
    batch.create(CoreNodeTriggerRelationshipMatchCreate::new("member_of_groups", &rule));

    let namespace = batch.create(IpamNamespaceCreate::new(unique("stock")));
    let network: IpNetwork = "10.0.0.0/8".parse()?;
    let prefix = batch.create(IpamIPPrefixCreate::new(network).ip_namespace(&namespace));
    let host: IpHost = "10.0.0.1/8".parse()?;
    batch.create(IpamIPAddressCreate::new(host).ip_namespace(&namespace));
    batch.create(CoreIPPrefixPoolCreate::new(&namespace, unique("stock"), [&prefix]));
    batch.create(CoreIPAddressPoolCreate::new("IpamIPAddress", &namespace, unique("stock"), [&prefix]));

    let change = CoreProposedChangeCreate::new("main", unique("stock"), branch.as_str());
    let change = batch.create(change);
    let thread = batch.create(CoreChangeThreadCreate::new(&change));
    batch.create(CoreObjectThreadCreate::new(&change, "path/to/object"));
    batch.create(CoreArtifactThreadCreate::new(&change));
    batch.create(CoreThreadCommentCreate::new("a comment", &thread));
    batch.create(CoreChangeCommentCreate::new(&change, "a comment"));
    let validator = batch.create(CoreDataValidatorCreate::new(&change));
    batch.create(CoreSchemaValidatorCreate::new(&change));
    batch.create(CoreStandardCheckCreate::new("StockCheck", "origin", &validator));
    batch.create(CoreFileCheckCreate::new("StockCheck", "origin", &validator));
    batch.create(CoreArtifactCheckCreate::new("StockCheck", "origin", &validator));
    let conflicts = || json!([]);
    batch.create(CoreDataCheckCreate::new(conflicts(), "StockCheck", "origin", &validator));
    batch.create(CoreSchemaCheckCreate::new(conflicts(), "StockCheck", "origin", &validator));
    batch.create(CoreGeneratorCheckCreate::new(tag.as_str(), "StockCheck", "origin", &validator));

    let report = batch.run().await;
    let failures: Vec<String> =
        report.failures().map(|(index, error)| format!("write {index}: {error}")).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}
