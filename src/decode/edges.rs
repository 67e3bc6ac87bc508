//! Edges and pages of them.

use super::reader::{Fields, Reader, Variants, variant_of};
use super::source::{Failed, Read, Source};

/// The object at the end of an edge: the field `node`.
pub fn edge<T: Fields>(edge: &mut dyn Source<'_>) -> Result<Option<T>, Failed> {
    let mut node = None;
    node_of(edge, &mut |object| {
        node = Some(T::read(Reader::new(object))?);
        Ok(())
    })?;
    Ok(node)
}

/// The same for an enum over the kinds of a generic.
pub fn edge_to_variant<V: Variants>(edge: &mut dyn Source<'_>) -> Result<Option<V>, Failed> {
    let mut node = None;
    node_of(edge, &mut |object| {
        node = Some(variant_of(object)?);
        Ok(())
    })?;
    Ok(node)
}

fn node_of<'de>(edge: &mut dyn Source<'de>, read: Read<'_, 'de>) -> Result<(), Failed> {
    while let Some(name) = edge.next_name()? {
        if name == "node" {
            edge.object(read)?;
        } else {
            edge.skip()?;
        }
    }
    Ok(())
}

/// The first field of an edge, which must be this one and an object or null.
pub(crate) fn leading<'de>(
    edge: &mut dyn Source<'de>,
    name: &str,
    read: Read<'_, 'de>,
) -> Result<(), Failed> {
    match edge.next_name()? {
        Some(first) if first == name => edge.object(read).map(|_| ()),
        _ => Err(edge.fail(format!("missing field `{name}`"))),
    }
}

/// Reads `{count edges {…}}`, each edge with `read`, and gives the count. The server's nested pages of a generic
/// may say `null` for no edges.
pub(crate) fn page<'de>(page: &mut dyn Source<'de>, read: Read<'_, 'de>) -> Result<u64, Failed> {
    let mut count = 0;
    while let Some(name) = page.next_name()? {
        match name {
            "count" => {
                page.value(&mut |value| {
                    count = match value {
                        super::Wire::Integer(number) => {
                            number.try_into().map_err(|_| "a count below zero")?
                        }
                        other => return Err(other.is_not("u64")),
                    };
                    Ok(())
                })?;
            }
            "edges" => page.list(read)?,
            _ => page.skip()?,
        }
    }
    Ok(count)
}

/// Reads an edge of a list, which always leads to an object.
pub(crate) fn listed<T>(
    edge: &mut dyn Source<'_>,
    read: fn(&mut dyn Source<'_>) -> Result<Option<T>, Failed>,
) -> Result<T, Failed> {
    match read(edge)? {
        Some(node) => Ok(node),
        None => Err(edge.fail(NO_NODE.to_owned())),
    }
}

const NO_NODE: &str =
    "the server listed an object and sent null for it: the account may lack the permission to read it";
