//! The choices of a dropdown, and the allowed values of other attributes.

use super::Difference;
use super::change::Impact;
use super::code::{Codes, SPELLED_OUT};
use super::lists::Pairs;
use super::property::{Finding, Property};
use super::types::is_spelled_out;
use crate::{Attribute, Choice};
use serde_json::Value;

const KEPT: &str = "What was allowed still is.";
const NO_ENUM: &str = "It has no enum in generated code.";

pub(super) fn of_attribute(codes: &Codes<'_>, before: &Attribute, after: &Attribute) -> Vec<Finding> {
    let mut findings = match (&before.choices, &after.choices) {
        (Some(old), Some(new)) => choices(codes, old, new),
        (old, new) => whole(codes, Property::new("choices", old, new)).into_iter().collect(),
    };
    match (&before.allowed_values, &after.allowed_values) {
        (Some(old), Some(new)) => findings.extend(values(codes, old, new)),
        (old, new) => findings.extend(whole(codes, Property::new("enum", old, new))),
    }
    findings
}

/// A list that came or went as a whole, or that is in another order.
fn whole(codes: &Codes<'_>, list: Property) -> Option<Finding> {
    if list.old == list.new {
        return None;
    }
    let is_new = list.old.is_null();
    let programs = Impact::first([codes.value(), codes.variants()], NO_ENUM);
    Some(list.finding(programs, Impact::when(is_new, "Other values are no longer allowed.", KEPT)))
}

fn choices(codes: &Codes<'_>, old: &[Choice], new: &[Choice]) -> Vec<Finding> {
    let lists = Pairs::of(old, new, |choice| &choice.name);
    let differences = lists.pairs.into_iter().filter_map(|pair| match pair {
        (Some(old), None) => {
            Some(removed(codes, &old.name, Difference::ChoiceRemoved { choice: old.clone() }))
        }
        (None, Some(new)) => Some(added(codes, &new.name, Difference::ChoiceAdded { choice: new.clone() })),
        (Some(old), Some(new)) if old != new => Some(Finding {
            what: Difference::ChoiceDescribed { old: old.clone(), new: new.clone() },
            programs: Impact::first([codes.value()], "Only what is shown of it changes."),
            data: Impact::none("Its value stays."),
        }),
        _ => None,
    });
    let reordered = lists.is_reordered.then(|| whole(codes, Property::new("choices", &old, &new)));
    differences.chain(reordered.flatten()).collect()
}

fn values(codes: &Codes<'_>, old: &[Value], new: &[Value]) -> Vec<Finding> {
    let lists = Pairs::of(old, new, |value| value);
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let differences = lists.pairs.into_iter().filter_map(|pair| match pair {
        (Some(old), None) => {
            Some(removed(codes, &name(old), Difference::ValueRemoved { value: old.clone() }))
        }
        (None, Some(new)) => Some(added(codes, &name(new), Difference::ValueAdded { value: new.clone() })),
        _ => None,
    });
    let reordered = lists.is_reordered.then(|| whole(codes, Property::new("enum", &old, &new)));
    differences.chain(reordered.flatten()).collect()
}

fn removed(codes: &Codes<'_>, name: &str, what: Difference) -> Finding {
    let is_lost = codes.old.choices.contains(&name) && !codes.new.choices.contains(&name);
    let lost = is_lost.then(|| Impact::breaking("The enum of its choices has no such variant any more."));
    Finding {
        what,
        programs: Impact::first([codes.value(), lost], NO_ENUM),
        data: Impact::breaking("Objects that have it are no longer valid, and writes of it are refused."),
    }
}

fn added(codes: &Codes<'_>, name: &str, what: Difference) -> Finding {
    let is_variant = codes.new.choices.contains(&name);
    let is_alike = is_variant && is_spelled_out(name, &codes.new.choices);
    let otherwise = if is_variant {
        "It is read as `Other` until the program is built anew; a `match` that names every choice then asks for it."
    } else {
        NO_ENUM
    };
    let renamed = codes.variants().filter(|_| is_alike).map(|_| Impact::breaking(SPELLED_OUT));
    Finding { what, programs: Impact::first([codes.value(), renamed], otherwise), data: Impact::none(KEPT) }
}
