//! The schema that comes with the sandbox.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Outcome, config, demo};
use infrahub_client::Client;
use infrahub_client::schema::Documents;
use infrahub_sandbox::{Sandbox, stock_schema};
use infrahub_schema::SchemaDiff;
use std::fs;
use std::path::Path;

/// The snapshot of the client is what a server gave. `BLESS=1` copies it again.
#[test]
fn the_stock_schema_is_that_of_the_client() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = fs::read(crate_folder.join("../../schema/nodes.json")).unwrap();
    let copy = crate_folder.join("src/stock.json");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&copy, &given).unwrap();
    }
    assert!(
        fs::read(&copy).unwrap() == given,
        "src/stock.json is out of date: BLESS=1 copies schema/nodes.json"
    );
    assert!(stock_schema().kind("BuiltinTag").is_some());
}

/// The whole demo schema, loaded on top, is what a server makes of it: profiles and templates included.
#[tokio::test]
async fn the_demo_schema_on_top_of_it_is_what_a_server_makes_of_it() -> Outcome {
    let sandbox = Sandbox::start(stock_schema()).await?;
    let client = Client::new(config(&sandbox))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema");
    let report = client.schema().load(&Documents::new().path(folder)?).await?;
    assert!(report.updated);
    client.schema().wait_until_converged().await?;
    let served = client.schema().all().await?;
    let differences: Vec<String> =
        SchemaDiff::between(&demo().schema, &served).changes.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    Ok(())
}
