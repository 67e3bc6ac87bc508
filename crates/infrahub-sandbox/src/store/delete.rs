//! Deletes: what goes along, and what stands in the way.

use super::catalogue::ends;
use super::change::Change;
use super::record::Node;
use super::state::State;
use super::{Arguments, NodeId, Outcome, Refusals, Refused, ipam, profile, read, special, view, write};
use infrahub_schema::{OnDelete, Relationship};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Deletes the object that the data name, with its components. Gives all that went.
pub(crate) fn delete(change: &mut Change<'_>, name: &str, data: &Arguments) -> Outcome<Vec<NodeId>> {
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, name)?;
    special::before_delete(&change.state, kind, data)?;
    let node = write::find_object(change, kind, data)?;
    let holders = profile::holders(&change.state, node.id);
    for holder in holders.iter().filter_map(|id| change.state.node(*id)) {
        profile::refuse_removal(&change.state, node.id, holder)?;
    }
    let gone = with_components(&change.state, &node);
    Refusals::check(in_the_way(&change.state, &gone))?;
    for node in &gone {
        ipam::before_delete(change, node);
        change.remove_node(node.id);
    }
    for holder in holders {
        profile::apply(change, holder);
    }
    Ok(gone.into_iter().map(|node| node.id).collect())
}

/// An object and what is deleted with it.
fn with_components(state: &State, node: &Arc<Node>) -> Vec<Arc<Node>> {
    let mut gone = vec![node.clone()];
    let mut next = 0;
    while let Some(node) = gone.get(next).cloned() {
        next += 1;
        let Some(kind) = state.catalogue.kind(&node.kind) else { continue };
        let cascading = kind.relationships.iter().filter(|field| field.on_delete == Some(OnDelete::Cascade));
        for relationship in cascading {
            for peer in read::peers(state, &node, &relationship.name) {
                if gone.iter().all(|other| other.id != peer.id) {
                    gone.push(peer);
                }
            }
        }
    }
    gone
}

/// The objects that stay and need one that goes.
fn in_the_way(state: &State, gone: &[Arc<Node>]) -> Vec<Refused> {
    let ids: BTreeSet<NodeId> = gone.iter().map(|node| node.id).collect();
    let mut problems = Vec::new();
    for node in gone {
        for (key, _) in state.edges_of(node.id).filter(|(key, _)| !ids.contains(&key.peer)) {
            let Some(peer) = state.node(key.peer) else { continue };
            let Some(peer_kind) = state.catalogue.kind(&peer.kind) else { continue };
            let needing = ends(peer_kind, &key.identifier, key.side.other())
                .find(|field| !field.optional && state.catalogue.is_a(&node.kind, &field.peer));
            problems.extend(needing.map(|field| needed(node, peer, field)));
        }
    }
    problems
}

fn needed(node: &Node, peer: &Node, relationship: &Relationship) -> Refused {
    let name = &relationship.name;
    let sentence = format!(
        "Cannot delete {} '{}'. It is linked to mandatory relationship {name} on node {} '{}'",
        node.kind, node.id, peer.kind, peer.id
    );
    Refused::rule(&node.kind, &format!("{}.{name}", peer.kind), sentence)
}
