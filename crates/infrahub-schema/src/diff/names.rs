//! Names of generated types that a new kind takes. The rules are those of `infrahub-build`.

use super::code::Place;
use super::types::{self, Type};
use crate::{Flavour, KindSchema, Schema};

/// Whether something that is generated for a kind of the schema has the name that this kind would have.
pub(super) fn is_taken(schema: &Schema, name: &str) -> bool {
    let is_generic = |kind: &KindSchema| kind.flavour == Flavour::Generic;
    let is_enum_of_kinds =
        name.strip_prefix("Any").and_then(|generic| schema.kind(generic)).is_some_and(is_generic);
    let is_made_for = |kind: &KindSchema| match name.strip_prefix(&kind.kind) {
        None | Some("") => false,
        Some("Create" | "Update") if !is_generic(kind) => true,
        Some(rest) => kind.attributes.iter().any(|attribute| {
            types::words(&attribute.name) == rest
                && types::of_attribute(Place { schema, kind }, attribute) == Type::Choice(&kind.kind)
        }),
    };
    is_enum_of_kinds || schema.kinds.values().any(is_made_for)
}
