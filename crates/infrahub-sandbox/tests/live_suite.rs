//! The live suite, which otherwise runs against a real server, against one sandbox that all of its tests share.
//!
//! The files are the live suite's own. What they use of its library is here, with the sandbox in the place of the
//! server.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, missing_docs)]
#![allow(deprecated, reason = "the demo schema has a deprecated attribute")]

extern crate self as infrahub_live_suite;

#[path = "../../../live/suite/tests/batch.rs"]
mod batch;
#[path = "../../../live/suite/tests/branches.rs"]
mod branches;
#[path = "../../../live/suite/tests/client.rs"]
mod client_itself;
#[path = "../../../live/suite/tests/files.rs"]
mod files;
#[path = "../../../live/suite/tests/filters.rs"]
mod filters;
#[path = "../../../live/suite/tests/jobs.rs"]
mod jobs;
#[path = "../../../live/suite/tests/paging.rs"]
mod paging;
#[path = "../../../live/suite/tests/queries.rs"]
mod queries_of_documents;
#[path = "../../../live/suite/tests/schema.rs"]
mod schema;
#[path = "../../../live/suite/tests/server_notes.rs"]
mod server_notes;
#[path = "../../../live/suite/tests/storage.rs"]
mod storage;

use infrahub_client::{Client, Config, Error};
pub use infrahub_demo_kinds::*;
use infrahub_sandbox::Sandbox;
use infrahub_schema::Snapshot;
use serde_json::Value;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The sandbox of all tests, on a runtime of its own: that of a test ends with it.
static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let (started, sandbox) = mpsc::channel();
    std::thread::spawn(move || {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let schema = Snapshot::read(folder).unwrap().schema;
            started.send(Sandbox::start(schema).await.unwrap()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    sandbox.recv().unwrap()
});

pub fn address() -> String {
    SANDBOX.address().to_owned()
}

pub fn config() -> Config {
    Config::new(address()).with_api_token(SANDBOX.token())
}

pub fn client() -> Client {
    Client::new(config()).unwrap()
}

pub fn unique(stem: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{stem}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub async fn execute(client: &Client, document: &str, variables: Value) -> Result<Value, Error> {
    client.execute(document, variables).await
}

pub async fn refused(client: &Client, document: &str, variables: Value) -> Error {
    match execute(client, document, variables).await {
        Ok(data) => panic!("the sandbox accepted {document}: {data}"),
        Err(error) => error,
    }
}

pub async fn eventually<T, E, F>(mut attempt: impl FnMut() -> F) -> Result<T, Box<dyn std::error::Error>>
where
    F: Future<Output = Result<Option<T>, E>>,
    E: Into<Box<dyn std::error::Error>>,
{
    for _ in 0..20 {
        if let Some(value) = attempt().await.map_err(Into::into)? {
            return Ok(value);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("nothing after a second".into())
}

/// The server below GraphQL, for what no client would send.
pub mod http {
    use reqwest::{Client, RequestBuilder};

    pub fn get(path: &str) -> RequestBuilder {
        // reqwest is built without a TLS provider of its own; an error says that one is installed already
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::new().get(format!("{}{path}", super::address()))
    }

    pub fn post(path: &str, body: &'static str) -> RequestBuilder {
        // as above
        let _ = rustls::crypto::ring::default_provider().install_default();
        let request = Client::new().post(format!("{}{path}", super::address()));
        request.header("content-type", "application/json").body(body)
    }

    pub fn post_with_token(path: &str, body: &'static str) -> RequestBuilder {
        post(path, body).header("X-INFRAHUB-KEY", super::SANDBOX.token())
    }
}

pub async fn site(client: &Client) -> Result<LocationSite, Error> {
    let region = client.create(LocationRegionCreate::new(unique("region"))).await?;
    client.create(LocationSiteCreate::new(unique("site"), &region)).select().await
}

pub async fn device(client: &Client) -> Result<InfraDevice, Error> {
    let site = site(client).await?;
    client.create(InfraDeviceCreate::new(unique("device"), &site)).select().await
}
