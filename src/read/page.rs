//! The envelopes of GraphQL answers, one generic each.

use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// An object with exactly one field, whatever its name: the root of every answer of ours.
#[derive(Debug)]
pub(crate) struct OnlyField<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OnlyField<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = OnlyField<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with one field")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                match map.next_key::<&str>()? {
                    Some(_) => map.next_value().map(OnlyField),
                    None => Err(A::Error::custom("the answer is an empty object")),
                }
            }
        }

        deserializer.deserialize_map(Only(PhantomData))
    }
}

/// `{count edges {node {…}}}`.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct Edges<T> {
    #[serde(default)]
    pub(crate) count: u64,
    #[serde(default = "Vec::new", deserialize_with = "null_as_empty")]
    pub(crate) edges: Vec<Edge<T>>,
}

/// `{node {…}}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Edge<T> {
    pub(crate) node: T,
}

impl<T> Edges<T> {
    pub(crate) fn into_nodes(self) -> impl Iterator<Item = T> {
        self.edges.into_iter().map(|edge| edge.node)
    }
}

/// The server's nested pages of a generic may say `null` for no edges.
fn null_as_empty<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Edges, OnlyField};

    #[test]
    fn flattens_the_root_and_the_edges() {
        let text = r#"{"BuiltinTag":{"count":2,"edges":[{"node":"a"},{"node":"b"}]}}"#;
        let OnlyField(page): OnlyField<Edges<String>> = serde_json::from_str(text).expect("a page");
        assert_eq!(page.count, 2);
        assert_eq!(page.into_nodes().collect::<Vec<_>>(), ["a", "b"]);
        let OnlyField(empty): OnlyField<Edges<String>> =
            serde_json::from_str(r#"{"x":{"count":0,"edges":null}}"#).expect("a page");
        assert_eq!(empty.edges.len(), 0);
    }
}
