//! R9: however many calls meet an expired token, one of them renews it.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use std::sync::Mutex;
use std::time::Duration;

const EXPIRED: &str = r#"{"data":null,"errors":[{"message":"Expired Signature","extensions":{"code":"TOKEN_EXPIRED","http_status":401,"data":{"expired_at":null}}}]}"#;

/// A server that issues access tokens of a given life and answers 401 to all but the newest.
#[derive(Default)]
struct Issuer {
    issued: usize,
    logins: usize,
    refreshes: usize,
    /// Refresh tokens are accepted unless this is set.
    refuses_refresh: bool,
    refuses_login: bool,
    rejects_all: bool,
}

fn token(number: usize, life: u64) -> String {
    let claims = format!(r#"{{"n":{number},"iat":1000,"exp":{}}}"#, 1000 + life);
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
}

fn issuer(life: u64) -> (Client, Count, Arc<Mutex<Issuer>>) {
    let state = Arc::new(Mutex::new(Issuer::default()));
    let issuer = Arc::clone(&state);
    let calls = Count::default();
    let counter = calls.clone();
    let (client, _) = client(Config::new(ADDRESS).with_login("u", "p"), move |_, request| {
        let mut issuer = issuer.lock().unwrap();
        let authorization = request.headers.get("authorization").map(|value| value.to_str().unwrap());
        match request.url.path() {
            "/api/auth/login" => {
                issuer.logins += 1;
                if issuer.refuses_login {
                    return answer(
                        401,
                        r#"{"data":null,"errors":[{"message":"Incorrect password","extensions":{"code":401}}]}"#,
                    );
                }
                issuer.issued += 1;
                let access = token(issuer.issued, life);
                answer(200, &format!(r#"{{"access_token":"{access}","refresh_token":"refresh"}}"#))
            }
            "/api/auth/refresh" => {
                issuer.refreshes += 1;
                assert_eq!(authorization, Some("Bearer refresh"));
                if issuer.refuses_refresh {
                    return answer(401, EXPIRED);
                }
                issuer.issued += 1;
                answer(200, &format!(r#"{{"access_token":"{}"}}"#, token(issuer.issued, life)))
            }
            _ => {
                counter.next();
                let newest = format!("Bearer {}", token(issuer.issued, life));
                if authorization == Some(newest.as_str()) && !issuer.rejects_all {
                    ok()
                } else {
                    answer(401, EXPIRED)
                }
            }
        }
    });
    (client, calls, state)
}

async fn hundred(client: &Client) {
    let effects = [Effect::Read, Effect::Write];
    let results = join_all((0..100).map(|number| run(client, effects[number % 2]))).await;
    for result in results {
        result.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn r9_100_calls_log_in_once() {
    let (client, calls, issuer) = issuer(3600);
    hundred(&client).await;
    let issuer = issuer.lock().unwrap();
    assert_eq!((issuer.logins, issuer.refreshes, calls.get()), (1, 0, 100));
}

#[tokio::test(start_paused = true)]
async fn r9_100_calls_on_an_expired_token_refresh_it_once_and_replay_at_most_once_each() {
    let (client, calls, issuer) = issuer(3600);
    run(&client, Effect::Read).await.unwrap();
    // The server stops accepting the token, without this client being able to know.
    issuer.lock().unwrap().issued += 1;
    hundred(&client).await;
    let issuer = issuer.lock().unwrap();
    assert_eq!((issuer.logins, issuer.refreshes), (1, 1));
    assert!(calls.get() <= 1 + 200, "{}", calls.get());
}

#[tokio::test(start_paused = true)]
async fn r9_a_token_is_refreshed_60_s_before_it_expires() {
    let (client, calls, issuer) = issuer(3600);
    run(&client, Effect::Read).await.unwrap();
    tokio::time::advance(Duration::from_secs(3600 - 61)).await;
    run(&client, Effect::Read).await.unwrap();
    assert_eq!(issuer.lock().unwrap().refreshes, 0);
    tokio::time::advance(Duration::from_secs(2)).await;
    hundred(&client).await;
    assert_eq!(issuer.lock().unwrap().refreshes, 1);
    assert_eq!(calls.get(), 102, "no request went out with the old token");
}

#[tokio::test(start_paused = true)]
async fn r9_where_the_refresh_is_refused_the_client_logs_in_again() {
    let (client, _, issuer) = issuer(3600);
    run(&client, Effect::Read).await.unwrap();
    {
        let mut issuer = issuer.lock().unwrap();
        issuer.issued += 1;
        issuer.refuses_refresh = true;
    }
    hundred(&client).await;
    let issuer = issuer.lock().unwrap();
    assert_eq!((issuer.logins, issuer.refreshes), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r9_a_wrong_password_is_tried_once_for_all_that_wait_for_it() {
    let (client, calls, issuer) = issuer(3600);
    issuer.lock().unwrap().refuses_login = true;
    let results = join_all((0..100).map(|_| run(&client, Effect::Read))).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::Authentication { .. }))));
    assert_eq!((issuer.lock().unwrap().logins, calls.get()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn r9_a_server_that_rejects_every_token_gets_one_replay_a_call() {
    let (client, calls, issuer) = issuer(3600);
    run(&client, Effect::Read).await.unwrap();
    issuer.lock().unwrap().rejects_all = true;
    let error = run(&client, Effect::Write).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }) && !error.may_have_run());
    assert_eq!(calls.get(), 1 + 2);
}

#[tokio::test(start_paused = true)]
async fn r9_an_api_token_is_sent_as_its_header_and_never_replayed() {
    let (client, count) = client(Config::new(ADDRESS).with_api_token("secret"), |_, request| {
        assert_eq!(request.headers.get("x-infrahub-key").unwrap(), "secret");
        assert!(request.headers.get("authorization").is_none());
        answer(401, EXPIRED)
    });
    let error = run(&client, Effect::Read).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }));
    assert_eq!(count.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn r9_a_token_that_outlives_every_clock_is_used() {
    let (client, calls, state) = issuer(u64::MAX / 2);
    run(&client, Effect::Read).await.unwrap();
    assert_eq!((calls.get(), state.lock().unwrap().logins), (1, 1));
}
