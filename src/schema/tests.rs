//! The schema API, held against a scripted server.

use super::{Change, Documents};
use crate::client::Client;
use crate::config::Config;
use crate::error::{Error, TimeLimit};
use crate::transport::scripted::Scripted;
use crate::transport::{WireFailure, WireRequest, WireResponse};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

type Log = Arc<Mutex<Vec<WireRequest>>>;

/// A client whose server answers a path with a status and a body, after a while.
fn client(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> (Client, Log) {
    let log = Log::default();
    let record = Arc::clone(&log);
    let scripted = Scripted::new(move |request: WireRequest| {
        let (status, body) = answer(request.url.path());
        record.lock().unwrap().push(request);
        async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok::<_, WireFailure>(WireResponse { status, body: body.into(), ..WireResponse::default() })
        }
    });
    let client = Client::scripted(Config::new("http://127.0.0.1:1"), scripted);
    (client, log)
}

fn paths(log: &Log) -> Vec<String> {
    log.lock().unwrap().iter().map(|request| request.url.path().to_owned()).collect()
}

fn schema(hash: &str, kind: &str) -> String {
    json!({"main": hash, "nodes": [{"namespace": "Infra", "name": kind, "attributes": [{"name": "name", "kind": "Text"}]}]})
        .to_string()
}

/// A server whose schema's hash is `h` and a number that the test raises.
fn versions() -> (Client, Log, Arc<AtomicUsize>) {
    let version = Arc::new(AtomicUsize::new(1));
    let shared = Arc::clone(&version);
    let (client, log) = client(move |path| {
        let hash = format!("h{}", shared.load(Ordering::SeqCst));
        match path {
            "/api/schema" => (200, schema(&hash, "Site")),
            "/api/schema/summary" => (200, json!({"main": hash}).to_string()),
            _ => (404, "{}".to_owned()),
        }
    });
    (client, log, version)
}

#[tokio::test(start_paused = true)]
async fn a_schema_is_read_once_and_then_compared_by_its_hash() {
    let (client, log, version) = versions();
    let first = client.schema().all().await.unwrap();
    let second = client.clone().schema().all().await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(paths(&log), ["/api/schema", "/api/schema/summary"]);

    version.store(2, Ordering::SeqCst);
    let third = client.schema().all().await.unwrap();
    assert!(!Arc::ptr_eq(&first, &third));
    assert_eq!(paths(&log)[2..], ["/api/schema/summary", "/api/schema"]);

    // Another branch has a schema of its own.
    client.on("change-42").schema().all().await.unwrap();
    let last = log.lock().unwrap().last().unwrap().url.clone();
    assert_eq!((last.path(), last.query()), ("/api/schema", Some("branch=change-42")));
}

#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_share_one_request() {
    let (client, log, _) = versions();
    for expected in [vec!["/api/schema"], vec!["/api/schema", "/api/schema/summary"]] {
        let calls = (0..100).map(|_| {
            let client = client.clone();
            async move { client.schema().all().await }
        });
        for result in futures_util::future::join_all(calls).await {
            assert!(result.unwrap().kind("InfraSite").is_some());
        }
        assert_eq!(paths(&log), expected);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r13_a_dropped_read_leaves_nothing_behind() {
    let (client, _, _) = versions();
    let reader = client.schema();
    for polls in 0..12 {
        let read = reader.all();
        let cut = Duration::from_millis(polls);
        let _ = tokio::time::timeout(cut, read).await;
        let clean = tokio::time::timeout(Duration::from_secs(5), client.schema().all()).await;
        assert!(clean.expect("no lock is left held").unwrap().kind("InfraSite").is_some());
    }
}

#[tokio::test]
async fn a_kind_that_is_not_there_is_not_found() {
    let (client, _, _) = versions();
    assert_eq!(client.schema().get("InfraSite").await.unwrap().name, "Site");
    let error = client.on("b").schema().get("InfraNope").await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("`InfraNope` in the schema of branch `b`"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_no_schema_is_a_decode_error() {
    for body in ["<html>", "{}", r#"{"main": "h", "nodes": [{"namespace": "Infra", "name": 5}]}"#] {
        let (client, _) = client(move |_| (200, body.to_owned()));
        let error = client.schema().all().await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{body}: {error}");
    }
    let (client, _) =
        client(|_| (400, json!({"data": null, "errors": [{"message": "Branch: x not found."}]}).to_string()));
    let error = client.on("x").schema().all().await.unwrap_err();
    assert!(
        matches!(error, Error::Http { status: 400, .. })
            && error.to_string().contains("Branch: x not found."),
        "{error}"
    );
}

#[tokio::test]
async fn a_snapshot_is_of_one_schema() {
    let reads = AtomicUsize::new(0);
    let (moving, log) = client(move |path| match path {
        "/api/info" => (200, r#"{"version": "1.11.9"}"#.to_owned()),
        "/schema.graphql" => (200, "type Query {\n  InfraSite: Int\n}\n".to_owned()),
        "/api/schema" => {
            (200, schema(if reads.fetch_add(1, Ordering::SeqCst) == 0 { "old" } else { "new" }, "Site"))
        }
        _ => (200, r#"{"main": "new"}"#.to_owned()),
    });
    let snapshot = moving.on("change-42").schema().snapshot().await.unwrap();
    assert_eq!((snapshot.source.schema_hash.as_str(), snapshot.source.branch.as_str()), ("new", "change-42"));
    assert_eq!(snapshot.source.server_version, "1.11.9");
    assert_eq!(paths(&log).iter().filter(|path| *path == "/api/schema").count(), 2);
    let sorted =
        log.lock().unwrap().iter().any(|request| request.url.query() == Some("branch=change-42&sorted=true"));
    assert!(sorted, "the SDL is asked for in a stable order");
}

fn documents() -> Documents {
    let value = json!({"version": "1.0", "nodes": [{"namespace": "Infra", "name": "Site", "bogus": 1}]});
    Documents::new().value(&value).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_load_sends_the_documents_once_and_reports() {
    let (client, log) = client(|_| {
        let diff = json!({"added": {"InfraSite": {}}, "changed": {}, "removed": {}});
        (
            200,
            json!({"hash": "b", "previous_hash": "a", "schema_updated": true, "diff": diff, "warnings": []})
                .to_string(),
        )
    });
    let report = client.on("b").schema().load(&documents()).await.unwrap();
    assert!(report.updated);
    assert_eq!(report.kinds["InfraSite"].change, Change::Added);
    let log = log.lock().unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].url.path(), log[0].url.query()), ("/api/schema/load", Some("branch=b")));
    let body: Value = serde_json::from_slice(log[0].json()).unwrap();
    assert_eq!(body["schemas"][0]["nodes"][0]["name"], "Site");
    assert_eq!(log[0].timeout, Some(Duration::from_secs(300)));
}

#[tokio::test(start_paused = true)]
async fn a_handle_with_its_own_timeout_keeps_it() {
    let (client, log) = client(|_| (202, "{}".to_owned()));
    client.with_timeout(Duration::from_secs(7)).schema().check(&documents()).await.unwrap();
    assert_eq!(log.lock().unwrap()[0].timeout, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_refused_schema_names_kind_and_field() {
    let (client, _) = client(|_| {
        let complaint = json!({"type": "value_error", "loc": ["body", "schemas", 0, "nodes", 0, "bogus"], "msg": "Unknown field"});
        (422, json!({"detail": [complaint]}).to_string())
    });
    for error in [
        client.schema().load(&documents()).await.unwrap_err(),
        client.schema().check(&documents()).await.unwrap_err(),
    ] {
        let Error::SchemaRejected { reasons, .. } = &error else { panic!("{error}") };
        assert_eq!(
            (reasons[0].kind.as_deref(), reasons[0].field.as_deref()),
            (Some("InfraSite"), Some("bogus"))
        );
        assert!(
            error.to_string().starts_with("the server refused the schema: InfraSite.bogus: Unknown field"),
            "{error}"
        );
        assert!(!error.may_have_run() && !error.is_retryable());
    }
}

#[tokio::test]
async fn nothing_is_sent_without_a_document_or_to_a_protected_branch() {
    let (client, log) = client(|_| (200, "{}".to_owned()));
    let error = client.schema().load(&Documents::new()).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    let scripted = Scripted::new(|_| async { Err(WireFailure::Lost("sent".to_owned())) });
    let protected = Config::new("http://127.0.0.1:1").with_protect_default_branch(true);
    let protected = Client::scripted(protected, scripted);
    let error = protected.schema().load(&documents()).await.unwrap_err();
    assert!(matches!(error, Error::WriteRefused { .. }), "{error}");
    assert!(matches!(protected.schema().check(&documents()).await, Err(Error::Unreachable { .. })));
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r15_the_wait_for_the_workers_ends() {
    let polls = AtomicUsize::new(0);
    let status = |synced: bool| {
        (200, json!({"data": {"InfrahubStatus": {"summary": {"schema_hash_synced": synced}}}}).to_string())
    };
    let (soon, log) = client(move |_| status(polls.fetch_add(1, Ordering::SeqCst) >= 5));
    soon.on("a/b").schema().wait_until_converged().await.unwrap();
    assert_eq!(paths(&log), vec!["/graphql/a%2Fb"; 6]);

    let (never, log) = client(move |_| status(false));
    let started = Instant::now();
    let error = never.schema().wait_until_converged().await.unwrap_err();
    assert!(matches!(error, Error::Timeout { limit: TimeLimit::SchemaConverge, .. }), "{error}");
    assert!(error.to_string().contains("`schema_converge_timeout`"), "{error}");
    assert_eq!(started.elapsed(), Duration::from_secs(60));
    assert!(paths(&log).len() < 40, "{} requests", paths(&log).len());

    let started = Instant::now();
    assert!(never.schema().wait_until_converged_within(Duration::from_secs(3)).await.is_err());
    assert_eq!(started.elapsed(), Duration::from_secs(3));
}
