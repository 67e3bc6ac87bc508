//! The promises about reliability and security, on real sockets.
#![allow(clippy::unwrap_used)]

mod bodies;
mod connections;
mod events;
mod faults;
mod files;
mod logs;
mod redirects;
mod secrets;
mod server;
mod time_limits;
mod tls;

use infrahub_client::{Client, Config, Error};
use serde_json::{Value, json};
use std::time::Duration;

const QUERY: &str = "query Test($id: Int) { ok }";
const MUTATION: &str = "mutation Test($id: Int) { ok }";

/// Settings that make a failing test fail soon.
fn config(url: &str) -> Config {
    Config::new(url).with_timeout(Duration::from_secs(5)).with_operation_timeout(Duration::from_secs(20))
}

fn client(url: &str) -> Client {
    Client::new(config(url)).unwrap()
}

/// Sends a document with an id in its variables.
async fn send(client: &Client, document: &str, id: u64) -> Result<Value, Error> {
    client.execute(document, json!({"id": id})).await
}
