//! One request, as its resolvers see it.

use super::Served;
use super::error::GraphError;
use super::types::TypeSystem;
use crate::objects::Upload;
use crate::state::{Caller, State};
use crate::store::{Outcome, View};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// A request that is being answered.
pub(crate) struct Request {
    pub(crate) state: Arc<State>,
    pub(crate) served: Arc<Served>,
    pub(crate) branch: String,
    /// The time at which the data is read; `None` for mutations, which run now whatever the request names.
    pub(super) at: Option<Timestamp>,
    pub(crate) caller: Caller,
    files: Vec<Upload>,
    errors: Mutex<Vec<GraphError>>,
}

impl Request {
    pub(crate) fn new(
        state: Arc<State>,
        served: Arc<Served>,
        branch: String,
        at: Option<Timestamp>,
        caller: Caller,
    ) -> Self {
        Self { state, served, branch, at, caller, files: Vec::new(), errors: Mutex::default() }
    }

    pub(crate) fn with_files(mut self, files: Vec<Upload>) -> Self {
        self.files = files;
        self
    }

    /// The file that stands in the place of an argument.
    pub(super) fn file(&self, argument: &Value) -> Option<&Upload> {
        let number = usize::try_from(argument["upload"].as_u64()?).ok()?;
        self.files.get(number)
    }

    pub(super) fn types(&self) -> &TypeSystem {
        &self.served.api.types
    }

    /// The data as it is now, or as it was at the time that the request names.
    pub(super) fn view(&self) -> Outcome<View> {
        self.state.world().store.view_at(&self.branch, self.at)
    }

    /// Notes errors of a field.
    pub(super) fn note(&self, errors: Vec<GraphError>) {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).extend(errors);
    }

    pub(super) fn errors(&self) -> Vec<GraphError> {
        std::mem::take(&mut self.errors.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
