//! The values that objects have of an attribute.

use super::super::record::{Node, Stored};
use super::super::state::State;
use super::super::{Refused, python, read, value};
use super::{Breach, Case, detail};
use infrahub_schema::{Attribute, AttributeKind, KindSchema};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the server's database writes that there is no value.
const NULL: &str = "NULL";

/// An object with the value that it has of an attribute.
struct Kept<'a> {
    node: &'a Arc<Node>,
    stored: &'a Stored,
    value: Value,
}

/// The objects of a kind that have the attribute.
fn kept<'a>(state: &'a State, kind: &str, attribute: &str) -> Vec<Kept<'a>> {
    let nodes = state.of_kind(kind).into_iter();
    nodes
        .filter_map(|node| {
            Some(Kept { node, stored: node.values.get(attribute)?, value: of(state, node, attribute)? })
        })
        .collect()
}

/// The value of an attribute as the database has it: lists and maps are texts there. `None` where the object does not
/// have the attribute.
pub(super) fn of(state: &State, node: &Arc<Node>, attribute: &str) -> Option<Value> {
    let schema = state.catalogue.kind(&node.kind)?.attribute(attribute)?;
    node.values.get(attribute)?;
    Some(in_database(read::kept(state, node, schema, 0)))
}

fn in_database(value: Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string().into(),
        other => other,
    }
}

/// The value as a text, also where there is none.
pub(super) fn text(value: &Value) -> String {
    if value.is_null() { NULL.to_owned() } else { python::text(value) }
}

/// Those that do not comply, each with its value.
fn breaches<'a>(
    kind: &KindSchema,
    attribute: &Attribute,
    all: Vec<Kept<'a>>,
    is_broken: impl Fn(&Value) -> bool,
) -> Vec<Breach<'a>> {
    let broken = all.into_iter().filter(|kept| is_broken(&kept.value));
    broken.map(|kept| Breach::of(kind, kept.node, detail(&attribute.name, &kept.value))).collect()
}

/// The objects have values of the new kind, in the form in which it keeps them: values are never rewritten.
pub(super) fn kind<'a>(case: &Case<'a>, kind: &KindSchema, attribute: &Attribute) -> Vec<Breach<'a>> {
    let kinds = ["", "Profile", "Template"].map(|prefix| format!("{prefix}{}", kind.kind));
    let all = kinds.iter().flat_map(|kind| kept(case.own, kind, &attribute.name)).collect();
    breaches(kind, attribute, all, |value| {
        let accepted = value::accept(case.wanted, &kind.kind, attribute, value);
        !value.is_null() && accepted.map(in_database).as_ref() != Ok(value)
    })
}

/// The values are among those that are allowed.
pub(super) fn values<'a>(case: &Case<'a>, kind: &KindSchema, attribute: &Attribute) -> Vec<Breach<'a>> {
    let Some(allowed) = &attribute.allowed_values else { return Vec::new() };
    let all = kept(case.own, &kind.kind, &attribute.name);
    breaches(kind, attribute, all, |value| !value.is_null() && !allowed.contains(value))
}

/// The whole of a text matches, while a write only looks at how it begins.
pub(super) fn regex<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    attribute: &Attribute,
) -> Result<Vec<Breach<'a>>, Refused> {
    let Some(pattern) = &attribute.parameters.regex else { return Ok(Vec::new()) };
    let regex = Regex::new(&format!("^(?:{pattern})$"))
        .map_err(|_| Refused::lacking(format!("the regular expression {}", python::quoted(pattern))))?;
    let all = kept(case.own, &kind.kind, &attribute.name);
    Ok(breaches(kind, attribute, all, |value| value.as_str().is_some_and(|text| !regex.is_match(text))))
}

/// The texts are neither too short nor too long. No value is a text of four letters here.
pub(super) fn length<'a>(case: &Case<'a>, kind: &KindSchema, attribute: &Attribute) -> Vec<Breach<'a>> {
    let (least, most) = (attribute.parameters.min_length, attribute.parameters.max_length);
    let all = kept(case.own, &kind.kind, &attribute.name).into_iter();
    let broken = all.filter(|kept| {
        let length = i64::try_from(text(&kept.value).chars().count()).unwrap_or(i64::MAX);
        least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most)
    });
    broken.map(|kept| Breach::of(kind, kept.node, None)).collect()
}

/// No two objects have the same. No value is the same as no value, and a default is not the same as what was set.
pub(super) fn unique<'a>(case: &Case<'a>, kind: &KindSchema, attribute: &Attribute) -> Vec<Breach<'a>> {
    if !attribute.unique {
        return Vec::new();
    }
    let mut groups: BTreeMap<(String, bool), Vec<&Arc<Node>>> = BTreeMap::new();
    for kept in kept(case.wide, &kind.kind, &attribute.name) {
        groups.entry((text(&kept.value), kept.stored.is_default)).or_default().push(kept.node);
    }
    let shared = groups.into_iter().filter(|(_, nodes)| nodes.len() > 1);
    shared
        .flat_map(|((value, _), nodes)| {
            let detail = detail(&attribute.name, &value.into());
            nodes.into_iter().map(move |node| Breach::of(kind, node, detail.clone())).collect::<Vec<_>>()
        })
        .collect()
}

/// Every object has a value.
pub(super) fn optional<'a>(case: &Case<'a>, kind: &KindSchema, attribute: &Attribute) -> Vec<Breach<'a>> {
    if attribute.optional {
        return Vec::new();
    }
    breaches(kind, attribute, kept(case.own, &kind.kind, &attribute.name), Value::is_null)
}

/// A new attribute that is mandatory has a default, or a pool that is large enough, unless there is no object.
pub(super) fn new<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    attribute: &Attribute,
) -> Result<Vec<Breach<'a>>, Refused> {
    if attribute.optional || attribute.default_value.is_some() {
        return Ok(Vec::new());
    }
    let nodes = case.own.of_kind(&kind.kind);
    if attribute.kind == AttributeKind::NumberPool {
        let limits = &attribute.parameters;
        let (first, last) = (limits.start_range.unwrap_or(1), limits.end_range.unwrap_or(i64::MAX));
        let (size, count) = (last.saturating_sub(first).saturating_add(1), nodes.len());
        if i64::try_from(count).is_ok_and(|count| size < count) {
            return Err(Refused::invalid(format!(
                "The size of the NumberPool is smaller than the number of existing nodes {size} < {count}."
            )));
        }
        return Ok(Vec::new());
    }
    Ok(nodes.into_iter().map(|node| Breach::of(kind, node, None)).collect())
}
