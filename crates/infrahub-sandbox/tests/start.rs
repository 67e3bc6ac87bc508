//! How sandboxes begin, and that each is by itself.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Outcome, config, demo};
use infrahub_client::Client;
use infrahub_demo_kinds::*;
use infrahub_sandbox::{Sandbox, StartError, stock_schema};
use std::collections::BTreeSet;
use std::path::Path;

const NETWORK: &str = "\
apiVersion: infrahub.app/v1
kind: Object
spec:
  kind: LocationRegion
  data:
    - name: us-east
      children:
        kind: LocationSite
        data:
          - name: atl1
---
apiVersion: infrahub.app/v1
kind: Object
spec:
  kind: InfraDevice
  data:
    - name: leaf-1
      site: atl1
      role: leaf
      interfaces:
        kind: InfraInterfaceL3
        parameters: {expand_range: true}
        data:
          - name: eth[1-4]
";

#[tokio::test(flavor = "multi_thread")]
async fn sandboxes_that_run_at_once_share_nothing() -> Outcome {
    let sandbox = |number: usize| async move {
        let sandbox = Sandbox::start(stock_schema()).await.unwrap();
        let client = Client::new(config(&sandbox)).unwrap();
        let mut batch = client.batch();
        batch.extend((0..=number).map(|tag| BuiltinTagCreate::new(format!("tag-{number}-{tag}"))));
        batch.run().await.into_written().unwrap();
        client.branches().create(format!("branch-{number}")).await.unwrap();
        (sandbox, client)
    };
    let started = futures_util::future::join_all((0..8).map(|number| tokio::spawn(sandbox(number)))).await;
    let mut addresses = BTreeSet::new();
    for (number, started) in started.into_iter().enumerate() {
        let (sandbox, client) = started?;
        let tags = client.all::<BuiltinTag>().await?;
        assert_eq!(tags.len(), number + 1);
        assert!(tags.iter().all(|tag| tag.name.starts_with(&format!("tag-{number}-"))));
        let branches = client.branches().all().await?;
        let branches: Vec<&str> = branches.iter().map(|branch| branch.name.as_str()).collect();
        assert_eq!(branches, ["main", &format!("branch-{number}")]);
        assert!(sandbox.journal().len() >= 3);
        addresses.insert(sandbox.address().to_owned());
    }
    assert_eq!(addresses.len(), 8);
    Ok(())
}

#[tokio::test]
async fn a_sandbox_begins_with_the_objects_of_a_file() -> Outcome {
    let sandbox = Sandbox::builder(demo().schema).objects_text("network.yml", NETWORK).start().await?;
    assert!(sandbox.journal().is_empty());
    let client = Client::new(config(&sandbox))?;
    let device: InfraDevice = client.get().hfid(["leaf-1"]).await?;
    assert_eq!(device.role, Some(InfraDeviceRole::Leaf));
    assert_eq!(device.site.display_label.as_deref(), Some("atl1"));
    let mut ports: Vec<String> =
        client.all::<InfraInterfaceL3>().await?.into_iter().map(|port| port.name).collect();
    ports.sort();
    assert_eq!(ports, ["eth1", "eth2", "eth3", "eth4"]);
    Ok(())
}

/// Objects that a program has as typed values are written through its client, and a snapshot keeps them.
#[tokio::test]
async fn each_test_begins_with_what_was_written_before_the_snapshot() -> Outcome {
    let sandbox = Sandbox::builder(demo().schema).objects_text("network.yml", NETWORK).start().await?;
    let client = Client::new(config(&sandbox))?;
    client.create(BuiltinTagCreate::new("blue")).await?;
    let seeded = sandbox.snapshot();
    for _ in 0..2 {
        client.create(BuiltinTagCreate::new("red")).await?;
        assert_eq!(client.all::<BuiltinTag>().count().await?, 2);
        sandbox.restore(&seeded);
    }
    assert_eq!(client.all::<BuiltinTag>().count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn objects_that_cannot_be_are_an_error_with_their_place() {
    let wrong = NETWORK.replace("role: leaf", "role: leef");
    let started = Sandbox::builder(demo().schema).objects_text("network.yml", wrong).start().await;
    let error = started.unwrap_err();
    assert!(matches!(error, StartError::Objects(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with("network.yml, line 19: InfraDevice.role: leef "), "{text}");
    let started = Sandbox::builder(stock_schema()).objects(Path::new("no/such/folder")).start().await;
    assert!(matches!(started, Err(StartError::Objects(_))));
}

#[tokio::test]
#[should_panic(expected = "the snapshot of another sandbox")]
async fn a_snapshot_is_of_its_own_sandbox() {
    let [one, other] =
        [Sandbox::start(stock_schema()).await.unwrap(), Sandbox::start(stock_schema()).await.unwrap()];
    other.restore(&one.snapshot());
}

#[tokio::test]
async fn a_port_that_cannot_be_had_is_an_error_that_helps() {
    let sandbox = Sandbox::start(stock_schema()).await.unwrap();
    let port = sandbox.address().rsplit(':').next().unwrap().parse().unwrap();
    let error = Sandbox::builder(stock_schema()).port(port).start().await.unwrap_err().to_string();
    assert!(error.ends_with("name another port, or 0 for any that is free"), "{error}");
    let elsewhere = "192.0.2.1".parse().unwrap();
    let error = Sandbox::builder(stock_schema()).listen(elsewhere).start().await.unwrap_err().to_string();
    assert!(error.ends_with("name an address of this machine"), "{error}");
}
