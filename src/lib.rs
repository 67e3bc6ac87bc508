//! Typed Infrahub client.
