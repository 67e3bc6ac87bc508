//! R6 and R19: everything ends, and nested calls cannot wait for each other.

use super::*;
use crate::config::Limit;
use crate::error::TimeLimit;
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A client whose server never answers; the transport keeps the attempt's limit.
fn silent(config: Config) -> (Client, Count) {
    let count = Count::default();
    let counter = count.clone();
    let scripted = Scripted::new(move |request: WireRequest| {
        counter.next();
        async move {
            match request.timeout {
                Some(limit) => {
                    sleep(limit).await;
                    Err(WireFailure::Timeout(TimeLimit::Attempt, limit))
                }
                None => std::future::pending().await,
            }
        }
    });
    (Client::scripted(config, scripted), count)
}

#[tokio::test(start_paused = true)]
async fn r6_a_silent_server_ends_each_attempt_and_each_call() {
    let cases = [
        (Config::new(ADDRESS), Effect::Read, 3, 180, TimeLimit::Attempt),
        (Config::new(ADDRESS), Effect::Write, 1, 60, TimeLimit::Attempt),
        (
            Config::new(ADDRESS).with_operation_timeout(Duration::from_secs(100)),
            Effect::Read,
            2,
            100,
            TimeLimit::Operation,
        ),
        (Config::new(ADDRESS).with_timeout(Limit::None), Effect::Read, 1, 300, TimeLimit::Operation),
    ];
    for (config, effect, attempts, seconds, expected) in cases {
        let (client, count) = silent(config);
        let started = Instant::now();
        let error = run(&client, effect).await.unwrap_err();
        let took = started.elapsed();
        assert!(matches!(error, Error::Timeout { limit, .. } if limit == expected), "{error}");
        assert_eq!(count.get(), attempts);
        let expected = Duration::from_secs(seconds);
        assert!(took >= expected && took <= expected.mul_f64(1.1), "{took:?} instead of {expected:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r6_a_call_has_the_time_that_its_handle_gives_it() {
    let (client, count) = silent(Config::new(ADDRESS));
    for seconds in [1, 120, 600] {
        let started = Instant::now();
        let limit = Duration::from_secs(seconds);
        let error = run(&client.with_timeout(limit), Effect::Write).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { limit: TimeLimit::Operation, after, .. } if after == limit));
        assert!(error.may_have_run());
        assert_eq!(started.elapsed().as_secs(), seconds);
    }
    assert_eq!(count.get(), 3);
}

#[tokio::test(start_paused = true)]
async fn r6_waiting_for_other_calls_counts_too() {
    let (client, count) = silent(Config::new(ADDRESS).with_max_concurrent_execution(1));
    let handle = client.with_timeout(Duration::from_secs(10));
    let results = join_all((0..3).map(|_| run(&handle, Effect::Write))).await;
    let waited: Vec<bool> = results.into_iter().map(|result| result.unwrap_err().may_have_run()).collect();
    assert_eq!(count.get(), 1);
    assert_eq!(waited, [true, false, false], "what was never sent cannot have run");
}

#[tokio::test(start_paused = true)]
async fn r19_no_more_requests_are_in_flight_than_allowed() {
    let in_flight = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now, peak) = (Arc::clone(&in_flight), Arc::clone(&most));
    let scripted = Scripted::new(move |_| {
        let (now, peak) = (Arc::clone(&now), Arc::clone(&peak));
        async move {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(10)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            ok()
        }
    });
    let client = Client::scripted(Config::new(ADDRESS), scripted);
    let clones: Vec<Client> = (0..100).map(|number| client.on(format!("branch-{number}"))).collect();
    join_all(clones.iter().map(|client| run(client, Effect::Read))).await;
    assert_eq!(most.load(Ordering::SeqCst), 5);
}

#[tokio::test(start_paused = true)]
async fn r19_three_levels_of_nested_calls_with_one_request_in_flight_complete() {
    let config = Config::new(ADDRESS).with_max_concurrent_execution(1).with_login("u", "p");
    let (client, count) = client(config, |_, request| {
        if request.url.path() == "/api/auth/login" { answer(200, r#"{"access_token":"a"}"#) } else { ok() }
    });
    let inner = || async { join_all((0..3).map(|_| run(&client, Effect::Read))).await };
    let middle = || async {
        join_all((0..3).map(|_| async { (run(&client, Effect::Read).await, inner().await) })).await
    };
    let outer = join_all((0..3).map(|_| async { (run(&client, Effect::Read).await, middle().await) }));
    tokio::time::timeout(Duration::from_secs(10), outer).await.expect("no deadlock");
    assert_eq!(count.get(), 1 + 3 + 9 + 27);
}
