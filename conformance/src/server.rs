//! The server under test, with the demo schema: a real one where the environment names one, and a sandbox otherwise.

use infrahub_client::schema::Documents;
use infrahub_client::{Client, Config, Error};
use infrahub_sandbox::Sandbox;
use infrahub_schema::Snapshot;
use std::env;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc;
use std::thread;

/// Where a server is and what lets a program in.
struct Server {
    address: String,
    token: String,
    is_sandbox: bool,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| match env::var("INFRAHUB_ADDRESS") {
    Ok(address) => real(address),
    Err(_) => sandbox(),
});

/// The server at an address, with the demo schema: it is loaded where it is missing.
fn real(address: String) -> Server {
    let loaded = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
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
    Server { address, token, is_sandbox: false }
}

/// One sandbox for all tests of a program, on a thread of its own: the runtime of a test ends with the test.
fn sandbox() -> Server {
    let (started, server) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../live/demo-schema/snapshot");
            let snapshot = Snapshot::read(folder).unwrap_or_else(|error| panic!("{error}"));
            let sandbox = Sandbox::start(snapshot.schema).await.unwrap_or_else(|error| panic!("{error}"));
            let (address, token) = (sandbox.address().to_owned(), sandbox.token().to_owned());
            started.send(Server { address, token, is_sandbox: true }).expect("a test waits for it");
            std::future::pending::<()>().await;
        });
    });
    server.recv().expect("a sandbox")
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
