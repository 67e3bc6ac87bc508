//! R10: an answer without end costs no more memory than its limit. Alone in its program, to be measured.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "reliability/server.rs"]
mod server;

use infrahub_client::{Client, Config, Error};
use server::{Action, Server};

/// A field of `/proc/self/status`, in bytes.
fn status(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().unwrap() << 10
}

#[tokio::test]
async fn r10_an_endless_body_grows_the_process_by_less_than_the_limit_and_16_mib() {
    const LIMIT: usize = 64 << 20;
    let server = Server::start(|_| Action::Endless).await;
    let client = Client::new(Config::new(server.url())).unwrap();
    let before = status("VmRSS:");
    let error = client.execute::<serde_json::Value>("{ ok }", ()).await.unwrap_err();
    assert!(matches!(error, Error::BodyTooLarge { limit: LIMIT, .. }), "{error:?}");
    let grown = status("VmHWM:").saturating_sub(before);
    assert!(grown < LIMIT + (16 << 20), "grew by {} MiB", grown >> 20);
}
