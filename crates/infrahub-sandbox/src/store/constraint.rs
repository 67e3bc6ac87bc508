//! What must hold of the peers of an object after a write.

use super::catalogue::{ends, identifier, side};
use super::record::{Node, Side};
use super::state::State;
use super::{NodeId, Refused, python, read};
use infrahub_schema::{Cardinality, Flavour, KindSchema, Relationship, RelationshipKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Checks one relationship of an object against what it was before the write.
pub(crate) fn check(
    before: &State,
    after: &State,
    node: &Arc<Node>,
    kind: &KindSchema,
    relationship: &Relationship,
) -> Result<(), Refused> {
    let peers = read_all(after, node, kind, relationship);
    peer_kinds(after, kind, relationship, &peers)?;
    let ids = |state: &State| -> BTreeSet<NodeId> {
        let found = state.edges_at(node.id, &identifier(kind, relationship), side(relationship));
        found.map(|(key, _)| key.peer).collect()
    };
    let (old, new) = (ids(before), ids(after));
    counts(after, kind, relationship, new.difference(&old), old.difference(&new))?;
    profile_kinds(after, kind, relationship, &peers)?;
    common_parent(after, node, relationship, &peers)?;
    common_relatives(after, kind, relationship, &peers)?;
    not_both(after, node, kind, relationship)
}

/// The peers, whatever their kinds.
fn read_all(state: &State, node: &Node, kind: &KindSchema, relationship: &Relationship) -> Vec<Arc<Node>> {
    let edges = state.edges_at(node.id, &identifier(kind, relationship), side(relationship));
    let mut peers: Vec<Arc<Node>> = edges.filter_map(|(key, _)| state.node(key.peer).cloned()).collect();
    peers.dedup_by_key(|peer| peer.id);
    peers
}

fn peer_kinds(
    state: &State,
    kind: &KindSchema,
    relationship: &Relationship,
    peers: &[Arc<Node>],
) -> Result<(), Refused> {
    let Some(facts) = state.catalogue.facts(&relationship.peer) else { return Ok(()) };
    // One identifier may serve several relationships of a kind; only what no other takes is wrong.
    let shares = |peer: &Node| {
        let others = kind.relationships.iter().filter(|other| {
            identifier(kind, other) == identifier(kind, relationship) && side(other) == side(relationship)
        });
        others.clone().count() > 1
            && others.clone().any(|other| state.catalogue.is_a(&peer.kind, &other.peer))
    };
    match peers.iter().find(|peer| !facts.concrete.contains(&peer.kind) && !shares(peer)) {
        None => Ok(()),
        Some(peer) => {
            let sentence = format!(
                "{} - {} cannot be added to relationship, must be of type: {}",
                peer.kind,
                peer.id,
                python::texts(&facts.concrete)
            );
            Err(Refused::rule(&kind.kind, &relationship.name, sentence))
        }
    }
}

/// The relationships of a kind that are the other end of this one.
pub(crate) fn opposite<'k>(
    kind: &KindSchema,
    relationship: &Relationship,
    peer: &'k KindSchema,
) -> impl Iterator<Item = &'k Relationship> + use<'k> {
    ends(peer, &identifier(kind, relationship), side(relationship).other())
}

/// How many peers the peers may have themselves.
fn counts<'i>(
    state: &State,
    kind: &KindSchema,
    relationship: &Relationship,
    added: impl Iterator<Item = &'i NodeId>,
    removed: impl Iterator<Item = &'i NodeId>,
) -> Result<(), Refused> {
    let name = identifier(kind, relationship);
    let changed = added.map(|id| (id, true)).chain(removed.map(|id| (id, false)));
    for (id, is_added) in changed {
        let Some(peer) = state.node(*id) else { continue };
        let Some(peer_kind) = state.catalogue.kind(&peer.kind) else { continue };
        let place: Side = side(relationship).other();
        let count = i64::try_from(state.edges_at(*id, &name, place).count()).unwrap_or(i64::MAX);
        for end in opposite(kind, relationship, peer_kind) {
            if is_added && end.max_count > 0 && count > end.max_count {
                return Err(Refused::invalid(format!(
                    "Node {id} has {count} peers for {name}, maximum of {} allowed",
                    end.max_count
                )));
            }
            if !is_added && count < end.min_count {
                return Err(Refused::invalid(format!(
                    "Node {id} has {count} peers for {name}, no fewer than {} allowed",
                    end.min_count
                )));
            }
        }
    }
    Ok(())
}

/// Profiles fit the kind that they are for, or one of its generics.
fn profile_kinds(
    state: &State,
    kind: &KindSchema,
    relationship: &Relationship,
    peers: &[Arc<Node>],
) -> Result<(), Refused> {
    if relationship.name != "profiles" || kind.flavour != Flavour::Node || peers.is_empty() {
        return Ok(());
    }
    let broken = |sentence: String| Err(Refused::rule(&kind.kind, "profiles", sentence));
    if !kind.generate_profile {
        return broken(format!("{} does not allow profiles", kind.kind));
    }
    let generics = kind.inherit_from.iter().filter_map(|name| state.catalogue.kind(name));
    let profiled = generics.filter(|generic| generic.generate_profile).chain([kind]);
    let allowed: BTreeSet<String> = profiled.map(|kind| format!("Profile{}", kind.kind)).collect();
    let wrong = peers.iter().filter(|peer| !allowed.contains(&*peer.kind));
    let wrong: Vec<String> = wrong.map(|peer| format!("peer {} is of kind {}", peer.id, peer.kind)).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    broken(format!("{}. only {} are allowed", wrong.join(", "), python::texts(&allowed)))
}

fn common_parent(
    state: &State,
    node: &Arc<Node>,
    relationship: &Relationship,
    peers: &[Arc<Node>],
) -> Result<(), Refused> {
    let Some(parent) = relationship.common_parent.as_ref().filter(|_| !peers.is_empty()) else {
        return Ok(());
    };
    let of = |node: &Arc<Node>| read::one_peer(state, node, parent).map(|parent| parent.id);
    let orphan = |what: &str, node: &Node| {
        Refused::invalid(format!("{what} {} ({}) does not have a parent peer", node.id, node.kind))
    };
    let own = of(node).ok_or_else(|| orphan("Node", node))?;
    for peer in peers {
        if of(peer).ok_or_else(|| orphan("Peer", peer))? != own {
            return Err(Refused::invalid(format!(
                "All the elements of the '{}' relationship on node {} ({}) must have the same parent as the node",
                relationship.name, node.id, node.kind
            )));
        }
    }
    Ok(())
}

fn common_relatives(
    state: &State,
    kind: &KindSchema,
    relationship: &Relationship,
    peers: &[Arc<Node>],
) -> Result<(), Refused> {
    if relationship.cardinality != Cardinality::Many {
        return Ok(());
    }
    for name in relationship.common_relatives.iter().flatten() {
        let of = |node: &Arc<Node>| -> BTreeSet<NodeId> {
            read::peers(state, node, name).iter().map(|relative| relative.id).collect()
        };
        let Some((first, others)) = peers.split_first() else { return Ok(()) };
        if let Some(other) = others.iter().find(|other| of(other) != of(first)) {
            return Err(Refused::invalid(format!(
                "All the elements of the '{}' relationship on node {} ({}) must have the same set of peers for their \
                 '{}.{name}' relationship",
                relationship.name, other.id, kind.kind, other.kind
            )));
        }
    }
    Ok(())
}

/// A template has a peer or value of its own, or the pool that gives one.
fn not_both(
    state: &State,
    node: &Arc<Node>,
    kind: &KindSchema,
    relationship: &Relationship,
) -> Result<(), Refused> {
    const SUFFIX: &str = "_from_resource_pool";
    let name = relationship.name.as_str();
    if kind.flavour != Flavour::Template || read::peers(state, node, name).is_empty() {
        return Ok(());
    }
    let other = match name.strip_suffix(SUFFIX) {
        Some(field) => field.to_owned(),
        None => format!("{name}{SUFFIX}"),
    };
    let broken = |what: &str, kinds: &str| {
        let sentence = format!(
            "Cannot set '{name}' when '{other}' {what}. Templates can only use one of: {kinds} or resource pool allocation."
        );
        Err(Refused::rule(&kind.kind, name, sentence))
    };
    if kind.relationship(&other).is_some() && !read::peers(state, node, &other).is_empty() {
        return broken("is already set", "direct relationship");
    }
    let value = node.values.get(other.as_str());
    if value.is_some_and(|value| !value.is_default && !value.value.is_null()) {
        return broken("has a value set", "direct attribute value");
    }
    Ok(())
}

/// Whether peers of the relationship may come from profiles.
pub(crate) fn supports_profiles(relationship: &Relationship) -> bool {
    let kinds = [RelationshipKind::Generic, RelationshipKind::Attribute];
    !relationship.read_only && kinds.contains(&relationship.kind)
}
