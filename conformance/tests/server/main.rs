//! What needs a server and programs that are built: `live/test` runs it.

#![allow(clippy::unwrap_used)]
#![allow(deprecated, reason = "the demo schema has a deprecated attribute")]

mod cargo_infrahub;
mod cynic;
mod examples;
