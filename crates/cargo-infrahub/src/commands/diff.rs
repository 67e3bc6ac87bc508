//! `cargo infrahub diff`: compares two snapshots.

use crate::Outcome;
use crate::arguments::Diff;
use crate::failure::Failure;
use crate::report;
use infrahub_schema::Schema;
use std::path::Path;

pub(crate) fn run(arguments: &Diff) -> Result<Outcome, Failure> {
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    let diff = report::differences(&old, &new, &arguments.differences)?;
    report::show(&diff, arguments.differences.format)
}

/// The schema of a snapshot's folder, or of a `nodes.json` under whatever name.
fn read(path: &Path) -> Result<Schema, Failure> {
    Ok(if path.is_dir() { Schema::read(&path.join("nodes.json"))? } else { Schema::read(path)? })
}
