//! Reading a result page by page, some pages ahead.
//!
//! What depends on the type that is read is kept small here, because every type that a program reads
//! compiles it again.

use super::document::{Content, Query, Slice};
use super::page::{Page, ReadPage, of_kind, of_object};
use crate::client::Client;
use crate::error::Error;
use crate::projection::Selection;
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use std::any::Any;
use std::collections::VecDeque;
use std::marker::PhantomData;
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

    /// Streams the objects, which `read` reads from the pages.
    pub(super) fn stream<P>(self, selection: Selection, read: ReadPage) -> PageStream<P> {
        PageStream::of(self.ahead(selection, read))
    }

    fn ahead(self, selection: Selection, read: ReadPage) -> Ahead {
        let plan = Plan::new(self.query.kind(), self.offset, self.limit, self.size);
        let window = self.client.config().max_concurrent_execution;
        let pages = Arc::new((self, selection));
        Ahead::new(
            plan,
            window,
            Box::new(move |slice| {
                let pages = Arc::clone(&pages);
                Box::pin(
                    async move { pages.0.page(&Content::Objects { selection: &pages.1, slice }, read).await },
                )
            }),
        )
    }

    /// Reads one answer.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the object whose peers are read does not exist.
    pub(super) async fn page(&self, content: &Content<'_>, read: ReadPage) -> Result<Page, Error> {
        let operation = self.query.operation(content)?;
        let of_answer = if self.query.is_of_peers() { of_object } else { of_kind };
        let mut page = None;
        self.client
            .read(&operation, &mut |data| {
                page = of_answer(data, read)?;
                Ok(())
            })
            .await?;
        page.ok_or_else(|| Error::not_found(self.query.kind(), "the object whose peers are read"))
    }
}

type Fetch = BoxFuture<'static, Result<Page, Error>>;

/// A page that was asked for.
enum Asked {
    Pending(Fetch),
    Here(Result<Page, Error>),
}

/// The pages of a result, in order. They are asked for while earlier ones are read, as many at once as the
/// configuration allows.
struct Ahead {
    plan: Plan,
    window: usize,
    fetch: Box<dyn Fn(Slice) -> Fetch + Send>,
    asked: VecDeque<Asked>,
}

impl Ahead {
    fn new(plan: Plan, window: usize, fetch: Box<dyn Fn(Slice) -> Fetch + Send>) -> Self {
        Self { plan, window: window.max(1), fetch, asked: VecDeque::new() }
    }

    /// Asks for pages until the window is full, and lets those on the way advance.
    fn advance(&mut self, context: &mut Context<'_>) {
        while self.asked.len() < self.window {
            let Some(slice) = self.plan.next() else { break };
            self.asked.push_back(Asked::Pending((self.fetch)(slice)));
        }
        for page in &mut self.asked {
            if let Asked::Pending(pending) = page
                && let Poll::Ready(result) = pending.as_mut().poll(context)
            {
                *page = Asked::Here(result);
            }
        }
    }

    /// The next page. After an error there is none.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page, Error>>> {
        self.advance(context);
        let page = match self.asked.pop_front() {
            None => return Poll::Ready(None),
            Some(pending @ Asked::Pending(_)) => {
                self.asked.push_front(pending);
                return Poll::Pending;
            }
            Some(Asked::Here(page)) => page,
        };
        let checked = page.and_then(|page| {
            self.plan.accept(page.count, page.len)?;
            Ok(page)
        });
        if checked.is_err() {
            self.plan.end();
            self.asked.clear();
        }
        Poll::Ready(Some(checked))
    }

    /// Adds all pages to what `append` knows; the first error ends it.
    async fn collect(
        mut self,
        mut all: Box<dyn Any + Send>,
        append: fn(&mut dyn Any, Page),
    ) -> Result<Box<dyn Any + Send>, Error> {
        while let Some(page) = std::future::poll_fn(|context| self.poll_page(context)).await {
            append(&mut *all, page?);
        }
        Ok(all)
    }
}

/// The objects of a result, in order.
pub(crate) struct PageStream<P> {
    pages: Ahead,
    ready: std::vec::IntoIter<P>,
    objects: PhantomData<fn() -> P>,
}

impl<P> PageStream<P> {
    fn of(pages: Ahead) -> Self {
        Self { pages, ready: Vec::new().into_iter(), objects: PhantomData }
    }

    /// The pages that a plan asks for, at most `window` of them at once.
    pub(crate) fn new(plan: Plan, window: usize, fetch: impl Fn(Slice) -> Fetch + Send + 'static) -> Self {
        Self::of(Ahead::new(plan, window, Box::new(fetch)))
    }
}

impl<P: Send + 'static> PageStream<P> {
    /// Collects all objects; the first error ends it.
    pub(crate) async fn collect(self) -> Result<Vec<P>, Error> {
        let all = self.pages.collect(Box::new(Vec::<P>::new()), append::<P>).await?;
        Ok(all.downcast().map_or_else(|_| Vec::new(), |all| *all))
    }
}

fn append<P: 'static>(all: &mut dyn Any, page: Page) {
    if let Some(all) = all.downcast_mut::<Vec<P>>() {
        all.append(&mut page.into_nodes());
    }
}

// Nothing here is pinned in place: the futures have boxes of their own.
impl<P> Unpin for PageStream<P> {}

impl<P: 'static> Stream for PageStream<P> {
    type Item = Result<P, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(object) = self.ready.next() {
                return Poll::Ready(Some(Ok(object)));
            }
            match self.pages.poll_page(context) {
                Poll::Ready(Some(Ok(page))) => self.ready = page.into_nodes().into_iter(),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
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
