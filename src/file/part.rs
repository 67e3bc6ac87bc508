//! A file on disk that is there only when it is whole.

use crate::error::Error;
use bytes::Bytes;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tokio::fs::{self, OpenOptions};
use tokio::io::AsyncWriteExt;

/// A file that is being written, under another name beside the one that it gets in the end. Dropping this removes it
/// from under the other name.
pub(super) struct PartFile {
    target: PathBuf,
    part: PathBuf,
    file: fs::File,
}

impl PartFile {
    pub(super) async fn create(target: &Path) -> Result<Self, Error> {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{:08x}.part", fastrand::u32(..)));
        let part = target.with_file_name(name);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).open(&part).await;
        let file = file.map_err(|error| Error::file(&part, &error))?;
        Ok(Self { target: target.to_owned(), part, file })
    }

    pub(super) async fn write(&mut self, piece: &Bytes) -> Result<(), Error> {
        self.file.write_all(piece).await.map_err(|error| Error::file(&self.part, &error))
    }

    /// Gives it its name, in the place of what had it before.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        let (file, part, target) = (&mut self.file, &self.part, &self.target);
        let named = async {
            file.flush().await?;
            file.sync_all().await?;
            fs::rename(part, target).await
        };
        named.await.map_err(|error| Error::file(target, &error))
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.part);
    }
}
