//! The schema of each branch, read once and then only compared by its hash.

use infrahub_schema::Schema;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// Branches whose schemas are kept; a schema of 140 kinds takes about a megabyte.
const MOST_BRANCHES: usize = 16;

/// What is known of the schemas of a server, shared by all handles of a client.
#[derive(Default)]
pub(crate) struct Cache {
    branches: Mutex<HashMap<String, Arc<Branch>>>,
}

/// The lock is held while the branch's schema is compared or read, so that it is read once however many
/// callers wait.
pub(super) type Branch = tokio::sync::Mutex<Option<Known>>;

/// A schema, and when it was last found to be the server's.
pub(super) struct Known {
    pub(super) schema: Arc<Schema>,
    pub(super) hash: String,
    /// When the comparison was begun.
    pub(super) checked: Instant,
}

impl Cache {
    /// The entry of a branch.
    pub(super) fn branch(&self, name: &str) -> Arc<Branch> {
        let mut branches = self.branches.lock().unwrap_or_else(PoisonError::into_inner);
        if branches.len() >= MOST_BRANCHES && !branches.contains_key(name) {
            branches.clear();
        }
        Arc::clone(branches.entry(name.to_owned()).or_default())
    }
}
