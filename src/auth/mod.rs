//! Who the client is to the server: an API token, or a login whose access token is renewed in time.

mod jwt;

use crate::call;
use crate::client::Client;
use crate::config::Credentials;
use crate::error::{Error, TimeLimit};
use crate::rest::{self, RestResponse};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;
use tokio::time::Instant;

const API_KEY: HeaderName = HeaderName::from_static("x-infrahub-key");

/// How long before its expiry an access token is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// The header that authenticates one request.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) name: HeaderName,
    /// Marked sensitive.
    pub(crate) value: HeaderValue,
    /// Which login or refresh it came from; `None` for an API token, which has no successor.
    pub(crate) flight: Option<u64>,
    renew_at: Option<Instant>,
}

/// The credentials of a client and what came of them.
pub(crate) enum Auth {
    Anonymous,
    Token(Access),
    Login(Box<Login>),
}

/// A login, shared by all clones of a client.
pub(crate) struct Login {
    username: String,
    password: SecretString,
    access: RwLock<Option<Access>>,
    /// Logins and refreshes that ended.
    flights: AtomicU64,
    /// Held by the one call that logs in or refreshes.
    session: Mutex<Session>,
}

#[derive(Default)]
struct Session {
    refresh_token: Option<SecretString>,
    /// Why the last flight failed, for those that waited for it.
    failure: Option<LoginFailure>,
}

/// A failed login, in a form that several calls can report.
#[derive(Clone)]
enum LoginFailure {
    Refused(String),
    Unreachable(String),
    Timeout(TimeLimit, Duration),
    RateLimited(Option<Duration>),
    Http(u16, String),
}

impl Auth {
    pub(crate) fn new(credentials: Credentials) -> Result<Self, Error> {
        Ok(match credentials {
            Credentials::Anonymous => Self::Anonymous,
            Credentials::Token(token) => Self::Token(Access {
                name: API_KEY,
                value: sensitive(token.expose_secret(), "INFRAHUB_API_TOKEN (`api_token`)")?,
                flight: None,
                renew_at: None,
            }),
            Credentials::Login { username, password } => Self::Login(Box::new(Login {
                username,
                password,
                access: RwLock::new(None),
                flights: AtomicU64::new(0),
                session: Mutex::new(Session::default()),
            })),
        })
    }

    /// Whether a 401 may mean that an access token ended.
    pub(crate) fn is_login(&self) -> bool {
        matches!(self, Self::Login(_))
    }

    /// The header for the next request; logs in or refreshes first where that is due. `rejected` is the
    /// access that the server answered 401 to.
    pub(crate) async fn access(
        &self,
        client: &Client,
        rejected: Option<u64>,
    ) -> Result<Option<Access>, Error> {
        match self {
            Self::Anonymous => Ok(None),
            Self::Token(access) => Ok(Some(access.clone())),
            Self::Login(login) => login.access(client, rejected).await.map(Some),
        }
    }
}

impl Login {
    async fn access(&self, client: &Client, rejected: Option<u64>) -> Result<Access, Error> {
        if let Some(access) = self.valid(rejected) {
            return Ok(access);
        }
        let flights = self.flights.load(Ordering::Acquire);
        let mut session = self.session.lock().await;
        if let Some(access) = self.valid(rejected) {
            return Ok(access);
        }
        if self.flights.load(Ordering::Acquire) != flights
            && let Some(failure) = &session.failure
        {
            return Err(failure.clone().into());
        }
        let outcome = self.fly(client, &mut session).await;
        session.failure = outcome.as_ref().err().cloned();
        self.flights.fetch_add(1, Ordering::Release);
        outcome.map_err(Error::from)
    }

    /// The access token, unless it was rejected or is about to expire.
    fn valid(&self, rejected: Option<u64>) -> Option<Access> {
        let access = self.access.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()?;
        let due = access.renew_at.is_some_and(|at| at <= Instant::now());
        (!due && (rejected.is_none() || access.flight != rejected)).then_some(access)
    }

    /// One refresh, or one login where there is nothing to refresh or the server refuses to.
    async fn fly(&self, client: &Client, session: &mut Session) -> Result<Access, LoginFailure> {
        if let Some(token) = &session.refresh_token {
            match self.refresh(client, token).await {
                Err(LoginFailure::Refused(_)) => session.refresh_token = None,
                outcome => return outcome,
            }
        }
        let body = json!({"username": self.username, "password": self.password.expose_secret()});
        let response = call::login(client, "/api/auth/login", body.to_string().into(), None)
            .await
            .map_err(LoginFailure::from)?;
        let tokens: Tokens = decode(&response)?;
        session.refresh_token = tokens.refresh_token;
        self.keep(&tokens.access_token)
    }

    async fn refresh(&self, client: &Client, token: &SecretString) -> Result<Access, LoginFailure> {
        let bearer = Access {
            name: AUTHORIZATION,
            value: bearer(token.expose_secret())?,
            flight: None,
            renew_at: None,
        };
        let response = call::login(client, "/api/auth/refresh", bytes::Bytes::new(), Some(bearer))
            .await
            .map_err(LoginFailure::from)?;
        let tokens: Tokens = decode(&response)?;
        self.keep(&tokens.access_token)
    }

    fn keep(&self, token: &SecretString) -> Result<Access, LoginFailure> {
        let token = token.expose_secret();
        let life = jwt::lifetime(token, SystemTime::now());
        let access = Access {
            name: AUTHORIZATION,
            value: bearer(token)?,
            flight: Some(self.flights.load(Ordering::Acquire) + 1),
            // A token that outlives every clock is not renewed ahead of time.
            renew_at: life
                .and_then(|life| Instant::now().checked_add(life.saturating_sub(RENEW_BEFORE.min(life / 2)))),
        };
        *self.access.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(access.clone());
        Ok(access)
    }
}

#[derive(Deserialize)]
struct Tokens {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
}

fn decode(response: &RestResponse) -> Result<Tokens, LoginFailure> {
    let status = response.status;
    match status {
        // Among them 404, for a user that the server does not know.
        400..=499 => Err(LoginFailure::Refused(rest::summary(&response.body))),
        200..=299 => serde_json::from_slice(&response.body)
            .map_err(|_| LoginFailure::Http(status, "the answer to the login holds no token".to_owned())),
        _ => Err(LoginFailure::Http(status, rest::summary(&response.body))),
    }
}

fn bearer(token: &str) -> Result<HeaderValue, LoginFailure> {
    sensitive(&format!("Bearer {token}"), "the access token")
        .map_err(|error| LoginFailure::Refused(error.to_string()))
}

/// A header value that no log shows.
pub(crate) fn sensitive(text: &str, what: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::configuration(format!("{what} has characters that no header can carry")))?;
    value.set_sensitive(true);
    Ok(value)
}

impl From<Error> for LoginFailure {
    fn from(error: Error) -> Self {
        match error {
            Error::Unreachable { message, .. } => Self::Unreachable(message),
            Error::Timeout { limit, after, .. } => Self::Timeout(limit, after),
            Error::RateLimited { retry_after, .. } => Self::RateLimited(retry_after),
            Error::Http { status, message, .. } => Self::Http(status, message),
            other => Self::Refused(format!("the login failed: {other}")),
        }
    }
}

impl From<LoginFailure> for Error {
    fn from(failure: LoginFailure) -> Self {
        match failure {
            LoginFailure::Refused(message) => Self::Authentication { message, context: None },
            LoginFailure::Unreachable(message) => Self::Unreachable { message, context: None },
            LoginFailure::Timeout(limit, after) => Self::Timeout { limit, after, context: None },
            LoginFailure::RateLimited(retry_after) => Self::RateLimited { retry_after, context: None },
            LoginFailure::Http(status, message) => Self::Http { status, message, context: None },
        }
    }
}
