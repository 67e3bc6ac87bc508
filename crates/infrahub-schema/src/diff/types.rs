//! The Rust types of attributes, and the names of their choices. The rules are those of `infrahub-build`.

use super::code::Place;
use crate::{Attribute, AttributeKind, KindSchema};
use std::collections::BTreeSet;

/// The Rust type of a field or column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type<'s> {
    Plain(&'static str),
    /// The enum of its choices, by the kind that the enum is named for.
    Choice(&'s str),
    /// A relationship to one, and whether nodes have a field for it.
    ToOne {
        peer: &'s str,
        is_read: bool,
    },
    ToMany {
        peer: &'s str,
    },
}

pub(super) fn of_attribute<'s>(place: Place<'s>, attribute: &Attribute) -> Type<'s> {
    match choices(attribute) {
        Some(_) => Type::Choice(choice_owner(place, attribute)),
        None => Type::Plain(plain(&attribute.kind)),
    }
}

/// The names of the choices of a dropdown, or of the allowed values of a text.
pub(super) fn choices(attribute: &Attribute) -> Option<Vec<&str>> {
    match (&attribute.choices, &attribute.allowed_values) {
        (Some(choices), _) if attribute.kind == AttributeKind::Dropdown => {
            Some(choices.iter().map(|choice| choice.name.as_str()).collect())
        }
        (_, Some(values)) if plain(&attribute.kind) == "String" => {
            values.iter().map(|value| value.as_str()).collect()
        }
        _ => None,
    }
}

/// Whether the name that a choice would have in Rust is also that of another, so that both are spelled out.
pub(super) fn is_spelled_out(choice: &str, choices: &[&str]) -> bool {
    choices.iter().any(|other| *other != choice && words(other) == words(choice))
}

/// What the generator makes the name of a variant, or the end of that of an enum, of: `in progress` and `InProgress` would be the same.
pub(super) fn words(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    let capital = |(at, letter): (usize, char)| if at == 0 { letter.to_ascii_uppercase() } else { letter };
    words.flat_map(|word| word.char_indices().map(capital)).collect()
}

fn plain(kind: &AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Number | AttributeKind::NumberPool | AttributeKind::Bandwidth => "i64",
        AttributeKind::Boolean | AttributeKind::Checkbox => "bool",
        AttributeKind::DateTime => "DateTime",
        AttributeKind::IpHost => "IpHost",
        AttributeKind::IpNetwork => "IpNetwork",
        AttributeKind::IpAddress => "IpAddr",
        AttributeKind::MacAddress => "MacAddress",
        AttributeKind::Password | AttributeKind::HashedPassword => "Password",
        AttributeKind::List => "Vec<Json>",
        AttributeKind::Json | AttributeKind::Any | AttributeKind::Unknown(_) => "Json",
        AttributeKind::Id
        | AttributeKind::Dropdown
        | AttributeKind::Text
        | AttributeKind::TextArea
        | AttributeKind::Email
        | AttributeKind::Url
        | AttributeKind::File
        | AttributeKind::Color => "String",
    }
}

pub(super) fn filter(kind: &AttributeKind) -> &'static str {
    match (kind, plain(kind)) {
        (AttributeKind::Bandwidth, _) => "Int",
        (_, "i64") => "BigInt",
        (_, "bool") => "Boolean",
        (_, "DateTime") => "DateTime",
        (_, "Vec<Json>" | "Json") => "GenericScalar",
        _ => "String",
    }
}

/// The kind that the enum of an attribute's choices is named for: the generic that it is inherited from as it is,
/// and for profiles and templates the kind that they are for.
fn choice_owner<'s>(place: Place<'s>, attribute: &Attribute) -> &'s str {
    let mut owner = place.kind;
    let mut seen = BTreeSet::from([owner.kind.as_str()]);
    loop {
        let is_made = matches!(owner.namespace.as_str(), "Profile" | "Template");
        let is_inherited = owner.attribute(&attribute.name).is_some_and(|attribute| attribute.inherited);
        let shares = |candidate: &&KindSchema| {
            let is_candidate = (is_made && candidate.kind == owner.name)
                || (is_inherited && owner.inherit_from.contains(&candidate.kind));
            is_candidate
                && candidate.attribute(&attribute.name).is_some_and(|other| {
                    other.kind == attribute.kind
                        && other.choices == attribute.choices
                        && other.allowed_values == attribute.allowed_values
                })
        };
        match place.schema.kinds.values().find(shares) {
            Some(next) if seen.insert(&next.kind) => owner = next,
            _ => return &owner.kind,
        }
    }
}
