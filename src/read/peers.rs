//! Reading the peers of an object.

use super::document::{Content, Query};
use super::page::{read_count, read_page, read_peer};
use super::pages::{PageStream, Pages};
use crate::client::Client;
use crate::column::{Hierarchy, ToMany, ToOne};
use crate::error::Error;
use crate::filter::{Argument, Filter, Order, to_json};
use crate::id::{Key, Reference};
use crate::kind::Kind;
use crate::projection::{Projection, Selection};
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use std::borrow::Cow;
use std::future::IntoFuture;
use std::marker::PhantomData;

impl Key {
    /// The filter that matches just this object.
    pub(crate) fn argument(&self) -> Argument {
        let (name, scalar, value) = match self {
            Key::Id(id) => ("ids", "ID", to_json(&[id])),
            Key::Hfid(parts) => ("hfid", "String", to_json(parts)),
        };
        Argument { name: Cow::Borrowed(name), scalar, list: true, value }
    }
}

/// A read of all peers of one object across a relationship to many. It works like [`All`](super::All).
#[must_use = "a read is sent when it is awaited or streamed"]
#[derive(Debug)]
pub struct Peers<P, Q = P> {
    pages: Pages,
    types: PhantomData<fn() -> (P, Q)>,
}

impl<P: Kind, Q> Peers<P, Q> {
    pub(crate) fn new<R: Reference, A>(
        client: Client,
        node: &R,
        relationship: ToMany<R::Kind, P, A>,
    ) -> Self {
        Self::named::<R>(client, node, relationship.name())
    }

    pub(crate) fn of_hierarchy<R: Reference>(
        client: Client,
        node: &R,
        column: Hierarchy<R::Kind, P>,
    ) -> Self {
        Self::named::<R>(client, node, column.name())
    }

    fn named<R: Reference>(client: Client, node: &R, field: &'static str) -> Self {
        let query = Query::of_peers(R::Kind::KIND, node.key().0.argument(), field);
        Self { pages: Pages::new(client, query), types: PhantomData }
    }

    /// Only peers that match. The server does not filter peers by missing values.
    pub fn filter(mut self, filter: Filter<P>) -> Self {
        self.pages.query.filter(filter.argument);
        self
    }

    /// Orders by this, after what was given before.
    pub fn order_by(mut self, order: Order<P>) -> Self {
        self.pages.query.order_by(order.field);
        self
    }

    /// Reads at most `limit` peers.
    pub fn limit(mut self, limit: u64) -> Self {
        self.pages.limit = Some(limit);
        self
    }

    /// Leaves out the first `offset` peers.
    pub fn offset(mut self, offset: u64) -> Self {
        self.pages.offset = offset;
        self
    }

    /// Reads another projection of the peers.
    pub fn select<S: Projection<Kind = P>>(self) -> Peers<P, S> {
        Peers { pages: self.pages, types: PhantomData }
    }

    /// How many peers match.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the object does not exist.
    pub async fn count(self) -> Result<u64, Error> {
        self.pages.page(&Content::Count, read_count).await.map(|page| page.count)
    }

    /// The peers as they arrive, in order, holding only a few pages at a time.
    pub fn stream(self) -> impl Stream<Item = Result<Q, Error>> + Send + Unpin + 'static
    where
        Q: Projection<Kind = P>,
    {
        self.objects()
    }
}

impl<P: Kind, Q: Projection<Kind = P>> Peers<P, Q> {
    fn objects(self) -> PageStream<Q> {
        self.pages.stream(Selection::fragment_of::<Q>(), read_page::<Q>)
    }
}

impl<P: Kind, Q: Projection<Kind = P>> IntoFuture for Peers<P, Q> {
    type Output = Result<Vec<Q>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.objects().collect())
    }
}

/// A read of the peer of one object across a relationship to one; `None` where it has no peer.
#[must_use = "a read is sent when it is awaited"]
#[derive(Debug)]
pub struct Peer<P, Q = P> {
    pages: Pages,
    types: PhantomData<fn() -> (P, Q)>,
}

impl<P: Kind, Q> Peer<P, Q> {
    pub(crate) fn new<R: Reference, N>(client: Client, node: &R, relationship: ToOne<R::Kind, P, N>) -> Self {
        let query = Query::of_peers(R::Kind::KIND, node.key().0.argument(), relationship.name());
        Self { pages: Pages::new(client, query), types: PhantomData }
    }

    /// Reads another projection of the peer.
    pub fn select<S: Projection<Kind = P>>(self) -> Peer<P, S> {
        Peer { pages: self.pages, types: PhantomData }
    }
}

impl<P: Kind, Q: Projection<Kind = P>> IntoFuture for Peer<P, Q> {
    type Output = Result<Option<Q>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let selection = Selection::fragment_of::<Q>();
            let page = self.pages.page(&Content::Peer { selection: &selection }, read_peer::<Q>).await?;
            Ok(page.into_nodes().pop())
        })
    }
}
