//! The client: a cheap handle on one server and one branch.

use crate::auth::{self, Auth};
use crate::call::Payload;
use crate::config::{Config, Credentials, Priority};
use crate::counters::{Counters, LiveCounters};
use crate::error::Error;
use crate::operation::{Answered, Effect, Operation, Partial};
use crate::policy::bucket::Bucket;
use crate::policy::decision::RetryPolicy;
use crate::policy::gate::Gate;
use crate::rest::{RestRequest, RestResponse};
use crate::schema::{Cache, Handshakes};
use crate::transport::{HttpTransport, Transport};
use crate::{address, call, document, envelope};
use reqwest::header::{HeaderMap, HeaderName};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};

/// A handle on an Infrahub server, on one of its branches.
///
/// Clones share one connection pool, one login and one set of limits; [`Client::on`] gives a handle on
/// another branch.
///
/// ```no_run
/// use infrahub_client::{Client, Config};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Answer {
///     #[serde(rename = "InfrahubInfo")]
///     info: Info,
/// }
///
/// #[derive(Deserialize)]
/// struct Info {
///     version: String,
/// }
///
/// # async fn run() -> Result<(), infrahub_client::Error> {
/// let client = Client::new(Config::new("http://localhost:8000").with_api_token("…"))?;
/// let answer: Answer = client.execute("query Version { InfrahubInfo { version } }", ()).await?;
/// println!("{}", answer.info.version);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    scope: Scope,
}

/// What all clones of a client have in common.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) address: Url,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
    pub(crate) transport: Transport,
    pub(crate) auth: Auth,
    /// Held during one HTTP request only, so that nested calls cannot wait for each other.
    pub(crate) permits: Semaphore,
    pub(crate) retry: RetryPolicy,
    pub(crate) bucket: Bucket,
    pub(crate) gate: Gate,
    pub(crate) counters: LiveCounters,
    pub(crate) schemas: Cache,
    pub(crate) handshakes: Handshakes,
    random: Mutex<fastrand::Rng>,
}

impl Shared {
    /// A random number in 0..1.
    pub(crate) fn random(&self) -> f64 {
        self.random.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).f64()
    }
}

/// What a handle adds to the shared client.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    pub(crate) branch: Option<Arc<str>>,
    pub(crate) at: Option<Arc<str>>,
    pub(crate) priority: Option<Priority>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) server_wide: bool,
}

impl Client {
    /// A client with these settings. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] where a setting is malformed or contradicts another.
    pub fn new(config: Config) -> Result<Self, Error> {
        config.check()?;
        let address = address::parse(&config.address)?;
        let http = HttpTransport::new(&config, address.scheme() == "https")?;
        let transport = Transport::Http(Box::new(http));
        Self::assemble(config, transport, fastrand::Rng::new())
    }

    /// A client with the settings of [`Config::load`].
    ///
    /// # Errors
    /// [`Error::Configuration`] where a setting is malformed or contradicts another.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(Config::load()?)
    }

    fn assemble(config: Config, transport: Transport, random: fastrand::Rng) -> Result<Self, Error> {
        config.check()?;
        let address = address::parse(&config.address)?;
        let credentials = config.credentials()?;
        if !matches!(credentials, Credentials::Anonymous) {
            guard_plain_http(&config, &address)?;
        }
        let shared = Shared {
            headers: headers(&config)?,
            auth: Auth::new(credentials)?,
            permits: Semaphore::new(config.max_concurrent_execution),
            retry: config.retry_policy(),
            bucket: Bucket::full(),
            gate: Gate::default(),
            counters: LiveCounters::default(),
            schemas: Cache::default(),
            handshakes: Handshakes::default(),
            random: Mutex::new(random),
            config,
            address,
            transport,
        };
        Ok(Self { shared: Arc::new(shared), scope: Scope::default() })
    }

    /// A client on a transport of a test, with reproducible jitter.
    #[cfg(test)]
    pub(crate) fn scripted(config: Config, transport: crate::transport::scripted::Scripted) -> Self {
        Self::assemble(config, Transport::Scripted(transport), fastrand::Rng::with_seed(1)).unwrap()
    }

    /// A handle on another branch, with the same settings otherwise.
    pub fn on(&self, branch: impl Into<String>) -> Self {
        self.scoped(|scope| scope.branch = Some(branch.into().into()))
    }

    /// The branch that this handle works on.
    pub fn branch(&self) -> &str {
        self.scope.branch.as_deref().unwrap_or(&self.shared.config.default_branch)
    }

    /// A handle whose calls have this priority.
    pub fn with_priority(&self, priority: Priority) -> Self {
        self.scoped(|scope| scope.priority = Some(priority))
    }

    /// A handle whose calls end within this time each, all attempts and waits included. One attempt may use
    /// it all.
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.scoped(|scope| scope.timeout = Some(timeout))
    }

    /// What this client and its clones have done so far.
    pub fn counters(&self) -> Counters {
        self.shared.counters.read()
    }

    /// Sends a GraphQL document to this handle's branch and decodes the answer's `data` into `T`.
    ///
    /// The variables are anything that serializes to a JSON object; `()` is none. A document with a mutation
    /// is sent once; one with queries only is sent again after a failure that passes.
    ///
    /// # Errors
    /// [`Error::GraphQl`] where the answer has errors, even beside data; [`Error::Decode`] where the data
    /// does not fit `T`; and what every call may meet.
    pub async fn execute<T: DeserializeOwned + Send>(
        &self,
        document: &str,
        variables: impl Serialize,
    ) -> Result<T, Error> {
        self.run(&raw(document, variables)?).await
    }

    /// The settings.
    pub(crate) fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// A handle that reads as of a point in time: an ISO timestamp or a duration back from now (`30m`).
    /// It refuses writes, because the server would ignore the time and write now.
    pub(crate) fn scoped_at(&self, at: impl Into<String>) -> Self {
        self.scoped(|scope| scope.at = Some(at.into().into()))
    }

    /// A handle for operations on branches and tasks themselves. It works on no branch, so that it works
    /// where this handle's branch does not exist yet or is being deleted, and it is free of
    /// `protect_default_branch`, which is about the data of that branch.
    pub(crate) fn server_wide(&self) -> Self {
        self.scoped(|scope| scope.server_wide = true)
    }

    /// The branch that stands in the URL; none for a server-wide handle.
    pub(crate) fn branch_in_path(&self) -> Option<&str> {
        (!self.scope.server_wide).then(|| self.branch())
    }

    /// A handle without branch, priority, time or limit of its own.
    pub(crate) fn unscoped(&self) -> Self {
        self.scoped(|scope| *scope = Scope::default())
    }

    fn scoped(&self, change: impl FnOnce(&mut Scope)) -> Self {
        let mut scope = self.scope.clone();
        change(&mut scope);
        Self { shared: Arc::clone(&self.shared), scope }
    }

    /// Sends an operation and decodes `data` into `T`; any GraphQL error is an error.
    pub(crate) async fn run<T: DeserializeOwned + Send>(
        &self,
        operation: &Operation<'_>,
    ) -> Result<T, Error> {
        self.run_write(operation).await.map(|answered| answered.data)
    }

    /// The same, with the call, for errors that the caller makes of the data, and with what checks that the server has
    /// the file that went with the operation.
    pub(crate) async fn run_write<T: DeserializeOwned + Send>(
        &self,
        operation: &Operation<'_>,
    ) -> Result<Answered<T>, Error> {
        let mut decoded = None;
        let mut decode = |body: &[u8]| {
            let envelope = envelope::decode::<T>(body)?;
            decoded = envelope.data;
            Ok(envelope.errors)
        };
        let mut answer = call::graphql(self, operation, &mut decode).await?;
        let (sent, context) = (answer.sent(), answer.context.clone());
        answer.complete(decoded).map(|data| Answered { data, context, sent })
    }

    /// Sends an operation and lets `read` read its `data`; any GraphQL error is an error. `read` is called for each
    /// answer, so it must set what it gives, not add to it.
    pub(crate) async fn read(
        &self,
        operation: &Operation<'_>,
        read: envelope::ReadData<'_>,
    ) -> Result<(), Error> {
        let mut is_read = None;
        let mut decode = |body: &[u8]| {
            is_read = None;
            envelope::decode_with(body, &mut |data| {
                read(data)?;
                is_read = Some(());
                Ok(())
            })
        };
        let answer = call::graphql(self, operation, &mut decode).await?;
        answer.complete(is_read)
    }

    /// Sends an operation and gives data and errors side by side. Only an answer that carries neither, or
    /// says that the whole request was refused, is an error.
    pub(crate) async fn run_partial<T: DeserializeOwned + Send>(
        &self,
        operation: &Operation<'_>,
    ) -> Result<Partial<T>, Error> {
        let mut decoded = None;
        let mut decode = |body: &[u8]| {
            let envelope = envelope::decode::<T>(body)?;
            decoded = envelope.data;
            Ok(envelope.errors)
        };
        let answer = call::graphql(self, operation, &mut decode).await?;
        answer.partial(decoded)
    }

    /// GETs a REST path (`/api/schema`) of this handle's branch. Safe to send again.
    pub(crate) async fn rest_get(&self, path: &str, query: &[(&str, &str)]) -> Result<RestResponse, Error> {
        let effect = Effect::Read;
        call::rest(self, RestRequest { path, query, payload: None, streamed: false, effect }).await
    }

    /// GETs a REST path of this handle's branch and leaves the body of a good answer to be read.
    pub(crate) async fn rest_stream(&self, path: &str) -> Result<RestResponse, Error> {
        let effect = Effect::Read;
        call::rest(self, RestRequest { path, query: &[], payload: None, streamed: true, effect }).await
    }

    /// POSTs a form with a file to a REST path.
    pub(crate) async fn rest_upload(
        &self,
        path: &str,
        payload: &Payload,
        effect: Effect,
    ) -> Result<RestResponse, Error> {
        let payload = Some(payload);
        call::rest(self, RestRequest { path, query: &[], payload, streamed: false, effect }).await
    }

    /// POSTs JSON to a REST path of this handle's branch.
    pub(crate) async fn rest_post(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &impl Serialize,
        effect: Effect,
    ) -> Result<RestResponse, Error> {
        let body = serde_json::to_vec(body).map_err(|error| {
            Error::invalid_request(format!("the body cannot be written as JSON: {error}"))
        })?;
        let payload = Payload::Json(body.into());
        let payload = Some(&payload);
        call::rest(self, RestRequest { path, query, payload, streamed: false, effect }).await
    }
}

/// The operation of a document that is known only as text.
pub(crate) fn raw<'d>(document: &'d str, variables: impl Serialize) -> Result<Operation<'d>, Error> {
    let outline = document::outline(document);
    if outline.subscription {
        return Err(Error::invalid_request("subscriptions are not supported"));
    }
    Ok(Operation {
        name: Cow::Borrowed(outline.name),
        document: Cow::Borrowed(document),
        variables: Operation::variables(variables)?,
        effect: outline.effect,
        tracker: Cow::Borrowed(if outline.effect == Effect::Read { "query-raw" } else { "mutation-raw" }),
        kind: None,
        is_compiled: false,
        object: None,
        upload: None,
    })
}

/// Warns, or refuses, where credentials would cross a network unencrypted.
fn guard_plain_http(config: &Config, address: &Url) -> Result<(), Error> {
    let loopback = match address.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if address.scheme() == "https" || loopback {
        return Ok(());
    }
    if config.require_tls {
        return Err(Error::configuration(
            "`require_tls` is set and INFRAHUB_ADDRESS (`address`) starts with http://, so the credentials would be readable on the way",
        ));
    }
    tracing::warn!("the address starts with http://: the credentials are readable on the way to the server");
    Ok(())
}

/// The headers that the settings add to every request.
fn headers(config: &Config) -> Result<HeaderMap, Error> {
    const OURS: [&str; 9] = [
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "x-infrahub-key",
        "x-infrahub-tracker",
        "x-priority",
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in &config.headers {
        let wrong = |what: &str| Error::configuration(format!("`headers`: {name} {what}"));
        let header = HeaderName::try_from(name).map_err(|_| wrong("is no name of a header"))?;
        if OURS.contains(&header.as_str()) {
            return Err(wrong("is set by the client itself"));
        }
        headers.insert(
            header,
            auth::sensitive(value.expose_secret(), &format!("`headers`: the value of {name}"))?,
        );
    }
    Ok(headers)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.shared.config).field("branch", &self.branch()).finish()
    }
}
