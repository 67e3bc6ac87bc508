//! What the `git` program reads of a repository in a folder of this machine.

use crate::tasks::Failure;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A git repository in a folder.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    location: String,
    folder: PathBuf,
}

/// Why nothing can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// There is no such folder, or no repository in it.
    Nowhere,
    /// The repository has no such branch, tag or commit.
    Reference { reference: String, location: String },
    /// What a server could read, and the sandbox cannot.
    Lacking(String),
    /// What git says.
    Refused(String),
}

/// Variables that git hands to the programs it starts, which would lead to the repository of whoever runs the sandbox.
const FOREIGN: [&str; 5] =
    ["GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"];

impl Unreadable {
    /// The operational status of a repository of which nothing can be read.
    pub(crate) fn status(&self) -> &'static str {
        match self {
            Self::Nowhere | Self::Lacking(_) => "error-connection",
            Self::Reference { .. } | Self::Refused(_) => "error",
        }
    }

    /// How a task on the repository of that name fails.
    pub(crate) fn failure(self, name: &str) -> Failure {
        match self {
            Self::Nowhere => {
                let message = format!(
                    "Unable to clone the repository {name}, please check the address and the credential"
                );
                Failure::new("RepositoryConnectionError", message)
            }
            Self::Reference { reference, location } => {
                let message = format!(
                    "The branch {reference} isn't a valid branch for the repository {name} at {location}."
                );
                Failure::new("RepositoryInvalidBranchError", message)
            }
            Self::Lacking(message) => Failure::new("RepositoryConnectionError", message),
            Self::Refused(message) => Failure::new("RepositoryError", message),
        }
    }
}

impl Git {
    /// The repository at a location: the absolute path of a folder, or a `file://` URL.
    pub(crate) fn open(location: &str) -> Result<Self, Unreadable> {
        let folder = Path::new(location.strip_prefix("file://").unwrap_or(location));
        if !folder.is_absolute() {
            return Err(Unreadable::Lacking(format!(
                "The sandbox reads repositories only from folders of its own machine, by their absolute path: \
                 {location} is none"
            )));
        }
        let folder = folder.canonicalize().map_err(|_| Unreadable::Nowhere)?;
        let git = Self { location: location.to_owned(), folder };
        let found = git.run(&["rev-parse", "--git-dir"])?;
        let said = String::from_utf8_lossy(&found.stderr);
        match found.status.success() {
            true => Ok(git),
            false if said.contains("not a git repository") => Err(Unreadable::Nowhere),
            false => Err(Unreadable::Refused(said.trim().to_owned())),
        }
    }

    /// The commit that a branch, a tag or a part of its own number stands for.
    pub(crate) fn commit(&self, reference: &str) -> Result<String, Unreadable> {
        let unknown =
            || Unreadable::Reference { reference: reference.to_owned(), location: self.location.clone() };
        // git takes it for an option
        if reference.starts_with('-') {
            return Err(unknown());
        }
        let found = self.run(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])?;
        match String::from_utf8(found.stdout) {
            Ok(commit) if found.status.success() => Ok(commit.trim().to_owned()),
            _ => Err(unknown()),
        }
    }

    /// The text of a file as it was at a commit; `None` where the commit has no such file.
    pub(crate) fn file(&self, commit: &str, path: &str) -> Result<Option<String>, Unreadable> {
        let Some(path) = inside(path).filter(|_| commit.bytes().all(|byte| byte.is_ascii_hexdigit())) else {
            return Ok(None);
        };
        let found = self.run(&["cat-file", "blob", &format!("{commit}:{path}")])?;
        if !found.status.success() {
            return Ok(None);
        }
        let text = String::from_utf8(found.stdout);
        text.map(Some).map_err(|_| Unreadable::Refused(format!("{path} is no text in UTF-8")))
    }

    /// The path of a file, or those of all files below a folder, as they were at a commit.
    pub(crate) fn paths(&self, commit: &str, path: &str) -> Result<Vec<String>, Unreadable> {
        let Some(path) = inside(path) else { return Ok(Vec::new()) };
        let mut arguments = vec!["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit];
        arguments.extend((!path.is_empty()).then_some(path.as_str()));
        let found = self.run(&arguments)?;
        let paths = String::from_utf8_lossy(&found.stdout);
        Ok(paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Unreadable> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments).stdin(Stdio::null());
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        // what git says is looked into; and a folder inside another repository is not that repository
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
        command.env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap_or(&self.folder));
        command.output().map_err(|error| match error.kind() {
            ErrorKind::NotFound => Unreadable::Lacking(
                "The sandbox reads repositories with the program `git`, which is not installed here"
                    .to_owned(),
            ),
            _ => Unreadable::Refused(format!("git cannot be run: {error}")),
        })
    }
}

/// A path inside a repository as git wants it; `None` where it leads out of it.
fn inside(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}
