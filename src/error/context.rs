//! Where an error happened.

use crate::operation::Effect;
use serde_json::value::RawValue;
use std::fmt;
use std::time::Duration;

/// The call that an error belongs to: which operation, where, how often it was tried and for how long.
#[derive(Clone)]
pub struct Context {
    pub(crate) operation: String,
    pub(crate) branch: String,
    pub(crate) server: String,
    pub(crate) tracker: String,
    pub(crate) kind: Option<&'static str>,
    pub(crate) object: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) may_have_run: bool,
    pub(crate) earlier_attempt_may_have_run: bool,
    pub(crate) variables: Option<Box<RawValue>>,
}

impl Context {
    /// The call of an error that no request of its own led to.
    pub(crate) fn unsent(operation: &str, branch: &str, effect: Effect) -> Self {
        Self {
            operation: operation.to_owned(),
            branch: branch.to_owned(),
            server: String::new(),
            tracker: String::new(),
            kind: None,
            object: None,
            effect,
            attempts: 0,
            elapsed: Duration::ZERO,
            may_have_run: false,
            earlier_attempt_may_have_run: false,
            variables: None,
        }
    }

    /// The operation's name in its document, or the path of a REST call.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The branch that it was sent to.
    pub fn branch(&self) -> &str {
        &self.branch
    }

    /// The server's host and port, as the address names them; empty where nothing was to be sent.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Whether the caller wrote the GraphQL document.
    pub(crate) fn is_raw(&self) -> bool {
        matches!(&*self.tracker, "query-raw" | "mutation-raw")
    }

    /// Whether it takes a resource from a pool, which then is its object.
    pub(crate) fn allocates(&self) -> bool {
        self.operation.ends_with("PoolGetResource")
    }

    /// The text of the `X-Infrahub-Tracker` header.
    pub fn tracker(&self) -> &str {
        &self.tracker
    }

    /// The kind that it is about.
    pub fn kind(&self) -> Option<&str> {
        self.kind
    }

    /// The id of the object that a write is about, where the client knows it: the id that it chose for a new object,
    /// too, and the id or name of the pool of an allocation. Where the write may have run, look this object up.
    pub fn object_id(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// HTTP requests that were sent for it, those to log in not counted.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Time from the call to the error, waits included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The variables that were sent, which may hold secrets: no `Display` or `Debug` shows them.
    pub fn variables(&self) -> Option<&RawValue> {
        self.variables.as_deref()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("operation", &self.operation)
            .field("branch", &self.branch)
            .field("server", &self.server)
            .field("tracker", &self.tracker)
            .field("kind", &self.kind)
            .field("object_id", &self.object)
            .field("effect", &self.effect)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("may_have_run", &self.may_have_run)
            .field("earlier_attempt_may_have_run", &self.earlier_attempt_may_have_run)
            .finish_non_exhaustive()
    }
}
