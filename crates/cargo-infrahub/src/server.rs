//! The server that a command speaks with.

use crate::arguments::ServerArguments;
use crate::failure::Failure;
use infrahub_client::{Client, Config};
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

/// A client for the server and branch that the command line, else the environment and `infrahub.toml`, name.
pub(crate) fn client(arguments: &ServerArguments) -> Result<Client, Failure> {
    let mut config = Config::load()?;
    if let Some(address) = &arguments.address {
        config = config.with_address(address);
    }
    if let Some(branch) = &arguments.branch {
        config = config.with_default_branch(branch);
    }
    Ok(Client::new(config)?)
}

/// Waits for what a client does.
pub(crate) fn wait<T>(work: impl Future<Output = Result<T, infrahub_client::Error>>) -> Result<T, Failure> {
    Ok(runtime(&mut Builder::new_current_thread())?.block_on(work)?)
}

/// What futures run on.
pub(crate) fn runtime(builder: &mut Builder) -> Result<Runtime, Failure> {
    let started = builder.enable_all().build();
    started.map_err(|error| Failure::Other(format!("cannot start the async runtime: {error}")))
}
