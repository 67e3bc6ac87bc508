//! The operations per kind, as methods of [`Client`].

use crate::batch::Batch;
use crate::client::Client;
use crate::column::{Hierarchy, ToMany, ToOne};
use crate::id::Reference;
use crate::input::{Create, IntoPeer};
use crate::kind::{Kind, Node, Upsertable};
use crate::pool::{FromPool, IpResource};
use crate::projection::Projection;
use crate::read::{All, GetBy, Peer, Peers, PointInTime, When};
use crate::write::{AllocateRequest, DeleteRequest, RelationshipPeers, UpdateOf, WriteRequest};

impl Client {
    /// Reads one object: `client.get::<InfraDevice>().hfid(["atl1-edge1"]).await?`.
    pub fn get<P: Projection>(&self) -> GetBy<P> {
        GetBy::new(self.clone())
    }

    /// Reads all objects of a kind, or those that match: `client.all::<InfraDevice>().await?`.
    pub fn all<P: Projection>(&self) -> All<P> {
        All::new(self.clone())
    }

    /// Reads the peer of an object: `client.peer(&device, InfraDevice::SITE).await?`.
    pub fn peer<R: Reference, P: Kind, N>(&self, node: &R, relationship: ToOne<R::Kind, P, N>) -> Peer<P> {
        Peer::new(self.clone(), node, relationship)
    }

    /// Reads the peers of an object: `client.peers(&device, InfraDevice::INTERFACES).await?`.
    pub fn peers<R: Reference, P: Kind, A>(&self, node: &R, relationship: ToMany<R::Kind, P, A>) -> Peers<P> {
        Peers::new(self.clone(), node, relationship)
    }

    /// Reads all nodes above or below an object in its hierarchy, nearest or not:
    /// `client.hierarchy(&site, LocationSite::ANCESTORS).await?`.
    pub fn hierarchy<R: Reference, P: Kind>(&self, node: &R, column: Hierarchy<R::Kind, P>) -> Peers<P> {
        Peers::of_hierarchy(self.clone(), node, column)
    }

    /// The branch as it was: `client.at(timestamp)` or `client.at(Duration::from_secs(3600))`, an hour ago.
    pub fn at(&self, when: impl Into<When>) -> PointInTime {
        PointInTime::new(self.scoped_at(when.into().into_text()))
    }

    /// Creates an object: `client.create(InfraSiteCreate::new("atl1")).await?`.
    pub fn create<C>(&self, create: C) -> WriteRequest<C::Kind>
    where
        C: Create,
        C::Kind: Node,
    {
        WriteRequest::create(self.clone(), create.into_data())
    }

    /// Creates an object, or updates the one with the same human-friendly id. Kinds whose objects the
    /// server cannot match that way have no upsert.
    ///
    /// With an id of your own (`with_id`) the server only updates: it answers that the object was not found
    /// where there is none.
    pub fn upsert<C>(&self, create: C) -> WriteRequest<C::Kind>
    where
        C: Create,
        C::Kind: Node + Upsertable,
    {
        WriteRequest::upsert(self.clone(), create.into_data())
    }

    /// Changes an object: `client.update(&device).set(InfraDeviceUpdate::new().description("rack 12")).await?`.
    pub fn update<R: Reference>(&self, node: &R) -> UpdateOf<R::Kind>
    where
        R::Kind: Node,
    {
        UpdateOf::new(self.clone(), node)
    }

    /// Deletes an object: `client.delete(&device).await?`.
    pub fn delete<R: Reference>(&self, node: &R) -> DeleteRequest
    where
        R::Kind: Node,
    {
        DeleteRequest::new(self.clone(), node)
    }

    /// Takes an IP address or an IP prefix from a pool: `let address: Related<IpamIPAddress> =
    /// client.allocate(from_pool(&pool).identifier("atl1-leaf1")).await?`.
    pub fn allocate<P: Kind, S: IpResource, K>(&self, from: FromPool<S, K>) -> AllocateRequest<P>
    where
        FromPool<S, K>: IntoPeer<P>,
    {
        AllocateRequest::new(self.clone(), from)
    }

    /// Changes the peers of an object: `client.relationship(&device, InfraDevice::TAGS).add([&tag]).await?`.
    pub fn relationship<R: Reference, P: Kind>(
        &self,
        node: &R,
        relationship: ToMany<R::Kind, P>,
    ) -> RelationshipPeers<P>
    where
        R::Kind: Node,
    {
        RelationshipPeers::new(self.clone(), node, relationship)
    }

    /// Collects writes to be sent in few documents.
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }
}
