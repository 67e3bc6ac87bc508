//! Reading the past.

use super::{All, GetBy, Peer, Peers};
use crate::client::Client;
use crate::column::{Hierarchy, ToMany, ToOne};
use crate::error::Error;
use crate::file::FileOf;
use crate::id::Reference;
use crate::kind::{FileObject, Kind};
use crate::projection::Projection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A point in time to read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When(String);

impl From<jiff::Timestamp> for When {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.to_string())
    }
}

impl From<Duration> for When {
    /// That long ago, by this machine's clock. It is one point in time, whenever requests are sent.
    fn from(ago: Duration) -> Self {
        let now = jiff::Timestamp::now();
        let then = jiff::SignedDuration::try_from(ago).ok().and_then(|ago| now.checked_sub(ago).ok());
        Self::from(then.unwrap_or(jiff::Timestamp::MIN))
    }
}

impl When {
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// A client that reads a branch as it was. It has no writes: the server would ignore the time and write now.
#[derive(Debug, Clone)]
pub struct PointInTime {
    client: Client,
}

impl PointInTime {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Reads one object, as [`Client::get`] does.
    pub fn get<P: Projection>(&self) -> GetBy<P> {
        self.client.get()
    }

    /// Reads all objects, as [`Client::all`] does.
    pub fn all<P: Projection>(&self) -> All<P> {
        self.client.all()
    }

    /// Reads the peer of an object, as [`Client::peer`] does.
    pub fn peer<R: Reference, P: Kind, N>(&self, node: &R, relationship: ToOne<R::Kind, P, N>) -> Peer<P> {
        self.client.peer(node, relationship)
    }

    /// Reads the peers of an object, as [`Client::peers`] does.
    pub fn peers<R: Reference, P: Kind, A>(&self, node: &R, relationship: ToMany<R::Kind, P, A>) -> Peers<P> {
        self.client.peers(node, relationship)
    }

    /// Reads the nodes above or below an object, as [`Client::hierarchy`] does.
    pub fn hierarchy<R: Reference, P: Kind>(&self, node: &R, column: Hierarchy<R::Kind, P>) -> Peers<P> {
        self.client.hierarchy(node, column)
    }

    /// Sends a GraphQL document, as [`Client::execute`] does. A mutation is refused.
    ///
    /// # Errors
    /// Those of [`Client::execute`], and [`Error::WriteRefused`].
    pub async fn execute<T: DeserializeOwned + Send>(
        &self,
        document: &str,
        variables: impl Serialize,
    ) -> Result<T, Error> {
        self.client.execute(document, variables).await
    }

    /// The file that an object had, as [`Client::file`].
    pub fn file<R: Reference>(&self, node: &R) -> FileOf
    where
        R::Kind: FileObject,
    {
        self.client.file(node)
    }
}
