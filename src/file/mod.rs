//! Files: what is uploaded, what is downloaded, and the files of objects.
//!
//! Nothing here holds a whole file in memory, unless it is asked for as [`bytes`](DownloadRequest::bytes). What is
//! received is checked against the checksum that the server keeps, and what the server says that it has against the
//! checksum of what was sent.

mod checksum;
mod download;
mod form;
mod object;
mod part;
mod source;

pub use download::{Download, DownloadRequest};
pub use object::{FileInfo, FileOf};
pub use source::File;

pub(crate) use checksum::Algorithm;
pub(crate) use download::{Located, What};
pub(crate) use form::Form;
pub(crate) use source::PIECE;
