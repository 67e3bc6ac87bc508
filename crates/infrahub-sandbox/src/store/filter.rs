//! The filters of query fields and of relationships.

use super::read;
use super::record::{Metadata, Node};
use super::state::State;
use super::{Arguments, NodeId, Outcome, Refused, id, python, value};
use infrahub_schema::{AttributeKind, KindSchema, Relationship};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// What an object must be like.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    /// One of these ids; other texts are no object's id.
    Ids(Vec<NodeId>),
    /// An attribute.
    Attribute { name: String, test: Test },
    /// Any attribute, the label and the human-friendly id among them.
    Any(Test),
    /// The label.
    Label(Test),
    /// The peers of a relationship.
    Peers { relationship: Box<Relationship>, test: PeerTest },
    /// When and by whom it was made or changed.
    Metadata { field: String, test: Moment },
}

/// What a value must be like.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Equal(Value),
    OneOf(Vec<Value>),
    Null(bool),
    Part { property: String, value: Value },
    Source(String),
    Owner(String),
    Protected(bool),
}

/// What the peers of a relationship must be like.
#[derive(Debug, Clone)]
pub(crate) enum PeerTest {
    /// One of them has one of these ids.
    Ids(Vec<NodeId>),
    /// There is none, or there is one.
    None(bool),
    /// The attribute of one of them.
    Attribute { name: String, test: Test },
}

/// What a time or an account must be.
#[derive(Debug, Clone)]
pub(crate) enum Moment {
    At(Timestamp),
    Before(Timestamp),
    After(Timestamp),
    By(Vec<NodeId>),
}

/// Reads the filters among the arguments of a field of that kind. What is no filter is left out.
pub(crate) fn read_conditions(kind: &KindSchema, arguments: &Arguments) -> Outcome<Vec<Condition>> {
    let mut conditions = Vec::new();
    for (name, value) in arguments {
        if name == "ids" {
            conditions.push(Condition::Ids(ids(value)));
        } else if let Some((field, rest)) = split(kind, name) {
            conditions.extend(condition(kind, field, rest, value)?);
        }
    }
    Ok(conditions)
}

/// The field and what is asked of it; a field's name may hold a `__` itself.
fn split<'n>(kind: &KindSchema, name: &'n str) -> Option<(&'n str, &'n str)> {
    let names = kind.attributes.iter().map(|field| &field.name);
    let names = names.chain(kind.relationships.iter().map(|field| &field.name));
    let known = names
        .filter(|field| name.strip_prefix(field.as_str()).is_some_and(|rest| rest.starts_with("__")))
        .max_by_key(|field| field.len());
    match known {
        Some(field) => Some((&name[..field.len()], &name[field.len() + 2..])),
        None => name.split_once("__"),
    }
}

fn condition(kind: &KindSchema, field: &str, rest: &str, value: &Value) -> Outcome<Vec<Condition>> {
    if field == "node_metadata" {
        return metadata(rest, value);
    }
    if kind.attribute(field).is_some() {
        return Ok(vec![Condition::Attribute { name: field.to_owned(), test: test(rest, value)? }]);
    }
    if let Some(relationship) = kind.relationship(field) {
        let test = match rest {
            "ids" | "id" => PeerTest::Ids(ids(value)),
            "isnull" => PeerTest::None(value.as_bool().unwrap_or_default()),
            _ => match rest.split_once("__") {
                Some((name, rest)) => PeerTest::Attribute { name: name.to_owned(), test: test(rest, value)? },
                None => return Ok(Vec::new()),
            },
        };
        return Ok(vec![Condition::Peers { relationship: Box::new(relationship.clone()), test }]);
    }
    Ok(match field {
        "any" | "attribute" => vec![Condition::Any(test(rest, value)?)],
        "display_label" => vec![Condition::Label(test(rest, value)?)],
        _ => Vec::new(),
    })
}

fn test(rest: &str, value: &Value) -> Outcome<Test> {
    check_filter(rest, value)?;
    Ok(match rest {
        "value" => Test::Equal(value.clone()),
        "values" => Test::OneOf(value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])),
        "isnull" => Test::Null(value.as_bool().unwrap_or_default()),
        "is_protected" => Test::Protected(value.as_bool().unwrap_or_default()),
        "source__id" => Test::Source(python::text(value)),
        "owner__id" => Test::Owner(python::text(value)),
        property => Test::Part { property: property.to_owned(), value: value.clone() },
    })
}

/// A filter takes texts, truth values, whole numbers and lists of them; what Python calls false passes.
fn check_filter(name: &str, value: &Value) -> Result<(), Refused> {
    let is_plain =
        |value: &Value| value.is_string() || value.is_boolean() || value.is_i64() || value.is_u64();
    let shown = python::text(value);
    let sentence = match value {
        Value::Array(items) if !items.iter().all(is_plain) => {
            format!("filter {name}: {shown} (list) contains unsupported item")
        }
        Value::Object(map) if !map.is_empty() => {
            format!("filter {name}: {shown} (<class 'dict'>) is not supported.")
        }
        Value::Number(number) if number.is_f64() && number.as_f64() != Some(0.0) => {
            format!("filter {name}: {shown} (<class 'float'>) is not supported.")
        }
        _ => return Ok(()),
    };
    Err(Refused::failure(sentence))
}

fn ids(value: &Value) -> Vec<NodeId> {
    match value {
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        Value::String(text) => NodeId::parse(text).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A time at midnight stands for the whole day.
fn metadata(rest: &str, value: &Value) -> Outcome<Vec<Condition>> {
    let (field, operator) = rest.split_once("__").unwrap_or((rest, "value"));
    let condition = |test| Condition::Metadata { field: field.to_owned(), test };
    if field.ends_with("_by") {
        return Ok(vec![condition(Moment::By(ids(value)))]);
    }
    let text = python::text(value);
    let time = id::time(&text).ok_or_else(|| Refused::invalid(format!("{text} is no time")))?;
    Ok(match operator {
        "before" => vec![condition(Moment::Before(time))],
        "after" => vec![condition(Moment::After(time))],
        _ if time.as_microsecond() % DAY == 0 => {
            let moment = |microseconds| Timestamp::from_microsecond(microseconds).unwrap_or(time);
            let (before, next) = (time.as_microsecond() - 1, time.as_microsecond() + DAY);
            vec![condition(Moment::After(moment(before))), condition(Moment::Before(moment(next)))]
        }
        _ => vec![condition(Moment::At(time))],
    })
}

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

impl Condition {
    /// Whether an object is so. A partial match looks for a part of a text, whatever its case.
    pub(crate) fn holds(&self, state: &State, node: &Arc<Node>, partial: bool) -> bool {
        match self {
            Self::Ids(ids) => ids.contains(&node.id),
            Self::Attribute { name, test } => test.holds(state, node, name, partial),
            Self::Any(test) => {
                let names = state.catalogue.kind(&node.kind).map(|kind| kind.attributes.iter());
                names.into_iter().flatten().any(|field| test.holds(state, node, &field.name, partial))
                    || test.holds_for(&Value::String(read::display_label(state, node)), partial)
                    || read::hfid(state, node).is_some_and(|hfid| {
                        test.holds_for(&Value::from(Value::from(hfid).to_string()), partial)
                    })
            }
            Self::Label(test) => test.holds_for(&Value::String(read::display_label(state, node)), partial),
            Self::Peers { relationship, test } => test.holds(state, node, relationship, partial),
            Self::Metadata { field, test } => test.holds(field, &node.metadata),
        }
    }
}

impl Test {
    fn holds(&self, state: &State, node: &Arc<Node>, name: &str, partial: bool) -> bool {
        if name == "display_label" {
            return self.holds_for(&Value::String(read::display_label(state, node)), partial);
        }
        let kind = state.catalogue.kind(&node.kind);
        let Some(schema) = kind.and_then(|kind| kind.attribute(name)) else { return false };
        let stored = node.values.get(name);
        let is = |id: Option<NodeId>, text: &str| id.is_some() && id == NodeId::parse(text);
        match self {
            Self::Source(id) => is(stored.and_then(|stored| stored.source), id),
            Self::Owner(id) => is(stored.and_then(|stored| stored.owner), id),
            Self::Protected(wanted) => stored.is_some_and(|stored| stored.is_protected) == *wanted,
            Self::Part { property, value } => {
                value::property(schema, &read::kept(state, node, schema, 0), property) == *value
            }
            Self::Equal(_) | Self::OneOf(_) | Self::Null(_) => {
                let kept = read::kept(state, node, schema, 0);
                match (&schema.kind, &kept) {
                    (AttributeKind::List, Value::Array(items))
                        if !partial || matches!(self, Self::OneOf(_)) =>
                    {
                        self.holds_for_any(items)
                    }
                    _ => self.holds_for(&kept, partial),
                }
            }
        }
    }

    /// Whether one element of a list is so. A list is never found by a list.
    fn holds_for_any(&self, items: &[Value]) -> bool {
        match self {
            Self::Equal(wanted) => items.contains(wanted),
            Self::OneOf(wanted) => items.iter().any(|item| wanted.contains(item)),
            Self::Null(wanted) => !wanted,
            _ => false,
        }
    }

    fn holds_for(&self, value: &Value, partial: bool) -> bool {
        // the server keeps a null as that text, and finds it by it
        let null = Value::from("NULL");
        let kept = if value.is_null() { &null } else { value };
        match self {
            Self::Equal(wanted) if partial => lower(kept).contains(&lower(wanted)),
            Self::Equal(wanted) => kept == wanted,
            Self::OneOf(wanted) => wanted.contains(kept),
            Self::Null(wanted) => !partial && value.is_null() == *wanted,
            _ => false,
        }
    }
}

fn lower(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    }
}

impl PeerTest {
    fn holds(&self, state: &State, node: &Arc<Node>, relationship: &Relationship, partial: bool) -> bool {
        let Self::Attribute { name, test } = self else {
            let peers = read::peers(state, node, &relationship.name);
            return match self {
                Self::Ids(ids) => peers.iter().any(|peer| ids.contains(&peer.id)),
                Self::None(wanted) => peers.is_empty() == *wanted,
                Self::Attribute { .. } => false,
            };
        };
        // In a hierarchy the server looks at the whole line of ancestors or descendants.
        let peers = match relationship.hierarchical {
            Some(_) => read::line(state, node, &relationship.name),
            None => read::peers(state, node, &relationship.name),
        };
        peers.iter().any(|peer| test.holds(state, peer, name, partial))
    }
}

impl Moment {
    fn holds(&self, field: &str, metadata: &Metadata) -> bool {
        let (time, by) = if field.starts_with("created") {
            (metadata.created_at, metadata.created_by)
        } else {
            (metadata.updated_at, metadata.updated_by)
        };
        match self {
            Self::At(wanted) => time == *wanted,
            Self::Before(wanted) => time < *wanted,
            Self::After(wanted) => time > *wanted,
            Self::By(wanted) => by.is_some_and(|by| wanted.contains(&by)),
        }
    }
}
