//! What the server knows about objects and relationships beside their data.

use super::{FromEdge, Projection, ReadPeer, Selection};
use crate::decode::{self, Failed, Reader, Source};
use crate::id::Related;
use crate::kind::{AnyNode, Kind};
use crate::value::{AttributeValue, DateTime};

/// When and by whom something was created and last changed.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Metadata {
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// The account that created it.
    pub created_by: Option<Related<AnyNode>>,
    /// When it was last changed.
    pub updated_at: Option<DateTime>,
    /// The account that last changed it.
    pub updated_by: Option<Related<AnyNode>>,
}

const METADATA: &str = "{ created_at created_by { id hfid display_label __typename } \
    updated_at updated_by { id hfid display_label __typename } }";

impl Metadata {
    fn read(&mut self, object: &mut dyn Source<'_>) -> Result<(), Failed> {
        while let Some(name) = object.next_name()? {
            match name {
                "created_at" => self.created_at = read_value(object)?,
                "created_by" => self.created_by = read_origin(object)?,
                "updated_at" => self.updated_at = read_value(object)?,
                "updated_by" => self.updated_by = read_origin(object)?,
                _ => object.skip()?,
            }
        }
        Ok(())
    }
}

/// A value that may be null.
pub(super) fn read_value<T: AttributeValue>(object: &mut dyn Source<'_>) -> Result<Option<T>, Failed> {
    let mut read = None;
    object.value(&mut |value| {
        read = Some(T::from_wire(value)?);
        Ok(())
    })?;
    Ok(read)
}

/// The source, owner or account in metadata, whose interface lets everything be null.
pub(super) fn read_origin(object: &mut dyn Source<'_>) -> Result<Option<Related<AnyNode>>, Failed> {
    let mut read = None;
    object.object(&mut |object| {
        let mut object = Reader::new(object);
        object.skip_all()?;
        read = match object.optional_id() {
            Some(id) => Some(Related {
                id,
                hfid: object.hfid(),
                display_label: object.display_label(),
                typename: object.typename()?,
            }),
            None => None,
        };
        Ok(())
    })?;
    Ok(read)
}

/// An object with its metadata: `client.all::<WithMetadata<InfraDevice>>()`, or a field of a projection.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WithMetadata<P> {
    /// The object.
    pub node: P,
    /// When and by whom it was created and last changed.
    pub metadata: Metadata,
}

impl<P: Projection> Projection for WithMetadata<P> {
    type Kind = P::Kind;

    const HAS_FRAGMENTS: bool = P::HAS_FRAGMENTS;

    fn select(selection: &mut Selection) {
        P::select(selection);
    }

    fn select_edge(selection: &mut Selection, fields: fn(&mut Selection)) {
        selection.push("node_metadata");
        selection.push(METADATA);
        P::select_edge(selection, fields);
    }
}

impl<P: Projection> FromEdge for WithMetadata<P> {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        let mut metadata = Metadata::default();
        decode::leading(edge, "node_metadata", &mut |object| metadata.read(object))?;
        let node = P::read_edge(edge)?;
        Ok(node.map(|node| Self { node, metadata }))
    }
}

/// What the server knows about one relationship between two objects.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Properties {
    /// Whether only its owner may change it. `None` where nobody has said so.
    pub is_protected: Option<bool>,
    /// Where it comes from.
    pub source: Option<Related<AnyNode>>,
    /// Who owns it.
    pub owner: Option<Related<AnyNode>>,
    /// When it was last changed.
    pub updated_at: Option<DateTime>,
}

const PROPERTIES: &str = "{ is_protected source { id hfid display_label __typename } \
    owner { id hfid display_label __typename } updated_at }";

impl Properties {
    fn read(&mut self, object: &mut dyn Source<'_>) -> Result<(), Failed> {
        while let Some(name) = object.next_name()? {
            match name {
                "is_protected" => self.is_protected = read_value(object)?,
                "source" => self.source = read_origin(object)?,
                "owner" => self.owner = read_origin(object)?,
                "updated_at" => self.updated_at = read_value(object)?,
                _ => object.skip()?,
            }
        }
        Ok(())
    }
}

/// A peer with the properties of the relationship that leads to it; a field of a projection.
///
/// Beside the properties the server does not say the peer's human-friendly id.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WithProperties<P> {
    /// The peer.
    pub peer: P,
    /// The properties of the relationship.
    pub properties: Properties,
}

#[diagnostic::do_not_recommend]
impl<P: Kind, Q: ReadPeer<P>> ReadPeer<P> for WithProperties<Q> {
    fn select_edge(selection: &mut Selection) {
        selection.push("properties");
        selection.push(PROPERTIES);
        Q::select_edge(selection);
    }

    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        let mut properties = Properties::default();
        decode::leading(edge, "properties", &mut |object| properties.read(object))?;
        let peer = Q::read_edge(edge)?;
        Ok(peer.map(|peer| Self { peer, properties }))
    }
}
