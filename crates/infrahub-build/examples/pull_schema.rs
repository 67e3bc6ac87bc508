//! Pulls the schema of a running server into a folder: `pull_schema FOLDER`, with the server in `INFRAHUB_*`.
#![allow(clippy::print_stdout)]

use infrahub_build::pull::{self, Server};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: pull_schema FOLDER")?;
    let server = Server::from_env()?;
    let written = pull::snapshot(&server)?.write(Path::new(&folder))?;
    if written.is_unchanged() {
        println!("{folder} is up to date with {}", server.address());
    }
    for file in written.files {
        println!("wrote {}", file.display());
    }
    Ok(())
}
