//! What a commit of a repository declares, with the files that it names.

use super::git::{Git, Unreadable};
use super::settings::{self, FILES, Settings};
use crate::object_files::Wrong;
use crate::tasks::Failure;
use infrahub_schema::yaml;
use serde_json::Value;

/// The settings, and what of the files that they name is imported.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) settings: Settings,
    /// The schema files.
    pub(super) schemas: Vec<Value>,
    /// The texts of the queries, in their order.
    pub(super) queries: Vec<String>,
}

/// A commit of the repository of a name.
struct Commit<'a> {
    git: &'a Git,
    repository: &'a str,
    number: &'a str,
}

impl Contents {
    /// Reads them.
    pub(super) fn read(git: &Git, repository: &str, commit: &str) -> Result<Self, Failure> {
        let commit = Commit { git, repository, number: commit };
        let settings = commit.settings()?;
        let queries = settings.queries.iter().map(|query| commit.file(&query.file_path));
        let queries = queries.collect::<Result<_, _>>()?;
        let mut schemas = Vec::new();
        for path in &settings.schemas {
            schemas.extend(commit.schemas(path)?);
        }
        Ok(Self { settings, schemas, queries })
    }
}

impl Commit<'_> {
    fn settings(&self) -> Result<Settings, Failure> {
        let name = self.repository;
        for path in FILES {
            if let Some(text) = self.find(path)? {
                return settings::parse(&text).map_err(|wrong| self.wrong(path, &wrong));
            }
        }
        let message = format!(
            "Repository '{name}' is missing a configuration file. Please add a '.infrahub.yml' or '.infrahub.yaml' file to \
             the repository root."
        );
        Err(Failure::new("RepositoryConfigurationError", message))
    }

    /// The schema file of that path, or all in a folder.
    fn schemas(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let is_schema = |path: &String| [".yml", ".yaml", ".json"].iter().any(|end| path.ends_with(end));
        let mut paths = self.git.paths(self.number, path).map_err(|why| self.unreadable(why))?;
        paths.retain(is_schema);
        if paths.is_empty() {
            return Err(self.missing(path));
        }
        let mut schemas = Vec::new();
        for path in &paths {
            let documents = yaml::parse(&self.file(path)?);
            let documents =
                documents.map_err(|error| self.wrong(path, &Wrong::new(error.line, error.message)))?;
            schemas.extend(documents.iter().map(yaml::Node::to_json));
        }
        Ok(schemas)
    }

    fn file(&self, path: &str) -> Result<String, Failure> {
        self.find(path)?.ok_or_else(|| self.missing(path))
    }

    fn find(&self, path: &str) -> Result<Option<String>, Failure> {
        self.git.file(self.number, path).map_err(|why| self.unreadable(why))
    }

    fn missing(&self, path: &str) -> Failure {
        let message = format!("Unable to find the file at '{}::{}::{path}'.", self.repository, self.number);
        Failure::new("RepositoryFileNotFoundError", message)
    }

    fn wrong(&self, path: &str, Wrong { line, message }: &Wrong) -> Failure {
        let name = self.repository;
        let message =
            format!("Repository '{name}' has an invalid configuration file '{path}', line {line}: {message}");
        Failure::new("RepositoryConfigurationError", message)
    }

    fn unreadable(&self, why: Unreadable) -> Failure {
        why.failure(self.repository)
    }
}
