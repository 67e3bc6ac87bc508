//! Batches of arbitrary futures.

use crate::client::Client;
use futures_core::stream::Stream;
use futures_util::stream::{self, StreamExt};
use std::future::Future;

impl Client {
    /// Runs any futures, such as requests of this client, with as many at once as the configuration's
    /// `max_concurrent_execution`, and gives their results in the order of the futures.
    ///
    /// Nothing is started before the stream is polled, and dropping the stream drops what is under way.
    pub fn concurrently<F>(&self, futures: impl IntoIterator<Item = F>) -> impl Stream<Item = F::Output>
    where
        F: Future,
    {
        stream::iter(futures).buffered(self.config().max_concurrent_execution)
    }
}
