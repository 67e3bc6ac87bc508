//! Decoding in one pass: the server's wrappers (`{value}`, `{node}`, `{edges}`) are flattened on the way.

use crate::id::{Id, Related};
use crate::value::Choice;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A generated struct.
pub trait Fields: Sized {
    /// What an error says was expected.
    const EXPECTING: &'static str;

    /// Reads the fields of one object.
    fn read<'de, A: MapAccess<'de>>(object: Reader<'_, A>) -> Result<Self, A::Error>;
}

/// Decodes an object as a generated struct.
pub fn object<'de, D: Deserializer<'de>, T: Fields>(deserializer: D) -> Result<T, D::Error> {
    struct AsStruct<T>(PhantomData<T>);

    impl<'de, T: Fields> Visitor<'de> for AsStruct<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::EXPECTING)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::read(Reader { map, prefix: "", is_strict: false, common: Common::default() })
        }
    }

    deserializer.deserialize_map(AsStruct(PhantomData))
}

/// The fields of an object as they arrive. Those that every object has are kept here.
pub struct Reader<'p, A> {
    map: A,
    /// What aliased names begin with; it is taken off.
    prefix: &'p str,
    /// Whether names without the prefix belong to another kind.
    is_strict: bool,
    common: Common,
}

/// What every object has.
#[derive(Default)]
struct Common {
    typename: Option<String>,
    id: Option<Box<str>>,
    hfid: Option<Vec<String>>,
    display_label: Option<String>,
}

impl<'p, 'de, A: MapAccess<'de>> Reader<'p, A> {
    /// Reads only the fields whose names begin with the prefix of the object's kind.
    pub fn own(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// Reads only the fields whose names begin with this prefix.
    pub fn only(self, prefix: &'p str) -> Self {
        Self { is_strict: true, prefix, ..self }
    }

    /// The name of the next field of the kind's own, whose value must then be read or skipped; empty after
    /// the last.
    pub fn next_field(&mut self) -> Result<&'de str, A::Error> {
        while let Some(key) = self.map.next_key::<&'de str>()? {
            let name = if self.prefix.is_empty() {
                key
            } else if let Some(name) = key.strip_prefix(self.prefix) {
                name
            } else if self.is_strict {
                self.skip()?;
                continue;
            } else {
                key
            };
            match name {
                "__typename" => self.common.typename = Some(self.map.next_value()?),
                "id" => self.common.id = Some(self.map.next_value()?),
                "hfid" => self.common.hfid = known_hfid(self.map.next_value()?),
                "display_label" => self.common.display_label = self.map.next_value()?,
                name => return Ok(name),
            }
        }
        Ok("")
    }

    /// `{"value": v}`: the value of a mandatory attribute.
    pub fn value<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.map.next_value_seed(Field::new("value", Some(NO_VALUE)))
    }

    /// `{"value": v}`: the value of an optional attribute.
    pub fn optional_value<T: Deserialize<'de>>(&mut self) -> Result<Option<Option<T>>, A::Error> {
        self.map.next_value_seed(Field::new("value", None)).map(Some)
    }

    /// `{"node": n}`: the peer of a mandatory relationship.
    pub fn peer<K>(&mut self) -> Result<Option<Related<K>>, A::Error> {
        let peer = self.map.next_value_seed(Field::<PeerFields>::new("node", Some(NO_PEER)))?;
        Ok(peer.map(Related::from))
    }

    /// `{"node": n}`: the peer of an optional relationship.
    pub fn optional_peer<K>(&mut self) -> Result<Option<Option<Related<K>>>, A::Error> {
        let peer = self.map.next_value_seed(Field::<PeerFields>::new("node", None))?;
        Ok(Some(peer.map(Related::from)))
    }

    /// The peer of a mandatory relationship, in a row of columns.
    pub(crate) fn mandatory_peer<K: 'static>(&mut self) -> Result<Related<K>, A::Error> {
        given("node", self.peer()?)
    }

    /// The peer of an optional relationship, in a row of columns.
    pub(crate) fn peer_or_none<K: 'static>(&mut self) -> Result<Option<Related<K>>, A::Error> {
        self.optional_peer().map(Option::flatten)
    }

    /// Any value.
    pub(crate) fn any<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.map.next_value()
    }

    /// What `M` makes of an object.
    pub(crate) fn map<M: ReadMap>(&mut self) -> Result<M::Value, A::Error> {
        self.map.next_value_seed(Map::<M>(PhantomData))
    }

    /// Reads on to the end, for what every object has.
    pub fn skip_all(&mut self) -> Result<(), A::Error> {
        while !self.next_field()?.is_empty() {
            self.skip()?;
        }
        Ok(())
    }

    /// Leaves out the value of a field.
    pub fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// The object's own kind.
    pub fn typename(&mut self) -> Result<String, A::Error> {
        given("__typename", self.common.typename.take())
    }

    /// The object's id.
    pub fn id<K>(&mut self) -> Result<Id<K>, A::Error> {
        given("id", self.common.id.take()).map(Id::new)
    }

    /// The object's human-friendly id.
    pub fn hfid(&mut self) -> Option<Vec<String>> {
        self.common.hfid.take()
    }

    /// How the server shows the object to people.
    pub fn display_label(&mut self) -> Option<String> {
        self.common.display_label.take()
    }
}

/// A way to read an object that may be null.
pub(crate) trait ReadMap {
    type Value;

    fn read<'de, A: MapAccess<'de>>(map: A) -> Result<Self::Value, A::Error>;

    /// What null stands for.
    fn null<E: Error>() -> Result<Self::Value, E>;
}

struct Map<M>(PhantomData<M>);

impl<'de, M: ReadMap> DeserializeSeed<'de> for Map<M> {
    type Value = M::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: ReadMap> Visitor<'de> for Map<M> {
    type Value = M::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        M::null()
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        M::read(map)
    }
}

/// The object at the end of an edge: the field `node`.
pub fn edge<'de, A: MapAccess<'de>, T: Deserialize<'de>>(mut edge: A) -> Result<Option<T>, A::Error> {
    let mut node = None;
    while let Some(key) = edge.next_key::<&str>()? {
        if key == "node" {
            node = edge.next_value()?;
        } else {
            edge.next_value::<IgnoredAny>()?;
        }
    }
    Ok(node)
}

/// The first field of an edge, which must be this one.
pub(crate) fn leading<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    edge: &mut A,
    name: &'static str,
) -> Result<T, A::Error> {
    match edge.next_key::<&str>()? {
        Some(key) if key == name => edge.next_value(),
        _ => Err(A::Error::missing_field(name)),
    }
}

/// One page of a connection: `{count edges {…}}`.
pub(crate) struct Page<T> {
    pub(crate) count: u64,
    pub(crate) nodes: Vec<T>,
}

/// How the page of a connection is read: `read` makes an object of each edge.
pub(crate) trait ReadEdge {
    type Node;

    fn read<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<Self::Node>, A::Error>;
}

/// Reads `{count edges {…}}`. The server's nested pages of a generic may say `null` for no edges.
pub(crate) fn page<'de, A: MapAccess<'de>, R: ReadEdge>(mut page: A) -> Result<Page<R::Node>, A::Error> {
    let mut read = Page { count: 0, nodes: Vec::new() };
    while let Some(key) = page.next_key::<&str>()? {
        match key {
            "count" => read.count = page.next_value()?,
            "edges" => read.nodes = page.next_value_seed(EdgeList::<R>(PhantomData))?,
            _ => {
                page.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(read)
}

struct EdgeList<R>(PhantomData<R>);

impl<'de, R: ReadEdge> DeserializeSeed<'de> for EdgeList<R> {
    type Value = Vec<R::Node>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: ReadEdge> Visitor<'de> for EdgeList<R> {
    type Value = Vec<R::Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of edges")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut edges: S) -> Result<Self::Value, S::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = edges.next_element_seed(Map::<NodeOf<R>>(PhantomData))? {
            nodes.push(node);
        }
        Ok(nodes)
    }
}

/// An edge of a list, which always leads to an object.
struct NodeOf<R>(PhantomData<R>);

impl<R: ReadEdge> ReadMap for NodeOf<R> {
    type Value = R::Node;

    fn read<'de, A: MapAccess<'de>>(edge: A) -> Result<R::Node, A::Error> {
        R::read(edge)?.ok_or_else(|| A::Error::custom(NO_NODE))
    }

    fn null<E: Error>() -> Result<R::Node, E> {
        Err(E::custom(NO_NODE))
    }
}

const NO_NODE: &str =
    "the server listed an object and sent null for it: the account may lack the permission to read it";

/// `{"attribute": {"value": v}}`: the value of the only field.
pub(crate) struct OnlyValue<T>(pub(crate) Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OnlyValue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = OnlyValue<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with one attribute")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut value = None;
                while map.next_key::<IgnoredAny>()?.is_some() {
                    value = map.next_value_seed(Field::new("value", None))?;
                }
                Ok(OnlyValue(value))
            }
        }

        deserializer.deserialize_map(Only(PhantomData))
    }
}

/// What was read of a field, or the error that it was not there.
pub fn given<T, E: Error>(field: &'static str, value: Option<T>) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(field))
}

/// Reads the one field `name` of an object, which may be null, and ignores the others.
struct Field<T> {
    name: &'static str,
    /// Why null is an error, if it is. It is said where the object ends, so that its path is known.
    mandatory: Option<&'static str>,
    value: PhantomData<T>,
}

impl<T> Field<T> {
    fn new(name: &'static str, mandatory: Option<&'static str>) -> Self {
        Self { name, mandatory, value: PhantomData }
    }

    fn checked<E: Error>(value: Option<T>, mandatory: Option<&'static str>) -> Result<Option<T>, E> {
        match (&value, mandatory) {
            (None, Some(reason)) => Err(E::custom(reason)),
            _ => Ok(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Field<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Field<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.name)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Self::checked(None, self.mandatory)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut value = None;
        while let Some(key) = map.next_key::<&str>()? {
            if key == self.name {
                value = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Self::checked(value, self.mandatory)
    }
}

pub(crate) const NO_VALUE: &str =
    "the schema says that this attribute is mandatory, but the server sent null";
pub(crate) const NO_PEER: &str = "the object has no peer, though the schema says that this relationship is mandatory: find such \
                       objects with a filter `is_null()`, read as `Related`, and repair them";

/// The fields of a [`Related`], the same for every kind, so that they are compiled once.
#[derive(Deserialize)]
pub(crate) struct PeerFields {
    pub(crate) id: Box<str>,
    #[serde(default, deserialize_with = "hfid")]
    pub(crate) hfid: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) display_label: Option<String>,
    #[serde(rename = "__typename")]
    pub(crate) typename: String,
}

/// A human-friendly id. The server sends an empty list where it does not know it.
pub fn hfid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    Ok(known_hfid(Option::deserialize(deserializer)?))
}

fn known_hfid(parts: Option<Vec<String>>) -> Option<Vec<String>> {
    parts.filter(|parts| !parts.is_empty())
}

/// A generated enum of choices, from its wire name.
pub fn choice<'de, D: Deserializer<'de>, C: Choice>(deserializer: D) -> Result<C, D::Error> {
    struct Name<C>(PhantomData<C>);

    impl<C: Choice> Visitor<'_> for Name<C> {
        type Value = C;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of a choice")
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<C, E> {
            Ok(C::from_name(name))
        }
    }

    deserializer.deserialize_str(Name(PhantomData))
}

/// A value that has a text form.
pub(crate) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: fmt::Display,
{
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr> Visitor<'_> for Text<T>
    where
        T::Err: fmt::Display,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// A generated enum over the kinds of a generic.
pub trait Variants: Sized {
    /// What an error says was expected.
    const EXPECTING: &'static str;

    /// Reads an object into the variant of its kind.
    fn variant<'de, A: MapAccess<'de>>(typename: &str, object: Reader<'_, A>) -> Result<Self, A::Error>;
}

/// Decodes an object into the variant that its `__typename` names, which must be its first field. Fields that
/// were aliased to keep two kinds apart (`InfraDevice__name`) lose their prefix.
pub fn variants<'de, D: Deserializer<'de>, V: Variants>(deserializer: D) -> Result<V, D::Error> {
    struct ByTypename<V>(PhantomData<V>);

    impl<'de, V: Variants> Visitor<'de> for ByTypename<V> {
        type Value = V;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(V::EXPECTING)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<V, A::Error> {
            match map.next_key::<&str>()? {
                Some("__typename") => {
                    let typename = map.next_value::<String>()?;
                    let prefix = format!("{typename}__");
                    let common = Common { typename: Some(typename.clone()), ..Common::default() };
                    V::variant(&typename, Reader { map, prefix: &prefix, is_strict: false, common })
                }
                _ => Err(A::Error::custom("`__typename` must be the first field of an object of a generic")),
            }
        }
    }

    deserializer.deserialize_map(ByTypename(PhantomData))
}

/// Reads a struct onto the heap; for [`Variants::variant`].
pub fn boxed<'de, A: MapAccess<'de>, T: Fields>(object: Reader<'_, A>) -> Result<Box<T>, A::Error> {
    T::read(object).map(Box::new)
}
