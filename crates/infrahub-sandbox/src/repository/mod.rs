//! Git repositories in folders of this machine: what their `.infrahub.yml` declares is imported in the background.

mod contents;
mod git;
mod import;
mod settings;

pub(crate) use git::{Git, Unreadable};

use crate::artifact::Targets;
use crate::state::{State, World};
use crate::store::{Arguments, NodeId, Object, Outcome, Refused, Store, Write};
use crate::tasks::{About, Failure, Purpose};
use crate::work::{Job, blocking};
use contents::Contents;
use serde_json::{Value, json};
use std::sync::Arc;

/// The kinds of repositories.
pub(crate) const READ_WRITE: &str = "CoreRepository";
pub(crate) const READ_ONLY: &str = "CoreReadOnlyRepository";

/// The operational status of a repository that was read.
pub(crate) const ONLINE: &str = "online";

/// The import of a repository into a branch.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    branch: String,
    repository: About,
    name: String,
    cause: Cause,
    author: Option<NodeId>,
}

/// Why a repository is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It is new.
    New,
    /// It follows another branch or tag of git than before.
    OtherReference,
    /// Somebody asked for the last commit.
    LastCommit,
    /// Somebody asked to import the commit again that was imported.
    Again,
}

/// Where a repository is, and what of it is imported.
struct Origin {
    name: String,
    location: String,
    reference: String,
}

/// What was read of a repository.
struct Found {
    commit: String,
    contents: Result<Contents, Failure>,
}

impl Import {
    pub(crate) fn of(repository: &Object, branch: &str, cause: Cause, author: Option<NodeId>) -> Self {
        let name = repository.text("name");
        Self { branch: branch.to_owned(), repository: repository.into(), name, cause, author }
    }

    pub(crate) fn purpose(&self) -> Purpose {
        let Self { branch, repository, name, cause, .. } = self;
        let (workflow, title) = match cause {
            Cause::New if repository.kind == READ_ONLY => (
                "git-repository-add-read-only",
                format!("Adding read only repository {name} in branch {branch}"),
            ),
            Cause::New => {
                ("git-repository-add-read-write", format!("Adding repository {name} in branch {branch}"))
            }
            Cause::OtherReference => {
                ("git-repository-pull-read-only", format!("Pull latest commit on {name}"))
            }
            Cause::LastCommit => (
                "git-read-only-repository-import-last-commit",
                "Import last commit from read only git repository".to_owned(),
            ),
            Cause::Again => ("git-repository-import-object", "Import objects from git repository".to_owned()),
        };
        Purpose { title, workflow, branch: branch.clone(), about: Some(repository.clone()) }
    }

    pub(crate) async fn perform(self, state: &Arc<State>) -> Result<(), Failure> {
        let repository = state.world().store.view(&self.branch)?.get(self.repository.id);
        let gone = || Failure::from(Refused::not_found(&self.repository.kind, self.repository.id));
        let repository = repository.ok_or_else(gone)?;
        let origin = Origin::of(&repository, self.cause);
        let read = blocking(move || origin.read()).await;
        let mut world = state.world();
        match read {
            Ok(found) => self.put(&mut world, found, &repository.text("commit")),
            Err(why) => {
                self.note(&mut world.store, &[("operational_status", why.status())])?;
                Err(why.failure(&self.name))
            }
        }
    }

    /// Puts what was read into the store, and begins to render what depends on it.
    fn put(&self, world: &mut World, found: Found, before: &str) -> Result<(), Failure> {
        let Found { commit, contents } = found;
        self.note(&mut world.store, &[("commit", &commit)])?;
        let put = contents.and_then(|contents| self.importer(&mut world.store).put(&contents));
        let put = match put {
            Ok(put) => put,
            Err(failure) => {
                self.note(&mut world.store, &[("sync_status", "error-import")])?;
                return Err(failure);
            }
        };
        self.note(&mut world.store, &[("sync_status", "in-sync"), ("operational_status", ONLINE)])?;
        let view = world.store.view(&self.branch)?;
        // another commit may have other templates
        for put in put.iter().filter(|put| put.is_changed || commit != before) {
            if let Some(definition) = view.get(put.id) {
                world.submit(Job::Generate(Targets::all(&definition, &self.branch, self.author)));
            }
        }
        Ok(())
    }

    fn importer<'a>(&'a self, store: &'a mut Store) -> import::Importer<'a> {
        let (branch, repository) = (&self.branch, self.repository.id);
        import::Importer { store, branch, repository, name: &self.name, author: self.author }
    }

    /// Notes attributes of the repository itself.
    fn note(&self, store: &mut Store, values: &[(&str, &str)]) -> Outcome<()> {
        let mut data = Arguments::from_iter([("id".to_owned(), Value::from(self.repository.id))]);
        data.extend(values.iter().map(|(name, value)| ((*name).to_owned(), json!({ "value": value }))));
        let (branch, kind) = (self.branch.as_str(), self.repository.kind.as_str());
        store.update(&Write { branch, kind, data: &data, author: self.author, file: None })?;
        Ok(())
    }
}

impl Origin {
    fn of(repository: &Object, cause: Cause) -> Self {
        let reference = match cause {
            Cause::Again => "commit",
            _ if repository.kind() == READ_ONLY => "ref",
            _ => "default_branch",
        };
        Self {
            name: repository.text("name"),
            location: repository.text("location"),
            reference: repository.text(reference),
        }
    }

    fn read(&self) -> Result<Found, Unreadable> {
        let git = Git::open(&self.location)?;
        let commit = git.commit(&self.reference)?;
        let contents = Contents::read(&git, &self.name, &commit);
        Ok(Found { commit, contents })
    }
}

/// Looks whether a repository is where it is said to be.
///
/// # Errors
/// Why nothing can be read there. One that only a server can read is taken for one that is there.
pub(crate) fn check(repository: &Object) -> Result<(), Unreadable> {
    match Git::open(&repository.text("location")) {
        Ok(_) | Err(Unreadable::Lacking(_)) => Ok(()),
        Err(why) => Err(why),
    }
}
