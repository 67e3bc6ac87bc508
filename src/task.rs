//! Background tasks: what the server runs after it has answered.

use crate::client::Client;
use crate::error::Error;
use crate::id::Id;
use crate::job::{AnyTask, Job, JobHandle};
use crate::queries::{task_cancel, task_list, task_retry};
use crate::value::DateTime;
use futures_core::future::BoxFuture;
use std::future::IntoFuture;

/// The most tasks that the server gives at once.
const MOST: u32 = 200;

macro_rules! states {
    ($($(#[doc = $doc:literal])* $state:ident),* $(,)?) => {
        /// What a task is doing, or how it ended.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum TaskState {
            $($(#[doc = $doc])* $state,)*
            /// A state of a newer server.
            Other(String),
        }

        impl From<task_list::StateType> for TaskState {
            fn from(state: task_list::StateType) -> Self {
                match state {
                    $(task_list::StateType::$state => Self::$state,)*
                    task_list::StateType::Other(name) => Self::Other(name),
                }
            }
        }

        impl From<TaskState> for task_list::StateType {
            fn from(state: TaskState) -> Self {
                match state {
                    $(TaskState::$state => Self::$state,)*
                    TaskState::Other(name) => Self::Other(name),
                }
            }
        }
    };
}

states! {
    /// It waits for its time.
    Scheduled,
    /// It waits for a worker.
    Pending,
    /// A worker runs it.
    Running,
    /// It ended well.
    Completed,
    /// It ended with an error.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Its worker was lost.
    Crashed,
    /// It waits to be resumed.
    Paused,
    /// It is being cancelled.
    Cancelling,
}

impl TaskState {
    /// Whether the task has ended, well or not.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Crashed)
    }
}

/// A background task.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Task {
    /// The task's id.
    pub id: String,
    /// What it does; a made-up name until it runs.
    pub title: String,
    /// What it is doing, or how it ended.
    pub state: TaskState,
    /// The kind of task (`merge-branch-mutation`).
    pub workflow: Option<String>,
    /// The branch that it works on, known once it runs.
    pub branch: Option<String>,
    /// How much is done, from 0 to 1, of tasks that say so.
    pub progress: Option<f64>,
    /// When it was asked for.
    pub created_at: DateTime,
    /// When it began to run.
    pub started_at: Option<DateTime>,
    /// When it last changed.
    pub updated_at: DateTime,
    /// The objects that it works on.
    pub related: Vec<TaskRelated>,
    /// Why it failed, of tasks that sort their failures.
    pub failure: Option<TaskFailure>,
    /// Its log, the oldest line first. Lines come a second or two late.
    pub log: Vec<TaskLog>,
}

/// An object that a task works on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskRelated {
    /// The object's id.
    pub id: String,
    /// The object's kind.
    pub kind: String,
}

/// Why a task failed, in the server's words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskFailure {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub remediation: String,
}

/// One line of a task's log. It may hold a traceback, and so more than one line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskLog {
    /// The text.
    pub message: String,
    /// `info`, `warning`, `error`, …
    pub severity: String,
    /// When it was written.
    pub timestamp: DateTime,
}

impl From<task_list::TaskListInfrahubTaskEdgesNode> for Task {
    fn from(node: task_list::TaskListInfrahubTaskEdgesNode) -> Self {
        let related = node.related_nodes.into_iter().flatten().flatten();
        let log = node.logs.into_iter().flat_map(|logs| logs.edges).filter_map(|edge| edge.node);
        Self {
            id: node.id,
            title: node.title,
            state: node.state.map_or_else(|| TaskState::Other(String::new()), TaskState::from),
            workflow: node.workflow,
            branch: node.branch,
            progress: node.progress,
            created_at: DateTime::from_text(node.created_at),
            started_at: node.start_time.map(DateTime::from_text),
            updated_at: DateTime::from_text(node.updated_at),
            related: related.map(|node| TaskRelated { id: node.id, kind: node.kind }).collect(),
            failure: node
                .error
                .map(|error| TaskFailure { message: error.message, remediation: error.remediation }),
            log: log
                .map(|line| TaskLog {
                    message: line.message,
                    severity: line.severity,
                    timestamp: DateTime::from_text(line.timestamp),
                })
                .collect(),
        }
    }
}

/// Variables that ask for everything, without logs.
pub(crate) fn no_filter() -> task_list::Variables {
    task_list::Variables { log_limit: Some(0), ..task_list::Variables::default() }
}

/// Tasks by these variables.
pub(crate) async fn read(client: &Client, variables: task_list::Variables) -> Result<Vec<Task>, Error> {
    let data = client.query(variables).await?;
    Ok(data.infrahub_task.edges.into_iter().filter_map(|edge| edge.node).map(Task::from).collect())
}

/// The tasks of a server; from [`Client::tasks`].
#[derive(Debug, Clone)]
pub struct Tasks {
    client: Client,
}

impl Tasks {
    pub(crate) fn new(client: &Client) -> Self {
        Self { client: client.server_wide() }
    }

    /// Reads a task with its log.
    ///
    /// The server forgets a branch's tasks soon after the branch is deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the server knows no such task.
    pub async fn get(&self, id: impl Into<String>) -> Result<Task, Error> {
        let id = id.into();
        let variables = task_list::Variables {
            ids: Some(vec![Some(id.clone())]),
            limit: Some(1),
            log_limit: None,
            ..no_filter()
        };
        let found = read(&self.client, variables).await?.pop();
        found.ok_or_else(|| Error::not_found("task", format!("id {id}")))
    }

    /// Reads tasks, those that began last first: `client.tasks().list().state(TaskState::Failed).await?`.
    pub fn list(&self) -> ListTasks {
        ListTasks { client: self.client.clone(), variables: no_filter() }
    }

    /// A job to wait for, by the id of its task: `client.tasks().attach(id).wait().await?`.
    pub fn attach(&self, id: impl Into<String>) -> Job<AnyTask> {
        Job::attach(&self.client, JobHandle::new(id, String::new()))
    }

    /// Asks the server to cancel a task. Infrahub 1.11 can cancel webhook deliveries only.
    ///
    /// # Errors
    /// [`Error::GraphQl`] where the task cannot be cancelled.
    pub async fn cancel(&self, id: impl Into<String>) -> Result<(), Error> {
        self.client.query(task_cancel::Variables { id: id.into() }).await.map(drop)
    }

    /// Asks the server to run a task again, and gives the new run. Infrahub 1.11 can run webhook deliveries
    /// again, and no other task.
    ///
    /// # Errors
    /// [`Error::GraphQl`] where the task cannot be run again.
    pub async fn retry(&self, id: impl Into<String>) -> Result<Job<AnyTask>, Error> {
        let data = self.client.query(task_retry::Variables { id: id.into() }).await?;
        let task = data.infrahub_task_retry.and_then(|answer| answer.task).and_then(|task| task.id);
        let task = task.ok_or_else(|| Error::decode("InfrahubTaskRetry.task", "the answer names no task"))?;
        Ok(self.attach(task))
    }
}

/// Reads tasks when awaited; from [`Tasks::list`]. Without a filter, the last 10.
#[derive(Debug, Clone)]
#[must_use = "tasks are read when this is awaited"]
pub struct ListTasks {
    client: Client,
    variables: task_list::Variables,
}

impl ListTasks {
    /// Only tasks in this state; more than one call widens the choice.
    pub fn state(mut self, state: TaskState) -> Self {
        self.variables.states.get_or_insert_default().push(Some(state.into()));
        self
    }

    /// Only tasks of this kind (`merge-branch-mutation`); more than one call widens the choice.
    pub fn workflow(mut self, workflow: impl Into<String>) -> Self {
        self.variables.workflows.get_or_insert_default().push(Some(workflow.into()));
        self
    }

    /// Only tasks on this branch that have begun to run.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.variables.branch = Some(branch.into());
        self
    }

    /// Only tasks on this object; more than one call widens the choice.
    pub fn related_to<K>(mut self, object: &Id<K>) -> Self {
        self.variables.related.get_or_insert_default().push(Some(object.as_str().to_owned()));
        self
    }

    /// At most this many tasks; the server gives 200 at most and 10 if it is not told.
    pub fn limit(mut self, limit: u32) -> Self {
        self.variables.limit = Some(limit.into());
        self
    }

    /// Leaves out the first tasks.
    pub fn offset(mut self, offset: u32) -> Self {
        self.variables.offset = Some(offset.into());
        self
    }

    /// With each task's log, which makes the answer much larger.
    pub fn with_log(mut self) -> Self {
        self.variables.log_limit = None;
        self
    }

    async fn send(self) -> Result<Vec<Task>, Error> {
        if self.variables.limit.is_some_and(|limit| limit > i64::from(MOST)) {
            return Err(Error::invalid_request(format!(
                "the server gives {MOST} tasks at most; use `offset`"
            )));
        }
        read(&self.client, self.variables).await
    }
}

impl IntoFuture for ListTasks {
    type Output = Result<Vec<Task>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl Client {
    /// The server's background tasks.
    pub fn tasks(&self) -> Tasks {
        Tasks::new(self)
    }
}
