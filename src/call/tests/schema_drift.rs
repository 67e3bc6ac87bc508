//! What a server says whose schema is not the program's. The texts are those of Infrahub 1.11.

use super::*;

/// A call about a kind, answered with these messages.
async fn told(kind: Option<&'static str>, messages: &[&str]) -> Error {
    let errors: Vec<Value> = messages
        .iter()
        .map(|message| {
            serde_json::json!({"message": message, "locations": [{"line": 1, "column": 3}],
                "extensions": {"code": "UNDEFINED_ERROR", "http_status": 500, "data": {}}})
        })
        .collect();
    let body = serde_json::json!({"data": null, "errors": errors}).to_string();
    let (client, count) = client(Config::new(ADDRESS), move |_, _| answer(200, &body));
    let operation = Operation { kind, ..operation(Effect::Write) };
    let error = client.run::<Value>(&operation).await.unwrap_err();
    assert_eq!(count.get(), 1);
    error
}

const MISMATCHES: [&str; 8] = [
    "Cannot query field 'InfraSite' on type 'Query'. Did you mean 'CoreNode'?",
    "Unknown argument 'foo__value' on field 'Query.BuiltinTag'. Did you mean 'name__value'?",
    "Unknown type 'InfraSiteCreateInput'. Did you mean 'BranchCreateInput'?",
    "Field 'zz' is not defined by type 'TextAttributeCreate'.",
    "Variable '$d' got invalid value {'name': {'value': 'hunter2'}, 'nope': {'value': 1}}; \
     Field 'nope' is not defined by type 'BuiltinTagCreateInput'. Did you mean 'name'?",
    "Variable '$a' of type 'Int' used in position expecting type 'String'.",
    "Field 'name' of type 'TextAttribute' must have a selection of subfields. Did you mean 'name { ... }'?",
    "Field 'count' must not have a selection since type 'Int!' has no subfields.",
];

#[tokio::test(start_paused = true)]
async fn o2_an_answer_that_refuses_the_compiled_schema_is_drift() {
    for message in MISMATCHES {
        let error = told(Some("InfraSite"), &[message]).await;
        assert!(matches!(error, Error::SchemaDrift { .. }), "{error}");
        assert!(!error.may_have_run() && !error.is_retryable(), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error}");
        assert_eq!(error.context().map(|call| call.branch()), Some("main"));
        let raw = told(None, &[message]).await;
        assert!(matches!(raw, Error::GraphQl { .. }) && raw.advice().contains("pull the schema"), "{raw}");
    }
    let Error::SchemaDrift { branch, differences, .. } = told(Some("InfraSite"), &MISMATCHES).await else {
        panic!("no drift");
    };
    assert_eq!((branch.as_str(), differences.len()), ("main", MISMATCHES.len()));
    assert!(
        differences[4].message.starts_with("Variable '$d' got an invalid value; Field 'nope' is not defined")
    );
}

#[tokio::test(start_paused = true)]
async fn o2_a_kind_that_the_branch_does_not_have_is_drift() {
    let body = r#"{"data":null,"errors":[{"message":"Unable to find the schema 'NopeKind' in the registry","extensions":{"code":"SCHEMA_NOT_FOUND","http_status":422,"data":{"kind":"NopeKind"}}}]}"#;
    let (client, _) = client(Config::new(ADDRESS), move |_, _| answer(422, body));
    let operation = Operation { kind: Some("CoreNode"), ..operation(Effect::Read) };
    let error = client.run::<Value>(&operation).await.unwrap_err();
    assert!(matches!(error, Error::SchemaDrift { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn o2_a_value_that_talks_of_types_is_no_drift() {
    let wrong = "Variable '$d' got invalid value {'name': \"' is not defined by type '\"}; \
                 String cannot represent a non string value: 5";
    for messages in [&[wrong][..], &[MISMATCHES[0], "String cannot represent a non string value: 5"]] {
        let error = told(Some("InfraSite"), messages).await;
        assert!(matches!(error, Error::GraphQl { .. }) && !error.may_have_run(), "{error}");
    }
}
