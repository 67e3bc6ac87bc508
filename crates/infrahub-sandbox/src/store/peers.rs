//! The peers that a write names: found, taken from pools, related.

use super::change::Change;
use super::input::PeerInput;
use super::record::{Edge, EdgeKey};
use super::{Arguments, NodeId, Outcome, Refused, find, pool, python, read, view};
use infrahub_schema::{Flavour, KindSchema, Relationship};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The object that an input names, made by a pool if it names one. `holder` is what takes it: its human-friendly id
/// makes two allocations for the same relationship of it one.
pub(crate) fn resolve(
    change: &mut Change<'_>,
    relationship: &Relationship,
    input: &PeerInput,
    node: NodeId,
    holder: Option<&str>,
) -> Outcome<NodeId> {
    if let Some(id) = &input.id {
        return by_id(change, &relationship.peer, id);
    }
    if let Some(hfid) = &input.hfid {
        let catalogue = change.state.catalogue.clone();
        let peer = view::kind(&catalogue, &relationship.peer)?;
        let kind = match &input.kind {
            Some(kind) if peer.flavour == Flavour::Generic => view::kind(&catalogue, kind)?,
            _ => peer,
        };
        let found = find::by_hfid(&change.state, kind, hfid)?;
        return match found {
            Some(peer) => Ok(peer.id),
            None => Err(Refused::not_found(&kind.kind, hfid.join(" :: ")).into()),
        };
    }
    match &input.pool {
        Some(pool) if pool.contains_key("id") => {
            let peer = pool::for_relationship(change, relationship, pool, node, holder)?;
            // What a pool gave is given, even where the write fails.
            change.commit();
            Ok(peer)
        }
        _ => Err(Refused::failure("Relationship has not been initialized yet").into()),
    }
}

/// The object of that id, or the one that the default filter of the kind finds.
fn by_id(change: &Change<'_>, kind: &str, id: &str) -> Outcome<NodeId> {
    match NodeId::parse(id) {
        Some(parsed) => match change.state.node(parsed) {
            Some(node) => Ok(node.id),
            None => Err(Refused::not_found(kind, id).into()),
        },
        None => Ok(by_default_filter(change, kind, id)?.ok_or_else(|| Refused::not_found(kind, id))?),
    }
}

/// The object that the default filter of a kind finds; an error where the kind has none, or it finds several.
pub(crate) fn by_default_filter(change: &Change<'_>, kind: &str, text: &str) -> Outcome<Option<NodeId>> {
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, kind)?;
    let Some(filter) = &kind.default_filter else {
        return Err(Refused::not_found(&kind.kind, text).into());
    };
    let mut arguments = Arguments::new();
    arguments.insert(filter.clone(), Value::from(text));
    let found = find::find(&change.state, kind, &arguments)?;
    if found.count > 1 {
        let message = format!(
            "Unable to find node {}, {} nodes returned, expected 1",
            python::quoted(text),
            found.count.min(2)
        );
        let (kind, identifier) = (kind.kind.clone(), text.to_owned());
        return Err(Refused::NodeNotFound { kind, identifier, message }.into());
    }
    Ok(found.items.first().map(|node| node.id))
}

/// Refuses peers where the hierarchy has no place for them.
pub(crate) fn check_hierarchy(kind: &KindSchema, relationship: &Relationship) -> Result<(), Refused> {
    if kind.hierarchy.is_none() || kind.flavour != Flavour::Node {
        return Ok(());
    }
    let sentence = match relationship.name.as_str() {
        "parent" if kind.parent.is_none() => "Not supported to assign a value to parent for",
        "children" if kind.children.is_none() => "Not supported to assign some children for",
        _ => return Ok(()),
    };
    Err(Refused::rule(&kind.kind, &relationship.name, format!("{sentence} {}", kind.kind)))
}

/// Relates a new object to its peers.
pub(crate) fn relate_new(
    change: &mut Change<'_>,
    node: NodeId,
    kind: &KindSchema,
    relationship: &Relationship,
    peers: &[(NodeId, PeerInput)],
) -> Result<(), Refused> {
    refuse_too_many(kind, relationship, peers.len())?;
    for (peer, said) in peers {
        change.relate(node, kind, relationship, *peer, said);
    }
    Ok(())
}

/// The peers of an object before a write, by id.
pub(crate) fn current(
    change: &Change<'_>,
    node: NodeId,
    kind: &KindSchema,
    relationship: &Relationship,
) -> BTreeMap<NodeId, (EdgeKey, Arc<Edge>)> {
    let Some(node) = change.state.node(node) else { return BTreeMap::new() };
    read::relations(&change.state, node, kind, relationship)
        .map(|(key, edge, peer)| (peer.id, (key.clone(), edge.clone())))
        .collect()
}

/// Puts these peers in the place of those that an object has; `None` clears the relationship.
pub(crate) fn replace(
    change: &mut Change<'_>,
    node: NodeId,
    kind: &KindSchema,
    relationship: &Relationship,
    peers: Option<&[(NodeId, PeerInput)]>,
) -> Result<(), Refused> {
    let before = current(change, node, kind, relationship);
    let given = peers.unwrap_or_default();
    let is_kept = |(peer, said): &(NodeId, PeerInput)| said.id.is_some() && before.contains_key(peer);
    // The server checks the least count only where it takes the set for changed: where it adds, where null clears,
    // and where nothing is missing from the set before. So an empty list takes every peer away unchecked.
    let is_cleared = peers.is_none() && !before.is_empty();
    let adds = given.iter().any(|peer| !is_kept(peer));
    let keeps_all = before.keys().all(|id| given.iter().any(|(peer, _)| peer == id));
    refuse_too_many(kind, relationship, given.len())?;
    if is_cleared || adds || keeps_all {
        refuse_too_few(kind, relationship, given.len())?;
    }
    for (peer, (key, _)) in &before {
        if !given.iter().any(|(other, _)| other == peer) {
            end(change, key, relationship);
        }
    }
    for (peer, said) in given {
        match before.get(peer) {
            Some((key, edge)) => say(change, key, edge, said, relationship),
            None => change.relate(node, kind, relationship, *peer, said),
        }
    }
    Ok(())
}

/// Ends a relation, also where the two are related twice.
pub(crate) fn end(change: &mut Change<'_>, key: &EdgeKey, relationship: &Relationship) {
    let twins = change.state.edges_at(key.node, &key.identifier, key.side);
    let twins: Vec<EdgeKey> =
        twins.filter(|(twin, _)| twin.peer == key.peer).map(|(twin, _)| twin.clone()).collect();
    for twin in twins {
        change.remove_edge(&twin, relationship);
    }
}

/// Changes what is said about a relation that stays. A peer that is named by anything but its id is taken for a new one,
/// which is not protected unless the input says so.
fn say(
    change: &mut Change<'_>,
    key: &EdgeKey,
    edge: &Arc<Edge>,
    said: &PeerInput,
    relationship: &Relationship,
) {
    let kept = said.id.is_some() && edge.is_protected;
    let mut changed = Edge::clone(edge);
    changed.is_protected = said.is_protected.unwrap_or(kept);
    changed.source = said.source.or(edge.source);
    changed.owner = said.owner.or(edge.owner);
    if changed != **edge {
        changed.metadata = changed.metadata.updated(change.now, change.author);
        change.put_edge(key, changed, relationship);
    }
}

/// Checks how many peers an object has.
pub(crate) fn check_count(
    kind: &KindSchema,
    relationship: &Relationship,
    count: usize,
) -> Result<(), Refused> {
    refuse_too_few(kind, relationship, count)?;
    refuse_too_many(kind, relationship, count)
}

fn refuse_too_many(kind: &KindSchema, relationship: &Relationship, count: usize) -> Result<(), Refused> {
    let most = usize::try_from(relationship.max_count).unwrap_or_default();
    if most > 0 && count > most {
        let sentence = format!("Too many relationships, max {most}");
        return Err(Refused::rule(&kind.kind, &relationship.name, sentence));
    }
    Ok(())
}

fn refuse_too_few(kind: &KindSchema, relationship: &Relationship, count: usize) -> Result<(), Refused> {
    let least = if relationship.optional { 0 } else { relationship.min_count };
    let least = usize::try_from(least).unwrap_or_default();
    if count < least {
        let sentence = format!("Too few relationships, min {least}");
        return Err(Refused::rule(&kind.kind, &relationship.name, sentence));
    }
    Ok(())
}
