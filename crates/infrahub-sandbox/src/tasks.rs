//! The background tasks of the server: what ran, how it ended and what its log says.

use crate::random;
use crate::work::Work;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most tasks that are listed at once, and how many if nobody says.
pub(crate) const MOST: usize = 200;
const USUAL: usize = 10;

/// All tasks, the latest last. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks(Vec<Arc<Task>>);

/// A task that runs, or has ended.
#[derive(Debug, Clone)]
struct Task {
    id: String,
    title: String,
    workflow: &'static str,
    branch: String,
    state: State,
    started: Timestamp,
    updated: Timestamp,
}

#[derive(Debug, Clone)]
enum State {
    Running,
    Completed,
    /// With the reason.
    Failed(String),
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

impl Tasks {
    /// Notes a task that runs from now on, and gives its id.
    pub(crate) fn begin(&mut self, work: &Work) -> String {
        let (id, now) = (random::uuid(), Timestamp::now());
        self.0.push(Arc::new(Task {
            id: id.clone(),
            title: work.title(),
            workflow: work.workflow(),
            branch: work.branch().to_owned(),
            state: State::Running,
            started: now,
            updated: now,
        }));
        id
    }

    /// Notes that a task has ended, and why if it failed.
    pub(crate) fn end(&mut self, id: &str, failure: Option<String>) {
        if let Some(task) = self.0.iter_mut().rev().find(|task| task.id == id) {
            let task = Arc::make_mut(task);
            task.state = failure.map_or(State::Completed, State::Failed);
            task.updated = Timestamp::now();
        }
    }

    /// Forgets the tasks of a branch, except those that run.
    pub(crate) fn forget(&mut self, branch: &str) {
        self.0.retain(|task| task.branch != branch || matches!(task.state, State::Running));
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
        among(&self.ids, &task.id)
            && among(&self.states, task.state.as_str())
            && among(&self.workflows, task.workflow)
            && self.branch.as_ref().is_none_or(|branch| task.branch == *branch)
            && self.related.is_none()
            && self.text.as_ref().is_none_or(|text| task.title.contains(text.as_str()))
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
        json!({
            "__typename": "TaskNode",
            "id": self.id,
            "title": self.title,
            "state": self.state.as_str(),
            "conclusion": self.state.conclusion(),
            "workflow": self.workflow,
            "branch": self.branch,
            "progress": null,
            "parameters": {},
            "tags": [],
            "available_actions": [],
            "related_node": null,
            "related_node_kind": null,
            "related_nodes": [],
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
            State::Failed(reason) => vec![
                line("error", format!("infrahub.exceptions.ValidationError: {reason}")),
                line(
                    "error",
                    format!(
                        "Finished in state Failed(\"Flow run encountered an exception: ValidationError: {reason}\")"
                    ),
                ),
            ],
        }
    }
}
