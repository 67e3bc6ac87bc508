//! Why a command could not tell.

use infrahub_client::schema::SchemaError;
use std::io;
use std::path::{Path, PathBuf};

/// What ends a command with 2. Each says what to do next; none shows a credential.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The server, its address or the credentials.
    #[error(transparent)]
    Client(#[from] infrahub_client::Error),
    /// The snapshot.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The schema or the choice of kinds has no Rust form.
    #[error(transparent)]
    Generate(#[from] infrahub_build::Error),
    /// The sandbox does not start.
    #[cfg(feature = "sandbox")]
    #[error(transparent)]
    Sandbox(#[from] infrahub_sandbox::StartError),
    /// The objects that the sandbox should begin with.
    #[cfg(feature = "sandbox")]
    #[error(transparent)]
    Objects(#[from] infrahub_sandbox::ObjectsError),
    /// A file that could not be read or written.
    #[error("cannot {what} {}: {source}", path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    /// Anything else, with what to do.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    pub(crate) fn read(path: &Path, source: io::Error) -> Failure {
        Failure::File { what: "read", path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Failure {
        Failure::File { what: "write", path: path.to_owned(), source }
    }
}
