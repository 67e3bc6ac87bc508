//! What the generated code tells the runtime about a kind: constants, never behaviour.

use crate::id::Id;
use serde::de::DeserializeOwned;

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

/// What can be read from an object of a kind: the whole node, a part of it, or just its [`Id`].
///
/// The selection set asks for exactly what the type decodes.
pub trait Projection: DeserializeOwned + Send + 'static {
    /// The kind that it is read from.
    type Kind: Kind;

    /// Writes the fields to select, as GraphQL, without the braces around them.
    fn select(selection: &mut Selection);
}

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

/// The text of a selection set, written front to back.
#[derive(Debug, Default, Clone)]
pub struct Selection {
    text: String,
}

impl Selection {
    /// An empty selection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds fields, as GraphQL.
    pub fn push(&mut self, fields: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(fields);
    }

    /// Adds `... on Kind { fields of P }`.
    pub fn push_fragment<P: Projection>(&mut self) {
        self.push("... on");
        self.push(P::Kind::KIND);
        self.push("{");
        P::select(self);
        self.push("}");
    }

    /// `... on Kind { fields of P }`: the selection set of `P` where the schema may say less of the object, as
    /// the relationships of a hierarchy do, whose peers are of its generic.
    pub fn fragment_of<P: Projection>() -> String {
        let mut selection = Self::new();
        selection.push_fragment::<P>();
        selection.text
    }

    /// The selection set of `P`, without the braces around it.
    pub fn of<P: Projection>() -> String {
        let mut selection = Self::new();
        P::select(&mut selection);
        selection.text
    }

    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }
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
        impl $crate::kind::Projection for $struct {
            type Kind = $struct;

            fn select(selection: &mut $crate::kind::Selection) {
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
    };
}
