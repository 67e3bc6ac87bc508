//! What a client has done so far, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers of a client and its clones since it was made; they only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counters {
    /// HTTP requests sent, logins included.
    pub requests: u64,
    /// Of those, requests that were sent again.
    pub retries: u64,
    /// Answers that there are too many requests (HTTP 429).
    pub sheds: u64,
    /// Retries that were left out because the retry budget was empty.
    pub budget_refusals: u64,
    /// Logins and token refreshes.
    pub logins: u64,
}

/// The live counters behind [`Counters`].
#[derive(Debug, Default)]
pub(crate) struct LiveCounters {
    pub(crate) requests: Counter,
    pub(crate) retries: Counter,
    pub(crate) sheds: Counter,
    pub(crate) budget_refusals: Counter,
    pub(crate) logins: Counter,
}

impl LiveCounters {
    pub(crate) fn read(&self) -> Counters {
        Counters {
            requests: self.requests.get(),
            retries: self.retries.get(),
            sheds: self.sheds.get(),
            budget_refusals: self.budget_refusals.get(),
            logins: self.logins.get(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
