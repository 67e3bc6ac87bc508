//! What differs between a relationship before and after.

use super::attributes::{DOCUMENTED, OTHER_BRANCHES, UNREAD, VALID, WARNED};
use super::change::Impact;
use super::code::{Code, Codes, Place};
use super::property::{Finding, Property, properties};
use super::{limits, sources};
use crate::{Cardinality, Relationship, Schema};

pub(super) fn differences(
    (old, before): (Place<'_>, &Relationship),
    (new, after): (Place<'_>, &Relationship),
) -> Vec<Finding> {
    let codes = Codes { old: Code::of_relationship(before), new: Code::of_relationship(after) };
    let changed = properties!(
        Relationship {
            peer,
            kind,
            label,
            description,
            identifier,
            cardinality,
            min_count,
            max_count,
            common_parent,
            common_relatives,
            order_weight,
            optional,
            branch,
            inherited,
            direction,
            hierarchical,
            on_delete,
            read_only,
            deprecation
        } apart from { name },
        before,
        after
    );
    let judged = changed.into_iter().map(|property| match property.name {
        "min_count" | "max_count" => limits::of_count(property),
        name => {
            let programs = programs(name, &codes, || sources::lost((old, before), (new, after)));
            let data = data(&property, new.schema, before, after);
            property.finding(programs, data)
        }
    });
    judged.collect()
}

fn programs(property: &str, codes: &Codes<'_>, lost: impl Fn() -> Option<Impact>) -> Impact {
    match property {
        "peer" | "cardinality" => Impact::first([codes.value(), codes.presence()], UNREAD),
        "kind" => Impact::first([codes.value(), lost()], "Its type stays."),
        "optional" => Impact::first(
            [codes.presence(), codes.argument(), codes.clear()],
            "Only the server sets it, before as after.",
        ),
        "read_only" => Impact::first(
            [codes.setter(), codes.presence(), codes.argument()],
            "Programs may set it once they are built anew.",
        ),
        "label" | "description" => Impact::none(DOCUMENTED),
        "deprecation" => Impact::none(WARNED),
        _ => Impact::none(UNREAD),
    }
}

fn data(property: &Property, schema: &Schema, before: &Relationship, after: &Relationship) -> Impact {
    match property.name {
        "peer" => Impact::when(
            !schema.kinds_of(&after.peer).iter().any(|kind| kind.kind == before.peer),
            "Peers of the kind before are no longer allowed.",
            "Peers of the kind before still are allowed: it inherits from the new one.",
        ),
        "cardinality" => Impact::when(
            after.cardinality == Cardinality::One,
            "Objects with several peers are no longer valid.",
            VALID,
        ),
        "optional" => Impact::when(
            !after.optional && !after.read_only,
            "Objects that have no peer are no longer valid, and writes without one are refused.",
            VALID,
        ),
        "read_only" => Impact::when(after.read_only, "Writes of it are refused.", VALID),
        "identifier" | "direction" => {
            Impact::breaking("Peers are stored under it: those that were set before are no longer found.")
        }
        "common_parent" | "common_relatives" => Impact::when(
            !property.new.is_null(),
            "Peers without the common relative are no longer allowed.",
            VALID,
        ),
        "branch" => Impact::breaking(OTHER_BRANCHES),
        "on_delete" | "kind" => {
            Impact::none("Objects stay valid; which others are deleted with one may be different.")
        }
        _ => Impact::none(VALID),
    }
}
