//! The schema of a branch: read it, check and load schema files, wait until the server has taken them over.
//!
//! ```no_run
//! use infrahub_client::Client;
//! use infrahub_client::schema::Documents;
//!
//! # async fn run() -> Result<(), infrahub_client::Error> {
//! let client = Client::from_env()?;
//! let report = client.schema().load(&Documents::new().path("schemas/")?).await?;
//! for (kind, change) in &report.kinds {
//!     println!("{kind} {}", change.change);
//! }
//! client.schema().wait_until_converged().await?;
//! let device = client.schema().get("InfraDevice").await?;
//! println!("{} attributes", device.attributes.len());
//! # Ok(())
//! # }
//! ```

mod cache;
mod documents;
mod handshake;
mod rejection;
mod report;
#[cfg(test)]
mod tests;

pub use documents::Documents;
pub use handshake::{CompiledSchema, SchemaPolicy};
pub use infrahub_schema::{
    Attribute, AttributeKind, Cardinality, Choice, ComputedAttribute, Direction, Flavour, KindSchema,
    OnDelete, Parameters, Problem, Relationship, RelationshipKind, Schema, SchemaError, Snapshot, Source,
};
pub use report::{Change, CheckReport, KindChange, LoadReport, WarnedKind, Warning};

pub(crate) use cache::Cache;
pub(crate) use handshake::{Handshakes, before_sending};

use crate::client::Client;
use crate::config::Limit;
use crate::error::{Error, TimeLimit};
use crate::operation::{Effect, Operation};
use crate::rest::RestResponse;
use cache::Known;
use infrahub_schema::Responses;
use report::LoadAnswer;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The least time for a load or check: the server runs migrations meanwhile.
const LOAD_TIMEOUT: Duration = Duration::from_secs(300);

/// How often a snapshot is begun again because the schema changed under it.
const SNAPSHOT_ROUNDS: usize = 3;

/// The schema of the branch that a client works on; see [`Client::schema`].
#[derive(Debug, Clone)]
pub struct SchemaApi {
    client: Client,
}

/// `GET /api/schema/summary`.
#[derive(Deserialize)]
struct Summary {
    /// The hash of the whole schema.
    main: String,
    /// The hash of each kind.
    #[serde(default)]
    nodes: BTreeMap<String, String>,
    #[serde(default)]
    generics: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "InfrahubStatus")]
    status: StatusSummary,
}

#[derive(Deserialize)]
struct StatusSummary {
    summary: Synced,
}

#[derive(Deserialize)]
struct Synced {
    schema_hash_synced: bool,
}

impl Client {
    /// The schema of this handle's branch.
    pub fn schema(&self) -> SchemaApi {
        SchemaApi { client: self.clone() }
    }
}

impl SchemaApi {
    /// All kinds of the branch.
    ///
    /// The schema is kept for each branch. A call costs one small request (`GET /api/schema/summary`) as
    /// long as the server's hash is the same, and the whole schema (`GET /api/schema`) once it is another.
    /// Calls at the same time share both.
    ///
    /// # Errors
    /// [`Error::Decode`] where the answer is no schema; and what every call may meet.
    pub async fn all(&self) -> Result<Arc<Schema>, Error> {
        let asked = Instant::now();
        let branch = self.client.shared().schemas.branch(self.client.branch());
        let mut known = branch.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.checked >= asked) {
            return Ok(Arc::clone(&known.schema));
        }
        let checked = Instant::now();
        if let Some(known) = known.as_mut()
            && known.hash == self.hash().await?
        {
            known.checked = checked;
            return Ok(Arc::clone(&known.schema));
        }
        let answer = self.get_ok("/api/schema", &[]).await?;
        let hash = schema_hash(&answer)?;
        let schema =
            Schema::from_api(&answer.body, "/api/schema").map_err(|error| not_a_schema(&error, &answer))?;
        let schema = Arc::new(schema);
        *known = Some(Known { schema: Arc::clone(&schema), hash, checked });
        Ok(schema)
    }

    /// One kind, by its full name (`InfraDevice`). Costs what [`SchemaApi::all`] costs.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the branch has no such kind; else those of [`SchemaApi::all`].
    pub async fn get(&self, kind: &str) -> Result<KindSchema, Error> {
        let schema = self.all().await?;
        let found = schema.kind(kind).cloned();
        found.ok_or_else(|| {
            Error::not_found(
                "kind",
                format!("name `{kind}` in the schema of branch `{}`", self.client.branch()),
            )
        })
    }

    /// The server's hash of the whole schema of the branch (`GET /api/schema/summary`).
    ///
    /// # Errors
    /// What every call may meet.
    pub async fn hash(&self) -> Result<String, Error> {
        Ok(self.summary().await?.main)
    }

    async fn summary(&self) -> Result<Summary, Error> {
        summary(&self.get_ok("/api/schema/summary", &[]).await?)
    }

    /// Everything that a build needs of the branch, to be written with [`Snapshot::write`].
    ///
    /// Asks for `/api/info`, `/api/schema` and `/schema.graphql`, and again if the schema changed between.
    ///
    /// # Errors
    /// [`Error::Decode`] where an answer is not what it should be, or where the schema keeps changing; and
    /// what every call may meet.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let info = self.get_ok("/api/info", &[]).await?;
        for _ in 0..SNAPSHOT_ROUNDS {
            let schema = self.get_ok("/api/schema", &[]).await?;
            let sdl = self.get_ok("/schema.graphql", &[("sorted", "true")]).await?;
            let now = self.hash().await?;
            let text = std::str::from_utf8(&sdl.body).map_err(|_| {
                Error::decode("/schema.graphql", "the text is not UTF-8").in_call(sdl.context.clone())
            })?;
            let responses = Responses { schema: &schema.body, sdl: text, info: &info.body };
            let address = self.client.shared().address.as_str();
            let snapshot = Snapshot::from_responses(responses, self.client.branch(), address)
                .map_err(|error| not_a_schema(&error, &schema))?;
            if snapshot.source.schema_hash == now {
                return Ok(snapshot);
            }
        }
        Err(Error::decode("/api/schema", "the schema changed while it was read, again and again"))
    }

    /// Loads schema documents into the branch (`POST /api/schema/load`).
    ///
    /// Takes some seconds where something changes. When it returns, the server has the schema, but its
    /// workers may still serve the one before: see [`SchemaApi::wait_until_converged`]. Loading what is
    /// loaded already changes nothing.
    ///
    /// A load is sent once: after a failure without an answer ask [`SchemaApi::check`] whether it ran. It may
    /// take 300 seconds, or `timeout` where that is more, or what [`Client::with_timeout`] says.
    ///
    /// # Errors
    /// [`Error::SchemaRejected`] with every objection, its kind, field, file and line; [`Error::Permission`];
    /// [`Error::WriteRefused`] on a protected default branch; and what every call may meet.
    pub async fn load(&self, documents: &Documents) -> Result<LoadReport, Error> {
        let answer = self.send("/api/schema/load", documents, Effect::Write).await?;
        Ok(answer.json::<LoadAnswer>()?.load_report())
    }

    /// Asks what a load would do, without doing it (`POST /api/schema/check`).
    ///
    /// # Errors
    /// As for [`SchemaApi::load`].
    pub async fn check(&self, documents: &Documents) -> Result<CheckReport, Error> {
        let answer = self.send("/api/schema/check", documents, Effect::Read).await?;
        Ok(answer.json::<LoadAnswer>()?.check_report())
    }

    /// Whether all workers of the server serve the same schema of the branch.
    ///
    /// # Errors
    /// What every call may meet.
    pub async fn is_converged(&self) -> Result<bool, Error> {
        const DOCUMENT: &str = "query SchemaConverged { InfrahubStatus { summary { schema_hash_synced } } }";
        let status: Status = self
            .client
            .run(&Operation {
                name: Cow::Borrowed("SchemaConverged"),
                document: Cow::Borrowed(DOCUMENT),
                variables: Operation::variables(())?,
                effect: Effect::Read,
                tracker: Cow::Borrowed("query-schema-converged"),
                kind: None,
                is_compiled: false,
                object: None,
                upload: None,
            })
            .await?;
        Ok(status.status.summary.schema_hash_synced)
    }

    /// Waits until all workers of the server serve the same schema of the branch, at most for
    /// `schema_converge_timeout` (60 seconds by default).
    ///
    /// # Errors
    /// [`Error::Timeout`] with [`TimeLimit::SchemaConverge`]; and what every call may meet.
    pub async fn wait_until_converged(&self) -> Result<(), Error> {
        self.wait_until_converged_within(self.client.config().schema_converge_timeout).await
    }

    /// Waits as [`SchemaApi::wait_until_converged`] does, at most for `limit`.
    ///
    /// # Errors
    /// [`Error::Timeout`] with [`TimeLimit::SchemaConverge`]; and what every call may meet.
    pub async fn wait_until_converged_within(&self, limit: Duration) -> Result<(), Error> {
        const LONGEST_PAUSE: Duration = Duration::from_secs(2);
        let poll = async {
            let mut pause = Duration::from_millis(100);
            while !self.is_converged().await? {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Ok(())
        };
        let timeout = Error::Timeout { limit: TimeLimit::SchemaConverge, after: limit, context: None };
        tokio::time::timeout(limit, poll).await.unwrap_or(Err(timeout))
    }

    async fn send(&self, path: &str, documents: &Documents, effect: Effect) -> Result<RestResponse, Error> {
        if documents.is_empty() {
            return Err(Error::invalid_request("there is no schema document to send"));
        }
        let client = match (self.client.scope().timeout, self.client.config().timeout) {
            (None, Limit::After(timeout)) => self.client.with_timeout(timeout.max(LOAD_TIMEOUT)),
            _ => self.client.clone(),
        };
        let answer = client.rest_post(path, &[], &documents.body(), effect).await?;
        if answer.status == 422 {
            let reasons = rejection::reasons(documents, &answer.body);
            return Err(Error::schema_rejected(reasons).in_call(answer.context));
        }
        Ok(answer)
    }

    async fn get_ok(&self, path: &str, query: &[(&str, &str)]) -> Result<RestResponse, Error> {
        let answer = self.client.rest_get(path, query).await?;
        if answer.is_success() { Ok(answer) } else { Err(answer.into_error()) }
    }
}

/// `GET /api/schema` says its hash as the summary does.
fn schema_hash(answer: &RestResponse) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Hash {
        main: String,
    }
    serde_json::from_slice::<Hash>(&answer.body)
        .map(|hash| hash.main)
        .map_err(|_| Error::decode("main", "the schema's hash is missing").in_call(answer.context.clone()))
}

fn summary(answer: &RestResponse) -> Result<Summary, Error> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| Error::decode("main", "the schema's hash is missing").in_call(answer.context.clone()))
}

fn not_a_schema(error: &SchemaError, answer: &RestResponse) -> Error {
    let reason = match error.problems() {
        [] => error.to_string(),
        problems => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    };
    Error::decode("/api/schema", reason).in_call(answer.context.clone())
}
