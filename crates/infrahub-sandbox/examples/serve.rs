//! Serves the snapshot of a schema until it is interrupted: `cargo run --example serve -- FOLDER [PORT]`.
//!
//! Prints what a client's environment needs, for `eval` in a shell.

#![allow(clippy::print_stdout)]

use infrahub_sandbox::Sandbox;
use infrahub_schema::Snapshot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("the folder of a snapshot is missing")?;
    let port = arguments.next().map_or(Ok(0), |port| port.parse())?;
    let sandbox = Sandbox::builder(Snapshot::read(folder)?.schema).port(port).start().await?;
    println!("export INFRAHUB_ADDRESS={} INFRAHUB_API_TOKEN={}", sandbox.address(), sandbox.token());
    std::future::pending::<()>().await;
    Ok(())
}
