//! A body that is read from a file while it is sent, and how far it has come.

use super::WireFailure;
use crate::error::TimeLimit;
use bytes::Bytes;
use futures_core::stream::BoxStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// A body to send, piece by piece.
pub(crate) struct Upload {
    pub(crate) content_type: String,
    /// The number of bytes, where it is known.
    pub(crate) length: Option<u64>,
    /// An error ends it: the request is then never complete.
    pub(crate) pieces: BoxStream<'static, std::io::Result<Bytes>>,
    pub(crate) progress: Progress,
}

/// How far an upload has come. It is told by the stream of its pieces, and asked by who sends them.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    phase: Phase,
    /// When the last piece was taken.
    since: Instant,
    /// Why the file could not be read to its end.
    failure: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No piece was taken: the connection is being made.
    Waiting,
    Sending,
    /// The last piece was taken, so the server may have the whole request.
    Complete,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let state = State { phase: Phase::Waiting, since: Instant::now(), failure: None };
        Self(Arc::new(Shared { state: Mutex::new(state), changed: Notify::new() }))
    }

    /// A piece was taken that is not the last.
    pub(crate) fn sending(&self) {
        self.enter(Phase::Sending);
    }

    /// The last piece was taken.
    pub(crate) fn complete(&self) {
        self.enter(Phase::Complete);
    }

    /// The file could not be read to its end.
    pub(crate) fn failed(&self, why: String) {
        self.state().failure = Some(why);
    }

    /// What an attempt came to that ended with this failure: before the last piece was taken the server cannot have
    /// had the whole request, and so cannot have run it.
    pub(super) fn judge(&self, failure: WireFailure) -> WireFailure {
        let mut state = self.state();
        if let Some(why) = state.failure.take() {
            return WireFailure::Unreadable(why);
        }
        match failure {
            WireFailure::Lost(why) if state.phase != Phase::Complete => WireFailure::NotSent(why),
            failure => failure,
        }
    }

    /// Ends when too much time has passed: `idle` between two pieces, `answer` before the first and after the last.
    pub(super) async fn watch(&self, idle: Option<Duration>, answer: Option<Duration>) -> WireFailure {
        loop {
            let (phase, since) = {
                let state = self.state();
                (state.phase, state.since)
            };
            let limit = if phase == Phase::Sending { idle } else { answer };
            let Some((limit, ends)) = limit.and_then(|limit| Some((limit, since.checked_add(limit)?))) else {
                self.0.changed.notified().await;
                continue;
            };
            if ends <= Instant::now() {
                return match phase {
                    Phase::Sending => WireFailure::Stalled(limit),
                    Phase::Waiting | Phase::Complete => WireFailure::Timeout(TimeLimit::Attempt, limit),
                };
            }
            let _ = timeout_at(ends, self.0.changed.notified()).await;
        }
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.state();
        if state.phase != phase {
            self.0.changed.notify_one();
        }
        state.phase = phase;
        state.since = Instant::now();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
