//! The sandbox as any HTTP client meets it: credentials, times, what it lacks, and what the journal keeps.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Outcome, config, demo, http, started};
use infrahub_client::Client;
use infrahub_client::file::File;
use infrahub_demo_kinds::*;
use infrahub_sandbox::{Access, Sandbox, stock_schema};
use serde_json::{Value, json};
use std::time::Duration;

const JSON: &str = "content-type: application/json";

/// An account that may only read and one that may write, beside `admin`.
async fn with_accounts() -> Sandbox {
    let builder = Sandbox::builder(demo().schema)
        .account("reader", "secret", "token-of-reader", Access::Read)
        .account("writer", "secret", "token-of-writer", Access::Full);
    builder.task_duration(Duration::ZERO).start().await.unwrap()
}

/// Runs a document with these headers on a branch, and gives the status, the first error and its code.
async fn refusal(sandbox: &Sandbox, headers: &[&str], branch: &str, document: &str) -> (u16, String, String) {
    let headers: Vec<&str> = headers.iter().copied().chain([JSON]).collect();
    let body = json!({ "query": document }).to_string();
    let (status, answer) = http(sandbox, &format!("POST /graphql/{branch}"), &headers, &body).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&error["message"]), text(&error["extensions"]["code"]))
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() -> Outcome {
    let sandbox = with_accounts().await;
    let writer = Client::new(config(&sandbox).with_api_token("token-of-writer"))?;
    let tag = writer.create(BuiltinTagCreate::new("blue")).await?;
    writer.branches().create("of-writer").await?;
    let reader = Client::new(config(&sandbox).with_api_token("token-of-reader"))?;
    assert_eq!(reader.all::<BuiltinTag>().count().await?, 1);
    reader.branches().create("of-reader").await?;

    let data = "You are not allowed to change data in the default branch";
    let (create, tag) = ("BuiltinTagCreate(data: { name: { value: \"red\" } }) { ok }", tag.id.to_string());
    let relate =
        format!("RelationshipAdd(data: {{ id: \"{tag}\", name: \"profiles\", nodes: [] }}) {{ ok }}");
    let upsert = "BuiltinTagUpsert(data: { name: { value: \"red\" } }) { ok }";
    let choice =
        "SchemaDropdownAdd(data: { kind: \"InfraDevice\", attribute: \"role\", dropdown: \"x\" }) { ok }";
    let headers = ["x-infrahub-key: token-of-reader"];
    for (branch, mutation, message) in [
        ("main", create, data),
        ("main", &relate, data),
        ("main", choice, data),
        (
            "main",
            "...F } fragment F on Mutation { BuiltinTagCreate(data: { name: { value: \"red\" } }) { ok }",
            data,
        ),
        ("main", "BranchMerge(data: { name: \"of-reader\" }) { ok }", data),
        (
            "of-reader",
            "BranchMerge(data: { name: \"of-reader\" }) { ok }",
            "You are not allowed to merge a branch",
        ),
        (
            "main",
            "BranchRebase(data: { name: \"of-reader\" }) { ok }",
            "You are not allowed to rebase a branch",
        ),
        (
            "main",
            "BranchDelete(data: { name: \"of-writer\" }) { ok }",
            "You are not allowed to delete a branch you did not create",
        ),
        (
            "of-reader",
            create,
            "You do not have one of the following permissions: object:Builtin:Tag:create:allow_other",
        ),
        (
            "of-reader",
            upsert,
            "You do not have one of the following permissions: object:Builtin:Tag:create:allow_other \
             | object:Builtin:Tag:update:allow_other",
        ),
        (
            "of-reader",
            &relate,
            "You do not have one of the following permissions: object:Builtin:Tag:update:allow_other",
        ),
        ("of-reader", choice, "You are not allowed to manage the schema"),
        (
            "of-reader",
            "CoreAccountCreate(data: { name: { value: \"x\" }, password: { value: \"x\" } }) { ok }",
            "You are not allowed to manage user accounts, groups or roles",
        ),
    ] {
        let (_, said, code) =
            refusal(&sandbox, &headers, branch, &format!("mutation {{ {mutation} }}")).await;
        assert_eq!((said.as_str(), code.as_str()), (message, "PERMISSION_DENIED"), "{mutation} on {branch}");
    }
    let load = http(&sandbox, "POST /api/schema/load", &[JSON, headers[0]], "{\"schemas\": []}").await;
    assert_eq!(load.0, 403, "{}", load.1);
    reader.branches().delete("of-reader").await?;
    assert_eq!(writer.all::<BuiltinTag>().count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_write_in_the_name_of_another_account_needs_that_account() -> Outcome {
    let (sandbox, client) = started().await;
    let key = format!("x-infrahub-key: {}", sandbox.token());
    let create = |name: &str, account: &str| {
        format!(
            "mutation {{ BuiltinTagCreate(data: {{ name: {{ value: \"{name}\" }} }}, \
             context: {{ account: {{ id: \"{account}\" }} }}) {{ ok }} }}"
        )
    };
    let (_, said, _) = refusal(&sandbox, &[&key], "main", &create("red", "nobody")).await;
    assert_eq!(said, "Unable to set context for account that doesn't exist");
    let (_, said, _) = refusal(&sandbox, &[&key], "main", &create("blue", "admin")).await;
    assert_eq!(said, "");
    assert_eq!(client.all::<BuiltinTag>().count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn credentials_that_are_not_good_are_refused_everywhere() {
    let (sandbox, _client) = started().await;
    for header in ["x-infrahub-key: wrong", "authorization: Bearer wrong", "authorization: bearer wrong"] {
        for path in
            ["/api/info", "/api/schema", "/api/schema/summary", "/schema.graphql", "/api/storage/object/x"]
        {
            let (status, answer) = http(&sandbox, &format!("GET {path}"), &[header], "").await;
            assert_eq!(status, 401, "{path} with {header}: {answer}");
        }
        let (status, said, code) = refusal(&sandbox, &[header], "main", "{ BuiltinTag { count } }").await;
        assert_eq!((status, said.as_str(), code.as_str()), (401, "Invalid token", "AUTHENTICATION_REQUIRED"));
    }
    let (status, answer) = http(&sandbox, "POST /api/storage/upload/content", &[JSON], "{}").await;
    assert!(status == 401 && answer.contains("Authentication is required"), "{answer}");
    let (status, said, _) = refusal(&sandbox, &[], "main", "{ InfrahubAccountToken { count } }").await;
    assert_eq!((status, said.as_str()), (401, "Authentication is required to perform this operation"));
}

#[tokio::test]
async fn a_token_of_a_login_is_good_for_one_use() {
    let (sandbox, _client) = started().await;
    let body = json!({ "username": "admin", "password": "infrahub" }).to_string();
    let (_, answer) = http(&sandbox, "POST /api/auth/login", &[JSON], &body).await;
    let login: Value = serde_json::from_str(&answer).unwrap();
    let bearer = |name: &str| format!("authorization: bearer {}", login[name].as_str().unwrap());
    let (access, refresh) = (bearer("access_token"), bearer("refresh_token"));
    let cookie = format!("cookie: a=b; refresh_token={}", login["refresh_token"].as_str().unwrap());
    let post = async |path: &str, header: &str| {
        http(&sandbox, &format!("POST /api/auth/{path}"), &[header], "").await
    };
    assert_eq!(http(&sandbox, "GET /api/info", &[&access], "").await.0, 200);
    for (path, header, words) in [
        ("refresh", access.as_str(), "current token is not a refresh token"),
        ("refresh", "accept: */*", "A JWT refresh token is required"),
        ("logout", refresh.as_str(), "current token is not an access token"),
        ("logout", "accept: */*", "A JWT access token is required"),
    ] {
        let (status, answer) = post(path, header).await;
        assert!(status == 401 && answer.contains(words), "{path}: {answer}");
    }
    assert_eq!(post("refresh", &cookie).await.0, 200);
    assert_eq!(post("logout", &access).await.0, 200);
    assert_eq!(post("refresh", &refresh).await.0, 401);
    sandbox.expire_access_tokens();
    let (status, answer) = http(&sandbox, "GET /api/info", &[&access], "").await;
    assert!(status == 401 && answer.contains("Expired Signature"), "{answer}");
}

#[tokio::test]
async fn a_restored_sandbox_has_the_tokens_that_it_had() -> Outcome {
    let (sandbox, client) = started().await;
    let fresh = sandbox.snapshot();
    let create =
        "mutation { InfrahubAccountTokenCreate(data: { name: \"ci\" }) { object { token { value } } } }";
    let made = common::execute(&client, create, json!({})).await?;
    let token = made["InfrahubAccountTokenCreate"]["object"]["token"]["value"].as_str().unwrap();
    let header = format!("x-infrahub-key: {token}");
    assert_eq!(http(&sandbox, "GET /api/info", &[&header], "").await.0, 200);
    sandbox.restore(&fresh);
    assert_eq!(http(&sandbox, "GET /api/info", &[&header], "").await.0, 401);
    assert_eq!(client.all::<BuiltinTag>().count().await?, 0, "the token of `admin` stays");
    Ok(())
}

#[tokio::test]
async fn what_it_lacks_it_says() {
    let (sandbox, _client) = started().await;
    for path in
        ["/", "/graphql", "/objects/InfraDevice", "/api/menu", "/api/redoc", "/api/search/docs?query=x"]
    {
        let (status, answer) = http(&sandbox, &format!("GET {path}"), &[], "").await;
        assert!(status == 501 && answer.contains("The sandbox lacks "), "{path}: {status} {answer}");
    }
    let (status, answer) = http(&sandbox, "GET /api/nothing", &[], "").await;
    assert!(
        status == 404 && answer.contains("The requested endpoint /api/nothing does not exist"),
        "{answer}"
    );
    assert_eq!(http(&sandbox, "POST /nothing", &[], "").await.0, 405);
    let document = "subscription { query(name: \"x\") }";
    let (_, said, _) = refusal(&sandbox, &[], "main", document).await;
    assert_eq!(said, "The sandbox lacks the execution of subscriptions; a real Infrahub has it.");
}

#[tokio::test]
async fn a_time_that_is_none_is_refused() {
    let (sandbox, _client) = started().await;
    for path in [
        "/api/storage/files/x?at=noon-ish",
        "/api/query/x?at=noon-ish",
        "/api/artifact/x?at=noon-ish",
        "/api/transform/jinja2/x?at=noon-ish",
    ] {
        let (status, answer) = http(&sandbox, &format!("GET {path}"), &[], "").await;
        assert!(status == 400 && answer.contains("Invalid time format for noon-ish"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn the_journal_has_the_documents_that_come_with_files() -> Outcome {
    let (sandbox, client) = started().await;
    let large = vec![b'x'; 3 << 20];
    client.create(InfraContractCreate::new(File::from_bytes("large.txt", large), "C-1")).await?;
    let journal = sandbox.journal();
    let sent = journal.iter().find(|request| request.target.starts_with("/graphql")).unwrap();
    assert!(sent.document.as_deref().is_some_and(|it| it.contains("InfraContractCreate")), "{sent:?}");
    assert!(sent.variables.as_ref().is_some_and(|it| it.to_string().contains("C-1")), "{sent:?}");
    Ok(())
}

#[tokio::test]
async fn the_journal_keeps_the_latest_requests() -> Outcome {
    for (length, expected) in [(2, vec!["/api/info?3", "/api/info?4"]), (0, Vec::new())] {
        let sandbox = Sandbox::builder(stock_schema()).journal_length(length).start().await?;
        for number in 0..5 {
            http(&sandbox, &format!("GET /api/info?{number}"), &[], "").await;
        }
        let journal = sandbox.journal();
        let targets: Vec<&str> = journal.iter().map(|request| request.target.as_str()).collect();
        assert_eq!(targets, expected);
    }
    Ok(())
}

#[tokio::test]
async fn the_account_admin_can_be_another() -> Outcome {
    let builder = Sandbox::builder(demo().schema).account("admin", "secret", "of-admin", Access::Read);
    let sandbox = builder.start().await?;
    assert_eq!(sandbox.token(), "of-admin");
    let login = async |password: &str| {
        let body = json!({ "username": "admin", "password": password }).to_string();
        http(&sandbox, "POST /api/auth/login", &[JSON], &body).await.0
    };
    assert_eq!((login("infrahub").await, login("secret").await), (401, 200));
    let client = Client::new(config(&sandbox))?;
    let accounts = common::execute(&client, "{ CoreAccount { count } }", json!({})).await?;
    assert_eq!(accounts, json!({ "CoreAccount": { "count": 1 } }));
    let error = client.create(BuiltinTagCreate::new("blue")).await.unwrap_err();
    assert!(error.to_string().contains("not allowed to change data"), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_group_of_a_stored_query_is_not_updated_in_silence() {
    let (sandbox, _client) = started().await;
    for (value, status) in [("true", 501), ("YES", 501), ("0", 404), ("maybe", 422)] {
        let path = format!("GET /api/query/x?subscribers=a&update_group={value}");
        let (found, answer) = http(&sandbox, &path, &[], "").await;
        assert_eq!(found, status, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_that_are_loaded_at_once_are_all_loaded() -> Outcome {
    let sandbox = Sandbox::start(stock_schema()).await?;
    let key = format!("x-infrahub-key: {}", sandbox.token());
    let load = async |number: usize| {
        let name = json!({ "name": "name", "kind": "Text" });
        let kind = json!({ "name": format!("Kind{number}"), "namespace": "Race", "attributes": [name] });
        let body = json!({ "schemas": [{ "version": "1.0", "nodes": [kind] }] }).to_string();
        http(&sandbox, "POST /api/schema/load", &[JSON, &key], &body).await
    };
    for (status, answer) in futures_util::future::join_all((0..4).map(load)).await {
        assert_eq!(status, 200, "{answer}");
    }
    let (_, schema) = http(&sandbox, "GET /api/schema?namespaces=Race", &[], "").await;
    let schema: Value = serde_json::from_str(&schema)?;
    assert_eq!(schema["nodes"].as_array().unwrap().len(), 4, "{schema}");
    Ok(())
}

#[tokio::test]
async fn a_proposed_change_is_checked_and_never_merged() -> Outcome {
    let (_sandbox, client) = started().await;
    client.branches().create("change-1").await?;
    let create = "mutation ($from: String!, $to: String!) { CoreProposedChangeCreate(data: { name: { value: \"c\" }, \
        source_branch: { value: $from }, destination_branch: { value: $to } }) { object { id } } }";
    let refused = async |from: &str, to: &str| match common::execute(
        &client,
        create,
        json!({ "from": from, "to": to }),
    )
    .await
    {
        Ok(_) => String::new(),
        Err(error) => error.graphql_errors()[0].message().to_owned(),
    };
    assert_eq!(
        refused("nope", "main").await,
        "The specified source branch for this proposed change was not found"
    );
    assert_eq!(refused("main", "main").await, "The source and destination branch can't be the same");
    let made = common::execute(&client, create, json!({ "from": "change-1", "to": "main" })).await?;
    assert_eq!(
        refused("change-1", "main").await,
        "An open proposed change already exists for branch 'change-1'"
    );
    let update = "mutation ($id: String!, $state: String!) { CoreProposedChangeUpdate(data: { id: $id, \
        state: { value: $state } }) { ok } }";
    let id = &made["CoreProposedChangeCreate"]["object"]["id"];
    let error = common::refused(&client, update, json!({ "id": id, "state": "merged" })).await;
    assert!(error.to_string().contains("The sandbox lacks the merge of a proposed change"), "{error}");
    common::execute(&client, update, json!({ "id": id, "state": "closed" })).await?;
    let error = common::refused(&client, update, json!({ "id": id, "state": "open" })).await;
    assert!(error.to_string().contains("in the closed state is not allowed to be updated"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_field_that_a_generic_loses_its_kinds_lose() -> Outcome {
    let sandbox = Sandbox::start(stock_schema()).await?;
    let key = format!("x-infrahub-key: {}", sandbox.token());
    let load = async |serial: Value| {
        let name = json!({ "name": "name", "kind": "Text", "unique": true });
        let generic = json!({ "name": "Part", "namespace": "Lab", "attributes": [name, serial],
            "order_by": ["name__value"] });
        let node = json!({ "name": "Disk", "namespace": "Lab", "inherit_from": ["LabPart"] });
        let body = json!({ "schemas": [{ "version": "1.0", "generics": [generic], "nodes": [node] }] });
        http(&sandbox, "POST /api/schema/load", &[JSON, &key], &body.to_string()).await
    };
    let disk = async || {
        let (_, disk) = http(&sandbox, "GET /api/schema/LabDisk", &[], "").await;
        let disk: Value = serde_json::from_str(&disk).unwrap();
        let names = disk["attributes"].as_array().unwrap().iter().map(|it| it["name"].to_string());
        (names.collect::<Vec<_>>().join(" "), disk["uniqueness_constraints"].clone())
    };
    let unique = json!({ "name": "serial", "kind": "Text", "unique": true });
    assert_eq!(load(unique).await.0, 200);
    let (names, constraints) = disk().await;
    assert!(names.contains("serial") && constraints.to_string().contains("serial__value"), "{constraints}");
    let (status, answer) = load(json!({ "name": "serial", "kind": "Text", "state": "absent" })).await;
    assert_eq!(status, 200, "{answer}");
    let (names, constraints) = disk().await;
    assert!(!names.contains("serial") && !constraints.to_string().contains("serial__value"), "{constraints}");
    Ok(())
}
