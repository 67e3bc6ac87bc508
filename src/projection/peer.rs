//! Relationships in projections.

use super::{FromEdge, Projection, Selection};
use crate::column::{Attribute, Hierarchy, Mandatory, Optional, ToMany, ToOne};
use crate::decode::{self, NO_PEER, Page, ReadEdge, ReadMap, Reader};
use crate::filter::{Argument, Filter, Order, order_argument, to_json};
use crate::id::Id;
use crate::kind::Kind;
use serde::de::{Error, MapAccess};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// What a peer of kind `P` can be read as in a projection.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read from a `{P}`",
    label = "the peer is a `{P}`: read it as `{P}`, `Id<{P}>`, `Related<{P}>`, or a struct that derives `Projection` for it",
    note = "with the properties of the relationship it is a `WithProperties<…>`, with its metadata a `WithMetadata<…>`"
)]
pub trait ReadPeer<P: Kind>: Sized {
    #[doc(hidden)]
    fn select_edge(selection: &mut Selection);

    #[doc(hidden)]
    fn read_edge<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<Self>, A::Error>;
}

#[diagnostic::do_not_recommend]
impl<P: Kind, Q: Projection<Kind = P>> ReadPeer<P> for Q {
    fn select_edge(selection: &mut Selection) {
        selection.push_peer::<Q>();
    }

    fn read_edge<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<Self>, A::Error> {
        <Q as FromEdge>::read_edge(edge)
    }
}

/// What a relationship that may have no peer can be read as.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to a `{P}`, or to nothing",
    label = "read it as an `Option<…>` of what the peer is read as",
    note = "found `{Self}`; a peer is read as `{P}`, `Id<{P}>`, `Related<{P}>`, or a struct that derives `Projection` for it"
)]
pub trait ReadOptionalPeer<P: Kind>: Sized {
    #[doc(hidden)]
    type Peer: ReadPeer<P>;

    #[doc(hidden)]
    fn from_peer(peer: Option<Self::Peer>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<P: Kind, Q: ReadPeer<P>> ReadOptionalPeer<P> for Option<Q> {
    type Peer = Q;

    fn from_peer(peer: Option<Q>) -> Self {
        peer
    }
}

/// What a relationship to many can be read as.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to any number of `{P}`",
    label = "read it as `Vec<…>` of what a peer is read as, as `Count`, or with `#[infrahub(limit = …)]` as `FirstPeers<…>`",
    note = "found `{Self}`; a peer is read as `{P}`, `Id<{P}>`, `Related<{P}>`, or a struct that derives `Projection` for it"
)]
pub trait ReadPeers<P: Kind>: Sized {
    #[doc(hidden)]
    fn select_edges(selection: &mut Selection);

    #[doc(hidden)]
    fn read_edges<'de, A: MapAccess<'de>>(peers: A) -> Result<Self, A::Error>;
}

/// All of them: the request asks for all, and an answer that holds fewer than it counts is an error.
#[diagnostic::do_not_recommend]
impl<P: Kind, Q: ReadPeer<P>> ReadPeers<P> for Vec<Q> {
    fn select_edges(selection: &mut Selection) {
        select_counted::<P, Q>(selection);
    }

    fn read_edges<'de, A: MapAccess<'de>>(peers: A) -> Result<Self, A::Error> {
        let Page { count, nodes } = decode::page::<A, EdgeTo<P, Q>>(peers)?;
        if count != nodes.len() as u64 {
            let found = nodes.len();
            return Err(A::Error::custom(format!(
                "the server counts {count} peers and sent {found} of them"
            )));
        }
        Ok(nodes)
    }
}

fn select_counted<P: Kind, Q: ReadPeer<P>>(selection: &mut Selection) {
    selection.push("count edges {");
    Q::select_edge(selection);
    selection.push("}");
}

/// How many peers a relationship has, or how many match the field's filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub u64);

impl From<Count> for u64 {
    fn from(count: Count) -> Self {
        count.0
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[diagnostic::do_not_recommend]
impl<P: Kind> ReadPeers<P> for Count {
    fn select_edges(selection: &mut Selection) {
        selection.push("count");
    }

    fn read_edges<'de, A: MapAccess<'de>>(peers: A) -> Result<Self, A::Error> {
        let Page { count, .. } = decode::page::<A, EdgeTo<P, Id<P>>>(peers)?;
        Ok(Self(count))
    }
}

/// The first peers of a relationship, as many as `#[infrahub(limit = …)]` says, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FirstPeers<P> {
    /// The first peers.
    pub peers: Vec<P>,
    /// How many there are in all.
    pub count: u64,
}

impl<P> FirstPeers<P> {
    /// Whether there are more than these.
    pub fn is_cut(&self) -> bool {
        self.count > self.peers.len() as u64
    }
}

/// What a relationship to many can be read as where a limit may cut it.
#[diagnostic::on_unimplemented(
    message = "a relationship with a limit may be cut",
    label = "read it as `FirstPeers<…>`, which holds the first peers and how many there are",
    note = "without `limit` it is read completely"
)]
pub trait ReadFirstPeers<P: Kind>: Sized {
    #[doc(hidden)]
    fn select_edges(selection: &mut Selection);

    #[doc(hidden)]
    fn read_edges<'de, A: MapAccess<'de>>(peers: A) -> Result<Self, A::Error>;
}

#[diagnostic::do_not_recommend]
impl<P: Kind, Q: ReadPeer<P>> ReadFirstPeers<P> for FirstPeers<Q> {
    fn select_edges(selection: &mut Selection) {
        select_counted::<P, Q>(selection);
    }

    fn read_edges<'de, A: MapAccess<'de>>(peers: A) -> Result<Self, A::Error> {
        let Page { count, nodes } = decode::page::<A, EdgeTo<P, Q>>(peers)?;
        Ok(Self { peers: nodes, count })
    }
}

/// Which peers a field of a projection reads, and in which order; what the derive makes of
/// `#[infrahub(filter = …, order_by = …, limit = …)]`.
#[derive(Debug)]
pub struct Nested<P> {
    arguments: Vec<Result<Argument, String>>,
    order: Vec<crate::filter::OrderField>,
    kind: PhantomData<fn() -> P>,
}

impl<P> Default for Nested<P> {
    fn default() -> Self {
        Self { arguments: Vec::new(), order: Vec::new(), kind: PhantomData }
    }
}

impl<P: Kind> Nested<P> {
    /// Only peers that match.
    pub fn filter(mut self, filter: Filter<P>) -> Self {
        self.arguments.push(filter.argument.of_peers());
        self
    }

    /// Orders by this, after what was given before.
    pub fn order_by(mut self, order: Order<P>) -> Self {
        self.order.push(order.field);
        self
    }

    /// At most `limit` peers, which must not be zero: to the server that means all.
    pub fn limit(mut self, limit: u32) -> Self {
        self.arguments.push(match limit {
            0 => Err("a limit of zero means all peers to the server; read a `Count` for no peers".to_owned()),
            limit => Ok(Argument {
                name: Cow::Borrowed("limit"),
                scalar: "Int",
                list: false,
                value: to_json(&limit),
            }),
        });
        self
    }

    fn select(mut self, selection: &mut Selection, response: &str, name: &str, edges: fn(&mut Selection)) {
        selection.push_field(response, name);
        if !self.order.is_empty() {
            self.arguments.push(Ok(order_argument(&self.order)));
        }
        let mut names = BTreeSet::new();
        for argument in self.arguments {
            match argument {
                Ok(argument) if names.insert(argument.name.clone()) => {
                    selection.push_argument(names.len() == 1, &argument);
                }
                Ok(argument) => selection.refuse(format!(
                    "`{response}`: the filter `{}` is given twice; join the values with `.is_in([…])`",
                    argument.name
                )),
                Err(why) => selection.refuse(format!("`{response}`: {why}")),
            }
        }
        if !names.is_empty() {
            selection.end_arguments();
        }
        selection.push("{");
        edges(selection);
        selection.push("}");
    }
}

/// The edge of a relationship to a `P` that is read as `Q`.
pub(super) struct EdgeTo<P, Q>(PhantomData<(P, Q)>);

impl<P: Kind, Q: ReadPeer<P>> ReadEdge for EdgeTo<P, Q> {
    type Node = Q;

    fn read<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<Q>, A::Error> {
        Q::read_edge(edge)
    }
}

impl<P: Kind, Q: ReadPeer<P>> ReadMap for EdgeTo<P, Q> {
    type Value = Option<Q>;

    fn read<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<Q>, A::Error> {
        Q::read_edge(edge)
    }

    fn null<E: Error>() -> Result<Option<Q>, E> {
        Ok(None)
    }
}

const NO_PEERS: &str = "the server sent null for a relationship to many";

macro_rules! peers_of_projection {
    ($reader:ident reads $read:ident) => {
        struct $reader<P, F>(PhantomData<(P, F)>);

        impl<P: Kind, F: $read<P>> ReadMap for $reader<P, F> {
            type Value = F;

            fn read<'de, A: MapAccess<'de>>(peers: A) -> Result<F, A::Error> {
                F::read_edges(peers)
            }

            fn null<E: Error>() -> Result<F, E> {
                Err(E::custom(NO_PEERS))
            }
        }
    };
}
peers_of_projection!(AllPeers reads ReadPeers);
peers_of_projection!(SomePeers reads ReadFirstPeers);

/// For the derive of `Projection`.
#[doc(hidden)]
impl<K: Kind, P: Kind> ToOne<K, P, Mandatory> {
    pub fn select_as<F: ReadPeer<P>>(self, selection: &mut Selection, response: &str) {
        select_one::<P, F>(selection, response, self.name());
    }

    pub fn read_as<'de, F: ReadPeer<P>, A: MapAccess<'de>>(
        self,
        object: &mut Reader<'_, A>,
    ) -> Result<F, A::Error> {
        object.map::<EdgeTo<P, F>>()?.ok_or_else(|| A::Error::custom(NO_PEER))
    }
}

/// For the derive of `Projection`.
#[doc(hidden)]
impl<K: Kind, P: Kind> ToOne<K, P, Optional> {
    pub fn select_as<F: ReadOptionalPeer<P>>(self, selection: &mut Selection, response: &str) {
        select_one::<P, F::Peer>(selection, response, self.name());
    }

    pub fn read_as<'de, F: ReadOptionalPeer<P>, A: MapAccess<'de>>(
        self,
        object: &mut Reader<'_, A>,
    ) -> Result<F, A::Error> {
        object.map::<EdgeTo<P, F::Peer>>().map(F::from_peer)
    }
}

fn select_one<P: Kind, F: ReadPeer<P>>(selection: &mut Selection, response: &str, name: &str) {
    selection.push_field(response, name);
    selection.push("{");
    F::select_edge(selection);
    selection.push("}");
}

macro_rules! many_of_projection {
    ($column:ident<K, P $(, $access:ident)?>) => {
        /// For the derive of `Projection`.
        #[doc(hidden)]
        impl<K: Kind, P: Kind $(, $access)?> $column<K, P $(, $access)?> {
            pub fn select_as<F: ReadPeers<P>>(self, selection: &mut Selection, response: &str) {
                Nested::<P>::default().select(selection, response, self.name(), F::select_edges);
            }

            pub fn select_matching_as<F: ReadPeers<P>>(
                self,
                selection: &mut Selection,
                response: &str,
                matching: impl FnOnce(Nested<P>) -> Nested<P>,
            ) {
                matching(Nested::default()).select(selection, response, self.name(), F::select_edges);
            }

            pub fn select_first_as<F: ReadFirstPeers<P>>(
                self,
                selection: &mut Selection,
                response: &str,
                matching: impl FnOnce(Nested<P>) -> Nested<P>,
            ) {
                matching(Nested::default()).select(selection, response, self.name(), F::select_edges);
            }

            pub fn read_as<'de, F: ReadPeers<P>, A: MapAccess<'de>>(
                self,
                object: &mut Reader<'_, A>,
            ) -> Result<F, A::Error> {
                object.map::<AllPeers<P, F>>()
            }

            pub fn read_first_as<'de, F: ReadFirstPeers<P>, A: MapAccess<'de>>(
                self,
                object: &mut Reader<'_, A>,
            ) -> Result<F, A::Error> {
                object.map::<SomePeers<P, F>>()
            }
        }
    };
}
/// A column of which an object may have many values to choose from.
#[diagnostic::on_unimplemented(
    message = "`filter`, `order_by` and `limit` choose among many peers",
    label = "this is an attribute or a relationship to one, which has nothing to choose from",
    note = "to read only some objects, filter the request: `client.all::<Row>().filter(…)`"
)]
pub trait ManyPeers {}

macro_rules! single_of_projection {
    ($column:ident) => {
        /// For the derive of `Projection`.
        #[doc(hidden)]
        impl<K, T, N> $column<K, T, N> {
            pub fn select_matching_as<F>(self, _: &mut Selection, _: &str, _: impl Sized)
            where
                F: ManyPeers,
            {
            }

            pub fn select_first_as<F>(self, _: &mut Selection, _: &str, _: impl Sized)
            where
                F: ManyPeers,
            {
            }
        }
    };
}
single_of_projection!(Attribute);
single_of_projection!(ToOne);

many_of_projection!(ToMany<K, P, W>);
many_of_projection!(Hierarchy<K, P>);
