//! `cargo infrahub schema load` and `schema check`: schema files for the server.

use crate::arguments::SchemaFiles;
use crate::failure::Failure;
use crate::text::line;
use crate::{Outcome, server, text};
use infrahub_client::schema::{Documents, KindChange, Warning};
use infrahub_client::{Error, SchemaReason};
use std::collections::BTreeMap;
use std::path::Path;

/// Loads the files, and waits until all of the server has the schema.
pub(crate) fn load(arguments: &SchemaFiles) -> Result<Outcome, Failure> {
    let documents = documents(&arguments.files)?;
    let client = server::client(&arguments.server)?;
    let schema = client.schema();
    let loaded = server::wait(async {
        let report = schema.load(&documents).await?;
        Ok((report, schema.wait_until_converged().await))
    });
    let (report, converged) = match loaded {
        Err(Failure::Client(error)) if error.may_have_run() => {
            return Err(Failure::Other(format!(
                "{error}; `cargo infrahub schema check` tells whether it did"
            )));
        }
        Err(failure) => return refused(failure),
        Ok(loaded) => loaded,
    };
    let branch = line(client.branch());
    if report.updated {
        let told = changes(&report.kinds);
        text::print(&format!("{told}the schema of branch {branch} has changed\n"))?;
    } else {
        text::print(&format!("branch {branch} has this schema already\n"))?;
    }
    warn(&report.warnings);
    converged?;
    Ok(Outcome::Same)
}

/// Asks the server what a load would change.
pub(crate) fn check(arguments: &SchemaFiles) -> Result<Outcome, Failure> {
    let documents = documents(&arguments.files)?;
    let client = server::client(&arguments.server)?;
    let report = match server::wait(client.schema().check(&documents)) {
        Err(failure) => return refused(failure),
        Ok(report) => report,
    };
    let branch = line(client.branch());
    warn(&report.warnings);
    if report.is_change() {
        let told = changes(&report.kinds);
        text::print(&format!("{told}a load would change the schema of branch {branch}\n"))?;
        return Ok(Outcome::Drift);
    }
    text::print(&format!("branch {branch} has this schema already\n"))?;
    Ok(Outcome::Same)
}

/// What is to be sent of files and folders.
pub(super) fn documents(files: &[impl AsRef<Path>]) -> Result<Documents, Failure> {
    let mut documents = Documents::new();
    for file in files {
        documents = documents.path(file).map_err(|error| match error {
            // Nothing was to be sent yet: the message alone is what is wrong with the file.
            Error::InvalidRequest { message, .. } => Failure::Other(message),
            error => error.into(),
        })?;
    }
    Ok(documents)
}

/// What the server objects to, each where it stands.
pub(super) fn refused(failure: Failure) -> Result<Outcome, Failure> {
    let Failure::Client(Error::SchemaRejected { reasons, .. }) = failure else { return Err(failure) };
    for SchemaReason { kind, field, file, line: place, message, .. } in &reasons {
        let about = match (kind, field) {
            (Some(kind), Some(field)) => format!("{kind}.{field}: "),
            (Some(name), None) | (None, Some(name)) => format!("{name}: "),
            (None, None) => String::new(),
        };
        eprintln!("error: {}", line(&format!("{about}{message}")));
        if let Some(file) = file {
            let place = place.map(|place| format!(":{place}")).unwrap_or_default();
            eprintln!(" --> {}{place}", file.display());
        }
    }
    eprintln!("error: the server refuses the schema: {}", text::count(reasons.len(), "objection"));
    Ok(Outcome::Drift)
}

fn changes(kinds: &BTreeMap<String, KindChange>) -> String {
    let mut told = String::new();
    for (kind, change) in kinds {
        told.push_str(&format!("{} {}\n", change.change, line(kind)));
        for (field, change) in &change.fields {
            told.push_str(&format!("    {change} {}\n", line(field)));
        }
    }
    told
}

/// Tells what the server says beside a success.
pub(super) fn warn(warnings: &[Warning]) {
    for warning in warnings {
        let about = warning.kinds.iter().map(|about| match &about.field {
            Some(field) => format!("{}.{field}", about.kind),
            None => about.kind.clone(),
        });
        let about = about.collect::<Vec<_>>().join(", ");
        let parts = [about.as_str(), &warning.message].into_iter().filter(|part| !part.is_empty());
        eprintln!("warning: {}", line(&parts.collect::<Vec<_>>().join(": ")));
    }
}
