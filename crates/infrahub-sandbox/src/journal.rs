//! What was asked of a sandbox, and with which status it answered.

use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// A request that a sandbox has answered. Its headers, and so its credentials, are no part of it; a password that is a
/// variable of a document is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path and what follows it (`/graphql/my-branch?at=1h`).
    pub target: String,
    /// The GraphQL document, if the request had one, alone or with files.
    pub document: Option<String>,
    /// The variables of the document.
    pub variables: Option<Value>,
    /// The status of the answer; `None` if the connection was cut.
    pub status: Option<u16>,
}

/// All requests, in the order in which they were answered.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Vec<Recorded>>);

impl Journal {
    pub(crate) fn add(&self, recorded: Recorded) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
