//! The documents that the runtime itself sends, from `queries/*.graphql`, checked against the schema of a
//! stock server when this crate is built.

crate::include_queries!();
