//! What is wrong with documents, in the server's words. What else they say is compared by the differential run.

use infrahub_conformance::{Outcome, client, execute, refused, unique};
use serde_json::json;

async fn refusal(document: &str) -> String {
    let error = refused(&client(), document, json!({})).await;
    error.graphql_errors().first().map(|error| error.message().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_variable_is_declared_used_and_of_the_type_of_its_place() {
    for (document, message) in [
        ("{ BuiltinTag(limit: $limit) { count } }", "Variable '$limit' is not defined."),
        ("query ($limit: Int) { BuiltinTag { count } }", "Variable '$limit' is never used."),
        (
            "query tags ($limit: Int) { BuiltinTag { count } }",
            "Variable '$limit' is never used in operation 'tags'.",
        ),
        (
            "query ($limit: String) { BuiltinTag(limit: $limit) { count } }",
            "Variable '$limit' of type 'String' used in position expecting type 'Int'.",
        ),
        (
            "query ($limit: Bolean) { BuiltinTag(limit: $limit) { count } }",
            "Unknown type 'Bolean'. Did you mean 'Boolean'?",
        ),
    ] {
        assert_eq!(refusal(document).await, message);
    }
}

#[tokio::test]
async fn what_was_meant_is_suggested() {
    for (document, message) in [
        (
            "{ BuiltinTga { count } }",
            "Cannot query field 'BuiltinTga' on type 'Query'. Did you mean 'BuiltinTag'?",
        ),
        (
            "{ BuiltinTag { edges { node { nam { value } } } } }",
            "Cannot query field 'nam' on type 'BuiltinTag'. Did you mean 'name'?",
        ),
        (
            "{ InfraInterface { edges { node { mode { value } } } } }",
            "Cannot query field 'mode' on type 'InfraInterface'. Did you mean to use an inline fragment on \
             'InfraInterfaceL2'?",
        ),
        (
            "{ BuiltinTag { edges { node { name } } } }",
            "Field 'name' of type 'TextAttribute' must have a selection of subfields. Did you mean 'name { ... }'?",
        ),
    ] {
        assert_eq!(refusal(document).await, message);
    }
}

#[tokio::test]
async fn a_value_in_a_document_is_of_the_type_of_its_place() {
    for (data, message) in [
        ("{name: {value: 5}}", "String cannot represent a non string value: 5"),
        ("{name: \"x\"}", "Expected value of type 'TextAttributeCreate', found \"x\"."),
        ("\"x\"", "Expected value of type 'BuiltinTagCreateInput!', found \"x\"."),
        (
            "{naem: {value: \"x\"}}",
            "Field 'naem' is not defined by type 'BuiltinTagCreateInput'. Did you mean 'name'?",
        ),
    ] {
        let document = format!("mutation {{ BuiltinTagCreate(data: {data}) {{ ok }} }}");
        assert_eq!(refusal(&document).await, message);
    }
}

#[tokio::test]
async fn a_filter_by_the_value_of_a_time_fails() {
    let document = "{ InfraDevice(installed_at__value: \"2020-02-03T04:05:06Z\") { count } }";
    assert_eq!(
        refusal(document).await,
        "filter value: 2020-02-03 04:05:06+00:00 (<class 'datetime.datetime'>) is not supported."
    );
}

#[tokio::test]
async fn an_owner_that_is_of_no_kind_of_owners_is_kept_and_cannot_be_read() -> Outcome {
    let client = client();
    let tag = unique("tag");
    let document =
        "mutation ($name: String!) { BuiltinTagCreate(data: {name: {value: $name}}) { object { id } } }";
    let created = execute(&client, document, json!({ "name": tag })).await?;
    let id = &created["BuiltinTagCreate"]["object"]["id"];
    let document = "mutation ($id: String!) { BuiltinTagUpdate(data: {id: $id, description: {value: \"x\", owner: $id}}) \
        { ok } }";
    execute(&client, document, json!({ "id": id })).await?;
    let document =
        "query ($id: ID!) { BuiltinTag(ids: [$id]) { edges { node { description { owner { id } } } } } }";
    let error = refused(&client, document, json!({ "id": id })).await;
    assert!(error.to_string().contains("'BuiltinTag' is not a possible type for 'LineageOwner'"), "{error}");
    Ok(())
}
