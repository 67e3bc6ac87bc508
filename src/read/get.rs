//! Reading one object.

use super::document::{Content, Query, Slice};
use super::page::{Page, ReadPage, find, read_page};
use super::rows::RowOf;
use crate::client::Client;
use crate::error::Error;
use crate::filter::Filter;
use crate::id::Id;
use crate::kind::{HumanFriendlyId, Kind};
use crate::projection::{Columns, FromEdge, Projection, Selection};
use futures_core::future::BoxFuture;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// A read of one object that does not yet say which: finish it with an id, a human-friendly id or a filter.
#[must_use = "say which object with `.id(…)`, `.hfid([…])` or `.filter(…)`, then await it"]
#[derive(Debug)]
pub struct GetBy<P> {
    client: Client,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> GetBy<P> {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, projection: PhantomData }
    }

    /// The object of this id.
    pub fn id(self, id: impl Into<Id<P::Kind>>) -> Get<P> {
        self.filter(Filter::ids([id.into()]))
    }

    /// The object of this human-friendly id. A wrong number of parts does not compile.
    pub fn hfid<S: Into<String>>(self, parts: <P::Kind as HumanFriendlyId>::Parts<S>) -> Get<P>
    where
        P::Kind: HumanFriendlyId,
    {
        self.filter(Filter::hfid(parts))
    }

    /// The one object that the filter matches.
    pub fn filter(self, filter: Filter<P::Kind>) -> Get<P> {
        let get = Get { client: self.client, query: Query::of_kind(P::Kind::KIND), projection: PhantomData };
        get.filter(filter)
    }
}

/// A read of one object. Await it for the object, or make it [`optional`](Get::optional).
///
/// # Errors
/// [`Error::NotFound`] where nothing matches, [`Error::MoreThanOne`] where several objects do.
#[must_use = "a read is sent when it is awaited"]
#[derive(Debug)]
pub struct Get<P> {
    client: Client,
    query: Query,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> Get<P> {
    /// A further condition.
    pub fn filter(mut self, filter: Filter<P::Kind>) -> Self {
        self.query.filter(filter.argument);
        self
    }

    /// Reads another projection of the same object.
    pub fn select<Q: Projection<Kind = P::Kind>>(self) -> Get<Q> {
        Get { client: self.client, query: self.query, projection: PhantomData }
    }

    /// Makes an object that does not exist `None` instead of an error.
    pub fn optional(self) -> GetOptional<P> {
        GetOptional(self)
    }

    /// Reads just these columns, as a tuple of their values.
    pub fn columns<C: Columns<Kind = P::Kind>>(self, columns: C) -> RowOf<C> {
        RowOf::new(self.client, self.query, columns)
    }
}

/// Reads the one object that the query matches.
pub(super) async fn one<P: FromEdge>(
    client: &Client,
    query: &Query,
    selection: &Selection,
) -> Result<Option<P>, Error> {
    at_most_one(client, query, selection, read_page::<P>).await.map(|page| page.into_nodes().pop())
}

/// The same, whatever it is read as.
async fn at_most_one(
    client: &Client,
    query: &Query,
    selection: &Selection,
    read: ReadPage,
) -> Result<Page, Error> {
    // Two are enough to see that there is more than one.
    let content = Content::Objects { selection, slice: Slice { offset: 0, limit: 2 } };
    let page = find(client, &query.operation(&content)?, read).await?;
    if page.len > 1 {
        return Err(
            Error::more_than_one(query.kind(), query.described()).on_branch(query.kind(), client.branch())
        );
    }
    Ok(page)
}

/// The error that nothing matches the query.
pub(super) fn missing(client: &Client, query: &Query) -> Error {
    Error::not_found(query.kind(), query.described()).on_branch(query.kind(), client.branch())
}

impl<P: Projection> IntoFuture for Get<P> {
    type Output = Result<P, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let found = one(&self.client, &self.query, &Selection::of::<P>()).await?;
            found.ok_or_else(|| missing(&self.client, &self.query))
        })
    }
}

/// A read of one object that may not exist.
#[must_use = "a read is sent when it is awaited"]
#[derive(Debug)]
pub struct GetOptional<P>(Get<P>);

impl<P: Projection> IntoFuture for GetOptional<P> {
    type Output = Result<Option<P>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { one(&self.0.client, &self.0.query, &Selection::of::<P>()).await })
    }
}
