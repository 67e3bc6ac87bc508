//! Typed Infrahub client.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

// Generated code names this crate, here as in any other.
extern crate self as infrahub_client;

mod address;
mod auth;
mod batch;
pub mod branches;
mod call;
mod client;
pub mod column;
mod config;
mod counters;
#[doc(hidden)]
pub mod decode;
mod document;
mod envelope;
mod error;
pub mod filter;
pub mod id;
pub mod input;
pub mod job;
pub mod kind;
mod operation;
mod operations;
mod policy;
mod queries;
pub mod query;
mod read;
mod rest;
pub mod schema;
#[cfg(test)]
mod scripted_client;
pub mod task;
mod transport;
pub mod value;
mod write;

pub use batch::{Batch, BatchReport, BatchResult, Written};
pub use client::Client;
pub use config::{Config, Limit, Priority};
pub use counters::Counters;
pub use error::{Context, Error, ErrorCode, GraphQlError, PathSegment, RawData, SchemaReason, TimeLimit};
pub use read::{All, Get, GetBy, GetOptional, Peer, Peers, PointInTime, When};
pub use write::{DeleteRequest, RelationshipChange, RelationshipPeers, UpdateOf, WriteAndRead, WriteRequest};

/// Brings the generated kinds into the module in which it stands: the root of the crate, or one of your own.
///
/// ```ignore
/// pub mod schema {
///     infrahub_client::include_schema!();
/// }
/// ```
///
/// The crate's `build.rs` must call `infrahub_build::configure().generate()`.
#[macro_export]
macro_rules! include_schema {
    () => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/infrahub/mod.rs"));
    };
}

/// Brings the compiled documents of `queries/*.graphql` into the module in which it stands.
///
/// ```ignore
/// mod queries {
///     infrahub_client::include_queries!();
/// }
/// let report = client.query(queries::site_report::Variables { name: "atl1".to_owned() }).await?;
/// ```
///
/// The crate's `build.rs` must call `infrahub_build::configure().queries("queries").generate()`.
#[macro_export]
macro_rules! include_queries {
    () => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/queries/mod.rs"));
    };
}

/// Every kind of a stock Infrahub, generated from the snapshot that this crate was built with.
///
/// A program with a schema of its own generates its kinds from that instead, the stock ones among them.
#[cfg(feature = "stock-kinds")]
pub mod stock {
    crate::include_schema!();
}

/// What generated code needs beside the public API; not for anyone else.
#[doc(hidden)]
pub mod __private {
    pub use crate::decode::choice as deserialize_choice;
    pub use graphql_client;
    pub use serde;
}

/// The examples of the guide compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide.md")]
pub struct Guide;
