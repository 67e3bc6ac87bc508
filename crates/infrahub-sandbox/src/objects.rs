//! The object storage: bytes under an id, which never change.

use crate::random;
use crate::store::FileFacts;
use sha1::{Digest, Sha1};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// The largest file that an object may have.
const LARGEST_FILE: usize = 50 << 20;

/// Everything that is stored. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects {
    objects: Arc<BTreeMap<String, Arc<[u8]>>>,
    files: Arc<BTreeMap<String, Arc<[u8]>>>,
}

/// A file that came with a request.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) bytes: Arc<[u8]>,
}

impl Objects {
    /// Stores bytes under a new id, and gives it.
    pub(crate) fn put(&mut self, bytes: Vec<u8>) -> String {
        let id = random::uuid();
        Arc::make_mut(&mut self.objects).insert(id.clone(), bytes.into());
        id
    }

    /// The bytes of an object that is no file of an object of the schema.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<[u8]>> {
        self.objects.get(id).cloned()
    }

    /// Stores the file of an object, and gives what the object tells of it.
    ///
    /// # Errors
    /// What the server says, with its status: the file is empty or too large.
    pub(crate) fn put_file(&mut self, upload: &Upload) -> Result<FileFacts, (u16, String)> {
        let size = upload.bytes.len();
        if size == 0 {
            return Err((500, "Input was empty".to_owned()));
        }
        if size > LARGEST_FILE {
            return Err((
                422,
                format!("File size {size} exceeds maximum allowed size of {LARGEST_FILE} bytes"),
            ));
        }
        let storage_id = random::uuid();
        Arc::make_mut(&mut self.files).insert(storage_id.clone(), upload.bytes.clone());
        Ok(FileFacts {
            name: upload.name.clone(),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            media_type: media_type(&upload.name).to_owned(),
            checksum: hexadecimal(&Sha1::digest(&upload.bytes)),
            storage_id,
        })
    }

    /// The file of an object.
    pub(crate) fn file(&self, id: &str) -> Option<Arc<[u8]>> {
        self.files.get(id).cloned()
    }
}

/// A checksum as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // writing to a string cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is in a file by the end of its name.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase().as_str() {
        "txt" | "log" | "cfg" | "conf" => "text/plain",
        "csv" => "text/csv",
        "htm" | "html" => "text/html",
        "md" => "text/markdown",
        "json" => "application/json",
        "xml" => "application/xml",
        "yml" | "yaml" => "application/yaml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
