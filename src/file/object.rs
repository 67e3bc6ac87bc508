//! The file of an object.

use super::checksum::Algorithm;
use super::download::{DownloadRequest, Located, What};
use crate::address::escaped;
use crate::client::Client;
use crate::decode::{self, Failed, Fields, Reader, Source};
use crate::error::Error;
use crate::id::{Key, Reference};
use crate::kind::FileObject;
use crate::projection::FromEdge;
use crate::read::{Query, find_all};

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

impl FromEdge for FileInfo {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        decode::edge(edge)
    }
}

impl Fields for FileInfo {
    fn read(mut object: Reader<'_, '_>) -> Result<Self, Failed> {
        let (mut file_name, mut file_type, mut checksum, mut storage_id) = (None, None, None, None);
        let mut file_size: Option<i64> = None;
        loop {
            match object.next_field()? {
                "file_name" => object.value(&mut file_name)?,
                "file_size" => object.value(&mut file_size)?,
                "file_type" => object.value(&mut file_type)?,
                "checksum" => object.value(&mut checksum)?,
                "storage_id" => object.value(&mut storage_id)?,
                "" => break,
                _ => object.skip()?,
            }
        }
        Ok(Self {
            file_name: object.given("file_name", file_name)?,
            file_size: object.given("file_size", file_size.and_then(|size| size.try_into().ok()))?,
            file_type: object.given("file_type", file_type)?,
            checksum: object.given("checksum", checksum)?,
            storage_id: object.given("storage_id", storage_id)?,
        })
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
        let found = find_all::<FileInfo>(&self.client, &query.first(1, SELECTION)?).await?;
        found.into_iter().next().ok_or_else(|| {
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
