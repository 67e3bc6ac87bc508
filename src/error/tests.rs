//! O2: what every class of error says, and what it tells the program.

use super::*;
use crate::operation::Effect;
use serde_json::value::{RawValue, to_raw_value};

fn call(effect: Effect, attempts: u32, may_have_run: bool) -> Context {
    Context {
        operation: "InfraDeviceUpdate".to_owned(),
        branch: "change-42".to_owned(),
        server: "infrahub.example:8000".to_owned(),
        tracker: "mutation-infradevice-update".to_owned(),
        kind: Some("InfraDevice"),
        object: None,
        effect,
        attempts,
        elapsed: Duration::from_millis(1_230),
        may_have_run,
        earlier_attempt_may_have_run: false,
        variables: Some(canary()),
    }
}

fn canary() -> Box<RawValue> {
    to_raw_value(&serde_json::json!({"password": "canary"})).unwrap()
}

fn graphql(json: &str) -> Error {
    Error::graphql(serde_json::from_str(json).unwrap(), None).in_call(call(Effect::Write, 1, false))
}

fn errors() -> Vec<(&'static str, Error)> {
    let read = || call(Effect::Read, 3, false);
    let not_run = || call(Effect::Write, 1, false);
    let perhaps = || call(Effect::Write, 1, true);
    let after = Duration::from_secs(60);
    let text = |text: &str| text.to_owned();
    let coded = |code: &str, status: u16| {
        graphql(&format!(
            r#"[{{"message":"the server's words","path":["InfraDeviceUpdate",0,"data"],"extensions":{{"code":"{code}","http_status":{status}}}}}]"#
        ))
    };
    let timeout = |limit, call| Error::Timeout { limit, after, context: None }.in_call(call);
    vec![
        ("configuration", Error::configuration("INFRAHUB_TIMEOUT must be a number of seconds, or none")),
        (
            "authentication",
            Error::Authentication { message: text("Invalid token"), context: None }.in_call(not_run()),
        ),
        (
            "permission",
            Error::Permission {
                message: text("You are not allowed to change data in the default branch"),
                context: None,
            }
            .in_call(not_run()),
        ),
        (
            "unreachable",
            Error::Unreachable { message: text("connection refused"), context: None }.in_call(read()),
        ),
        (
            "lost write",
            Error::Unreachable { message: text("connection reset"), context: None }.in_call(perhaps()),
        ),
        (
            "lost create",
            Error::Unreachable { message: text("connection reset"), context: None }
                .in_call(Context { object: Some(text("0199-new")), ..call(Effect::NewObject, 3, true) }),
        ),
        ("connect timeout", timeout(TimeLimit::Connect, read())),
        ("attempt timeout", timeout(TimeLimit::Attempt, read())),
        ("idle timeout", timeout(TimeLimit::Idle, perhaps())),
        ("operation timeout", timeout(TimeLimit::Operation, not_run())),
        (
            "shed",
            Error::RateLimited { retry_after: Some(Duration::from_secs(5)), context: None }
                .in_call(not_run()),
        ),
        ("throttled", Error::RateLimited { retry_after: None, context: None }.in_call(perhaps())),
        (
            "failing server",
            Error::Http { status: 503, message: text("database\n\tdown"), context: None }.in_call(read()),
        ),
        (
            "bad request",
            Error::Http { status: 422, message: text("body.x: wrong"), context: None }.in_call(not_run()),
        ),
        (
            "page of a proxy",
            Error::Http { status: 200, message: text("<title>Sign in</title>"), context: None }
                .in_call(read()),
        ),
        ("no such address", Error::Http { status: 404, message: text(""), context: None }.in_call(read())),
        (
            "document that does not parse",
            Error::Http { status: 500, message: text("Internal Server Error"), context: None }
                .in_call(Context { tracker: text("query-raw"), ..read() }),
        ),
        (
            "mutation that does not parse",
            Error::Http { status: 500, message: text("Internal Server Error"), context: None }
                .in_call(Context { tracker: text("mutation-raw"), ..perhaps() }),
        ),
        (
            "no such peer",
            graphql(
                r#"[{"message":"Relationship has not been initialized yet","path":["InfraDeviceUpdate"],"extensions":{"code":"UNDEFINED_ERROR","http_status":500}}]"#,
            ),
        ),
        (
            "no such argument",
            graphql(r#"[{"message":"Unknown argument 'x__value' on field 'Query.InfraDevice'."}]"#),
        ),
        ("node not found", coded("NODE_NOT_FOUND", 404)),
        ("attribute required", coded("ATTRIBUTE_REQUIRED", 422)),
        ("attribute invalid", coded("ATTRIBUTE_INVALID_TYPE", 422)),
        ("attribute constraint", coded("ATTRIBUTE_CONSTRAINT_VIOLATION", 422)),
        ("branch not found", coded("BRANCH_NOT_FOUND", 400)),
        ("schema not found", coded("SCHEMA_NOT_FOUND", 422)),
        ("branch merged", coded("BRANCH_ALREADY_MERGED", 400)),
        ("branch needs rebase", coded("BRANCH_NEEDS_REBASE", 400)),
        ("merge in progress", coded("MERGE_IN_PROGRESS", 423)),
        ("merge recovery", coded("MERGE_RECOVERY_REQUIRED", 423)),
        ("new code", coded("QUOTA_EXCEEDED", 422)),
        ("undefined", coded("UNDEFINED_ERROR", 500)),
        (
            "not unique",
            graphql(
                r#"[{"message":"Violates uniqueness constraint 'name'","extensions":{"code":"UNDEFINED_ERROR","http_status":422}},"and more"]"#,
            ),
        ),
        (
            "no such field",
            graphql(
                r#"[{"message":"Cannot query field 'x' on type 'InfraDevice'.","extensions":{"code":"UNDEFINED_ERROR","http_status":500}},"a","b"]"#,
            ),
        ),
        (
            "decode",
            Error::decode("InfraDevice.edges[3].node.height", "expected i64, found string").in_call(read()),
        ),
        ("not found", Error::not_found("InfraDevice", "name `atl1`")),
        (
            "not found on a branch",
            Error::not_found("InfraDevice", "name `atl1`").in_call(Context {
                variables: Some(canary()),
                ..Context::unsent("InfraDevice", "main", Effect::Read)
            }),
        ),
        ("more than one", Error::more_than_one("InfraDevice", "role `leaf`")),
        (
            "schema drift",
            Error::schema_drift(
                "main",
                ["InfraDevice.height is gone", "b", "c", "d", "e"]
                    .map(|what| SchemaReason { message: text(what), ..SchemaReason::default() })
                    .to_vec(),
            ),
        ),
        (
            "schema rejected",
            Error::schema_rejected(vec![SchemaReason {
                kind: Some(text("InfraDevice")),
                field: Some(text("name")),
                file: Some("schema/devices.yml".into()),
                line: Some(12),
                message: text("unknown kind `Tex`"),
            }])
            .in_call(not_run()),
        ),
        ("write refused", Error::write_refused("`protect_default_branch` keeps branch main from writes")),
        (
            "redirected",
            Error::Redirected { host: Some(text("login.example")), context: None }.in_call(not_run()),
        ),
        ("redirected nowhere", Error::Redirected { host: None, context: None }.in_call(read())),
        ("body too large", Error::BodyTooLarge { limit: 64 << 20, context: None }.in_call(read())),
        ("damaged download", Error::checksum("the file `x.pdf`", "0a1b", "2c3d").in_call(read())),
        ("damaged upload", Error::checksum("the uploaded file", "0a1b", "2c3d").in_call(perhaps())),
        ("no such file", Error::file("x/plan.pdf", &std::io::Error::other("No such file or directory"))),
        ("artifact not generated", timeout(TimeLimit::ArtifactGeneration, read())),
        ("job failed", Error::job_failed("17", "the branch has conflicts")),
        ("job pending", Error::JobPending { task: text("17"), after, cause: None }),
        (
            "job lost",
            Error::JobPending {
                task: text("17"),
                after,
                cause: Some(Box::new(
                    Error::Unreachable { message: text("reset"), context: None }.in_call(read()),
                )),
            },
        ),
        ("cancelled", Error::cancelled("17")),
        ("invalid request", Error::invalid_request("the variables must be an object")),
    ]
}

#[test]
fn o2_every_error_says_what_to_do_next() {
    let mut text = String::new();
    for (name, error) in errors() {
        let code = error.code().map_or("-", ErrorCode::as_str);
        text.push_str(&format!(
            "{name}: {error}\n  retryable: {}, may have run: {}, status: {}, code: {code}\n",
            error.is_retryable(),
            error.may_have_run(),
            error.http_status().map_or("-".to_owned(), |status| status.to_string()),
        ));
        assert!(error.to_string().ends_with(&format!("; {}", error.advice())), "{name}");
        assert!(!error.to_string().contains('\n'), "{name}");
    }
    insta::with_settings!({snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("errors", text);
    });
}

#[test]
fn o2_whatever_fails_after_a_write_says_that_it_ran() {
    for (name, error) in errors() {
        let told = error.after_write("InfraDevice", "main", "0199-new");
        assert!(told.may_have_run() && !told.is_retryable(), "{name}: {told}");
        if !matches!(told, Error::JobPending { .. }) {
            assert_eq!(told.context().and_then(Context::object_id), Some("0199-new"), "{name}");
        }
    }
}

#[test]
fn s3_variables_are_there_by_method_only() {
    for (name, error) in errors() {
        let text = format!("{error} {error:?} {error:#?}");
        assert!(!text.contains("canary"), "{name}: {text}");
        if let Some(call) = error.context() {
            assert!(call.variables().unwrap().get().contains("canary"), "{name}");
        }
    }
}

#[test]
fn errors_are_small_and_cross_threads() {
    fn crosses_threads<T: Send + Sync + 'static>() {}
    crosses_threads::<Error>();
    assert!(size_of::<Error>() <= 64, "{} bytes", size_of::<Error>());
}
