//! The schema of a server that nobody has loaded anything into.

use infrahub_schema::Schema;
use std::sync::LazyLock;

/// A copy of the client's own snapshot, which a server gave; a test holds the two equal.
const NODES: &str = include_str!("stock.json");

static STOCK: LazyLock<Schema> = LazyLock::new(|| {
    Schema::from_nodes_json(NODES.as_bytes(), "stock.json").expect("a test reads the stock schema")
});

/// The schema of a fresh Infrahub 1.11.9: accounts, groups, tags, pools, … and no kind of a user's own.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use infrahub_sandbox::{Sandbox, stock_schema};
///
/// let sandbox = Sandbox::start(stock_schema()).await?;
/// # Ok(())
/// # }
/// ```
pub fn stock_schema() -> Schema {
    STOCK.clone()
}
