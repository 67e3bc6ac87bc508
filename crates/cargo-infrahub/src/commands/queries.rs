//! `cargo infrahub queries check`: hand-written documents against the snapshot.

use crate::arguments::QueriesCheck;
use crate::failure::Failure;
use crate::{Outcome, snapshot, text};
use infrahub_build::{QueryError, compile_queries};
use std::collections::BTreeSet;
use std::{env, fs};

pub(crate) fn check(arguments: &QueriesCheck) -> Result<Outcome, Failure> {
    let folder = &arguments.queries;
    fs::read_dir(folder).map_err(|error| {
        let folder = folder.display();
        Failure::Other(format!(
            "cannot read {folder}: {error}; `--queries` names the folder of the documents"
        ))
    })?;
    let sdl = snapshot::sdl(&arguments.snapshot)?;
    // The check is the build's own, which writes what it makes.
    let out = tempfile::tempdir().map_err(|error| Failure::write(&env::temp_dir(), error))?;
    match compile_queries(folder, &sdl, out.path(), "::infrahub_client") {
        Ok(compiled) => {
            compiled.warnings.iter().for_each(|warning| tell("warning", warning));
            let documents = text::count(compiled.documents, "document");
            let operations = text::count(compiled.operations, "operation");
            let fit = if compiled.documents == 1 { "fits" } else { "fit" };
            let (folder, sdl) = (folder.display(), sdl.display());
            text::print(&format!("{documents} of {folder} with {operations} {fit} {sdl}\n"))?;
            Ok(Outcome::Same)
        }
        Err(errors) => {
            let errors = errors.errors();
            let is_of_schema = |error: &&QueryError| error.file() == sdl;
            if let Some(error) = errors.iter().find(is_of_schema) {
                let advice = "pull the schema again with `cargo infrahub pull`";
                return Err(Failure::Other(format!("{error}\nThe documents were not checked; {advice}")));
            }
            if let Some(error) = errors.iter().find(|error| error.file().starts_with(out.path())) {
                return Err(Failure::Other(error.to_string()));
            }
            errors.iter().for_each(|error| tell("error", error));
            let files: BTreeSet<_> = errors.iter().map(QueryError::file).collect();
            let (mistakes, files) = (text::count(errors.len(), "mistake"), text::count(files.len(), "file"));
            eprintln!("error: {mistakes} in {files} of {}", folder.display());
            Ok(Outcome::Drift)
        }
    }
}

/// A mistake as the compiler shows those of Rust.
fn tell(what: &str, error: &QueryError) {
    let file = error.file().display();
    let (Some((line, column)), Some(excerpt)) = (error.place(), error.excerpt()) else {
        eprintln!("{what}: {}\n --> {file}\n", error.message());
        return;
    };
    let margin = " ".repeat(line.to_string().len());
    eprintln!("{what}: {}\n{margin}--> {file}:{line}:{column}\n{excerpt}\n", error.message());
}
