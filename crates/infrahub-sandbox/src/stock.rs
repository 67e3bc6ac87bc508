//! The schema of a server that nobody has loaded anything into.

use infrahub_schema::Schema;

const NODES: &str = include_str!("../../../schema/nodes.json");

/// The kinds that every Infrahub 1.11.9 has.
///
/// # Panics
/// Never: a test reads it.
pub fn stock_schema() -> Schema {
    Schema::from_nodes_json(NODES.as_bytes(), "the stock schema").expect("the stock schema is one")
}
