//! Reading a result page by page, some pages ahead.
//!
//! What depends on the type that is read is kept small here, because every type that a program reads
//! compiles it again.

use super::document::{Content, Query, Slice};
use super::page::Edges;
use crate::client::Client;
use crate::error::Error;
use crate::projection::{FromEdge, Selection};
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A result that is read page by page.
#[derive(Debug)]
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
    pub(super) fn stream<R, P>(self, selection: Selection, page: fn(R) -> Option<Edges<P>>) -> PageStream<P>
    where
        R: DeserializeOwned + Send + 'static,
        P: FromEdge,
    {
        let plan = Plan::new(self.query.kind(), self.offset, self.limit, self.size);
        let window = self.client.config().max_concurrent_execution;
        let pages = Arc::new((self, selection));
        PageStream::new(plan, window, move |slice| -> Fetch<P> {
            let pages = Arc::clone(&pages);
            Box::pin(async move {
                let (Pages { client, query, .. }, selection) = &*pages;
                let operation = query.operation(&Content::Objects { selection, slice })?;
                page(client.run::<R>(&operation).await?)
                    .ok_or_else(|| Error::not_found(query.kind(), "the object whose peers are read"))
            })
        })
    }
}

type Fetch<P> = BoxFuture<'static, Result<Edges<P>, Error>>;

/// A page that was asked for.
enum Ahead<P> {
    Asked(Fetch<P>),
    Here(Result<Edges<P>, Error>),
}

/// The objects of a result, in order. Pages are asked for while earlier ones are read, as many at once as
/// the configuration allows.
pub(crate) struct PageStream<P> {
    plan: Plan,
    window: usize,
    fetch: Box<dyn Fn(Slice) -> Fetch<P> + Send>,
    ahead: VecDeque<Ahead<P>>,
    ready: std::vec::IntoIter<P>,
}

impl<P> PageStream<P> {
    /// The pages that a plan asks for, at most `window` of them at once.
    pub(crate) fn new(plan: Plan, window: usize, fetch: impl Fn(Slice) -> Fetch<P> + Send + 'static) -> Self {
        Self {
            plan,
            window: window.max(1),
            fetch: Box::new(fetch),
            ahead: VecDeque::new(),
            ready: Vec::new().into_iter(),
        }
    }

    /// Asks for pages until the window is full, and lets those on the way advance.
    fn advance(&mut self, context: &mut Context<'_>) {
        while self.ahead.len() < self.window {
            let Some(slice) = self.plan.next() else { break };
            self.ahead.push_back(Ahead::Asked((self.fetch)(slice)));
        }
        for page in &mut self.ahead {
            if let Ahead::Asked(asked) = page
                && let Poll::Ready(result) = asked.as_mut().poll(context)
            {
                *page = Ahead::Here(result);
            }
        }
    }

    /// Collects all objects; the first error ends it.
    pub(crate) async fn collect(mut self) -> Result<Vec<P>, Error> {
        let mut all = Vec::new();
        while let Some(object) = std::future::poll_fn(|context| Pin::new(&mut self).poll_next(context)).await
        {
            all.push(object?);
        }
        Ok(all)
    }
}

// Nothing here is pinned in place: the futures have boxes of their own.
impl<P> Unpin for PageStream<P> {}

impl<P> Stream for PageStream<P> {
    type Item = Result<P, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(object) = self.ready.next() {
                return Poll::Ready(Some(Ok(object)));
            }
            self.advance(context);
            let page = match self.ahead.pop_front() {
                None => return Poll::Ready(None),
                Some(Ahead::Asked(asked)) => {
                    self.ahead.push_front(Ahead::Asked(asked));
                    return Poll::Pending;
                }
                Some(Ahead::Here(page)) => page,
            };
            let checked = page.and_then(|page| {
                self.plan.accept(page.count, page.nodes.len() as u64)?;
                Ok(page)
            });
            match checked {
                Ok(page) => self.ready = page.nodes.into_iter(),
                Err(error) => {
                    self.plan.end();
                    self.ahead.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

/// Which pages there are to ask for, and whether those that come belong together.
#[derive(Debug)]
pub(crate) struct Plan {
    kind: &'static str,
    offset: u64,
    size: u64,
    /// How many objects the caller wants at most.
    limit: u64,
    /// How many objects were asked for; those that were accepted.
    asked: u64,
    accepted: u64,
    /// How many objects match, once the first page has said so.
    count: Option<u64>,
}

impl Plan {
    /// Up to `limit` objects of a kind after the first `offset`, `size` at a time.
    pub(crate) fn new(kind: &'static str, offset: u64, limit: Option<u64>, size: u64) -> Self {
        Self {
            kind,
            offset,
            size: size.max(1),
            limit: limit.unwrap_or(u64::MAX),
            asked: 0,
            accepted: 0,
            count: None,
        }
    }

    /// How many objects there are to read in all, as far as is known.
    fn wanted(&self) -> u64 {
        match self.count {
            None => self.limit.min(self.size),
            Some(count) => self.limit.min(count.saturating_sub(self.offset)),
        }
    }

    /// The next page. Before the first has come there is only that one.
    fn next(&mut self) -> Option<Slice> {
        let limit = self.size.min(self.wanted().checked_sub(self.asked)?);
        if limit == 0 {
            return None;
        }
        let slice = Slice { offset: self.offset + self.asked, limit };
        self.asked += limit;
        Some(slice)
    }

    /// Checks the next page: the count must stay, and the page must hold what the count promised.
    fn accept(&mut self, count: u64, objects: u64) -> Result<(), Error> {
        let first = *self.count.get_or_insert(count);
        if first != count {
            let what = format!("{first} objects matched at first, then {count}");
            return Err(Error::results_changed(self.kind, what));
        }
        let expected = self.size.min(self.wanted() - self.accepted);
        if objects != expected {
            let what = format!("a page of {expected} objects holds {objects}");
            return Err(Error::results_changed(self.kind, what));
        }
        self.accepted += expected;
        self.asked = self.asked.min(self.wanted());
        Ok(())
    }

    /// Asks for no more.
    fn end(&mut self) {
        self.limit = 0;
    }
}
