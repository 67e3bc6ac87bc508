//! Generates typed Rust for the kinds of an Infrahub schema.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

#[cfg(feature = "pull")]
pub mod pull;
