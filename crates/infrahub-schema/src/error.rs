//! What can be wrong with a schema or its snapshot.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a schema could not be read, or a snapshot not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A file of the snapshot could not be read.
    #[error("cannot read {}: {source}; `cargo install cargo-infrahub`, then `cargo infrahub pull` creates the snapshot; or name the folder that holds it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the snapshot could not be written.
    #[error("cannot write {}: {source}; check that the folder exists, is writable and that the disk has space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The snapshot was written by a version of this crate with another format.
    #[error(
        "{origin} has format {found}, this version reads format {known}; use the version that wrote it, or pull again with `cargo infrahub pull`"
    )]
    Format {
        /// The file.
        origin: String,
        /// The format that it says.
        found: u64,
        /// The format that this version reads and writes.
        known: u64,
    },
    /// The text is no usable schema; every problem that was found is listed.
    #[error("{}", Report(origin, problems, advice))]
    Invalid {
        /// The file or the address that the text came from.
        origin: String,
        /// What is wrong, in the order of the text.
        problems: Vec<Problem>,
        /// What to do about it.
        advice: &'static str,
    },
}

impl SchemaError {
    /// The problems in the text, if that is what is wrong.
    pub fn problems(&self) -> &[Problem] {
        match self {
            SchemaError::Invalid { problems, .. } => problems,
            _ => &[],
        }
    }
}

/// One thing that is wrong in the text of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Line, from 1; 0 if it is not known.
    pub line: usize,
    /// Column in bytes, from 1; 0 if it is not known.
    pub column: usize,
    /// The kind that is concerned (`InfraDevice`).
    pub kind: Option<String>,
    /// The attribute, relationship or property of the kind (`role`).
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => {}
            (line, 0) => write!(f, "line {line}: ")?,
            (line, column) => write!(f, "line {line}, column {column}: ")?,
        }
        match (&self.kind, &self.field) {
            (Some(kind), Some(field)) => write!(f, "{kind}.{field}: ")?,
            (Some(kind), None) => write!(f, "{kind}: ")?,
            (None, Some(field)) => write!(f, "{field}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

struct Report<'a>(&'a str, &'a [Problem], &'a str);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report(origin, problems, advice) = self;
        match problems {
            [problem] => write!(f, "{origin}: {problem}")?,
            _ => {
                write!(f, "{origin}: {} problems", problems.len())?;
                for problem in *problems {
                    write!(f, "\n  {problem}")?;
                }
            }
        }
        write!(f, "\n{advice}")
    }
}
