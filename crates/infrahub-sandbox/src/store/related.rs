//! The peers of a new object.

use super::catalogue::{identifier, side};
use super::change::Change;
use super::create::Draft;
use super::input::PeerInput;
use super::object_template::{self, Given, Pooled};
use super::record::{Edge, EdgeKey, Node};
use super::{NodeId, Outcome, Refusals, Refused, number, peers, python, read};
use infrahub_schema::{Cardinality, KindSchema, Relationship};
use std::sync::Arc;

/// Relationships with the peers that were found for them.
pub(crate) type Related<'k> = Vec<(&'k Relationship, Vec<(NodeId, PeerInput)>)>;

/// Finds the peers, and takes from pools those that pools give. What a pool gives depends on the human-friendly id of
/// the object, so these come last.
pub(crate) fn resolve<'k>(
    change: &mut Change<'_>,
    draft: &Draft<'k>,
    pooled: &[Pooled],
) -> Outcome<Related<'k>> {
    let mut related: Related<'k> = Vec::new();
    let is_pooled = |inputs: &[PeerInput]| inputs.iter().any(|input| input.takes_from_pool());
    for (relationship, inputs) in draft.peers.iter().filter(|(_, inputs)| !is_pooled(inputs)) {
        let found = resolve_all(change, relationship, inputs, draft.id, None);
        let found = found.map_err(|refusals| as_uninitialized(draft.kind, relationship, inputs, refusals))?;
        related.push((*relationship, found));
    }
    let holder = holder(change, draft, &related);
    for (relationship, inputs) in draft.peers.iter().filter(|(_, inputs)| is_pooled(inputs)) {
        related
            .push((*relationship, resolve_all(change, relationship, inputs, draft.id, holder.as_deref())?));
    }
    for pooled in pooled {
        let Some(relationship) = draft.kind.relationship(&pooled.field) else { continue };
        if let Given::Peer(peer) = object_template::take(change, draft.kind, pooled, draft.id)? {
            let said = PeerInput { source: Some(pooled.pool.id), ..PeerInput::of(peer) };
            related.push((relationship, vec![(peer, said)]));
        }
    }
    Ok(related)
}

/// Where an attribute is computed from a peer, the server looks for the peer before it knows its id, and says only that.
fn as_uninitialized(
    kind: &KindSchema,
    relationship: &Relationship,
    inputs: &[PeerInput],
    refusals: Refusals,
) -> Refusals {
    let path = format!("{}__", relationship.name);
    let computed = kind.attributes.iter().filter_map(|attribute| attribute.computed_attribute.as_ref());
    let mut templates = computed.filter_map(|computed| computed.jinja2_template.as_ref());
    let is_computed_from = templates.any(|template| template.contains(&path));
    match is_computed_from && inputs.iter().any(|input| input.id.is_none()) {
        true => Refused::Uninitialized { cause: Box::new(refusals.first().clone()) }.into(),
        false => refusals,
    }
}

/// Finds each of the peers. The source of one that a pool gave is the pool.
pub(crate) fn resolve_all(
    change: &mut Change<'_>,
    relationship: &Relationship,
    inputs: &[PeerInput],
    node: NodeId,
    holder: Option<&str>,
) -> Outcome<Vec<(NodeId, PeerInput)>> {
    let mut found = Vec::new();
    for input in inputs {
        let peer = peers::resolve(change, relationship, input, node, holder)?;
        let mut said = input.clone();
        if let Some(pool) = input.pool.as_ref().filter(|_| input.takes_from_pool()) {
            let id = pool.get("id").map(python::text).unwrap_or_default();
            said.source = number::by_name(change, "CoreResourcePool", &id).map(|pool| pool.id);
        }
        found.push((peer, said));
    }
    Ok(found)
}

/// The kind and human-friendly id of the object as it will be, by which pools know it: `InfraTunnel__t1`.
fn holder(change: &Change<'_>, draft: &Draft<'_>, related: &Related<'_>) -> Option<String> {
    let mut state = change.state.clone();
    let metadata = change.metadata();
    let kind: Arc<str> = Arc::from(draft.kind.kind.as_str());
    state.put_node(Node { id: draft.id, kind, values: draft.values.clone(), metadata });
    for (relationship, peers) in related.iter().filter(|(field, _)| field.cardinality == Cardinality::One) {
        for (peer, _) in peers {
            let key = EdgeKey {
                node: draft.id,
                identifier: Arc::from(identifier(draft.kind, relationship)),
                side: side(relationship),
                peer: *peer,
                edge: NodeId::MIN,
            };
            let (id, is_protected, source, owner) = (NodeId::MIN, false, None, None);
            state.put_edge(&key, Arc::new(Edge { id, is_protected, source, owner, metadata }));
        }
    }
    by_hfid(&state, draft.id)
}

/// How pools know an object that exists.
pub(crate) fn by_hfid(state: &super::state::State, id: NodeId) -> Option<String> {
    let node = state.node(id)?;
    let hfid = read::hfid(state, node)?;
    Some(format!("{}__{}", node.kind, hfid.join("__")))
}
