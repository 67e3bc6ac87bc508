//! R6: everything ends within its limit and a tenth.

use crate::server::{Action, Server};
use crate::{MUTATION, client, send};
use infrahub_client::{Client, Config, Error, Limit, TimeLimit};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const LIMIT: Duration = Duration::from_secs(4);

async fn ends(client: &Client, expected: TimeLimit) -> Error {
    let started = Instant::now();
    let error = send(client, MUTATION, 1).await.unwrap_err();
    let took = started.elapsed();
    assert!(took >= LIMIT && took <= LIMIT.mul_f64(1.1), "{took:?}");
    assert!(matches!(error, Error::Timeout { limit, .. } if limit == expected), "{error:?}");
    error
}

#[tokio::test]
async fn r6_a_silent_server_ends_with_the_attempt() {
    let server = Server::start(|_| Action::Silence).await;
    let client = Client::new(Config::new(server.url()).with_timeout(LIMIT)).unwrap();
    assert!(ends(&client, TimeLimit::Attempt).await.may_have_run());
}

#[tokio::test]
async fn r6_a_dripping_server_ends_with_the_attempt() {
    let server = Server::start(|_| Action::Drip(Duration::from_millis(100))).await;
    let client = Client::new(Config::new(server.url()).with_timeout(LIMIT)).unwrap();
    ends(&client, TimeLimit::Attempt).await;
}

#[tokio::test]
async fn r6_a_stalled_body_ends_with_the_idle_limit() {
    let server = Server::start(|_| Action::Stall).await;
    let config = Config::new(server.url()).with_idle_timeout(LIMIT).with_timeout(Limit::None);
    ends(&Client::new(config).unwrap(), TimeLimit::Idle).await;
}

#[tokio::test]
async fn r6_a_call_ends_with_the_limit_of_its_handle() {
    let server = Server::start(|_| Action::Silence).await;
    ends(&client(&server.url()).with_timeout(LIMIT), TimeLimit::Operation).await;
}

#[tokio::test]
async fn r6_a_server_that_accepts_and_never_speaks_tls_ends_with_the_connect_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let limit = Duration::from_millis(500);
    let config = Config::new(format!("https://{address}")).with_connect_timeout(limit);
    let started = Instant::now();
    let error = send(&Client::new(config).unwrap(), MUTATION, 1).await.unwrap_err();
    let took = started.elapsed();
    // Three attempts, since none has run; between them at most 100 and 200 ms of backoff.
    assert!(matches!(error, Error::Timeout { limit: TimeLimit::Connect, .. }), "{error:?}");
    assert!(took >= limit * 3 && took <= limit.mul_f64(3.3) + Duration::from_millis(300), "{took:?}");
    assert!(!error.may_have_run());
    accepting.abort();
}
