//! The transport over reqwest.

use super::tls::Tls;
use super::{Body, Rest, Upload, WireFailure, WireRequest, WireResponse};
use crate::config::Config;
use crate::error::{Error, TimeLimit};
use crate::file::PIECE;
use bytes::{Bytes, BytesMut};
use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt};
use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::error::Error as _;
use std::pin::pin;
use std::sync::RwLock;
use std::time::Duration;
use tokio::time::timeout;

/// How long an unused connection is kept: less than the 5 s after which the server's own HTTP layer closes one,
/// so that a request rarely meets a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(4);

/// One connection pool and the limits of what goes through it.
pub(crate) struct HttpTransport {
    pool: RwLock<reqwest::Client>,
    settings: PoolSettings,
    idle_timeout: Option<Duration>,
    max_response_bytes: usize,
}

/// What a new pool is made from.
struct PoolSettings {
    tls: Tls,
    proxies: Vec<reqwest::Proxy>,
    connect_timeout: Option<Duration>,
    connections: usize,
}

impl PoolSettings {
    fn build(&self) -> reqwest::Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("infrahub-client/", env!("CARGO_PKG_VERSION")))
            .pool_idle_timeout(KEEP_ALIVE)
            .pool_max_idle_per_host(self.connections);
        if let Some(limit) = self.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        for proxy in &self.proxies {
            builder = builder.proxy(proxy.clone());
        }
        self.tls.apply(builder).build()
    }
}

impl HttpTransport {
    pub(crate) fn new(config: &Config, address_is_https: bool) -> Result<Self, Error> {
        let settings = PoolSettings {
            tls: Tls::new(config, address_is_https)?,
            proxies: proxies(config)?,
            connect_timeout: config.connect_timeout.duration(),
            connections: config.max_concurrent_execution,
        };
        let pool = settings.build().map_err(|error| Error::configuration(reason(&error)))?;
        Ok(Self {
            pool: RwLock::new(pool),
            settings,
            idle_timeout: config.idle_timeout.duration(),
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
        let pool = self.pool.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        match request.body {
            Some(Body::Json(body)) => {
                let builder = pool
                    .post(request.url)
                    .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                    .body(body);
                self.answer(builder.headers(request.headers), request.streamed).await
            }
            Some(Body::Upload { upload, answer }) => {
                let builder = pool.post(request.url).headers(request.headers);
                self.upload(builder, upload, answer).await
            }
            None => {
                let mut builder = pool.get(request.url).headers(request.headers);
                if request.streamed {
                    // A length that is that of the file shows where a body was cut.
                    builder = builder.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
                }
                self.answer(builder, request.streamed).await
            }
        }
    }

    async fn upload(
        &self,
        mut builder: RequestBuilder,
        upload: Upload,
        answer: Option<Duration>,
    ) -> Result<WireResponse, WireFailure> {
        builder = builder.header(CONTENT_TYPE, upload.content_type);
        if let Some(length) = upload.length {
            builder = builder.header(CONTENT_LENGTH, length);
        }
        let exchange = self.answer(builder.body(reqwest::Body::wrap_stream(upload.pieces)), false);
        let watch = upload.progress.watch(self.idle_timeout, answer);
        let result = match select(pin!(exchange), pin!(watch)).await {
            Either::Left((result, _)) => result,
            Either::Right((failure, _)) => Err(failure),
        };
        result.map_err(|failure| upload.progress.judge(failure))
    }

    async fn answer(&self, builder: RequestBuilder, streamed: bool) -> Result<WireResponse, WireFailure> {
        let mut response = builder.send().await.map_err(|error| self.failure(&error))?;
        let mut answer = WireResponse {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            ..WireResponse::default()
        };
        if answer.status == 500 && !is_json(&answer) {
            self.drop_connections();
        }
        if streamed && answer.status == 200 {
            answer.rest = rest(response, self.idle_timeout);
        } else {
            answer.body = self.body(response).await?;
        }
        Ok(answer)
    }

    /// Leaves the pool's connections to the requests that use them, and opens new ones from here on.
    ///
    /// After an unhandled error the server closes the connection without saying so. Had the pool kept it, the
    /// next request would break, and a write then could not tell whether it ran.
    fn drop_connections(&self) {
        if let Ok(pool) = self.settings.build() {
            *self.pool.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = pool;
        }
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Bytes, WireFailure> {
        let mut body = BytesMut::new();
        loop {
            let Some(chunk) = chunk(&mut response, self.idle_timeout).await? else {
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
            match self.settings.connect_timeout {
                Some(limit) if error.is_timeout() => WireFailure::ConnectTimeout(limit),
                _ => WireFailure::NotSent(reason(error)),
            }
        } else {
            WireFailure::Lost(reason(error))
        }
    }
}

/// The next part of a body as it came; `None` at its end.
async fn chunk(
    response: &mut reqwest::Response,
    idle: Option<Duration>,
) -> Result<Option<Bytes>, WireFailure> {
    let chunk = match idle {
        Some(limit) => timeout(limit, response.chunk())
            .await
            .map_err(|_| WireFailure::Timeout(TimeLimit::Idle, limit))?,
        None => response.chunk().await,
    };
    chunk.map_err(|error| WireFailure::Lost(reason(&error)))
}

/// The body of an answer, to be read by the caller at the caller's pace.
fn rest(response: reqwest::Response, idle: Option<Duration>) -> Rest {
    let next = move |(mut response, mut pending): (reqwest::Response, Bytes)| async move {
        while pending.is_empty() {
            match chunk(&mut response, idle).await? {
                Some(chunk) => pending = chunk,
                None => return Ok(None),
            }
        }
        let piece = pending.split_to(pending.len().min(PIECE));
        Ok(Some((piece, (response, pending))))
    };
    Rest(Some(stream::try_unfold((response, Bytes::new()), next).boxed()))
}

fn is_json(response: &WireResponse) -> bool {
    let content_type = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("application/json"))
}

/// The proxies that the settings name; none means those of `HTTP_PROXY` and its like.
fn proxies(config: &Config) -> Result<Vec<reqwest::Proxy>, Error> {
    type Make = fn(&str) -> reqwest::Result<reqwest::Proxy>;
    let settings: [(&str, &Option<SecretString>, Make); 3] = [
        ("proxy", &config.proxy, |url| reqwest::Proxy::all(url)),
        ("proxy_mounts_http", &config.proxy_mounts_http, |url| reqwest::Proxy::http(url)),
        ("proxy_mounts_https", &config.proxy_mounts_https, |url| reqwest::Proxy::https(url)),
    ];
    let mut proxies = Vec::new();
    for (name, url, make) in settings {
        if let Some(url) = url {
            let proxy = url::Url::parse(url.expose_secret()).ok().and_then(|url| make(url.as_str()).ok());
            proxies.push(proxy.ok_or_else(|| {
                Error::configuration(format!("`{name}` is not a URL such as http://proxy.example:3128"))
            })?);
        }
    }
    Ok(proxies)
}

/// The innermost cause: it names neither the URL nor a header.
fn reason(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else {
        return "the HTTP client failed".to_owned();
    };
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
