//! What differs between the attributes and relationships of a kind before and after.

use super::change::Impact;
use super::code::{Code, Place};
use super::lists::Pairs;
use super::property::{Finding, Property};
use super::{Difference, attributes, relationships, sources};
use crate::{Attribute, Relationship};

/// Each finding with the field that it is about, or none where it is about their order.
pub(super) fn differences(old: Place<'_>, new: Place<'_>) -> Vec<(Option<String>, Finding)> {
    let mut findings = Vec::new();
    of_attributes(old, new, &mut findings);
    of_relationships(old, new, &mut findings);
    findings
}

fn of_attributes(old: Place<'_>, new: Place<'_>, findings: &mut Vec<(Option<String>, Finding)>) {
    let (before, after) = (&old.kind.attributes, &new.kind.attributes);
    let lists = Pairs::of(before, after, |attribute| &attribute.name);
    let mut is_weighed = false;
    for pair in lists.pairs {
        let (name, found) = match pair {
            (Some(before), Some(after)) => {
                is_weighed |= before.order_weight != after.order_weight;
                (&after.name, attributes::differences((old, before), (new, after)))
            }
            (Some(before), None) => (&before.name, vec![attribute_removed(before)]),
            (None, Some(after)) => (&after.name, vec![attribute_added(old, new, after)]),
            (None, None) => continue,
        };
        findings.extend(found.into_iter().map(|finding| (Some(name.clone()), finding)));
    }
    if lists.is_reordered && !is_weighed {
        let names = |list: &[Attribute]| list.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        findings.push((None, reordered("attributes", &names(before), &names(after))));
    }
}

fn of_relationships(old: Place<'_>, new: Place<'_>, findings: &mut Vec<(Option<String>, Finding)>) {
    let (before, after) = (&old.kind.relationships, &new.kind.relationships);
    let lists = Pairs::of(before, after, |relationship| &relationship.name);
    let mut is_weighed = false;
    for pair in lists.pairs {
        let (name, found) = match pair {
            (Some(before), Some(after)) => {
                is_weighed |= before.order_weight != after.order_weight;
                (&after.name, relationships::differences((old, before), (new, after)))
            }
            (Some(before), None) => (&before.name, vec![relationship_removed(before)]),
            (None, Some(after)) => (&after.name, vec![relationship_added(old, new, after)]),
            (None, None) => continue,
        };
        findings.extend(found.into_iter().map(|finding| (Some(name.clone()), finding)));
    }
    if lists.is_reordered && !is_weighed {
        let names = |list: &[Relationship]| list.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        findings.push((None, reordered("relationships", &names(before), &names(after))));
    }
}

fn attribute_added(old: Place<'_>, new: Place<'_>, attribute: &Attribute) -> Finding {
    let is_demanded = !attribute.optional && attribute.is_writable();
    let programs =
        [Code::of_attribute(new, attribute).added(), sources::no_longer_asked(old, new, &attribute.name)];
    Finding {
        what: Difference::AttributeAdded { attribute: Box::new(attribute.clone()) },
        programs: Impact::first(programs, UNKNOWN),
        data: Impact::when(
            is_demanded,
            "Objects that exist have no value of it, and writes without one are refused.",
            MAY_LACK,
        ),
    }
}

fn relationship_added(old: Place<'_>, new: Place<'_>, relationship: &Relationship) -> Finding {
    let is_demanded = !relationship.optional && !relationship.read_only;
    let programs =
        [Code::of_relationship(relationship).added(), sources::no_longer_asked(old, new, &relationship.name)];
    Finding {
        what: Difference::RelationshipAdded { relationship: Box::new(relationship.clone()) },
        programs: Impact::first(programs, UNKNOWN),
        data: Impact::when(
            is_demanded,
            "Objects that exist have no peer of it, and writes without one are refused.",
            MAY_LACK,
        ),
    }
}

fn attribute_removed(attribute: &Attribute) -> Finding {
    Finding {
        what: Difference::AttributeRemoved { attribute: Box::new(attribute.clone()) },
        programs: Impact::breaking(GONE),
        data: Impact::breaking("Its values are gone, and writes of it are refused."),
    }
}

fn relationship_removed(relationship: &Relationship) -> Finding {
    Finding {
        what: Difference::RelationshipRemoved { relationship: Box::new(relationship.clone()) },
        programs: Impact::breaking(GONE),
        data: Impact::breaking("Its peers are gone, and writes of it are refused."),
    }
}

const UNKNOWN: &str = "Programs do not know it and need not say it.";
const MAY_LACK: &str = "Objects may be without it.";
const GONE: &str = "Its field, column and setters are gone, and the server refuses reads and writes of it.";

fn reordered(property: &'static str, before: &[String], after: &[String]) -> Finding {
    Property::new(property, &before, &after).finding(
        Impact::none("The order of fields does not show in programs."),
        Impact::none(attributes::VALID),
    )
}
