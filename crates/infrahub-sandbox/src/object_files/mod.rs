//! Objects from YAML in Infrahub's own format, as `infrahubctl object load` takes it.

mod expand;
mod load;
mod related;
#[cfg(test)]
mod tests;

use crate::store::{MAIN, NodeId, Store};
use infrahub_schema::yaml::{self, Data, Node};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why the objects of a file cannot be loaded: the file, the line, and the field in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectsError {
    /// The file, or the name of the text.
    pub file: PathBuf,
    /// From 1; 0 where the file could not be read at all.
    pub line: usize,
    /// What is wrong there (`InfraDevice.site: …`).
    pub message: String,
}

impl fmt::Display for ObjectsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.message),
            line => write!(f, "{}, line {line}: {}", self.file.display(), self.message),
        }
    }
}

impl std::error::Error for ObjectsError {}

/// Where objects come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A file, or a folder of files.
    Path(PathBuf),
    Text {
        name: PathBuf,
        text: String,
    },
}

/// Loads all objects into the default branch in the name of `admin`, one after the other: what an object refers to must
/// come before it.
pub(crate) fn load(store: &mut Store, sources: &[Source]) -> Result<(), ObjectsError> {
    let author = store.view(MAIN).ok().and_then(|view| view.account("admin")).map(|admin| admin.id());
    for source in sources {
        match source {
            Source::Text { name, text } => load_text(store, name, text, author)?,
            Source::Path(path) => {
                for file in files(path)? {
                    let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
                    load_text(store, &file, &text, author)?;
                }
            }
        }
    }
    Ok(())
}

/// The file itself, or all `.yml` and `.yaml` files of a folder and of those in it, in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, ObjectsError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let is_yaml = |file: &Path| file.extension().is_some_and(|found| found == "yml" || found == "yaml");
    yaml::files(path, &is_yaml).map_err(|(_, error)| unreadable(path, &error))
}

fn unreadable(file: &Path, error: &io::Error) -> ObjectsError {
    ObjectsError { file: file.to_owned(), line: 0, message: format!("it cannot be read: {error}") }
}

fn load_text(store: &mut Store, file: &Path, text: &str, author: Option<NodeId>) -> Result<(), ObjectsError> {
    let outcome =
        yaml::parse(text).map_err(|error| Wrong::new(error.line, error.message)).and_then(|documents| {
            documents.iter().try_for_each(|document| load::document(store, document, author))
        });
    outcome.map_err(|Wrong { line, message }| ObjectsError { file: file.to_owned(), line, message })
}

/// What is wrong in a file, and in which line.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Wrong {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// The entries of a map.
pub(crate) fn entries<'n>(node: &'n Node, what: &str) -> Result<&'n [(String, Node)], Wrong> {
    match &node.data {
        Data::Map(entries) => Ok(entries),
        _ => Err(Wrong::new(node.line, format!("{what} is a map"))),
    }
}

/// The items of a list.
pub(crate) fn items<'n>(node: &'n Node, what: &str) -> Result<&'n [Node], Wrong> {
    match &node.data {
        Data::List(items) => Ok(items),
        _ => Err(Wrong::new(node.line, format!("{what} is a list"))),
    }
}
