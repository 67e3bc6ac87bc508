//! Decoding in one pass: the server's wrappers (`{value}`, `{node}`, `{edges}`) are flattened on the way.

use crate::id::Related;
use crate::value::Choice;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Reads the one field `name` of an object, which may be null, and ignores the others.
struct Field<T> {
    name: &'static str,
    /// Why null is an error, if it is. It is said where the object ends, so that its path is known.
    mandatory: Option<&'static str>,
    value: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Field<T> {
    fn of<D: Deserializer<'de>>(
        deserializer: D,
        name: &'static str,
        mandatory: Option<&'static str>,
    ) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(Self { name, mandatory, value: PhantomData })
    }

    fn checked<E: Error>(value: Option<T>, mandatory: Option<&'static str>) -> Result<Option<T>, E> {
        match (&value, mandatory) {
            (None, Some(reason)) => Err(E::custom(reason)),
            _ => Ok(value),
        }
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

const NO_VALUE: &str = "the schema says that this attribute is mandatory, but the server sent null";
const NO_PEER: &str = "the object has no peer, though the schema says that this relationship is mandatory: find such \
                       objects with a filter `is_null()`, read as `Related`, and repair them";

/// `{"value": v}`: the value of an optional attribute.
pub fn optional_value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Field::of(deserializer, "value", None)
}

/// `{"value": v}`: the value of a mandatory attribute.
pub fn value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Field::of(deserializer, "value", Some(NO_VALUE))?.ok_or_else(|| D::Error::custom(NO_VALUE))
}

/// `{"node": n}`: the peer of an optional relationship.
pub fn optional_peer<'de, D: Deserializer<'de>, K>(deserializer: D) -> Result<Option<Related<K>>, D::Error> {
    Ok(Field::<PeerFields>::of(deserializer, "node", None)?.map(Related::from))
}

/// `{"node": n}`: the peer of a mandatory relationship.
pub fn peer<'de, D: Deserializer<'de>, K>(deserializer: D) -> Result<Related<K>, D::Error> {
    let peer = Field::<PeerFields>::of(deserializer, "node", Some(NO_PEER))?;
    peer.map(Related::from).ok_or_else(|| D::Error::custom(NO_PEER))
}

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
    Ok(Option::<Vec<String>>::deserialize(deserializer)?.filter(|parts| !parts.is_empty()))
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
    /// What the error says was expected.
    const EXPECTING: &'static str;

    /// Decodes an object into the variant of its kind.
    fn variant<'de, A: MapAccess<'de>>(typename: &str, object: A) -> Result<Self, A::Error>;
}

/// Decodes an object into the variant that its `__typename` names, which must be its first field. Keys that
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
                    let typename = map.next_value::<Box<str>>()?;
                    let prefix = format!("{typename}__");
                    let object =
                        Object { typename: Some(&typename), is_key_read: false, map, prefix: &prefix };
                    V::variant(&typename, object)
                }
                _ => Err(A::Error::custom("`__typename` must be the first field of an object of a generic")),
            }
        }
    }

    deserializer.deserialize_map(ByTypename(PhantomData))
}

/// Decodes an object on the heap; for [`Variants::variant`].
pub fn boxed<'de, A: MapAccess<'de>, T: DeserializeOwned>(object: A) -> Result<Box<T>, A::Error> {
    T::deserialize(serde::de::value::MapAccessDeserializer::new(object)).map(Box::new)
}

/// The object of a generic's enum: its `__typename`, which has been read, and what follows it.
struct Object<'t, A> {
    /// The `__typename`, until its value is read again.
    typename: Option<&'t str>,
    /// Whether the key of the `__typename` was read again.
    is_key_read: bool,
    map: A,
    /// What aliased keys begin with.
    prefix: &'t str,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Object<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        if self.typename.is_some() && !self.is_key_read {
            self.is_key_read = true;
            return seed.deserialize(BorrowedStrDeserializer::new("__typename")).map(Some);
        }
        let Some(key) = self.map.next_key::<&str>()? else {
            return Ok(None);
        };
        let key = key.strip_prefix(self.prefix).unwrap_or(key);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.typename.take() {
            Some(typename) => seed.deserialize(typename.into_deserializer()),
            None => self.map.next_value_seed(seed),
        }
    }
}
