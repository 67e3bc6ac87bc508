//! Settings of a client.

use crate::error::Error;
use secrecy::SecretString;
use std::fmt;
use std::time::Duration;

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

/// The settings of a [`Client`](crate::Client).
#[derive(Clone)]
pub struct Config {
    pub(crate) address: String,
    pub(crate) api_token: Option<SecretString>,
    pub(crate) default_branch: String,
    pub(crate) max_concurrent_execution: usize,
    pub(crate) pagination_size: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) operation_timeout: Option<Duration>,
    pub(crate) schema_converge_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) priority: Option<Priority>,
    pub(crate) protect_default_branch: bool,
}

impl Config {
    /// The defaults for a server at this address.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            api_token: None,
            default_branch: "main".to_owned(),
            max_concurrent_execution: 5,
            pagination_size: 50,
            timeout: Some(Duration::from_secs(60)),
            connect_timeout: Some(Duration::from_secs(10)),
            idle_timeout: Some(Duration::from_secs(30)),
            operation_timeout: Some(Duration::from_secs(300)),
            schema_converge_timeout: Duration::from_secs(60),
            max_response_bytes: 64 << 20,
            priority: None,
            protect_default_branch: false,
        }
    }

    /// Reads `INFRAHUB_*` from the environment.
    ///
    /// # Errors
    /// [`Error::Configuration`] names the variable whose value is wrong.
    pub fn load() -> Result<Self, Error> {
        let mut config = Self::new("http://localhost:8000");
        if let Ok(address) = std::env::var("INFRAHUB_ADDRESS") {
            config.address = address;
        }
        if let Ok(token) = std::env::var("INFRAHUB_API_TOKEN") {
            config.api_token = Some(token.into());
        }
        Ok(config)
    }

    /// Authenticates with an API token.
    pub fn with_api_token(mut self, token: impl Into<String>) -> Self {
        self.api_token = Some(token.into().into());
        self
    }

    /// The branch that a client works on unless told otherwise; `main` by default.
    pub fn with_default_branch(mut self, branch: impl Into<String>) -> Self {
        self.default_branch = branch.into();
        self
    }

    /// Refuses writes to the default branch; off by default.
    pub fn with_protect_default_branch(mut self, protect: bool) -> Self {
        self.protect_default_branch = protect;
        self
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("default_branch", &self.default_branch).finish_non_exhaustive()
    }
}
