//! What an answer of ours holds: a page of objects.

use crate::client::Client;
use crate::decode::{self, Failed, Source};
use crate::envelope;
use crate::error::Error;
use crate::operation::Operation;
use crate::projection::{FromEdge, Projection};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

/// An object with exactly one field, whatever its name: the root of an answer to a write.
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
                    None => Err(A::Error::custom(EMPTY)),
                }
            }
        }

        deserializer.deserialize_map(Only(PhantomData))
    }
}

const EMPTY: &str = "the answer is an empty object";

/// Objects, of a type that only those know who asked for them, and how many there are in all.
///
/// So what stands between the request and the caller is compiled once, not for each type.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) count: u64,
    pub(super) len: u64,
    nodes: Box<dyn Any + Send>,
}

impl Page {
    pub(crate) fn new<P: Send + 'static>(count: u64, nodes: Vec<P>) -> Self {
        Self { count, len: nodes.len() as u64, nodes: Box::new(nodes) }
    }

    /// The objects, of the type that they were read as.
    pub(crate) fn into_nodes<P: 'static>(self) -> Vec<P> {
        match self.nodes.downcast::<Vec<P>>() {
            Ok(nodes) => *nodes,
            Err(_) => unreachable!("a page is taken as what it was read as"),
        }
    }
}

/// How a page is read from what holds it.
pub(crate) type ReadPage = fn(&mut dyn Source<'_>) -> Result<Page, Failed>;

/// Reads `{count edges {…}}`.
pub(super) fn read_page<P: FromEdge>(page: &mut dyn Source<'_>) -> Result<Page, Failed> {
    let mut nodes = Vec::<P>::new();
    let count = decode::page(page, &mut |edge| {
        nodes.push(decode::listed(edge, P::read_edge)?);
        Ok(())
    })?;
    Ok(Page::new(count, nodes))
}

/// Reads `{node {…}}`, the peer of a relationship to one, as a page of one or none.
pub(super) fn read_peer<P: FromEdge>(edge: &mut dyn Source<'_>) -> Result<Page, Failed> {
    let nodes: Vec<P> = P::read_edge(edge)?.into_iter().collect();
    Ok(Page::new(nodes.len() as u64, nodes))
}

/// Reads `{count}`.
pub(super) fn read_count(page: &mut dyn Source<'_>) -> Result<Page, Failed> {
    let count = decode::page(page, &mut |edge| decode::edge::<crate::id::Id<()>>(edge).map(|_| ()))?;
    Ok(Page::new::<()>(count, Vec::new()))
}

/// Reads the answer to a query of a kind: `{Kind {…}}`.
pub(super) fn of_kind(data: &mut dyn Source<'_>, read: ReadPage) -> Result<Option<Page>, Failed> {
    let mut page = None;
    only_field(data, &mut |field| {
        page = Some(read(field)?);
        Ok(())
    })?;
    Ok(page)
}

/// Reads the answer to a query of a relationship of one object: `{Kind {edges {node {relationship {…}}}}}`.
/// `None` where there is no such object.
pub(super) fn of_object(data: &mut dyn Source<'_>, read: ReadPage) -> Result<Option<Page>, Failed> {
    let mut page = None;
    only_field(data, &mut |objects| {
        decode::page(objects, &mut |edge| {
            only_field(edge, &mut |node| {
                only_field(node, &mut |relationship| {
                    page = Some(read(relationship)?);
                    Ok(())
                })
            })
        })?;
        Ok(())
    })?;
    Ok(page)
}

/// Reads an object with exactly one field, whatever its name, that is an object too.
fn only_field<'de>(object: &mut dyn Source<'de>, read: decode::Read<'_, 'de>) -> Result<(), Failed> {
    if object.next_name()?.is_none() {
        return Err(object.fail(EMPTY.to_owned()));
    }
    if object.object(read)? { Ok(()) } else { Err(object.fail("null in place of an object".to_owned())) }
}

/// Runs a query of a kind and reads what it finds.
pub(crate) async fn find(client: &Client, operation: &Operation<'_>, read: ReadPage) -> Result<Page, Error> {
    let mut page = None;
    client
        .read(operation, &mut |data| {
            page = of_kind(data, read)?;
            Ok(())
        })
        .await?;
    page.ok_or_else(|| Error::decode("data", EMPTY))
}

/// The objects that a query of a kind finds.
pub(crate) async fn find_all<P: FromEdge>(
    client: &Client,
    operation: &Operation<'_>,
) -> Result<Vec<P>, Error> {
    find(client, operation, read_page::<P>).await.map(Page::into_nodes)
}

/// The objects in an answer, decoded as the client does; for benchmarks.
///
/// # Errors
/// Where the answer is wrong.
#[doc(hidden)]
pub fn decode_page<P: Projection>(body: &[u8]) -> Result<Vec<P>, String> {
    let mut page = None;
    let envelope = envelope::decode_with(body, &mut |data| {
        page = of_kind(data, read_page::<P>)?;
        Ok(())
    });
    envelope.map_err(|malformed| format!("{malformed:?}"))?;
    page.map(Page::into_nodes).ok_or_else(|| "no data".to_owned())
}

#[cfg(test)]
mod tests {
    use super::decode_page;
    use crate::id::Id;
    use crate::scripted_client::Thing;

    fn read(text: &str) -> Result<Vec<Id<Thing>>, String> {
        decode_page(format!("{{\"data\":{text}}}").as_bytes())
    }

    #[test]
    fn flattens_the_root_and_the_edges() {
        let page = read(r#"{"BuiltinTag":{"count":2,"edges":[{"node":{"id":"a"}},{"node":{"id":"b"}}]}}"#);
        assert_eq!(page.expect("a page").iter().map(Id::as_str).collect::<Vec<_>>(), ["a", "b"]);
        let empty = read(r#"{"x":{"count":0,"edges":null}}"#).expect("a page");
        assert_eq!(empty.len(), 0);
    }

    #[test]
    fn an_object_that_is_listed_and_null_is_an_error() {
        let error = read(r#"{"BuiltinTag":{"count":1,"edges":[{"node":null}]}}"#).expect_err("no object");
        assert!(error.contains("sent null for it"), "{error}");
    }

    #[test]
    fn what_is_no_page_is_an_error() {
        for (text, why) in [
            ("{}", "an empty object"),
            (r#"{"x":null}"#, "null in place of an object"),
            (r#"{"x":[]}"#, "expected an object"),
            (r#"{"x":{"count":-1,"edges":[]}}"#, "below zero"),
            (r#"{"x":{"count":1,"edges":[null]}}"#, "null in a list"),
            (r#"{"x":{"count":1,"edges":{}}}"#, "expected a list"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
