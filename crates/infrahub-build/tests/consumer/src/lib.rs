//! Every kind of a stock server and of the demo schema, the golden files and a schema that means harm, under the strictest settings.
#![deny(missing_docs, warnings)]
#![forbid(unsafe_code)]

/// Every kind of a stock server.
#[no_implicit_prelude]
pub mod stock {
    ::infrahub_client::include_schema!();
}

/// Every kind of the demo schema.
#[no_implicit_prelude]
pub mod demo {
    ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/demo/mod.rs"));
}

/// The golden files, as the generator writes them.
#[no_implicit_prelude]
#[rustfmt::skip]
#[path = "../../golden/mod.rs"]
pub mod golden;

/// A schema whose names and texts are as bad as they can be.
#[no_implicit_prelude]
pub mod hostile {
    ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/hostile/mod.rs"));
}

/// Documents with everything that GraphQL has.
pub mod queries {
    ::infrahub_client::include_queries!();
}
