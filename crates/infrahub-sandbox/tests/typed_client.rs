//! The typed client against the sandbox, as a program uses it.

#![allow(clippy::unwrap_used)]
#![allow(deprecated, reason = "the demo schema has a deprecated attribute")]

mod common;

use common::{Outcome, config, demo, device, execute, refused, site, started};
use infrahub_client::branches::BranchStatus;
use infrahub_client::id::{Hfid, Id};
use infrahub_client::kind::Node;
use infrahub_client::value::IpHost;
use infrahub_client::{Client, Error, ErrorCode};
use infrahub_demo_kinds::*;
use infrahub_sandbox::Sandbox;
use serde_json::json;
use std::num::NonZeroU32;
use std::time::Duration;

#[tokio::test]
async fn a_created_object_is_read_back_with_every_value() -> Outcome {
    let (_sandbox, client) = started().await;
    let site = site(&client, "atl1").await?;
    let created: InfraDevice = client
        .create(
            InfraDeviceCreate::new("leaf-1", &site)
                .role(InfraDeviceRole::Leaf)
                .height(2)
                .asn(4_200_000_001_i64)
                .loopback("10.0.0.1".parse::<IpHost>()?)
                .r#virtual(true)
                .labels(vec![json!("blue"), json!(7)])
                .facts(json!({ "uptime": 12, "cards": ["a"] })),
        )
        .select()
        .await?;
    let read: InfraDevice = client.get().id(created.id()).await?;
    assert_eq!(read, created);
    assert_eq!((read.name.as_str(), read.role), ("leaf-1", Some(InfraDeviceRole::Leaf)));
    assert_eq!(read.hfid, Some(vec!["leaf-1".to_owned()]));
    assert_eq!(read.status, Some(InfraDeviceStatus::Active), "the default");
    assert_eq!(read.loopback.map(|host| host.to_string()).as_deref(), Some("10.0.0.1/32"));
    assert_eq!(read.labels, Some(vec![json!("blue"), json!(7)]));
    assert_eq!(read.fqdn.as_deref(), Some("leaf-1.atl1.example.net"), "computed");
    assert_eq!(read.site.id, *site.id());
    Ok(())
}

#[tokio::test]
async fn an_object_is_found_by_id_hfid_and_filter_or_it_is_missing() -> Outcome {
    let (_sandbox, client) = started().await;
    let device = device(&client, "leaf-1").await?;
    let by_id: InfraDevice = client.get().id(device.id()).await?;
    let by_hfid: InfraDevice = client.get().hfid(["leaf-1"]).await?;
    let by_filter: InfraDevice = client.get().filter(InfraDevice::NAME.eq("leaf-1")).await?;
    assert_eq!((&by_id, &by_hfid, &by_filter), (&device, &device, &device));
    let missing = client.get::<BuiltinTag>().id(Id::generate()).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    Ok(())
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged() -> Outcome {
    let (_sandbox, client) = started().await;
    let mut batch = client.batch();
    batch.extend((0..25).map(|number| BuiltinTagCreate::new(format!("page-{number:02}"))));
    batch.run().await.into_written()?;
    client.create(BuiltinTagCreate::new("other")).await?;
    let pages = || {
        let read = client.all::<BuiltinTag>().filter(BuiltinTag::NAME.eq("page")).partial_match();
        read.order_by(BuiltinTag::NAME.desc()).page_size(NonZeroU32::new(7).unwrap())
    };
    let names: Vec<String> = pages().await?.into_iter().map(|tag| tag.name).collect();
    let expected: Vec<String> = (0..25).rev().map(|number| format!("page-{number:02}")).collect();
    assert_eq!(names, expected);
    assert_eq!(pages().offset(20).limit(10).await?.len(), 5);
    assert_eq!(client.all::<BuiltinTag>().count().await?, 26);

    let site = site(&client, "atl1").await?;
    client.create(InfraDeviceCreate::new("leaf-1", &site).role(InfraDeviceRole::Leaf).asn(1)).await?;
    client.create(InfraDeviceCreate::new("leaf-2", &site).role(InfraDeviceRole::Leaf).height(2)).await?;
    client.create(InfraDeviceCreate::new("spine-1", &site).role(InfraDeviceRole::Spine)).await?;
    let read = client.all::<InfraDevice>().filter(InfraDevice::ROLE.eq(InfraDeviceRole::Leaf));
    let read = read.filter(InfraDevice::SITE.then(LocationSite::NAME).is_in(["atl1"]));
    let names: Vec<String> =
        read.order_by(InfraDevice::NAME.asc()).await?.into_iter().map(|device| device.name).collect();
    assert_eq!(names, ["leaf-1", "leaf-2"]);
    let read = client.all::<InfraDevice>().filter(InfraDevice::ASN.is_null());
    assert_eq!(read.count().await?, 2);
    Ok(())
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_nothing_else() -> Outcome {
    let (_sandbox, client) = started().await;
    let site = site(&client, "atl1").await?;
    let create = InfraDeviceCreate::new("leaf-1", &site).description("keep").asn(65_000).height(3);
    let device: InfraDevice = client.create(create).select().await?;
    let update = InfraDeviceUpdate::new().role(InfraDeviceRole::Edge).clear_asn();
    let updated: InfraDevice = client.update(&device).set(update).select().await?;
    let mut expected = device.clone();
    (expected.role, expected.asn) = (Some(InfraDeviceRole::Edge), None);
    assert_eq!(updated, expected);
    let reset = InfraDeviceUpdate::new().reset_height();
    let reset: InfraDevice = client.update(&Hfid::<InfraDevice>::new(["leaf-1"])).set(reset).select().await?;
    assert_eq!(reset.height, Some(1), "back at the schema's default");
    Ok(())
}

#[tokio::test]
async fn an_upsert_creates_once_and_updates_afterwards() -> Outcome {
    let (_sandbox, client) = started().await;
    let site = site(&client, "atl1").await?;
    let create = || InfraDeviceCreate::new("leaf-1", &site);
    let first = client.upsert(create().description("first")).await?;
    let second = client.upsert(create().description("second")).select::<InfraDevice>().await?;
    assert_eq!(first.id, second.id);
    assert_eq!(second.description.as_deref(), Some("second"));
    assert_eq!(client.all::<InfraDevice>().count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_deleted_object_is_gone_with_its_components() -> Outcome {
    let (_sandbox, client) = started().await;
    let device = device(&client, "leaf-1").await?;
    let interface = client.create(InfraInterfaceL2Create::new(&device, "eth0")).await?;
    let error = client.delete(&device.site).await.expect_err("the device needs its site");
    assert_eq!(error.code().map(ErrorCode::as_str), Some("ATTRIBUTE_CONSTRAINT_VIOLATION"), "{error}");
    client.delete(&device).await?;
    assert!(client.get::<InfraDevice>().id(device.id()).optional().await?.is_none());
    assert!(client.get::<InfraInterfaceL2>().id(&interface.id).optional().await?.is_none());
    let error = client.delete(&device).await.expect_err("it is gone");
    assert_eq!(error.code(), Some(&ErrorCode::NodeNotFound), "{error}");
    Ok(())
}

#[tokio::test]
async fn relationships_are_read_changed_and_replaced() -> Outcome {
    let (_sandbox, client) = started().await;
    let device = device(&client, "leaf-1").await?;
    for port in ["eth1", "eth0"] {
        client.create(InfraInterfaceL2Create::new(&device, port)).await?;
    }
    client.create(InfraInterfaceL3Create::new(&device, "lo0")).await?;
    let ports = client.peers(&device, InfraDevice::INTERFACES).order_by(InfraInterface::NAME.asc()).await?;
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["eth0", "eth1", "lo0"]);
    assert_eq!(
        client.peer(&device, InfraDevice::SITE).await?.map(|site| site.id),
        Some(device.site.id.clone())
    );

    let mut tags = Vec::new();
    for name in ["a", "b", "c"] {
        tags.push(client.create(BuiltinTagCreate::new(name)).select::<BuiltinTag>().await?);
    }
    let read = async || -> Result<Vec<String>, Error> {
        let tags = client.peers(&device, InfraDevice::TAGS).order_by(BuiltinTag::NAME.asc()).await?;
        Ok(tags.into_iter().map(|tag| tag.name).collect())
    };
    client.relationship(&device, InfraDevice::TAGS).add([&tags[0], &tags[1]]).await?;
    assert_eq!(read().await?, ["a", "b"]);
    client.relationship(&device, InfraDevice::TAGS).remove([&tags[0]]).await?;
    assert_eq!(read().await?, ["b"]);
    client.relationship(&device, InfraDevice::TAGS).replace([&tags[0], &tags[2]]).await?;
    assert_eq!(read().await?, ["a", "c"]);
    client.update(&device).set(InfraDeviceUpdate::new().clear_tags()).await?;
    assert!(read().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn one_bad_write_of_a_batch_hides_no_other() -> Outcome {
    let (_sandbox, client) = started().await;
    let mut batch = client.batch();
    for name in ["a", "b", "b", "c"] {
        batch.create(BuiltinTagCreate::new(name));
    }
    let report = batch.run().await;
    let failures: Vec<_> =
        report.failures().map(|(index, error)| (index, error.is_uniqueness_violation())).collect();
    assert_eq!(failures, [(2, true)]);
    assert_eq!(client.all::<BuiltinTag>().count().await?, 3);

    let mut batch = client.batch();
    let region = batch.create(LocationRegionCreate::new("emea"));
    let site = batch.create(LocationSiteCreate::new("ams1", &region));
    let device = batch.create(InfraDeviceCreate::new("leaf-1", &site));
    batch.extend(["eth0", "eth1"].map(|port| InfraInterfaceL2Create::new(&device, port)));
    batch.run().await.into_written()?;
    let device: InfraDevice = client.get().id(&device).await?;
    assert_eq!(client.peers(&device, InfraDevice::INTERFACES).count().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_branch_is_created_changed_merged_and_deleted() -> Outcome {
    let (_sandbox, client) = started().await;
    let branches = client.branches();
    let branch = branches.create("change/1").description("first").await?;
    assert_eq!((branch.description.as_deref(), &branch.status), (Some("first"), &BranchStatus::Open));
    let again = branches.create("change/1").await.unwrap_err();
    assert!(again.to_string().contains("The branch change/1 already exists"), "{again}");

    let on_branch = client.on(&branch);
    let tag = on_branch.create(BuiltinTagCreate::new("blue")).await?;
    let count = async |client: &Client| client.all::<BuiltinTag>().count().await;
    assert_eq!((count(&on_branch).await?, count(&client).await?), (1, 0));
    branches.validate(&branch).await?;
    branches.rebase(&branch).await?;
    let merged = branches.merge(&branch).await?.ok_or("the branch is gone")?;
    assert_eq!(merged.status, BranchStatus::Merged);
    assert_eq!(client.get::<BuiltinTag>().id(&tag.id).await?.name, "blue");
    let write = on_branch.create(BuiltinTagCreate::new("red")).await.unwrap_err();
    assert_eq!(write.code(), Some(&ErrorCode::BranchAlreadyMerged), "{write}");
    branches.delete(&branch).await?;
    assert!(matches!(branches.get("change/1").await, Err(Error::NotFound { .. })));
    let error = refused(&client.on("nowhere"), "{ BuiltinTag { count } }", json!({})).await;
    assert_eq!(error.code(), Some(&ErrorCode::BranchNotFound));
    Ok(())
}

#[tokio::test]
async fn a_name_that_git_could_not_have_fails_in_the_job() -> Outcome {
    let (_sandbox, client) = started().await;
    let error = client.branches().create("no spaces").start().await?.wait().await.unwrap_err();
    assert!(matches!(error, Error::JobFailed { .. }), "{error:?}");
    assert!(error.to_string().contains("invalid patterns or characters"), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_errors_of_a_write_say_what_is_wrong() -> Outcome {
    let (_sandbox, client) = started().await;
    let site = site(&client, "atl1").await?;
    for create in [
        InfraDeviceCreate::new("UPPER CASE", &site),
        InfraDeviceCreate::new("leaf-1", &site).height(61),
        InfraDeviceCreate::new("leaf-1", &site).role(InfraDeviceRole::Other("no-such-role".to_owned())),
        InfraDeviceCreate::new("leaf-1", &site).console_speed(300),
    ] {
        let error = client.create(create).await.expect_err("the schema forbids it");
        assert!(matches!(error, Error::GraphQl { .. }) && !error.is_retryable(), "{error}");
    }
    let error = refused(&client, "mutation { BuiltinTagCreate(data: {}) { ok } }", json!({})).await;
    assert_eq!(error.code(), Some(&ErrorCode::AttributeRequired));
    assert_eq!(error.graphql_errors()[0].root(), Some("BuiltinTagCreate"));
    assert!(!error.may_have_run(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn mutations_of_a_document_succeed_and_fail_each_on_its_own() -> Outcome {
    let (_sandbox, client) = started().await;
    let document = "mutation Both($name: String!) { \
        good: BuiltinTagCreate(data: { name: { value: $name } }) { ok } \
        bad: BuiltinTagCreate(data: {}) { ok } }";
    let error = refused(&client, document, json!({ "name": "good" })).await;
    assert!(error.may_have_run(), "the other mutation of the document did run: {error:?}");
    let Error::GraphQl { data: Some(data), .. } = error else { panic!("{error:?}") };
    let data: serde_json::Value = serde_json::from_str(data.get())?;
    assert_eq!(data, json!({ "good": { "ok": true }, "bad": null }));
    let error =
        refused(&client, "{ good: BuiltinTag { count } bad: BuiltinTag(limit: -1) { count } }", json!({}))
            .await;
    assert!(matches!(&error, Error::GraphQl { data: None, .. }), "{error:?}");
    assert!(error.to_string().contains("non-negative"), "{error}");
    Ok(())
}

#[tokio::test]
async fn null_and_absent_are_two_things() -> Outcome {
    let (_sandbox, client) = started().await;
    client.create(BuiltinTagCreate::new("blue")).await?;
    let by_ids = "query ($ids: [ID]) { BuiltinTag(ids: $ids) { count } }";
    assert_eq!(execute(&client, by_ids, json!({ "ids": null })).await?["BuiltinTag"]["count"], 0);
    assert_eq!(execute(&client, by_ids, json!({})).await?["BuiltinTag"]["count"], 1);
    let by_name = "query ($name: String) { BuiltinTag(name__value: $name) { count } }";
    assert_eq!(execute(&client, by_name, json!({ "name": null })).await?["BuiltinTag"]["count"], 1);
    let create = "mutation ($name: String!, $text: String) { BuiltinTagCreate(data: { name: { value: $name }, \
        description: { value: $text } }) { object { description { value is_default } } } }";
    let made = execute(&client, create, json!({ "name": "red" })).await?;
    assert_eq!(made["BuiltinTagCreate"]["object"]["description"]["value"], json!(null));
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_said_in_the_words_of_the_server() -> Outcome {
    let (_sandbox, client) = started().await;
    for (document, variables, words) in [
        ("{ BuiltinTag { zone } }", json!({}), "Cannot query field 'zone' on type 'PaginatedBuiltinTag'."),
        ("{ NoSuchKind { count } }", json!({}), "Cannot query field 'NoSuchKind' on type 'Query'."),
        (
            "{ BuiltinTag(zone: 1) { count } }",
            json!({}),
            "Unknown argument 'zone' on field 'Query.BuiltinTag'.",
        ),
        (
            "mutation { BuiltinTagCreate(data: { zone: 1 }) { ok } }",
            json!({}),
            "Field 'zone' is not defined by type 'BuiltinTagCreateInput'.",
        ),
        (
            "query ($name: String!) { BuiltinTag(name__value: $name) { count } }",
            json!({}),
            "Variable '$name' of required type 'String!' was not provided.",
        ),
    ] {
        let error = refused(&client, document, variables).await;
        assert_eq!(error.graphql_errors()[0].message(), words, "{document}");
        assert_eq!(error.graphql_errors()[0].http_status(), Some(500), "{document}");
    }
    let error = refused(&client, "mutation {", json!({})).await;
    assert!(matches!(error, Error::Http { status: 500, .. }), "{error:?}");
    let error = refused(&client, "{ InfrahubPermissions { global_permissions { count } } }", json!({})).await;
    assert!(error.to_string().contains("The sandbox lacks the field `InfrahubPermissions`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn who_calls_matters() -> Outcome {
    let (sandbox, client) = started().await;
    let anonymous = Client::new(infrahub_client::Config::new(sandbox.address()))?;
    execute(&anonymous, "{ BuiltinTag { count } }", json!({})).await?;
    let error = anonymous.create(BuiltinTagCreate::new("blue")).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }), "{error:?}");
    let wrong = Client::new(config(&sandbox).with_api_token("no-such-token"))?;
    let error = refused(&wrong, "{ BuiltinTag { count } }", json!({})).await;
    assert!(matches!(error, Error::Authentication { .. }), "{error:?}");

    let address = infrahub_client::Config::new(sandbox.address());
    let login = Client::new(address.with_login("admin", "infrahub"))?;
    let profile = "{ AccountProfile { id name { value } } }";
    assert_eq!(execute(&login, profile, json!({})).await?["AccountProfile"]["name"]["value"], "admin");
    sandbox.expire_access_tokens();
    assert_eq!(execute(&login, profile, json!({})).await?, execute(&client, profile, json!({})).await?);
    assert_eq!(login.counters().logins, 2, "the token was renewed");
    Ok(())
}

#[tokio::test]
async fn faults_are_met_and_the_journal_tells_of_them() -> Outcome {
    use infrahub_sandbox::Fault;
    let (sandbox, client) = started().await;
    for fault in [
        Fault::Status(503),
        Fault::Shed { retry_after: 0 },
        Fault::RateLimited { retry_after: 0 },
        Fault::ConnectionClosed,
        Fault::AnswerLost,
        Fault::BodyCut,
        Fault::Latency(Duration::from_millis(20)),
    ] {
        sandbox.clear_journal();
        sandbox.fail_next_on("/graphql", 1, fault.clone());
        let count = client.all::<BuiltinTag>().count().await;
        assert_eq!(count.map_err(|error| format!("{fault:?}: {error}"))?, 0);
        let expected = if matches!(fault, Fault::Latency(_)) { 1 } else { 2 };
        assert_eq!(sandbox.journal().len(), expected, "{fault:?}");
    }
    sandbox.clear_journal();
    sandbox.fail_next(1, Fault::AnswerLost);
    client.create(BuiltinTagCreate::new("once")).await?;
    assert_eq!(client.all::<BuiltinTag>().count().await?, 1, "made once though it was sent twice");
    let journal = sandbox.journal();
    assert_eq!(journal[0].status, None);
    assert!(journal[0].document.as_deref().is_some_and(|text| text.contains("BuiltinTagCreate")));
    sandbox.fail_always(Fault::MalformedJson);
    assert!(client.all::<BuiltinTag>().count().await.is_err());
    sandbox.heal();
    assert_eq!(client.all::<BuiltinTag>().count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_sandbox_goes_back_to_what_it_held() -> Outcome {
    let (sandbox, client) = started().await;
    client.create(BuiltinTagCreate::new("kept")).await?;
    let snapshot = sandbox.snapshot();
    client.create(BuiltinTagCreate::new("gone")).await?;
    client.branches().create("gone").await?;
    sandbox.restore(&snapshot);
    assert_eq!(client.all::<BuiltinTag>().count().await?, 1);
    assert_eq!(client.branches().all().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_past_is_read_as_it_was() -> Outcome {
    let (_sandbox, client) = started().await;
    let tag = client.create(BuiltinTagCreate::new("tag").description("before")).await?;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let then = jiff::Timestamp::now();
    tokio::time::sleep(Duration::from_millis(5)).await;
    client.update(&tag).set(BuiltinTagUpdate::new().description("after")).await?;
    let past: BuiltinTag = client.at(then).get().id(&tag.id).await?;
    assert_eq!(past.description.as_deref(), Some("before"));
    Ok(())
}

#[tokio::test]
async fn generics_metadata_and_hierarchies_are_read() -> Outcome {
    let (_sandbox, client) = started().await;
    let device = device(&client, "leaf-1").await?;
    client.create(InfraInterfaceL2Create::new(&device, "eth0")).await?;
    client.create(InfraInterfaceL3Create::new(&device, "lo0")).await?;
    let document = "{ InfraInterface(order: {by: [{field: \"name__value\"}]}) { count permissions { edges { node { update } } }
        edges { node_metadata { created_by { display_label } updated_at }
        node { __typename name { value is_default updated_by { id } } ... on InfraInterfaceL2 { mode { value label } }
        device { node { id hfid site { node { __typename name { value } parent { node { __typename id } } } } }
        properties { is_protected } } } } } }";
    let found = execute(&client, document, json!({})).await?;
    let page = &found["InfraInterface"];
    assert_eq!(
        (&page["count"], &page["permissions"]["edges"][0]["node"]["update"]),
        (&json!(2), &json!("ALLOW"))
    );
    let (l2, l3) = (&page["edges"][0], &page["edges"][1]);
    assert_eq!(l2["node"]["mode"], json!({ "value": "access", "label": "Access" }));
    assert_eq!(
        (&l2["node"]["__typename"], &l3["node"]["__typename"]),
        (&json!("InfraInterfaceL2"), &json!("InfraInterfaceL3"))
    );
    assert!(l3["node"].get("mode").is_none());
    assert_eq!(l2["node_metadata"]["created_by"]["display_label"], "Admin");
    let peer = &l2["node"]["device"];
    assert_eq!(peer["node"]["hfid"], json!([]), "the server loses it beside the properties");
    assert_eq!(peer["node"]["site"]["node"]["parent"]["node"]["__typename"], "LocationRegion");

    let document =
        "{ LocationRegion { edges { node { descendants { count edges { node { display_label } } } } } } }";
    let found = execute(&client, document, json!({})).await?;
    assert_eq!(found["LocationRegion"]["edges"][0]["node"]["descendants"]["count"], 1);
    Ok(())
}

#[tokio::test]
async fn what_the_server_stumbles_over_is_an_error_here_too() -> Outcome {
    let (_sandbox, client) = started().await;
    site(&client, "atl1").await?;
    let error = refused(
        &client,
        "{ LocationSite { edges { node { id tags { permissions { count } } } } } }",
        json!({}),
    )
    .await;
    let Error::GraphQl { data: Some(data), errors, .. } = &error else { panic!("{error:?}") };
    assert_eq!(errors[0].message(), "'permissions'");
    let data: serde_json::Value = serde_json::from_str(data.get())?;
    assert_eq!(data, json!({ "LocationSite": { "edges": [{ "node": null }] } }));
    let error =
        refused(&client, "{ LocationSite { edges { node { parent { node { id } } } } } }", json!({})).await;
    assert!(error.to_string().contains("Unable to identify the type"), "{error}");
    let nested = "{ LocationSite { edges { node { parent { node { ... on LocationRegion { id \
        ... on LocationGeneric { name { value } } } } } } } } }";
    let error = refused(&client, nested, json!({})).await;
    assert!(matches!(error, Error::Http { status: 500, .. }), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn the_directive_expand_adds_type_id_and_attributes() -> Outcome {
    let (_sandbox, client) = started().await;
    let tag = client.create(BuiltinTagCreate::new("red").description("a colour")).await?;
    let document =
        "query Tags { BuiltinTag { edges { node @expand(exclude: [\"description\"]) { name { value } } } } }";
    let found = execute(&client, document, json!({})).await?;
    let node = json!({
        "__typename": "BuiltinTag", "id": tag.id,
        "name": { "value": "red", "is_default": false, "is_from_profile": false },
    });
    assert_eq!(found["BuiltinTag"]["edges"][0]["node"], node);
    let elsewhere = "{ BuiltinTag { edges @expand { node { ... on CoreNode @expand { id } } } } }";
    let found = execute(&client, elsewhere, json!({})).await?;
    let edge = json!({ "__typename": "EdgedBuiltinTag", "node": { "id": tag.id } });
    assert_eq!(found["BuiltinTag"]["edges"], json!([edge]));
    Ok(())
}

#[tokio::test]
async fn the_permissions_of_a_generic_are_told_with_those_of_its_kinds() -> Outcome {
    let (_sandbox, client) = started().await;
    let document = "{ InfraInterface { permissions { count edges { node { kind create } } } } }";
    let found = execute(&client, document, json!({})).await?;
    let node = |kind: &str| json!({ "node": { "kind": kind, "create": "ALLOW" } });
    let edges = ["InfraInterface", "InfraInterfaceL2", "InfraInterfaceL3"].map(node);
    assert_eq!(found["InfraInterface"]["permissions"], json!({ "count": 3, "edges": edges }));
    Ok(())
}

#[tokio::test]
async fn a_task_takes_a_while_unless_it_should_not() -> Outcome {
    let create = "mutation ($name: String!) { BranchCreate(data: {name: $name}, wait_until_completion: false) { \
        ok object { name } task { id } } }";
    let task = "query ($ids: [String]) { InfrahubTask(ids: $ids) { edges { node { state conclusion } } } \
        InfrahubTaskBranchStatus(branch: \"change\") { count } }";
    for (duration, state, running) in
        [(Duration::from_secs(60), "RUNNING", 1), (Duration::ZERO, "COMPLETED", 0)]
    {
        let sandbox = Sandbox::builder(demo().schema).task_duration(duration).start().await?;
        let client = Client::new(config(&sandbox))?;
        let started = execute(&client, create, json!({ "name": "change" })).await?;
        let found = execute(&client, task, json!({ "ids": [started["BranchCreate"]["task"]["id"]] })).await?;
        assert_eq!(found["InfrahubTask"]["edges"][0]["node"]["state"], state);
        assert_eq!(found["InfrahubTaskBranchStatus"]["count"], running);
        assert_eq!(client.branches().all().await?.len(), 2 - running);
    }
    Ok(())
}
