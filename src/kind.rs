//! What the generated code tells the runtime about a kind: constants, never behaviour.

use crate::id::Id;
use crate::projection::Projection;

/// A kind of the schema: a generated struct, or a marker for a peer that is not generated.
pub trait Kind: Sized + 'static {
    /// The kind's full name, as the server spells it (`InfraDevice`).
    const KIND: &'static str;
}

/// Says that every object of this kind is also one of kind `G`: `G` is the kind itself or a generic
/// that it inherits from.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is not a `{G}`",
    label = "this takes a `{G}`, and `{Self}` neither is that kind nor inherits from it"
)]
pub trait Is<G: Kind>: Kind {}

/// A whole generated node of a concrete kind: a [`Projection`] that knows its id.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a generated node of a concrete kind",
    note = "objects of a generic, or of a kind that was not chosen for generation, can be referred to but not written"
)]
pub trait Node: Projection<Kind = Self> + Kind {
    /// The object's id.
    fn id(&self) -> &Id<Self>;
}

/// A kind with a human-friendly id.
#[diagnostic::on_unimplemented(
    message = "the kind `{Self}` has no human-friendly id",
    note = "find its objects by `.id(…)` or by a filter on a unique attribute, or declare `human_friendly_id` in the schema"
)]
pub trait HumanFriendlyId: Kind {
    /// As many strings as the human-friendly id has parts.
    type Parts<S>: IntoIterator<Item = S>;
}

/// A kind whose objects the server can match without an id, so that an upsert never duplicates one.
#[diagnostic::on_unimplemented(
    message = "objects of kind `{Self}` cannot be upserted",
    note = "without a human-friendly id or a default filter every upsert would create a duplicate; use `create`, or declare `human_friendly_id` in the schema"
)]
pub trait Upsertable: Kind {}

/// A kind whose objects have a file: it inherits from `CoreFileObject`.
#[diagnostic::on_unimplemented(
    message = "objects of kind `{Self}` have no file",
    note = "kinds that inherit from `CoreFileObject` have one"
)]
pub trait FileObject: Kind {}

/// A kind for whose objects the server can generate artifacts: it inherits from `CoreArtifactTarget`.
#[diagnostic::on_unimplemented(
    message = "objects of kind `{Self}` have no artifacts",
    note = "kinds that inherit from `CoreArtifactTarget` have them"
)]
pub trait ArtifactTarget: Kind {}

/// The kind of an object of which only a reference is known, such as the source of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyNode {}

impl Kind for AnyNode {
    const KIND: &'static str = "CoreNode";
}

/// Whether two names of kinds are one, for the derive of `Projection`.
#[doc(hidden)]
pub const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

/// Implements what every kind shares; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __kind {
    ($type:ident = $kind:literal) => {
        impl $crate::kind::Kind for $type {
            const KIND: &'static str = $kind;
        }

        impl $crate::kind::Is<$type> for $type {}
    };
}

/// Implements what every generated struct shares; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __read {
    ($struct:ident, $selection:literal) => {
        impl $crate::projection::Projection for $struct {
            type Kind = $struct;

            fn select(selection: &mut $crate::projection::Selection) {
                selection.push($selection);
            }
        }

        impl $crate::id::Reference for $struct {
            type Kind = $struct;

            fn key(&self) -> $crate::id::ObjectKey {
                $crate::id::Reference::key(&self.id)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $struct {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::decode::object(deserializer)
            }
        }

        impl $crate::projection::FromEdge for $struct {
            fn read_edge(
                edge: &mut dyn $crate::decode::Source<'_>,
            ) -> ::std::result::Result<::std::option::Option<Self>, $crate::decode::Failed> {
                $crate::decode::edge(edge)
            }
        }
    };
}

/// Implements what every generated struct of a concrete kind shares; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __node {
    ($node:ident, $selection:literal) => {
        $crate::__read!($node, $selection);

        impl $crate::kind::Node for $node {
            fn id(&self) -> &$crate::id::Id<$node> {
                &self.id
            }
        }
    };
}

/// Implements what every generated enum over the kinds of a generic shares; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __any {
    ($any:ident) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $any {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::decode::variants(deserializer)
            }
        }

        impl $crate::projection::FromEdge for $any {
            fn read_edge(
                edge: &mut dyn $crate::decode::Source<'_>,
            ) -> ::std::result::Result<::std::option::Option<Self>, $crate::decode::Failed> {
                $crate::decode::edge_to_variant(edge)
            }
        }
    };
}
