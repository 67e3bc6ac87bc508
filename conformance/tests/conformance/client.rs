//! The client itself: credentials, raw GraphQL, branches, priorities, errors, and what follows a crash of the
//! server's.

use infrahub_client::{Client, Config, Error, ErrorCode, Priority};
use infrahub_conformance::{
    Outcome, address, client, config, delete_branch, execute, on_a_branch, refused, unique,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const CREATE_TAG: &str = "mutation CreateTag($name: String!) { \
    BuiltinTagCreate(data: { name: { value: $name } }) { object { id } } }";
const TAG: &str = "query Tag($name: String!) { BuiltinTag(name__value: $name) { count } }";

/// The administrator's login, as `live/infrahub` sets it up; another server names its own.
fn login() -> (String, String) {
    let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    (variable("INFRAHUB_USERNAME", "admin"), variable("INFRAHUB_PASSWORD", "infrahub"))
}

#[tokio::test]
async fn raw_graphql_decodes_into_a_type_of_the_program() -> Outcome {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(rename = "InfrahubInfo")]
        info: BTreeMap<String, String>,
    }
    let answer: Answer = client().execute("query Version { InfrahubInfo { version } }", ()).await?;
    assert!(answer.info["version"].starts_with(|first: char| first.is_ascii_digit()));

    let wrong = client().execute::<BTreeMap<String, i64>>("{ InfrahubInfo { version } }", ()).await;
    let Err(Error::Decode { path, reason, .. }) = wrong else { panic!("{wrong:?}") };
    assert_eq!((path.as_str(), reason.as_str()), ("InfrahubInfo", "expected i64, found map"));
    Ok(())
}

#[tokio::test]
async fn a_login_serves_many_calls_at_once_and_is_made_once() -> Outcome {
    let (username, password) = login();
    let client = Client::new(Config::new(address()).with_login(username, password))?;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { execute(&client, "{ AccountProfile { id } }", json!({})).await })
        })
        .collect();
    for call in calls {
        call.await??;
    }
    let counters = client.counters();
    assert_eq!((counters.logins, counters.requests), (1, 21));
    execute(&client, CREATE_TAG, json!({ "name": unique("login") })).await?;
    Ok(())
}

#[tokio::test]
async fn wrong_credentials_are_told_apart_from_everything_else() -> Outcome {
    let (username, _) = login();
    for wrong in [
        Config::new(address()).with_api_token("no-such-token"),
        Config::new(address()).with_login(username, "not the password"),
        Config::new(address()).with_login("no-such-user", "x"),
    ] {
        let error = refused(&Client::new(wrong)?, "{ InfrahubInfo { version } }", json!({})).await;
        assert!(matches!(error, Error::Authentication { .. }), "{error:?}");
        assert!(!error.may_have_run() && !error.is_retryable());
    }
    Ok(())
}

#[tokio::test]
async fn a_handle_on_a_branch_writes_there_only() -> Outcome {
    let main = client();
    // Every character that means something in a URL and that the server allows.
    let branch = unique("a/b#c&d=e");
    let on = on_a_branch(&branch).await?;
    let name = unique("only-there");
    execute(&on, CREATE_TAG, json!({ "name": name })).await?;
    let count = async |client: &Client| execute(client, TAG, json!({ "name": name })).await;
    assert_eq!(count(&on).await?["BuiltinTag"]["count"], 1);
    assert_eq!(count(&main).await?["BuiltinTag"]["count"], 0);
    delete_branch(&on).await?;
    let error = refused(&main.on(unique("no-such-branch")), TAG, json!({ "name": name })).await;
    assert_eq!(error.code(), Some(&ErrorCode::BranchNotFound));
    assert!(error.advice().contains("branch"));
    Ok(())
}

#[tokio::test]
async fn a_protected_default_branch_takes_no_write() -> Outcome {
    let protected = Client::new(config().with_protect_default_branch(true))?;
    let name = unique("protected");
    let error = refused(&protected, CREATE_TAG, json!({ "name": name })).await;
    assert!(matches!(error, Error::WriteRefused { .. }), "{error:?}");
    assert_eq!(execute(&protected, TAG, json!({ "name": name })).await?["BuiltinTag"]["count"], 0);
    Ok(())
}

#[tokio::test]
async fn every_priority_is_accepted() -> Outcome {
    for priority in [Priority::Low, Priority::Medium, Priority::High] {
        execute(&client().with_priority(priority), "{ InfrahubInfo { version } }", json!({})).await?;
    }
    Ok(())
}

#[tokio::test]
async fn errors_of_the_server_keep_their_code_path_and_advice() -> Outcome {
    let client = client();
    let error = refused(&client, "mutation { BuiltinTagCreate(data: {}) { ok } }", json!({})).await;
    assert_eq!(error.code(), Some(&ErrorCode::AttributeRequired));
    assert_eq!(error.graphql_errors()[0].root(), Some("BuiltinTagCreate"));
    assert!(!error.may_have_run(), "{error:?}");

    let name = unique("twice");
    execute(&client, CREATE_TAG, json!({ "name": name })).await?;
    let error = refused(&client, CREATE_TAG, json!({ "name": name })).await;
    assert!(error.is_uniqueness_violation(), "{error}");

    let error = refused(&client, "{ NoSuchKind { count } }", json!({})).await;
    let context = error.context().ok_or("no context")?;
    assert_eq!(context.attempts(), 1, "a mistake in the document is sent once");

    let both = "mutation Both($name: String!) { \
        good: BuiltinTagCreate(data: { name: { value: $name } }) { ok } \
        bad: BuiltinTagCreate(data: {}) { ok } }";
    let error = refused(&client, both, json!({ "name": unique("good") })).await;
    assert!(error.may_have_run(), "the other mutation of the document did run: {error:?}");
    let Error::GraphQl { data: Some(data), .. } = error else { panic!("{error:?}") };
    let data: Value = serde_json::from_str(data.get())?;
    assert_eq!(data, json!({ "good": { "ok": true }, "bad": null }));
    Ok(())
}

/// The server answers a syntax error with 500 and then drops the connection.
#[tokio::test]
async fn a_write_after_an_unhandled_error_does_not_meet_the_dropped_connection() -> Outcome {
    let client = client();
    for _ in 0..10 {
        let error = refused(&client, "mutation {", json!({})).await;
        assert!(matches!(error, Error::Http { status: 500, .. }), "{error:?}");
        execute(&client, CREATE_TAG, json!({ "name": unique("after-500") })).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_ends_in_the_time_that_it_is_given() {
    let hasty = client().with_timeout(Duration::from_millis(1));
    let error = refused(&hasty, "{ CoreNode { count edges { node { display_label } } } }", json!({})).await;
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
}
