//! An Infrahub in one process, for tests, examples and first steps.
//!
//! In memory, on a loopback port, for any node schema. It answers GraphQL and REST as Infrahub does; what it lacks it
//! refuses with an error that says so.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod accounts;
mod faults;
mod graphql;
mod journal;
mod listener;
mod loading;
mod objects;
mod random;
mod rest;
mod server;
mod state;
mod stock;
mod store;
mod tasks;
mod work;

pub use accounts::Access;
pub use faults::Fault;
pub use journal::Recorded;
pub use server::{Builder, Sandbox, SandboxSnapshot, StartError};
pub use stock::stock_schema;
