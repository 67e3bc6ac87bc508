//! Decoding in one pass: the server's wrappers (`{value}`, `{node}`, `{edges}`) are flattened on the way.

mod edges;
mod field;
mod reader;
mod source;
mod wire;

pub use edges::{edge, edge_to_variant};
pub use reader::{Fields, Reader, Variants, boxed, object, variants};
pub use source::{Failed, Read, Source, Take};
pub use wire::Wire;

pub(crate) use edges::{leading, listed, page};
pub(crate) use source::read_object;

use crate::value::Choice;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

pub(crate) const NO_VALUE: &str =
    "the schema says that this attribute is mandatory, but the server sent null";
pub(crate) const NO_PEER: &str = "the object has no peer, though the schema says that this relationship is mandatory: find such \
                       objects with a filter `is_null()`, read as `Related`, and repair them";

/// The fields of a [`Related`](crate::id::Related), the same for every kind, so that they are compiled once.
#[derive(Deserialize)]
pub struct PeerFields {
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
