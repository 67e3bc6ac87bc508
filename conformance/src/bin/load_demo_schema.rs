//! Loads the demo schema into the server under test, and waits until all its workers serve it.

use infrahub_client::schema::Documents;
use infrahub_conformance::{Outcome, client};

#[tokio::main]
async fn main() -> Outcome {
    let schema = client().schema();
    let documents = Documents::new().path(concat!(env!("CARGO_MANIFEST_DIR"), "/../live/demo-schema"))?;
    schema.load(&documents).await?;
    schema.wait_until_converged().await?;
    Ok(())
}
