//! What differs between a kind before and after, without its fields.

use super::attributes::{DOCUMENTED, OTHER_BRANCHES, UNREAD, VALID};
use super::change::Impact;
use super::property::{Finding, Property, properties};
use crate::KindSchema;

pub(super) fn differences(before: &KindSchema, after: &KindSchema) -> Vec<Finding> {
    let changed = properties!(
        KindSchema {
            flavour,
            kind,
            namespace,
            name,
            label,
            description,
            branch,
            default_filter,
            human_friendly_id,
            display_label,
            order_by,
            uniqueness_constraints,
            documentation,
            inherit_from,
            used_by,
            hierarchy,
            hierarchical,
            parent,
            children,
            generate_profile,
            generate_template
        } apart from { attributes, relationships },
        before,
        after
    );
    let judged = changed.into_iter().map(|property| {
        let programs = programs(&property, before, after);
        let data = data(&property, before, after);
        property.finding(programs, data)
    });
    judged.collect()
}

fn programs(property: &Property, before: &KindSchema, after: &KindSchema) -> Impact {
    match property.name {
        "flavour" => Impact::breaking("A kind of another sort has other types."),
        "human_friendly_id" => match (&before.human_friendly_id, &after.human_friendly_id) {
            (None, _) => Impact::none("Programs may use it once they are built anew."),
            (Some(_), None) => Impact::breaking("Objects can no longer be named by it."),
            (Some(old), Some(new)) if old.len() != new.len() => {
                Impact::breaking("It has another number of parts.")
            }
            _ => Impact::breaking("The parts that a program gives name other objects, or none."),
        },
        "default_filter" => default_filter(before, after),
        "inherit_from" => Impact::when(
            loses_generic(before, after),
            "Its objects can no longer be read as, or given for, the generic that is gone.",
            "Programs may use its objects as those of the generic once they are built anew.",
        ),
        "hierarchy" | "hierarchical" => Impact::when(
            is_in_hierarchy(before) && before.hierarchy != after.hierarchy
                || before.hierarchical && !after.hierarchical,
            "`ANCESTORS` and `DESCENDANTS` are gone, or of another kind.",
            UNREAD,
        ),
        "order_by" => Impact::none("Lists for which a program says no order come in another one."),
        "label" | "description" => Impact::none(DOCUMENTED),
        "used_by" | "parent" | "children" | "generate_profile" | "generate_template" => {
            Impact::none("What follows from it is told with the kinds and fields that it concerns.")
        }
        _ => Impact::none(UNREAD),
    }
}

/// An upsert finds its object by the human-friendly id, and by this only where there is none.
fn default_filter(before: &KindSchema, after: &KindSchema) -> Impact {
    let has_id = |kind: &KindSchema| kind.human_friendly_id.is_some();
    if before.default_filter.is_none() || (has_id(before) && has_id(after)) {
        return Impact::none(UNREAD);
    }
    match &after.default_filter {
        None if !has_id(after) => Impact::breaking("Upserts of it no longer compile."),
        _ => Impact::breaking("Upserts look for their object by another attribute."),
    }
}

fn data(property: &Property, before: &KindSchema, after: &KindSchema) -> Impact {
    match property.name {
        "flavour" => Impact::breaking("Its objects are gone, or could not exist before."),
        "uniqueness_constraints" => Impact::when(
            is_stricter(before, after),
            "Two objects may no longer have the same values of these fields together.",
            VALID,
        ),
        "inherit_from" => Impact::when(
            loses_generic(before, after),
            "It is no longer allowed where a peer of the generic that is gone is wanted.",
            VALID,
        ),
        "hierarchy" | "parent" | "children" => Impact::when(
            !property.old.is_null(),
            "Its place in the hierarchy before is no longer allowed.",
            VALID,
        ),
        "hierarchical" => Impact::when(before.hierarchical, "Its kinds are no longer a hierarchy.", VALID),
        "branch" => Impact::breaking(OTHER_BRANCHES),
        _ => Impact::none(VALID),
    }
}

fn is_in_hierarchy(kind: &KindSchema) -> bool {
    kind.hierarchy.is_some()
}

fn loses_generic(before: &KindSchema, after: &KindSchema) -> bool {
    before.inherit_from.iter().any(|generic| !after.inherit_from.contains(generic))
}

/// Whether a constraint is new that does not follow from one that was there: what is unique by some fields is
/// unique by more.
fn is_stricter(before: &KindSchema, after: &KindSchema) -> bool {
    let old: Vec<&Vec<String>> = before.uniqueness_constraints.iter().flatten().collect();
    after
        .uniqueness_constraints
        .iter()
        .flatten()
        .any(|new| !old.iter().any(|old| old.iter().all(|field| new.contains(field))))
}
