//! One HTTP request and its whole, bounded answer. Nothing here decides whether to send it again.

mod http;
#[cfg(test)]
pub(crate) mod scripted;
mod tls;
mod upload;

pub(crate) use http::HttpTransport;
pub(crate) use upload::{Progress, Upload};

use crate::error::TimeLimit;
use bytes::Bytes;
use futures_core::stream::BoxStream;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// A request, complete but for the connection.
pub(crate) struct WireRequest {
    /// A POST with a body, or a GET where there is none.
    pub(crate) body: Option<Body>,
    pub(crate) url: url::Url,
    /// Beside content type and length. Those with credentials are marked sensitive.
    pub(crate) headers: HeaderMap,
    /// How long the request and its answer may take together.
    pub(crate) timeout: Option<Duration>,
    /// Whether the body of a good answer is left to be read as [`Rest`].
    pub(crate) streamed: bool,
}

/// What a request sends.
pub(crate) enum Body {
    Json(Bytes),
    /// A file on its way. It has limits of its own: one for a pause, and one for the answer once it was sent.
    Upload {
        upload: Upload,
        answer: Option<Duration>,
    },
}

#[cfg(test)]
impl WireRequest {
    /// The JSON body; empty for any other.
    pub(crate) fn json(&self) -> &[u8] {
        match &self.body {
            Some(Body::Json(json)) => json,
            _ => &[],
        }
    }
}

/// An answer, whatever its status.
#[derive(Debug, Default)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct WireResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body, where it was left to be read.
    pub(crate) rest: Rest,
}

/// A body that is still to be read: pieces of 64 KiB at most, and an error where it ends early.
#[derive(Default)]
pub(crate) struct Rest(pub(crate) Option<BoxStream<'static, Result<Bytes, WireFailure>>>);

/// A copy has no body to read.
#[cfg(test)]
impl Clone for Rest {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Rest" } else { "None" })
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WireFailure {
    /// The server cannot have the whole request: there was no name, connection or TLS session, or the connection broke
    /// before the last piece of a file was sent.
    NotSent(String),
    /// The time for the connection was over, so no byte was sent either.
    ConnectTimeout(Duration),
    /// The connection broke after the request may have been sent.
    Lost(String),
    /// The request may have been sent, and the answer did not come in time.
    Timeout(TimeLimit, Duration),
    /// The answer is larger than the limit.
    TooLarge(usize),
    /// The server took no more of a file for this long, before it had all of it.
    Stalled(Duration),
    /// The file to send could not be read to its end.
    Unreadable(String),
    /// The request cannot be put on the wire.
    Invalid(String),
}

impl WireFailure {
    /// Whether the server cannot have seen the request.
    pub(crate) fn proves_not_run(&self) -> bool {
        matches!(
            self,
            Self::NotSent(_)
                | Self::ConnectTimeout(_)
                | Self::Stalled(_)
                | Self::Unreadable(_)
                | Self::Invalid(_)
        )
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
