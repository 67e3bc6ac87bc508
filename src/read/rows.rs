//! Reading columns as tuples.

use super::document::Query;
use super::get::{missing, one};
use super::page::read_page;
use super::pages::{PageStream, Pages};
use crate::client::Client;
use crate::error::Error;
use crate::projection::{Columns, Row, Selection};
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use futures_util::{StreamExt, TryStreamExt};
use std::future::IntoFuture;

/// What is selected of the edge that leads to an object.
fn selection<C: Columns>(columns: C) -> Selection {
    let mut selection = Selection::new();
    selection.push("node {");
    columns.select(&mut selection);
    selection.push("}");
    selection
}

/// A read of columns of all objects that match; made by [`All::columns`](super::All::columns). Await it for a
/// `Vec` of tuples, or [`stream`](Rows::stream) it.
#[must_use = "a read is sent when it is awaited or streamed"]
#[derive(Debug)]
pub struct Rows<C> {
    pages: Pages,
    columns: C,
}

impl<C: Columns> Rows<C> {
    pub(super) fn new(pages: Pages, columns: C) -> Self {
        Self { pages, columns }
    }

    /// The rows as they arrive, in order, holding only a few pages at a time.
    pub fn stream(self) -> impl Stream<Item = Result<C::Row, Error>> + Send + Unpin + 'static {
        self.rows().map(|row| row.map(|Row(row)| row))
    }

    fn rows(self) -> PageStream<Row<C>> {
        self.pages.stream(selection(self.columns), read_page::<Row<C>>)
    }
}

impl<C: Columns> IntoFuture for Rows<C> {
    type Output = Result<Vec<C::Row>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.stream().try_collect())
    }
}

/// A read of columns of one object; made by [`Get::columns`](super::Get::columns).
///
/// # Errors
/// [`Error::NotFound`] where nothing matches, [`Error::MoreThanOne`] where several objects do.
#[must_use = "a read is sent when it is awaited"]
#[derive(Debug)]
pub struct RowOf<C> {
    client: Client,
    query: Query,
    columns: C,
}

impl<C: Columns> RowOf<C> {
    pub(super) fn new(client: Client, query: Query, columns: C) -> Self {
        Self { client, query, columns }
    }
}

impl<C: Columns> IntoFuture for RowOf<C> {
    type Output = Result<C::Row, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let found = one::<Row<C>>(&self.client, &self.query, &selection(self.columns)).await?;
            found.map(|Row(row)| row).ok_or_else(|| missing(&self.client, &self.query))
        })
    }
}
