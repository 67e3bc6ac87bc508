//! What the tests share: a client of the server under test, and names of their own.
//!
//! The server is the one in `INFRAHUB_ADDRESS` and `INFRAHUB_API_TOKEN`, which `live/test` sets, and a sandbox where
//! none is named. Tests run in parallel and again and again against the same server, so each names its objects with
//! [`unique`].

#![allow(deprecated, reason = "the demo schema has a deprecated attribute")]

mod server;

use infrahub_client::{Client, Error};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::RwLock;

pub use server::{Server, address, client, config, demo_schema, token};

infrahub_client::include_schema!();

/// Taken by tests that merge (to write), and by those that wait for what the server's worker writes (to read): while a
/// branch is merged the worker is refused like everybody else, and it does not try again.
pub static MERGES: RwLock<()> = RwLock::const_new(());

/// What a test returns.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A name that no other test and no other run uses: `device-1763968…-3`.
pub fn unique(stem: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    format!("{stem}-{now:x}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Sends a document with variables and gives the data.
///
/// # Errors
/// As [`Client::execute`].
pub async fn execute(client: &Client, document: &str, variables: Value) -> Result<Value, Error> {
    client.execute(document, variables).await
}

/// Sends a document that must fail and gives the error.
///
/// # Panics
/// Where it succeeds.
pub async fn refused(client: &Client, document: &str, variables: Value) -> Error {
    match execute(client, document, variables).await {
        Ok(data) => panic!("the server accepted {document}: {data}"),
        Err(error) => error,
    }
}

/// A client on a new branch of this name.
///
/// # Errors
/// Whatever the write meets.
pub async fn on_a_branch(name: &str) -> Result<Client, Error> {
    let document =
        "mutation ($name: String!) { BranchCreate(data: { name: $name, sync_with_git: false }) { ok } }";
    execute(&client(), document, json!({ "name": name })).await?;
    Ok(client().on(name))
}

/// Deletes the branch that a client is on.
///
/// # Errors
/// Whatever the write meets.
pub async fn delete_branch(branch: &Client) -> Outcome {
    let document = "mutation ($name: String!) { BranchDelete(data: { name: $name }) { ok } }";
    execute(&client(), document, json!({ "name": branch.branch() })).await?;
    Ok(())
}

/// Calls `attempt` until it gives a value, for what the server does later: its worker may have other things to do.
///
/// # Errors
/// The error of an attempt, or that five minutes passed without a value.
pub async fn eventually<T, E, F>(mut attempt: impl FnMut() -> F) -> Result<T, Box<dyn std::error::Error>>
where
    F: Future<Output = Result<Option<T>, E>>,
    E: Into<Box<dyn std::error::Error>>,
{
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(300) {
        if let Some(value) = attempt().await.map_err(Into::into)? {
            return Ok(value);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Err("nothing after five minutes".into())
}

/// The server below GraphQL, for what no client would send.
pub mod http {
    use crate::server::{address, token};
    use reqwest::{Client, RequestBuilder};

    fn client() -> Client {
        // reqwest is built without a TLS provider of its own; an error says that one is installed already
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::new()
    }

    /// A GET of a path of the server, without credentials.
    pub fn get(path: &str) -> RequestBuilder {
        client().get(format!("{}{path}", address()))
    }

    /// A request without a body to a path of the server, without credentials.
    pub fn request(method: reqwest::Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", address()))
    }

    /// A POST of a GraphQL body to a path of the server, without credentials.
    pub fn post(path: &str, body: &'static str) -> RequestBuilder {
        client().post(format!("{}{path}", address())).header("content-type", "application/json").body(body)
    }

    /// The same with the token of `admin`.
    pub fn post_with_token(path: &str, body: &'static str) -> RequestBuilder {
        post(path, body).header("X-INFRAHUB-KEY", token())
    }
}

/// A region and a site of the test's own.
///
/// # Errors
/// Whatever the writes meet.
pub async fn site(client: &Client) -> Result<LocationSite, Error> {
    let region = client.create(LocationRegionCreate::new(unique("region"))).await?;
    client.create(LocationSiteCreate::new(unique("site"), &region)).select().await
}

/// A device in a site of the test's own.
///
/// # Errors
/// Whatever the writes meet.
pub async fn device(client: &Client) -> Result<InfraDevice, Error> {
    let site = site(client).await?;
    client.create(InfraDeviceCreate::new(unique("device"), &site)).select().await
}
