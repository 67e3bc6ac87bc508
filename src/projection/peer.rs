//! Relationships in projections.

use super::{FromEdge, Projection, Selection};
use crate::column::{Attribute, Hierarchy, Mandatory, Optional, ToMany, ToOne};
use crate::decode::{self, Failed, NO_PEER, Reader, Source};
use crate::filter::{Argument, Filter, Order, order_argument, to_json};
use crate::id::Id;
use crate::kind::Kind;
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
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed>;
}

#[diagnostic::do_not_recommend]
impl<P: Kind, Q: Projection<Kind = P>> ReadPeer<P> for Q {
    fn select_edge(selection: &mut Selection) {
        selection.push_peer::<Q>();
    }

    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
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
    fn read_edges(peers: &mut dyn Source<'_>) -> Result<Self, Failed>;
}

/// All of them: the request asks for all, and an answer that holds fewer than it counts is an error.
#[diagnostic::do_not_recommend]
impl<P: Kind, Q: ReadPeer<P>> ReadPeers<P> for Vec<Q> {
    fn select_edges(selection: &mut Selection) {
        select_counted::<P, Q>(selection);
    }

    fn read_edges(peers: &mut dyn Source<'_>) -> Result<Self, Failed> {
        let FirstPeers { peers: read, count } = FirstPeers::read_edges(peers)?;
        if count != read.len() as u64 {
            let found = read.len();
            return Err(peers.fail(format!("the server counts {count} peers and sent {found} of them")));
        }
        Ok(read)
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

    fn read_edges(peers: &mut dyn Source<'_>) -> Result<Self, Failed> {
        decode::page(peers, &mut |edge| <Id<P> as FromEdge>::read_edge(edge).map(|_| ())).map(Self)
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
    fn read_edges(peers: &mut dyn Source<'_>) -> Result<Self, Failed>;
}

#[diagnostic::do_not_recommend]
impl<P: Kind, Q: ReadPeer<P>> ReadFirstPeers<P> for FirstPeers<Q> {
    fn select_edges(selection: &mut Selection) {
        select_counted::<P, Q>(selection);
    }

    fn read_edges(peers: &mut dyn Source<'_>) -> Result<Self, Failed> {
        let mut read = Vec::new();
        let count = decode::page(peers, &mut |edge| {
            read.push(decode::listed(edge, Q::read_edge)?);
            Ok(())
        })?;
        Ok(Self { peers: read, count })
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
            limit if i32::try_from(limit).is_err() => {
                Err(format!("a limit of {limit} is more than the server takes, which is {}", i32::MAX))
            }
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

const NO_PEERS: &str = "the server sent null for a relationship to many";

/// Reads the peer of a relationship to one.
fn read_one<P: Kind, Q: ReadPeer<P>>(object: &mut Reader<'_, '_>) -> Result<Option<Q>, Failed> {
    let mut peer = None;
    object.source().object(&mut |edge| {
        peer = Q::read_edge(edge)?;
        Ok(())
    })?;
    Ok(peer)
}

/// Reads the peers of a relationship to many.
fn read_many<T>(
    object: &mut Reader<'_, '_>,
    read: fn(&mut dyn Source<'_>) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let mut all = None;
    object.source().object(&mut |peers| {
        all = Some(read(peers)?);
        Ok(())
    })?;
    all.ok_or_else(|| object.source().fail(NO_PEERS.to_owned()))
}

/// For the derive of `Projection`.
#[doc(hidden)]
impl<K: Kind, P: Kind> ToOne<K, P, Mandatory> {
    pub fn select_as<F: ReadPeer<P>>(self, selection: &mut Selection, response: &str) {
        select_one::<P, F>(selection, response, self.name());
    }

    pub fn read_as<F: ReadPeer<P>>(self, object: &mut Reader<'_, '_>) -> Result<F, Failed> {
        read_one(object)?.ok_or_else(|| object.source().fail(NO_PEER.to_owned()))
    }
}

/// For the derive of `Projection`.
#[doc(hidden)]
impl<K: Kind, P: Kind> ToOne<K, P, Optional> {
    pub fn select_as<F: ReadOptionalPeer<P>>(self, selection: &mut Selection, response: &str) {
        select_one::<P, F::Peer>(selection, response, self.name());
    }

    pub fn read_as<F: ReadOptionalPeer<P>>(self, object: &mut Reader<'_, '_>) -> Result<F, Failed> {
        read_one(object).map(F::from_peer)
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

            pub fn read_as<F: ReadPeers<P>>(self, object: &mut Reader<'_, '_>) -> Result<F, Failed> {
                read_many(object, F::read_edges)
            }

            pub fn read_first_as<F: ReadFirstPeers<P>>(
                self,
                object: &mut Reader<'_, '_>,
            ) -> Result<F, Failed> {
                read_many(object, F::read_edges)
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
