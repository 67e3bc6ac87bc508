//! R1: a write that is not repeatable runs at most once, and errors are honest about it.

use super::*;
use crate::error::TimeLimit;
use std::sync::Mutex;
use std::time::Duration;

/// What the network and the server do to one request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Refused,
    UploadStalled,
    ConnectTimeout,
    LostBefore,
    LostAfter,
    TimedOutBefore,
    TimedOutAfter,
    StalledAfter,
    CrashedBefore,
    CrashedAfter,
    GatewayAfter,
    Unavailable,
    GatewayTimeoutAfter,
    Shed,
    ShedWithoutWait,
    ThrottledBefore,
    ThrottledAfter,
    Expired,
    Rejected,
    Forbidden,
    Redirected,
    TooLargeAfter,
    GarbageAfter,
    ErrorAfter,
    ErrorBefore,
    Merging,
    Ok,
}

const FATES: [Fate; 27] = [
    Fate::Refused,
    Fate::UploadStalled,
    Fate::ConnectTimeout,
    Fate::LostBefore,
    Fate::LostAfter,
    Fate::TimedOutBefore,
    Fate::TimedOutAfter,
    Fate::StalledAfter,
    Fate::CrashedBefore,
    Fate::CrashedAfter,
    Fate::GatewayAfter,
    Fate::Unavailable,
    Fate::GatewayTimeoutAfter,
    Fate::Shed,
    Fate::ShedWithoutWait,
    Fate::ThrottledBefore,
    Fate::ThrottledAfter,
    Fate::Expired,
    Fate::Rejected,
    Fate::Forbidden,
    Fate::Redirected,
    Fate::TooLargeAfter,
    Fate::GarbageAfter,
    Fate::ErrorAfter,
    Fate::ErrorBefore,
    Fate::Merging,
    Fate::Ok,
];

impl Fate {
    /// Whether the server does what the request asks for.
    fn runs(self) -> bool {
        matches!(
            self,
            Self::LostAfter
                | Self::TimedOutAfter
                | Self::StalledAfter
                | Self::CrashedAfter
                | Self::GatewayAfter
                | Self::GatewayTimeoutAfter
                | Self::ThrottledAfter
                | Self::TooLargeAfter
                | Self::GarbageAfter
                | Self::ErrorAfter
                | Self::Ok
        )
    }

    fn result(self) -> Result<WireResponse, WireFailure> {
        let limit = Duration::from_secs(60);
        match self {
            Self::Refused => refused(),
            Self::UploadStalled => Err(WireFailure::Stalled(limit)),
            Self::ConnectTimeout => Err(WireFailure::ConnectTimeout(Duration::from_secs(10))),
            Self::LostBefore | Self::LostAfter => lost(),
            Self::TimedOutBefore | Self::TimedOutAfter => {
                Err(WireFailure::Timeout(TimeLimit::Attempt, limit))
            }
            Self::StalledAfter => Err(WireFailure::Timeout(TimeLimit::Idle, limit)),
            Self::CrashedBefore | Self::CrashedAfter => answer(500, "Internal Server Error"),
            Self::GatewayAfter => answer(502, "<html>bad gateway</html>"),
            Self::Unavailable => answer(503, r#"{"data":null,"errors":[{"message":"database"}]}"#),
            Self::GatewayTimeoutAfter => answer(504, ""),
            Self::Shed => shed("1"),
            Self::ShedWithoutWait => answer_with(429, &[("x-infrahub-admission", "SHED")], ""),
            Self::ThrottledBefore | Self::ThrottledAfter => {
                answer_with(429, &[("retry-after", "1")], "slow down")
            }
            Self::Expired => answer(
                401,
                r#"{"data":null,"errors":[{"message":"Expired Signature","extensions":{"code":"TOKEN_EXPIRED"}}]}"#,
            ),
            Self::Rejected => answer(401, r#"{"data":null,"errors":[{"message":"Invalid token"}]}"#),
            Self::Forbidden => answer(403, r#"{"data":null,"errors":[{"message":"no"}]}"#),
            Self::Redirected => answer_with(307, &[("location", "http://elsewhere.example/x")], ""),
            Self::TooLargeAfter => Err(WireFailure::TooLarge(1)),
            Self::GarbageAfter => answer(200, "<html>hello</html>"),
            Self::ErrorAfter => answer(
                200,
                r#"{"data":{"ok":null},"errors":[{"message":"m","path":["ok"],"extensions":{"code":"UNDEFINED_ERROR","http_status":500}}]}"#,
            ),
            Self::ErrorBefore => answer(
                200,
                r#"{"data":{"ok":null},"errors":[{"message":"m","path":["ok"],"extensions":{"code":"NODE_NOT_FOUND","http_status":404}}]}"#,
            ),
            Self::Merging => answer(
                200,
                r#"{"data":{"ok":null},"errors":[{"message":"m","path":["ok"],"extensions":{"code":"MERGE_IN_PROGRESS","http_status":423}}]}"#,
            ),
            Self::Ok => ok(),
        }
    }
}

/// How a write is sent.
#[derive(Debug, Clone, Copy)]
enum Way {
    Operation,
    Raw,
    Partial,
    Rest,
}

const WAYS: [Way; 4] = [Way::Operation, Way::Raw, Way::Partial, Way::Rest];

async fn write(client: &Client, way: Way, effect: Effect) -> Result<(), Error> {
    match way {
        Way::Operation => client.run::<Value>(&operation(effect)).await.map(drop),
        Way::Raw => client.execute::<Value>("mutation Test { ok }", ()).await.map(drop),
        Way::Partial => client.run_partial::<Value>(&operation(effect)).await.map(drop),
        Way::Rest => client.rest_post("/api/schema/load", &[], &Value::Null, effect).await.map(drop),
    }
}

/// Sends one write through a random schedule of faults and checks how often it ran.
async fn schedule(seed: u64, way: Way, effect: Effect) {
    let mut random = fastrand::Rng::with_seed(seed);
    let fates: Vec<Fate> = (0..12).map(|_| FATES[random.usize(..FATES.len())]).collect();
    let config = Config::new(ADDRESS);
    let config = if random.bool() { config.with_login("u", "p") } else { config.with_api_token("t") };
    let runs = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&runs);
    let sent = Count::default();
    let script = fates.clone();
    let (client, _) = super::client(config, move |_, request| {
        if request.url.path().starts_with("/api/auth/") {
            return answer(200, r#"{"access_token":"a","refresh_token":"r"}"#);
        }
        let fate = script.get(sent.next()).copied().unwrap_or(Fate::Ok);
        log.lock().unwrap().push(fate);
        fate.result()
    });
    let result = write(&client, way, effect).await;
    let fates = runs.lock().unwrap().clone();
    let ran = fates.iter().filter(|fate| fate.runs()).count();
    let told = format!("seed {seed}, {way:?} {effect:?}: {fates:?} -> {result:?}");
    if effect == Effect::Write {
        assert!(ran <= 1, "ran {ran} times: {told}");
    }
    match result {
        Ok(()) => assert!(ran >= 1 || matches!(way, Way::Rest | Way::Partial), "nothing ran: {told}"),
        Err(error) => {
            assert!(ran == 0 || error.may_have_run(), "the error hides that it ran: {told}");
            assert!(
                effect == Effect::RepeatableWrite || !(error.may_have_run() && error.is_retryable()),
                "the error calls a write that may have run retryable: {told}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r1_no_write_runs_twice_in_12_000_random_fault_schedules() {
    for seed in 0..12_000 {
        schedule(seed, WAYS[seed as usize % WAYS.len()], Effect::Write).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r1_the_error_of_a_repeatable_write_tells_that_an_attempt_may_have_run() {
    for seed in 0..4_000 {
        schedule(seed, [Way::Operation, Way::Partial, Way::Rest][seed as usize % 3], Effect::RepeatableWrite)
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn r1_a_repeatable_write_is_sent_again_and_the_answer_says_so() {
    let first_is_lost = |number| if number == 0 { lost() } else { ok() };
    let (client, count) = super::client(Config::new(ADDRESS), move |number, _| first_is_lost(number));
    let partial = client.run_partial::<Value>(&operation(Effect::RepeatableWrite)).await.unwrap();
    assert_eq!((count.get(), partial.ambiguous), (2, true));

    let in_use = r#"{"data":{"ok":null},"errors":[{"message":"17 is already in use at id","path":["ok"],"extensions":{"code":"UNDEFINED_ERROR","http_status":422}}]}"#;
    let (client, _) =
        super::client(
            Config::new(ADDRESS),
            move |number, _| if number == 0 { lost() } else { answer(200, in_use) },
        );
    let error = run(&client, Effect::RepeatableWrite).await.unwrap_err();
    assert!(error.earlier_attempt_may_have_run() && error.graphql_errors()[0].is_id_in_use());
    let (client, _) = super::client(Config::new(ADDRESS), move |_, _| answer(200, in_use));
    let error = run(&client, Effect::RepeatableWrite).await.unwrap_err();
    assert!(!error.earlier_attempt_may_have_run() && !error.may_have_run());
}
