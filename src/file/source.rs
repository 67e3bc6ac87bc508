//! What is uploaded: where its bytes come from, and whether they can be had a second time.

use crate::error::Error;
use bytes::{Bytes, BytesMut};
use futures_core::future::BoxFuture;
use futures_core::stream::{BoxStream, Stream};
use futures_util::stream::{self, StreamExt};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The bytes of a file, piece by piece.
pub(crate) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// The most that is read from a file, or given of a download, at once.
pub(crate) const PIECE: usize = 64 * 1024;

/// A file to upload: a name, and where the bytes come from.
///
/// The bytes are read while they are sent, in pieces of 64 KiB, so that a large file needs little memory. An upload
/// that fails before it was complete is begun again with the bytes from the start, where the file can be opened again:
/// all but those [from a reader](File::from_reader) or [a stream](File::from_stream) can. Clones are the same file.
///
/// ```
/// use infrahub_client::file::File;
///
/// let note = File::from_bytes("note.txt", "hello");
/// assert_eq!(note.name(), "note.txt");
/// ```
#[derive(Clone)]
pub struct File {
    name: String,
    length: Option<u64>,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    Path(PathBuf),
    Open(Arc<dyn Fn() -> BoxFuture<'static, io::Result<Pieces>> + Send + Sync>),
    /// Taken by the first attempt.
    Once(Arc<Mutex<Option<Pieces>>>),
}

impl File {
    /// A file in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { name: name.into(), length: Some(bytes.len() as u64), source: Source::Bytes(bytes) }
    }

    /// A file on disk, under its own name. It is opened when it is sent, and must stay as it is until then.
    ///
    /// # Errors
    /// [`Error::File`] where there is no such file, or it cannot be looked at.
    pub async fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let metadata = tokio::fs::metadata(path).await.map_err(|error| Error::file(path, &error))?;
        if !metadata.is_file() {
            return Err(Error::file(path, &io::Error::other("it is not a file")));
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, length: Some(metadata.len()), source: Source::Path(path.to_owned()) })
    }

    /// What a function opens: it is called for each attempt to send the file.
    ///
    /// ```
    /// use infrahub_client::file::File;
    ///
    /// let zeros = File::from_open("zeros.bin", || async { Ok(tokio::io::AsyncReadExt::take(tokio::io::repeat(0), 5)) });
    /// assert_eq!(zeros.with_length(5).name(), "zeros.bin");
    /// ```
    pub fn from_open<O, F, R>(name: impl Into<String>, open: O) -> Self
    where
        O: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = io::Result<R>> + Send + 'static,
        R: AsyncRead + Send + Unpin + 'static,
    {
        let open = move || -> BoxFuture<'static, io::Result<Pieces>> {
            let opening = open();
            Box::pin(async move { Ok(pieces(opening.await?)) })
        };
        Self { name: name.into(), length: None, source: Source::Open(Arc::new(open)) }
    }

    /// What a reader gives. It can be read once, so the file is sent once: a failure is not tried again.
    pub fn from_reader(name: impl Into<String>, reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self::once(name.into(), pieces(reader))
    }

    /// What a stream gives, such as a [`Download`](super::Download) from another server. It can be read once, so the
    /// file is sent once: a failure is not tried again.
    pub fn from_stream<S, E>(name: impl Into<String>, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        let stream = stream.map(|piece| piece.map_err(io::Error::other));
        Self::once(name.into(), stream.boxed())
    }

    fn once(name: String, pieces: Pieces) -> Self {
        Self { name, length: None, source: Source::Once(Arc::new(Mutex::new(Some(pieces)))) }
    }

    /// The same file under another name. The server keeps the name as it is: whoever downloads the file must not
    /// take it for a path.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Says how many bytes there are, where that is not known from the source, so that the server learns it before
    /// the first. It is an error if there are more or fewer.
    pub fn with_length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// The name that the server is told.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of bytes, where it is known before they are read.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Whether the bytes can be had once more.
    pub(crate) fn can_be_opened(&self) -> bool {
        match &self.source {
            Source::Once(pieces) => pieces.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).is_some(),
            _ => true,
        }
    }

    /// The bytes from the start.
    pub(crate) async fn open(&self) -> Result<Pieces, Error> {
        match &self.source {
            Source::Bytes(bytes) => Ok(stream::iter([Ok(bytes.clone())]).boxed()),
            Source::Path(path) => {
                let file = tokio::fs::File::open(path).await.map_err(|error| Error::file(path, &error))?;
                Ok(pieces(file))
            }
            Source::Open(open) => open().await.map_err(|error| Error::file(&self.name, &error)),
            Source::Once(pieces) => {
                let taken = pieces.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
                taken.ok_or_else(|| {
                    Error::invalid_request(format!(
                        "the file `{}` comes from a reader or stream that was sent before, so its bytes are gone; \
                         use `File::from_open`, or make a new file",
                        self.name
                    ))
                })
            }
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source: &dyn fmt::Debug = match &self.source {
            Source::Bytes(_) => &"bytes",
            Source::Path(path) => path,
            Source::Open(_) => &"opened",
            Source::Once(_) => &"once",
        };
        f.debug_struct("File")
            .field("name", &self.name)
            .field("length", &self.length)
            .field("source", source)
            .finish()
    }
}

/// What a reader gives, as a stream.
fn pieces(reader: impl AsyncRead + Send + Unpin + 'static) -> Pieces {
    let next = |mut reader| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = AsyncReadExt::read_buf(&mut reader, &mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), reader)))
    };
    stream::try_unfold(reader, next).boxed()
}
