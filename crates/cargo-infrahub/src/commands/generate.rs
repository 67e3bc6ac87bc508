//! `cargo infrahub generate`: the generated Rust as a module among the sources of a crate.

use crate::arguments::Generate;
use crate::failure::Failure;
use crate::{Outcome, snapshot, text};
use infrahub_build::{FileChange, FileState};
use std::path::Path;

pub(crate) fn run(arguments: &Generate) -> Result<Outcome, Failure> {
    let (out, is_check) = (&arguments.out, arguments.check);
    let generator = snapshot::generator(&arguments.snapshot)?;
    let generated = generator.kinds(&arguments.kinds).vendored().generate()?;
    for warning in &generated.warnings {
        eprintln!("warning: {warning}");
    }
    let changes = if is_check { generated.changes_in(out)? } else { generated.write_to(out)? };
    let (folder, schema) = (out.display(), arguments.snapshot.schema_dir.display());
    if changes.is_empty() {
        text::print(&format!("{folder} is up to date with {schema}\n"))?;
        return Ok(Outcome::Same);
    }
    let told: String = changes.iter().map(|change| told(change, is_check)).collect();
    if is_check {
        text::print(&format!(
            "{told}{folder} is not what {schema} gives; the same command without `--check` writes it\n"
        ))?;
        return Ok(Outcome::Drift);
    }
    let files = text::count(generated.files.len(), "file");
    text::print(&format!("{told}{folder} now holds {files} made from {schema}\n"))?;
    if let Some(module) = out.file_name().filter(|_| is_new(out, &changes)) {
        text::print(&format!("declare the module where its folder stands: `mod {};`\n", module.display()))?;
    }
    Ok(Outcome::Same)
}

fn told(change: &FileChange, is_check: bool) -> String {
    let what = match (change.state, is_check) {
        (FileState::Missing, true) => "missing",
        (FileState::Stale, true) => "stale",
        (FileState::Surplus, true) => "surplus",
        (FileState::Missing | FileState::Stale, false) => "wrote",
        (FileState::Surplus, false) => "removed",
    };
    format!("{what} {}\n", change.path.display())
}

fn is_new(out: &Path, changes: &[FileChange]) -> bool {
    let root = out.join("mod.rs");
    changes.iter().any(|change| change.path == root && change.state == FileState::Missing)
}
