//! What a user's `build.rs` calls.

use crate::Generator;
use crate::error::{Error, Problem};
use crate::queries::compile_queries;
use infrahub_schema::Schema;
use std::env;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

/// The snapshot's file that the code is generated from.
const NODES: &str = "nodes.json";

/// The snapshot's file that documents are checked against.
const SDL: &str = "schema.graphql";

/// Starts to configure what a build script generates.
pub fn configure() -> Configuration {
    Configuration { schema_dir: PathBuf::from("schema"), patterns: Vec::new(), runtime: None, queries: None }
}

/// What a build script generates; from [`configure`].
#[derive(Debug, Clone)]
#[must_use = "nothing is generated before `.generate()`"]
pub struct Configuration {
    schema_dir: PathBuf,
    patterns: Vec<String>,
    runtime: Option<String>,
    queries: Option<PathBuf>,
}

impl Configuration {
    /// Chooses the kinds: exact names, or patterns in which `*` stands for any text. Without it, all kinds
    /// outside the reserved namespaces and what they reach.
    pub fn kinds<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.patterns = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// The folder of the snapshot, relative to the crate; `schema` unless it is said.
    pub fn schema_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.schema_dir = folder.into();
        self
    }

    /// The path by which generated code reaches the runtime; `::infrahub_client` unless it was renamed.
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.runtime = Some(path.into());
        self
    }

    /// Also turns the `*.graphql` documents of a folder, relative to the crate, into typed Rust for
    /// `infrahub_client::include_queries!()`. They are checked against the snapshot's `schema.graphql`; a
    /// mistake ends the build with file, line and column.
    pub fn queries(mut self, folder: impl Into<PathBuf>) -> Self {
        self.queries = Some(folder.into());
        self
    }

    /// Generates into cargo's `OUT_DIR` for `infrahub_client::include_schema!()`, and tells cargo which file
    /// to watch. If it cannot, it tells cargo why, a line for each kind or field, and ends the build.
    pub fn generate(self) {
        match self.try_generate() {
            Ok(warnings) => warnings.iter().for_each(|warning| tell("warning", warning)),
            Err(error) => {
                tell("error", &error);
                std::process::exit(1);
            }
        }
    }

    fn try_generate(self) -> Result<Vec<Problem>, Error> {
        let crate_dir = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
        let out_dir = PathBuf::from(variable("OUT_DIR")?);
        let nodes = self.schema_dir.join(NODES);
        say(&format!("cargo::rerun-if-changed={}", nodes.display()));
        let nodes = crate_dir.join(nodes);
        let mut generator = Generator::new(Schema::read(&nodes)?).origin(nodes).kinds(self.patterns);
        if let Some(folder) = &self.queries {
            let runtime = self.runtime.as_deref().unwrap_or("::infrahub_client");
            // Build scripts run in the crate's folder: these paths are how messages name the files.
            let compiled =
                compile_queries(folder, &self.schema_dir.join(SDL), &out_dir.join("queries"), runtime)?;
            compiled.warnings.iter().for_each(|warning| tell("warning", warning));
            compiled
                .inputs
                .iter()
                .for_each(|input| say(&format!("cargo::rerun-if-changed={}", input.display())));
        }
        if let Some(runtime) = self.runtime {
            generator = generator.runtime_path(runtime);
        }
        let (_, warnings) = generator.write_to(out_dir.join("infrahub"))?;
        Ok(warnings)
    }
}

fn variable(name: &'static str) -> Result<String, Error> {
    env::var(name).map_err(|_| Error::Environment(name))
}

/// Passes a message on to cargo, which shows one line at a time.
fn tell(what: &str, message: &impl Display) {
    for line in message.to_string().lines() {
        say(&format!("cargo::{what}={line}"));
    }
}

/// Writes a line for cargo; there is nobody else to tell if that fails.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
