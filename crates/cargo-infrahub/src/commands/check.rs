//! `cargo infrahub check`: compares the snapshot with the server's schema.

use crate::Outcome;
use crate::arguments::Check;
use crate::failure::Failure;
use crate::used::used;
use crate::{report, server};
use infrahub_schema::{Schema, Source};
use std::path::Path;
use std::sync::Arc;

pub(crate) fn run(arguments: &Check) -> Result<Outcome, Failure> {
    let folder = &arguments.snapshot.schema_dir;
    let old = Arc::new(Schema::read(&folder.join("nodes.json"))?);
    let api = server::client(&arguments.server)?.schema();
    // The server's hash is one small request; without a hash to compare it with, there is none to save.
    let known = Source::read(folder).ok().map(|source| source.schema_hash);
    let new = server::wait(async {
        match known {
            Some(known) if api.hash().await? == known => Ok(Arc::clone(&old)),
            _ => api.all().await,
        }
    })?;
    let mut diff = report::differences(&old, &new, &arguments.differences)?;
    if arguments.used {
        let used = used(Path::new("."), &old)?;
        diff.retain(|change| used.keeps(change));
    }
    report::show(&diff, arguments.differences.format)
}
