//! What an Infrahub does for this client, held against the sandbox or, where one is named, a server.

#![allow(clippy::unwrap_used)]
#![allow(deprecated, reason = "the demo schema has a deprecated attribute")]

mod artifacts;
mod batch;
mod branches;
mod client;
mod crud;
mod demo_schema;
mod documents;
mod files;
mod filters;
mod generics;
mod jobs;
mod paging;
mod pool_usage;
mod pools;
mod profiles;
mod projections;
mod queries;
mod relationships;
mod rest;
mod schema;
mod schema_and_objects;
mod server_notes;
mod stock_kinds;
mod storage;
mod verify;
