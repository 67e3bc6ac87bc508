//! Reads: one object, all objects of a kind, peers of an object.

mod all;
mod document;
mod get;
mod page;
mod pages;
mod peers;
mod point_in_time;
mod rows;
#[cfg(test)]
mod tests;

pub use all::All;
pub use get::{Get, GetBy, GetOptional};
pub use peers::{Peer, Peers};
pub use point_in_time::{PointInTime, When};
pub use rows::{RowOf, Rows};

pub(crate) use document::Query;
pub use page::decode_page;
pub(crate) use page::{Edges, OnlyField};
