//! What `init` tells about each thing that a crate of generated kinds has.

use std::fmt;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It was missing.
    Created,
    /// It is as `init` writes it.
    There,
    /// It is somehow else, and stays so.
    Kept,
}

/// One thing and what became of it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) state: State,
    what: String,
}

impl Step {
    pub(super) fn new(state: State, what: impl Into<String>) -> Self {
        Self { state, what: what.into() }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Created => "created",
            State::There => "already there",
            State::Kept => "kept as it is",
        };
        write!(f, "{state:<13}  {}", self.what)
    }
}
