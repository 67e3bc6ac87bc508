//! Requests that no honest program sends, and which must not keep a sandbox from answering the others.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Outcome, device, http, started};
use infrahub_demo_kinds::*;
use infrahub_sandbox::Sandbox;
use serde_json::{Value, json};

/// The message of the first error, or the text of the answer if there is none.
async fn said(sandbox: &Sandbox, document: &str) -> String {
    let body = json!({ "query": document }).to_string();
    let (_, answer) = http(sandbox, "POST /graphql", &["content-type: application/json"], &body).await;
    let json: Value = serde_json::from_str(&answer).unwrap_or_default();
    json["errors"][0]["message"].as_str().map_or(answer, str::to_owned)
}

/// Fragments, each of which uses the next so many times.
fn chain(length: usize, times: usize, last: &str) -> String {
    let fragments = (0..length).map(|number| {
        let next = format!(" ...F{}", number + 1).repeat(times);
        format!(" fragment F{number} on BuiltinTag {{ id{next} }}")
    });
    let fragments: String = fragments.collect();
    format!(
        "{{ BuiltinTag {{ edges {{ node {{ ...F0 }} }} }} }}{fragments} fragment F{length} on BuiltinTag {{ {last} }}"
    )
}

#[tokio::test]
async fn documents_that_are_too_large_are_refused_at_once() {
    let (sandbox, _client) = started().await;
    let deep = |times: usize, open: &str, close: &str| open.repeat(times) + "a" + &close.repeat(times);
    let literal = |times: usize| format!("{{ BuiltinTag(ids: {}) {{ count }} }}", deep(times, "[", "]"));
    let object = |times: usize| format!("{{ BuiltinTag(order: {}) {{ count }} }}", deep(times, "{a:", "}"));
    let variable =
        |times: usize| format!("query ($a: {}) {{ BuiltinTag(ids: $a) {{ count }} }}", deep(times, "[", "]"));
    for (document, words) in [
        (chain(30, 2, "id"), "more than 200000 selections"),
        (chain(10_000, 1, "id"), "more than 256 selections in each other"),
        (deep(10_000, "{a", "}"), "more than 64 brackets"),
        (deep(10_000, "{...{", "}}"), "more than 64 brackets"),
        (literal(100_000), "more than 64 brackets"),
        (object(100_000), "more than 64 brackets"),
        (variable(100_000), "more than 64 brackets"),
        (format!("# [ \" \"\"\"\n{}", literal(100_000)), "more than 64 brackets"),
    ] {
        let said = said(&sandbox, &document).await;
        assert!(said.contains(words), "{said}");
    }
    // what is as large as it may be runs
    for document in [chain(250, 1, "id"), chain(15, 2, "id")] {
        assert_eq!(said(&sandbox, &document).await, "{\"data\":{\"BuiltinTag\":{\"edges\":[]}}}");
    }
    let said = said(&sandbox, &literal(50)).await;
    assert!(!said.contains("brackets"), "{said}");
}

#[tokio::test]
async fn the_deepest_document_of_all_is_answered() -> Outcome {
    let (sandbox, client) = started().await;
    let device = device(&client, "leaf-1").await?;
    client.create(InfraInterfaceL3Create::new(&device, "eth1")).await?;
    let step = |number: usize| {
        let next = number + 1;
        format!(
            " fragment F{number} on InfraDevice {{ id interfaces {{ edges {{ node {{ device {{ node {{ ...F{next} }} }} }} }} }} }}"
        )
    };
    let steps: String = (0..41).map(step).collect();
    let document = format!(
        "{{ InfraDevice {{ edges {{ node {{ ...F0 }} }} }} }} {steps} fragment F41 on InfraDevice {{ name {{ value }} }}"
    );
    let said = said(&sandbox, &document).await;
    assert!(said.contains("\"name\":{\"value\":\"leaf-1\"}"), "{said}");
    Ok(())
}
