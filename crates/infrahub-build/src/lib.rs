//! Generates typed Rust for the kinds of an Infrahub schema.
//!
//! A user's `build.rs` is one line:
//!
//! ```no_run
//! # #[allow(clippy::needless_doctest_main)]
//! fn main() {
//!     infrahub_build::configure().kinds(["Infra*", "BuiltinTag"]).generate();
//! }
//! ```
//!
//! It reads the committed snapshot in `schema/` and writes one file per kind into cargo's `OUT_DIR`;
//! `infrahub_client::include_schema!()` brings them into the crate. Programs that want the files
//! elsewhere use [`Generator`].
//!
//! No build uses the network unless it is asked to: with the feature `pull`, `INFRAHUB_SCHEMA=live`
//! takes the schema of the server in `INFRAHUB_ADDRESS` instead of the snapshot, and says so in a warning. If the
//! server does not answer, the snapshot is used, again with a warning; `INFRAHUB_SCHEMA=live-strict` ends
//! the build instead.
//!
//! The schema goes through three layers: `model` decides, `emit` turns the model into tokens, `write`
//! formats them and writes what changed. All names are made in one place, `names`.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod build_script;
pub mod describe;
mod emit;
mod error;
mod excerpt;
mod live;
mod model;
mod names;
#[cfg(feature = "pull")]
pub mod pull;
mod queries;
mod report;
mod suggest;
mod text;
mod write;

pub use build_script::{Configuration, configure};
pub use error::{Error, Problem};
pub use queries::{CompiledQueries, QueryError, QueryErrors, compile_queries};
pub use write::{FileChange, FileState};

use infrahub_schema::{CompiledKinds, Schema, Source};
use model::Renames;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Turns a schema into Rust.
#[derive(Debug, Clone)]
pub struct Generator {
    schema: Schema,
    origin: Option<PathBuf>,
    patterns: Vec<String>,
    runtime: String,
    source: Source,
    renames: Renames,
    derives: Vec<String>,
    is_vendored: bool,
}

/// The file of the kinds' schema beside their code.
const SCHEMA: &str = "schema.json";

/// What a [`Generator`] made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Generated {
    /// The text of each file, by its name: `mod.rs`, one per kind, and `schema.json`.
    pub files: BTreeMap<PathBuf, String>,
    /// What the user should know about the schema.
    pub warnings: Vec<Problem>,
}

impl Generator {
    /// A generator for a schema: all kinds outside the reserved namespaces and what they reach.
    pub fn new(schema: Schema) -> Self {
        Self {
            schema,
            origin: None,
            patterns: Vec::new(),
            runtime: "::infrahub_client".to_owned(),
            source: Source::default(),
            renames: Renames::default(),
            derives: Vec::new(),
            is_vendored: false,
        }
    }

    /// Says which file or folder the schema was read from, for errors and for the head of each file.
    pub fn origin(mut self, origin: impl Into<PathBuf>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Chooses the kinds: exact names, or patterns in which `*` stands for any text. Peers and generics
    /// that no pattern names become markers, which can be referred to but not read.
    pub fn kinds<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.patterns = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// The path by which generated code reaches the runtime; `::infrahub_client` unless it was renamed.
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.runtime = path.into();
        self
    }

    /// Says where the schema came from, with the server's hashes of it: with them, a program finds out by one small
    /// request whether a branch still serves the schema. No Rust depends on it.
    pub fn source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// Calls the type of a kind otherwise, and with it its module and builders: `InfraDevice` → `Device`,
    /// `DeviceCreate`.
    pub fn rename_kind(mut self, kind: impl Into<String>, name: impl Into<String>) -> Self {
        self.renames.add_kind(kind.into(), name.into());
        self
    }

    /// Calls the field of an attribute or relationship otherwise, and with it its column and setters. The kind may be a
    /// pattern in which `*` stands for any text.
    pub fn rename_field(
        mut self,
        kind: impl Into<String>,
        field: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        self.renames.add_field(kind.into(), field.into(), name.into());
        self
    }

    /// Also derives these traits, by their paths (`serde::Serialize`), for the structs of objects and the enums of the
    /// kinds of a generic. They derive `Debug`, `Clone` and `PartialEq` anyway.
    pub fn derive<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.derives.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Generates a module that is kept among the sources of a crate (`mod kinds;`): `cargo fmt` leaves it as it is.
    pub fn vendored(mut self) -> Self {
        self.is_vendored = true;
        self
    }

    /// The files with their text. The same schema gives the same bytes, however it was sorted.
    pub fn files(&self) -> Result<BTreeMap<PathBuf, String>, Error> {
        self.generate().map(|generated| generated.files)
    }

    /// The files, and what the user should know.
    ///
    /// # Errors
    /// [`Error::Impossible`] lists every kind and field that has no Rust form, and every pattern that
    /// matches no kind.
    pub fn generate(&self) -> Result<Generated, Error> {
        let runtime = self.runtime()?;
        let derives = self.derived()?;
        let emitter = emit::Emitter::new(&runtime, &derives, self.is_vendored);
        let model = self.model(&self.patterns)?;
        let origin_text = self.origin.as_deref().map_or_else(|| "an Infrahub schema".to_owned(), file_name);
        let mut files = BTreeMap::new();
        let mut add = |module: &str, made_from: &str, code| {
            write::file(module, made_from, code)
                .map(|text| files.insert(PathBuf::from(format!("{module}.rs")), text))
        };
        add("mod", &origin_text, emitter.root(&model.kinds, &model.markers))?;
        if !model.markers.is_empty() {
            add("peers", &origin_text, emitter.peers(&model.markers))?;
        }
        for kind in &model.kinds {
            add(&kind.module, &format!("{} of {origin_text}", kind.kind), emitter.kind(kind))?;
        }
        let kinds = model.kinds.iter().map(|kind| kind.kind.as_str());
        let compiled = CompiledKinds::new(&self.schema, kinds, &self.source);
        files.insert(PathBuf::from(SCHEMA), compiled.to_json());
        Ok(Generated { files, warnings: self.located(model.warnings) })
    }

    /// Makes a folder hold the files, as [`Generated::write_to`] does. Returns the files that changed, and what the
    /// user should know.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<(Vec<PathBuf>, Vec<Problem>), Error> {
        let generated = self.generate()?;
        let changes = generated.write_to(folder)?;
        Ok((changes.into_iter().map(|change| change.path).collect(), generated.warnings))
    }

    fn model(&self, patterns: &[String]) -> Result<model::Model, Error> {
        model::Model::new(&self.schema, patterns, &self.renames).map_err(|problems| self.impossible(problems))
    }

    fn runtime(&self) -> Result<syn::Path, Error> {
        syn::parse_str(&self.runtime).map_err(|_| {
            let message = format!("`{}` is no path to the runtime crate", self.runtime.escape_debug());
            self.impossible(vec![Problem::new(None, None, message)])
        })
    }

    /// The traits to derive.
    fn derived(&self) -> Result<Vec<syn::Path>, Error> {
        let path = |path: &String| {
            syn::parse_str(path).map_err(|_| {
                let message = format!("`{}` is no path of a trait to derive", path.escape_debug());
                self.impossible(vec![Problem::new(None, None, message)])
            })
        };
        self.derives.iter().map(path).collect()
    }

    fn impossible(&self, problems: Vec<Problem>) -> Error {
        Error::Impossible(self.located(problems))
    }

    fn located(&self, problems: Vec<Problem>) -> Vec<Problem> {
        problems.into_iter().map(|problem| problem.in_file(self.origin.as_deref())).collect()
    }
}

impl Generated {
    /// How a folder differs from the files. Files in it that no generator made are left out.
    ///
    /// # Errors
    /// [`Error::NotGenerated`] where such a file stands in the place of one that was generated.
    pub fn changes_in(&self, folder: impl AsRef<Path>) -> Result<Vec<FileChange>, Error> {
        write::changes(folder.as_ref(), &self.files)
    }

    /// Makes a folder hold the files: what is already right is not touched, generated files that are no longer
    /// wanted are removed, what no generator made stays. Returns what was amiss before.
    ///
    /// # Errors
    /// Those of [`Generated::changes_in`], before anything is written; [`Error::Write`].
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<Vec<FileChange>, Error> {
        write::folder(folder.as_ref(), &self.files)
    }
}

/// The last part of a path: the head of a generated file must not depend on where the crate lies.
fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().escape_debug().to_string())
}
