//! What can stop a build, and what it only warns about.

use infrahub_schema::SchemaError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why no code was generated. It lists every problem that was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The snapshot of the schema could not be read.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The schema, or the choice of kinds, has no Rust form.
    #[error("{}", Lines(.0))]
    Impossible(Vec<Problem>),
    /// Documents of the queries folder do not fit the schema.
    #[error(transparent)]
    Queries(#[from] crate::QueryErrors),
    /// The snapshot's SDL could not be registered for cynic.
    #[cfg(feature = "cynic")]
    #[error("{} cannot be registered for cynic: {reason}; pull the schema again with `cargo infrahub pull`", sdl.display())]
    Cynic {
        /// The file.
        sdl: PathBuf,
        /// What cynic said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}; check that the folder is writable and that the disk has space", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that was not generated stands where a generated one should.
    #[error("{} was not generated, so it is not overwritten; move it away, or choose another folder", path.display())]
    NotGenerated {
        /// The file.
        path: PathBuf,
    },
    /// An environment variable has a value that means nothing here.
    #[error("{name} {problem}")]
    Setting {
        /// The variable.
        name: &'static str,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// The schema could not be pulled from the server.
    #[cfg(feature = "pull")]
    #[error(
        "{0}{advice}",
        advice = if .0.is_unreachable() { "; or build from the snapshot: unset INFRAHUB_SCHEMA" } else { "" }
    )]
    Pull(#[from] crate::pull::PullError),
    /// The build script's environment lacks something that cargo sets.
    #[error(
        "the environment variable {0} is not set; call `infrahub_build::configure()` from a build script, or use `Generator`"
    )]
    Environment(&'static str),
    /// Generated code that is not Rust: a defect of this crate.
    #[error(
        "the code generated for `{kind}` is not Rust ({reason}); this is a defect of infrahub-build, please report it with the kind's schema"
    )]
    Defect {
        /// The kind.
        kind: String,
        /// What the parser said.
        reason: String,
    },
}

/// One thing about the schema that stops a build or deserves a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file or folder that the schema was read from, if it came from one.
    pub file: Option<PathBuf>,
    /// The kind (`InfraDevice`).
    pub kind: Option<String>,
    /// The attribute or relationship of the kind (`role`).
    pub field: Option<String>,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(kind: Option<&str>, field: Option<&str>, message: impl Into<String>) -> Self {
        Self {
            file: None,
            kind: kind.map(str::to_owned),
            field: field.map(str::to_owned),
            message: message.into(),
        }
    }

    pub(crate) fn in_file(mut self, file: Option<&Path>) -> Self {
        self.file = file.map(Path::to_owned);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        match (&self.kind, &self.field) {
            (Some(kind), Some(field)) => write!(f, "{}.{}: ", kind.escape_debug(), field.escape_debug())?,
            (Some(kind), None) => write!(f, "{}: ", kind.escape_debug())?,
            (None, _) => {}
        }
        f.write_str(&self.message)
    }
}

struct Lines<'a>(&'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
