//! Every kind of a stock server, under the strictest settings.
#![no_implicit_prelude]
#![deny(missing_docs, warnings)]
#![forbid(unsafe_code)]

::infrahub_client::include_schema!();
