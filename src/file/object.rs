//! The file of an object.

use super::checksum::Algorithm;
use super::download::{DownloadRequest, Located, What};
use crate::address::escaped;
use crate::client::Client;
use crate::decode;
use crate::error::Error;
use crate::id::{Key, Reference};
use crate::kind::FileObject;
use crate::projection::FromEdge;
use crate::read::{Edges, OnlyField, Query};
use serde::Deserialize;
use serde::de::MapAccess;

/// What is read of the object.
const SELECTION: &str =
    "file_name { value } file_size { value } file_type { value } checksum { value } storage_id { value }";

/// The file of an object whose kind inherits from `CoreFileObject`; from [`Client::file`].
#[derive(Debug, Clone)]
pub struct FileOf {
    client: Client,
    kind: &'static str,
    key: Key,
}

/// What the server says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileInfo {
    /// The name that it was uploaded under. It is another's text, not a path to write to.
    pub file_name: String,
    /// The number of bytes.
    pub file_size: u64,
    /// The type of the content (`application/pdf`), as the server guessed it.
    pub file_type: String,
    /// The SHA-1 checksum in hexadecimal.
    pub checksum: String,
    /// The id under which it lies in the server's storage.
    pub storage_id: String,
}

#[derive(Deserialize)]
struct Row {
    file_name: Value<String>,
    file_size: Value<u64>,
    file_type: Value<String>,
    checksum: Value<String>,
    storage_id: Value<String>,
}

#[derive(Deserialize)]
struct Value<T> {
    value: T,
}

impl FromEdge for Row {
    fn read_edge<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<Self>, A::Error> {
        decode::edge(edge)
    }
}

impl From<Row> for FileInfo {
    fn from(row: Row) -> Self {
        Self {
            file_name: row.file_name.value,
            file_size: row.file_size.value,
            file_type: row.file_type.value,
            checksum: row.checksum.value,
            storage_id: row.storage_id.value,
        }
    }
}

impl FileOf {
    pub(crate) fn new<R: Reference>(client: Client, node: &R) -> Self
    where
        R::Kind: FileObject,
    {
        Self { client, kind: <R::Kind as crate::kind::Kind>::KIND, key: node.key().0 }
    }

    /// What the server says of the file.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such object on the branch.
    pub async fn info(&self) -> Result<FileInfo, Error> {
        let mut query = Query::of_kind(self.kind);
        query.filter(self.key.argument());
        let OnlyField(page): OnlyField<Edges<Row>> = self.client.run(&query.first(1, SELECTION)?).await?;
        let row = page.nodes.into_iter().next();
        row.map(FileInfo::from).ok_or_else(|| {
            Error::not_found(self.kind, query.described()).on_branch(self.kind, self.client.branch())
        })
    }

    /// The file as the object has it when the download begins, from `/api/storage/files/by-storage-id/…`: checked
    /// against the checksum of the object.
    pub fn download(&self) -> DownloadRequest {
        DownloadRequest::new(self.client.clone(), What::File(self.clone()))
    }

    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }
}

impl FileInfo {
    /// Under its storage id rather than its object's: what lies there never changes, so it fits the checksum.
    pub(super) fn located(self, kind: &str) -> Located {
        Located {
            path: format!("/api/storage/files/by-storage-id/{}", escaped(&self.storage_id)),
            what: format!("the file `{}` of {kind}", self.file_name),
            name: Some(self.file_name),
            content_type: Some(self.file_type),
            size: Some(self.file_size),
            checksum: Some((Algorithm::Sha1, self.checksum)),
        }
    }
}

impl Client {
    /// The file of an object: `client.file(&contract).download().to_path("contract.pdf").await?`.
    ///
    /// It is uploaded with the object, by the kind's `…Create` or `…Update`.
    pub fn file<R: Reference>(&self, node: &R) -> FileOf
    where
        R::Kind: FileObject,
    {
        FileOf::new(self.clone(), node)
    }
}
