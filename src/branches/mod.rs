//! Branches: list, create, rebase, merge, validate, delete.

mod request;
#[cfg(test)]
mod tests;

pub use request::{
    CreateBranch, DeleteBranch, JobRequest, MergeBranch, RebaseBranch, StartableAction, ValidateBranch,
};

use crate::client::Client;
use crate::error::Error;
use crate::job::{Action, Job, JobHandle};
use crate::operation::Effect;
use crate::queries::{branch_list, branch_update};
use crate::query;
use crate::value::DateTime;
use serde::de::IgnoredAny;

macro_rules! statuses {
    ($($(#[doc = $doc:literal])* $status:ident),* $(,)?) => {
        /// What can be done with a branch.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum BranchStatus {
            $($(#[doc = $doc])* $status,)*
            /// A status of a newer server.
            Other(String),
        }

        impl From<branch_list::BranchStatus> for BranchStatus {
            fn from(status: branch_list::BranchStatus) -> Self {
                match status {
                    $(branch_list::BranchStatus::$status => Self::$status,)*
                    branch_list::BranchStatus::Other(name) => Self::Other(name),
                }
            }
        }
    };
}

statuses! {
    /// It takes writes.
    Open,
    /// It must be rebased first.
    NeedRebase,
    /// The server was upgraded: it must be rebased first.
    NeedUpgradeRebase,
    /// It is being deleted.
    Deleting,
    /// It is being merged.
    Merging,
    /// A merge stopped half way.
    MergeFailed,
    /// It was merged: it can be read, and takes no more writes.
    Merged,
}

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Branch {
    /// The branch's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What can be done with it.
    pub status: BranchStatus,
    /// Whether it is the server's default branch.
    pub is_default: bool,
    /// Whether git repositories get a branch of this name too.
    pub sync_with_git: bool,
    /// Whether its schema is another than that of the default branch.
    pub schema_differs_from_default_branch: bool,
    /// The branch that it comes from.
    pub origin_branch: Option<String>,
    /// Up to when it sees the changes of the branch that it comes from: its creation or last rebase.
    pub branched_from: Option<DateTime>,
    /// When it was created.
    pub created_at: Option<DateTime>,
}

impl From<branch_list::BranchListBranch> for Branch {
    fn from(branch: branch_list::BranchListBranch) -> Self {
        Self {
            id: branch.id,
            name: branch.name,
            description: branch.description,
            status: branch.status.into(),
            is_default: branch.is_default.unwrap_or(false),
            sync_with_git: branch.sync_with_git.unwrap_or(false),
            schema_differs_from_default_branch: branch.schema_differs_from_default_branch.unwrap_or(false),
            origin_branch: branch.origin_branch,
            branched_from: branch.branched_from.map(DateTime::from_text),
            created_at: branch.created_at.map(DateTime::from_text),
        }
    }
}

impl From<&Branch> for String {
    /// The branch's name: `client.on(&branch)`.
    fn from(branch: &Branch) -> Self {
        branch.name.clone()
    }
}

/// The branches of a server; from [`Client::branches`].
///
/// Creating, rebasing, merging, validating and deleting are jobs of the server, which take from a second to
/// minutes. Awaiting one starts it and waits for its end; [`JobRequest::start`] only starts it.
///
/// ```no_run
/// use infrahub_client::{Client, Error};
///
/// # async fn run(client: Client) -> Result<(), Error> {
/// let branch = client.branches().create("change-42").description("Rack 12 moves").await?;
/// // … write through `client.on(&branch)` …
/// client.branches().rebase(&branch).await?;
///
/// let mut merge = client.branches().merge(&branch).start().await?;
/// let handle = serde_json::to_string(&merge.handle()).expect("a handle is JSON"); // keep it somewhere
/// match merge.wait().await {
///     Ok(_) => println!("merged"),
///     Err(error @ Error::JobPending { .. }) => println!("later: attach to {handle} ({error})"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
///
/// # The default branch
/// `protect_default_branch` keeps a program from writing objects to the default branch. It does not stop a
/// merge: merging is how changes are meant to get there, and it is asked for by name. Rebasing, merging or
/// deleting the default branch itself is refused always. The server would refuse the last two after a while,
/// but accepts the rebase, and from then on reads at a point in time before it miss what existed then.
#[derive(Debug, Clone)]
pub struct Branches {
    client: Client,
}

impl Branches {
    pub(crate) fn new(client: &Client) -> Self {
        Self { client: client.server_wide() }
    }

    /// Reads all branches.
    ///
    /// # Errors
    /// What every read may meet.
    pub async fn all(&self) -> Result<Vec<Branch>, Error> {
        let data = self.client.query(branch_list::Variables { name: None }).await?;
        Ok(data.branch.into_iter().map(Branch::from).collect())
    }

    /// Reads a branch.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none of this name.
    pub async fn get(&self, name: impl Into<String>) -> Result<Branch, Error> {
        get(&self.client, &name.into()).await
    }

    /// Creates a branch from the default branch. Git repositories get none unless
    /// [`JobRequest::sync_with_git`] says so.
    pub fn create(&self, name: impl Into<String>) -> JobRequest<CreateBranch> {
        JobRequest::new(&self.client, name.into(), CreateBranch::default())
    }

    /// Brings the changes of the default branch into a branch, which includes changes of the schema.
    ///
    /// It fails where both branches changed the same thing.
    pub fn rebase(&self, name: impl Into<String>) -> JobRequest<RebaseBranch> {
        JobRequest::new(&self.client, name.into(), RebaseBranch(()))
    }

    /// Merges a branch into the default branch.
    ///
    /// Gives the branch, which stays with status [`BranchStatus::Merged`], or `None` where the server is set
    /// to delete branches that were merged. It fails where both branches changed the same thing, and where
    /// the branch was merged before. A merge is never sent twice: where the answer to the first request is
    /// lost, its task is looked for, and [`Error::may_have_run`] tells when that finds none.
    pub fn merge(&self, name: impl Into<String>) -> JobRequest<MergeBranch> {
        JobRequest::new(&self.client, name.into(), MergeBranch(()))
    }

    /// Checks that a branch is free of conflicts with the default branch.
    ///
    /// The server looks at the diff that it computed last, for a rebase or a proposed change. Of a branch
    /// without one, or changed since, it finds no conflicts.
    pub fn validate(&self, name: impl Into<String>) -> JobRequest<ValidateBranch> {
        JobRequest::new(&self.client, name.into(), ValidateBranch(()))
    }

    /// Deletes a branch with all that is in it. Its tasks go too.
    pub fn delete(&self, name: impl Into<String>) -> JobRequest<DeleteBranch> {
        JobRequest::new(&self.client, name.into(), DeleteBranch::default())
    }

    /// Says what a branch is for (`BranchUpdate`), and gives the branch.
    ///
    /// # Errors
    /// [`Error::GraphQl`] with `BRANCH_NOT_FOUND` where there is none of this name.
    pub async fn set_description(
        &self,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Result<Branch, Error> {
        let variables = branch_update::Variables { name: name.into(), description: description.into() };
        let mut operation = query::operation(&variables)?;
        operation.effect = Effect::RepeatableWrite;
        self.client.run::<IgnoredAny>(&operation).await?;
        get(&self.client, &variables.name).await
    }

    /// A job that was started earlier, by this program or another, to wait for:
    /// `client.branches().attach(handle).wait().await?`.
    pub fn attach<A: Action>(&self, handle: JobHandle<A>) -> Job<A> {
        Job::attach(&self.client, handle)
    }
}

/// The branch of this name.
async fn find(client: &Client, name: &str) -> Result<Option<Branch>, Error> {
    let data = client.query(branch_list::Variables { name: Some(name.to_owned()) }).await?;
    Ok(data.branch.into_iter().map(Branch::from).find(|branch| branch.name == name))
}

async fn get(client: &Client, name: &str) -> Result<Branch, Error> {
    find(client, name).await?.ok_or_else(|| Error::not_found("branch", format!("name `{name}`")))
}

impl Client {
    /// The server's branches.
    pub fn branches(&self) -> Branches {
        Branches::new(self)
    }
}
