//! Which changes only follow from those of another kind.

use super::{Change, Difference};
use crate::{Flavour, KindSchema, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// The changes of each kind, by their places in the list.
type Places<'c> = BTreeMap<&'c str, Vec<usize>>;

/// Says of each change from which kind it follows, if it does.
pub(super) fn mark(changes: &mut [Change], old: &Schema, new: &Schema) {
    let mut places = Places::new();
    for (place, change) in changes.iter().enumerate() {
        places.entry(&change.kind).or_default().push(place);
    }
    let follows = Follows { changes: &*changes, places, old, new };
    let origins: Vec<Option<String>> = (0..changes.len()).map(|place| follows.origin(place)).collect();
    for (change, origin) in changes.iter_mut().zip(origins) {
        change.follows_from = origin;
    }
}

/// The change of the list that another one of it follows from.
pub(super) fn origin_of<'d>(changes: &'d [Change], change: &Change) -> Option<&'d Change> {
    let origin = change.follows_from.as_ref()?;
    let of_origin = || changes.iter().filter(|other| other.kind == *origin && other.follows_from.is_none());
    let is_same =
        |other: &&Change| other.field == change.field && other.what.subject() == change.what.subject();
    of_origin().find(is_same).or_else(|| match &change.what {
        Difference::KindAdded { .. } | Difference::KindRemoved { .. } => {
            of_origin().find(|other| generates(other))
        }
        what if is_about(what, &["order_weight", "used_by"]) => of_origin().next(),
        _ => None,
    })
}

/// Whether the kind has profiles or templates now, or no longer.
fn generates(change: &Change) -> bool {
    is_about(&change.what, &["generate_profile", "generate_template"])
}

fn is_about(what: &Difference, properties: &[&str]) -> bool {
    matches!(what, Difference::Property { property, .. } if properties.contains(&property.as_str()))
}

struct Follows<'c> {
    changes: &'c [Change],
    places: Places<'c>,
    old: &'c Schema,
    new: &'c Schema,
}

impl<'c> Follows<'c> {
    /// The kind in which the change was made: the end of the way from each to the one that it follows.
    fn origin(&self, place: usize) -> Option<String> {
        let mut seen = BTreeSet::from([place]);
        let mut origin = None;
        let mut at = place;
        while let Some(next) = self.cause(at).filter(|next| seen.insert(*next)) {
            origin = Some(self.changes[next].kind.clone());
            at = next;
        }
        origin.filter(|kind| *kind != self.changes[place].kind)
    }

    /// The change of another kind that this one follows at once.
    fn cause(&self, place: usize) -> Option<usize> {
        let change = &self.changes[place];
        let kind = self.kind(&change.kind)?;
        self.made_for(kind)
            .and_then(|base| self.of_made(change, base))
            .or_else(|| self.of_heir(change))
            .or_else(|| self.of_list(change))
    }

    fn kind(&self, name: &str) -> Option<&'c KindSchema> {
        self.new.kind(name).or_else(|| self.old.kind(name))
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = usize> {
        self.places.get(kind).into_iter().flatten().copied()
    }

    /// The kind that a profile or template is made for.
    fn made_for(&self, kind: &'c KindSchema) -> Option<&'c str> {
        let is_made =
            matches!(kind.flavour, Flavour::Profile | Flavour::Template) || kind.namespace == "Template";
        is_made.then_some(kind.name.as_str()).filter(|base| self.kind(base).is_some())
    }

    /// What the server makes for a kind changes with that; values may be others, and weights are its own.
    fn of_made(&self, change: &Change, base: &str) -> Option<usize> {
        let is_weight = is_about(&change.what, &["order_weight"]);
        let is_kind = matches!(change.what, Difference::KindAdded { .. } | Difference::KindRemoved { .. });
        self.of_kind(base).find(|place| {
            let other = &self.changes[*place];
            is_weight
                || (is_kind && generates(other))
                || (other.field == change.field && other.what.subject() == change.what.subject())
        })
    }

    /// What a kind inherits changes with the generic.
    fn of_heir(&self, change: &Change) -> Option<usize> {
        let generics = [self.new, self.old].into_iter().filter_map(|schema| schema.kind(&change.kind));
        generics.flat_map(|kind| &kind.inherit_from).find_map(|generic| {
            self.of_kind(generic).find(|place| {
                let other = &self.changes[*place];
                other.field == change.field && is_same(&change.what, &other.what)
            })
        })
    }

    /// The list of the kinds that inherit from a generic changes with those.
    fn of_list(&self, change: &Change) -> Option<usize> {
        if !is_about(&change.what, &["used_by"]) {
            return None;
        }
        let heirs = |schema: &'c Schema| -> BTreeSet<&'c String> {
            schema.kind(&change.kind).map(|kind| kind.used_by.iter().collect()).unwrap_or_default()
        };
        let (old, new) = (heirs(self.old), heirs(self.new));
        old.symmetric_difference(&new).find_map(|heir| {
            self.of_kind(heir).find(|place| match &self.changes[*place].what {
                Difference::KindAdded { .. } | Difference::KindRemoved { .. } => true,
                what => is_about(what, &["inherit_from"]),
            })
        })
    }
}

/// Whether the change of a field is that of the generic: fields that are new or gone bear the same name, of what
/// changed the values are the same too.
fn is_same(change: &Difference, generic: &Difference) -> bool {
    match change {
        Difference::KindAdded { .. } | Difference::KindRemoved { .. } | Difference::Namespace { .. } => false,
        Difference::Property { .. } | Difference::ChoiceDescribed { .. } => change == generic,
        _ => change.subject() == generic.subject(),
    }
}
