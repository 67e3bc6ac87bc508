//! Reading all objects of a kind, or those that match.

use super::document::{Content, Query, Slice};
use super::page::{Edges, OnlyField};
use crate::client::Client;
use crate::error::Error;
use crate::filter::{Filter, Order};
use crate::kind::{Kind, Projection, Selection};
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::num::NonZeroU32;

/// A read of all objects of a kind that match its filters.
///
/// Await it for a `Vec`, or [`stream`](All::stream) it in bounded memory. The first page says how many
/// objects there are; the rest is fetched ahead, in order, with as many requests at once as the
/// configuration allows.
///
/// # Errors
/// [`Error::ResultsChanged`] where the objects that match changed while their pages were being read, so
/// that one could be missing or doubled. Read again, or read [at a point in time](Client::at).
#[must_use = "a read is sent when it is awaited or streamed"]
pub struct All<P: Projection> {
    pages: Pages,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> All<P> {
    pub(crate) fn new(client: Client) -> Self {
        Self { pages: Pages::new(client, Query::of_kind(P::Kind::KIND)), projection: PhantomData }
    }

    /// Only objects that match. Several filters must all match.
    pub fn filter(mut self, filter: Filter<P::Kind>) -> Self {
        self.pages.query.filter(filter.argument);
        self
    }

    /// Lets the text filters of this read match any part of a text, whatever its case.
    pub fn partial_match(mut self) -> Self {
        self.pages.query.partial_match();
        self
    }

    /// Orders by this, after what was given before. Without any the kind's own order applies.
    pub fn order_by(mut self, order: Order<P::Kind>) -> Self {
        self.pages.query.order_by(order.field);
        self
    }

    /// Leaves out the first `offset` objects.
    pub fn offset(mut self, offset: u64) -> Self {
        self.pages.offset = offset;
        self
    }

    /// Reads at most `limit` objects. Zero reads none.
    pub fn limit(mut self, limit: u64) -> Self {
        self.pages.limit = Some(limit);
        self
    }

    /// Objects in one request, instead of the configuration's `pagination_size`.
    pub fn page_size(mut self, size: NonZeroU32) -> Self {
        self.pages.size = size.get().into();
        self
    }

    /// Reads another projection of the same objects.
    pub fn select<Q: Projection<Kind = P::Kind>>(self) -> All<Q> {
        All { pages: self.pages, projection: PhantomData }
    }

    /// How many objects match, whatever limit and offset are.
    ///
    /// # Errors
    /// Whatever the request meets.
    pub async fn count(self) -> Result<u64, Error> {
        let operation = self.pages.query.operation(&Content::Count)?;
        let OnlyField(counted): OnlyField<Edges<serde::de::IgnoredAny>> =
            self.pages.client.run(&operation).await?;
        Ok(counted.count)
    }

    /// The objects as they arrive, in order, holding only a few pages at a time. Dropping the stream
    /// stops its requests.
    pub fn stream(self) -> impl Stream<Item = Result<P, Error>> + Send + Unpin + 'static {
        let selection = Selection::of::<P>();
        self.pages.stream(selection, |OnlyField(page): OnlyField<Edges<P>>| Some(page))
    }
}

impl<P: Projection> IntoFuture for All<P> {
    type Output = Result<Vec<P>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.stream().try_collect())
    }
}

/// A result that is read page by page.
pub(super) struct Pages {
    pub(super) client: Client,
    pub(super) query: Query,
    pub(super) offset: u64,
    pub(super) limit: Option<u64>,
    pub(super) size: u64,
}

impl Pages {
    pub(super) fn new(client: Client, query: Query) -> Self {
        let size = client.config().pagination_size.into();
        Self { client, query, offset: 0, limit: None, size }
    }

    /// Streams the objects. `page` finds them in an answer of type `R`; `None` says that what they were
    /// to be found in does not exist.
    pub(super) fn stream<R, P>(
        self,
        selection: String,
        page: fn(R) -> Option<Edges<P>>,
    ) -> impl Stream<Item = Result<P, Error>> + Send + Unpin + 'static
    where
        R: DeserializeOwned + Send + 'static,
        P: Projection,
    {
        let reader = Reader { pages: self, selection, page };
        Box::pin(
            stream::once(reader.start())
                .map_ok(|started| match started {
                    None => stream::empty().right_stream(),
                    Some((first, count, reader)) => reader.rest(first, count).left_stream(),
                })
                .try_flatten(),
        )
    }
}

/// Reads one page after the other and checks that they belong together.
struct Reader<R, P> {
    pages: Pages,
    selection: String,
    page: fn(R) -> Option<Edges<P>>,
}

impl<R, P> Reader<R, P>
where
    R: DeserializeOwned + Send + 'static,
    P: Projection,
{
    /// Reads the first page, which says how many objects there are.
    async fn start(self) -> Result<Option<(Vec<P>, u64, Self)>, Error> {
        let limit = self.pages.limit.unwrap_or(u64::MAX).min(self.pages.size);
        if limit == 0 {
            return Ok(None);
        }
        let first = self.read(Slice { offset: self.pages.offset, limit }).await?;
        let count = first.count;
        Ok(Some((first.into_nodes().collect(), count, self)))
    }

    /// The objects of the first page, then those of the others, which are read ahead.
    fn rest(self, first: Vec<P>, count: u64) -> impl Stream<Item = Result<P, Error>> + Send + 'static {
        let (offset, size) = (self.pages.offset, self.pages.size);
        let available = count.saturating_sub(offset);
        let wanted = self.pages.limit.map_or(available, |limit| limit.min(available));
        let at_once = self.pages.client.config().max_concurrent_execution;
        let expected = size.min(wanted);
        let first = check(&self.pages.query, first, expected);
        let reader = std::sync::Arc::new(self);
        let others = stream::iter((1..wanted.div_ceil(size.max(1))).map(move |number| {
            let reader = reader.clone();
            let skipped = number * size;
            let slice = Slice { offset: offset + skipped, limit: size.min(wanted - skipped) };
            async move { reader.read_checked(slice, count).await }
        }))
        .buffered(at_once);
        stream::once(async { first })
            .chain(others)
            .map_ok(|nodes| stream::iter(nodes.into_iter().map(Ok)))
            .try_flatten()
    }

    async fn read_checked(&self, slice: Slice, count: u64) -> Result<Vec<P>, Error> {
        let page = self.read(slice).await?;
        if page.count != count {
            return Err(changed(
                &self.pages.query,
                format!("{count} objects matched at first, then {}", page.count),
            ));
        }
        check(&self.pages.query, page.into_nodes().collect(), slice.limit)
    }

    fn read(&self, slice: Slice) -> impl Future<Output = Result<Edges<P>, Error>> + Send {
        let operation = self.pages.query.operation(&Content::Objects { selection: &self.selection, slice });
        async move {
            let operation = operation?;
            let answer: R = self.pages.client.run(&operation).await?;
            (self.page)(answer)
                .ok_or_else(|| Error::not_found(self.pages.query.kind(), "the object whose peers are read"))
        }
    }
}

/// A page holds exactly the objects that the count promised.
fn check<P>(query: &Query, nodes: Vec<P>, expected: u64) -> Result<Vec<P>, Error> {
    if nodes.len() as u64 == expected {
        Ok(nodes)
    } else {
        Err(changed(query, format!("a page of {expected} objects holds {}", nodes.len())))
    }
}

fn changed(query: &Query, what: String) -> Error {
    Error::results_changed(query.kind(), what)
}
