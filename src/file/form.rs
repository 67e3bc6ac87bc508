//! The multipart body around a file.

use super::checksum::{Algorithm, Hasher};
use super::source::{File, PIECE, Pieces};
use crate::error::Error;
use crate::transport::{Progress, Upload};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::io;
use std::sync::{Arc, Mutex};

/// A form with one file, after the fields that the server needs first.
#[derive(Debug)]
pub(crate) struct Form {
    fields: Vec<(&'static str, Bytes)>,
    /// The name of the file's own field.
    name: &'static str,
    file: File,
    algorithm: Algorithm,
    checksum: SentChecksum,
}

/// The checksum of the file that was sent last, once that was sent whole.
type SentChecksum = Arc<Mutex<Option<String>>>;

impl Form {
    /// What the object storage takes.
    pub(crate) fn of_object(file: File) -> Self {
        Self { fields: Vec::new(), name: "file", file, algorithm: Algorithm::Md5, checksum: Arc::default() }
    }

    /// A GraphQL request whose variable of this name is the file, and null in the request itself.
    pub(crate) fn of_graphql(request: Bytes, variable: &str, file: File) -> Self {
        let map = format!(r#"{{"0":["variables.{variable}"]}}"#);
        let fields = vec![("operations", request), ("map", map.into())];
        Self { fields, name: "0", file, algorithm: Algorithm::Sha1, checksum: Arc::default() }
    }

    /// Whether it can be sent, once more where it was sent before.
    pub(crate) fn can_be_opened(&self) -> bool {
        self.file.can_be_opened()
    }

    /// The checksum of the file as it was sent last.
    pub(crate) fn sent_checksum(&self) -> Option<String> {
        self.checksum.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The body from its start.
    pub(crate) async fn open(&self) -> Result<Upload, Error> {
        let name = self.file.name();
        if name.chars().any(char::is_control) {
            return Err(Error::invalid_request("the name of a file holds a control character"));
        }
        let pieces = self.file.open().await?;
        let boundary = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let head = self.head(&boundary);
        let tail = Bytes::from(format!("\r\n--{boundary}--\r\n"));
        let length = self.file.length().map(|length| length + (head.len() + tail.len()) as u64);
        let progress = Progress::new();

        let (first, last) = (progress.clone(), progress.clone());
        let head = stream::once(async move {
            first.sending();
            Ok(head)
        });
        let tail = stream::once(async move {
            last.complete();
            Ok(tail)
        });
        let reading = Reading {
            pieces,
            pending: Bytes::new(),
            name: name.to_owned(),
            hasher: self.algorithm.hasher(),
            read: 0,
            length: self.file.length(),
            checksum: Arc::clone(&self.checksum),
            progress: progress.clone(),
        };
        let file = stream::unfold(Some(reading), |reading| async move { reading?.next().await });
        Ok(Upload {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            length,
            // The last piece is not sent after an error: the server must not take a part for the whole.
            pieces: head.chain(file).chain(tail).boxed(),
            progress,
        })
    }

    /// All that stands before the file's bytes.
    fn head(&self, boundary: &str) -> Bytes {
        let mut head = Vec::new();
        for (name, value) in &self.fields {
            let start = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
            head.extend_from_slice(start.as_bytes());
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        let escaped = self.file.name().replace('\\', "\\\\").replace('"', "\\\"");
        let start = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"{escaped}\"\r\n\
             content-type: application/octet-stream\r\n\r\n",
            self.name
        );
        head.extend_from_slice(start.as_bytes());
        head.into()
    }
}

/// The reading of a file from its start to its end.
struct Reading {
    pieces: Pieces,
    /// Read, and not given yet.
    pending: Bytes,
    name: String,
    hasher: Hasher,
    read: u64,
    length: Option<u64>,
    checksum: SentChecksum,
    progress: Progress,
}

impl Reading {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Option<Self>)> {
        while self.pending.is_empty() {
            match self.pieces.next().await {
                Some(Ok(piece)) => self.pending = piece,
                Some(Err(error)) => return Some(self.failure(&error.to_string())),
                None => return self.end(),
            }
        }
        let piece = self.pending.split_to(self.pending.len().min(PIECE));
        self.read += piece.len() as u64;
        if self.length.is_some_and(|length| self.read > length) {
            return Some(self.failure("it is longer than it was said to be"));
        }
        self.hasher.update(&piece);
        self.progress.sending();
        Some((Ok(piece), Some(self)))
    }

    fn end(self) -> Option<(io::Result<Bytes>, Option<Self>)> {
        if self.length.is_some_and(|length| self.read < length) {
            return Some(self.failure("it is shorter than it was said to be"));
        }
        let checksum = self.hasher.finish();
        *self.checksum.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(checksum);
        None
    }

    fn failure(&self, why: &str) -> (io::Result<Bytes>, Option<Self>) {
        let why = format!("the file `{}` cannot be sent: {why}", self.name);
        self.progress.failed(why.clone());
        (Err(io::Error::other(why)), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;

    async fn body(form: &Form) -> Result<(Option<u64>, String), io::Error> {
        let upload = form.open().await.map_err(io::Error::other)?;
        let pieces: Vec<Bytes> = upload.pieces.try_collect().await?;
        let boundary = upload.content_type.rsplit('=').next().unwrap();
        let text = String::from_utf8(pieces.concat()).unwrap();
        Ok((upload.length.map(|length| length - text.len() as u64), text.replace(boundary, "B")))
    }

    #[tokio::test]
    async fn a_form_is_what_the_multipart_request_of_graphql_says() {
        let file = File::from_bytes("a \"b\\.txt", "hello");
        let form = Form::of_graphql(r#"{"query":""}"#.into(), "data_file", file);
        let (excess, text) = body(&form).await.unwrap();
        assert_eq!(
            text,
            "--B\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"\"}\r\n\
             --B\r\ncontent-disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"variables.data_file\"]}\r\n\
             --B\r\ncontent-disposition: form-data; name=\"0\"; filename=\"a \\\"b\\\\.txt\"\r\n\
             content-type: application/octet-stream\r\n\r\nhello\r\n--B--\r\n"
        );
        assert_eq!(excess, Some(0));
        assert_eq!(form.sent_checksum().as_deref(), Some("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
    }

    #[tokio::test]
    async fn a_file_of_another_length_is_not_sent_whole() {
        for (length, expected) in [(4, "longer"), (6, "shorter")] {
            let form = Form::of_object(File::from_bytes("x", "hello").with_length(length));
            let error = body(&form).await.unwrap_err().to_string();
            assert!(error.contains("`x` cannot be sent") && error.contains(expected), "{error}");
            assert_eq!(form.sent_checksum(), None);
        }
    }

    #[tokio::test]
    async fn an_error_ends_the_body_before_its_last_piece() {
        let pieces = stream::iter([Ok(Bytes::from("he")), Err(io::Error::other("disk on fire"))]);
        let form = Form::of_object(File::from_stream("x", pieces));
        let upload = form.open().await.unwrap();
        let given: Vec<io::Result<Bytes>> = upload.pieces.collect().await;
        let end = given.iter().position(Result::is_err).unwrap();
        assert!(given[end].as_ref().unwrap_err().to_string().contains("disk on fire"));
    }

    #[tokio::test]
    async fn what_was_read_once_is_gone_and_anything_else_is_read_again() {
        let once = Form::of_object(File::from_reader("x", &b"hello"[..]));
        assert!(once.can_be_opened());
        body(&once).await.unwrap();
        assert!(!once.can_be_opened());
        assert!(body(&once).await.unwrap_err().to_string().contains("File::from_open"));
        let again = Form::of_object(File::from_open("x", || async { Ok(&b"hello"[..]) }));
        assert_eq!(body(&again).await.unwrap(), body(&again).await.unwrap());
    }

    #[tokio::test]
    async fn pieces_are_small_and_names_have_no_control_characters() {
        let form = Form::of_object(File::from_bytes("x", vec![0; 3 * PIECE + 1]));
        let sizes: Vec<usize> =
            form.open().await.unwrap().pieces.map_ok(|piece| piece.len()).try_collect().await.unwrap();
        assert_eq!(sizes[1..5], [PIECE, PIECE, PIECE, 1]);
        let error = body(&Form::of_object(File::from_bytes("a\r\nb", "x"))).await.unwrap_err();
        assert!(error.to_string().contains("control character"));
    }
}
