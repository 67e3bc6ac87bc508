//! A typed client for Infrahub: a build script reads the schema of your installation and writes Rust types
//! for its kinds, and this crate reads and writes their objects.
//!
//! - [`Client`] is where everything starts: [`get`](Client::get), [`all`](Client::all),
//!   [`create`](Client::create), [`update`](Client::update), [`relationship`](Client::relationship),
//!   [`allocate`](Client::allocate), [`batch`](Client::batch), [`branches`](Client::branches),
//!   [`schema`](Client::schema), [`file`](Client::file), [`storage`](Client::storage),
//!   [`artifact`](Client::artifact), [`query`](Client::query), [`execute`](Client::execute).
//! - [`Projection`](macro@Projection) is derived for a struct that asks for just what it holds.
//! - [`Config`] holds the settings, from code, from `INFRAHUB_*` or from `infrahub.toml`.
//! - [`Error`] is the one error type; each error says what to do next.
//! - [`include_schema!`] brings the generated kinds into your crate.
//!
//! ```no_run
//! use infrahub_client::{Client, Error};
//! use infrahub_demo_kinds::{InfraDevice, InfraDeviceRole, InfraDeviceUpdate, LocationSite};
//!
//! # async fn run() -> Result<(), Error> {
//! let client = Client::from_env()?;
//! let leaves = client
//!     .all::<InfraDevice>()
//!     .filter(InfraDevice::ROLE.eq(InfraDeviceRole::Leaf))
//!     .filter(InfraDevice::SITE.then(LocationSite::NAME).eq("atl1"))
//!     .await?;
//! for leaf in &leaves {
//!     client.update(leaf).set(InfraDeviceUpdate::new().description("rack 12")).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The guide in `docs/guide.md` shows each part, `docs/server-notes.md` what the server does that surprises.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

// Generated code names this crate, here as in any other.
extern crate self as infrahub_client;

mod address;
pub mod artifact;
mod auth;
mod batch;
pub mod branches;
mod call;
mod client;
pub mod column;
mod config;
mod counters;
#[cfg(feature = "cynic")]
mod cynic;
#[doc(hidden)]
pub mod decode;
mod document;
mod envelope;
mod error;
pub mod file;
pub mod filter;
pub mod id;
pub mod input;
pub mod job;
mod json_path;
pub mod kind;
mod operation;
mod operations;
mod policy;
pub mod pool;
pub mod projection;
mod queries;
pub mod query;
mod read;
mod rest;
pub mod schema;
#[cfg(test)]
mod scripted_client;
pub mod storage;
pub mod task;
mod transport;
pub mod value;
mod write;

/// Timestamps and networks in this crate's interface are those of these crates.
pub use {ipnet, jiff};

pub use batch::{Batch, BatchReport, BatchResult, Written};
pub use client::Client;
pub use config::{Config, Limit, Priority};
pub use counters::Counters;
pub use error::{Context, Error, ErrorCode, GraphQlError, PathSegment, RawData, SchemaReason, TimeLimit};
pub use infrahub_macros::Projection;
pub use projection::Projection;
pub use read::{All, Get, GetBy, GetOptional, Peer, Peers, PointInTime, RowOf, Rows, When};
pub use write::{
    AllocateAndRead, AllocateRequest, DeleteRequest, RelationshipChange, RelationshipPeers, UpdateOf,
    WriteAndRead, WriteRequest,
};

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
    pub use crate::query::Object;
    pub use crate::read::decode_page;
    pub use serde;
}

/// The examples of the guide compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide.md")]
pub struct Guide;

/// The examples of the readme compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
