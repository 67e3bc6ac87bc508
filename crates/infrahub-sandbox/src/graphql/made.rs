//! What is made of node schemas, kept for all sandboxes of the process: tests start many with the same one.

use super::hashes::Hashes;
use super::{derive, dynamic, print};
use infrahub_schema::Schema;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Everything that follows from a node schema alone.
pub(crate) struct Made {
    pub(super) api: derive::Api,
    pub(super) executable: async_graphql::dynamic::Schema,
    sdl: OnceLock<String>,
    hashes: OnceLock<Hashes>,
}

/// A schema, and what is made of it by whoever needs it first; the others wait for that.
struct Entry {
    schema: Schema,
    made: OnceLock<Result<Arc<Made>, String>>,
}

/// The schemas that were needed last.
static ENTRIES: Mutex<Vec<Arc<Entry>>> = Mutex::new(Vec::new());

/// How many schemas are kept.
const MOST: usize = 4;

impl Made {
    /// Makes everything of a schema, or gives what was made of an equal one.
    pub(super) fn of(schema: &Schema) -> Result<Arc<Self>, String> {
        let entry = entry(schema);
        entry.made.get_or_init(|| Self::new(&entry.schema).map(Arc::new)).clone()
    }

    fn new(schema: &Schema) -> Result<Self, String> {
        let api = derive::api(schema)?;
        let executable =
            dynamic::schema(&api).map_err(|error| format!("no GraphQL schema can be made of it: {error}"))?;
        Ok(Self { api, executable, sdl: OnceLock::new(), hashes: OnceLock::new() })
    }

    pub(super) fn sdl(&self) -> &str {
        self.sdl.get_or_init(|| print::sdl(&self.api.types))
    }

    pub(super) fn hashes(&self, schema: &Schema) -> &Hashes {
        self.hashes.get_or_init(|| Hashes::new(schema))
    }
}

fn entry(schema: &Schema) -> Arc<Entry> {
    let mut entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = match entries.iter().position(|entry| entry.schema == *schema) {
        Some(position) => entries.remove(position),
        None => Arc::new(Entry { schema: schema.clone(), made: OnceLock::new() }),
    };
    if entries.len() >= MOST {
        entries.remove(0);
    }
    entries.push(entry.clone());
    entry
}
