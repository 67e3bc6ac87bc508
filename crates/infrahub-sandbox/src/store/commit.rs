//! How a write reaches the branches.

use super::change::Touched;
use super::record::Node;
use super::state::State;
use super::{NodeId, Store};
use jiff::Timestamp;
use std::sync::Arc;

impl Store {
    /// Puts a new state on a branch, and on the others what of it is the same on all branches.
    pub(crate) fn commit(&mut self, branch: &str, now: Timestamp, state: State, touched: &Touched) {
        for id in &touched.nodes {
            self.used.insert(*id, ());
        }
        for (name, line) in &mut self.lines {
            if **name == *branch {
                continue;
            }
            if let Some(shared) = shared(line.latest(), &state, touched) {
                Arc::make_mut(line).push(now, shared);
            }
        }
        if let Some(line) = self.lines.get_mut(branch) {
            Arc::make_mut(line).push(now, state);
        }
    }
}

/// Another branch with what a write changed that is the same on all branches; `None` if that is nothing.
fn shared(other: &State, written: &State, touched: &Touched) -> Option<State> {
    let mut state = other.clone();
    let mut is_changed = false;
    for id in &touched.nodes {
        is_changed |= share_node(&mut state, written, *id);
    }
    for key in &touched.edges {
        is_changed = true;
        let found = written.edges_at(key.node, &key.identifier, key.side).find(|(other, _)| *other == key);
        match found {
            Some((key, edge)) => state.put_edge(key, edge.clone()),
            None => state.remove_edge(key),
        }
    }
    is_changed.then_some(state)
}

/// A whole object, where its kind is the same on all branches; else the attributes of which that is so.
fn share_node(state: &mut State, written: &State, id: NodeId) -> bool {
    let (ours, theirs) = (written.node(id), state.node(id).cloned());
    let node = ours.or(theirs.as_ref());
    let Some(kind) = node.and_then(|node| written.catalogue.kind(&node.kind)) else { return false };
    match (ours, theirs) {
        (Some(ours), _) if kind.branch == "agnostic" => {
            state.put_node(Node::clone(ours));
            true
        }
        (None, _) if kind.branch == "agnostic" => {
            state.remove_node(id);
            true
        }
        (Some(ours), Some(theirs)) => {
            let mut joined = Node::clone(&theirs);
            for attribute in kind.attributes.iter().filter(|attribute| attribute.branch == "agnostic") {
                if let Some((name, stored)) = ours.values.get_key_value(attribute.name.as_str()) {
                    joined.values.insert(name.clone(), stored.clone());
                }
            }
            let is_changed = joined != *theirs;
            if is_changed {
                state.put_node(joined);
            }
            is_changed
        }
        _ => false,
    }
}
