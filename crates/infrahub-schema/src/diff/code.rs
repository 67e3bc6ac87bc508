//! What the code that is generated for a field consists of. The rules are those of `infrahub-build`.

use super::change::Impact;
use super::types::{self, Type, is_spelled_out};
use crate::{Attribute, AttributeKind, Cardinality, KindSchema, Relationship, RelationshipKind, Schema};

/// A kind in its schema.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) schema: &'s Schema,
    pub(super) kind: &'s KindSchema,
}

/// The code of one attribute or relationship.
#[derive(Debug)]
pub(super) struct Code<'s> {
    value: Type<'s>,
    /// The names of its choices, where it has an enum of them.
    pub(super) choices: Vec<&'s str>,
    /// The GraphQL type that filters are sent as.
    filter: &'static str,
    /// Whether it is read as an `Option`.
    is_optional: bool,
    /// Whether there are setters.
    is_written: bool,
    /// Whether `…Create::new` asks for it.
    is_argument: bool,
    is_cleared: bool,
    is_reset: bool,
}

impl<'s> Code<'s> {
    pub(super) fn of_attribute(place: Place<'s>, attribute: &'s Attribute) -> Code<'s> {
        let is_written = attribute.is_writable() && attribute.kind != AttributeKind::NumberPool;
        Code {
            value: types::of_attribute(place, attribute),
            choices: types::choices(attribute).unwrap_or_default(),
            filter: types::filter(&attribute.kind),
            is_optional: attribute.optional || !is_written,
            is_written,
            is_argument: is_written && !attribute.optional,
            is_cleared: is_written && attribute.optional,
            is_reset: is_written && attribute.default_value.is_some(),
        }
    }

    pub(super) fn of_relationship(relationship: &'s Relationship) -> Code<'s> {
        let (peer, is_written) = (relationship.peer.as_str(), !relationship.read_only);
        let is_one = relationship.cardinality == Cardinality::One;
        let is_apart = matches!(relationship.kind, RelationshipKind::Group | RelationshipKind::Profile);
        Code {
            value: if is_one { Type::ToOne { peer, is_read: !is_apart } } else { Type::ToMany { peer } },
            choices: Vec::new(),
            filter: "",
            is_optional: is_one && (relationship.optional || relationship.read_only),
            is_written,
            is_argument: is_written && !relationship.optional,
            is_cleared: is_written && relationship.optional,
            is_reset: false,
        }
    }

    /// What breaks in programs where the field is new.
    pub(super) fn added(&self) -> Option<Impact> {
        self.is_argument.then(|| Impact::breaking("`…Create::new` asks for it."))
    }
}

/// The code of a field before and after: each method says what breaks in one respect, if something does.
pub(super) struct Codes<'s> {
    pub(super) old: Code<'s>,
    pub(super) new: Code<'s>,
}

impl Codes<'_> {
    pub(super) fn value(&self) -> Option<Impact> {
        let plain = |instead: &str, of: &str| {
            Some(Impact::breaking(format!("Its type is {instead} instead of {of}.")))
        };
        match (self.old.value, self.new.value) {
            (old, new) if old == new => None,
            (Type::Plain(old), Type::Plain(new)) => plain(&format!("`{new}`"), &format!("`{old}`")),
            (Type::Plain(old), _) => plain("an enum of its choices", &format!("`{old}`")),
            (_, Type::Plain(new)) => plain(&format!("`{new}`"), "an enum of its choices"),
            (Type::Choice(_), _) => {
                Some(Impact::breaking("The enum of its choices is that of another kind, with another name."))
            }
            (Type::ToOne { .. }, Type::ToMany { .. }) => {
                Some(Impact::breaking("It holds many peers instead of one."))
            }
            (Type::ToMany { .. }, Type::ToOne { .. }) => {
                Some(Impact::breaking("It holds one peer instead of many."))
            }
            (Type::ToOne { peer: old, is_read }, Type::ToOne { peer: new, .. }) if old == new => {
                is_read.then(|| Impact::breaking("Nodes no longer have a field for it."))
            }
            _ => Some(Impact::breaking(OTHER_PEER)),
        }
    }

    /// Whether variants of the enum of its choices are gone, or have other names.
    pub(super) fn variants(&self) -> Option<Impact> {
        let (old, new) = (&self.old.choices, &self.new.choices);
        if old.iter().any(|choice| !new.contains(choice)) {
            return Some(Impact::breaking("The enum of its choices loses variants."));
        }
        let is_renamed = |choice: &&str| is_spelled_out(choice, old) != is_spelled_out(choice, new);
        old.iter().any(is_renamed).then(|| Impact::breaking(SPELLED_OUT))
    }

    pub(super) fn filter(&self) -> Option<Impact> {
        let (old, new) = (self.old.filter, self.new.filter);
        (old != new).then(|| {
            Impact::breaking(format!(
                "Programs that are not built anew send its filters as `{old}`, and the server wants `{new}`."
            ))
        })
    }

    pub(super) fn presence(&self) -> Option<Impact> {
        match (self.old.is_optional, self.new.is_optional) {
            (false, true) => Some(Impact::breaking("It is read as an `Option` now.")),
            (true, false) => Some(Impact::breaking("It is no longer read as an `Option`.")),
            _ => None,
        }
    }

    pub(super) fn argument(&self) -> Option<Impact> {
        match (self.old.is_argument, self.new.is_argument) {
            (false, true) => self.new.added(),
            (true, false) => Some(Impact::breaking("`…Create::new` no longer takes it.")),
            _ => None,
        }
    }

    pub(super) fn setter(&self) -> Option<Impact> {
        let is_lost = self.old.is_written && !self.new.is_written;
        is_lost.then(|| Impact::breaking("It can no longer be set."))
    }

    pub(super) fn clear(&self) -> Option<Impact> {
        let is_lost = self.old.is_cleared && !self.new.is_cleared;
        is_lost.then(|| Impact::breaking("It can no longer be cleared."))
    }

    pub(super) fn reset(&self) -> Option<Impact> {
        let is_lost = self.old.is_reset && !self.new.is_reset;
        is_lost.then(|| Impact::breaking("It can no longer be reset to its default."))
    }
}

const OTHER_PEER: &str = "Its type names another kind.";
pub(super) const SPELLED_OUT: &str =
    "Another choice would have the same name in Rust, so the variants of both are spelled out.";
