//! `cargo infrahub check`: compares the snapshot with the server's schema.

use crate::Outcome;
use crate::arguments::Check;
use crate::failure::Failure;
use crate::report::Report;
use crate::server;
use crate::used::used;
use infrahub_schema::Schema;
use std::path::Path;

pub(crate) fn run(arguments: &Check) -> Result<Outcome, Failure> {
    let folder = &arguments.snapshot.schema_dir;
    let old = Schema::read(&folder.join("nodes.json"))?;
    // The hash in `source.json` would save this request, but says nothing of a `nodes.json` that was edited or merged.
    let schema = server::client(&arguments.server)?.schema();
    let new = server::wait(schema.all())?;
    let mut report = Report::asked_for(&old, &new, &arguments.differences)?;
    if arguments.used {
        let used = used(Path::new("."), &old)?;
        report.retain(|change| used.keeps(change));
    }
    report.show(arguments.differences.format)
}
