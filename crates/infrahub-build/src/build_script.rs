//! What a user's `build.rs` calls.

use crate::Generator;
use crate::error::{Error, Problem};
use crate::live;
use crate::queries::compile_queries;
use infrahub_schema::{Schema, Source};
use std::env;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The snapshot's file that the code is generated from.
const NODES: &str = "nodes.json";

/// The snapshot's file that documents are checked against.
const SDL: &str = "schema.graphql";

/// The snapshot's file that says where it came from.
const SOURCE: &str = "source.json";

/// Starts to configure what a build script generates.
pub fn configure() -> Configuration {
    Configuration {
        schema_dir: PathBuf::from("schema"),
        is_offline: false,
        has_kinds: true,
        patterns: Vec::new(),
        runtime: "::infrahub_client".to_owned(),
        renamed_kinds: Vec::new(),
        renamed_fields: Vec::new(),
        derives: Vec::new(),
        queries: None,
        #[cfg(feature = "pull")]
        pull_timeout: None,
        #[cfg(feature = "cynic")]
        has_cynic: false,
    }
}

/// What a build script generates; from [`configure`].
#[derive(Debug, Clone)]
#[must_use = "nothing is generated before `.generate()`"]
pub struct Configuration {
    schema_dir: PathBuf,
    is_offline: bool,
    has_kinds: bool,
    patterns: Vec<String>,
    runtime: String,
    renamed_kinds: Vec<(String, String)>,
    renamed_fields: Vec<(String, String, String)>,
    derives: Vec<String>,
    queries: Option<PathBuf>,
    #[cfg(feature = "pull")]
    pull_timeout: Option<std::time::Duration>,
    #[cfg(feature = "cynic")]
    has_cynic: bool,
}

impl Configuration {
    /// Chooses the kinds: exact names, or patterns in which `*` stands for any text. Without it, all kinds
    /// outside the reserved namespaces and what they reach.
    pub fn kinds<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.patterns = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// Generates no kinds, only what else is asked for.
    pub fn no_kinds(mut self) -> Self {
        self.has_kinds = false;
        self
    }

    /// The folder of the snapshot, relative to the crate; `schema` unless it is said.
    pub fn schema_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.schema_dir = folder.into();
        self
    }

    /// Uses the snapshot whatever `INFRAHUB_SCHEMA` says: for a crate whose schema is fixed.
    pub fn offline(mut self) -> Self {
        self.is_offline = true;
        self
    }

    /// The path by which generated code reaches the runtime; `::infrahub_client` unless it was renamed.
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.runtime = path.into();
        self
    }

    /// Calls the type of a kind otherwise; see [`Generator::rename_kind`].
    pub fn rename_kind(mut self, kind: impl Into<String>, name: impl Into<String>) -> Self {
        self.renamed_kinds.push((kind.into(), name.into()));
        self
    }

    /// Calls the field of an attribute or relationship otherwise; see [`Generator::rename_field`].
    pub fn rename_field(
        mut self,
        kind: impl Into<String>,
        field: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        self.renamed_fields.push((kind.into(), field.into(), name.into()));
        self
    }

    /// Also derives these traits for the structs of objects, such as `serde::Serialize`; see [`Generator::derive`].
    pub fn derive<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.derives.extend(paths.into_iter().map(Into::into));
        self
    }

    /// How long each request of a live pull may take, instead of `INFRAHUB_TIMEOUT` or 60 seconds. After that the
    /// snapshot is used, or the build ends where `INFRAHUB_SCHEMA` is `live-strict`.
    #[cfg(feature = "pull")]
    pub fn pull_timeout(mut self, limit: std::time::Duration) -> Self {
        self.pull_timeout = Some(limit);
        self
    }

    /// Also turns the `*.graphql` documents of a folder, relative to the crate, into typed Rust for
    /// `infrahub_client::include_queries!()`. They are checked against the snapshot's `schema.graphql`; a
    /// mistake ends the build with file, line and column.
    pub fn queries(mut self, folder: impl Into<PathBuf>) -> Self {
        self.queries = Some(folder.into());
        self
    }

    /// Also registers the snapshot's `schema.graphql` for [cynic](https://docs.rs/cynic), as its default schema and
    /// under the name `infrahub`: `#[cynic::schema("infrahub")] mod schema {}`.
    #[cfg(feature = "cynic")]
    pub fn cynic(mut self) -> Self {
        self.has_cynic = true;
        self
    }

    /// Generates into cargo's `OUT_DIR` for `infrahub_client::include_schema!()`, and tells cargo which file
    /// to watch. If it cannot, it tells cargo why, a line for each kind or field, and ends the build.
    pub fn generate(self) {
        match self.try_generate() {
            Ok(warnings) => warnings.iter().for_each(|warning| tell("warning", warning)),
            Err(error) => {
                tell("error", &error.report());
                std::process::exit(1);
            }
        }
    }

    fn try_generate(self) -> Result<Vec<Problem>, Error> {
        // Build scripts run in the crate's folder: paths from there are how messages name the files.
        let out_dir = PathBuf::from(variable("OUT_DIR")?);
        let schema_dir = if self.is_offline { self.schema_dir.clone() } else { self.chosen(&out_dir)? };
        if let Some(folder) = &self.queries {
            let sdl = schema_dir.join(SDL);
            let compiled = compile_queries(folder, &sdl, &out_dir.join("queries"), &self.runtime)?;
            compiled.warnings.iter().for_each(|warning| tell("warning", warning));
            compiled.inputs.iter().for_each(|input| watch(input));
        }
        #[cfg(feature = "cynic")]
        if self.has_cynic {
            register_for_cynic(&schema_dir.join(SDL))?;
        }
        if !self.has_kinds {
            return Ok(Vec::new());
        }
        let nodes = schema_dir.join(NODES);
        watch(&nodes);
        let mut generator = Generator::new(Schema::read(&nodes)?)
            .origin(nodes)
            .kinds(self.patterns)
            .runtime_path(self.runtime)
            .source(source(&schema_dir)?)
            .derive(self.derives);
        for (kind, name) in self.renamed_kinds {
            generator = generator.rename_kind(kind, name);
        }
        for (kind, field, name) in self.renamed_fields {
            generator = generator.rename_field(kind, field, name);
        }
        let (_, warnings) = generator.write_to(out_dir.join("infrahub"))?;
        Ok(warnings)
    }

    /// The folder of the schema: the snapshot, or what was pulled if `INFRAHUB_SCHEMA` asks.
    fn chosen(&self, out_dir: &Path) -> Result<PathBuf, Error> {
        say(&format!("cargo::rerun-if-env-changed={}", live::VARIABLE));
        #[cfg(feature = "pull")]
        let chosen = live::choose(&self.schema_dir, out_dir, self.pull_timeout)?;
        #[cfg(not(feature = "pull"))]
        let chosen = live::choose(&self.schema_dir)?;
        if let Some(warning) = &chosen.warning {
            tell("warning", warning);
        }
        if chosen.asked {
            // A file that never exists: the server is asked anew at the next build.
            watch(&out_dir.join("schema-of-the-next-build"));
        }
        Ok(chosen.folder)
    }
}

/// What the snapshot says of where it came from; a folder with nothing but `nodes.json` is a snapshot too.
fn source(folder: &Path) -> Result<Source, Error> {
    let path = folder.join(SOURCE);
    if !path.exists() {
        return Ok(Source::default());
    }
    watch(&path);
    Ok(Source::read(folder)?)
}

/// Registers a GraphQL schema for cynic.
#[cfg(feature = "cynic")]
fn register_for_cynic(sdl: &Path) -> Result<(), Error> {
    let failed = |reason: String| Error::Cynic { sdl: sdl.to_owned(), reason };
    watch(sdl);
    let text = std::fs::read_to_string(sdl).map_err(|error| failed(error.to_string()))?;
    let registered = cynic_codegen::register_schema("infrahub").from_sdl(&text);
    // What is wrong with a schema stands only in the error's debug form.
    registered.and_then(|schema| schema.as_default()).map(drop).map_err(|error| failed(format!("{error:?}")))
}

/// Has cargo run the build script again when the file changes.
fn watch(path: &Path) {
    say(&format!("cargo::rerun-if-changed={}", path.display()));
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

#[cfg(all(test, feature = "cynic"))]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_cynic_cannot_have_is_named() {
        let error = register_for_cynic(Path::new("nowhere/schema.graphql")).unwrap_err().to_string();
        let expected = "nowhere/schema.graphql cannot be registered for cynic: No such file or directory";
        assert!(error.starts_with(expected), "{error}");
        assert!(error.ends_with("pull the schema again with `cargo infrahub pull`"), "{error}");
    }
}
