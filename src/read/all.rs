//! Reading all objects of a kind, or those that match.

use super::document::{Content, Query};
use super::page::{read_count, read_page};
use super::pages::{PageStream, Pages};
use super::rows::Rows;
use crate::client::Client;
use crate::error::Error;
use crate::filter::{Filter, Order};
use crate::kind::Kind;
use crate::projection::{Columns, Projection, Selection};
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use std::future::IntoFuture;
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
#[derive(Debug)]
pub struct All<P> {
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

    /// Reads just these columns, each object as a tuple of their values. It comes last, after filters and order:
    ///
    /// ```no_run
    /// # use infrahub_demo_kinds::*;
    /// # async fn run(client: &infrahub_client::Client) -> Result<(), infrahub_client::Error> {
    /// let rows: Vec<(String, Option<i64>, String)> = client
    ///     .all::<InfraDevice>()
    ///     .columns((InfraDevice::NAME, InfraDevice::ASN, InfraDevice::SITE.then(LocationSite::NAME)))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn columns<C: Columns<Kind = P::Kind>>(self, columns: C) -> Rows<C> {
        Rows::new(self.pages, columns)
    }

    /// How many objects match, whatever limit and offset are.
    ///
    /// # Errors
    /// Whatever the request meets.
    pub async fn count(self) -> Result<u64, Error> {
        self.pages.page(&Content::Count, read_count).await.map(|page| page.count)
    }

    /// The objects as they arrive, in order, holding only a few pages at a time. Dropping the stream
    /// stops its requests.
    pub fn stream(self) -> impl Stream<Item = Result<P, Error>> + Send + Unpin + 'static {
        self.objects()
    }
}

impl<P: Projection> All<P> {
    fn objects(self) -> PageStream<P> {
        self.pages.stream(Selection::of::<P>(), read_page::<P>)
    }
}

impl<P: Projection> IntoFuture for All<P> {
    type Output = Result<Vec<P>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.objects().collect())
    }
}
