//! What differs between an attribute before and after.

use super::change::Impact;
use super::code::{Code, Codes, Place};
use super::property::{Finding, Property, properties};
use super::{choices, limits};
use crate::{Attribute, AttributeKind};

pub(super) const UNREAD: &str = "Generated code does not depend on it.";
pub(super) const DOCUMENTED: &str = "Only the documentation of generated code changes.";
pub(super) const WARNED: &str = "The compiler warns of its uses.";
pub(super) const VALID: &str = "Objects stay valid.";
pub(super) const OTHER_BRANCHES: &str = "What is written on a branch shows on other branches than before.";

pub(super) fn differences(
    (old, before): (Place<'_>, &Attribute),
    (new, after): (Place<'_>, &Attribute),
) -> Vec<Finding> {
    let codes = Codes { old: Code::of_attribute(old, before), new: Code::of_attribute(new, after) };
    let changed = properties!(
        Attribute {
            kind,
            computed_attribute,
            label,
            description,
            read_only,
            unique,
            optional,
            branch,
            order_weight,
            default_value,
            inherited,
            deprecation
        } apart from { name, allowed_values, choices, parameters },
        before,
        after
    );
    let mut findings: Vec<Finding> = changed
        .into_iter()
        .map(|property| {
            let programs = programs(property.name, &codes);
            let data = data(&property, before, after);
            property.finding(programs, data)
        })
        .collect();
    findings.extend(choices::of_attribute(&codes, before, after));
    findings.extend(limits::of_parameters(&before.parameters, &after.parameters));
    findings
}

fn programs(property: &str, codes: &Codes<'_>) -> Impact {
    let by_server = "Only the server sets it, before as after.";
    match property {
        "kind" => {
            let types = [codes.value(), codes.variants(), codes.filter()];
            let broken = types.into_iter().chain([codes.presence(), codes.setter(), codes.argument()]);
            Impact::first(broken, "Its type stays.")
        }
        "optional" => Impact::first([codes.presence(), codes.argument(), codes.clear()], by_server),
        "read_only" => {
            let broken = [codes.setter(), codes.presence(), codes.argument()];
            Impact::first(broken, "Programs may set it once they are built anew.")
        }
        "computed_attribute" => {
            Impact::first([codes.setter(), codes.presence(), codes.argument()], "It is read as before.")
        }
        "default_value" => Impact::first([codes.reset()], "It is read and written as before."),
        "inherited" => Impact::first([codes.value()], UNREAD),
        "label" | "description" => Impact::none(DOCUMENTED),
        "deprecation" => Impact::none(WARNED),
        _ => Impact::none(UNREAD),
    }
}

fn data(property: &Property, before: &Attribute, after: &Attribute) -> Impact {
    match property.name {
        "kind" => Impact::when(
            !is_text(&before.kind) || !matches!(after.kind, AttributeKind::Text | AttributeKind::TextArea),
            "Values that were valid may not be of the new kind.",
            "Every text is valid.",
        ),
        "optional" => Impact::when(
            !after.optional && after.is_writable(),
            "Objects that have no value are no longer valid, and writes without one are refused.",
            VALID,
        ),
        "unique" => Impact::when(after.unique, "Two objects may no longer have the same value.", VALID),
        "read_only" | "computed_attribute" => {
            Impact::when(before.is_writable() && !after.is_writable(), "Writes of it are refused.", VALID)
        }
        "default_value" => Impact::none("Only new objects that leave it out get another value."),
        "branch" => Impact::breaking(OTHER_BRANCHES),
        _ => Impact::none(VALID),
    }
}

fn is_text(kind: &AttributeKind) -> bool {
    matches!(
        kind,
        AttributeKind::Id
            | AttributeKind::Dropdown
            | AttributeKind::Text
            | AttributeKind::TextArea
            | AttributeKind::DateTime
            | AttributeKind::Email
            | AttributeKind::Url
            | AttributeKind::File
            | AttributeKind::Color
            | AttributeKind::MacAddress
            | AttributeKind::IpHost
            | AttributeKind::IpNetwork
            | AttributeKind::IpAddress
    )
}
