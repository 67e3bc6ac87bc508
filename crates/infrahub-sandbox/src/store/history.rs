//! What was on a branch at every moment.

use super::NodeId;
use super::record::{Edge, EdgeKey, Node};
use super::state::State;
use super::tree::Tree;
use jiff::Timestamp;
use std::sync::Arc;

/// Whole states now and then, and between them what each write changed: a whole state for each write shares most of its
/// tree with the one before, but what it does not share is many times what was written.
#[derive(Debug, Clone)]
pub(crate) struct History {
    marks: Tree<Timestamp, State>,
    steps: Tree<Timestamp, Arc<Step>>,
    since_mark: usize,
}

/// What one write changed; nothing stands where something was removed.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) nodes: Vec<(NodeId, Option<Arc<Node>>)>,
    /// Each from one end.
    pub(crate) edges: Vec<(EdgeKey, Option<Arc<Edge>>)>,
}

/// After so many writes comes a whole state. A look at the past goes through half of them, which takes milliseconds.
const STRIDE: usize = 1024;

impl History {
    /// Begins with this state.
    pub(crate) fn new(time: Timestamp, state: State) -> Self {
        let mut marks = Tree::default();
        marks.insert(time, state);
        Self { marks, steps: Tree::default(), since_mark: 0 }
    }

    /// Adds what came after the latest state.
    pub(crate) fn add(&mut self, time: Timestamp, latest: &State, state: &State) {
        match state.step_from(latest).filter(|_| self.since_mark < STRIDE) {
            Some(step) => {
                self.steps.insert(time, Arc::new(step));
                self.since_mark += 1;
            }
            None => {
                self.marks.insert(time, state.clone());
                self.since_mark = 0;
            }
        }
    }

    /// What was there at a moment; `None` before the first.
    pub(crate) fn at(&self, time: Timestamp) -> Option<State> {
        let (mark, state) = self.marks.floor(&time)?;
        let mut state = state.clone();
        for (_, step) in self.steps.from(mark).take_while(|(moment, _)| **moment <= time) {
            state.go(step);
        }
        Some(state)
    }
}
