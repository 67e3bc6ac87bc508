//! R3: an overloaded server slows the whole client, and no call fails for it.

use super::*;
use crate::config::Priority;
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn r3_1_000_calls_ride_out_30_s_of_sheds_with_at_most_40_requests() {
    let over = Instant::now() + Duration::from_secs(30);
    let shed_count = Count::default();
    let counter = shed_count.clone();
    let (client, count) = client(Config::new(ADDRESS), move |_, _| {
        if Instant::now() < over {
            counter.next();
            shed("5")
        } else {
            ok()
        }
    });
    let effects = [Effect::Read, Effect::Write];
    let results = join_all((0..1_000).map(|number| run(&client, effects[number % 2]))).await;
    let failed = results.iter().filter(|result| result.is_err()).count();
    assert_eq!(failed, 0);
    assert!(shed_count.get() <= 40, "{} requests were shed", shed_count.get());
    assert_eq!(count.get(), 1_000 + shed_count.get());
    assert_eq!(client.shared().bucket.tokens(), 500, "a marked shed costs nothing");
}

#[tokio::test(start_paused = true)]
async fn r3_the_wait_is_at_least_what_the_server_asks_for() {
    let in_20_s = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(21));
    for (header, floor, ceiling) in [("7", 7, 11), (in_20_s.as_str(), 19, 27), ("0", 0, 1), ("600", 60, 61)] {
        let header = header.to_owned();
        let (client, _) =
            client(Config::new(ADDRESS), move |number, _| if number == 0 { shed(&header) } else { ok() });
        let started = Instant::now();
        run(&client, Effect::Write).await.unwrap();
        let waited = started.elapsed();
        assert!(waited >= Duration::from_secs(floor) && waited <= Duration::from_secs(ceiling), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r3_a_call_gives_up_after_ten_retries() {
    let (client, count) = client(Config::new(ADDRESS), |_, _| shed("1"));
    let error = run(&client, Effect::Write).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }) && !error.may_have_run() && error.is_retryable());
    assert_eq!(count.get(), 11);
}

#[tokio::test(start_paused = true)]
async fn r3_a_shed_holds_back_calls_of_its_priority_and_lower_but_not_higher_ones() {
    let started = Instant::now();
    let (client, _) = client(Config::new(ADDRESS), |number, _| if number == 0 { shed("10") } else { ok() });
    let first = client.clone();
    let shed_call = tokio::spawn(async move { run(&first, Effect::Read).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    run(&client.with_priority(Priority::High), Effect::Read).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1), "high went through");
    run(&client.with_priority(Priority::Low), Effect::Read).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(10), "low waited");
    shed_call.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn r3_the_priority_is_sent_per_client_and_per_call() {
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let (client, _) = client(Config::new(ADDRESS).with_priority(Priority::Low), move |_, request| {
        let priority = request.headers.get("x-priority").map(|value| value.to_str().unwrap().to_owned());
        log.lock().unwrap().push(priority);
        ok()
    });
    run(&client, Effect::Read).await.unwrap();
    run(&client.with_priority(Priority::High), Effect::Read).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Some("low".to_owned()), Some("high".to_owned())]);
}
