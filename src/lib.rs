//! Typed Infrahub client.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod column;
#[doc(hidden)]
pub mod decode;
pub mod filter;
pub mod id;
pub mod input;
pub mod kind;
pub mod value;

/// What generated code needs beside the public API; not for anyone else.
#[doc(hidden)]
pub mod __private {
    pub use crate::decode::choice as deserialize_choice;
    pub use serde;
}
