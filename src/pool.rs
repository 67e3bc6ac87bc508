//! Resource pools: IP addresses, IP prefixes and numbers that the server allocates.
//!
//! [`from_pool`] says where something is taken from. It stands where a value or a peer would, in a create, an update
//! or a change of peers, and a pool fits only where its resources do: addresses on relationships to kinds of IP
//! addresses, prefixes on those to kinds of IP prefixes, numbers on number attributes.
//! [`Client::allocate`](crate::Client::allocate) takes an address or a prefix by itself.
//!
//! ```no_run
//! # use infrahub_client::id::{Hfid, Related};
//! # use infrahub_client::pool::{CoreIPAddressPool, CoreNumberPool, from_pool};
//! # use infrahub_client::{Client, Error};
//! # use infrahub_demo_kinds::*;
//! # async fn pools(client: &Client, site: &LocationSite) -> Result<(), Error> {
//! let loopbacks = Hfid::<CoreIPAddressPool>::new(["loopbacks"]);
//! let numbers = Hfid::<CoreNumberPool>::new(["tunnels"]);
//! let tunnel = InfraTunnelCreate::new(from_pool(&loopbacks), "t1", InfraTunnelProtocol::Gre, site, from_pool(&numbers));
//! client.create(tunnel).await?;
//!
//! let address: Related<IpamIPAddress> = client.allocate(from_pool(&loopbacks).identifier("atl1-leaf1")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The same again, or another one
//!
//! The server remembers what it allocated under which identifier, and gives that again. A number's identifier is the
//! id of the object that it is for, so an object keeps its number however often it asks. Addresses and prefixes have
//! the identifier that the program gives them; without one they have a new one each time. So an allocation whose
//! answer was lost is sent again and never allocates twice; making the same call again gives the same address only
//! where it names the same identifier.
//!
//! What was allocated for a write that then fails stays allocated. Give an identifier where a write may fail and be
//! made again: it then takes what the first one left.

use crate::id::{Id, Key, Reference};
use crate::input::{
    AttributeInput, Fields, IntoAttribute, IntoPeer, Named, PeerInput, Update, WITHOUT_KIND, WirePeer,
};
use crate::kind::{HumanFriendlyId, Is, Kind, Node};
use serde::Serialize;
use std::fmt;
use std::marker::PhantomData;

/// A kind of resource pool: `CoreIPAddressPool`, `CoreIPPrefixPool` or `CoreNumberPool`.
///
/// Implemented for those of this module, and by generated code for those that the program generated.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource pool",
    note = "a pool is named by a node, an `Id`, an `Hfid` or a `Related` of `CoreIPAddressPool`, `CoreIPPrefixPool` or `CoreNumberPool`, which are in `infrahub_client::pool` for programs that do not generate them"
)]
pub trait Pool: Kind {
    /// What it gives: [`IpAddresses`], [`IpPrefixes`] or [`Numbers`].
    type Resource;
}

/// A kind whose objects a pool of `S` gives: kinds of IP addresses for [`IpAddresses`], of IP prefixes for
/// [`IpPrefixes`].
#[diagnostic::on_unimplemented(
    message = "a pool of `{S}` gives no `{Self}`",
    label = "a pool of `{S}` does not fit here",
    note = "IP addresses are taken from a `CoreIPAddressPool`, IP prefixes from a `CoreIPPrefixPool`, and numbers, for attributes only, from a `CoreNumberPool`"
)]
pub trait AllocatedFrom<S>: Kind {}

/// What a `CoreIPAddressPool` gives: objects of kinds that inherit from `BuiltinIPAddress`.
#[derive(Debug)]
pub enum IpAddresses {}

/// What a `CoreIPPrefixPool` gives: objects of kinds that inherit from `BuiltinIPPrefix`.
#[derive(Debug)]
pub enum IpPrefixes {}

/// What a `CoreNumberPool` gives: numbers for one attribute of one kind, which the pool names.
#[derive(Debug)]
pub enum Numbers {}

macro_rules! pools {
    ($($(#[$docs:meta])* $pool:ident = $kind:literal gives $resource:ident;)*) => {$(
        $(#[$docs])*
        #[derive(Debug)]
        pub enum $pool {}

        crate::__kind!($pool = $kind);

        impl HumanFriendlyId for $pool {
            type Parts<S> = [S; 1];
        }

        impl Pool for $pool {
            type Resource = $resource;
        }
    )*};
}
pools! {
    /// A pool of IP addresses, for programs that did not generate the kind. Its human-friendly id is its name.
    CoreIPAddressPool = "CoreIPAddressPool" gives IpAddresses;
    /// A pool of IP prefixes, for programs that did not generate the kind. Its human-friendly id is its name.
    CoreIPPrefixPool = "CoreIPPrefixPool" gives IpPrefixes;
    /// A pool of numbers, for programs that did not generate the kind. Its human-friendly id is its name.
    CoreNumberPool = "CoreNumberPool" gives Numbers;
}

/// Takes the next free resource of this pool.
pub fn from_pool<R: Reference>(pool: &R) -> FromPool<<R::Kind as Pool>::Resource>
where
    R::Kind: Pool,
{
    FromPool {
        pool: pool.key().0,
        pool_kind: R::Kind::KIND,
        identifier: None,
        prefix_length: None,
        kind: None,
        data: None,
        types: PhantomData,
    }
}

/// Something that is taken from a pool of `S`; made by [`from_pool`]. `K` is the kind that [`with`](FromPool::with)
/// named.
///
/// An identifier that the program does not give is chosen where this is put into a create or another write. A clone of
/// that write asks for the same resource again.
#[must_use]
pub struct FromPool<S, K = AnyKind> {
    pool: Key,
    pool_kind: &'static str,
    identifier: Option<String>,
    prefix_length: Option<u8>,
    kind: Option<&'static str>,
    data: Option<Fields>,
    types: PhantomData<fn() -> (S, K)>,
}

/// Marks that the kind of an address or prefix follows from where it is put.
#[derive(Debug)]
pub enum AnyKind {}

/// What pools give as objects: [`IpAddresses`] and [`IpPrefixes`].
#[diagnostic::on_unimplemented(
    message = "a pool of `{Self}` gives no objects",
    note = "a `CoreNumberPool` gives numbers: put just `from_pool(&pool)` on a number attribute of a create or an update; the number's identifier is the object that it is for"
)]
pub trait IpResource: sealed::Sealed + 'static {}

impl IpResource for IpAddresses {}
impl IpResource for IpPrefixes {}

pub(crate) mod sealed {
    /// How the server spells the allocation of this.
    pub trait Sealed {
        const MUTATION: &'static str;
        const INPUT: &'static str;
        /// Whether it is a prefix, which has a field for its kind where an address has none.
        const IS_PREFIX: bool;
    }

    impl Sealed for super::IpAddresses {
        const MUTATION: &'static str = "InfrahubIPAddressPoolGetResource";
        const INPUT: &'static str = "IPAddressPoolGetResourceInput";
        const IS_PREFIX: bool = false;
    }

    impl Sealed for super::IpPrefixes {
        const MUTATION: &'static str = "InfrahubIPPrefixPoolGetResource";
        const INPUT: &'static str = "IPPrefixPoolGetResourceInput";
        const IS_PREFIX: bool = true;
    }
}

impl<S, K> Clone for FromPool<S, K> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            pool_kind: self.pool_kind,
            identifier: self.identifier.clone(),
            prefix_length: self.prefix_length,
            kind: self.kind,
            data: self.data.clone(),
            types: PhantomData,
        }
    }
}

impl<S, K> fmt::Debug for FromPool<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromPool")
            .field("pool", &self.pool)
            .field("identifier", &self.identifier)
            .field("prefix_length", &self.prefix_length)
            .field("kind", &self.kind)
            .field("data", &self.data)
            .finish()
    }
}

impl<S, K> FromPool<S, K> {
    /// The name under which the pool remembers what it gives: the same name gives the same address or prefix again,
    /// for whatever it is asked.
    pub fn identifier(mut self, identifier: impl Into<String>) -> Self
    where
        S: IpResource,
    {
        self.identifier = Some(identifier.into());
        self
    }

    /// The prefix length of a new address or prefix; the pool's own default unless set. The server refuses another
    /// length for what it already gave under the identifier.
    pub fn prefix_length(mut self, length: u8) -> Self
    where
        S: IpResource,
    {
        self.prefix_length = Some(length);
        self
    }

    /// What else a new address or prefix has: `from_pool(&pool).with(IpamIPAddressUpdate::new().dns_name("a.example"))`.
    /// It makes the new object one of that kind, and changes nothing of what was allocated before.
    pub fn with<U: Update>(self, data: U) -> FromPool<S, U::Kind>
    where
        S: IpResource,
        U::Kind: AllocatedFrom<S>,
    {
        FromPool {
            pool: self.pool,
            pool_kind: self.pool_kind,
            identifier: self.identifier,
            prefix_length: self.prefix_length,
            kind: Some(U::Kind::KIND),
            data: Some(data.into_data().fields),
            types: PhantomData,
        }
    }
}

impl<S: IpResource, K> FromPool<S, K> {
    /// The peer, as an object of kind `P`.
    fn peer<P: Kind>(self) -> PeerInput<P> {
        let kind = self.kind.or_else(concrete::<P>);
        let (prefixlen, size) =
            if S::IS_PREFIX { (None, self.prefix_length) } else { (self.prefix_length, None) };
        let (address_type, prefix_type) = if S::IS_PREFIX { (None, kind) } else { (kind, None) };
        let mut data = self.data;
        if let Some(kind) = address_type {
            data.get_or_insert_default().set("address_type", kind);
        }
        PeerInput::of(WirePeer::from_pool(WirePool {
            named: Named::new(&self.pool, self.pool_kind),
            id: name(self.pool),
            identifier: Some(self.identifier.unwrap_or_else(new_identifier)),
            prefixlen,
            size,
            prefix_type,
            data,
        }))
    }

    /// The data of an allocation by itself, as an object of kind `P`, and whether the program gave the identifier.
    pub(crate) fn allocation<P: Kind>(self) -> (Allocation, bool) {
        let is_named = self.identifier.is_some();
        let kind = self.kind.or_else(concrete::<P>);
        let (address_type, prefix_type) = if S::IS_PREFIX { (None, kind) } else { (kind, None) };
        let (id, hfid) = match self.pool {
            Key::Id(id) => (Some(id), None),
            Key::Hfid(parts) => (None, Some(parts)),
        };
        let allocation = Allocation {
            id,
            hfid,
            identifier: self.identifier.unwrap_or_else(new_identifier),
            prefix_length: self.prefix_length,
            address_type,
            prefix_type,
            data: self.data,
        };
        (allocation, is_named)
    }
}

impl<S: IpResource, P: AllocatedFrom<S>> IntoPeer<P> for FromPool<S> {
    fn into_peer(self) -> PeerInput<P> {
        self.peer()
    }
}

impl<S: IpResource, K: Node + AllocatedFrom<S> + Is<P>, P: Kind> IntoPeer<P> for FromPool<S, K> {
    fn into_peer(self) -> PeerInput<P> {
        self.peer()
    }
}

impl FromPool<Numbers> {
    /// The number to write, to say who owns it and whether it is protected.
    pub fn into_attribute(self) -> AttributeInput<i64> {
        AttributeInput::from_pool(WirePool {
            named: Named::new(&self.pool, self.pool_kind),
            id: name(self.pool),
            identifier: None,
            prefixlen: None,
            size: None,
            prefix_type: None,
            data: None,
        })
    }
}

impl<N> IntoAttribute<i64, N> for FromPool<Numbers> {
    fn into_attribute(self) -> AttributeInput<i64> {
        FromPool::<Numbers>::into_attribute(self)
    }
}

/// The kind to ask the pool for; `None` where any kind of addresses or prefixes will do.
fn concrete<P: Kind>() -> Option<&'static str> {
    Some(P::KIND).filter(|kind| !WITHOUT_KIND.contains(kind))
}

fn new_identifier() -> String {
    Id::<()>::generate().to_string()
}

/// Where a write names a pool, the server takes its id or its name, which is the pool's human-friendly id.
fn name(pool: Key) -> String {
    match pool {
        Key::Id(id) => id,
        Key::Hfid(parts) => parts.join("__"),
    }
}

/// A pool as it stands in a write.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WirePool {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    /// Of an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    prefixlen: Option<u8>,
    /// Of a prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Fields>,
    #[serde(skip)]
    pub(crate) named: Named,
}

impl WirePool {
    /// The same without the fields that only writes of one kind have: the server reads these among the data, too.
    pub(crate) fn into_generic(mut self) -> Self {
        let mut data = self.data.take().unwrap_or_default();
        if let Some(length) = self.prefixlen.take().or(self.size.take()) {
            data.set("prefixlen", &length);
        }
        if let Some(kind) = self.prefix_type.take() {
            data.set("prefix_type", kind);
        }
        self.data = Some(data);
        self
    }
}

/// The data of an allocation by itself.
#[derive(Debug, Serialize)]
pub(crate) struct Allocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hfid: Option<Vec<String>>,
    pub(crate) identifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix_length: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Fields>,
}

impl Allocation {
    /// What the program named the pool by.
    pub(crate) fn pool(&self) -> String {
        self.id.clone().or_else(|| self.hfid.as_ref().map(|parts| parts.join("__"))).unwrap_or_default()
    }
}
