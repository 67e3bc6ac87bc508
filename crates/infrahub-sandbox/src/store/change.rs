//! A write under way: what it has changed so far, on one branch.

use super::catalogue::{identifier, side};
use super::input::PeerInput;
use super::pool::Reserved;
use super::record::{Edge, EdgeKey, Metadata, Node};
use super::state::State;
use super::{MAIN, NodeId, Outcome, Store};
use infrahub_schema::{KindSchema, Relationship};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The changes of one write. Dropped without [`Change::commit`], nothing has happened.
#[derive(Debug)]
pub(crate) struct Change<'s> {
    pub(crate) store: &'s mut Store,
    pub(crate) branch: String,
    /// The branch with the changes.
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    pub(crate) author: Option<NodeId>,
    touched: Touched,
    reserved: BTreeMap<(NodeId, Arc<str>), Reserved>,
    /// The branch after the last commit, if there was one.
    kept: Option<State>,
}

/// What a write changed, as far as it concerns other branches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched {
    pub(crate) nodes: BTreeSet<NodeId>,
    /// Relations of relationships that are the same on all branches.
    pub(crate) edges: BTreeSet<EdgeKey>,
}

impl<'s> Change<'s> {
    /// Begins a write. A branch that was merged takes none.
    pub(crate) fn begin(store: &'s mut Store, branch: &str, author: Option<NodeId>) -> Outcome<Self> {
        let state = store.writable(branch)?.clone();
        let now = store.clock.time();
        let (touched, reserved) = (Touched::default(), BTreeMap::new());
        Ok(Self { store, branch: branch.to_owned(), state, now, author, touched, reserved, kept: None })
    }

    /// Makes the changes so far happen, whatever becomes of the rest.
    pub(crate) fn commit(&mut self) {
        for (key, reserved) in std::mem::take(&mut self.reserved) {
            self.store.reserved.insert(key, reserved);
        }
        let touched = std::mem::take(&mut self.touched);
        self.store.commit(&self.branch, self.now, self.state.clone(), &touched);
        self.kept = Some(self.state.clone());
    }

    /// Undoes what was not committed; `before` is the state that it began with.
    pub(crate) fn undo(&mut self, before: State) {
        self.state = self.kept.clone().unwrap_or(before);
        self.touched = Touched::default();
        self.reserved.clear();
    }

    /// Metadata of something new.
    pub(crate) fn metadata(&self) -> Metadata {
        Metadata::new(self.now, self.author)
    }

    /// The default branch, where the write is on another.
    pub(crate) fn origin(&self) -> Option<&State> {
        let main = self.store.line(MAIN).ok().filter(|_| self.branch != MAIN);
        main.map(|main| main.latest())
    }

    /// Every branch as it is now, this one with the changes.
    pub(crate) fn all_states(&self) -> Vec<&State> {
        let others = self.store.lines.iter().filter(|(name, _)| ***name != *self.branch);
        std::iter::once(&self.state).chain(others.map(|(_, line)| line.latest())).collect()
    }

    /// What a pool gave under an identifier.
    pub(crate) fn reserved(&self, pool: NodeId, identifier: &str) -> Option<Reserved> {
        let key = (pool, Arc::from(identifier));
        self.reserved.get(&key).or_else(|| self.store.reserved.get(&key)).copied()
    }

    /// Keeps what a pool gives under an identifier.
    pub(crate) fn reserve(&mut self, pool: NodeId, identifier: &str, reserved: Reserved) {
        self.reserved.insert((pool, Arc::from(identifier)), reserved);
    }

    /// Keeps under another identifier, too, what pools gave under one.
    pub(crate) fn reserve_again(&mut self, identifier: &str, other: &str) {
        let given = self.store.reserved.iter().chain(&self.reserved);
        let given = given.filter(|((_, under), _)| **under == *identifier);
        let again: Vec<_> =
            given.map(|((pool, _), reserved)| ((*pool, Arc::from(other)), *reserved)).collect();
        self.reserved.extend(again);
    }

    /// All that a pool gave, with the identifiers.
    pub(crate) fn reservations(&self, pool: NodeId) -> Vec<(Arc<str>, Reserved)> {
        let start = (pool, Arc::from(""));
        let kept = self.store.reserved.from(&start).take_while(|((owner, _), _)| *owner == pool);
        let new = self.reserved.iter().filter(|((owner, _), _)| *owner == pool);
        kept.chain(new).map(|((_, identifier), reserved)| (identifier.clone(), *reserved)).collect()
    }

    /// Adds or replaces an object.
    pub(crate) fn put_node(&mut self, node: Node) {
        self.touched.nodes.insert(node.id);
        self.state.put_node(node);
    }

    /// Removes an object and its relations.
    pub(crate) fn remove_node(&mut self, id: NodeId) {
        self.touched.nodes.insert(id);
        let peers: BTreeSet<NodeId> = self.state.edges_of(id).map(|(key, _)| key.peer).collect();
        self.state.remove_node(id);
        for peer in peers {
            self.mark_updated(peer);
        }
    }

    /// Says of an object that it changed now.
    pub(crate) fn mark_updated(&mut self, id: NodeId) {
        let Some(node) = self.state.node(id) else { return };
        let mut node = Node::clone(node);
        node.metadata = node.metadata.updated(self.now, self.author);
        self.put_node(node);
    }

    /// Relates an object to a peer that it is not related to yet, or once more.
    pub(crate) fn relate(
        &mut self,
        node: NodeId,
        kind: &KindSchema,
        relationship: &Relationship,
        peer: NodeId,
        said: &PeerInput,
    ) {
        let key = EdgeKey {
            node,
            identifier: Arc::from(identifier(kind, relationship)),
            side: side(relationship),
            peer,
            edge: self.store.clock.id(),
        };
        let edge = Edge {
            id: key.edge,
            is_protected: said.is_protected.unwrap_or_default(),
            source: said.source,
            owner: said.owner,
            metadata: self.metadata(),
        };
        self.put_edge(&key, edge, relationship);
    }

    /// Changes what is kept of a relation.
    pub(crate) fn put_edge(&mut self, key: &EdgeKey, edge: Edge, relationship: &Relationship) {
        self.touch_edge(key, relationship);
        self.state.put_edge(key, Arc::new(edge));
    }

    /// Ends a relation.
    pub(crate) fn remove_edge(&mut self, key: &EdgeKey, relationship: &Relationship) {
        self.touch_edge(key, relationship);
        self.state.remove_edge(key);
    }

    fn touch_edge(&mut self, key: &EdgeKey, relationship: &Relationship) {
        if relationship.branch == "agnostic" {
            self.touched.edges.insert(key.clone());
        }
        self.mark_updated(key.node);
        // on the default branch a new object leaves its peers as they are
        let is_new = |node: &Arc<Node>| node.metadata.created_at == self.now;
        if self.branch != MAIN || !self.state.node(key.node).is_some_and(is_new) {
            self.mark_updated(key.peer);
        }
    }
}
