//! Settings of a client.

mod file;
mod setting;

pub use setting::Limit;

use crate::address;
use crate::error::Error;
use crate::policy::backoff::Backoff;
use crate::policy::decision::RetryPolicy;
use crate::schema::{CompiledSchema, SchemaPolicy};
use secrecy::SecretString;
use setting::Settings;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The environment variable that names the configuration file.
const FILE_VARIABLE: &str = "INFRAHUB_CONFIG";

/// Looks up an environment variable.
type Variable<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// How urgent a call is to the server, which drops the least urgent first when it is overloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Priority {
    /// Background work.
    Low,
    /// What the server assumes where nothing is said.
    Medium,
    /// Someone waits for it.
    High,
}

impl Priority {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Where a setting comes from; the later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    File,
    Environment,
    Code,
}

/// What authenticates a client.
pub(crate) enum Credentials {
    Anonymous,
    Token(SecretString),
    Login { username: String, password: SecretString },
}

/// The settings of a [`Client`](crate::Client).
///
/// A setting comes from the program, else from the environment (`INFRAHUB_TIMEOUT`), else from the table
/// `[sdk]` of `infrahub.toml` (`timeout`), else from the default. The names and defaults are those of
/// Infrahub's Python SDK where it has the setting; times are in seconds.
///
/// | setting | default |
/// |---|---|
/// | `address` | `http://localhost:8000` |
/// | `api_token`, or `username` and `password` | none: anonymous |
/// | `default_branch` | `main` |
/// | `protect_default_branch` | `false` |
/// | `max_concurrent_execution` | 5 requests in flight |
/// | `pagination_size` | 50 objects a page |
/// | `priority` | none: the server takes `medium` |
/// | `timeout` (one request), `connect_timeout`, `idle_timeout`, `operation_timeout` (one call) | 60, 10, 30, 300 |
/// | `max_response_bytes` | 64 MiB |
/// | `schema_converge_timeout` | 60 |
/// | `insert_tracker` | `false` |
/// | `retry_on_failure`, `retry_delay`, `retry_max_delay`, `max_retry_duration` | `false`, 5, 60, 300 |
/// | `retry_status_codes` | `[500, 502, 503, 504]` |
/// | `rate_limit_retry_enabled`, `rate_limit_max_retries`, `rate_limit_backoff_base`, `rate_limit_backoff_max` | `true`, 10, 0.5, 60 |
/// | `proxy`, or `proxy_mounts_http` and `proxy_mounts_https` | what `HTTP_PROXY` and its like say |
/// | `tls_ca_file`, `tls_insecure`, `require_tls` | none, `false`, `false` |
/// | `headers` | none |
/// | `schema_policy`, for a client [with a compiled schema](Config::with_schema) | `warn` |
///
/// ```
/// use infrahub_client::{Config, Limit, Priority};
/// use std::time::Duration;
///
/// let config = Config::new("https://infrahub.example")
///     .with_api_token("…")
///     .with_priority(Priority::Low)
///     .with_timeout(Duration::from_secs(20))
///     .with_operation_timeout(Limit::None);
/// assert!(!format!("{config:?}").contains('…'));
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) address: String,
    api_token: Option<(Layer, SecretString)>,
    username: Option<(Layer, String)>,
    password: Option<(Layer, SecretString)>,
    pub(crate) default_branch: String,
    pub(crate) protect_default_branch: bool,
    pub(crate) insert_tracker: bool,
    pub(crate) max_concurrent_execution: usize,
    pub(crate) pagination_size: u32,
    pub(crate) priority: Option<Priority>,
    pub(crate) timeout: Limit,
    pub(crate) connect_timeout: Limit,
    pub(crate) idle_timeout: Limit,
    pub(crate) operation_timeout: Limit,
    pub(crate) schema_converge_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry_on_failure: bool,
    retry_delay: Duration,
    retry_max_delay: Duration,
    max_retry_duration: Limit,
    pub(crate) retry_status_codes: Vec<u16>,
    rate_limit_retry_enabled: bool,
    rate_limit_max_retries: u32,
    rate_limit_backoff_base: Duration,
    rate_limit_backoff_max: Duration,
    pub(crate) proxy: Option<SecretString>,
    pub(crate) proxy_mounts_http: Option<SecretString>,
    pub(crate) proxy_mounts_https: Option<SecretString>,
    pub(crate) tls_insecure: bool,
    pub(crate) tls_ca_file: Option<PathBuf>,
    pub(crate) require_tls: bool,
    pub(crate) headers: BTreeMap<String, SecretString>,
    pub(crate) schema: Option<CompiledSchema>,
    pub(crate) schema_policy: SchemaPolicy,
}

impl Default for Config {
    /// The defaults, for a server at `http://localhost:8000`. The environment is not read.
    fn default() -> Self {
        Self {
            address: "http://localhost:8000".to_owned(),
            api_token: None,
            username: None,
            password: None,
            default_branch: "main".to_owned(),
            protect_default_branch: false,
            insert_tracker: false,
            max_concurrent_execution: 5,
            pagination_size: 50,
            priority: None,
            timeout: Limit::After(Duration::from_secs(60)),
            connect_timeout: Limit::After(Duration::from_secs(10)),
            idle_timeout: Limit::After(Duration::from_secs(30)),
            operation_timeout: Limit::After(Duration::from_secs(300)),
            schema_converge_timeout: Duration::from_secs(60),
            max_response_bytes: 64 << 20,
            retry_on_failure: false,
            retry_delay: Duration::from_secs(5),
            retry_max_delay: Duration::from_secs(60),
            max_retry_duration: Limit::After(Duration::from_secs(300)),
            retry_status_codes: vec![500, 502, 503, 504],
            rate_limit_retry_enabled: true,
            rate_limit_max_retries: 10,
            rate_limit_backoff_base: Duration::from_millis(500),
            rate_limit_backoff_max: Duration::from_secs(60),
            proxy: None,
            proxy_mounts_http: None,
            proxy_mounts_https: None,
            tls_insecure: false,
            tls_ca_file: None,
            require_tls: false,
            headers: BTreeMap::new(),
            schema: None,
            schema_policy: SchemaPolicy::default(),
        }
    }
}

impl Config {
    /// The defaults for a server at this address. Neither environment nor file is read.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), ..Self::default() }
    }

    /// Reads the environment and, beneath it, the file that `INFRAHUB_CONFIG` names or else `infrahub.toml`
    /// in the current directory.
    ///
    /// # Errors
    /// [`Error::Configuration`] names the variable, or the file, line and key, that is wrong. A file that
    /// `INFRAHUB_CONFIG` names must exist.
    pub fn load() -> Result<Self, Error> {
        Self::load_from(&|name| std::env::var_os(name), Path::new(""))
    }

    fn load_from(variable: &Variable<'_>, directory: &Path) -> Result<Self, Error> {
        let mut config = Self::default();
        config.apply(file::load(variable, directory)?, Layer::File);
        config.apply(Settings::from_environment(variable)?, Layer::Environment);
        Ok(config)
    }

    fn apply(&mut self, settings: Settings, layer: Layer) {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        fn set_some<T>(place: &mut Option<T>, value: Option<T>) {
            if value.is_some() {
                *place = value;
            }
        }
        set(&mut self.address, settings.address);
        set_some(&mut self.api_token, settings.api_token.map(|token| (layer, token)));
        set_some(&mut self.username, settings.username.map(|username| (layer, username)));
        set_some(&mut self.password, settings.password.map(|password| (layer, password)));
        set(&mut self.default_branch, settings.default_branch);
        set(&mut self.protect_default_branch, settings.protect_default_branch);
        set(&mut self.insert_tracker, settings.insert_tracker);
        set(&mut self.max_concurrent_execution, settings.max_concurrent_execution);
        set(&mut self.pagination_size, settings.pagination_size);
        set_some(&mut self.priority, settings.priority);
        set(&mut self.timeout, settings.timeout);
        set(&mut self.connect_timeout, settings.connect_timeout);
        set(&mut self.idle_timeout, settings.idle_timeout);
        set(&mut self.operation_timeout, settings.operation_timeout);
        set(&mut self.schema_converge_timeout, settings.schema_converge_timeout);
        set(&mut self.max_response_bytes, settings.max_response_bytes);
        set(&mut self.retry_on_failure, settings.retry_on_failure);
        set(&mut self.retry_delay, settings.retry_delay);
        set(&mut self.retry_max_delay, settings.retry_max_delay);
        set(&mut self.max_retry_duration, settings.max_retry_duration);
        set(&mut self.retry_status_codes, settings.retry_status_codes);
        set(&mut self.rate_limit_retry_enabled, settings.rate_limit_retry_enabled);
        set(&mut self.rate_limit_max_retries, settings.rate_limit_max_retries);
        set(&mut self.rate_limit_backoff_base, settings.rate_limit_backoff_base);
        set(&mut self.rate_limit_backoff_max, settings.rate_limit_backoff_max);
        set_some(&mut self.proxy, settings.proxy);
        set_some(&mut self.proxy_mounts_http, settings.proxy_mounts_http);
        set_some(&mut self.proxy_mounts_https, settings.proxy_mounts_https);
        set(&mut self.tls_insecure, settings.tls_insecure);
        set_some(&mut self.tls_ca_file, settings.tls_ca_file);
        set(&mut self.require_tls, settings.require_tls);
        set(&mut self.headers, settings.headers);
        set(&mut self.schema_policy, settings.schema_policy);
    }

    /// The server's address: `http://` or `https://`, host, port and the path that it is served under, if any.
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// Authenticates with an API token, whatever credentials environment and file give.
    pub fn with_api_token(mut self, token: impl Into<String>) -> Self {
        self.api_token = Some((Layer::Code, token.into().into()));
        self
    }

    /// Authenticates by logging in, whatever credentials environment and file give. The access token is
    /// renewed before it expires.
    pub fn with_login(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.username = Some((Layer::Code, username.into()));
        self.password = Some((Layer::Code, password.into().into()));
        self
    }

    /// The branch that a client works on unless [`Client::on`](crate::Client::on) says otherwise.
    pub fn with_default_branch(mut self, branch: impl Into<String>) -> Self {
        self.default_branch = branch.into();
        self
    }

    /// Tells the client what the program was compiled for: the `SCHEMA` beside the generated kinds.
    ///
    /// Before the first compiled operation on a branch, the client compares that with what the branch serves, for one
    /// small request, and does as [`Config::with_schema_policy`] says. Documents that are sent as text are not
    /// compiled: [`Client::execute`](crate::Client::execute) does not ask.
    ///
    /// ```
    /// use infrahub_client::Config;
    /// use infrahub_client::schema::SchemaPolicy;
    ///
    /// let config = Config::new("https://infrahub.example")
    ///     .with_schema(infrahub_demo_kinds::SCHEMA)
    ///     .with_schema_policy(SchemaPolicy::Refuse);
    /// ```
    pub fn with_schema(mut self, schema: CompiledSchema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// What happens where a branch serves another schema than the compiled one, in a way that breaks the program;
    /// [`SchemaPolicy::Warn`] unless it is said.
    pub fn with_schema_policy(mut self, policy: SchemaPolicy) -> Self {
        self.schema_policy = policy;
        self
    }

    /// Refuses writes to `default_branch`: objects can then be changed on other branches only.
    pub fn with_protect_default_branch(mut self, protect: bool) -> Self {
        self.protect_default_branch = protect;
        self
    }

    /// Names each operation in the header `X-Infrahub-Tracker`, which the server logs.
    pub fn with_insert_tracker(mut self, insert: bool) -> Self {
        self.insert_tracker = insert;
        self
    }

    /// The most requests in flight of a client and its clones together.
    pub fn with_max_concurrent_execution(mut self, requests: usize) -> Self {
        self.max_concurrent_execution = requests;
        self
    }

    /// Objects a page of a list.
    pub fn with_pagination_size(mut self, objects: u32) -> Self {
        self.pagination_size = objects;
        self
    }

    /// How urgent the calls are.
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// How long one request and its answer may take.
    pub fn with_timeout(mut self, limit: impl Into<Limit>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// How long opening a connection may take.
    pub fn with_connect_timeout(mut self, limit: impl Into<Limit>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// How long an answer may pause once it has begun.
    pub fn with_idle_timeout(mut self, limit: impl Into<Limit>) -> Self {
        self.idle_timeout = limit.into();
        self
    }

    /// How long one call may take, with all its attempts and waits.
    pub fn with_operation_timeout(mut self, limit: impl Into<Limit>) -> Self {
        self.operation_timeout = limit.into();
        self
    }

    /// How long to wait until all workers of the server know a schema that was loaded.
    pub fn with_schema_converge_timeout(mut self, limit: Duration) -> Self {
        self.schema_converge_timeout = limit;
        self
    }

    /// The largest answer, in bytes after decompression.
    pub fn with_max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Rides out a long outage: what is safe to send again is, until `max_retry_duration` is over, instead of
    /// three times in all.
    pub fn with_retry_on_failure(mut self, retry: bool) -> Self {
        self.retry_on_failure = retry;
        self
    }

    /// The first and the longest wait between attempts during an outage.
    pub fn with_retry_delay(mut self, first: Duration, longest: Duration) -> Self {
        self.retry_delay = first;
        self.retry_max_delay = longest;
        self
    }

    /// How long an outage is ridden out; zero is for ever.
    pub fn with_max_retry_duration(mut self, limit: impl Into<Limit>) -> Self {
        self.max_retry_duration = limit.into();
        self
    }

    /// The HTTP statuses of a failing server, after which what is safe to send again is.
    pub fn with_retry_status_codes(mut self, codes: impl Into<Vec<u16>>) -> Self {
        self.retry_status_codes = codes.into();
        self
    }

    /// How often a call is sent again because the server is overloaded; 0 is never.
    pub fn with_rate_limit_max_retries(mut self, retries: u32) -> Self {
        self.rate_limit_max_retries = retries;
        self
    }

    /// The first and the longest wait after an overload for which the server names none.
    pub fn with_rate_limit_backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.rate_limit_backoff_base = first;
        self.rate_limit_backoff_max = longest;
        self
    }

    /// Sends every request through this proxy. The URL may hold a user name and a password.
    pub fn with_proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into().into());
        self
    }

    /// Sends requests to `http://` addresses through this proxy.
    pub fn with_proxy_mounts_http(mut self, url: impl Into<String>) -> Self {
        self.proxy_mounts_http = Some(url.into().into());
        self
    }

    /// Sends requests to `https://` addresses through this proxy.
    pub fn with_proxy_mounts_https(mut self, url: impl Into<String>) -> Self {
        self.proxy_mounts_https = Some(url.into().into());
        self
    }

    /// Adds a header to every request. Its value is treated as a secret.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into().into());
        self
    }

    /// Trusts the certificate authorities in this PEM file beside those of the system.
    pub fn with_tls_ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls_ca_file = Some(path.into());
        self
    }

    /// Accepts any certificate, so that anyone on the way can read and change everything, the credentials
    /// included. The setting is called `tls_insecure` in environment and file.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.tls_insecure = accept;
        self
    }

    /// Refuses to send credentials over plain HTTP to another machine, instead of warning.
    pub fn with_require_tls(mut self, require: bool) -> Self {
        self.require_tls = require;
        self
    }

    /// What authenticates a client: of a token and a login the one from the higher source.
    pub(crate) fn credentials(&self) -> Result<Credentials, Error> {
        let login = match (&self.username, &self.password) {
            (Some((user_layer, username)), Some((password_layer, password))) => {
                Some((*user_layer.max(password_layer), username.clone(), password.clone()))
            }
            (None, None) => None,
            (Some(_), None) => {
                return Err(Error::configuration(
                    "INFRAHUB_USERNAME (`username`) is set without INFRAHUB_PASSWORD (`password`)",
                ));
            }
            (None, Some(_)) => {
                return Err(Error::configuration(
                    "INFRAHUB_PASSWORD (`password`) is set without INFRAHUB_USERNAME (`username`)",
                ));
            }
        };
        match (&self.api_token, login) {
            (Some((token_layer, _)), Some((login_layer, ..))) if *token_layer == login_layer => {
                Err(Error::configuration(
                    "both an API token (`api_token`) and a login (`username`, `password`) are set; set one of them",
                ))
            }
            (Some((token_layer, token)), login)
                if login.as_ref().is_none_or(|(layer, ..)| layer < token_layer) =>
            {
                Ok(Credentials::Token(token.clone()))
            }
            (_, Some((_, username, password))) => Ok(Credentials::Login { username, password }),
            (_, None) => Ok(Credentials::Anonymous),
        }
    }

    /// How a client retries.
    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        let (transient_retries, transient) = if self.retry_on_failure {
            (None, Backoff { base: self.retry_delay, cap: self.retry_max_delay })
        } else {
            (Some(2), Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(20) })
        };
        RetryPolicy {
            transient_retries,
            transient,
            throttled_retries: if self.rate_limit_retry_enabled { self.rate_limit_max_retries } else { 0 },
            throttled: Backoff { base: self.rate_limit_backoff_base, cap: self.rate_limit_backoff_max },
        }
    }

    /// How long one call may take.
    pub(crate) fn call_limit(&self) -> Option<Duration> {
        let call = self.operation_timeout.duration()?;
        if !self.retry_on_failure {
            return Some(call);
        }
        let outage = self.max_retry_duration.duration().filter(|outage| !outage.is_zero())?;
        Some(call.max(outage))
    }

    /// Checks what no single setting shows.
    pub(crate) fn check(&self) -> Result<(), Error> {
        address::graphql(&address::parse(&self.address)?, Some(&self.default_branch), None).map_err(
            |_| Error::configuration("INFRAHUB_DEFAULT_BRANCH (`default_branch`) is no name of a branch"),
        )?;
        for (name, limit) in [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
            ("idle_timeout", self.idle_timeout),
            ("operation_timeout", self.operation_timeout),
        ] {
            if limit == Limit::After(Duration::ZERO) {
                return Err(Error::configuration(format!(
                    "`{name}` is zero, so nothing could ever succeed; for no limit say `none`"
                )));
            }
        }
        for (name, number) in [
            ("max_concurrent_execution", self.max_concurrent_execution),
            ("pagination_size", self.pagination_size as usize),
            ("max_response_bytes", self.max_response_bytes),
        ] {
            if number == 0 {
                return Err(Error::configuration(format!("`{name}` must be 1 or more")));
            }
        }
        if i32::try_from(self.pagination_size).is_err() {
            let message = format!(
                "`pagination_size` must be at most {}, which is the most that the server takes",
                i32::MAX
            );
            return Err(Error::configuration(message));
        }
        if self.proxy.is_some() && (self.proxy_mounts_http.is_some() || self.proxy_mounts_https.is_some()) {
            return Err(Error::configuration(
                "set either `proxy` or `proxy_mounts_http` and `proxy_mounts_https`",
            ));
        }
        Ok(())
    }
}

/// Shows whether a secret is set, never the secret.
struct Set(bool);

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "set" } else { "unset" })
    }
}

impl fmt::Debug for Config {
    /// Shows no secret: of tokens, passwords and proxies only whether they are set, of headers the names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match address::parse(&self.address) {
            Ok(url) => url.to_string(),
            Err(_) => "not valid".to_owned(),
        };
        f.debug_struct("Config")
            .field("address", &address)
            .field("api_token", &Set(self.api_token.is_some()))
            .field("username", &Set(self.username.is_some()))
            .field("password", &Set(self.password.is_some()))
            .field("default_branch", &self.default_branch)
            .field("protect_default_branch", &self.protect_default_branch)
            .field("insert_tracker", &self.insert_tracker)
            .field("max_concurrent_execution", &self.max_concurrent_execution)
            .field("pagination_size", &self.pagination_size)
            .field("priority", &self.priority)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("operation_timeout", &self.operation_timeout)
            .field("schema_converge_timeout", &self.schema_converge_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("retry", &self.retry_policy())
            .field("retry_status_codes", &self.retry_status_codes)
            .field("proxy", &Set(self.proxy.is_some()))
            .field("proxy_mounts_http", &Set(self.proxy_mounts_http.is_some()))
            .field("proxy_mounts_https", &Set(self.proxy_mounts_https.is_some()))
            .field("tls_insecure", &self.tls_insecure)
            .field("tls_ca_file", &self.tls_ca_file)
            .field("require_tls", &self.require_tls)
            .field("headers", &self.headers.keys())
            .field("schema", &Set(self.schema.is_some()))
            .field("schema_policy", &self.schema_policy)
            .finish()
    }
}

#[cfg(test)]
mod tests;
