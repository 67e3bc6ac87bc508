//! Every kind of a stock server, and the golden files, under the strictest settings.
#![no_implicit_prelude]
#![deny(missing_docs, warnings)]
#![forbid(unsafe_code)]

/// Every kind of a stock server.
pub mod stock {
    ::infrahub_client::include_schema!();
}

/// The golden files.
#[path = "../../golden/mod.rs"]
pub mod golden;
