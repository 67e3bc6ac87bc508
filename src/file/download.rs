//! Downloads: a stream of pieces that ends well only if it was the whole file.

use super::checksum::{Algorithm, Hasher};
use super::object::FileOf;
use super::part::PartFile;
use crate::artifact::ArtifactOf;
use crate::call::{BeginAgain, wire_error};
use crate::client::Client;
use crate::error::{Context, Error, TimeLimit};
use crate::rest::RestResponse;
use crate::storage::StoredObject;
use crate::transport::{Rest, WireFailure};
use bytes::{Bytes, BytesMut};
use futures_core::future::BoxFuture;
use futures_core::stream::{BoxStream, Stream};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING};
use std::fmt;
use std::future::IntoFuture;
use std::path::Path;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A file to download: await it for a stream of its pieces, or take it whole with [`bytes`](DownloadRequest::bytes) or
/// [`to_path`](DownloadRequest::to_path).
///
/// The time limits of a call hold until the answer begins; after that it is `idle_timeout` that ends a download that
/// stands still. [`Client::with_timeout`] limits it all.
#[must_use = "a download begins when it is awaited"]
#[derive(Debug, Clone)]
pub struct DownloadRequest {
    client: Client,
    what: What,
}

/// What there is to download.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Object(StoredObject),
    File(FileOf),
    Artifact(ArtifactOf),
}

/// Where a file is, and what is known of it.
#[derive(Debug)]
pub(crate) struct Located {
    /// The path of the REST call.
    pub(crate) path: String,
    /// The file in the words of an error.
    pub(crate) what: String,
    pub(crate) name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) checksum: Option<(Algorithm, String)>,
}

impl DownloadRequest {
    pub(crate) fn new(client: Client, what: What) -> Self {
        Self { client, what }
    }

    /// Reads the whole file into memory. A download that is cut is begun again.
    ///
    /// # Errors
    /// [`Error::BodyTooLarge`] where it is larger than `max_response_bytes`; else as a [`Download`].
    pub async fn bytes(self) -> Result<Bytes, Error> {
        let mut target =
            Target::Memory { bytes: BytesMut::new(), limit: self.client.config().max_response_bytes };
        self.fill(&mut target).await?;
        match target {
            Target::Memory { bytes, .. } => Ok(bytes.freeze()),
            Target::Disk { .. } => Ok(Bytes::new()),
        }
    }

    /// Writes the file to disk and gives its size in bytes. A download that is cut is begun again.
    ///
    /// The bytes go to a file beside `path` (`.plan.pdf.1a2b3c4d.part`), which takes that name, and the place of what
    /// has it, once it is whole and its checksum is right. Whatever fails, or if the future is dropped, it is removed.
    ///
    /// # Errors
    /// [`Error::File`] where the file cannot be written; else as a [`Download`].
    pub async fn to_path(self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let mut target = Target::Disk { part: PartFile::create(path.as_ref()).await?, path: path.as_ref() };
        let size = self.fill(&mut target).await?;
        if let Target::Disk { part, .. } = target {
            part.finish().await?;
        }
        Ok(size)
    }

    /// Downloads into the target, from the start again where the connection breaks, and gives the size.
    async fn fill(&self, target: &mut Target<'_>) -> Result<u64, Error> {
        let mut retries = BeginAgain::new(&self.client);
        // One limit for all attempts.
        let deadline = self.deadline();
        loop {
            let mut download = self.open(deadline).await?;
            let mut size = 0;
            let error = loop {
                match download.try_next().await {
                    Ok(Some(piece)) => {
                        size += piece.len() as u64;
                        target.write(&piece).await?;
                    }
                    Ok(None) => return Ok(size),
                    Err(error) => break error,
                }
            };
            let is_cut =
                matches!(error, Error::Unreachable { .. } | Error::Timeout { limit: TimeLimit::Idle, .. });
            let is_over = deadline.is_some_and(|(end, _)| end <= Instant::now());
            if !is_cut || is_over || !retries.wait().await {
                return Err(error);
            }
            target.restart().await?;
        }
    }

    /// When the time is over that the caller gave, and how long that was.
    fn deadline(&self) -> Option<(Instant, Duration)> {
        let limit = self.client.scope().timeout?;
        Some((Instant::now().checked_add(limit)?, limit))
    }

    /// Finds the file and reads the head of the answer.
    async fn open(&self, deadline: Option<(Instant, Duration)>) -> Result<Download, Error> {
        let located = match &self.what {
            What::Object(object) => object.located(),
            What::File(file) => file.info().await?.located(file.kind()),
            What::Artifact(artifact) => artifact.get().await?.located()?,
        };
        let client = match deadline {
            Some((end, _)) => self.client.with_timeout(end.saturating_duration_since(Instant::now())),
            None => self.client.clone(),
        };
        let response = client.rest_stream(&located.path).await?;
        if response.status == 404 {
            let error = Error::NotFound { kind: "file".to_owned(), what: located.what, context: None };
            return Err(error.in_call(response.context));
        }
        Download::new(located, response, deadline)
    }
}

impl IntoFuture for DownloadRequest {
    type Output = Result<Download, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.open(self.deadline()).await })
    }
}

/// Where the bytes of a whole file go.
enum Target<'a> {
    Memory { bytes: BytesMut, limit: usize },
    Disk { part: PartFile, path: &'a Path },
}

impl Target<'_> {
    async fn write(&mut self, piece: &Bytes) -> Result<(), Error> {
        match self {
            Self::Memory { bytes, limit } if bytes.len() + piece.len() > *limit => {
                Err(Error::BodyTooLarge { limit: *limit, context: None })
            }
            Self::Memory { bytes, .. } => {
                bytes.extend_from_slice(piece);
                Ok(())
            }
            Self::Disk { part, .. } => part.write(piece).await,
        }
    }

    async fn restart(&mut self) -> Result<(), Error> {
        match self {
            Self::Memory { bytes, .. } => bytes.clear(),
            Self::Disk { part, path } => *part = PartFile::create(path).await?,
        }
        Ok(())
    }
}

/// A file on its way: a [`Stream`] of pieces of 64 KiB at most.
///
/// It ends with an error unless it was the whole file: [`Error::Unreachable`] or [`Error::Timeout`] where the
/// connection broke or stood still, [`Error::ChecksumMismatch`] after the last piece where the checksum is another than
/// the server keeps. So what the pieces make is the file only when the stream has ended without an error.
pub struct Download {
    name: Option<String>,
    content_type: Option<String>,
    size: Option<u64>,
    pieces: BoxStream<'static, Result<Bytes, Error>>,
}

impl Download {
    fn new(
        located: Located,
        response: RestResponse,
        deadline: Option<(Instant, Duration)>,
    ) -> Result<Self, Error> {
        let header = |name: HeaderName| response.headers.get(name).and_then(|value| value.to_str().ok());
        let length = header(CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let shows_its_end = length.is_some() || header(TRANSFER_ENCODING).is_some();
        let RestResponse { rest: Rest(Some(rest)), context, .. } = response else {
            return Err(response.into_error());
        };
        if located.checksum.is_none() && !shows_its_end {
            let why = "there is neither a length nor a checksum, so a part of the file could not be told from all of it";
            return Err(Error::decode("content-length", why).in_call(context));
        }
        let reading = Reading {
            rest,
            what: located.what,
            checksum: located.checksum.map(|(algorithm, expected)| (algorithm.hasher(), expected)),
            deadline,
            started: Instant::now(),
            context,
        };
        Ok(Self {
            name: located.name,
            content_type: located.content_type,
            size: located.size.or(length),
            pieces: stream::try_unfold(reading, Reading::next).boxed(),
        })
    }

    /// The name that the file was uploaded under, where it is known. It is another's text, not a path to write to.
    pub fn file_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The type of the content (`application/pdf`), where it is known.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The number of bytes, where it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_next_unpin(cx)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The reading of a body to its end.
struct Reading {
    rest: BoxStream<'static, Result<Bytes, WireFailure>>,
    what: String,
    /// The checksum so far, and what it should come to.
    checksum: Option<(Hasher, String)>,
    deadline: Option<(Instant, Duration)>,
    started: Instant,
    context: Context,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        let next = match self.deadline {
            Some((deadline, after)) => match timeout_at(deadline, self.rest.next()).await {
                Ok(next) => next,
                Err(_) => {
                    let limit = TimeLimit::Operation;
                    return Err(self.failed(Error::Timeout { limit, after, context: None }));
                }
            },
            None => self.rest.next().await,
        };
        match next {
            Some(Ok(piece)) => {
                if let Some((hasher, _)) = &mut self.checksum {
                    hasher.update(&piece);
                }
                Ok(Some((piece, self)))
            }
            Some(Err(failure)) => Err(self.failed(wire_error(failure))),
            None => match self.checksum.take().map(|(hasher, expected)| (hasher.finish(), expected)) {
                Some((actual, expected)) if !actual.eq_ignore_ascii_case(&expected) => {
                    Err(Error::checksum(&self.what, &expected, &actual).in_call(self.context))
                }
                _ => Ok(None),
            },
        }
    }

    fn failed(self, error: Error) -> Error {
        let elapsed = self.context.elapsed + self.started.elapsed();
        error.in_call(Context { elapsed, ..self.context })
    }
}
