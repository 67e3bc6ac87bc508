//! `RelationshipAdd` and `RelationshipRemove`.

use super::change::Change;
use super::constraint::opposite;
use super::input::PeerInput;
use super::record::Node;
use super::write::Done;
use super::{Arguments, NodeId, Outcome, Refused, peers, profile, python, read, related, view};
use infrahub_schema::{Cardinality, KindSchema, Relationship};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kind that a relationship of which nothing is known about the peers has; every object may be one.
const ANY: &str = "CoreNode";

/// What a call names: the object, one of its relationships, and the peers.
struct Named {
    node: Arc<Node>,
    relationship: String,
    inputs: Vec<PeerInput>,
    /// The peers that are named by id.
    peers: BTreeMap<NodeId, Arc<Node>>,
}

/// Relates the peers that are not related to the object yet. What is said about one that is related already is not
/// heard.
pub(crate) fn add(change: &mut Change<'_>, data: &Arguments) -> Outcome<Done> {
    let named = read_named(change, data)?;
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, &named.node.kind)?;
    let relationship = relationship_of(kind, &named)?;
    check_peers(change, kind, relationship, &named)?;
    check_parents(change, relationship, &named)?;
    let current = peers::current(change, named.node.id, kind, relationship);
    if relationship.cardinality == Cardinality::One {
        let name = &relationship.name;
        let broken = if !current.is_empty() {
            format!("'{name}' is a cardinality-one relationship and already has a peer")
        } else if named.inputs.len() > 1 {
            format!("'{name}' is a cardinality-one relationship and cannot be assigned more than one peer")
        } else {
            String::new()
        };
        if !broken.is_empty() {
            return Err(Refused::invalid(broken).into());
        }
    }
    let joins = joins_groups(change, relationship, &named.node);
    let holder = related::by_hfid(&change.state, named.node.id);
    let id = named.node.id;
    let found = related::resolve_all(change, relationship, &named.inputs, id, holder.as_deref())?;
    for (peer, said) in &found {
        if current.contains_key(peer) {
            continue;
        }
        // The server looks a new member up among those that were named by id, and fails over any other.
        if joins && !named.peers.contains_key(peer) {
            return Err(Refused::failure(python::quoted(&peer.to_string())).into());
        }
        change.relate(id, kind, relationship, *peer, said);
    }
    follow(change, &named);
    Ok(Done::plain(id))
}

/// Ends the relations to the peers that are named by id. One named by anything else is not heard.
pub(crate) fn remove(change: &mut Change<'_>, data: &Arguments) -> Outcome<Done> {
    let named = read_named(change, data)?;
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, &named.node.kind)?;
    let relationship = relationship_of(kind, &named)?;
    check_peers(change, kind, relationship, &named)?;
    let current = peers::current(change, named.node.id, kind, relationship);
    let ids: Vec<NodeId> = named.peers.keys().copied().collect();
    if !relationship.optional && current.keys().all(|peer| ids.contains(peer)) {
        let sentence =
            format!("'{}' is a mandatory relationship and cannot be fully removed", relationship.name);
        return Err(broken("name", &sentence).into());
    }
    for (key, _) in ids.iter().filter_map(|id| current.get(id)) {
        peers::end(change, key, relationship);
    }
    follow(change, &named);
    Ok(Done::plain(named.node.id))
}

/// These mutations are of no kind, so the server gives their errors without a code.
fn broken(field: &str, sentence: &str) -> Refused {
    Refused::invalid(format!("{sentence} at {field}"))
}

fn read_named(change: &Change<'_>, data: &Arguments) -> Outcome<Named> {
    let id = python::text(data.get("id").unwrap_or(&Value::Null));
    let node = NodeId::parse(&id).and_then(|id| change.state.node(id));
    let node = node.ok_or_else(|| Refused::not_found("node", &id))?.clone();
    let relationship = python::text(data.get("name").unwrap_or(&Value::Null));
    let nodes = data.get("nodes").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    let inputs = PeerInput::read_all(&change.state, &node.kind, &relationship, &nodes)?;
    let inputs = inputs.ok_or_else(|| Refused::failure("'NoneType' object is not iterable"))?;
    let mut peers = BTreeMap::new();
    for id in inputs.iter().filter_map(|input| input.id.as_deref()) {
        let peer = NodeId::parse(id).and_then(|id| change.state.node(id)).ok_or_else(|| {
            Refused::invalid(format!("{}: Unable to find the node in the database.", python::quoted(id)))
        })?;
        peers.insert(peer.id, peer.clone());
    }
    Ok(Named { node, relationship, inputs, peers })
}

fn relationship_of<'k>(kind: &'k KindSchema, named: &Named) -> Result<&'k Relationship, Refused> {
    let name = &named.relationship;
    let relationship = kind.relationship(name).ok_or_else(|| {
        broken("name", &format!("'{name}' is not a valid relationship for '{}'", kind.kind))
    })?;
    if relationship.read_only {
        return Err(broken(&kind.kind, &format!("'{name}' is a read-only relationship")));
    }
    Ok(relationship)
}

/// The peers are of the relationship's kind, and none that can have one such relation has another.
fn check_peers(
    change: &Change<'_>,
    kind: &KindSchema,
    relationship: &Relationship,
    named: &Named,
) -> Result<(), Refused> {
    if relationship.peer == ANY {
        return Ok(());
    }
    let catalogue = &change.state.catalogue;
    for (id, peer) in &named.peers {
        let shown = format!("'{id}' '{}'", peer.kind);
        if !catalogue.is_a(&peer.kind, &relationship.peer) {
            let message = format!("{shown} is not a valid peer for '{}'", relationship.peer);
            return Err(Refused::invalid(message));
        }
        let Some(peer_kind) = catalogue.kind(&peer.kind) else { continue };
        let mut ends = opposite(kind, relationship, peer_kind);
        let (Some(end), None) = (ends.next(), ends.next()) else { continue };
        let other = read::one_peer(&change.state, peer, &end.name);
        if other.is_some_and(|other| other.id != named.node.id) {
            let message = format!("{shown} is already related to another peer on '{}'", end.name);
            return Err(Refused::invalid(message));
        }
    }
    Ok(())
}

fn check_parents(change: &Change<'_>, relationship: &Relationship, named: &Named) -> Result<(), Refused> {
    let Some(parent) = &relationship.common_parent else { return Ok(()) };
    let of = |node: &Node| read::one_peer(&change.state, node, parent).map(|parent| parent.id);
    let orphan = |what: &str, node: &Node| {
        Refused::invalid(format!("{what} {} ('{}') does not have a parent peer", node.id, node.kind))
    };
    let own = of(&named.node).ok_or_else(|| orphan("Node", &named.node))?;
    for peer in named.peers.values() {
        if of(peer).ok_or_else(|| orphan("Peer", peer))? != own {
            return Err(Refused::invalid(format!(
                "Cannot relate '{}' to '{}' peers that do not have the same parent",
                named.node.id, relationship.name
            )));
        }
    }
    Ok(())
}

/// Whether the relation is one between a group and a member.
fn joins_groups(change: &Change<'_>, relationship: &Relationship, node: &Node) -> bool {
    relationship.identifier.as_deref() == Some("group_member")
        && (relationship.name == "member_of_groups"
            || relationship.name == "members" && change.state.catalogue.is_a(&node.kind, "CoreGroup"))
}

/// What follows: profiles that were given or taken away apply, or no longer do.
fn follow(change: &mut Change<'_>, named: &Named) {
    if named.relationship == "profiles" {
        profile::apply(change, named.node.id);
    } else if named.relationship == "related_nodes" {
        for peer in named.peers.keys() {
            profile::apply(change, *peer);
        }
    }
    profile::spread(change, named.node.id);
}
