//! Lists of objects: filtered, ordered, in pages.

use super::filter::{Condition, Test, read_conditions};
use super::page::Page;
use super::path::Path;
use super::read;
use super::record::Node;
use super::state::State;
use super::{Arguments, NodeId, Outcome, Refused, python};
use infrahub_schema::KindSchema;
use serde_json::Value;
use std::sync::Arc;

/// A part of a list, and how long the whole list is.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    pub(crate) count: usize,
    pub(crate) items: Vec<T>,
}

/// The objects of a kind, as the field of that kind gives them for these arguments.
pub(crate) fn find(state: &State, kind: &KindSchema, arguments: &Arguments) -> Outcome<Found<Arc<Node>>> {
    let page = Page::of_kind(kind, arguments)?;
    if let Some(hfid) = arguments.get("hfid") {
        let hfid: Vec<String> = hfid.as_array().into_iter().flatten().map(python::text).collect();
        let items: Vec<Arc<Node>> = by_hfid(state, kind, &hfid)?.into_iter().collect();
        return Ok(Found { count: items.len(), items });
    }
    let partial = arguments.get("partial_match").and_then(Value::as_bool).unwrap_or_default();
    // A filter whose value is null is none, but for `ids`.
    let mut filters = arguments.clone();
    filters.retain(|name, value| name == "ids" || !value.is_null());
    let conditions = read_conditions(kind, &filters)?;
    let mut found = candidates(state, kind, &conditions, partial);
    found.retain(|node| conditions.iter().all(|condition| condition.holds(state, node, partial)));
    let found = found.into_iter().cloned().collect();
    Ok(page.unordered_for_one_row().cut(state, found, |node| node))
}

/// Objects among which are all that the conditions allow, in the order of their ids.
fn candidates<'a>(
    state: &'a State,
    kind: &KindSchema,
    conditions: &[Condition],
    partial: bool,
) -> Vec<&'a Arc<Node>> {
    let facts = state.catalogue.facts(&kind.kind);
    let by_index = conditions.iter().find_map(|condition| match condition {
        Condition::Ids(ids) => {
            let mut ids = ids.clone();
            ids.sort_unstable();
            ids.dedup();
            let nodes = ids.into_iter().filter_map(|id| state.node(id));
            Some(nodes.filter(|node| state.catalogue.is_a(&node.kind, &kind.kind)).collect())
        }
        Condition::Attribute { name, test: Test::Equal(value) } if !partial => {
            let is_indexed = facts.is_some_and(|facts| facts.indexed.contains(name.as_str()));
            is_indexed.then(|| state.with_value(&kind.kind, name, value))
        }
        _ => None,
    });
    by_index.unwrap_or_else(|| state.of_kind(&kind.kind))
}

/// The object of a kind with that human-friendly id.
pub(crate) fn by_hfid(state: &State, kind: &KindSchema, hfid: &[String]) -> Outcome<Option<Arc<Node>>> {
    let identifier = hfid.join(" :: ");
    let refused = |message: String| Refused::NodeNotFound {
        kind: kind.kind.clone(),
        identifier: identifier.clone(),
        message,
    };
    let Some(paths) = &kind.human_friendly_id else {
        let message =
            format!("Unable to lookup node by HFID, schema '{}' does not have a HFID defined.", kind.kind);
        return Err(refused(message).into());
    };
    if paths.len() != hfid.len() {
        return Err(refused(format!(
            "Unable to lookup node by HFID, schema '{}' HFID does not contain the same number of elements as {}",
            kind.kind,
            python::texts(hfid)
        ))
        .into());
    }
    let mut found = holders(state, kind, paths, hfid);
    match found.len() {
        0 | 1 => Ok(found.pop()),
        several => Err(refused(format!(
            "Unable to find node {}, {several} nodes returned, expected 1",
            python::quoted(&identifier)
        ))
        .into()),
    }
}

fn holders(state: &State, kind: &KindSchema, paths: &[String], hfid: &[String]) -> Vec<Arc<Node>> {
    let facts = state.catalogue.facts(&kind.kind);
    let own = paths.iter().zip(hfid).find_map(|(path, text)| match Path::parse(kind, path)? {
        Path::Attribute { attribute, property } if property == "value" => {
            let is_indexed = facts.is_some_and(|facts| facts.indexed.contains(attribute.as_str()));
            is_indexed.then_some((attribute, text))
        }
        _ => None,
    });
    let nodes: Vec<&Arc<Node>> = match own {
        // A number and a text may look the same in a human-friendly id.
        Some((attribute, text)) => {
            let mut values = vec![Value::from(text.as_str())];
            values.extend(text.parse::<i64>().map(Value::from).ok());
            values.extend(match text.as_str() {
                "None" => Some(Value::Null),
                "True" => Some(true.into()),
                "False" => Some(false.into()),
                _ => None,
            });
            values.iter().flat_map(|value| state.with_value(&kind.kind, &attribute, value)).collect()
        }
        None => state.of_kind(&kind.kind),
    };
    nodes.into_iter().filter(|node| read::hfid(state, node).as_deref() == Some(hfid)).cloned().collect()
}

/// Which peers an argument `ids` of a relationship leaves; `None` where it is not given.
pub(crate) fn only(arguments: &Arguments) -> Option<Vec<NodeId>> {
    let value = arguments.get("ids").or_else(|| arguments.get("id"))?;
    let texts = match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    Some(texts.into_iter().filter_map(|text| NodeId::parse(text.as_str()?)).collect())
}
