//! `cargo infrahub pull`: writes the snapshot of a server's schema, and tells what changed.

use crate::Outcome;
use crate::arguments::{Format, Pull};
use crate::failure::Failure;
use crate::report::Report;
use crate::server;
use crate::text::{line, print};
use infrahub_schema::{Schema, SchemaError, Snapshot, Written};
use std::io;
use std::path::Path;

pub(crate) fn run(arguments: &Pull) -> Result<Outcome, Failure> {
    let folder = &arguments.snapshot.schema_dir;
    let client = server::client(&arguments.server)?;
    let branch = line(client.branch());
    eprintln!("fetching the schema of branch {branch}");
    let snapshot = server::wait(client.schema().snapshot())?;
    eprintln!("fetched {}", contents(&snapshot));
    let mut told = String::new();
    if let Some(old) = old_schema(folder, arguments.check) {
        let report = Report::all(&old, &snapshot.schema);
        if !report.is_empty() {
            told = report.render(Format::Text);
        }
    }
    let (files, done) = if arguments.check {
        (snapshot.would_write(folder), "would write")
    } else {
        (snapshot.write(folder)?, "wrote")
    };
    told.push_str(&in_words(&files, done, folder, &branch));
    print(&told)?;
    Ok(if arguments.check && !files.is_unchanged() { Outcome::Drift } else { Outcome::Same })
}

/// What was fetched, and how large it is.
fn contents(snapshot: &Snapshot) -> String {
    let size = |bytes: usize| format!("{} kB", bytes.div_ceil(1000));
    format!(
        "{} kinds ({}) and their GraphQL types ({}) from Infrahub {}",
        snapshot.schema.kinds.len(),
        size(snapshot.schema.to_nodes_json().len()),
        size(snapshot.sdl.len()),
        line(&snapshot.source.server_version)
    )
}

/// The schema that the folder holds. One that cannot be read is told: a pull is what mends it.
fn old_schema(folder: &Path, is_check: bool) -> Option<Schema> {
    match Schema::read(&folder.join("nodes.json")) {
        Ok(schema) => Some(schema),
        Err(SchemaError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            let what = if is_check { "would be replaced" } else { "is replaced" };
            eprintln!("the snapshot in {} {what}, it cannot be read: {error}", folder.display());
            None
        }
    }
}

fn in_words(files: &Written, done: &str, folder: &Path, branch: &str) -> String {
    if files.is_unchanged() {
        return format!("{} is up to date with branch {branch}\n", folder.display());
    }
    files.files.iter().map(|file| format!("{done} {}\n", file.display())).collect()
}
