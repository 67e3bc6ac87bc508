//! What a write sends: only the fields that were named, each already in its wire form.

use crate::column::{Mandatory, Optional};
use crate::file::File;
use crate::filter::to_json;
use crate::id::{Id, Key, Reference};
use crate::kind::{Is, Kind};
use crate::pool::WirePool;
use crate::value::{AttributeValue, DateTime, IpHost, Password};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::marker::PhantomData;
use std::net::IpAddr;

/// Something that is a value of type `T`: a `T` itself, or a close relative such as `&str` for `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for an attribute of type `{T}`",
    label = "expected a `{T}`"
)]
pub trait IntoValue<T: AttributeValue> {
    /// The value.
    fn into_value(self) -> T;
}

impl<T: AttributeValue> IntoValue<T> for T {
    fn into_value(self) -> T {
        self
    }
}

/// Something that can be written to an attribute of type `T`: a value, a number from a [pool](crate::pool), or an
/// [`AttributeInput`] with owner, source or protection. `N` says whether the attribute may be null: then it may be an
/// `Option` of a value. `None` writes null, of which the server makes the default where the attribute has one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for an attribute of type `{T}`",
    label = "expected a `{T}`"
)]
pub trait IntoAttribute<T: AttributeValue, N = Mandatory> {
    /// The value with what is said about it.
    fn into_attribute(self) -> AttributeInput<T>;
}

impl<T: AttributeValue, N> IntoAttribute<T, N> for T {
    fn into_attribute(self) -> AttributeInput<T> {
        AttributeInput::new(self)
    }
}

impl<T: AttributeValue> IntoAttribute<T, Optional> for Option<T> {
    fn into_attribute(self) -> AttributeInput<T> {
        AttributeInput::nullable(self)
    }
}

impl<T: AttributeValue, N> IntoAttribute<T, N> for AttributeInput<T> {
    fn into_attribute(self) -> AttributeInput<T> {
        self
    }
}

macro_rules! into_value {
    ($($from:ty => $to:ty: |$value:ident| $convert:expr;)*) => {$(
        impl IntoValue<$to> for $from {
            fn into_value(self) -> $to {
                let $value = self;
                $convert
            }
        }
        impl<N> IntoAttribute<$to, N> for $from {
            fn into_attribute(self) -> AttributeInput<$to> {
                AttributeInput::new(IntoValue::<$to>::into_value(self))
            }
        }
        impl IntoAttribute<$to, Optional> for Option<$from> {
            fn into_attribute(self) -> AttributeInput<$to> {
                AttributeInput::nullable(self.map(IntoValue::<$to>::into_value))
            }
        }
    )*};
}
into_value! {
    &str => String: |text| text.to_owned();
    &String => String: |text| text.clone();
    i32 => i64: |number| number.into();
    u32 => i64: |number| number.into();
    u16 => i64: |number| number.into();
    u8 => i64: |number| number.into();
    jiff::Timestamp => DateTime: |timestamp| timestamp.into();
    IpAddr => IpHost: |address| address.into();
    ipnet::IpNet => IpHost: |network| network.into();
    &str => Password: |text| Password::new(text);
    String => Password: |text| Password::new(text);
}

/// A value to write, with its owner, source and protection where they are to be set.
#[derive(Debug, Clone, Serialize)]
pub struct AttributeInput<T> {
    /// Absent where a pool gives the value; `Some(None)` is null.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Option<T>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_pool: Option<WirePool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_protected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

impl<T: AttributeValue> AttributeInput<T> {
    /// Just the value.
    pub fn new(value: impl IntoValue<T>) -> Self {
        Self::nullable(Some(value.into_value()))
    }

    fn nullable(value: Option<T>) -> Self {
        Self { value: Some(value), from_pool: None, is_protected: None, owner: None, source: None }
    }

    /// Says whether others may overwrite the value.
    pub fn is_protected(mut self, protected: bool) -> Self {
        self.is_protected = Some(protected);
        self
    }

    /// Says who owns the value: an account, group or repository. The server ignores an id that it does not know.
    pub fn owner<O>(mut self, owner: &Id<O>) -> Self {
        self.owner = Some(owner.to_string());
        self
    }

    /// Says where the value came from. The server ignores an id that it does not know.
    pub fn source<O>(mut self, source: &Id<O>) -> Self {
        self.source = Some(source.to_string());
        self
    }
}

impl AttributeInput<i64> {
    /// The next free number of a pool.
    pub(crate) fn from_pool(pool: WirePool) -> Self {
        Self { value: None, from_pool: Some(pool), is_protected: None, owner: None, source: None }
    }
}

/// Something that can be written to a relationship with peers of kind `P`: a reference to an object that is a
/// `P`, what a [pool](crate::pool) gives, or a [`PeerInput`] with owner, source or protection.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a peer of kind `{P}`",
    label = "expected a `{P}`: a node, an `Id`, an `Hfid` or a `Related` of that kind or of one that inherits from it",
    note = "what `from_pool` takes fits where the pool's resources do: those of a `CoreIPAddressPool` on relationships to IP addresses, those of a `CoreIPPrefixPool` on relationships to IP prefixes"
)]
pub trait IntoPeer<P: Kind> {
    /// The reference with what is said about it.
    fn into_peer(self) -> PeerInput<P>;
}

/// Generics whose peers the server takes in an input of their own, which cannot name the concrete kind.
pub(crate) const WITHOUT_KIND: [&str; 2] = ["BuiltinIPAddress", "BuiltinIPPrefix"];

impl<P: Kind, R: Reference> IntoPeer<P> for R
where
    R::Kind: Is<P>,
{
    fn into_peer(self) -> PeerInput<P> {
        PeerInput::of(WirePeer::new(self.key().0, R::Kind::KIND, P::KIND))
    }
}

impl<P: Kind> IntoPeer<P> for PeerInput<P> {
    fn into_peer(self) -> PeerInput<P> {
        self
    }
}

/// What names an object that a write refers to: its id, or its kind where it is named by human-friendly id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    Id(String),
    OfKind(&'static str),
}

/// A peer to write, with owner, source and protection of the relationship to it where they are to be set.
///
/// They stay as they are where a write does not name them. Adding a peer that is there already does not
/// change them; naming it in an update does.
pub struct PeerInput<P> {
    pub(crate) wire: WirePeer,
    peer: PhantomData<fn() -> P>,
}

impl<P: Kind> PeerInput<P> {
    /// Just the peer.
    pub fn new(peer: impl IntoPeer<P>) -> Self {
        peer.into_peer()
    }

    pub(crate) fn of(wire: WirePeer) -> Self {
        Self { wire, peer: PhantomData }
    }

    /// Says whether others may change the relationship.
    pub fn is_protected(mut self, protected: bool) -> Self {
        self.wire.is_protected = Some(protected);
        self
    }

    /// Says who owns the relationship: an account, group or repository. The server ignores an id that it does not
    /// know.
    pub fn owner<O>(mut self, owner: &Id<O>) -> Self {
        self.wire.owner = Some(owner.to_string());
        self
    }

    /// Says where the relationship came from. The server ignores an id that it does not know.
    pub fn source<O>(mut self, source: &Id<O>) -> Self {
        self.wire.source = Some(source.to_string());
        self
    }
}

impl<P> Clone for PeerInput<P> {
    fn clone(&self) -> Self {
        Self { wire: self.wire.clone(), peer: PhantomData }
    }
}

impl<P> std::fmt::Debug for PeerInput<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.wire.fmt(f)
    }
}

/// A peer as it goes on the wire.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WirePeer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hfid: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_pool: Option<WirePool>,
    #[serde(rename = "_relation__is_protected", skip_serializing_if = "Option::is_none")]
    is_protected: Option<bool>,
    #[serde(rename = "_relation__owner", skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(rename = "_relation__source", skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// The peer, or the pool that gives it.
    #[serde(skip)]
    named: Named,
}

impl WirePeer {
    fn new(key: Key, own_kind: &'static str, peer_kind: &'static str) -> Self {
        let named = Named::new(&key, own_kind);
        let (id, hfid) = match key {
            Key::Id(id) => (Some(id), None),
            Key::Hfid(hfid) => (None, Some(hfid)),
        };
        // A human-friendly id is one of a kind: the server must be told which, where the peer is a generic.
        let is_told = own_kind != peer_kind && !WITHOUT_KIND.contains(&peer_kind);
        let kind = hfid.as_ref().filter(|_| is_told).map(|_| own_kind);
        Self { id, hfid, kind, from_pool: None, is_protected: None, owner: None, source: None, named }
    }

    pub(crate) fn from_pool(pool: WirePool) -> Self {
        let named = pool.named.clone();
        let from_pool = Some(pool);
        Self {
            id: None,
            hfid: None,
            kind: None,
            from_pool,
            is_protected: None,
            owner: None,
            source: None,
            named,
        }
    }

    /// The same as a `RelatedNodeInput`, whatever its kind.
    pub(crate) fn into_generic(mut self) -> Self {
        self.from_pool = self.from_pool.map(WirePool::into_generic);
        self
    }

    /// The kind and human-friendly id of a peer that is not named by id.
    pub(crate) fn hfid(&self) -> Option<(&'static str, &[String])> {
        match (&self.named, &self.hfid) {
            (Named::OfKind(kind), Some(hfid)) => Some((kind, hfid)),
            _ => None,
        }
    }

    /// Names the peer by id instead.
    pub(crate) fn set_id(&mut self, id: String) {
        self.id = Some(id);
        self.hfid = None;
        self.kind = None;
    }
}

impl Named {
    pub(crate) fn new(key: &Key, kind: &'static str) -> Self {
        match key {
            Key::Id(id) => Self::Id(id.clone()),
            Key::Hfid(_) => Self::OfKind(kind),
        }
    }
}

/// The fields of a write, in the order they were named. A field that was not named is not sent.
#[derive(Clone, Default)]
pub struct Fields {
    fields: Vec<(&'static str, Box<RawValue>)>,
}

impl Fields {
    /// Names a field; a second value for the same field replaces the first.
    pub(crate) fn set(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) {
        let value = to_json(value);
        match self.fields.iter_mut().find(|(known, _)| *known == name) {
            Some(field) => field.1 = value,
            None => self.fields.push((name, value)),
        }
    }

    /// The fields so far, each in its wire form.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &RawValue)> {
        self.fields.iter().map(|(name, value)| (*name, &**value))
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl std::fmt::Debug for Fields {
    /// Shows which fields are set, never their values: one may be a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

/// The data of a write to kind `K`; generated builders wrap it.
pub struct Data<K> {
    pub(crate) fields: Fields,
    pub(crate) id: Option<Id<K>>,
    /// What the peers and pools are named by, so that a batch writes them before what refers to them.
    pub(crate) peers: Vec<Named>,
    /// The file of an object whose kind has one.
    pub(crate) file: Option<File>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Default for Data<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Clone for Data<K> {
    fn clone(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            id: self.id.clone(),
            peers: self.peers.clone(),
            file: self.file.clone(),
            kind: PhantomData,
        }
    }
}

impl<K: Kind> std::fmt::Debug for Data<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", K::KIND, self.fields)?;
        match &self.file {
            Some(file) => write!(f, " with {file:?}"),
            None => Ok(()),
        }
    }
}

impl<K: Kind> Data<K> {
    /// No fields yet.
    pub fn new() -> Self {
        Self { fields: Fields::default(), id: None, peers: Vec::new(), file: None, kind: PhantomData }
    }

    /// Sets an attribute.
    pub fn attribute<T: AttributeValue, N>(
        mut self,
        name: &'static str,
        value: impl IntoAttribute<T, N>,
    ) -> Self {
        let input = value.into_attribute();
        self.peers.extend(input.from_pool.as_ref().map(|pool| pool.named.clone()));
        self.fields.set(name, &input);
        self
    }

    /// Sets the peer of a relationship to one.
    pub fn peer<P: Kind>(mut self, name: &'static str, peer: impl IntoPeer<P>) -> Self {
        let peer = peer.into_peer().wire;
        self.fields.set(name, &peer);
        self.peers.push(peer.named);
        self
    }

    /// Sets all peers of a relationship to many.
    pub fn peers<P: Kind, R: IntoPeer<P>>(
        mut self,
        name: &'static str,
        peers: impl IntoIterator<Item = R>,
    ) -> Self {
        let peers: Vec<WirePeer> = peers.into_iter().map(|peer| peer.into_peer().wire).collect();
        self.fields.set(name, &peers);
        self.peers.extend(peers.into_iter().map(|peer| peer.named));
        self
    }

    /// Sets an attribute to null.
    pub fn clear_attribute(mut self, name: &'static str) -> Self {
        self.fields.set(name, &NullValue { value: () });
        self
    }

    /// Sets an attribute back to the default that the schema gives it.
    pub fn reset_attribute(mut self, name: &'static str) -> Self {
        self.fields.set(name, &DefaultValue { is_default: true });
        self
    }

    /// Removes the peer of a relationship to one.
    pub fn clear_peer(mut self, name: &'static str) -> Self {
        self.fields.set(name, &());
        self
    }

    /// Removes all peers of a relationship to many.
    pub fn clear_peers(mut self, name: &'static str) -> Self {
        let none: [WirePeer; 0] = [];
        self.fields.set(name, &none);
        self
    }

    /// Sets the file.
    pub fn file(mut self, file: File) -> Self {
        self.file = Some(file);
        self
    }

    /// Chooses the id of the object to create.
    pub fn with_id(mut self, id: Id<K>) -> Self {
        self.id = Some(id);
        self
    }
}

#[derive(Serialize)]
struct NullValue {
    value: (),
}

#[derive(Serialize)]
struct DefaultValue {
    is_default: bool,
}

/// A generated builder of a new object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the data of a new object",
    note = "pass the kind's generated `…Create`; generics and read-only kinds have none"
)]
pub trait Create: Sized {
    /// The kind that it creates.
    type Kind: Kind;

    /// The data to send.
    fn into_data(self) -> Data<Self::Kind>;
}

/// A generated builder of a change.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a change to an object",
    note = "pass the kind's generated `…Update`"
)]
pub trait Update: Sized {
    /// The kind that it changes.
    type Kind: Kind;

    /// The data to send.
    fn into_data(self) -> Data<Self::Kind>;
}

/// Implements [`Create`] for a builder with the field `data`; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __create {
    ($builder:ident for $kind:ident) => {
        impl $crate::input::Create for $builder {
            type Kind = $kind;

            fn into_data(self) -> $crate::input::Data<$kind> {
                self.data
            }
        }
    };
}

/// Implements [`Update`] for a builder with the field `data`; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __update {
    ($builder:ident for $kind:ident) => {
        impl $crate::input::Update for $builder {
            type Kind = $kind;

            fn into_data(self) -> $crate::input::Data<$kind> {
                self.data
            }
        }
    };
}
