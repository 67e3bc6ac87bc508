//! The order of a list, and the part of it that is wanted.

use super::find::Found;
use super::path::Path;
use super::read;
use super::record::Node;
use super::state::State;
use super::{Arguments, Outcome, Refused, python, value};
use infrahub_schema::KindSchema;
use serde_json::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// Which rows are wanted, and in which order.
#[derive(Debug)]
pub(crate) struct Page {
    offset: usize,
    limit: Option<usize>,
    order: Vec<(Key, bool)>,
}

/// What rows are ordered by.
#[derive(Debug)]
enum Key {
    Path(Path),
    CreatedAt,
    UpdatedAt,
}

/// A value in the order of the server's database: texts, then truth values, then numbers, then what is not there. The
/// server keeps a null as the text `NULL`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Text(String),
    Bool(bool),
    Number(i64),
    Nothing,
}

impl Page {
    /// Reads `offset`, `limit` and `order` of a list of objects; without an order it is that of the kind.
    pub(crate) fn of_kind(kind: &KindSchema, arguments: &Arguments) -> Outcome<Self> {
        Self::read(kind, arguments, |name, _| format!("{name} must be a non-negative integer"))
    }

    /// Reads those of a list of peers, where negative numbers meet the server's database.
    pub(crate) fn of_peers(kind: &KindSchema, arguments: &Arguments) -> Outcome<Self> {
        Self::read(kind, arguments, |name, number| {
            let clause = if name == "limit" { "LIMIT" } else { "SKIP" };
            format!(
                "{clause}: Invalid input. '{number}' is not a valid value. Must be a non-negative integer."
            )
        })
    }

    fn read(
        kind: &KindSchema,
        arguments: &Arguments,
        negative: impl Fn(&str, i64) -> String,
    ) -> Outcome<Self> {
        let number = |name: &str| match arguments.get(name).and_then(Value::as_i64) {
            Some(number) => {
                usize::try_from(number).map(Some).map_err(|_| Refused::failure(negative(name, number)))
            }
            None => Ok(None),
        };
        let limit = number("limit")?.filter(|limit| *limit > 0);
        let offset = number("offset")?.unwrap_or_default();
        Ok(Self { offset, limit, order: order(kind, arguments.get("order"))? })
    }

    /// For a single row the server leaves the order out, and gives the one with the least id.
    pub(crate) fn unordered_for_one_row(self) -> Self {
        if self.limit == Some(1) { Self { order: Vec::new(), ..self } } else { self }
    }

    /// Orders and cuts a list that is in the order of the ids.
    pub(crate) fn cut<T>(
        self,
        state: &State,
        mut found: Vec<T>,
        node: impl Fn(&T) -> &Arc<Node>,
    ) -> Found<T> {
        let count = found.len();
        if !self.order.is_empty() {
            let ranks = |item: &T| self.order.iter().map(|(key, _)| rank(state, node(item), key)).collect();
            let mut ranked: Vec<(Vec<Rank>, T)> =
                found.into_iter().map(|item| (ranks(&item), item)).collect();
            ranked.sort_by(|(a, _), (b, _)| self.compare(a, b));
            found = ranked.into_iter().map(|(_, item)| item).collect();
        }
        let items = found.into_iter().skip(self.offset).take(self.limit.unwrap_or(usize::MAX)).collect();
        Found { count, items }
    }

    fn compare(&self, a: &[Rank], b: &[Rank]) -> Ordering {
        let pairs = a.iter().zip(b).zip(&self.order);
        let orders = pairs.map(|((a, b), (_, descends))| if *descends { b.cmp(a) } else { a.cmp(b) });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}

fn order(kind: &KindSchema, argument: Option<&Value>) -> Outcome<Vec<(Key, bool)>> {
    let by = argument.and_then(|order| order["by"].as_array()).filter(|by| !by.is_empty());
    let metadata = argument.and_then(|order| order["node_metadata"].as_object());
    let metadata: Vec<(Key, bool)> = metadata
        .into_iter()
        .flatten()
        .filter_map(|(name, direction)| {
            let key = if name == "created_at" { Key::CreatedAt } else { Key::UpdatedAt };
            Some((key, direction.as_str()? == "DESC"))
        })
        .collect();
    if by.is_some() && !metadata.is_empty() {
        return Err(Refused::invalid(
            "Cannot combine the deprecated 'node_metadata' and 'by' in the same order input. 'by' supports \
             node_metadata ordering options via the 'node_metadata__created_at' / 'node_metadata__updated_at' fields.",
        )
        .into());
    }
    if metadata.len() > 1 {
        return Err(Refused::invalid("Cannot order by both created_at and updated_at simultaneously.").into());
    }
    let is_off = argument.is_some_and(|order| order["disable"].as_bool() == Some(true));
    if let Some(by) = by {
        let entries = by.iter().map(|entry| {
            let field = entry["field"].as_str().unwrap_or_default();
            let descends = entry["direction"].as_str() == Some("DESC");
            key(kind, field).map(|key| (key, descends))
        });
        return if is_off { Ok(Vec::new()) } else { entries.collect() };
    }
    if is_off || !metadata.is_empty() {
        return Ok(if is_off { Vec::new() } else { metadata });
    }
    let entries = kind.order_by.iter().flatten().map(|entry| {
        let (field, descends) = match entry.strip_suffix("__desc") {
            Some(field) => (field, true),
            None => (entry.strip_suffix("__asc").unwrap_or(entry), false),
        };
        key(kind, field).map(|key| (key, descends))
    });
    entries.collect()
}

fn key(kind: &KindSchema, field: &str) -> Outcome<Key> {
    let quoted = python::quoted(field);
    match field {
        "" => Err(Refused::invalid(format!("order field must be a non-empty string (field: {quoted}).")).into()),
        "node_metadata__created_at" => Ok(Key::CreatedAt),
        "node_metadata__updated_at" => Ok(Key::UpdatedAt),
        _ => match Path::parse(kind, field) {
            Some(Path::Relationship { .. }) => Err(Refused::invalid(format!(
                "invalid relationship path (field: {quoted}). Expected '<relationship>__<attribute>__<property>'."
            ))
            .into()),
            Some(Path::Attribute { .. }) if field.split("__").count() != 2 => Err(Refused::invalid(format!(
                "invalid attribute path (field: {quoted}). Expected '<attribute>__<property>'."
            ))
            .into()),
            Some(path) => Ok(Key::Path(path)),
            None => {
                let first = python::quoted(field.split("__").next().unwrap_or_default());
                let message = format!("attribute {first} not defined on this schema (field: {quoted}).");
                Err(Refused::invalid(message).into())
            }
        },
    }
}

fn rank(state: &State, node: &Arc<Node>, key: &Key) -> Rank {
    let path = match key {
        Key::CreatedAt => return Rank::Number(node.metadata.created_at.as_microsecond()),
        Key::UpdatedAt => return Rank::Number(node.metadata.updated_at.as_microsecond()),
        Key::Path(path) => path,
    };
    let (node, attribute, property) = match path {
        Path::Attribute { attribute, property } => (Some(node.clone()), attribute, property),
        Path::Peer { relationship, attribute, property } => {
            (read::one_peer(state, node, relationship), attribute, property)
        }
        Path::Relationship { .. } => return Rank::Nothing,
    };
    let Some(node) = node else { return Rank::Nothing };
    let kind = state.catalogue.kind(&node.kind);
    let Some(schema) = kind.and_then(|kind| kind.attribute(attribute)) else { return Rank::Nothing };
    let kept = read::kept(state, &node, schema, 0);
    match value::property(schema, &kept, property) {
        Value::Null if property == "value" => Rank::Text("NULL".to_owned()),
        Value::Null => Rank::Nothing,
        Value::Bool(truth) => Rank::Bool(truth),
        Value::Number(number) => Rank::Number(number.as_i64().unwrap_or(i64::MAX)),
        Value::String(text) => Rank::Text(text),
        other => Rank::Text(other.to_string()),
    }
}
