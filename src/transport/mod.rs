//! One HTTP request and its whole, bounded answer. Nothing here decides whether to send it again.

mod http;
#[cfg(test)]
pub(crate) mod scripted;
mod tls;

pub(crate) use http::HttpTransport;

use crate::error::TimeLimit;
use bytes::Bytes;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// A request, complete but for the connection.
#[derive(Clone)]
pub(crate) struct WireRequest {
    /// A POST with a JSON body, or a GET where there is none.
    pub(crate) body: Option<Bytes>,
    pub(crate) url: url::Url,
    /// Beside content type and length. Those with credentials are marked sensitive.
    pub(crate) headers: HeaderMap,
    /// How long the request and its answer may take together.
    pub(crate) timeout: Option<Duration>,
}

/// An answer, whatever its status.
#[derive(Debug, Clone, Default)]
pub(crate) struct WireResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WireFailure {
    /// No byte of the request was sent: no name, no connection, no TLS session.
    NotSent(String),
    /// The time for the connection was over, so no byte was sent either.
    ConnectTimeout(Duration),
    /// The connection broke after the request may have been sent.
    Lost(String),
    /// The request may have been sent, and the answer did not come in time.
    Timeout(TimeLimit, Duration),
    /// The answer is larger than the limit.
    TooLarge(usize),
    /// The request cannot be put on the wire.
    Invalid(String),
}

impl WireFailure {
    /// Whether the server cannot have seen the request.
    pub(crate) fn proves_not_run(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::ConnectTimeout(_) | Self::Invalid(_))
    }
}

/// What carries requests.
pub(crate) enum Transport {
    Http(Box<HttpTransport>),
    #[cfg(test)]
    Scripted(scripted::Scripted),
}

impl Transport {
    /// Sends the request once and reads the whole answer.
    pub(crate) async fn send(&self, request: WireRequest) -> Result<WireResponse, WireFailure> {
        match self {
            Self::Http(http) => http.send(request).await,
            #[cfg(test)]
            Self::Scripted(scripted) => scripted.send(request).await,
        }
    }
}
