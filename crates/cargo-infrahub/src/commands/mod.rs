//! One module a command.

pub(crate) mod check;
pub(crate) mod describe;
pub(crate) mod diff;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod kinds;
pub(crate) mod pull;
pub(crate) mod queries;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
pub(crate) mod schema;
