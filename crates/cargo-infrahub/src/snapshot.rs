//! The snapshot that a command reads.

use crate::arguments::SnapshotArguments;
use crate::failure::Failure;
use infrahub_build::Generator;
use infrahub_client::schema::{Schema, SchemaError};
use std::fs;
use std::path::{Path, PathBuf};

/// The schema of a snapshot's folder, or of a `nodes.json` under whatever name.
pub(crate) fn schema(path: &Path) -> Result<Schema, Failure> {
    Ok(if path.is_dir() { Schema::read(&path.join("nodes.json"))? } else { Schema::read(path)? })
}

/// A generator for the snapshot's kinds.
pub(crate) fn generator(arguments: &SnapshotArguments) -> Result<Generator, Failure> {
    let nodes = arguments.schema_dir.join("nodes.json");
    Ok(Generator::new(Schema::read(&nodes)?).origin(nodes))
}

/// The snapshot's GraphQL schema, which must be there.
pub(crate) fn sdl(arguments: &SnapshotArguments) -> Result<PathBuf, Failure> {
    let path = arguments.schema_dir.join("schema.graphql");
    match fs::File::open(&path) {
        Ok(_) => Ok(path),
        Err(source) => Err(SchemaError::Read { path, source }.into()),
    }
}
