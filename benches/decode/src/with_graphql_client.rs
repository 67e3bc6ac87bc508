//! The same by `graphql_client`.

use graphql_client::GraphQLQuery;

type BigInt = i64;

#[derive(GraphQLQuery)]
#[graphql(schema_path = "schema.graphql", query_path = "devices.graphql")]
pub struct Devices;
