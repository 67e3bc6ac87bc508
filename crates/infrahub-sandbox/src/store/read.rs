//! How objects read: their values, labels and peers.

use super::catalogue::{identifier, side};
use super::path::Path;
use super::record::{Edge, EdgeKey, Node};
use super::state::State;
use super::{NodeId, Refused, ipam, python, template, value};
use infrahub_schema::{Attribute, Cardinality, KindSchema, Relationship};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// An attribute of an object as it reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AttributeView {
    /// The id of the value itself; `None` where nothing is kept of it.
    pub(crate) id: Option<NodeId>,
    pub(crate) value: Value,
    pub(crate) is_default: bool,
    pub(crate) is_from_profile: bool,
    pub(crate) is_protected: bool,
    pub(crate) source: Option<NodeId>,
    pub(crate) owner: Option<NodeId>,
    pub(crate) updated_at: Timestamp,
    pub(crate) updated_by: Option<NodeId>,
}

/// An attribute as it reads; `None` where the kind has no such attribute.
pub(crate) fn attribute(state: &State, node: &Arc<Node>, name: &str) -> Option<AttributeView> {
    let schema = state.catalogue.kind(&node.kind)?.attribute(name)?;
    let mut view = match node.values.get(name) {
        Some(stored) => AttributeView {
            id: Some(stored.id),
            value: stored.value.clone(),
            is_default: stored.is_default,
            is_from_profile: stored.is_from_profile,
            is_protected: stored.is_protected,
            source: stored.source,
            owner: stored.owner,
            updated_at: stored.metadata.updated_at,
            updated_by: stored.metadata.updated_by,
        },
        None => AttributeView {
            id: None,
            value: Value::Null,
            is_default: true,
            is_from_profile: false,
            is_protected: false,
            source: None,
            owner: None,
            updated_at: node.metadata.created_at,
            updated_by: node.metadata.created_by,
        },
    };
    view.value = kept(state, node, schema, 0);
    if view.value.is_null() && schema.default_value.is_some() {
        view.value = value::default(schema);
        view.is_default = true;
    }
    Some(view)
}

/// The value as a filter sees it: what is computed or kept, not the default that stands in for null.
pub(crate) fn kept(state: &State, node: &Arc<Node>, schema: &Attribute, depth: u8) -> Value {
    if let Some(template) = computed(schema) {
        return template::render(state, node, template, depth).map_or(Value::Null, Value::String);
    }
    if let Some(derived) = ipam::derived(state, node, &schema.name) {
        return derived;
    }
    let is_permission = matches!(&*node.kind, "CoreGlobalPermission" | "CoreObjectPermission");
    if is_permission && schema.name == "identifier" {
        return display_label(state, node).into();
    }
    node.values.get(schema.name.as_str()).map_or(Value::Null, |stored| stored.value.clone())
}

/// The template of an attribute that the server computes.
pub(crate) fn computed(schema: &Attribute) -> Option<&str> {
    let computed = schema.computed_attribute.as_ref().filter(|computed| computed.kind == "Jinja2")?;
    computed.jinja2_template.as_deref()
}

/// The value at a path; null where there is none.
pub(crate) fn at_path(state: &State, node: &Arc<Node>, path: &Path, depth: u8) -> Value {
    let of = |node: &Arc<Node>, attribute: &str, property: &str| {
        let kind = state.catalogue.kind(&node.kind);
        let Some(schema) = kind.and_then(|kind| kind.attribute(attribute)) else { return Value::Null };
        let mut found = kept(state, node, schema, depth);
        if found.is_null() {
            found = value::default(schema);
        }
        value::property(schema, &found, property)
    };
    match path {
        Path::Attribute { attribute, property } => of(node, attribute, property),
        Path::Peer { relationship, attribute, property } => {
            one_peer(state, node, relationship).map_or(Value::Null, |peer| of(&peer, attribute, property))
        }
        Path::Relationship { relationship } => {
            one_peer(state, node, relationship).map_or(Value::Null, |peer| peer.id.into())
        }
    }
}

/// The human-friendly id; `None` where the kind has none.
pub(crate) fn hfid(state: &State, node: &Arc<Node>) -> Option<Vec<String>> {
    let kind = state.catalogue.kind(&node.kind)?;
    let paths = kind.human_friendly_id.as_ref()?;
    let parts = paths.iter().filter_map(|text| Path::parse(kind, text));
    Some(parts.map(|path| python::text(&at_path(state, node, &path, 0))).collect())
}

/// The name for people; empty where it cannot be made.
pub(crate) fn display_label(state: &State, node: &Arc<Node>) -> String {
    checked_label(state, node).unwrap_or_default()
}

/// The name for people, or what the sandbox lacks to make it.
pub(crate) fn checked_label(state: &State, node: &Arc<Node>) -> Result<String, Refused> {
    let Some(kind) = state.catalogue.kind(&node.kind) else { return Ok(String::new()) };
    match &kind.display_label {
        None => Ok(format!("{}(ID: {})", node.kind, node.id)),
        Some(text) if template::is_template(text) => template::render(state, node, text, 0),
        Some(text) => match Path::parse(kind, text).map(|path| at_path(state, node, &path, 0)) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(value) => Ok(python::text(&value)),
        },
    }
}

/// The relations of an object that a relationship holds, in the order of the peers' ids. A peer to which it is related
/// twice comes twice.
pub(crate) fn relations<'a>(
    state: &'a State,
    node: &'a Node,
    kind: &KindSchema,
    relationship: &'a Relationship,
) -> impl Iterator<Item = (&'a EdgeKey, &'a Arc<Edge>, &'a Arc<Node>)> + use<'a> {
    state
        .edges_at(node.id, &identifier(kind, relationship), side(relationship))
        .filter(move |(key, _)| key.peer != node.id)
        .filter_map(move |(key, edge)| Some((key, edge, state.node(key.peer)?)))
        .filter(move |(_, _, peer)| state.catalogue.is_a(&peer.kind, &relationship.peer))
}

/// The peer of a relationship to one.
pub(crate) fn one_peer(state: &State, node: &Node, relationship: &str) -> Option<Arc<Node>> {
    let kind = state.catalogue.kind(&node.kind)?;
    let schema = kind.relationship(relationship).filter(|schema| schema.cardinality == Cardinality::One)?;
    relations(state, node, kind, schema).next().map(|(_, _, peer)| peer.clone())
}

/// The peers of a relationship, each once, in the order of their ids.
pub(crate) fn peers(state: &State, node: &Node, relationship: &str) -> Vec<Arc<Node>> {
    let Some(kind) = state.catalogue.kind(&node.kind) else { return Vec::new() };
    let Some(schema) = kind.relationship(relationship) else { return Vec::new() };
    let mut peers: Vec<Arc<Node>> =
        relations(state, node, kind, schema).map(|(_, _, peer)| peer.clone()).collect();
    peers.dedup_by_key(|peer| peer.id);
    peers
}

/// Everything above an object in its hierarchy, nearest first, or everything below it.
pub(crate) fn line(state: &State, node: &Arc<Node>, relationship: &str) -> Vec<Arc<Node>> {
    let mut found: Vec<Arc<Node>> = Vec::new();
    let mut level = vec![node.clone()];
    while !level.is_empty() {
        let next = level.iter().flat_map(|node| peers(state, node, relationship));
        level =
            next.filter(|peer| peer.id != node.id && found.iter().all(|seen| seen.id != peer.id)).collect();
        level.sort_by_key(|peer| peer.id);
        level.dedup_by_key(|peer| peer.id);
        found.extend(level.iter().cloned());
    }
    found
}
