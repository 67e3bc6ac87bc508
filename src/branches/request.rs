//! What starts a job on a branch.

use super::{Branch, BranchStatus, find, get};
use crate::client::Client;
use crate::error::Error;
use crate::job::{Action, Fate, Job, JobHandle, OnProgress, Progress, Sealed};
use crate::queries::{branch_create, branch_delete, branch_merge, branch_rebase, branch_validate, task_list};
use crate::task::{self, Task};
use futures_core::future::BoxFuture;
use std::collections::BTreeSet;
use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;
use tokio::time::sleep;

/// The pauses before each look for a job whose start got no answer, in seconds.
const SEARCH: [u64; 6] = [0, 1, 2, 3, 4, 5];

/// A job on a branch that can be started.
pub trait StartableAction: Action {
    /// What the server calls such tasks.
    #[doc(hidden)]
    const WORKFLOW: &'static str;

    /// Whether the default branch can be what it works on.
    #[doc(hidden)]
    const ON_DEFAULT_BRANCH: bool;

    /// Starts it, and gives the id of its task.
    #[doc(hidden)]
    fn send<'a>(&'a self, client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>>;
}

/// Creates a branch: gives the [`Branch`].
#[derive(Debug, Clone, Default)]
pub struct CreateBranch {
    description: Option<String>,
    sync_with_git: bool,
}

/// Rebases a branch: gives the [`Branch`].
#[derive(Debug, Clone)]
pub struct RebaseBranch(pub(super) ());

/// Merges a branch into the default branch: gives the [`Branch`], or `None` where the server deletes
/// branches that were merged.
#[derive(Debug, Clone)]
pub struct MergeBranch(pub(super) ());

/// Checks that a branch has no conflicts: gives the [`Branch`].
#[derive(Debug, Clone)]
pub struct ValidateBranch(pub(super) ());

/// Deletes a branch.
#[derive(Debug, Clone, Default)]
pub struct DeleteBranch {
    delete_from_git: bool,
}

/// The id of the task in the answer to a mutation that starts a job.
macro_rules! task_of {
    ($client:ident, $variables:expr, $field:ident) => {
        Box::pin(async move {
            let data = $client.query($variables).await?;
            Ok(data.$field.and_then(|answer| answer.task).and_then(|task| task.id))
        })
    };
}

macro_rules! gives_branch {
    ($($action:ty, $name:literal;)*) => {$(
        impl Sealed for $action {}

        impl Action for $action {
            type Output = Branch;
            const NAME: &'static str = $name;

            fn output<'a>(client: &'a Client, name: &'a str, _: Task) -> BoxFuture<'a, Result<Branch, Error>> {
                Box::pin(get(client, name))
            }
        }
    )*};
}
gives_branch! {
    CreateBranch, "create";
    RebaseBranch, "rebase";
    ValidateBranch, "validate";
}

impl StartableAction for CreateBranch {
    const WORKFLOW: &'static str = "create-branch";
    const ON_DEFAULT_BRANCH: bool = true;

    fn send<'a>(&'a self, client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>> {
        let variables = branch_create::Variables {
            name: name.to_owned(),
            description: self.description.clone(),
            sync_with_git: self.sync_with_git,
        };
        task_of!(client, variables, branch_create)
    }
}

impl StartableAction for RebaseBranch {
    const WORKFLOW: &'static str = "branch-rebase";
    const ON_DEFAULT_BRANCH: bool = false;

    fn send<'a>(&'a self, client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>> {
        task_of!(client, branch_rebase::Variables { name: name.to_owned() }, branch_rebase)
    }
}

impl StartableAction for ValidateBranch {
    const WORKFLOW: &'static str = "branch-validate";
    const ON_DEFAULT_BRANCH: bool = true;

    fn send<'a>(&'a self, client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>> {
        task_of!(client, branch_validate::Variables { name: name.to_owned() }, branch_validate)
    }
}

impl Sealed for MergeBranch {}

impl Action for MergeBranch {
    type Output = Option<Branch>;
    const NAME: &'static str = "merge";

    fn output<'a>(
        client: &'a Client,
        name: &'a str,
        _: Task,
    ) -> BoxFuture<'a, Result<Option<Branch>, Error>> {
        Box::pin(find(client, name))
    }

    fn judge<'a>(client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Fate<Option<Branch>>, Error>> {
        Box::pin(async move {
            Ok(match find(client, name).await? {
                Some(branch) if branch.status == BranchStatus::Merged => Fate::Done(Some(branch)),
                Some(branch) if branch.status == BranchStatus::Merging => Fate::AtWork,
                _ => Fate::Unknown,
            })
        })
    }
}

impl StartableAction for MergeBranch {
    const WORKFLOW: &'static str = "merge-branch-mutation";
    const ON_DEFAULT_BRANCH: bool = false;

    fn send<'a>(&'a self, client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>> {
        task_of!(client, branch_merge::Variables { name: name.to_owned() }, branch_merge)
    }
}

impl Sealed for DeleteBranch {}

impl Action for DeleteBranch {
    type Output = ();
    const NAME: &'static str = "delete";

    fn output<'a>(_: &'a Client, _: &'a str, _: Task) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// The server forgets the tasks of a branch that is deleted, the deletion's own task among them.
    fn judge<'a>(client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Fate<()>, Error>> {
        Box::pin(async move {
            Ok(match find(client, name).await? {
                None => Fate::Done(()),
                Some(branch) if branch.status == BranchStatus::Deleting => Fate::AtWork,
                Some(_) => Fate::Unknown,
            })
        })
    }
}

impl StartableAction for DeleteBranch {
    const WORKFLOW: &'static str = "branch-delete";
    const ON_DEFAULT_BRANCH: bool = false;

    fn send<'a>(&'a self, client: &'a Client, name: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>> {
        let variables =
            branch_delete::Variables { name: name.to_owned(), delete_from_git: self.delete_from_git };
        task_of!(client, variables, branch_delete)
    }
}

/// Starts a job on a branch. Awaited, it also waits for the job's end.
#[must_use = "nothing is started before this is awaited or `.start()` is"]
pub struct JobRequest<A: StartableAction> {
    client: Client,
    name: String,
    action: A,
    deadline: Option<Duration>,
    on_progress: Option<OnProgress>,
}

impl JobRequest<CreateBranch> {
    /// What the branch is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.action.description = Some(description.into());
        self
    }

    /// Whether git repositories get a branch of this name too; not unless it is said.
    pub fn sync_with_git(mut self, sync: bool) -> Self {
        self.action.sync_with_git = sync;
        self
    }
}

impl JobRequest<DeleteBranch> {
    /// Whether git repositories lose their branch of this name too; not unless it is said.
    pub fn delete_from_git(mut self, delete: bool) -> Self {
        self.action.delete_from_git = delete;
        self
    }
}

impl<A: StartableAction> JobRequest<A> {
    pub(super) fn new(client: &Client, name: String, action: A) -> Self {
        Self { client: client.clone(), name, action, deadline: None, on_progress: None }
    }

    /// How long to wait for the job's end; 300 s unless it is said.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Calls a function after each look at the job's task.
    pub fn on_progress(mut self, call: impl FnMut(&Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Box::new(call));
        self
    }

    /// Starts the job without waiting for its end.
    ///
    /// While another branch is being merged the server refuses, and the client tries again for a while. If no answer
    /// comes, the request is not sent again: the job's task is looked for on the server for a quarter of a
    /// minute, and a job of the same kind on the same branch that appears then is taken for this one.
    ///
    /// # Errors
    /// [`Error::GraphQl`] with the server's reason where it refuses: an unknown branch, an existing name, a
    /// branch that was merged. A name that the server does not like is accepted here and fails in the job.
    /// [`Error::InvalidRequest`] for a rebase, merge or deletion of the default branch, which is not sent.
    /// Where the answer was lost and no task appeared, the error says [`Error::may_have_run`].
    pub async fn start(self) -> Result<Job<A>, Error> {
        let (client, name) = (&self.client, &*self.name);
        if !A::ON_DEFAULT_BRANCH && find(client, name).await?.is_some_and(|branch| branch.is_default) {
            return Err(Error::invalid_request(format!(
                "`{name}` is the default branch, of which there is no {}",
                A::NAME
            )));
        }
        let before = self.tasks().await?;
        let task = match self.action.send(client, name).await {
            Ok(Some(task)) => task,
            Ok(None) => return Err(Error::decode(A::WORKFLOW, "the answer names no task")),
            Err(error) if error.may_have_run() && error.graphql_errors().is_empty() => {
                match self.find_started(&before).await {
                    Some(task) => task,
                    None => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        let handle = JobHandle::new(task, self.name);
        Ok(Job::attach(&self.client, handle).prepared(self.deadline, self.on_progress))
    }

    /// The ids of the tasks of this kind on the branch.
    async fn tasks(&self) -> Result<BTreeSet<String>, Error> {
        let variables = task_list::Variables {
            branch: Some(self.name.clone()),
            workflows: Some(vec![Some(A::WORKFLOW.to_owned())]),
            limit: Some(50),
            ..task::no_filter()
        };
        Ok(task::read(&self.client, variables).await?.into_iter().map(|task| task.id).collect())
    }

    /// The task that was not there before. It is filed under its branch only once it runs.
    async fn find_started(&self, before: &BTreeSet<String>) -> Option<String> {
        for pause in SEARCH {
            sleep(Duration::from_secs(pause)).await;
            let Ok(now) = self.tasks().await else { continue };
            if let Some(task) = now.difference(before).next() {
                return Some(task.clone());
            }
        }
        None
    }
}

impl<A: StartableAction> IntoFuture for JobRequest<A> {
    type Output = Result<A::Output, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.start().await?.wait().await })
    }
}

impl<A: StartableAction + fmt::Debug> fmt::Debug for JobRequest<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobRequest")
            .field("name", &self.name)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}
