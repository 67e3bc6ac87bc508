//! The transport over reqwest.

use super::{WireFailure, WireRequest, WireResponse};
use crate::config::Config;
use crate::error::{Error, TimeLimit};
use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use std::error::Error as _;
use std::time::Duration;
use tokio::time::timeout;

/// One connection pool and the limits of what goes through it.
pub(crate) struct HttpTransport {
    client: reqwest::Client,
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_response_bytes: usize,
}

impl HttpTransport {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("infrahub-client/", env!("CARGO_PKG_VERSION")))
            .pool_max_idle_per_host(config.max_concurrent_execution);
        if let Some(limit) = config.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        let client = builder.build().map_err(|error| Error::configuration(reason(&error)))?;
        Ok(Self {
            client,
            connect_timeout: config.connect_timeout,
            idle_timeout: config.idle_timeout,
            max_response_bytes: config.max_response_bytes,
        })
    }

    pub(super) async fn send(&self, request: WireRequest) -> Result<WireResponse, WireFailure> {
        match request.timeout {
            Some(limit) => timeout(limit, self.exchange(request))
                .await
                .unwrap_or(Err(WireFailure::Timeout(TimeLimit::Attempt, limit))),
            None => self.exchange(request).await,
        }
    }

    async fn exchange(&self, request: WireRequest) -> Result<WireResponse, WireFailure> {
        let builder = match request.body {
            Some(body) => self
                .client
                .post(request.url)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body),
            None => self.client.get(request.url),
        };
        let mut response =
            builder.headers(request.headers).send().await.map_err(|error| self.failure(&error))?;
        let mut answer = WireResponse {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: Bytes::new(),
        };
        answer.body = self.body(response).await?;
        Ok(answer)
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Bytes, WireFailure> {
        let mut body = BytesMut::new();
        loop {
            let chunk = match self.idle_timeout {
                Some(limit) => timeout(limit, response.chunk())
                    .await
                    .map_err(|_| WireFailure::Timeout(TimeLimit::Idle, limit))?,
                None => response.chunk().await,
            };
            let Some(chunk) = chunk.map_err(|error| self.failure(&error))? else {
                return Ok(body.freeze());
            };
            if body.len() + chunk.len() > self.max_response_bytes {
                return Err(WireFailure::TooLarge(self.max_response_bytes));
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn failure(&self, error: &reqwest::Error) -> WireFailure {
        if error.is_builder() {
            WireFailure::Invalid(reason(error))
        } else if error.is_connect() {
            match self.connect_timeout {
                Some(limit) if error.is_timeout() => WireFailure::ConnectTimeout(limit),
                _ => WireFailure::NotSent(reason(error)),
            }
        } else {
            WireFailure::Lost(reason(error))
        }
    }
}

/// The innermost cause: it names neither the URL nor a header.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match error.source() {
        Some(_) => cause.to_string(),
        None => "the HTTP client failed".to_owned(),
    }
}
