//! Projections: what is read of an object. The selection set asks for exactly what the type holds.
//!
//! A projection is a whole generated node, its [`Id`](crate::id::Id), a [`Related`](crate::id::Related), or a
//! struct of your own:
//!
//! ```no_run
//! use infrahub_client::projection::{Attr, Count};
//! use infrahub_client::{Client, Error, Projection};
//! use infrahub_demo_kinds::*;
//!
//! #[derive(Debug, Projection)]
//! #[infrahub(kind = InfraDevice)]
//! struct DeviceRow {
//!     name: String,
//!     asn: Option<i64>,
//!     status: Attr<Option<InfraDeviceStatus>>,
//!     site: SiteRow,
//!     #[infrahub(rename = "interfaces", filter = InfraInterface::MTU.eq(9000), order_by = InfraInterface::NAME.asc())]
//!     jumbo_ports: Vec<PortRow>,
//!     tags: Count,
//! }
//!
//! #[derive(Debug, Projection)]
//! #[infrahub(kind = LocationSite)]
//! struct SiteRow {
//!     name: String,
//! }
//!
//! #[derive(Debug, Projection)]
//! #[infrahub(kind = InfraInterface)]
//! struct PortRow {
//!     typename: String,
//!     name: String,
//! }
//!
//! # async fn run(client: &Client) -> Result<(), Error> {
//! let rows: Vec<DeviceRow> = client.all().filter(InfraDevice::ROLE.eq(InfraDeviceRole::Leaf)).await?;
//! # Ok(())
//! # }
//! ```

mod attribute;
mod columns;
mod metadata;
mod peer;
mod selection;
#[cfg(test)]
mod tests;

pub use attribute::{Attr, ReadMandatory, ReadOptional};
pub use columns::{Column, Columns};
pub use metadata::{Metadata, Properties, WithMetadata, WithProperties};
pub use peer::{Count, FirstPeers, ManyPeers, Nested, ReadFirstPeers, ReadOptionalPeer, ReadPeer, ReadPeers};
pub use selection::Selection;

pub(crate) use columns::Row;
pub(crate) use selection::SelectionVariable;

use crate::decode::{Failed, Fields, Reader, Source};
use crate::kind::Kind;

/// What can be read from an object of a kind: the whole node, a part of it, or just its
/// [`Id`](crate::id::Id).
///
/// Derive it for a struct of your own with `#[derive(Projection)]`; see [the module](self).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection: nothing says how it is read from an object",
    label = "not a generated node, `Id`, `Related` or a type that derives `Projection`",
    note = "add `#[derive(infrahub_client::Projection)] #[infrahub(kind = …)]` to the type"
)]
pub trait Projection: FromEdge {
    /// The kind that it is read from.
    type Kind: Kind;

    /// Whether its fields stand in fragments of kinds. The server fails at a fragment right inside a fragment.
    #[doc(hidden)]
    const HAS_FRAGMENTS: bool = false;

    /// Writes the fields to select, as GraphQL, without the braces around them.
    fn select(selection: &mut Selection);

    /// Writes what to select of the edge that leads to the object; `fields` writes those of the object.
    #[doc(hidden)]
    fn select_edge(selection: &mut Selection, fields: fn(&mut Selection)) {
        selection.push("node {");
        fields(selection);
        selection.push("}");
    }
}

/// A projection on the heap, as a large one in an enum is best kept.
impl<P: Projection> Projection for Box<P> {
    type Kind = P::Kind;

    const HAS_FRAGMENTS: bool = P::HAS_FRAGMENTS;

    fn select(selection: &mut Selection) {
        P::select(selection);
    }

    fn select_edge(selection: &mut Selection, fields: fn(&mut Selection)) {
        P::select_edge(selection, fields);
    }
}

impl<P: FromEdge> FromEdge for Box<P> {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        Ok(P::read_edge(edge)?.map(Self::new))
    }
}

impl<P: Fields> Fields for Box<P> {
    fn read(object: Reader<'_, '_>) -> Result<Self, Failed> {
        P::read(object).map(Self::new)
    }
}

/// How a projection is read from the edge that leads to its object; the derive and generated code implement it.
#[doc(hidden)]
pub trait FromEdge: Sized + Send + 'static {
    /// The object at the end of the edge, if there is one.
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed>;
}
