//! What was asked of a sandbox, and with which status it answered.

use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many requests are kept unless the builder says otherwise.
pub(crate) const LENGTH: usize = 10_000;

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

/// The latest requests, in the order in which they were answered.
#[derive(Debug)]
pub(crate) struct Journal {
    length: usize,
    requests: Mutex<VecDeque<Recorded>>,
}

impl Journal {
    /// A journal of at most so many requests.
    pub(crate) fn new(length: usize) -> Self {
        Self { length, requests: Mutex::default() }
    }

    pub(crate) fn add(&self, recorded: Recorded) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push_back(recorded);
        if requests.len() > self.length {
            requests.pop_front();
        }
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
