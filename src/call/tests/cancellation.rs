//! R13: a call that is dropped at any point leaves nothing behind.

use super::*;
use crate::policy::bucket::Bucket;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// Polls a future `polls` times, letting everything else run in between, then drops it. Says whether it ended.
async fn poll_then_drop<F: Future>(future: F, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        let ended = poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await;
        if ended {
            return true;
        }
        // Long enough for any backoff or gate of this test.
        tokio::time::sleep(Duration::from_secs(8)).await;
    }
    false
}

/// A server at which a call meets everything that a call can wait for: a login, a shed, an expired token,
/// a lost connection, and an answer that takes a while.
fn eventful() -> Client {
    let steps = Count::default();
    let scripted = Scripted::new(move |request: WireRequest| {
        let steps = steps.clone();
        async move {
            tokio::task::yield_now().await;
            if request.url.path().starts_with("/api/auth/") {
                return answer(200, r#"{"access_token":"a","refresh_token":"r"}"#);
            }
            match steps.next() {
                0 => shed("5"),
                1 => answer(401, r#"{"errors":[{"message":"Expired Signature"}]}"#),
                2 => lost(),
                _ => ok(),
            }
        }
    });
    Client::scripted(Config::new(ADDRESS).with_login("u", "p").with_max_concurrent_execution(1), scripted)
}

#[tokio::test(start_paused = true)]
async fn r13_a_call_dropped_at_any_await_point_leaves_no_permit_lock_or_token_behind() {
    let mut polls = 0;
    loop {
        let client = eventful();
        let ended = poll_then_drop(run(&client, Effect::Read), polls).await;
        let told = format!("dropped after {polls} polls");
        assert_eq!(client.shared().permits.available_permits(), 1, "{told}");
        assert_eq!(client.shared().bucket.tokens(), Bucket::full().tokens(), "{told}");
        let clean = tokio::time::timeout(Duration::from_secs(30), run(&client, Effect::Read)).await;
        clean.unwrap_or_else(|_| panic!("a later call hung: {told}")).unwrap();
        if ended {
            break;
        }
        polls += 1;
    }
    assert!(polls >= 8, "the call was to wait at many points, but had {polls}");
}

#[tokio::test(start_paused = true)]
async fn r13_those_that_wait_for_a_dropped_login_log_in_themselves() {
    let client = eventful();
    let waiting = client.clone();
    let mut first = Box::pin(run(&client, Effect::Read));
    poll_fn(|context| Poll::Ready(first.as_mut().poll(context).is_ready())).await;
    let second = tokio::spawn(async move { run(&waiting, Effect::Read).await });
    tokio::task::yield_now().await;
    drop(first);
    second.await.unwrap().unwrap();
}
