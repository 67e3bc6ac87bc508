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
mod emit;
mod error;
mod live;
mod model;
mod names;
#[cfg(feature = "pull")]
pub mod pull;
mod queries;
mod suggest;
mod text;
mod write;

pub use build_script::{Configuration, configure};
pub use error::{Error, Problem};
pub use queries::{CompiledQueries, QueryError, QueryErrors, compile_queries};

use infrahub_schema::Schema;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Turns a schema into Rust.
#[derive(Debug, Clone)]
pub struct Generator {
    schema: Schema,
    origin: Option<PathBuf>,
    patterns: Vec<String>,
    runtime: String,
}

/// What a [`Generator`] made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Generated {
    /// The text of each file, by its name: `mod.rs` and one per kind.
    pub files: BTreeMap<PathBuf, String>,
    /// What the user should know about the schema.
    pub warnings: Vec<Problem>,
}

impl Generator {
    /// A generator for a schema: all kinds outside the reserved namespaces and what they reach.
    pub fn new(schema: Schema) -> Self {
        Self { schema, origin: None, patterns: Vec::new(), runtime: "::infrahub_client".to_owned() }
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
        let origin = self.origin.as_deref();
        let located =
            |problems: Vec<Problem>| problems.into_iter().map(|problem| problem.in_file(origin)).collect();
        let impossible = |problems| Error::Impossible(located(problems));
        let runtime: syn::Path = syn::parse_str(&self.runtime).map_err(|_| {
            let message = format!("`{}` is no path to the runtime crate", self.runtime.escape_debug());
            impossible(vec![Problem::new(None, None, message)])
        })?;
        let model = model::Model::new(&self.schema, &self.patterns).map_err(impossible)?;
        let emitter = emit::Emitter::new(&runtime);
        let origin_text = origin.map_or_else(|| "an Infrahub schema".to_owned(), file_name);
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
        Ok(Generated { files, warnings: located(model.warnings) })
    }

    /// Makes a folder hold the files: what is already right is not touched, generated files that are no longer
    /// wanted are removed. Returns the files that changed, and what the user should know.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<(Vec<PathBuf>, Vec<Problem>), Error> {
        let generated = self.generate()?;
        let changed = write::folder(folder.as_ref(), &generated.files)?;
        Ok((changed, generated.warnings))
    }
}

/// The last part of a path: the head of a generated file must not depend on where the crate lies.
fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().escape_debug().to_string())
}
