//! Typed calls of the documents in `queries/*.graphql`.

mod object;
#[cfg(test)]
mod tests;

#[doc(hidden)]
pub use object::Object;
pub(crate) use object::inside;

use crate::client::Client;
use crate::error::Error;
use crate::operation::{Effect, Operation};
use crate::read::{Page, PageStream, Plan, PointInTime};
use futures_core::future::BoxFuture;
use futures_core::stream::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::future::IntoFuture;
use std::num::NonZeroU32;
use std::sync::Arc;

/// The variables of an operation in a `.graphql` file, which stand for the operation itself.
///
/// Implemented by generated code: an operation `SiteReport` gives `site_report::Variables` and, as
/// [`QueryVariables::Data`], `site_report::ResponseData`.
pub trait QueryVariables: Serialize + Send + Sync + 'static {
    /// What the server answers.
    type Data: DeserializeOwned + Send + 'static;
    /// The operation's name in the document.
    const OPERATION: &'static str;
    /// The document.
    const DOCUMENT: &'static str;
    /// Whether it is a mutation.
    const WRITES: bool;
}

/// The variables of an operation that pages: it has one root field with `limit` and `offset` from variables,
/// and selects that field's `count` and `edges`.
///
/// Implemented by generated code.
#[diagnostic::on_unimplemented(
    message = "the operation of `{Self}` has no stream of its pages",
    note = "an operation pages where its only root field takes `limit` and `offset` from variables that stand nowhere else, and has `count` and `edges` selected"
)]
pub trait PagedVariables: QueryVariables + Clone {
    /// One of the `edges`.
    type Item: Send + 'static;

    /// How many objects are asked for at most.
    fn limit(&self) -> Option<i64>;

    /// How many objects are left out.
    fn offset(&self) -> Option<i64>;

    /// The same with these.
    fn slice(&self, offset: i64, limit: i64) -> Self;

    /// The count and the edges of an answer.
    fn page(data: Self::Data) -> (i64, Vec<Self::Item>);
}

impl Client {
    /// Sends an operation of a `.graphql` file to this handle's branch.
    ///
    /// The variables say which operation it is. A variable that is `None` is left out, so the server sees no
    /// value rather than null. A query is sent again after a failure that passes, a mutation only where it is
    /// proven not to have run.
    ///
    /// ```ignore
    /// let report = client.query(site_report::Variables { name: "atl1".to_owned() }).await?;
    /// println!("{} devices", report.infra_device.count);
    /// ```
    pub fn query<V: QueryVariables>(&self, variables: V) -> Query<V> {
        Query { client: self.clone(), variables, size: self.config().pagination_size.into() }
    }
}

impl PointInTime {
    /// Sends a query of a `.graphql` file, as [`Client::query`] does. A mutation is refused.
    pub fn query<V: QueryVariables>(&self, variables: V) -> Query<V> {
        self.client().query(variables)
    }
}

/// A call of an operation in a `.graphql` file: await it for what the server answers, or, for one that pages,
/// [`stream`](Query::stream) all of its pages.
///
/// # Errors
/// [`Error::GraphQl`] where the answer has errors, even beside data; [`Error::Decode`] where the data does not
/// fit, because the server's schema is another than that of the snapshot; and what every call may meet.
#[must_use = "a query is sent when it is awaited or streamed"]
#[derive(Debug)]
pub struct Query<V> {
    client: Client,
    variables: V,
    size: u64,
}

impl<V: QueryVariables> IntoFuture for Query<V> {
    type Output = Result<V::Data, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.client.run(&operation(&self.variables)?).await })
    }
}

// The bound stands at each method, so that its message is shown where an operation does not page.
impl<V> Query<V> {
    /// Objects in one request, instead of the configuration's `pagination_size`.
    pub fn page_size(mut self, size: NonZeroU32) -> Self
    where
        V: PagedVariables,
    {
        self.size = size.get().into();
        self
    }

    /// The `edges` of all pages as they arrive, in order, holding only a few pages at a time. The variables for
    /// limit and offset say how many objects to read at most and how many to leave out; without them, all are
    /// read. Dropping the stream stops its requests.
    ///
    /// # Errors
    /// [`Error::ResultsChanged`] where the objects that match changed while their pages were being read, so
    /// that one could be missing or doubled; and what each page may meet.
    pub fn stream(self) -> impl Stream<Item = Result<V::Item, Error>> + Send + Unpin + 'static
    where
        V: PagedVariables,
    {
        self.pages()
    }

    /// The `edges` of all pages, as [`stream`](Query::stream) gives them.
    ///
    /// # Errors
    /// Those of the stream.
    pub async fn all(self) -> Result<Vec<V::Item>, Error>
    where
        V: PagedVariables,
    {
        self.pages().collect().await
    }

    fn pages(self) -> PageStream<V::Item>
    where
        V: PagedVariables,
    {
        let Self { client, variables, size } = self;
        let (offset, limit) = (variables.offset().unwrap_or_default(), variables.limit());
        let is_negative = offset < 0 || limit.is_some_and(|limit| limit < 0);
        let limit = limit.filter(|_| !is_negative).map(i64::unsigned_abs);
        let plan = Plan::new(V::OPERATION, offset.unsigned_abs(), limit, size);
        let window = client.config().max_concurrent_execution;
        let call = Arc::new((client, variables));
        PageStream::new(plan, window, move |slice| {
            let call = Arc::clone(&call);
            Box::pin(async move {
                let (client, variables) = &*call;
                let slice = (i64::try_from(slice.offset), i64::try_from(slice.limit));
                let (Ok(offset), Ok(limit), false) = (slice.0, slice.1, is_negative) else {
                    return Err(Error::invalid_request(
                        "limit and offset must not be negative, nor too large",
                    ));
                };
                let page = operation(&variables.slice(offset, limit))?;
                let (count, nodes) = V::page(client.run(&page).await?);
                Ok(Page::new(count.unsigned_abs(), nodes))
            })
        })
    }
}

/// The operation that variables stand for.
pub(crate) fn operation<V: QueryVariables>(variables: &V) -> Result<Operation<'static>, Error> {
    let (effect, prefix) = if V::WRITES { (Effect::Write, "mutation") } else { (Effect::Read, "query") };
    Ok(Operation {
        name: Cow::Borrowed(V::OPERATION),
        document: Cow::Borrowed(V::DOCUMENT),
        variables: Operation::variables(variables)?,
        effect,
        tracker: Cow::Owned(format!("{prefix}-{}", V::OPERATION.to_lowercase())),
        kind: None,
        is_compiled: true,
        object: None,
        upload: None,
    })
}
