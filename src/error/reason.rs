//! One thing about a schema: an objection of the server, or a difference from the compiled one.

use std::fmt;
use std::path::PathBuf;

/// What the server objects to in a schema, or how a schema differs from the compiled one, and where, as far as it is
/// known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaReason {
    /// The kind (`InfraDevice`).
    pub kind: Option<String>,
    /// The attribute, relationship or property of the kind (`role`).
    pub field: Option<String>,
    /// The file that it stands in.
    pub file: Option<PathBuf>,
    /// The line in the file, from 1.
    pub line: Option<usize>,
    /// What is wrong with it, or what became of it.
    pub message: String,
}

impl fmt::Display for SchemaReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            match self.line {
                Some(line) => write!(f, ", line {line}: ")?,
                None => f.write_str(": ")?,
            }
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
