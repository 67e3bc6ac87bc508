//! Decoding in one pass: the server's wrappers (`{value}`, `{node}`, `{edges}`) are flattened on the way.

use crate::id::Related;
use crate::value::Choice;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Reads the one field `name` of an object and ignores the others.
struct Field<T> {
    name: &'static str,
    expecting: &'static str,
    value: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Field<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
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
        Ok(value)
    }
}

/// `{"value": v}`: the value of an optional attribute.
pub fn optional_value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Field {
        name: "value",
        expecting: "an attribute with its value",
        value: PhantomData,
    })
}

/// `{"value": v}`: the value of a mandatory attribute.
pub fn value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    optional_value(deserializer)?.ok_or_else(|| {
        D::Error::custom("the schema says that this attribute is mandatory, but the server sent null")
    })
}

/// `{"node": n}`: the peer of an optional relationship.
pub fn optional_peer<'de, D: Deserializer<'de>, K>(deserializer: D) -> Result<Option<Related<K>>, D::Error> {
    deserializer.deserialize_any(Field {
        name: "node",
        expecting: "a relationship with its peer",
        value: PhantomData,
    })
}

/// `{"node": n}`: the peer of a mandatory relationship.
pub fn peer<'de, D: Deserializer<'de>, K>(deserializer: D) -> Result<Related<K>, D::Error> {
    optional_peer(deserializer)?.ok_or_else(|| {
        D::Error::custom("the schema says that this relationship is mandatory, but the server sent no peer")
    })
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
