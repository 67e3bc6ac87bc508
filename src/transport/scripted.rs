//! A transport that answers from a function, for tests on a paused clock.

use super::{WireFailure, WireRequest, WireResponse};
use std::future::Future;
use std::pin::Pin;

type Answer = Pin<Box<dyn Future<Output = Result<WireResponse, WireFailure>> + Send>>;

/// Answers each request with what the function returns.
pub(crate) struct Scripted(Box<dyn Fn(WireRequest) -> Answer + Send + Sync>);

impl Scripted {
    pub(crate) fn new<F, A>(answer: F) -> Self
    where
        F: Fn(WireRequest) -> A + Send + Sync + 'static,
        A: Future<Output = Result<WireResponse, WireFailure>> + Send + 'static,
    {
        Self(Box::new(move |request| Box::pin(answer(request))))
    }

    pub(super) async fn send(&self, request: WireRequest) -> Result<WireResponse, WireFailure> {
        (self.0)(request).await
    }
}
