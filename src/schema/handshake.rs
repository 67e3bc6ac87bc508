//! Whether a branch serves the schema that a program was compiled for.

use super::{Schema, Summary};
use crate::client::Client;
use crate::error::{Error, SchemaReason};
use infrahub_schema::{CompiledKinds, SchemaDiff, Source};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// The kinds that a program was compiled with: `SCHEMA` beside the generated kinds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CompiledSchema {
    json: &'static str,
}

impl CompiledSchema {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(json: &'static str) -> Self {
        Self { json }
    }

    fn kinds(self) -> Result<CompiledKinds, Error> {
        CompiledKinds::from_json(self.json).map_err(|error| {
            Error::configuration(format!("the compiled schema is damaged, build the program anew: {error}"))
        })
    }
}

impl fmt::Debug for CompiledSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledSchema").finish_non_exhaustive()
    }
}

/// What a client does where a branch serves another schema than the program was compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SchemaPolicy {
    /// Nothing: it does not ask.
    Ignore,
    /// It says once for a branch, as a `tracing` warning, what differs.
    #[default]
    Warn,
    /// It sends nothing that was compiled: each call is [`Error::SchemaDrift`].
    Refuse,
}

impl SchemaPolicy {
    pub(crate) const ALL: [(Self, &'static str); 3] =
        [(Self::Ignore, "ignore"), (Self::Warn, "warn"), (Self::Refuse, "refuse")];
}

/// Branches on which nothing needs to be asked any more.
#[derive(Default)]
pub(crate) struct Handshakes {
    branches: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
}

impl Handshakes {
    fn branch(&self, name: &str) -> Arc<OnceCell<()>> {
        let mut branches = self.branches.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(branches.entry(name.to_owned()).or_default())
    }
}

impl Client {
    /// Compares the schema that the program was compiled for ([`Config::with_schema`](crate::Config::with_schema)) with
    /// that of this handle's branch, whatever the policy says.
    ///
    /// Only what breaks the program counts, in the kinds that were generated for it. Costs one small request
    /// (`GET /api/schema/summary`) where the server's hashes of these kinds are those of the snapshot, and the whole
    /// schema (`GET /api/schema`) where they are not, as on a server that the snapshot is not from.
    ///
    /// ```no_run
    /// use infrahub_client::{Client, Config, Error};
    ///
    /// # async fn run() -> Result<(), Error> {
    /// let client = Client::new(Config::load()?.with_schema(infrahub_demo_kinds::SCHEMA))?;
    /// match client.verify().await {
    ///     Err(Error::SchemaDrift { differences, .. }) => {
    ///         differences.iter().for_each(|difference| eprintln!("{difference}"));
    ///     }
    ///     other => other?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::SchemaDrift`] names the kinds and fields that differ, and why that matters; [`Error::Configuration`]
    /// where the client knows no compiled schema; and what every call may meet.
    pub async fn verify(&self) -> Result<(), Error> {
        let Some(compiled) = self.config().schema else {
            return Err(Error::configuration(
                "no compiled schema to compare with; give the `SCHEMA` beside the generated kinds to `Config::with_schema`",
            ));
        };
        match differences(self, compiled).await? {
            differences if differences.is_empty() => Ok(()),
            differences => Err(Error::schema_drift(self.branch(), differences)),
        }
    }
}

/// Looks, once for each branch, whether it serves the compiled schema, before something compiled is sent there.
pub(crate) async fn before_sending(client: &Client) -> Result<(), Error> {
    let config = client.config();
    let (Some(compiled), policy) = (config.schema, config.schema_policy) else { return Ok(()) };
    // The past has the schema of the past, which the server does not tell.
    if policy == SchemaPolicy::Ignore || client.scope().server_wide || client.scope().at.is_some() {
        return Ok(());
    }
    let branch = client.shared().handshakes.branch(client.branch());
    branch.get_or_try_init(|| Box::pin(shake(client, compiled, policy))).await?;
    Ok(())
}

/// An error is not kept: the next call asks again.
async fn shake(client: &Client, compiled: CompiledSchema, policy: SchemaPolicy) -> Result<(), Error> {
    match differences(client, compiled).await {
        Ok(differences) if differences.is_empty() => Ok(()),
        Ok(differences) => {
            let drift = Error::schema_drift(client.branch(), differences);
            if policy == SchemaPolicy::Refuse {
                return Err(drift);
            }
            tracing::warn!(branch = client.branch(), "{drift}");
            Ok(())
        }
        // The call itself would meet the same.
        Err(error) if policy == SchemaPolicy::Refuse || error.is_retryable() => Err(error),
        Err(error) => {
            tracing::warn!(branch = client.branch(), "the compiled schema could not be compared: {error}");
            Ok(())
        }
    }
}

/// What breaks the program, in the kinds that it was compiled with.
async fn differences(client: &Client, compiled: CompiledSchema) -> Result<Vec<SchemaReason>, Error> {
    let compiled = compiled.kinds()?;
    let Summary { main, mut nodes, generics } = client.schema().summary().await?;
    nodes.extend(generics);
    if compiled.are_served(&main, &nodes) {
        return Ok(Vec::new());
    }
    let served = client.schema().all().await?;
    Ok(breaking(&compiled.schema, &served))
}

fn breaking(compiled: &Schema, served: &Schema) -> Vec<SchemaReason> {
    // An enum of choices is named for a generic only where that was generated too: of the kinds that are served,
    // those that the program does not know must name nothing.
    let known = compiled.kinds.keys().map(String::as_str);
    let served = CompiledKinds::new(served, known, &Source::default()).schema;
    let changes = SchemaDiff::between(compiled, &served).breaking_only().into_iter();
    let reasons = changes.map(|change| SchemaReason {
        message: format!("{} ({})", change.what, change.programs.reason.trim_end_matches('.')),
        kind: Some(change.kind),
        field: change.field,
        file: None,
        line: None,
    });
    reasons.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::operation::{Effect, Operation};
    use crate::transport::scripted::Scripted;
    use crate::transport::{WireFailure, WireRequest, WireResponse};
    use serde_json::{Value, json};
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

    /// A server of one kind, whose attribute is mandatory or not.
    #[derive(Default)]
    struct Server {
        requests: Mutex<Vec<String>>,
        is_optional: AtomicBool,
        summary_status: AtomicU16,
    }

    fn schema(is_optional: bool) -> Value {
        let hash = format!("optional: {is_optional}");
        json!({"main": hash, "nodes": [{"namespace": "Infra", "name": "Rack", "attributes": [
            {"name": "height", "kind": "Number", "optional": is_optional}]}]})
    }

    fn hashes(is_optional: bool) -> Source {
        let hash = format!("optional: {is_optional}");
        let kinds = [("InfraRack".to_owned(), hash.clone())].into();
        Source { schema_hash: hash, kinds, ..Source::default() }
    }

    /// What a program is compiled with whose attribute is mandatory.
    fn compiled() -> CompiledSchema {
        let schema = Schema::from_api(schema(false).to_string().as_bytes(), "a test").unwrap();
        let kinds = CompiledKinds::new(&schema, ["InfraRack"], &hashes(false));
        CompiledSchema::new(Box::leak(kinds.to_json().into_boxed_str()))
    }

    impl Server {
        fn answer(&self, request: &WireRequest) -> (u16, Value) {
            self.requests.lock().unwrap().push(request.url.path().to_owned());
            let is_optional = self.is_optional.load(Ordering::SeqCst);
            let Source { schema_hash, kinds, .. } = hashes(is_optional);
            match request.url.path() {
                "/api/schema" => (200, schema(is_optional)),
                "/api/schema/summary" => {
                    (self.summary_status.load(Ordering::SeqCst), json!({"main": schema_hash, "nodes": kinds}))
                }
                _ => (200, json!({"data": {"ok": true}})),
            }
        }

        fn take(&self) -> Vec<String> {
            std::mem::take(&mut self.requests.lock().unwrap())
        }
    }

    fn client(config: Config) -> (Client, Arc<Server>) {
        let server = Arc::new(Server { summary_status: AtomicU16::new(200), ..Server::default() });
        let shared = Arc::clone(&server);
        let scripted = Scripted::new(move |request: WireRequest| {
            let (status, body) = shared.answer(&request);
            async move {
                tokio::task::yield_now().await;
                let body = body.to_string().into();
                Ok::<_, WireFailure>(WireResponse { status, body, ..WireResponse::default() })
            }
        });
        (Client::scripted(config, scripted), server)
    }

    fn config(policy: SchemaPolicy) -> Config {
        Config::new("http://127.0.0.1:1").with_schema(compiled()).with_schema_policy(policy)
    }

    async fn read(client: &Client) -> Result<Value, Error> {
        let operation = Operation {
            name: Cow::Borrowed("Test"),
            document: Cow::Borrowed("query Test { ok }"),
            variables: Operation::variables(())?,
            effect: Effect::Read,
            tracker: Cow::Borrowed("test"),
            kind: Some("InfraRack"),
            is_compiled: true,
            object: None,
            upload: None,
        };
        client.run(&operation).await
    }

    const SUMMARY: &str = "/api/schema/summary";
    const SCHEMA: &str = "/api/schema";

    #[tokio::test(start_paused = true)]
    async fn it_costs_nothing_where_it_is_off() {
        for config in [Config::new("http://127.0.0.1:1"), config(SchemaPolicy::Ignore)] {
            let (client, server) = client(config);
            server.is_optional.store(true, Ordering::SeqCst);
            read(&client).await.unwrap();
            assert_eq!(server.take(), ["/graphql/main"]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_costs_one_small_request_for_a_branch() {
        for policy in [SchemaPolicy::Warn, SchemaPolicy::Refuse] {
            let (client, server) = client(config(policy));
            let reads = (0..5).map(|_| read(&client));
            for result in futures_util::future::join_all(reads).await {
                result.unwrap();
            }
            let requests = server.take();
            assert_eq!(requests[0], SUMMARY);
            assert_eq!(requests[1..], ["/graphql/main"; 5]);
            read(&client).await.unwrap();
            assert_eq!(server.take(), ["/graphql/main"]);
            read(&client.on("change")).await.unwrap();
            assert_eq!(server.take(), [SUMMARY, "/graphql/change"]);
            // These work on no branch, or on one that was.
            read(&client.server_wide().on("another")).await.unwrap();
            read(&client.on("another").scoped_at("2026-01-01T00:00:00Z")).await.unwrap();
            client.on("another").execute::<Value>("{ ok }", ()).await.unwrap();
            assert!(!server.take().contains(&SUMMARY.to_owned()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_names_kind_and_field_and_sends_nothing() {
        let (client, server) = client(config(SchemaPolicy::Refuse));
        server.is_optional.store(true, Ordering::SeqCst);
        for round in 0..2 {
            let error = read(&client).await.unwrap_err();
            let Error::SchemaDrift { branch, differences, .. } = &error else { panic!("{error}") };
            assert_eq!(branch, "main");
            let told: Vec<_> = differences.iter().map(ToString::to_string).collect();
            assert_eq!(told, ["InfraRack.height: mandatory → optional (It is read as an `Option` now)"]);
            assert!(!error.may_have_run() && error.to_string().ends_with("rebuild"), "{error}");
            // It is asked again, since the branch may have been mended, but the schema is read once.
            let requests = server.take();
            assert_eq!(requests[0], SUMMARY);
            assert_eq!(requests.contains(&SCHEMA.to_owned()), round == 0, "{requests:?}");
            assert!(!requests.contains(&"/graphql/main".to_owned()), "{requests:?}");
        }
        assert!(matches!(client.verify().await, Err(Error::SchemaDrift { .. })));
        server.is_optional.store(false, Ordering::SeqCst);
        read(&client).await.unwrap();
        client.verify().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_warning_is_given_once_and_the_call_goes_on() {
        let (client, server) = client(config(SchemaPolicy::Warn));
        server.is_optional.store(true, Ordering::SeqCst);
        read(&client).await.unwrap();
        assert_eq!(server.take(), [SUMMARY, SCHEMA, "/graphql/main"]);
        read(&client).await.unwrap();
        assert_eq!(server.take(), ["/graphql/main"]);
        assert!(matches!(client.verify().await, Err(Error::SchemaDrift { .. })), "whatever the policy");
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_compared_stops_only_who_refuses() {
        for (policy, goes_on) in [(SchemaPolicy::Warn, true), (SchemaPolicy::Refuse, false)] {
            let (client, server) = client(config(policy));
            server.summary_status.store(404, Ordering::SeqCst);
            assert_eq!(read(&client).await.is_ok(), goes_on);
            assert_eq!(server.take().contains(&"/graphql/main".to_owned()), goes_on);
        }
    }

    #[test]
    fn a_generic_that_was_not_generated_names_no_choices() {
        let schema = |choices: Value| {
            let status = |inherited: bool| {
                json!([{"name": "status", "kind": "Dropdown", "optional": true, "inherited": inherited,
                    "choices": choices}])
            };
            let answer = json!({
                "generics": [{"namespace": "Infra", "name": "Interface", "attributes": status(false)}],
                "nodes": [{"namespace": "Infra", "name": "Port", "inherit_from": ["InfraInterface"],
                    "attributes": status(true)}],
            });
            Schema::from_api(answer.to_string().as_bytes(), "a test").unwrap()
        };
        let compiled = |kinds: &[&str]| {
            CompiledKinds::new(&schema(json!([{"name": "up"}])), kinds.iter().copied(), &Source::default())
                .schema
        };
        for kinds in [&["InfraPort"][..], &["InfraInterface", "InfraPort"]] {
            assert!(breaking(&compiled(kinds), &schema(json!([{"name": "up"}]))).is_empty(), "{kinds:?}");
            let more = breaking(&compiled(kinds), &schema(json!([{"name": "up"}, {"name": "down"}])));
            assert!(more.is_empty(), "a choice more breaks nothing: {more:?}");
        }
        let gone = breaking(&compiled(&["InfraInterface", "InfraPort"]), &schema_without_status());
        assert_eq!(gone.len(), 2, "{gone:?}");
    }

    fn schema_without_status() -> Schema {
        let answer = json!({
            "generics": [{"namespace": "Infra", "name": "Interface"}],
            "nodes": [{"namespace": "Infra", "name": "Port", "inherit_from": ["InfraInterface"]}],
        });
        Schema::from_api(answer.to_string().as_bytes(), "a test").unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn another_server_of_the_same_schema_has_no_drift() {
        let mut kinds = compiled().kinds().unwrap();
        kinds.schema_hash = "another".to_owned();
        kinds.hashes.clear();
        let json = Box::leak(kinds.to_json().into_boxed_str());
        let config = Config::new("http://127.0.0.1:1").with_schema(CompiledSchema::new(json));
        let (client, server) = client(config);
        client.verify().await.unwrap();
        assert_eq!(server.take(), [SUMMARY, SCHEMA]);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_compiled_schema_there_is_nothing_to_verify() {
        let (client, server) = client(Config::new("http://127.0.0.1:1"));
        let error = client.verify().await.unwrap_err();
        assert!(error.to_string().contains("Config::with_schema"), "{error}");
        assert_eq!(server.take(), Vec::<String>::new());
    }
}
