//! Work on branches, which the server does in background tasks: it takes a while, and whoever does not wait for it gets
//! the id of its task.

use crate::state::World;
use crate::store::{Branch, NewBranch, NodeId, Outcome, Store};
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

    pub(crate) fn workflow(&self) -> &'static str {
        match self {
            Self::Create(_) => "create-branch",
            Self::Rebase { .. } => "branch-rebase",
            Self::Validate { .. } => "branch-validate",
            Self::Merge { .. } => "merge-branch-mutation",
            Self::Delete { .. } => "branch-delete",
        }
    }

    /// What the task is called.
    pub(crate) fn title(&self) -> String {
        let branch = self.branch();
        match self {
            Self::Create(_) => format!("Create branch {branch}"),
            Self::Rebase { .. } => format!("Rebase branch {branch}"),
            Self::Validate { .. } => format!("Validate branch {branch} for conflicts"),
            Self::Merge { .. } => "Merge branch graphQL mutation".to_owned(),
            Self::Delete { .. } => format!("Delete branch {branch}"),
        }
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
        let task = self.tasks.begin(work);
        self.finish(&task, work)
    }

    /// Begins work that is done after a while, and gives the id of its task.
    pub(crate) fn start(&mut self, work: Work) -> String {
        let task = self.tasks.begin(&work);
        self.plan(self.task_duration, Event::Do { task: task.clone(), work });
        self.settle();
        task
    }

    /// Lets everything happen whose time has come.
    pub(crate) fn settle(&mut self) {
        if self.agenda.is_empty() {
            return;
        }
        let now = Instant::now();
        let due = |agenda: &[Later]| {
            let due = agenda.iter().enumerate().filter(|(_, later)| later.at <= now);
            due.min_by_key(|(_, later)| later.at).map(|(place, _)| place)
        };
        while let Some(place) = due(&self.agenda) {
            match self.agenda.remove(place).event {
                // the task knows how it ended
                Event::Do { task, work } => drop(self.finish(&task, &work)),
                Event::Forget { branch } => self.tasks.forget(&branch),
            }
        }
    }

    fn finish(&mut self, task: &str, work: &Work) -> Outcome<Option<Branch>> {
        let done = work.perform(&mut self.store);
        self.tasks.end(task, done.as_ref().err().map(ToString::to_string));
        if matches!((work, &done), (Work::Delete { .. }, Ok(_))) {
            self.plan(FORGOTTEN_AFTER, Event::Forget { branch: work.branch().to_owned() });
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

    #[test]
    fn work_is_done_when_its_time_has_come() {
        let mut world = world(Duration::from_millis(30));
        let tasks = [world.start(create("one")), world.start(create("no good"))];
        world.settle();
        assert!(world.store.branch("one").is_err());
        assert_eq!(tasks.each_ref().map(|task| state(&world, task)), ["RUNNING", "RUNNING"]);
        std::thread::sleep(Duration::from_millis(30));
        world.settle();
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
        for later in &mut world.agenda {
            later.at = Instant::now();
        }
        world.settle();
        assert_eq!(tasks.map(|task| state(&world, &task)), [Value::Null, Value::Null]);
        assert_eq!(state(&world, &other), "COMPLETED");
    }
}
