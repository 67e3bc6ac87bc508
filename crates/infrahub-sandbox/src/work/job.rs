//! Work that reads git repositories or runs queries.

use crate::artifact::{Rendering, Targets};
use crate::repository::Import;
use crate::state::State;
use crate::tasks::{Failure, Purpose};
use std::panic::resume_unwind;
use std::sync::Arc;
use tokio::task::{spawn, spawn_blocking};

/// What a task does while others use the world.
#[derive(Debug, Clone)]
pub(crate) enum Job {
    Import(Import),
    /// Begins the rendering of the artifacts of a definition.
    Generate(Targets),
    Render(Rendering),
}

impl Job {
    pub(super) fn purpose(&self) -> Purpose {
        match self {
            Self::Import(import) => import.purpose(),
            Self::Generate(targets) => targets.purpose(),
            Self::Render(rendering) => rendering.purpose(),
        }
    }

    async fn perform(self, state: &Arc<State>) -> Result<(), Failure> {
        match self {
            Self::Import(import) => import.perform(state).await,
            Self::Generate(targets) => targets.perform(&mut state.world()),
            Self::Render(rendering) => rendering.perform(state).await,
        }
    }
}

/// Does the jobs whose time has come. Every request does so first, and so finds done what is due.
pub(crate) async fn catch_up(state: &Arc<State>) {
    loop {
        let next = state.world().next_job();
        let Some((task, job)) = next else { return };
        let state = state.clone();
        let done = spawn(async move {
            let outcome = job.perform(&state).await;
            state.world().tasks.end(&task, outcome.err());
        });
        // It goes on where the client of the request goes away, which drops what the request waits for. One that
        // panicked is said to run for ever.
        let _ = done.await;
    }
}

/// Does something that makes its thread wait.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => resume_unwind(error.into_panic()),
    }
}
