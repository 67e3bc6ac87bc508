//! Every kind of a stock server, the golden files and a schema that means harm, under the strictest settings.
#![no_implicit_prelude]
#![deny(missing_docs, warnings)]
#![forbid(unsafe_code)]

/// Every kind of a stock server.
pub mod stock {
    ::infrahub_client::include_schema!();
}

/// The golden files, as the generator writes them.
#[rustfmt::skip]
#[path = "../../golden/mod.rs"]
pub mod golden;

/// A schema whose names and texts are as bad as they can be.
pub mod hostile {
    ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/hostile/mod.rs"));
}
