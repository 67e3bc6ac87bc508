//! The object storage of the server: bytes under an id, of no branch and no kind.

use crate::address::escaped;
use crate::call::Payload;
use crate::client::Client;
use crate::error::Error;
use crate::file::{Algorithm, DownloadRequest, File, Form, Located, What};
use crate::operation::Effect;
use futures_core::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::future::IntoFuture;

/// The object storage; from [`Client::storage`].
#[derive(Debug, Clone)]
pub struct Storage {
    client: Client,
}

/// An object in the storage.
///
/// ```
/// use infrahub_client::storage::StoredObject;
///
/// let object = StoredObject::from("18eafc60-1f4c-a6ce-e341-1c4c028248a1");
/// assert_eq!(object.checksum, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObject {
    /// Its id.
    pub id: String,
    /// Its MD5 checksum in hexadecimal, which a download is checked against. The server tells it when an object is
    /// uploaded, and never again: keep it.
    pub checksum: Option<String>,
}

impl StoredObject {
    pub(crate) fn located(&self) -> Located {
        Located {
            path: format!("/api/storage/object/{}", escaped(&self.id)),
            what: format!("the stored object {}", self.id),
            name: None,
            content_type: None,
            size: None,
            checksum: self.checksum.clone().map(|checksum| (Algorithm::Md5, checksum)),
        }
    }
}

impl From<&StoredObject> for StoredObject {
    fn from(object: &StoredObject) -> Self {
        object.clone()
    }
}

impl From<&str> for StoredObject {
    /// The object of this id, with no checksum to check it against.
    fn from(id: &str) -> Self {
        Self { id: id.to_owned(), checksum: None }
    }
}

impl Storage {
    /// Uploads a file, through `/api/storage/upload/file`. The server keeps the bytes under a new id, without the name.
    ///
    /// The server has no limit for the size of these, and nothing deletes them.
    pub fn upload(&self, file: File) -> UploadRequest {
        UploadRequest { client: self.client.clone(), file, effect: Effect::Write }
    }

    /// Downloads an object, from `/api/storage/object/…`: an uploaded one, or an id alone.
    ///
    /// Without a checksum only a download that is cut is found out. The files of objects are not here: see
    /// [`Client::file`].
    pub fn download(&self, object: impl Into<StoredObject>) -> DownloadRequest {
        DownloadRequest::new(self.client.clone(), What::Object(object.into()))
    }
}

/// Uploads a file to the storage when awaited.
#[must_use = "an upload begins when it is awaited"]
#[derive(Debug)]
pub struct UploadRequest {
    client: Client,
    file: File,
    effect: Effect,
}

#[derive(Deserialize)]
struct Uploaded {
    identifier: String,
    checksum: String,
}

impl UploadRequest {
    /// Lets the upload be sent again even where it may have arrived already: the storage then holds the bytes twice,
    /// the first time under an id that nobody knows.
    pub fn repeatable(mut self) -> Self {
        self.effect = Effect::RepeatableWrite;
        self
    }

    async fn send(self) -> Result<StoredObject, Error> {
        let payload = Payload::Form(Form::of_object(self.file));
        let mut response = self.client.rest_upload("/api/storage/upload/file", &payload, self.effect).await?;
        response.context.may_have_run = response.is_success();
        let context = response.context.clone();
        let Uploaded { identifier, checksum } = response.json()?;
        match payload.sent_checksum() {
            Some(sent) if sent != checksum => {
                Err(Error::checksum("the uploaded file", &sent, &checksum).in_call(context))
            }
            _ => Ok(StoredObject { id: identifier, checksum: Some(checksum) }),
        }
    }
}

impl IntoFuture for UploadRequest {
    type Output = Result<StoredObject, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl Client {
    /// The object storage of the server, which is the same for all branches:
    /// `client.storage().upload(file).await?`.
    pub fn storage(&self) -> Storage {
        Storage { client: self.server_wide() }
    }
}
