#![doc = include_str!("../README.md")]
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod accounts;
mod artifact;
mod faults;
mod graphql;
mod journal;
mod listener;
mod loading;
mod object_files;
mod objects;
mod random;
mod repository;
mod rest;
mod server;
mod state;
mod stock;
mod store;
mod tasks;
mod work;

pub use infrahub_schema::{Schema, SchemaError};

pub use accounts::Access;
pub use faults::Fault;
pub use journal::Recorded;
pub use object_files::ObjectsError;
pub use server::{Builder, Sandbox, SandboxSnapshot, StartError};
pub use stock::stock_schema;
