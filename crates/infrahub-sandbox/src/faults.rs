//! What goes wrong with requests, on demand.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Something that goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes this much later.
    Latency(Duration),
    /// The connection is closed before the request is looked at.
    ConnectionClosed,
    /// The request runs, and the connection is closed before the answer.
    AnswerLost,
    /// The server sheds load: 429 with its own marker, and the request did not run.
    Shed {
        /// The header `Retry-After`, in seconds.
        retry_after: u64,
    },
    /// Something before the server refuses: 429 without the server's marker.
    RateLimited {
        /// The header `Retry-After`, in seconds.
        retry_after: u64,
    },
    /// An answer of this status with a plain text, and the request did not run.
    Status(u16),
    /// The request runs, and the connection is closed in the middle of the answer.
    BodyCut,
    /// The request runs, and its answer is no JSON.
    MalformedJson,
    /// The access token of a login has expired. A request without one, such as one with an API token, meets nothing.
    TokenExpired,
}

/// A fault, and which requests meet it.
#[derive(Debug, Clone)]
struct Rule {
    fault: Fault,
    path: String,
    left: Option<u32>,
}

/// The faults that requests will meet.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Rule>>);

impl Faults {
    /// Lets the next requests, or all, whose path begins so meet a fault.
    pub(crate) fn add(&self, fault: Fault, path: &str, times: Option<u32>) {
        let rule = Rule { fault, path: path.to_owned(), left: times };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault that a request of this path meets: the first of those that are met so many times, then the first of those
    /// that all meet.
    pub(crate) fn next(&self, path: &str) -> Option<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |rule: &Rule| path.starts_with(&rule.path);
        let counted = rules.iter().position(|rule| fits(rule) && rule.left.is_some());
        let index = counted.or_else(|| rules.iter().position(fits))?;
        let fault = rules[index].fault.clone();
        match &mut rules[index].left {
            Some(0 | 1) => {
                rules.remove(index);
            }
            Some(left) => *left -= 1,
            None => {}
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_as_many_requests_as_it_should() {
        let faults = Faults::default();
        faults.add(Fault::Status(500), "", None);
        faults.add(Fault::Status(503), "/graphql", Some(2));
        assert_eq!(faults.next("/api/info"), Some(Fault::Status(500)));
        assert_eq!(faults.next("/graphql"), Some(Fault::Status(503)));
        assert_eq!(faults.next("/graphql/b"), Some(Fault::Status(503)));
        assert_eq!(faults.next("/graphql"), Some(Fault::Status(500)));
        faults.clear();
        assert_eq!(faults.next("/graphql"), None);
    }
}
