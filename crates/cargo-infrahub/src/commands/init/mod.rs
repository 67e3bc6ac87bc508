//! `init`: makes a crate one whose kinds come from a server's schema.
//!
//! Everything is decided before anything is written, so that a server that does not answer leaves the folder as it
//! was. What is there already stays as it is, and no credential is written anywhere.

mod dependency;
mod files;
mod kinds;
mod manifest;
mod step;
mod texts;
mod workspace;

use crate::Outcome;
use crate::arguments::Init;
use crate::failure::Failure;
use crate::{server, text};
use files::Wanted;
use infrahub_client::schema::{Schema, Snapshot};
use kinds::Kinds;
use manifest::Manifest;
use std::path::{Path, PathBuf};
use step::{State, Step};

pub(crate) fn run(arguments: &Init) -> Result<Outcome, Failure> {
    let plan = Plan::new(arguments)?;
    plan.write()?;
    plan.tell()
}

/// All that a crate of generated kinds has, and what of it is missing.
struct Plan {
    folder: PathBuf,
    manifest: Manifest,
    snapshot: SnapshotPlan,
    files: Vec<Wanted>,
}

/// The snapshot of the schema.
struct SnapshotPlan {
    folder: PathBuf,
    /// What is written; none where the folder is there.
    pulled: Option<Snapshot>,
    step: Step,
}

impl Plan {
    fn new(arguments: &Init) -> Result<Self, Failure> {
        let folder = &arguments.folder;
        let manifest = Manifest::plan(folder, path_in(folder, "Cargo.toml"))?;
        let (snapshot, schema) = SnapshotPlan::new(path_in(folder, "schema"), arguments)?;
        let kinds = Kinds::choose(&schema, &arguments.kinds)?;
        let mut files = vec![
            Wanted::new(path_in(folder, &manifest.build_script), texts::build_script(&kinds.patterns))?,
            Wanted::new(path_in(folder, "examples/infrahub.rs"), texts::example(&kinds.listed))?,
        ];
        if manifest.is_new {
            // A package needs more than examples.
            let has_target = ["src/main.rs", "src/lib.rs"].iter().any(|target| folder.join(target).exists());
            if !has_target {
                files.push(Wanted::new(path_in(folder, "src/main.rs"), texts::MAIN.to_owned())?);
            }
            if !folder.join(".gitignore").exists() {
                files.push(Wanted::new(path_in(folder, ".gitignore"), texts::GITIGNORE.to_owned())?);
            }
        }
        Ok(Self { folder: folder.clone(), manifest, snapshot, files })
    }

    /// Writes what is missing, `Cargo.toml` last: where something fails, a second run finds all that is left to do.
    fn write(&self) -> Result<(), Failure> {
        if let Some(snapshot) = &self.snapshot.pulled {
            let _ = snapshot.write(&self.snapshot.folder)?;
        }
        for file in &self.files {
            file.write()?;
        }
        self.manifest.write()
    }

    /// Tells what was made, what was there, and what the user has to do.
    fn tell(&self) -> Result<Outcome, Failure> {
        let files: Vec<Step> = self.files.iter().map(Wanted::step).collect();
        let steps = || self.manifest.steps.iter().chain([&self.snapshot.step]).chain(&files);
        let mut told: String = steps().map(|step| format!("{step}\n")).collect();
        let differences: Vec<String> = self.files.iter().filter_map(Wanted::difference).collect();
        let objection = workspace::objection(&self.manifest.path);
        for shown in differences.iter().chain(&self.manifest.advice).chain(&objection) {
            told.push_str(&format!("\n{}\n", shown.trim_end()));
        }
        if !differences.is_empty() {
            told.push_str("\nTake over what you need of the lines marked `+`; what you wrote was kept.\n");
        }
        let is_same = differences.is_empty() && self.manifest.advice.is_empty() && objection.is_none();
        if is_same && steps().all(|step| step.state != State::Created) {
            told.push_str("nothing to do\n");
        } else if is_same {
            let place = if self.folder == Path::new(".") {
                String::new()
            } else {
                format!("cd {} && ", self.folder.display())
            };
            told.push_str("\nAll of it belongs into version control; it holds no credential. Next:\n");
            told.push_str(&format!("    {place}cargo run --example infrahub\n"));
        }
        text::print(&told)?;
        Ok(if is_same { Outcome::Same } else { Outcome::Drift })
    }
}

impl SnapshotPlan {
    /// Reads the snapshot that is there, or asks the server for one.
    fn new(folder: PathBuf, arguments: &Init) -> Result<(Self, Schema), Failure> {
        let shown = folder.display();
        if folder.exists() {
            let schema = Schema::read(&folder.join("nodes.json"))?;
            let step = Step::new(State::There, format!("{shown} with {} kinds", schema.kinds.len()));
            return Ok((Self { folder, pulled: None, step }, schema));
        }
        let client = server::client(&arguments.server)?;
        let snapshot = server::wait(client.schema().snapshot())?;
        let step = Step::new(
            State::Created,
            format!(
                "{shown} with {} kinds of branch {}, Infrahub {}",
                snapshot.schema.kinds.len(),
                snapshot.source.branch.escape_debug(),
                snapshot.source.server_version.escape_debug()
            ),
        );
        let schema = snapshot.schema.clone();
        Ok((Self { folder, pulled: Some(snapshot), step }, schema))
    }
}

/// The path of a file of the crate, as it is shown.
fn path_in(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") { name.as_ref().to_owned() } else { folder.join(name) }
}
