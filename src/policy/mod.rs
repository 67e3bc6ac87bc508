//! When a request is sent again, after how long, and what holds it back. Nothing here does I/O.
//!
//! [`decision`] is a pure function of what happened; [`backoff`] and [`retry_after`] compute waits;
//! [`bucket`] and [`gate`] are the two pieces of state that all clones of a client share.

pub(crate) mod backoff;
pub(crate) mod bucket;
pub(crate) mod decision;
pub(crate) mod gate;
pub(crate) mod retry_after;
