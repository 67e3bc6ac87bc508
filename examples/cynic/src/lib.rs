//! What cynic knows of the schema. In a library of its own it is not compiled again with each edit of the program.

// Cynic writes 15 MB on one line, and clippy counts along that line for each item: it would take half an hour.
#![allow(clippy::all)]

/// The types and fields of the snapshot.
#[cynic::schema("infrahub")]
#[expect(missing_docs, reason = "cynic writes none")]
pub mod schema {}
