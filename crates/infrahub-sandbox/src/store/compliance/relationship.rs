//! The peers that objects have.

use super::super::catalogue::{identifier, side};
use super::super::record::{EdgeKey, Node, Side};
use super::super::state::State;
use super::{Breach, Case, detail};
use infrahub_schema::{Cardinality, KindSchema, Relationship, RelationshipKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The relations of an object that a relationship names. One that does not point anywhere names those that do, too.
fn relations<'a>(
    state: &'a State,
    node: &Node,
    identifier: &str,
    side: Side,
) -> impl Iterator<Item = &'a EdgeKey> {
    let all = state.edges_of(node.id).map(|(key, _)| key);
    all.filter(move |key| *key.identifier == *identifier && (side == Side::Either || key.side == side))
}

/// Every object has a peer.
pub(super) fn optional<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    relationship: &Relationship,
) -> Vec<Breach<'a>> {
    if relationship.optional {
        return Vec::new();
    }
    let name = identifier(kind, relationship);
    let nodes = case.wide.of_kind(&kind.kind).into_iter();
    let alone = nodes.filter(|node| relations(case.wide, node, &name, Side::Either).next().is_none());
    alone.map(|node| Breach::of(kind, node, None)).collect()
}

/// A new relationship is optional, unless there is no object.
pub(super) fn new<'a>(case: &Case<'a>, kind: &KindSchema, relationship: &Relationship) -> Vec<Breach<'a>> {
    if relationship.optional {
        return Vec::new();
    }
    case.own.of_kind(&kind.kind).into_iter().map(|node| Breach::of(kind, node, None)).collect()
}

/// A relationship to one has one peer.
pub(super) fn cardinality<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    relationship: &Relationship,
) -> Vec<Breach<'a>> {
    if relationship.cardinality == Cardinality::Many {
        return Vec::new();
    }
    peers(case, kind, relationship, i64::from(!relationship.optional), 1)
}

/// There are no fewer peers than the least, and no more than the most.
pub(super) fn counts<'a>(case: &Case<'a>, kind: &KindSchema, relationship: &Relationship) -> Vec<Breach<'a>> {
    let most = if relationship.max_count == 0 { i64::MAX } else { relationship.max_count };
    peers(case, kind, relationship, relationship.min_count, most)
}

/// Objects without any peer are not looked at. The count is told for each branch that the relations were made on.
fn peers<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    relationship: &Relationship,
    least: i64,
    most: i64,
) -> Vec<Breach<'a>> {
    let (name, place) = (identifier(kind, relationship), side(relationship));
    let mut breaches = Vec::new();
    for node in case.wide.of_kind(&kind.kind) {
        let mut counts: BTreeMap<bool, BTreeSet<_>> = BTreeMap::new();
        for key in relations(case.wide, node, &name, place) {
            let was_before = |base: &State| relations(base, node, &name, place).any(|other| other == key);
            counts.entry(case.base.is_some_and(was_before)).or_default().insert(key.peer);
        }
        let total: usize = counts.values().map(BTreeSet::len).sum();
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        if total > 0 && (total < least || total > most) {
            let told = counts.values().map(|peers| detail(&relationship.name, &peers.len().into()));
            breaches.extend(told.map(|detail| Breach::of(kind, node, detail)));
        }
    }
    breaches
}

/// The peers have the same parent as the object.
pub(super) fn common_parent<'a>(
    case: &Case<'a>,
    kind: &KindSchema,
    relationship: &Relationship,
) -> Vec<Breach<'a>> {
    let state = case.wide;
    let own = kind.relationships.iter().find(|field| field.kind == RelationshipKind::Parent);
    let peer_kind = case.wanted.kind(&relationship.peer);
    let of_peer = relationship.common_parent.as_deref().and_then(|name| peer_kind?.relationship(name));
    let (Some(own), Some(peer_kind), Some(of_peer)) = (own, peer_kind, of_peer) else { return Vec::new() };
    let peers = |node: &Node, kind: &KindSchema, field: &Relationship| -> Vec<&'a Arc<Node>> {
        let name = identifier(kind, field);
        let keys = relations(state, node, &name, side(field));
        keys.filter_map(|key| state.node(key.peer)).collect()
    };
    let mut breaches = Vec::new();
    for node in state.of_kind(&kind.kind) {
        let Some(parent) = peers(node, kind, own).first().copied() else { continue };
        for peer in peers(node, kind, relationship) {
            let other = peers(peer, peer_kind, of_peer).first().copied();
            if let Some(other) = other.filter(|other| other.id != parent.id) {
                let detail = format!("{}.id={}", of_peer.name, other.id);
                breaches.push(Breach { node: peer, kind: relationship.peer.clone(), detail: Some(detail) });
            }
        }
    }
    breaches
}
