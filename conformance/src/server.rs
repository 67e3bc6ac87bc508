//! The server under test, with the demo schema: a real one where the environment names one, and a sandbox otherwise.

use infrahub_client::schema::Documents;
use infrahub_client::{Client, Config, Error};
use infrahub_sandbox::Sandbox;
use infrahub_schema::{Schema, Snapshot};
use std::env;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc;
use std::thread;

/// Where a server is and what lets a program in. It has the demo schema.
#[derive(Debug)]
pub struct Server {
    /// Its address: `http://localhost:8000`.
    pub address: String,
    /// The API token of its account `admin`.
    pub token: String,
    is_sandbox: bool,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| Server::real().unwrap_or_else(Server::sandbox));

impl Server {
    /// The server in `INFRAHUB_ADDRESS` and `INFRAHUB_API_TOKEN`, if one is named; the demo schema is loaded where it
    /// is missing.
    ///
    /// # Panics
    /// Where the schema cannot be loaded.
    pub fn real() -> Option<Self> {
        let address = env::var("INFRAHUB_ADDRESS").ok()?;
        let loaded = thread::spawn(|| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let schema = Client::new(Config::load()?)?.schema();
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../live/demo-schema");
                schema.load(&Documents::new().path(folder)?).await?;
                schema.wait_until_converged().await
            })
        });
        let loaded: Result<_, Error> = loaded.join().expect("a thread that does not panic");
        loaded.unwrap_or_else(|error| panic!("the demo schema: {error}"));
        let token = env::var("INFRAHUB_API_TOKEN").unwrap_or_default();
        Some(Self { address, token, is_sandbox: false })
    }

    /// A sandbox for all tests of a program, on a thread of its own: the runtime of a test ends with the test.
    ///
    /// # Panics
    /// Where it cannot start.
    pub fn sandbox() -> Self {
        let (started, server) = mpsc::channel();
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let sandbox = Sandbox::start(demo_schema()).await.unwrap_or_else(|error| panic!("{error}"));
                let (address, token) = (sandbox.address().to_owned(), sandbox.token().to_owned());
                started.send(Self { address, token, is_sandbox: true }).expect("a test waits for it");
                std::future::pending::<()>().await;
            });
        });
        server.recv().expect("a sandbox")
    }
}

/// The demo schema as a server made it.
///
/// # Panics
/// Where its snapshot cannot be read.
pub fn demo_schema() -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../live/demo-schema/snapshot");
    Snapshot::read(folder).unwrap_or_else(|error| panic!("{error}")).schema
}

/// The address of the server under test.
pub fn address() -> &'static str {
    &SERVER.address
}

/// The API token of its account `admin`.
pub fn token() -> &'static str {
    &SERVER.token
}

/// The settings of [`client`], for a test that changes one.
///
/// # Panics
/// Where the environment holds a setting that is none.
pub fn config() -> Config {
    if SERVER.is_sandbox {
        return Config::new(address()).with_api_token(token());
    }
    Config::load().unwrap_or_else(|error| panic!("{error}"))
}

/// A client of the server under test.
///
/// # Panics
/// Where no client can be made of the settings.
pub fn client() -> Client {
    Client::new(config()).unwrap_or_else(|error| panic!("{error}"))
}
