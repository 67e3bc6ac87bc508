//! Numbers from pools.

use super::change::Change;
use super::input::ValueInput;
use super::pool::{Reserved, text};
use super::record::Node;
use super::{Arguments, NodeId, Outcome, Refused, find, python, read, value, view};
use infrahub_schema::{Attribute, AttributeKind, Flavour, KindSchema};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The number that an attribute of an object takes from a pool, and the pool; `None` where it takes none.
///
/// An object that has a number of the pool gets the same again.
pub(crate) fn for_attribute(
    change: &mut Change<'_>,
    kind: &KindSchema,
    attribute: &Attribute,
    input: Option<&ValueInput>,
    node: NodeId,
) -> Outcome<Option<(i64, NodeId)>> {
    let place = format!("{}.from_pool", attribute.name);
    let broken = |sentence: String| Refused::rule(&kind.kind, &place, sentence);
    let asked = input.and_then(|input| input.pool.as_ref());
    if kind.flavour == Flavour::Template && asked.is_some() {
        return Err(broken(format!(
            "'from_pool' is not supported on template attributes. Set the '{}_from_resource_pool' relationship on \
             this template instead.",
            attribute.name
        ))
        .into());
    }
    let pool = if attribute.kind == AttributeKind::NumberPool {
        let pool = of_schema(change, kind, attribute).ok_or_else(|| {
            let sentence = format!("The pool for {} has not been provisioned yet.", attribute.name);
            Refused::rule(&kind.kind, &attribute.name, sentence)
        })?;
        Some(pool)
    } else if let Some(asked) = asked {
        Some(asked_for(change, asked).map_err(&broken)?)
    } else {
        None
    };
    let Some(pool) = pool else { return Ok(None) };
    let is_for_kind = change.state.catalogue.is_a(&kind.kind, &text(&pool, "node"));
    if !is_for_kind || text(&pool, "node_attribute") != attribute.name {
        let name = text(&pool, "name");
        return Err(broken(format!("The {name} pool can't be used for '{}'.", attribute.name)).into());
    }
    let number = take(change, &pool, attribute, node)
        .ok_or_else(|| broken(format!("The pool {} is exhausted.", text(&pool, "node"))))?;
    Ok(Some((number, pool.id)))
}

/// The pool that the server makes for an attribute of kind `NumberPool`.
fn of_schema(change: &Change<'_>, kind: &KindSchema, attribute: &Attribute) -> Option<Arc<Node>> {
    let pools = change.state.of_kind("CoreNumberPool");
    let is_own = |pool: &&Arc<Node>| {
        text(pool, "pool_type") == "Schema"
            && text(pool, "node_attribute") == attribute.name
            && change.state.catalogue.is_a(&kind.kind, &text(pool, "node"))
    };
    pools.into_iter().find(is_own).cloned()
}

/// The pool of that id or name.
fn asked_for(change: &Change<'_>, asked: &Arguments) -> Result<Arc<Node>, String> {
    let id = asked.get("id").and_then(Value::as_str).unwrap_or_default();
    if id.is_empty() {
        return Err("No pool ID specified in from_pool.".to_owned());
    }
    by_name(change, "CoreNumberPool", id).ok_or_else(|| {
        format!("The pool requested {} was not found.", python::repr(&Value::Object(asked.clone())))
    })
}

/// The pool of a kind by its id, or by its name.
pub(crate) fn by_name(change: &Change<'_>, kind: &str, id: &str) -> Option<Arc<Node>> {
    let found = match NodeId::parse(id) {
        Some(id) => change.state.node(id).cloned(),
        None => {
            let kind = view::kind(&change.state.catalogue, kind).ok()?;
            let mut arguments = Arguments::new();
            arguments.insert("name__value".to_owned(), id.into());
            find::find(&change.state, kind, &arguments).ok()?.items.into_iter().next()
        }
    };
    found.filter(|node| change.state.catalogue.is_a(&node.kind, kind))
}

/// Gives the number that the object has of the pool, or the lowest that is free; `None` where none is.
pub(crate) fn take(
    change: &mut Change<'_>,
    pool: &Arc<Node>,
    attribute: &Attribute,
    holder: NodeId,
) -> Option<i64> {
    let identifier = holder.to_string();
    if let Some(Reserved::Number(number)) = change.reserved(pool.id, &identifier) {
        return Some(number);
    }
    let limit = |name: &str| pool.values.get(name).and_then(|value| value.value.as_i64());
    let parameters = &attribute.parameters;
    let first = limit("start_range")?.max(parameters.min_value.unwrap_or(i64::MIN));
    let last = limit("end_range")?.min(parameters.max_value.unwrap_or(i64::MAX));
    let taken = taken(change, pool, attribute);
    let mut number = first;
    while number <= last {
        let range = value::excluded(attribute).find(|(first, last)| (*first..=*last).contains(&number));
        match range {
            Some((_, end)) => number = end.checked_add(1)?,
            None if taken.contains(&number) => number = number.checked_add(1)?,
            None => {
                change.reserve(pool.id, &identifier, Reserved::Number(number));
                return Some(number);
            }
        }
    }
    None
}

/// The numbers that objects of any branch have of the pool. One that was overwritten is free again. Where the attribute
/// is unique, numbers that do not come from the pool count, too.
fn taken(change: &Change<'_>, pool: &Arc<Node>, attribute: &Attribute) -> BTreeSet<i64> {
    let mut taken = BTreeSet::new();
    let states = change.all_states();
    for (identifier, reserved) in change.reservations(pool.id) {
        let (Reserved::Number(number), Some(holder)) = (reserved, NodeId::parse(&identifier)) else {
            continue;
        };
        let has_it = states.iter().any(|state| {
            let value = state.node(holder).and_then(|node| node.values.get(attribute.name.as_str()));
            value.is_some_and(|value| value.value == number)
        });
        if has_it {
            taken.insert(number);
        }
    }
    if attribute.unique {
        for state in states {
            let nodes = state.of_kind(&text(pool, "node")).into_iter();
            let numbers = nodes.map(|node| read::kept(state, node, attribute, 0));
            taken.extend(numbers.filter_map(|number| number.as_i64()));
        }
    }
    taken
}
