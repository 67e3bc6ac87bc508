//! Everything that a running sandbox holds.

use crate::accounts::{Accounts, Tokens};
use crate::faults::Faults;
use crate::graphql::Served;
use crate::journal::Journal;
use crate::objects::Objects;
use crate::store::{NodeId, Outcome, Refused, Snapshot, Store};
use crate::tasks::Tasks;
use crate::work::Later;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The version of Infrahub whose behaviour this is.
pub(crate) const VERSION: &str = "1.11.9";

/// What changes with requests, and what a snapshot keeps.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) tasks: Tasks,
    pub(crate) objects: Objects,
    /// What happens by itself, later.
    pub(crate) agenda: Vec<Later>,
    /// How long a background task takes.
    pub(crate) task_duration: Duration,
}

/// A world as it was.
#[derive(Clone)]
pub(crate) struct WorldSnapshot {
    store: Snapshot,
    tasks: Tasks,
    objects: Objects,
    agenda: Vec<Later>,
    tokens: Tokens,
    /// The sandbox that it is of.
    deployment: String,
}

/// A running sandbox.
pub(crate) struct State {
    world: Mutex<World>,
    /// What is served of each schema that some branch has.
    served: Mutex<Vec<Arc<Served>>>,
    pub(crate) deployment: String,
    pub(crate) accounts: Accounts,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
}

/// How many schemas are kept ready to be served.
const SCHEMAS_KEPT: usize = 8;

impl World {
    pub(crate) fn new(store: Store, task_duration: Duration) -> Self {
        let (tasks, objects, agenda) = (Tasks::default(), Objects::default(), Vec::new());
        Self { store, tasks, objects, agenda, task_duration }
    }
}

impl State {
    pub(crate) fn new(world: World, served: Served, accounts: Accounts, journal: Journal) -> Self {
        Self {
            world: Mutex::new(world),
            served: Mutex::new(vec![Arc::new(served)]),
            deployment: crate::random::uuid(),
            accounts,
            journal,
            faults: Faults::default(),
        }
    }

    /// The data as it is now. A thread that panicked while it held it has left it whole, for a write happens or does
    /// not.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.settle();
        world
    }

    pub(crate) fn snapshot(&self) -> WorldSnapshot {
        let world = self.world();
        WorldSnapshot {
            store: world.store.snapshot(),
            tasks: world.tasks.clone(),
            objects: world.objects.clone(),
            agenda: world.agenda.clone(),
            tokens: self.accounts.snapshot(),
            deployment: self.deployment.clone(),
        }
    }

    pub(crate) fn restore(&self, snapshot: &WorldSnapshot) {
        assert_eq!(snapshot.deployment, self.deployment, "this is the snapshot of another sandbox");
        let mut world = self.world();
        world.store.restore(&snapshot.store);
        world.tasks = snapshot.tasks.clone();
        world.objects = snapshot.objects.clone();
        world.agenda = snapshot.agenda.clone();
        self.accounts.restore(&snapshot.tokens);
    }

    /// What is served on a branch.
    pub(crate) fn served(&self, branch: &str) -> Outcome<Arc<Served>> {
        let view = self.world().store.view(branch)?;
        if let Some(served) = self.ready().iter().find(|served| served.is_of(&view)) {
            return Ok(served.clone());
        }
        let served = Arc::new(Served::new(&view).map_err(Refused::failure)?);
        let mut all = self.ready();
        if all.len() >= SCHEMAS_KEPT {
            // the first is the schema of the start, which most branches have
            all.remove(1);
        }
        all.push(served.clone());
        Ok(served)
    }

    fn ready(&self) -> MutexGuard<'_, Vec<Arc<Served>>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who sends a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Caller {
    /// Somebody without credentials, who may read.
    Anonymous,
    Account {
        id: NodeId,
        name: String,
        may_write: bool,
    },
}

impl Caller {
    pub(crate) fn account(&self) -> Option<NodeId> {
        match self {
            Self::Anonymous => None,
            Self::Account { id, .. } => Some(*id),
        }
    }

    pub(crate) fn may_write(&self) -> bool {
        matches!(self, Self::Account { may_write: true, .. })
    }

    /// Whether the caller may write, in the server's word.
    pub(crate) fn decision(&self) -> &'static str {
        if self.may_write() { "ALLOW" } else { "DENY" }
    }

    /// What the caller may do with objects of these kinds, as a list tells it.
    pub(crate) fn permissions<'k>(&self, kinds: impl Iterator<Item = &'k str>) -> Value {
        let write = self.decision();
        let node = |kind: &str| json!({ "kind": kind, "view": "ALLOW", "create": write, "update": write, "delete": write });
        let edges: Vec<Value> = kinds.map(|kind| json!({ "node": node(kind) })).collect();
        json!({ "count": edges.len(), "edges": edges })
    }
}
