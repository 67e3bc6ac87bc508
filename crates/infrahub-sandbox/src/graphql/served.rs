//! What is served of a node schema, worked out once for all that have it.

use super::derive::{self, Api};
use super::hashes::Hashes;
use super::{dynamic, print};
use crate::store::{Catalogue, View};
use infrahub_schema::Schema;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The node schema of some branches with what is served of it.
pub(crate) struct Served {
    catalogue: Arc<Catalogue>,
    plan: Arc<Plan>,
}

/// What follows from a node schema. Every sandbox of the process with an equal schema uses the same, since it takes the
/// better part of a start to make one.
pub(crate) struct Plan {
    /// What it was made of.
    catalogue: Arc<Catalogue>,
    pub(super) api: Api,
    pub(super) executable: async_graphql::dynamic::Schema,
    sdl: OnceLock<String>,
    hashes: OnceLock<Hashes>,
}

/// The plans that were made last.
static PLANS: Mutex<Vec<Arc<Plan>>> = Mutex::new(Vec::new());

/// How many plans are kept.
const PLANS_KEPT: usize = 4;

impl Served {
    /// Derives everything from the node schema of a view.
    ///
    /// # Errors
    /// The schema lacks kinds of the server's own, or names something that GraphQL does not allow.
    pub(crate) fn new(view: &View) -> Result<Self, String> {
        let catalogue = view.catalogue();
        // held until the plan is made: others that start now want the same one
        let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = plans.iter().position(|plan| plan.catalogue.schema() == catalogue.schema());
        let plan = match known {
            Some(place) => plans.remove(place),
            None => Arc::new(Plan::new(catalogue.clone())?),
        };
        if plans.len() >= PLANS_KEPT {
            plans.remove(0);
        }
        plans.push(plan.clone());
        Ok(Self { catalogue, plan })
    }

    /// The node schema.
    pub(crate) fn schema(&self) -> &Schema {
        self.catalogue.schema()
    }

    /// Whether it is what is served of the very schema of a view.
    pub(crate) fn is_of(&self, view: &View) -> bool {
        Arc::ptr_eq(&self.catalogue, &view.catalogue())
    }
}

impl Deref for Served {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

impl Plan {
    fn new(catalogue: Arc<Catalogue>) -> Result<Self, String> {
        let api = derive::api(catalogue.schema())?;
        let executable =
            dynamic::schema(&api).map_err(|error| format!("no GraphQL schema can be made of it: {error}"))?;
        Ok(Self { catalogue, api, executable, sdl: OnceLock::new(), hashes: OnceLock::new() })
    }

    /// The SDL, sorted.
    pub(crate) fn sdl(&self) -> &str {
        self.sdl.get_or_init(|| print::sdl(&self.api.types))
    }

    /// The hashes of the node schema.
    pub(crate) fn hashes(&self) -> &Hashes {
        self.hashes.get_or_init(|| Hashes::new(self.catalogue.schema()))
    }
}
