//! Jobs: work that the server goes on with after it has answered, awaited by the id of its task.

use crate::client::Client;
use crate::error::Error;
use crate::queries::task_list;
use crate::task::{self, Task, TaskLog, TaskState};
use futures_core::future::BoxFuture;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a job is waited for unless it is said.
const DEADLINE: Duration = Duration::from_secs(300);
/// The pause between two looks at a task: the first, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));

/// How long one look may take, attempts and waits included.
const LOOK: Duration = Duration::from_secs(30);
/// Looks in a row that find no such task before it counts as lost.
const MISSES: u32 = 5;
/// How often the log of a failed task is read until it has its last line, a second apart.
const LOG_LOOKS: u32 = 5;
/// The lines of a log that are read at once.
const LINES: i64 = 500;

mod sealed {
    pub trait Sealed {}
}
pub(crate) use sealed::Sealed;

/// What a job does, and so what it gives in the end.
pub trait Action: Sealed + Send + Sync + 'static {
    /// What the job gives when it has ended well.
    type Output: Send;

    /// What a [`JobHandle`] calls it.
    #[doc(hidden)]
    const NAME: &'static str;

    /// Reads what the job gives, after its task has completed.
    #[doc(hidden)]
    fn output<'a>(
        client: &'a Client,
        target: &'a str,
        task: Task,
    ) -> BoxFuture<'a, Result<Self::Output, Error>>;

    /// Judges by what the job works on, where the server no longer knows its task or calls it failed: a task
    /// also fails for what comes after its work is done.
    #[doc(hidden)]
    fn judge<'a>(_client: &'a Client, _target: &'a str) -> BoxFuture<'a, Result<Fate<Self::Output>, Error>> {
        Box::pin(std::future::ready(Ok(Fate::Unknown)))
    }
}

/// What became of a job, as far as what it works on tells.
#[doc(hidden)]
#[derive(Debug)]
pub enum Fate<T> {
    /// It did its work.
    Done(T),
    /// It is at work.
    AtWork,
    /// There is no telling.
    Unknown,
}

/// Any task, whatever it does: gives the [`Task`].
#[derive(Debug, Clone, Copy)]
pub enum AnyTask {}

impl Sealed for AnyTask {}

impl Action for AnyTask {
    type Output = Task;
    const NAME: &'static str = "any";

    fn output<'a>(_client: &'a Client, _target: &'a str, task: Task) -> BoxFuture<'a, Result<Task, Error>> {
        Box::pin(std::future::ready(Ok(task)))
    }
}

/// What is needed to find a job again, by this program or another: write it to a file, attach later.
///
/// ```
/// use infrahub_client::branches::MergeBranch;
/// use infrahub_client::job::JobHandle;
///
/// let handle = JobHandle::<MergeBranch>::new("5a249da8-0520-4d21-8156-24168a589acb", "change-42");
/// let text = serde_json::to_string(&handle)?;
/// assert_eq!(text, r#"{"job":"merge","task":"5a249da8-0520-4d21-8156-24168a589acb","target":"change-42"}"#);
/// let read: JobHandle<MergeBranch> = serde_json::from_str(&text)?;
/// assert_eq!(read.task_id(), handle.task_id());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct JobHandle<A> {
    task: String,
    target: String,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> JobHandle<A> {
    /// The handle of a task that is already known, such as one that an error names, and of the branch that
    /// it works on.
    pub fn new(task: impl Into<String>, target: impl Into<String>) -> Self {
        Self { task: task.into(), target: target.into(), action: PhantomData }
    }

    /// The id of the task.
    pub fn task_id(&self) -> &str {
        &self.task
    }

    /// The branch that the job works on.
    pub fn target(&self) -> &str {
        &self.target
    }
}

impl<A> Clone for JobHandle<A> {
    fn clone(&self) -> Self {
        Self { task: self.task.clone(), target: self.target.clone(), action: PhantomData }
    }
}

impl<A> PartialEq for JobHandle<A> {
    fn eq(&self, other: &Self) -> bool {
        (&self.task, &self.target) == (&other.task, &other.target)
    }
}

impl<A> Eq for JobHandle<A> {}

impl<A: Action> fmt::Debug for JobHandle<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobHandle")
            .field("job", &A::NAME)
            .field("task", &self.task)
            .field("target", &self.target)
            .finish()
    }
}

/// How a handle is written.
#[derive(Serialize, Deserialize)]
struct WrittenHandle<'a> {
    #[serde(borrow)]
    job: Cow<'a, str>,
    #[serde(borrow)]
    task: Cow<'a, str>,
    #[serde(borrow)]
    target: Cow<'a, str>,
}

impl<A: Action> Serialize for JobHandle<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenHandle { job: A::NAME.into(), task: (&*self.task).into(), target: (&*self.target).into() }
            .serialize(serializer)
    }
}

impl<'de, A: Action> Deserialize<'de> for JobHandle<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenHandle::deserialize(deserializer)?;
        if written.job != A::NAME {
            return Err(D::Error::custom(format!(
                "the handle is of a job `{}`, and one of a job `{}` is expected",
                written.job,
                A::NAME
            )));
        }
        Ok(Self::new(written.task, written.target))
    }
}

/// How far a job is, as [`Job::on_progress`] tells it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// What the task is doing.
    pub state: TaskState,
    /// What it does; a made-up name until it runs.
    pub title: String,
    /// How much is done, from 0 to 1, of tasks that say so.
    pub done: Option<f64>,
    /// The lines of its log since the last call. Lines that the server writes late may be missing.
    pub log: Vec<TaskLog>,
    /// How long it has been waited for.
    pub waited: Duration,
}

/// A callback for [`Progress`].
pub(crate) type OnProgress = Box<dyn FnMut(&Progress) + Send + Sync>;

/// A job that runs on the server, to wait for.
///
/// The server looks after the job: dropping this, or ending the program, stops only the waiting. Keep
/// [`Job::handle`] to find it again.
pub struct Job<A: Action> {
    client: Client,
    handle: JobHandle<A>,
    deadline: Duration,
    on_progress: Option<OnProgress>,
    lines: i64,
}

impl<A: Action> Job<A> {
    pub(crate) fn attach(client: &Client, handle: JobHandle<A>) -> Self {
        Self { client: client.server_wide(), handle, deadline: DEADLINE, on_progress: None, lines: 0 }
    }

    pub(crate) fn prepared(mut self, deadline: Option<Duration>, on_progress: Option<OnProgress>) -> Self {
        self.deadline = deadline.unwrap_or(DEADLINE);
        self.on_progress = on_progress;
        self
    }

    /// The id of the job's task.
    pub fn task_id(&self) -> &str {
        self.handle.task_id()
    }

    /// What is needed to find the job again.
    pub fn handle(&self) -> JobHandle<A> {
        self.handle.clone()
    }

    /// How long [`Job::wait`] waits; 300 s unless it is said.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Calls a function after each look at the task, which is every second at first and every five later.
    #[must_use]
    pub fn on_progress(mut self, call: impl FnMut(&Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Box::new(call));
        self
    }

    /// Waits until the job has ended, and gives what it gives.
    ///
    /// Looks at the task through `InfrahubTask`. A look that fails for a passing reason is done again.
    /// Waiting may be given up at any time (the future may be dropped) and begun again.
    ///
    /// # Errors
    /// [`Error::JobFailed`] with the server's reason where the job failed; [`Error::Cancelled`] where it was
    /// cancelled; [`Error::JobPending`], which carries the task's id, where the time was over first or the
    /// server could no longer be asked.
    pub async fn wait(&mut self) -> Result<A::Output, Error> {
        let started = Instant::now();
        let mut pause = PAUSE.0;
        let mut misses = 0;
        loop {
            let left = self.deadline.saturating_sub(started.elapsed());
            // The last look comes when no time is left, and takes a moment too.
            let client = self.client.with_timeout(left.clamp(PAUSE.0, LOOK));
            let (obstacle, hopeless) = match self.look(&client).await {
                Ok(Some(task)) => {
                    misses = 0;
                    self.report(&task, started.elapsed());
                    match task.state {
                        TaskState::Completed => match A::output(&client, &self.handle.target, task).await {
                            Ok(output) => return Ok(output),
                            Err(error) => obstacle(error),
                        },
                        TaskState::Failed | TaskState::Crashed => {
                            match A::judge(&client, &self.handle.target).await {
                                Ok(Fate::Done(output)) => return Ok(output),
                                Ok(Fate::AtWork) => (None, false),
                                Ok(Fate::Unknown) => return Err(self.failure(task).await),
                                Err(error) => obstacle(error),
                            }
                        }
                        TaskState::Cancelled => return Err(Error::cancelled(self.task_id())),
                        _ => (None, false),
                    }
                }
                Ok(None) => match A::judge(&client, &self.handle.target).await {
                    Ok(Fate::Done(output)) => return Ok(output),
                    Ok(Fate::AtWork) => (None, false),
                    Ok(Fate::Unknown) => {
                        misses += 1;
                        let missing = Error::not_found("task", format!("id {}", self.task_id()));
                        (Some(missing), misses == MISSES)
                    }
                    Err(error) => obstacle(error),
                },
                Err(error) => obstacle(error),
            };
            let left = self.deadline.saturating_sub(started.elapsed());
            if hopeless || left.is_zero() {
                return Err(self.pending(started, obstacle));
            }
            sleep(pause.min(left)).await;
            pause = (pause * 3 / 2).min(PAUSE.1);
        }
    }

    /// The task as it is now; `None` where the server does not know it.
    async fn look(&self, client: &Client) -> Result<Option<Task>, Error> {
        let variables = task_list::Variables {
            log_limit: Some(if self.on_progress.is_some() { LINES } else { 0 }),
            log_offset: Some(self.lines),
            ..self.this_task()
        };
        Ok(task::read(client, variables).await?.pop())
    }

    fn this_task(&self) -> task_list::Variables {
        task_list::Variables {
            ids: Some(vec![Some(self.handle.task.clone())]),
            limit: Some(1),
            ..task::no_filter()
        }
    }

    fn report(&mut self, task: &Task, waited: Duration) {
        self.lines += i64::try_from(task.log.len()).unwrap_or(0);
        if let Some(call) = &mut self.on_progress {
            call(&Progress {
                state: task.state.clone(),
                title: task.title.clone(),
                done: task.progress,
                log: task.log.clone(),
                waited,
            });
        }
    }

    fn pending(&self, started: Instant, cause: Option<Error>) -> Error {
        Error::JobPending {
            task: self.handle.task.clone(),
            after: started.elapsed(),
            cause: cause.map(Box::new),
        }
    }

    /// The error for a task that failed. The reason stands in its log only, which comes a moment later.
    async fn failure(&self, task: Task) -> Error {
        let mut reason = None;
        for look in 0..LOG_LOOKS {
            if look > 0 {
                sleep(PAUSE.0).await;
            }
            let variables = task_list::Variables { log_limit: Some(LINES), ..self.this_task() };
            let log = task::read(&self.client.with_timeout(LOOK), variables).await;
            let log = log.ok().and_then(|mut tasks| tasks.pop()).map(|task| task.log).unwrap_or_default();
            reason = last_words(&log).or_else(|| last_error(&log)).or(reason);
            if last_words(&log).is_some() {
                break;
            }
        }
        let state =
            if task.state == TaskState::Crashed { "its worker was lost" } else { "its log gives no reason" };
        let reason =
            task.failure.map(|failure| format!("{} {}", failure.message, failure.remediation)).or(reason);
        let reason = reason.unwrap_or_else(|| state.to_owned());
        Error::job_failed(self.task_id(), format!("{}: {reason}", task.title))
    }
}

impl<A: Action> fmt::Debug for Job<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("handle", &self.handle)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// An error on the way to a job's end, and whether there is no point in trying again.
fn obstacle(error: Error) -> (Option<Error>, bool) {
    let hopeless = !error.is_retryable();
    (Some(error), hopeless)
}

/// The reason from the last line of a failed task's log:
/// `Finished in state Failed("Flow run encountered an exception: ValidationError: reason")`.
fn last_words(log: &[TaskLog]) -> Option<String> {
    let line = log.iter().rev().find_map(|line| line.message.strip_prefix("Finished in state "))?;
    let quoted = line.split_once('(')?.1.trim_end().strip_suffix(')')?;
    let quoted = quoted.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
    let reason = quoted.strip_prefix("Flow run encountered an exception: ").unwrap_or(quoted);
    Some(plain(without_class(reason)))
}

/// A text that Python wrote as a literal, as it was.
fn plain(literal: &str) -> String {
    let mut text = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let letter = match escape.chars().next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some(letter @ ('\\' | '\'' | '"')) => letter,
            // Control characters and the like stay as Python shows them.
            _ => {
                text.push('\\');
                rest = escape;
                continue;
            }
        };
        text.push(letter);
        rest = &escape[1..];
    }
    text + rest
}

/// The last line of the last error in the log, which of a traceback is the exception.
fn last_error(log: &[TaskLog]) -> Option<String> {
    let line = log.iter().rev().find(|line| matches!(&*line.severity, "error" | "critical"))?;
    line.message.trim_end().lines().next_back().map(|line| without_class(line).to_owned())
}

/// The message of `infrahub.exceptions.ValidationError: message`.
fn without_class(text: &str) -> &str {
    match text.split_once(": ") {
        Some((class, message)) if class.ends_with("Error") && !class.contains(' ') => message,
        _ => text,
    }
}
