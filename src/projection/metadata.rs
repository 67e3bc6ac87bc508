//! What the server knows about objects and relationships beside their data.

use super::{FromEdge, Projection, ReadPeer, Selection};
use crate::decode;
use crate::id::{Id, Related};
use crate::kind::{AnyNode, Kind};
use crate::value::DateTime;
use serde::Deserialize;
use serde::de::MapAccess;

/// When and by whom something was created and last changed.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(from = "MetadataFields")]
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

#[derive(Deserialize)]
struct MetadataFields {
    created_at: Option<DateTime>,
    created_by: Option<Account>,
    updated_at: Option<DateTime>,
    updated_by: Option<Account>,
}

impl From<MetadataFields> for Metadata {
    fn from(fields: MetadataFields) -> Self {
        Self {
            created_at: fields.created_at,
            created_by: fields.created_by.and_then(Origin::into_related),
            updated_at: fields.updated_at,
            updated_by: fields.updated_by.and_then(Origin::into_related),
        }
    }
}

/// The source, owner or account in metadata, whose interface lets everything be null.
#[derive(Deserialize)]
pub(super) struct Origin {
    id: Option<Box<str>>,
    #[serde(default, deserialize_with = "decode::hfid")]
    hfid: Option<Vec<String>>,
    display_label: Option<String>,
    #[serde(rename = "__typename")]
    typename: String,
}

pub(super) type Account = Origin;

impl Origin {
    pub(super) fn into_related(self) -> Option<Related<AnyNode>> {
        Some(Related {
            id: Id::new(self.id?),
            hfid: self.hfid,
            display_label: self.display_label,
            typename: self.typename,
        })
    }
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
    fn read_edge<'de, A: MapAccess<'de>>(mut edge: A) -> Result<Option<Self>, A::Error> {
        let metadata: Option<Metadata> = decode::leading(&mut edge, "node_metadata")?;
        let node = P::read_edge(edge)?;
        Ok(node.map(|node| Self { node, metadata: metadata.unwrap_or_default() }))
    }
}

/// What the server knows about one relationship between two objects.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(from = "PropertyFields")]
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

#[derive(Deserialize)]
struct PropertyFields {
    is_protected: Option<bool>,
    source: Option<Origin>,
    owner: Option<Origin>,
    updated_at: Option<DateTime>,
}

impl From<PropertyFields> for Properties {
    fn from(fields: PropertyFields) -> Self {
        Self {
            is_protected: fields.is_protected,
            source: fields.source.and_then(Origin::into_related),
            owner: fields.owner.and_then(Origin::into_related),
            updated_at: fields.updated_at,
        }
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

    fn read_edge<'de, A: MapAccess<'de>>(mut edge: A) -> Result<Option<Self>, A::Error> {
        let properties: Option<Properties> = decode::leading(&mut edge, "properties")?;
        let peer = Q::read_edge(edge)?;
        Ok(peer.map(|peer| Self { peer, properties: properties.unwrap_or_default() }))
    }
}
