//! R2, R4, R5: reads are tried three times, within their time and within the budget.

use super::*;
use crate::error::{ErrorCode, TimeLimit};
use futures_util::future::join_all;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

const FAILING_FIELD: &str = r#"{"data":null,"errors":[{"message":"m","path":["ok"],"extensions":{"code":"UNDEFINED_ERROR","http_status":503}}]}"#;
const WRONG_DOCUMENT: &str = r#"{"data":null,"errors":[{"message":"Cannot query field 'x' on type 'Query'.","extensions":{"code":"UNDEFINED_ERROR","http_status":500}}]}"#;
const MIXED: &str = r#"{"data":null,"errors":[{"message":"m","path":["a"],"extensions":{"http_status":503}},{"message":"m","path":["b"],"extensions":{"http_status":404}}]}"#;

fn passing() -> Vec<Result<WireResponse, WireFailure>> {
    let limit = Duration::from_secs(60);
    vec![
        answer(500, "Internal Server Error"),
        answer(502, ""),
        answer(503, r#"{"errors":["database"]}"#),
        answer(504, ""),
        lost(),
        refused(),
        Err(WireFailure::ConnectTimeout(limit)),
        Err(WireFailure::Timeout(TimeLimit::Attempt, limit)),
        Err(WireFailure::Timeout(TimeLimit::Idle, limit)),
        answer(200, FAILING_FIELD),
    ]
}

#[tokio::test(start_paused = true)]
async fn r2_a_read_is_tried_three_times() {
    for failure in passing() {
        let told = format!("{failure:?}");
        let failure = Mutex::new(failure);
        let script = Mutex::new(failure.lock().unwrap().clone());
        let (client, count) =
            client(
                Config::new(ADDRESS),
                move |number, _| if number < 2 { script.lock().unwrap().clone() } else { ok() },
            );
        run(&client, Effect::Read).await.unwrap_or_else(|error| panic!("{told}: {error}"));
        assert_eq!(count.get(), 3, "{told}");

        let (client, count) =
            super::client(Config::new(ADDRESS), move |_, _| failure.lock().unwrap().clone());
        let error = run(&client, Effect::Read).await.unwrap_err();
        assert_eq!(count.get(), 3, "{told}");
        assert_eq!(error.context().unwrap().attempts(), 3);
        assert!(error.is_retryable() && !error.may_have_run(), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn r2_what_would_fail_again_is_sent_once() {
    for failure in [
        answer(400, r#"{"errors":["bad request"]}"#),
        answer(403, ""),
        answer(404, r#"{"errors":["Branch: x not found."]}"#),
        answer(501, ""),
        answer(200, WRONG_DOCUMENT),
        answer(200, MIXED),
        answer(200, "no JSON"),
        Err(WireFailure::TooLarge(1)),
    ] {
        let told = format!("{failure:?}");
        let failure = Mutex::new(failure);
        let (client, count) = client(Config::new(ADDRESS), move |_, _| failure.lock().unwrap().clone());
        let error = run(&client, Effect::Read).await.unwrap_err();
        assert_eq!(count.get(), 1, "{told}");
        assert!(!error.is_retryable(), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn r2_the_last_graphql_error_is_the_one_reported() {
    let (client, _) = client(Config::new(ADDRESS), |_, _| answer(200, FAILING_FIELD));
    let error = run(&client, Effect::Read).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::Undefined));
    assert_eq!(error.graphql_errors()[0].http_status(), Some(503));
}

#[tokio::test(start_paused = true)]
async fn r4_no_wait_passes_the_deadline() {
    let (client, count) = client(Config::new(ADDRESS), |_, _| shed("30"));
    let started = Instant::now();
    let error = run(&client.with_timeout(Duration::from_secs(20)), Effect::Read).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { retry_after: Some(wait), .. } if wait.as_secs() == 30));
    assert_eq!((count.get(), started.elapsed().as_secs()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn r5_1_000_reads_at_a_dead_server_send_at_most_1_036_requests() {
    let (client, count) = client(Config::new(ADDRESS), |_, _| refused());
    let results = join_all((0..1_000).map(|_| run(&client, Effect::Read))).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::Unreachable { .. }))));
    assert!((1_000..=1_036).contains(&count.get()), "{}", count.get());
    assert!(client.counters().budget_refusals >= 900);
}

#[tokio::test(start_paused = true)]
async fn r5_1_000_reads_at_an_unmarked_429_send_at_most_1_100_requests() {
    let (client, count) = client(Config::new(ADDRESS), |_, _| answer(429, ""));
    let results = join_all((0..1_000).map(|_| run(&client, Effect::Read))).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::RateLimited { .. }))));
    assert!((1_000..=1_100).contains(&count.get()), "{}", count.get());
}

#[tokio::test(start_paused = true)]
async fn r5_retries_that_succeed_cost_nothing() {
    let (client, count) =
        client(Config::new(ADDRESS), |number, _| if number % 2 == 0 { lost() } else { ok() });
    for _ in 0..200 {
        run(&client, Effect::Read).await.unwrap();
    }
    assert_eq!((count.get(), client.shared().bucket.tokens()), (400, 500));
}

#[tokio::test(start_paused = true)]
async fn r7_a_long_outage_is_ridden_out_where_asked_for() {
    let started = Instant::now();
    let back = started + Duration::from_secs(30 * 60);
    let config =
        Config::new(ADDRESS).with_retry_on_failure(true).with_max_retry_duration(Duration::from_secs(3600));
    let (client, count) = client(config, move |_, _| if Instant::now() < back { refused() } else { ok() });
    run(&client, Effect::Read).await.unwrap();
    let late = Instant::now() - back;
    assert!(late <= Duration::from_secs(60), "{late:?}");
    assert!(count.get() > 30, "{}", count.get());
    let error = {
        let (client, _) = super::client(Config::new(ADDRESS).with_retry_on_failure(true), |_, _| lost());
        run(&client, Effect::Write).await.unwrap_err()
    };
    assert_eq!(error.context().unwrap().attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_database_read_outdated_is_sent_again_where_it_may_be_repeated() {
    const OUTDATED: &str = r#"{"data":{"ok":null},"errors":[{"path":["ok"],"message":"The transaction read outdated data and cannot be recovered due to concurrent data modification. Retry the transaction.","extensions":{"code":"UNDEFINED_ERROR","http_status":500}}]}"#;
    for effect in [Effect::Read, Effect::NewObject, Effect::RepeatableWrite] {
        let (client, count) =
            client(
                Config::new(ADDRESS),
                move |number, _| if number < 2 { answer(200, OUTDATED) } else { ok() },
            );
        run(&client, effect).await.unwrap();
        assert_eq!(count.get(), 3, "{effect:?}");
    }
    let (client, count) = super::client(Config::new(ADDRESS), move |_, _| answer(200, OUTDATED));
    let error = run(&client, Effect::Write).await.unwrap_err();
    assert_eq!(count.get(), 1);
    assert!(error.may_have_run() && !error.is_retryable());
    assert!(error.advice().starts_with("look whether it was written"), "{error}");
}

const MERGING: &str = r#"{"message":"A merge is currently in progress","path":["ok"],"extensions":{"code":"MERGE_IN_PROGRESS","http_status":423}}"#;

#[tokio::test(start_paused = true)]
async fn a_write_that_the_database_rolled_back_to_break_a_deadlock_is_sent_again() {
    const DEADLOCK: &str = r#"{"data":{"ok":null},"errors":[{"path":["ok"],"message":"ForsetiClient[transactionId=5580, clientId=9] can't acquire EXCLUSIVE RELATIONSHIP(68082) because it would form this deadlock wait cycle: …","extensions":{"code":"UNDEFINED_ERROR","http_status":500}}]}"#;
    let (client, count) =
        client(Config::new(ADDRESS), move |number, _| if number < 2 { answer(200, DEADLOCK) } else { ok() });
    run(&client, Effect::Write).await.unwrap();
    assert_eq!(count.get(), 3);

    let (client, count) = super::client(Config::new(ADDRESS), move |_, _| answer(200, DEADLOCK));
    let error = run(&client, Effect::Write).await.unwrap_err();
    assert_eq!(count.get(), 11);
    assert!(!error.may_have_run() && error.is_retryable());
    assert!(error.advice().starts_with("try again"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_write_waits_for_a_merge_that_keeps_the_server_from_doing_any_of_it() {
    let blocked = format!(r#"{{"data":{{"ok":null}},"errors":[{MERGING}]}}"#);
    let body = blocked.clone();
    let (client, count) =
        client(Config::new(ADDRESS), move |number, _| if number < 5 { answer(200, &body) } else { ok() });
    run(&client, Effect::Write).await.unwrap();
    assert_eq!((count.get(), client.shared().bucket.tokens()), (6, 500));

    let (client, count) = super::client(Config::new(ADDRESS), move |_, _| answer(200, &blocked));
    let error = run(&client, Effect::Write).await.unwrap_err();
    assert_eq!((count.get(), error.code()), (11, Some(&ErrorCode::MergeInProgress)));
    assert!(!error.may_have_run() && error.is_retryable());

    let partly = format!(r#"{{"data":{{"first":{{"ok":true}},"ok":null}},"errors":[{MERGING}]}}"#);
    let (client, count) = super::client(Config::new(ADDRESS), move |_, _| answer(200, &partly));
    let error = run(&client, Effect::Write).await.unwrap_err();
    assert_eq!(count.get(), 1, "the first part ran");
    assert!(error.may_have_run());
}
