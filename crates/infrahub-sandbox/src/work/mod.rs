//! What the server does in background tasks: it takes a while, and whoever does not wait for it gets the id of its task.
//!
//! [`Work`] on branches is done at once when its time has come, a [`Job`] without holding the world.

mod follow;
mod job;

pub(crate) use job::{Job, blocking, catch_up};

use crate::state::World;
use crate::store::{Branch, MAIN, NewBranch, NodeId, Outcome, Store};
use crate::tasks::{Failure, Purpose};
use std::time::{Duration, Instant};

/// How long after the deletion of a branch its tasks are forgotten, in the end the deletion's own, too.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(1);

/// Something that is done with a branch.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Create(NewBranch),
    Rebase { branch: String },
    Validate { branch: String },
    Merge { branch: String, author: Option<NodeId> },
    Delete { branch: String },
}

/// Something that happens by itself when its time has come.
#[derive(Debug, Clone)]
pub(crate) struct Later {
    at: Instant,
    event: Event,
}

#[derive(Debug, Clone)]
enum Event {
    /// A task does its work.
    Do { task: String, work: Work },
    /// A task begins its job.
    Begin { task: String, job: Box<Job> },
    /// The tasks of a deleted branch are forgotten.
    Forget { branch: String },
}

impl Work {
    pub(crate) fn branch(&self) -> &str {
        match self {
            Self::Create(new) => &new.name,
            Self::Rebase { branch }
            | Self::Validate { branch }
            | Self::Merge { branch, .. }
            | Self::Delete { branch } => branch,
        }
    }

    fn purpose(&self) -> Purpose {
        let branch = self.branch().to_owned();
        let (workflow, title) = match self {
            Self::Create(_) => ("create-branch", format!("Create branch {branch}")),
            Self::Rebase { .. } => ("branch-rebase", format!("Rebase branch {branch}")),
            Self::Validate { .. } => ("branch-validate", format!("Validate branch {branch} for conflicts")),
            Self::Merge { .. } => ("merge-branch-mutation", "Merge branch graphQL mutation".to_owned()),
            Self::Delete { .. } => ("branch-delete", format!("Delete branch {branch}")),
        };
        Purpose { title, workflow, branch, about: None }
    }

    /// Does it, and gives the branch as it is then; `None` where there is none any more.
    fn perform(&self, store: &mut Store) -> Outcome<Option<Branch>> {
        match self {
            Self::Create(new) => store.create_branch(new.clone()).map(Some),
            Self::Rebase { branch } => store.rebase_branch(branch).map(Some),
            Self::Validate { branch } => store.validate_branch(branch).map(Some),
            Self::Merge { branch, author } => store.merge_branch(branch, *author).map(Some),
            Self::Delete { branch } => store.delete_branch(branch).map(|()| None),
        }
    }
}

impl World {
    /// Does work for somebody who waits for it. It is done at once, for nobody could see the difference.
    pub(crate) fn run(&mut self, work: &Work) -> Outcome<Option<Branch>> {
        let task = self.tasks.begin(work.purpose());
        self.finish(&task, work)
    }

    /// Begins work that is done after a while, and gives the id of its task.
    pub(crate) fn start(&mut self, work: Work) -> String {
        let task = self.tasks.begin(work.purpose());
        self.plan(self.task_duration, Event::Do { task: task.clone(), work });
        self.settle();
        task
    }

    /// Begins a job that is done after a while, and gives the id of its task.
    pub(crate) fn submit(&mut self, job: Job) -> String {
        let task = self.tasks.begin(job.purpose());
        self.plan(self.task_duration, Event::Begin { task: task.clone(), job: Box::new(job) });
        task
    }

    /// Lets everything happen whose time has come, except jobs.
    pub(crate) fn settle(&mut self) {
        while let Some(event) = self.due(|event| !matches!(event, Event::Begin { .. })) {
            match event {
                // the task knows how it ended
                Event::Do { task, work } => drop(self.finish(&task, &work)),
                Event::Forget { branch } => self.tasks.forget(&branch),
                Event::Begin { .. } => {}
            }
        }
    }

    /// The next job whose time has come, with its task.
    fn next_job(&mut self) -> Option<(String, Job)> {
        match self.due(|event| matches!(event, Event::Begin { .. }))? {
            Event::Begin { task, job } => Some((task, *job)),
            _ => None,
        }
    }

    /// Takes the first of these events from the agenda whose time has come.
    fn due(&mut self, is_wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        if self.agenda.is_empty() {
            return None;
        }
        let now = Instant::now();
        let due =
            self.agenda.iter().enumerate().filter(|(_, later)| later.at <= now && is_wanted(&later.event));
        let (place, _) = due.min_by_key(|(_, later)| later.at)?;
        Some(self.agenda.remove(place).event)
    }

    fn finish(&mut self, task: &str, work: &Work) -> Outcome<Option<Branch>> {
        let done = work.perform(&mut self.store);
        self.tasks.end(task, done.as_ref().err().cloned().map(Failure::from));
        match (work, &done) {
            (Work::Delete { branch }, Ok(_)) => {
                self.plan(FORGOTTEN_AFTER, Event::Forget { branch: branch.clone() });
            }
            (Work::Merge { author, .. }, Ok(_)) => self.generate_all(MAIN, *author),
            _ => {}
        }
        done
    }

    fn plan(&mut self, after: Duration, event: Event) {
        self.agenda.push(Later { at: Instant::now() + after, event });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::Wanted;
    use infrahub_schema::Schema;
    use serde_json::Value;
    use std::path::Path;

    fn world(task_duration: Duration) -> World {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot/nodes.json");
        World::new(Store::new(Schema::read(&path).unwrap()), task_duration)
    }

    fn create(name: &str) -> Work {
        Work::Create(NewBranch { name: name.to_owned(), ..NewBranch::default() })
    }

    fn state(world: &World, task: &str) -> Value {
        let wanted = Wanted { ids: Some(vec![task.to_owned()]), ..Wanted::default() };
        world.tasks.list(&wanted)["edges"][0]["node"]["state"].clone()
    }

    /// Lets the time pass until everything is due.
    fn wait(world: &mut World) {
        for later in &mut world.agenda {
            later.at = Instant::now();
        }
        world.settle();
    }

    #[test]
    fn work_is_done_when_its_time_has_come() {
        let mut world = world(Duration::from_secs(60));
        let tasks = [world.start(create("one")), world.start(create("no good"))];
        world.settle();
        assert!(world.store.branch("one").is_err());
        assert_eq!(tasks.each_ref().map(|task| state(&world, task)), ["RUNNING", "RUNNING"]);
        wait(&mut world);
        assert!(world.store.branch("one").is_ok());
        assert_eq!(tasks.map(|task| state(&world, &task)), ["COMPLETED", "FAILED"]);

        assert!(world.run(&create("two")).is_ok(), "who waits is not kept waiting");
        assert!(world.store.branch("two").is_ok());
    }

    #[test]
    fn the_tasks_of_a_deleted_branch_are_forgotten_after_a_while() {
        let mut world = world(Duration::ZERO);
        let tasks = [world.start(create("one")), world.start(Work::Delete { branch: "one".to_owned() })];
        assert_eq!(tasks.each_ref().map(|task| state(&world, task)), ["COMPLETED", "COMPLETED"]);
        let other = world.start(create("two"));
        wait(&mut world);
        assert_eq!(tasks.map(|task| state(&world, &task)), [Value::Null, Value::Null]);
        assert_eq!(state(&world, &other), "COMPLETED");
    }
}
