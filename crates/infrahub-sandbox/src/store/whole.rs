//! The store as a whole: what callers read from it and write to it.

use super::branch::Line;
use super::catalogue::Catalogue;
use super::change::Change;
use super::id::Clock;
use super::pool::Reserved;
use super::request::{Relate, Write};
use super::state::State;
use super::tree::Tree;
use super::view::View;
use super::write::{self, Done, Written};
use super::{
    Branch, BranchStatus, MAIN, NodeId, Outcome, Refused, convert, delete, password, pool, relate, seed,
    time_text,
};
use infrahub_schema::Schema;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A whole Infrahub: its branches with all that was ever on them.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) clock: Clock,
    pub(crate) lines: BTreeMap<Arc<str>, Arc<Line>>,
    /// What pools gave, by pool and identifier; the same on all branches.
    pub(crate) reserved: Tree<(NodeId, Arc<str>), Reserved>,
    /// The ids of all objects that there ever were.
    pub(crate) used: Tree<NodeId, ()>,
}

/// A store as it was at one moment, to go back to.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot(Store);

impl Store {
    /// A fresh server with this schema.
    pub(crate) fn new(schema: Schema) -> Self {
        let mut store = Self {
            clock: Clock::default(),
            lines: BTreeMap::new(),
            reserved: Tree::default(),
            used: Tree::default(),
        };
        let now = store.clock.time();
        let main = Branch {
            id: store.clock.id(),
            name: Arc::from(MAIN),
            description: "Default Branch".to_owned(),
            status: BranchStatus::Open,
            sync_with_git: true,
            is_default: true,
            has_schema_changes: false,
            branched_from: now,
            created_at: now,
            created_by: None,
        };
        let state = State::new(Arc::new(Catalogue::new(schema)));
        store.lines.insert(main.name.clone(), Arc::new(Line::new(main, state)));
        seed::plant(&mut store);
        store
    }

    /// The store as it is now, to go back to.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.clone())
    }

    /// Goes back to a snapshot: branches, schemas and data are as they were.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        // Time does not go back: what comes after has later ids and times than anything there was.
        let clock = std::mem::take(&mut self.clock);
        *self = Self { clock, ..snapshot.0.clone() };
    }

    /// A branch as it is now.
    pub(crate) fn view(&self, branch: &str) -> Outcome<View> {
        Ok(View::new(self.line(branch)?.latest().clone()))
    }

    /// A branch as it is now, or as it was at a moment. Before it was made, it is what the default branch was.
    pub(crate) fn view_at(&self, branch: &str, time: Option<Timestamp>) -> Outcome<View> {
        Ok(View::new(self.state_at(branch, time)?))
    }

    /// What is on a branch now, or what was on it at a moment.
    pub(crate) fn state_at(&self, branch: &str, time: Option<Timestamp>) -> Outcome<State> {
        let (line, main) = (self.line(branch)?, self.line(MAIN)?);
        let Some(time) = time else { return Ok(line.latest().clone()) };
        let state = line.at(time).or_else(|| main.at(time)).ok_or_else(|| {
            let text = |time: Timestamp| time_text(time).replace("+00:00", "Z");
            Refused::invalid(format!(
                "Requested time '{}' is before branch '{MAIN}' was created at '{}'.",
                text(time),
                text(main.branch.created_at)
            ))
        })?;
        Ok(state)
    }

    /// Creates an object.
    pub(crate) fn create(&mut self, write: &Write<'_>) -> Outcome<Written> {
        let data = write.data_with_file(None);
        self.change(write.branch, write.author, |change| write::create(change, write.kind, &data))
    }

    /// Updates the object that the data name by id or human-friendly id.
    pub(crate) fn update(&mut self, write: &Write<'_>) -> Outcome<Written> {
        let data = write.data_with_file(None);
        self.change(write.branch, write.author, |change| write::update(change, write.kind, &data))
    }

    /// Updates the object that the data identify, or creates one. A file that the object has already changes nothing.
    pub(crate) fn upsert(&mut self, write: &Write<'_>) -> Outcome<Written> {
        let data = write.data_with_file(write.keeper(self));
        self.change(write.branch, write.author, |change| write::upsert(change, write.kind, &data))
    }

    /// Deletes the object that the data name, with its components. Gives all that went, the object first.
    pub(crate) fn delete(&mut self, write: &Write<'_>) -> Outcome<Vec<NodeId>> {
        let mut change = Change::begin(self, write.branch, write.author)?;
        let gone = delete::delete(&mut change, write.kind, write.data)?;
        change.commit();
        Ok(gone)
    }

    /// `ConvertObjectType`: puts an object of another kind in the place of one.
    pub(crate) fn convert(&mut self, relate: &Relate<'_>) -> Outcome<Written> {
        self.change(relate.branch, relate.author, |change| convert::convert(change, relate.data))
    }

    /// `RelationshipAdd`.
    pub(crate) fn add_peers(&mut self, relate: &Relate<'_>) -> Outcome<Written> {
        self.change(relate.branch, relate.author, |change| relate::add(change, relate.data))
    }

    /// `RelationshipRemove`.
    pub(crate) fn remove_peers(&mut self, relate: &Relate<'_>) -> Outcome<Written> {
        self.change(relate.branch, relate.author, |change| relate::remove(change, relate.data))
    }

    /// `InfrahubIPAddressPoolGetResource`: the address that the pool has for the identifier, or a new one.
    pub(crate) fn allocate_address(&mut self, relate: &Relate<'_>) -> Outcome<Written> {
        self.change(relate.branch, relate.author, |change| {
            pool::allocate(change, "CoreIPAddressPool", relate.data)
        })
    }

    /// `InfrahubIPPrefixPoolGetResource`: the prefix that the pool has for the identifier, or a new one.
    pub(crate) fn allocate_prefix(&mut self, relate: &Relate<'_>) -> Outcome<Written> {
        self.change(relate.branch, relate.author, |change| {
            pool::allocate(change, "CoreIPPrefixPool", relate.data)
        })
    }

    /// Whether the account has that password.
    pub(crate) fn password_fits(&self, account: NodeId, text: &str) -> bool {
        let node = self.line(MAIN).ok().and_then(|main| main.latest().node(account));
        let hash = node.and_then(|node| node.values.get("password")?.value.as_str());
        hash.is_some_and(|hash| password::fits(text, hash))
    }

    fn change(
        &mut self,
        branch: &str,
        author: Option<NodeId>,
        write: impl FnOnce(&mut Change<'_>) -> Outcome<Done>,
    ) -> Outcome<Written> {
        let mut change = Change::begin(self, branch, author)?;
        let done = write(&mut change)?;
        Ok(done.commit(change))
    }

    /// A branch with all that was ever on it.
    pub(crate) fn line(&self, branch: &str) -> Outcome<&Line> {
        let line = self.lines.get(branch).map(|line| &**line);
        Ok(line.ok_or_else(|| Refused::BranchNotFound { name: branch.to_owned() })?)
    }

    /// The latest state of a branch that takes writes.
    pub(crate) fn writable(&self, branch: &str) -> Outcome<&State> {
        let line = self.line(branch)?;
        if line.branch.status == BranchStatus::Merged {
            return Err(Refused::BranchAlreadyMerged { name: branch.to_owned() }.into());
        }
        Ok(line.latest())
    }

    /// Whether there is or was an object of that id.
    pub(crate) fn was_used(&self, id: NodeId) -> bool {
        self.used.get(&id).is_some()
    }
}
