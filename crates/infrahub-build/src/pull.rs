//! Pulls the schema from a running server, for a build that asked for it.
//!
//! Only this module touches the network, and only the feature `pull` builds it.

use infrahub_schema::{Responses, SchemaError, Snapshot};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use ureq::http::{Response, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};

/// The largest answer that is read, in bytes after decompression.
const LONGEST_BODY: u64 = 64 << 20;

/// How often a pull starts again because the schema changed under it.
const ROUNDS: usize = 3;

/// The server to pull from, and how to reach it.
///
/// The names and defaults of the settings are those of the client that the program uses.
#[derive(Clone)]
pub struct Server {
    address: String,
    credentials: Credentials,
    branch: String,
    timeout: Duration,
    connect_timeout: Duration,
    ca_file: Option<PathBuf>,
    insecure: bool,
    proxy: Option<String>,
}

#[derive(Clone)]
enum Credentials {
    Anonymous,
    Token(String),
    Login { username: String, password: String },
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("branch", &self.branch)
            .finish_non_exhaustive()
    }
}

/// Why no schema was pulled. No credential is ever shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PullError {
    /// A setting is missing or wrong.
    #[error("{name} {problem}")]
    Setting {
        /// The environment variable.
        name: &'static str,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// The server did not answer.
    #[error("{address} does not answer: {message}; check INFRAHUB_ADDRESS and that the server runs")]
    Unreachable {
        /// The address.
        address: String,
        /// What failed.
        message: String,
    },
    /// The server answered with a failure.
    #[error("{address}{path} answered {status}: {message}; {advice}")]
    Status {
        /// The address.
        address: String,
        /// The path that was asked for.
        path: &'static str,
        /// The HTTP status.
        status: u16,
        /// The server's words, at most 500 characters.
        message: String,
        /// What to do.
        advice: &'static str,
    },
    /// The server pointed elsewhere. It is not followed: the key would go along.
    #[error("{address} redirects to {target}; set INFRAHUB_ADDRESS to the address of the server itself")]
    Redirected {
        /// The address.
        address: String,
        /// The address that it names, without path.
        target: String,
    },
    /// The schema was being changed during the pull.
    #[error(
        "the schema of branch `{branch}` changed during each of {ROUNDS} pulls; pull again when it has settled"
    )]
    Unsettled {
        /// The branch.
        branch: String,
    },
    /// The answer is no schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

impl PullError {
    /// Whether the server could not be reached or was not able to answer, so that the snapshot is
    /// a sensible substitute; false where a setting, the credentials or the schema is wrong.
    pub fn is_unreachable(&self) -> bool {
        match self {
            PullError::Unreachable { .. } | PullError::Unsettled { .. } => true,
            PullError::Status { status, .. } => matches!(status, 429 | 500..=599),
            _ => false,
        }
    }
}

impl Server {
    /// The server that `INFRAHUB_*` names.
    ///
    /// | variable | default |
    /// | --- | --- |
    /// | `INFRAHUB_ADDRESS` | `http://localhost:8000` |
    /// | `INFRAHUB_API_TOKEN`, or `INFRAHUB_USERNAME` and `INFRAHUB_PASSWORD` | anonymous |
    /// | `INFRAHUB_DEFAULT_BRANCH` | `main` |
    /// | `INFRAHUB_TIMEOUT`, `INFRAHUB_CONNECT_TIMEOUT` (seconds) | 60, 10 |
    /// | `INFRAHUB_TLS_CA_FILE`, `INFRAHUB_TLS_INSECURE`, `INFRAHUB_PROXY` | the system's trust and proxies |
    ///
    /// # Errors
    /// [`PullError::Setting`] names the variable whose value is wrong.
    pub fn from_env() -> Result<Server, PullError> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&'static str) -> Option<String>) -> Result<Server, PullError> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let credentials =
            match (set("INFRAHUB_API_TOKEN"), set("INFRAHUB_USERNAME"), set("INFRAHUB_PASSWORD")) {
                (Some(token), ..) => Credentials::Token(token),
                (None, Some(username), Some(password)) => Credentials::Login { username, password },
                (None, None, None) => Credentials::Anonymous,
                (None, Some(_), None) => {
                    return Err(setting(
                        "INFRAHUB_PASSWORD",
                        "is not set but INFRAHUB_USERNAME is; set both",
                    ));
                }
                (None, None, Some(_)) => {
                    return Err(setting(
                        "INFRAHUB_USERNAME",
                        "is not set but INFRAHUB_PASSWORD is; set both",
                    ));
                }
            };
        let mut server =
            Server::new(set("INFRAHUB_ADDRESS").unwrap_or_else(|| "http://localhost:8000".to_owned()))?;
        server.credentials = credentials;
        if let Some(branch) = set("INFRAHUB_DEFAULT_BRANCH") {
            server.branch = branch;
        }
        if let Some(limit) = set("INFRAHUB_TIMEOUT") {
            server.timeout = seconds("INFRAHUB_TIMEOUT", &limit)?;
        }
        if let Some(limit) = set("INFRAHUB_CONNECT_TIMEOUT") {
            server.connect_timeout = seconds("INFRAHUB_CONNECT_TIMEOUT", &limit)?;
        }
        server.ca_file = set("INFRAHUB_TLS_CA_FILE").map(PathBuf::from);
        server.insecure = match set("INFRAHUB_TLS_INSECURE").map(|value| value.to_lowercase()).as_deref() {
            None | Some("false" | "0" | "no" | "off") => false,
            Some("true" | "1" | "yes" | "on") => true,
            Some(_) => return Err(setting("INFRAHUB_TLS_INSECURE", "must be true or false")),
        };
        server.proxy = set("INFRAHUB_PROXY");
        Ok(server)
    }

    /// The server at an address (`https://infrahub.example.com`), branch `main`, without credentials.
    ///
    /// # Errors
    /// [`PullError::Setting`] where the address is no HTTP URL.
    pub fn new(address: impl Into<String>) -> Result<Server, PullError> {
        let address = address.into();
        let problem = |problem| Err(setting("INFRAHUB_ADDRESS", problem));
        let Some((scheme, rest)) = address.split_once("://") else {
            return problem("must start with http:// or https://");
        };
        if !matches!(scheme, "http" | "https") || rest.is_empty() {
            return problem("must start with http:// or https:// and name a host");
        }
        if rest.contains('@') {
            return problem(
                "must not hold a user name or password; set INFRAHUB_USERNAME and INFRAHUB_PASSWORD instead",
            );
        }
        if rest.contains(['?', '#']) {
            return problem("must end with the path, without `?` or `#`");
        }
        Ok(Server {
            address: address.trim_end_matches('/').to_owned(),
            credentials: Credentials::Anonymous,
            branch: "main".to_owned(),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            ca_file: None,
            insecure: false,
            proxy: None,
        })
    }

    /// Authenticates with an API token.
    #[must_use]
    pub fn with_api_token(mut self, token: impl Into<String>) -> Server {
        self.credentials = Credentials::Token(token.into());
        self
    }

    /// Authenticates with a user name and password.
    #[must_use]
    pub fn with_login(mut self, username: impl Into<String>, password: impl Into<String>) -> Server {
        self.credentials = Credentials::Login { username: username.into(), password: password.into() };
        self
    }

    /// Pulls from another branch.
    #[must_use]
    pub fn with_branch(mut self, branch: impl Into<String>) -> Server {
        self.branch = branch.into();
        self
    }

    /// Gives up on a request after this time; 60 seconds unless set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Server {
        self.timeout = timeout;
        self
    }

    /// The address, without a slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The branch.
    pub fn branch(&self) -> &str {
        &self.branch
    }

    fn agent(&self) -> Result<Agent, PullError> {
        let mut tls =
            TlsConfig::builder().disable_verification(self.insecure).root_certs(RootCerts::PlatformVerifier);
        if let Some(path) = &self.ca_file {
            let problem =
                |why: String| setting("INFRAHUB_TLS_CA_FILE", format!("({}) {why}", path.display()));
            let pem = std::fs::read(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
            let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                return Err(problem("holds no PEM certificate".to_owned()));
            }
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
        }
        let mut config = Agent::config_builder()
            .user_agent(concat!("infrahub-build/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(self.timeout))
            .timeout_connect(Some(self.connect_timeout.min(self.timeout)))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .tls_config(tls.build());
        if let Some(proxy) = &self.proxy {
            let proxy = Proxy::new(proxy).map_err(|_| {
                setting("INFRAHUB_PROXY", "is no proxy address such as http://proxy.example.com:3128")
            })?;
            config = config.proxy(Some(proxy));
        }
        Ok(config.build().new_agent())
    }
}

fn setting(name: &'static str, problem: impl Into<String>) -> PullError {
    PullError::Setting { name, problem: problem.into() }
}

fn seconds(name: &'static str, value: &str) -> Result<Duration, PullError> {
    let seconds = value.trim().parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| setting(name, "must be a number of seconds above 0"))
}

/// Pulls the schema of a branch: `GET /api/schema`, `/schema.graphql`, `/api/info`.
///
/// Blocks until the answers are there; each request ends within the server's timeout. If the
/// schema changes between the requests, they are made again, so that the parts belong together.
///
/// # Errors
/// See [`PullError`]; each says what to do next.
pub fn snapshot(server: &Server) -> Result<Snapshot, PullError> {
    let pull = Pull { server, agent: server.agent()?, authorization: None };
    pull.login()?.snapshot()
}

struct Pull<'a> {
    server: &'a Server,
    agent: Agent,
    authorization: Option<(&'static str, String)>,
}

#[derive(serde::Deserialize)]
struct Tokens {
    access_token: String,
}

#[derive(serde::Deserialize)]
struct Summary {
    main: String,
}

impl Pull<'_> {
    fn login(mut self) -> Result<Self, PullError> {
        const PATH: &str = "/api/auth/login";
        match &self.server.credentials {
            Credentials::Anonymous => {}
            Credentials::Token(token) => self.authorization = Some(("X-INFRAHUB-KEY", token.clone())),
            Credentials::Login { username, password } => {
                let body = serde_json::json!({"username": username, "password": password}).to_string();
                let request = self
                    .agent
                    .post(format!("{}{PATH}", self.server.address))
                    .header(header::CONTENT_TYPE, "application/json");
                let answer = self.read(PATH, request.send(body))?;
                let tokens: Tokens = serde_json::from_slice(&answer)
                    .map_err(|_| self.failed(PATH, 200, "the answer holds no token".to_owned()))?;
                self.authorization = Some(("Authorization", format!("Bearer {}", tokens.access_token)));
            }
        }
        Ok(self)
    }

    fn snapshot(&self) -> Result<Snapshot, PullError> {
        let info = self.get("/api/info", &[])?;
        for _ in 0..ROUNDS {
            let schema = self.get("/api/schema", &[])?;
            let sdl = self.get("/schema.graphql", &[("sorted", "true")])?;
            let now = self.hash()?;
            let responses = Responses { schema: &schema, sdl: &String::from_utf8_lossy(&sdl), info: &info };
            let snapshot = Snapshot::from_responses(responses, &self.server.branch, &self.server.address)?;
            if snapshot.source.schema_hash == now {
                return Ok(snapshot);
            }
        }
        Err(PullError::Unsettled { branch: self.server.branch.clone() })
    }

    fn hash(&self) -> Result<String, PullError> {
        const PATH: &str = "/api/schema/summary";
        serde_json::from_slice::<Summary>(&self.get(PATH, &[])?)
            .map(|summary| summary.main)
            .map_err(|_| self.failed(PATH, 200, "the answer holds no hash".to_owned()))
    }

    fn get(&self, path: &'static str, query: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.server.address))
            .query("branch", &self.server.branch)
            .query_pairs(query.iter().copied());
        if let Some((name, value)) = &self.authorization {
            request = request.header(*name, value);
        }
        self.read(path, request.call())
    }

    fn read(
        &self,
        path: &'static str,
        answer: Result<Response<Body>, ureq::Error>,
    ) -> Result<Vec<u8>, PullError> {
        let unreachable = |error: &ureq::Error| PullError::Unreachable {
            address: self.server.address.clone(),
            message: reason(error),
        };
        let mut answer = answer.map_err(|error| unreachable(&error))?;
        let status = answer.status().as_u16();
        if (300..400).contains(&status) {
            let target = answer.headers().get(header::LOCATION).and_then(|target| target.to_str().ok());
            let target = target.map_or("another place", origin);
            return Err(PullError::Redirected {
                address: self.server.address.clone(),
                target: target.to_owned(),
            });
        }
        let body = answer.body_mut().with_config().limit(LONGEST_BODY).read_to_vec();
        let body = body.map_err(|error| unreachable(&error))?;
        if status == 200 { Ok(body) } else { Err(self.failed(path, status, words(&body))) }
    }

    fn failed(&self, path: &'static str, status: u16, message: String) -> PullError {
        let advice = match status {
            401 | 403 => "check INFRAHUB_API_TOKEN, or INFRAHUB_USERNAME and INFRAHUB_PASSWORD",
            404 if path == "/api/auth/login" => "check INFRAHUB_USERNAME",
            400 => "check that the branch exists that INFRAHUB_DEFAULT_BRANCH names",
            429 | 500..=599 => "try again later",
            _ => "check that INFRAHUB_ADDRESS is the address of an Infrahub server",
        };
        PullError::Status { address: self.server.address.clone(), path, status, message, advice }
    }
}

/// What failed, without the URL or a header.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) => "the address is no valid URL".to_owned(),
        ureq::Error::BodyExceedsLimit(limit) => format!("the answer has more than {limit} bytes"),
        other => other.to_string(),
    }
}

/// Scheme, host and port of a URL; a path alone stays on the same host.
fn origin(url: &str) -> &str {
    let Some(host) = url.find("://").map(|colon| colon + 3) else { return "another path" };
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |length| host + length);
    // Whoever stands before an `@` is nobody's business.
    if url[host..end].contains('@') { "another host" } else { &url[..end] }
}

/// The server's words in a failing answer, whichever of its shapes it has.
fn words(body: &[u8]) -> String {
    use serde_json::Value;
    let message = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(answer)) => match (answer.get("errors"), answer.get("detail")) {
            (Some(Value::Array(errors)), _) => errors
                .iter()
                .map(|error| error.get("message").unwrap_or(error))
                .map(|message| message.as_str().map_or_else(|| message.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(", "),
            (_, Some(Value::String(detail))) => detail.clone(),
            (_, Some(detail)) => detail.to_string(),
            _ => String::new(),
        },
        _ => String::from_utf8_lossy(&body[..body.len().min(2000)]).trim().to_owned(),
    };
    message.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&'static str, &str)]) -> Result<Server, PullError> {
        Server::from_variables(|name| {
            variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_has_the_names_and_defaults_of_the_client() {
        let server = from(&[]).unwrap();
        assert_eq!((server.address(), server.branch()), ("http://localhost:8000", "main"));
        assert!(matches!(server.credentials, Credentials::Anonymous) && !server.insecure);
        assert_eq!(
            (server.timeout, server.connect_timeout),
            (Duration::from_secs(60), Duration::from_secs(10))
        );

        let server = from(&[
            ("INFRAHUB_ADDRESS", "https://infrahub.example.com/base/"),
            ("INFRAHUB_API_TOKEN", "the-key"),
            ("INFRAHUB_USERNAME", "admin"),
            ("INFRAHUB_PASSWORD", "hunter2"),
            ("INFRAHUB_DEFAULT_BRANCH", "change-42"),
            ("INFRAHUB_TIMEOUT", "2.5"),
            ("INFRAHUB_TLS_INSECURE", "True"),
        ])
        .unwrap();
        assert_eq!((server.address(), server.branch()), ("https://infrahub.example.com/base", "change-42"));
        assert!(
            matches!(&server.credentials, Credentials::Token(key) if key == "the-key") && server.insecure
        );
        assert_eq!(server.timeout, Duration::from_millis(2500));
        let shown = format!("{server:?}");
        assert!(!shown.contains("the-key") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (name, value) in [
            ("INFRAHUB_ADDRESS", "localhost:8000"),
            ("INFRAHUB_ADDRESS", "ftp://localhost"),
            ("INFRAHUB_ADDRESS", "http://"),
            ("INFRAHUB_ADDRESS", "http://admin:hunter2@localhost"),
            ("INFRAHUB_ADDRESS", "http://localhost/?token=hunter2"),
            ("INFRAHUB_TIMEOUT", "hunter2"),
            ("INFRAHUB_TIMEOUT", "0"),
            ("INFRAHUB_CONNECT_TIMEOUT", "-1"),
            ("INFRAHUB_TIMEOUT", "NaN"),
            ("INFRAHUB_TIMEOUT", "1e300"),
            ("INFRAHUB_TLS_INSECURE", "perhaps"),
        ] {
            let error = from(&[(name, value)]).unwrap_err();
            assert!(
                error.to_string().starts_with(name) && !error.is_unreachable(),
                "{name}={value}: {error}"
            );
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let error = from(&[("INFRAHUB_USERNAME", "admin")]).unwrap_err().to_string();
        assert_eq!(error, "INFRAHUB_PASSWORD is not set but INFRAHUB_USERNAME is; set both");
        for (name, value) in [("INFRAHUB_TLS_CA_FILE", "/no/such/file.pem"), ("INFRAHUB_PROXY", "::")] {
            let error = snapshot(&from(&[(name, value)]).unwrap()).unwrap_err();
            assert!(error.to_string().starts_with(name), "{error}");
        }
    }

    #[test]
    fn a_redirect_is_told_by_its_host_only() {
        assert_eq!(origin("https://other.example.com:8443/a?token=x"), "https://other.example.com:8443");
        assert_eq!(origin("https://other.example.com"), "https://other.example.com");
        assert_eq!(origin("https://u:p@other.example.com/"), "another host");
        assert_eq!(origin("/login"), "another path");
    }

    #[test]
    fn the_words_of_every_failing_answer_are_found() {
        for (body, expected) in [
            (
                r#"{"data":null,"errors":[{"message":"Branch: x not found.","extensions":{"code":400}}]}"#,
                "Branch: x not found.",
            ),
            (r#"{"errors":["one","two"]}"#, "one, two"),
            (r#"{"detail":"Method Not Allowed"}"#, "Method Not Allowed"),
            ("Internal Server Error", "Internal Server Error"),
            ("", ""),
        ] {
            assert_eq!(words(body.as_bytes()), expected);
        }
        assert_eq!(words("é".repeat(5000).as_bytes()).chars().count(), 500);
    }
}
