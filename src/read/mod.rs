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
pub(crate) use page::{OnlyField, Page, find_all};
pub(crate) use pages::{PageStream, Plan};

use crate::client::Client;
use crate::error::Error;
use crate::id::{Id, Key};
use std::borrow::Cow;

/// The id of an object, looked up where it is named by its human-friendly id.
pub(crate) async fn id_of_key<'k>(
    client: &Client,
    kind: &'static str,
    key: &'k Key,
) -> Result<Cow<'k, str>, Error> {
    let parts = match key {
        Key::Id(id) => return Ok(Cow::Borrowed(id)),
        Key::Hfid(parts) => parts,
    };
    let mut query = Query::of_kind(kind);
    query.filter(key.argument());
    let found = find_all::<Id<()>>(client, &query.first(1, "id")?).await?;
    let id = found.into_iter().next();
    id.map(|id| Cow::Owned(id.to_string()))
        .ok_or_else(|| Error::not_found(kind, format!("hfid {}", parts.join("__"))))
}
