//! The background tasks of the server: what ran, how it ended and what its log says.

use crate::random;
use crate::store::{NodeId, Object, Refusals, Refused, python_quoted};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most tasks that are listed at once, and how many if nobody says.
pub(crate) const MOST: usize = 200;
const USUAL: usize = 10;

/// How many tasks are kept: beyond them, for each that begins the oldest that has ended is forgotten.
const KEPT: usize = 10_000;

/// All tasks, the latest last. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks(Vec<Arc<Task>>);

/// A task that runs, or has ended.
#[derive(Debug, Clone)]
struct Task {
    id: String,
    purpose: Purpose,
    state: State,
    started: Timestamp,
    updated: Timestamp,
}

#[derive(Debug, Clone)]
enum State {
    Running,
    Completed,
    Failed(Failure),
}

/// What a task is for.
#[derive(Debug, Clone)]
pub(crate) struct Purpose {
    pub(crate) title: String,
    pub(crate) workflow: &'static str,
    pub(crate) branch: String,
    pub(crate) about: Option<About>,
}

/// The object that a task is about.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) id: NodeId,
    pub(crate) kind: String,
}

/// Why a task failed: the exception of the server, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exception: &'static str,
    pub(crate) message: String,
}

/// Which tasks are asked for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) ids: Option<Vec<String>>,
    pub(crate) states: Option<Vec<String>>,
    pub(crate) workflows: Option<Vec<String>>,
    pub(crate) branch: Option<String>,
    /// Objects that the tasks are about.
    pub(crate) related: Option<Vec<String>>,
    pub(crate) text: Option<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: usize,
    pub(crate) log_limit: Option<usize>,
    pub(crate) log_offset: usize,
}

impl Failure {
    pub(crate) fn new(exception: &'static str, message: impl Into<String>) -> Self {
        Self { exception, message: message.into() }
    }

    /// A task needs what the sandbox lacks.
    pub(crate) fn lacking(what: &str) -> Self {
        Self::new("Error", format!("The sandbox lacks {what}; a real Infrahub has it."))
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Refusals::from(refused).into()
    }
}

impl From<Refusals> for Failure {
    fn from(refusals: Refusals) -> Self {
        Self::new("ValidationError", refusals.to_string())
    }
}

impl From<&Object> for About {
    fn from(object: &Object) -> Self {
        Self { id: object.id(), kind: object.kind().to_owned() }
    }
}

impl Tasks {
    /// Notes a task that runs from now on, and gives its id.
    pub(crate) fn begin(&mut self, purpose: Purpose) -> String {
        let (id, now) = (random::uuid(), Timestamp::now());
        if self.0.len() >= KEPT
            && let Some(oldest) = self.0.iter().position(|task| !matches!(task.state, State::Running))
        {
            self.0.remove(oldest);
        }
        self.0.push(Arc::new(Task {
            id: id.clone(),
            purpose,
            state: State::Running,
            started: now,
            updated: now,
        }));
        id
    }

    /// Notes that a task has ended, and why if it failed.
    pub(crate) fn end(&mut self, id: &str, failure: Option<Failure>) {
        if let Some(task) = self.0.iter_mut().rev().find(|task| task.id == id) {
            let task = Arc::make_mut(task);
            task.state = failure.map_or(State::Completed, State::Failed);
            task.updated = Timestamp::now();
        }
    }

    /// Forgets the tasks of a branch, except those that run.
    pub(crate) fn forget(&mut self, branch: &str) {
        self.0.retain(|task| task.purpose.branch != branch || matches!(task.state, State::Running));
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.0.iter().any(|task| task.id == id)
    }

    /// The tasks that are wanted, the latest first, and how many there are without paging.
    pub(crate) fn list(&self, wanted: &Wanted) -> Value {
        let all: Vec<_> = self.0.iter().rev().filter(|task| wanted.includes(task)).collect();
        let limit = wanted.limit.unwrap_or(USUAL).min(MOST);
        let page = all.iter().skip(wanted.offset).take(limit);
        let edges: Vec<_> = page.map(|task| json!({ "node": task.to_json(wanted) })).collect();
        json!({ "count": all.len(), "edges": edges })
    }
}

impl Wanted {
    fn includes(&self, task: &Task) -> bool {
        let among = |list: &Option<Vec<String>>, value: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|item| item == value))
        };
        let Purpose { title, workflow, branch, about } = &task.purpose;
        let about = about.as_ref().map(|about| about.id.to_string()).unwrap_or_default();
        among(&self.ids, &task.id)
            && among(&self.states, task.state.as_str())
            && among(&self.workflows, workflow)
            && self.branch.as_ref().is_none_or(|wanted| wanted == branch)
            && among(&self.related, &about)
            && self.text.as_ref().is_none_or(|text| title.contains(text.as_str()))
    }
}

impl State {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed(_) => "FAILED",
        }
    }

    fn conclusion(&self) -> &'static str {
        match self {
            Self::Running => "unknown",
            Self::Completed => "success",
            Self::Failed(_) => "failure",
        }
    }
}

impl Task {
    fn to_json(&self, wanted: &Wanted) -> Value {
        let log = self.log();
        let lines = log.iter().skip(wanted.log_offset).take(wanted.log_limit.unwrap_or(usize::MAX));
        let lines: Vec<_> = lines.map(|line| json!({ "node": line })).collect();
        let Purpose { title, workflow, branch, about } = &self.purpose;
        let about: Vec<(String, &str)> =
            about.iter().map(|about| (about.id.to_string(), about.kind.as_str())).collect();
        let related: Vec<_> = about.iter().map(|(id, kind)| json!({ "id": id, "kind": kind })).collect();
        json!({
            "__typename": "TaskNode",
            "id": self.id,
            "title": title,
            "state": self.state.as_str(),
            "conclusion": self.state.conclusion(),
            "workflow": workflow,
            "branch": branch,
            "progress": null,
            "parameters": {},
            "tags": [],
            "available_actions": [],
            "related_node": about.first().map(|(id, _)| id),
            "related_node_kind": about.first().map(|(_, kind)| kind),
            "related_nodes": related,
            "error": null,
            "created_at": self.started.to_string(),
            "start_time": self.started.to_string(),
            "updated_at": self.updated.to_string(),
            "logs": { "count": log.len(), "edges": lines },
        })
    }

    fn log(&self) -> Vec<Value> {
        let line = |severity: &str, message: String| {
            json!({
                "id": self.id, "task_id": self.id, "severity": severity, "message": message,
                "timestamp": self.updated.to_string(),
            })
        };
        match &self.state {
            State::Running => Vec::new(),
            State::Completed => vec![line("info", "Finished in state Completed()".to_owned())],
            State::Failed(Failure { exception, message }) => vec![
                line("error", format!("infrahub.exceptions.{exception}: {message}")),
                line("error", {
                    let reason = format!("Flow run encountered an exception: {exception}: {message}");
                    format!("Finished in state Failed({})", python_quoted(&reason))
                }),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Purpose, Tasks};

    #[test]
    fn old_tasks_that_have_ended_are_forgotten() {
        let mut tasks = Tasks::default();
        let begin = |tasks: &mut Tasks| {
            let (title, branch) = ("a task".to_owned(), "main".to_owned());
            tasks.begin(Purpose { title, workflow: "a-workflow", branch, about: None })
        };
        let running = begin(&mut tasks);
        let ended: Vec<String> = (0..KEPT + 1)
            .map(|_| {
                let id = begin(&mut tasks);
                tasks.end(&id, None);
                id
            })
            .collect();
        let known: Vec<bool> = ended[..4].iter().map(|id| tasks.knows(id)).collect();
        assert_eq!(
            (tasks.0.len(), tasks.knows(&running), known.as_slice()),
            (KEPT, true, &[false, false, true, true][..])
        );
    }
}
