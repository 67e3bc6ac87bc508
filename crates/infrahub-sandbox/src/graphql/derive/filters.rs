//! The arguments of lists: paging, order and filters.

use super::attributes::filter_scalar;
use super::kinds::{Kinds, Related};
use crate::graphql::types::Argument;
use async_graphql::dynamic::TypeRef;
use infrahub_schema::{Attribute, KindSchema, RelationshipKind};

/// Arguments on the creation and the last change of an object, each with its scalar and description.
const METADATA: [(&str, &str, &str); 10] = [
    ("created_at", "DateTime", "Filter by exact creation timestamp"),
    ("created_at__after", "DateTime", "Filter for objects created after this timestamp"),
    ("created_at__before", "DateTime", "Filter for objects created before this timestamp"),
    ("created_by__id", "ID", "Filter by exact creator account UUID"),
    ("created_by__ids", "[ID]", "Filter by list of creator account UUIDs"),
    ("updated_at", "DateTime", "Filter by exact update timestamp"),
    ("updated_at__after", "DateTime", "Filter for objects updated after this timestamp"),
    ("updated_at__before", "DateTime", "Filter for objects updated before this timestamp"),
    ("updated_by__id", "ID", "Filter by exact updater account UUID"),
    ("updated_by__ids", "[ID]", "Filter by list of updater account UUIDs"),
];

/// Whether one may ask who said a value, and whether it is protected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Properties {
    Shown,
    Hidden,
}

pub(super) fn named(name: impl Into<String>) -> TypeRef {
    TypeRef::Named(name.into().into())
}

pub(super) fn required(name: impl Into<String>) -> TypeRef {
    TypeRef::NonNull(Box::new(named(name)))
}

pub(super) fn list(name: impl Into<String>) -> TypeRef {
    TypeRef::List(Box::new(named(name)))
}

/// The arguments of the query field of a kind.
pub(super) fn top_level(kinds: &Kinds<'_>, kind: &KindSchema) -> Vec<Argument> {
    let mut arguments = paging();
    arguments.push(Argument::new("ids", list("ID")));
    if kind.human_friendly_id.is_some() {
        arguments.push(Argument::new("hfid", list("String")));
    }
    display_label(&mut arguments, "", kind);
    for attribute in &kind.attributes {
        attribute_filters(&mut arguments, "", attribute, Properties::Shown);
        arguments.push(Argument::new(format!("{}__isnull", attribute.name), named("Boolean")));
    }
    value_filters(&mut arguments, "any", "String", Properties::Shown);
    arguments.push(Argument::new("partial_match", named("Boolean")));
    for (name, scalar, description) in METADATA {
        let ty = match scalar.strip_prefix('[') {
            Some(item) => list(item.trim_end_matches(']')),
            None => named(scalar),
        };
        let argument = Argument::new(format!("node_metadata__{name}"), ty);
        arguments.push(argument.described(Some(description.to_owned())));
    }
    for Related { relationship, peer } in kinds.related(kind) {
        let properties = match relationship.kind {
            RelationshipKind::Group => Properties::Hidden,
            _ => Properties::Shown,
        };
        peer_filters(&mut arguments, &format!("{}__", relationship.name), peer, properties);
    }
    if matches!(kind.kind.as_str(), "BuiltinIPPrefix" | "BuiltinIPAddress") {
        arguments.push(Argument::new("include_available", named("Boolean")));
        arguments.push(Argument::new("kinds", TypeRef::List(Box::new(required("String")))));
    }
    arguments
}

/// The arguments of a relationship to many peers of a kind.
pub(super) fn nested(peer: &KindSchema, in_hierarchy: bool) -> Vec<Argument> {
    let mut arguments = paging();
    if in_hierarchy {
        arguments.push(Argument::new("include_descendants", named("Boolean")));
    }
    peer_filters(&mut arguments, "", peer, Properties::Shown);
    arguments
}

fn paging() -> Vec<Argument> {
    vec![
        Argument::new("offset", named("Int")),
        Argument::new("limit", named("Int")),
        Argument::new("order", named("OrderInput")),
    ]
}

/// Filters on peers, whose attributes have no `isnull`.
fn peer_filters(arguments: &mut Vec<Argument>, prefix: &str, peer: &KindSchema, properties: Properties) {
    arguments.push(Argument::new(format!("{prefix}ids"), list("ID")));
    arguments.push(Argument::new(format!("{prefix}isnull"), named("Boolean")));
    display_label(arguments, prefix, peer);
    for attribute in &peer.attributes {
        attribute_filters(arguments, prefix, attribute, properties);
    }
}

fn display_label(arguments: &mut Vec<Argument>, prefix: &str, kind: &KindSchema) {
    if kind.display_label.is_some() {
        let name = |end: &str| format!("{prefix}display_label__{end}");
        arguments.push(Argument::new(name("value"), named("String")));
        arguments.push(Argument::new(name("values"), list("String")));
        arguments.push(Argument::new(name("isnull"), named("Boolean")));
    }
}

fn attribute_filters(
    arguments: &mut Vec<Argument>,
    prefix: &str,
    attribute: &Attribute,
    properties: Properties,
) {
    let name = format!("{prefix}{}", attribute.name);
    value_filters(arguments, &name, filter_scalar(&attribute.kind), properties);
}

fn value_filters(arguments: &mut Vec<Argument>, name: &str, scalar: &str, properties: Properties) {
    arguments.push(Argument::new(format!("{name}__value"), named(scalar)));
    arguments.push(Argument::new(format!("{name}__values"), list(scalar)));
    if properties == Properties::Shown {
        arguments.push(Argument::new(format!("{name}__source__id"), named("ID")));
        arguments.push(Argument::new(format!("{name}__owner__id"), named("ID")));
        arguments.push(Argument::new(format!("{name}__is_protected"), named("Boolean")));
    }
}
