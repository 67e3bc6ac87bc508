//! Constructors that take from a template or from profiles what is not said.

use super::change::Impact;
use super::code::{Code, Place};
use crate::{Flavour, Relationship, RelationshipKind};

/// The constructor that a kind has by this relationship: `from_template` asks for the mandatory fields that the
/// template has not, `from_profiles` exists where profiles have any.
pub(super) fn constructor(place: Place<'_>, relationship: &Relationship) -> Option<&'static str> {
    if place.kind.flavour != Flavour::Node || !relationship.optional || relationship.read_only {
        return None;
    }
    match relationship.kind {
        RelationshipKind::Template => place.schema.kind(&relationship.peer).map(|_| "from_template"),
        RelationshipKind::Profile => {
            let profile = place.schema.kind(&format!("Profile{}", place.kind.kind))?;
            let attributes = profile.attributes.iter().map(|attribute| &attribute.name);
            let relationships = profile.relationships.iter().map(|relationship| &relationship.name);
            attributes.chain(relationships).any(|field| asks_for(place, field)).then_some("from_profiles")
        }
        _ => None,
    }
}

/// What breaks where a relationship no longer makes the constructor.
pub(super) fn lost(
    (old, before): (Place<'_>, &Relationship),
    (new, after): (Place<'_>, &Relationship),
) -> Option<Impact> {
    let lost = constructor(old, before).filter(|name| constructor(new, after) != Some(name))?;
    Some(Impact::breaking(format!("`…Create::{lost}` is gone.")))
}

/// What breaks where a template or profile gets a field that its kind demands: the constructor no longer asks for it.
pub(super) fn no_longer_asked(old: Place<'_>, new: Place<'_>, field: &str) -> Option<Impact> {
    if !matches!(new.kind.flavour, Flavour::Profile | Flavour::Template) {
        return None;
    }
    let of_kind = |place: Place<'_>| {
        let kind = place.schema.kind(&place.kind.name)?;
        let place = Place { schema: place.schema, kind };
        let wanted = if new.kind.flavour == Flavour::Profile { "from_profiles" } else { "from_template" };
        let mut made = kind.relationships.iter().filter_map(|relationship| constructor(place, relationship));
        made.find(|name| *name == wanted).filter(|_| asks_for(place, field))
    };
    let constructor = of_kind(old).filter(|_| of_kind(new).is_some())?;
    Some(Impact::breaking(format!("`…Create::{constructor}` of its kind no longer takes it.")))
}

/// Whether a new object of the kind needs the field.
fn asks_for(place: Place<'_>, field: &str) -> bool {
    let attribute = place.kind.attribute(field).map(|attribute| Code::of_attribute(place, attribute));
    let relationship = place.kind.relationship(field).map(Code::of_relationship);
    attribute.into_iter().chain(relationship).any(|code| code.added().is_some())
}
