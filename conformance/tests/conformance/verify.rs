//! The handshake between a compiled program and a branch.

use infrahub_client::schema::{Documents, SchemaPolicy};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;

/// What breaks a program, and no object that other tests may make meanwhile.
const CHANGE: &str = "\
version: '1.0'
nodes:
  - name: Platform
    namespace: Infra
    attributes:
      - {name: type, kind: Text, enum: [eos, ios_xr, junos, sros], optional: true}
";

#[tokio::test]
async fn a_branch_of_the_compiled_schema_costs_one_small_request() -> Outcome {
    // The server under test need not be the one that the snapshot is from: then its schema is read once.
    for policy in [SchemaPolicy::Warn, SchemaPolicy::Refuse] {
        let client = Client::new(config().with_schema(SCHEMA).with_schema_policy(policy))?;
        client.verify().await?;
        client.all::<BuiltinTag>().limit(1).await?;
        let before = client.counters().requests;
        client.all::<BuiltinTag>().limit(1).await?;
        assert_eq!(client.counters().requests - before, 1, "a branch is asked once");
    }
    let client = Client::new(config().with_schema(SCHEMA).with_schema_policy(SchemaPolicy::Ignore))?;
    client.all::<BuiltinTag>().limit(1).await?;
    assert_eq!(client.counters().requests, 1, "it costs nothing where it is off");
    Ok(())
}

#[tokio::test]
async fn a_branch_with_another_schema_is_refused_by_kind_and_field() -> Outcome {
    let plain = client();
    let branch = plain.branches().create(unique("verify")).await?;
    let on = plain.on(&branch);
    on.schema().load(&Documents::new().text("change.yml", CHANGE)?).await?;
    on.schema().wait_until_converged().await?;

    let client = Client::new(config().with_schema(SCHEMA).with_schema_policy(SchemaPolicy::Refuse))?;
    let error = client.on(&branch).create(BuiltinTagCreate::new(unique("tag"))).await.unwrap_err();
    let Error::SchemaDrift { branch: named, differences, .. } = &error else { panic!("{error}") };
    assert_eq!(named, &branch.name);
    let changed = differences.iter().find(|difference| difference.field.as_deref() == Some("type"));
    assert_eq!(changed.and_then(|it| it.kind.as_deref()), Some("InfraPlatform"), "{differences:?}");
    assert!(!error.may_have_run());
    // The branch that serves what was compiled is free of it, and so is a program that only wants to be told.
    client.create(BuiltinTagCreate::new(unique("tag"))).await?;
    let client = Client::new(config().with_schema(SCHEMA))?;
    client.on(&branch).all::<BuiltinTag>().limit(1).await?;
    assert!(matches!(client.on(&branch).verify().await, Err(Error::SchemaDrift { .. })));

    plain.branches().delete(&branch).await?;
    Ok(())
}
