//! Ids, human-friendly ids and references: the ways to name an object, typed by its kind.

use crate::decode::{self, Failed, Fields, PeerFields, Reader, Source};
use crate::kind::{HumanFriendlyId, Is, Kind};
use crate::projection::{FromEdge, Projection, Selection};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The id of an object of kind `K`: the server's UUID, opaque to a client.
pub struct Id<K> {
    text: Box<str>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// An id that is already known, such as one read from a file.
    pub fn new(id: impl Into<String>) -> Self {
        Self { text: id.into().into_boxed_str(), kind: PhantomData }
    }

    /// A new id, for a create whose id the client chooses.
    ///
    /// Like the server's own it begins with the time, so that objects listed by id stand in the order of
    /// their creation.
    pub fn generate() -> Self {
        let nanoseconds = jiff::Timestamp::now().as_nanosecond() as u64;
        let (time, random) = (nanoseconds, fastrand::u64(..));
        Self::new(format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            time >> 32,
            (time >> 16) & 0xffff,
            time & 0xffff,
            random >> 48,
            random & 0xffff_ffff_ffff
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: Kind> Id<K> {
    /// The same id, seen as one of a generic that `K` inherits from.
    pub fn upcast<G: Kind>(self) -> Id<G>
    where
        K: Is<G>,
    {
        Id { text: self.text, kind: PhantomData }
    }
}

impl<K> From<&str> for Id<K> {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl<K> From<String> for Id<K> {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl<K> From<&Id<K>> for Id<K> {
    fn from(id: &Id<K>) -> Self {
        id.clone()
    }
}

impl<K> From<&Related<K>> for Id<K> {
    fn from(peer: &Related<K>) -> Self {
        peer.id.clone()
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.text)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    /// Reads the bare string, or the one field of `{"id": …}`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(IdText)?;
        Ok(Self { text, kind: PhantomData })
    }
}

/// Reads the text of an id, whatever its kind.
struct IdText;

impl<'de> serde::de::Visitor<'de> for IdText {
    type Value = Box<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(key) = map.next_key::<&str>()? {
            if key == "id" {
                id = Some(map.next_value::<Box<str>>()?);
            } else {
                map.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        id.ok_or_else(|| serde::de::Error::missing_field("id"))
    }
}

impl<K: Kind> Projection for Id<K> {
    type Kind = K;

    fn select(selection: &mut Selection) {
        selection.push("id");
    }
}

impl<K: 'static> FromEdge for Id<K> {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        decode::edge(edge)
    }
}

impl<K> Fields for Id<K> {
    fn read(mut object: Reader<'_, '_>) -> Result<Self, Failed> {
        object.skip_all()?;
        object.id()
    }
}

/// A human-friendly id of kind `K`: the values of the attributes that the schema names for it.
pub struct Hfid<K> {
    parts: Vec<String>,
    kind: PhantomData<fn() -> K>,
}

impl<K: HumanFriendlyId> Hfid<K> {
    /// The parts in the schema's order. A wrong number of parts does not compile.
    pub fn new<S: Into<String>>(parts: K::Parts<S>) -> Self {
        Self { parts: parts.into_iter().map(Into::into).collect(), kind: PhantomData }
    }
}

impl<K> Hfid<K> {
    /// The parts in the schema's order.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }
}

impl<K> Clone for Hfid<K> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Hfid<K> {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl<K> Eq for Hfid<K> {}

impl<K> Hash for Hfid<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl<K> fmt::Debug for Hfid<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hfid").field(&self.parts).finish()
    }
}

/// What is selected of a [`Related`].
pub(crate) const RELATED: &str = "id hfid display_label __typename";

/// A bounded view of a peer: enough to name it, show it and read the rest, never its whole struct.
#[derive(Serialize)]
#[serde(bound = "")]
pub struct Related<K> {
    /// The peer's id.
    pub id: Id<K>,
    /// The peer's human-friendly id; `None` where its kind has none or the server did not say.
    pub hfid: Option<Vec<String>>,
    /// How the server shows the peer to people.
    pub display_label: Option<String>,
    /// The peer's concrete kind, which matters where `K` is a generic.
    pub typename: String,
}

impl<K> From<PeerFields> for Related<K> {
    fn from(peer: PeerFields) -> Self {
        Self {
            id: Id { text: peer.id, kind: PhantomData },
            hfid: peer.hfid,
            display_label: peer.display_label,
            typename: peer.typename,
        }
    }
}

impl<'de, K> Deserialize<'de> for Related<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PeerFields::deserialize(deserializer).map(Self::from)
    }
}

impl<K> Clone for Related<K> {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
            hfid: self.hfid.clone(),
            display_label: self.display_label.clone(),
            typename: self.typename.clone(),
        }
    }
}

impl<K> fmt::Debug for Related<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Related")
            .field("id", &self.id)
            .field("hfid", &self.hfid)
            .field("display_label", &self.display_label)
            .field("typename", &self.typename)
            .finish()
    }
}

impl<K> PartialEq for Related<K> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.hfid == other.hfid
            && self.display_label == other.display_label
            && self.typename == other.typename
    }
}

impl<K> Eq for Related<K> {}

impl<K: Kind> Projection for Related<K> {
    type Kind = K;

    fn select(selection: &mut Selection) {
        selection.push(RELATED);
    }
}

impl<K: 'static> FromEdge for Related<K> {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        decode::edge(edge)
    }
}

impl<K> Fields for Related<K> {
    fn read(mut object: Reader<'_, '_>) -> Result<Self, Failed> {
        object.skip_all()?;
        Ok(Self {
            id: object.id()?,
            hfid: object.hfid(),
            display_label: object.display_label(),
            typename: object.typename()?,
        })
    }
}

impl<G: Kind> Related<G> {
    /// The same reference to an object of kind `K`, if it is one; for a `G` that is a generic.
    pub fn narrow<K: Is<G>>(self) -> Option<Related<K>> {
        if self.typename != K::KIND {
            return None;
        }
        Some(Related {
            id: Id { text: self.id.text, kind: PhantomData },
            hfid: self.hfid,
            display_label: self.display_label,
            typename: self.typename,
        })
    }
}

/// What names one object on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Id(String),
    Hfid(Vec<String>),
}

/// Names an existing object: an [`Id`], an [`Hfid`], a [`Related`] or a node that was read.
///
/// Implemented by the runtime and, for each node, by generated code.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an object",
    label = "pass a node, an `Id`, an `Hfid` or a `Related`"
)]
pub trait Reference {
    /// The kind of the object.
    type Kind: Kind;

    #[doc(hidden)]
    fn key(&self) -> ObjectKey;
}

/// The id or human-friendly id of an object, as the runtime passes it on.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct ObjectKey(pub(crate) Key);

impl<K: Kind> Reference for Id<K> {
    type Kind = K;

    fn key(&self) -> ObjectKey {
        ObjectKey(Key::Id(self.as_str().to_owned()))
    }
}

impl<K: Kind> Reference for Hfid<K> {
    type Kind = K;

    fn key(&self) -> ObjectKey {
        ObjectKey(Key::Hfid(self.parts.clone()))
    }
}

impl<K: Kind> Reference for Related<K> {
    type Kind = K;

    fn key(&self) -> ObjectKey {
        self.id.key()
    }
}

impl<R: Reference> Reference for &R {
    type Kind = R::Kind;

    fn key(&self) -> ObjectKey {
        (**self).key()
    }
}
