//! R1, R2, R3, R5: what is sent again, counted at the server.

use crate::server::{Action, Server, Tally, closed_port, json, ok, too_many};
use crate::{MUTATION, QUERY, client, config, send};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use infrahub_client::{Client, Error};
use std::time::Duration;

/// Faults of a request that was read, and whether the server did what it asked for.
fn faults() -> Vec<(&'static str, Action, bool)> {
    vec![
        ("reset", Action::Reset, true),
        ("close", Action::Close, true),
        ("part of the head", Action::Part(20), true),
        ("part of the body", Action::Part(usize::MAX), true),
        ("too short a body", Action::TooShort, true),
        ("stalled body", Action::Stall, true),
        ("silence", Action::Silence, true),
        ("500 and close", Action::AnswerAndClose(500, "Internal Server Error"), true),
        ("500", json(500, r#"{"errors":["x"]}"#), true),
        ("502", json(502, "<html>"), true),
        ("503", json(503, ""), true),
        ("504", json(504, ""), true),
        ("shed", too_many(true, Some("0")), false),
        ("shed without wait", too_many(true, None), false),
        ("throttled", too_many(false, Some("0")), true),
        ("forbidden", json(403, ""), false),
        ("unauthenticated", json(401, ""), false),
        ("garbage", json(200, "hello"), true),
        ("ok", ok(), true),
        ("ok", ok(), true),
    ]
}

#[tokio::test]
async fn r1_no_mutation_runs_twice_in_400_random_fault_schedules_on_sockets() {
    const SCHEDULES: u64 = 400;
    let runs = Tally::default();
    let tally = runs.clone();
    // enough goes well to show something, also where a loaded machine makes answers late
    let faults: Vec<_> = faults().into_iter().chain((0..8).map(|_| ("ok", ok(), true))).collect();
    let server = Server::start_with(
        |number| fastrand::Rng::with_seed(number as u64).u8(0..8) == 0,
        move |request| {
            let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
            let id = body["variables"]["id"].as_u64().unwrap();
            let mut random = fastrand::Rng::with_seed(id * 1_000 + request.number as u64);
            let (_, action, ran) = &faults[random.usize(..faults.len())];
            if *ran {
                tally.count(id);
            }
            action.clone()
        },
    )
    .await;
    let config = config(&server.url())
        .with_timeout(Duration::from_millis(250))
        .with_idle_timeout(Duration::from_millis(150))
        .with_rate_limit_backoff(Duration::from_millis(1), Duration::from_millis(5))
        .with_max_concurrent_execution(16);
    let client = Client::new(config).unwrap();
    let outcomes: Vec<(u64, Result<_, Error>)> = stream::iter(0..SCHEDULES)
        .map(|id| {
            let client = client.clone();
            async move { (id, send(&client, MUTATION, id).await) }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    let mut succeeded = 0;
    for (id, outcome) in outcomes {
        let ran = runs.of(id);
        assert!(ran <= 1, "mutation {id} ran {ran} times: {outcome:?}");
        match outcome {
            Ok(_) => succeeded += 1,
            Err(error) => assert!(ran == 0 || error.may_have_run(), "mutation {id} ran, but: {error:?}"),
        }
    }
    assert!(succeeded > 30, "only {succeeded} went well: the schedules are too hostile to show anything");
}

#[tokio::test]
async fn r2_a_query_survives_each_passing_fault() {
    let passing: Vec<_> = faults()
        .into_iter()
        .filter(|(name, ..)| !["forbidden", "unauthenticated", "garbage", "ok"].contains(name))
        .collect();
    let tests = passing.into_iter().map(|(name, action, _)| async move {
        let server =
            Server::start(move |request| if request.number == 0 { action.clone() } else { ok() }).await;
        let config = config(&server.url())
            .with_timeout(Duration::from_millis(800))
            .with_idle_timeout(Duration::from_millis(400));
        let client = Client::new(config).unwrap();
        send(&client, QUERY, 1).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(server.requests(), 2, "{name}");
    });
    join_all(tests).await;
}

#[tokio::test]
async fn r1_a_mutation_is_sent_again_where_no_connection_came_about() {
    let server = Server::start_with(|number| number < 2, |_| ok()).await;
    let client = client(&server.url());
    // A reset that comes after the connection is up may look like a lost request: that is an error, not a replay.
    match send(&client, MUTATION, 1).await {
        Ok(_) => assert_eq!(server.requests(), 1),
        Err(error) => assert!(error.may_have_run() && server.requests() == 0, "{error:?}"),
    }
    let address = closed_port();
    let error = send(&crate::client(&address), MUTATION, 1).await.unwrap_err();
    let tried = address.trim_start_matches("http://").trim_end_matches('/');
    assert!(error.to_string().contains(&format!("server {tried} not reachable")), "{error:?}");
    assert!(matches!(error, Error::Unreachable { .. }) && !error.may_have_run(), "{error:?}");
    assert_eq!(error.context().unwrap().attempts(), 3);
}

#[tokio::test]
async fn r3_a_mutation_rides_out_a_marked_shed_and_not_an_unmarked_one() {
    let server =
        Server::start(|request| if request.number == 0 { too_many(true, Some("1")) } else { ok() }).await;
    let started = std::time::Instant::now();
    send(&client(&server.url()), MUTATION, 1).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests(), 2);

    let server = Server::start(|_| too_many(false, Some("1"))).await;
    let error = send(&client(&server.url()), MUTATION, 1).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }) && error.may_have_run());
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn r5_1_000_queries_at_a_dead_server_send_at_most_1_036_requests() {
    let server = Server::start(|_| Action::Reset).await;
    let client = client(&server.url());
    let results = join_all((0..1_000).map(|id| send(&client, QUERY, id))).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::Unreachable { .. }))));
    assert!((1_000..=1_036).contains(&server.requests()), "{}", server.requests());
}

#[tokio::test]
async fn r5_1_000_queries_at_an_unmarked_429_send_at_most_1_100_requests() {
    let server = Server::start(|_| too_many(false, None)).await;
    let config =
        config(&server.url()).with_rate_limit_backoff(Duration::from_millis(1), Duration::from_millis(5));
    let client = Client::new(config).unwrap();
    let results = join_all((0..1_000).map(|id| send(&client, QUERY, id))).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::RateLimited { .. }))));
    assert!((1_000..=1_100).contains(&server.requests()), "{}", server.requests());
}
