//! The kinds of the demo schema, in a crate of their own: a change to a program does not compile them again.

infrahub_client::include_schema!();

/// Typed calls of the documents in `queries/*.graphql`.
pub mod queries {
    infrahub_client::include_queries!();
}
