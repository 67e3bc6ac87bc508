//! Fields that no two objects have the same.

use super::super::NodeId;
use super::super::path::Path;
use super::super::record::Node;
use super::super::state::State;
use super::super::{python, read};
use super::attribute::{self, text};
use super::{Breach, Case};
use infrahub_schema::KindSchema;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// No two objects have the same in all fields of a constraint; `among` are the objects of which one must be among them.
pub(super) fn check<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    among: Option<&BTreeSet<NodeId>>,
) -> Vec<Breach<'a>> {
    let state = case.wide;
    let mut breaches = Vec::new();
    for texts in kind.uniqueness_constraints.iter().flatten() {
        let paths: Vec<Path> = texts.iter().filter_map(|text| Path::parse(kind, text)).collect();
        let mut groups: BTreeMap<Vec<String>, Vec<&Arc<Node>>> = BTreeMap::new();
        for node in state.of_kind(&kind.kind) {
            let values: Option<Vec<String>> = paths.iter().map(|path| of(state, node, path)).collect();
            if let Some(values) = values {
                groups.entry(values).or_default().push(node);
            }
        }
        let is_asked = |nodes: &[&Arc<Node>]| {
            among.is_none_or(|among| nodes.iter().any(|node| among.contains(&node.id)))
        };
        for (values, nodes) in groups.into_iter().filter(|(_, nodes)| nodes.len() > 1 && is_asked(nodes)) {
            for node in nodes {
                let told = paths.iter().zip(&values).map(|(path, value)| told(path, value, among.is_some()));
                breaches.extend(told.map(|detail| Breach::of(kind, node, Some(detail))));
            }
        }
    }
    breaches
}

/// What an object has at a path, as a text; `None` where it has no peer.
fn of(state: &State, node: &Arc<Node>, path: &Path) -> Option<String> {
    match path {
        Path::Attribute { attribute, .. } => attribute::of(state, node, attribute).map(|value| text(&value)),
        Path::Peer { relationship, attribute, .. } => {
            let peer = read::one_peer(state, node, relationship)?;
            attribute::of(state, &peer, attribute).map(|value| text(&value))
        }
        Path::Relationship { relationship } => {
            read::one_peer(state, node, relationship).map(|peer| peer.id.to_string())
        }
    }
}

/// A field with its value. A peer is told twice where the check is about some objects only.
fn told(path: &Path, value: &str, is_about_some: bool) -> String {
    let quoted = python::quoted(value);
    match path {
        Path::Attribute { attribute, .. } => format!("{attribute}.value={quoted}"),
        Path::Peer { relationship, attribute, .. } => format!("{relationship}.{attribute}={quoted}"),
        Path::Relationship { relationship } if is_about_some => {
            format!("{relationship}.id={quoted},{relationship}.id={value}")
        }
        Path::Relationship { relationship } => format!("{relationship}.id={quoted}"),
    }
}
