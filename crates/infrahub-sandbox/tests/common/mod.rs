//! What the tests share: the demo schema, a sandbox with it, and objects of their own.

#![allow(dead_code, unreachable_pub, reason = "each test file uses some of it")]

use infrahub_client::{Client, Config, Error};
use infrahub_demo_kinds::*;
use infrahub_sandbox::Sandbox;
use infrahub_schema::Snapshot;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a test returns.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What a real server made of the demo schema.
pub fn demo() -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot");
    Snapshot::read(folder).unwrap()
}

/// A sandbox with the demo schema whose tasks take no time, and a client of it.
pub async fn started() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder(demo().schema).task_duration(Duration::ZERO).start().await.unwrap();
    let client = Client::new(config(&sandbox)).unwrap();
    (sandbox, client)
}

/// The settings of a client with the token of `admin`, that loses no time between two attempts.
pub fn config(sandbox: &Sandbox) -> Config {
    let wait = Duration::from_millis(5);
    Config::new(sandbox.address()).with_api_token(sandbox.token()).with_retry_delay(wait, wait)
}

/// A site in a region.
pub async fn site(client: &Client, name: &str) -> Result<LocationSite, Error> {
    let region = client.create(LocationRegionCreate::new(format!("region-of-{name}"))).await?;
    client.create(LocationSiteCreate::new(name, &region)).select().await
}

/// A device in a site of its own.
pub async fn device(client: &Client, name: &str) -> Result<InfraDevice, Error> {
    let site = site(client, &format!("site-of-{name}")).await?;
    client.create(InfraDeviceCreate::new(name, &site)).select().await
}

/// Sends a document with variables and gives the data.
pub async fn execute(client: &Client, document: &str, variables: Value) -> Result<Value, Error> {
    client.execute(document, variables).await
}

/// Sends a document that must fail and gives the error.
pub async fn refused(client: &Client, document: &str, variables: Value) -> Error {
    match execute(client, document, variables).await {
        Ok(data) => panic!("the sandbox accepted {document}: {data}"),
        Err(error) => error,
    }
}

/// Sends a request as any HTTP client would, and gives the status and the body of the answer.
pub async fn http(sandbox: &Sandbox, request: &str, headers: &[&str], body: &str) -> (u16, String) {
    let place = sandbox.address().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(place).await.unwrap();
    let mut text = format!(
        "{request} HTTP/1.1\r\nhost: {place}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    stream.write_all(format!("{text}\r\n{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
