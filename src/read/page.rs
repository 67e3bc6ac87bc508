//! The envelopes of GraphQL answers, one generic each.

use crate::decode::{self, Page, ReadEdge};
use crate::envelope;
use crate::projection::{FromEdge, Projection};
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
#[derive(Debug)]
pub(crate) struct Edges<T> {
    pub(crate) count: u64,
    pub(crate) nodes: Vec<T>,
}

impl<'de, T: FromEdge> Deserialize<'de> for Edges<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageOf<T>(PhantomData<T>);

        impl<T: FromEdge> ReadEdge for PageOf<T> {
            type Node = T;

            fn read<'de, A: MapAccess<'de>>(edge: A) -> Result<Option<T>, A::Error> {
                T::read_edge(edge)
            }
        }

        impl<'de, T: FromEdge> Visitor<'de> for PageOf<T> {
            type Value = Edges<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a page of objects")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Edges<T>, A::Error> {
                let Page { count, nodes } = decode::page::<A, Self>(map)?;
                Ok(Edges { count, nodes })
            }
        }

        deserializer.deserialize_map(PageOf(PhantomData))
    }
}

/// The objects in an answer, decoded as the client does; for benchmarks.
///
/// # Errors
/// Where the answer is wrong.
#[doc(hidden)]
pub fn decode_page<P: Projection>(body: &[u8]) -> Result<Vec<P>, String> {
    let envelope =
        envelope::decode::<OnlyField<Edges<P>>>(body).map_err(|malformed| format!("{malformed:?}"))?;
    let OnlyField(page) = envelope.data.ok_or("no data")?;
    Ok(page.nodes)
}

/// `{count}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Counted {
    pub(crate) count: u64,
}

/// `{node {…}}`: the peer of a relationship to one, if there is one.
#[derive(Debug)]
pub(crate) struct EdgeTo<T>(pub(crate) Option<T>);

impl<'de, T: FromEdge> Deserialize<'de> for EdgeTo<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Edge<T>(PhantomData<T>);

        impl<'de, T: FromEdge> Visitor<'de> for Edge<T> {
            type Value = EdgeTo<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the edge to an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EdgeTo<T>, A::Error> {
                T::read_edge(map).map(EdgeTo)
            }
        }

        deserializer.deserialize_map(Edge(PhantomData))
    }
}

/// `{node {…}}`, of an object that is there.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct Edge<T> {
    pub(crate) node: T,
}

#[cfg(test)]
mod tests {
    use super::{Edges, OnlyField};
    use crate::id::Id;

    #[test]
    fn flattens_the_root_and_the_edges() {
        let text = r#"{"BuiltinTag":{"count":2,"edges":[{"node":{"id":"a"}},{"node":{"id":"b"}}]}}"#;
        let OnlyField(page): OnlyField<Edges<Id<()>>> = serde_json::from_str(text).expect("a page");
        assert_eq!(page.count, 2);
        assert_eq!(page.nodes.iter().map(Id::as_str).collect::<Vec<_>>(), ["a", "b"]);
        let OnlyField(empty): OnlyField<Edges<Id<()>>> =
            serde_json::from_str(r#"{"x":{"count":0,"edges":null}}"#).expect("a page");
        assert_eq!(empty.nodes.len(), 0);
    }

    #[test]
    fn an_object_that_is_listed_and_null_is_an_error() {
        let text = r#"{"BuiltinTag":{"count":1,"edges":[{"node":null}]}}"#;
        let error = serde_json::from_str::<OnlyField<Edges<Id<()>>>>(text).expect_err("no object");
        assert!(error.to_string().contains("sent null for it"), "{error}");
    }
}
