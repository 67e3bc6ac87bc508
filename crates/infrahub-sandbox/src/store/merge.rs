//! Two branches that left the same place, and what becomes of both.

use super::branch::Conflict;
use super::catalogue::ends;
use super::record::{Edge, EdgeKey, Metadata, Node, Side, Stored};
use super::state::State;
use super::{NodeId, Refused};
use infrahub_schema::Cardinality;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What `main` and `branch` changed differently since `base`.
pub(crate) fn conflicts(base: &State, main: &State, branch: &State) -> Vec<Conflict> {
    let ours = changed_nodes(base, branch);
    let theirs = changed_nodes(base, main);
    let mut conflicts = Vec::new();
    for id in ours.intersection(&theirs) {
        let (before, main, branch) = (base.node(*id), main.node(*id), branch.node(*id));
        let kind = before.or(branch).or(main).map(|node| node.kind.clone());
        let Some(kind) = kind else { continue };
        let mut add = |path: String| conflicts.push(Conflict { path, node: *id, kind: kind.clone() });
        match (main, branch) {
            (Some(main), Some(branch)) => {
                for name in main.values.keys().filter(|name| branch.values.contains_key(*name)) {
                    let old = before.and_then(|node| node.values.get(name));
                    for property in differing(old, &main.values[name], &branch.values[name]) {
                        add(format!("data/{id}/{name}/{property}"));
                    }
                }
            }
            (None, None) => {}
            // Deleted on one of them and changed on the other.
            _ => add(format!("data/{id}")),
        }
    }
    conflicts.extend(peer_conflicts(base, main, branch));
    conflicts
}

/// The parts of a value that both sides changed, differently.
fn differing(base: Option<&Arc<Stored>>, main: &Stored, branch: &Stored) -> Vec<&'static str> {
    let old = base.map(|stored| parts(stored));
    let changed = parts(main).into_iter().zip(parts(branch)).enumerate();
    let both = changed.filter(|(place, ((_, main), (_, branch)))| {
        let old = old.as_ref().map(|parts| &parts[*place].1);
        main != branch && old != Some(main) && old != Some(branch)
    });
    both.map(|(_, ((name, _), _))| name).collect()
}

/// The parts of a value that are merged, each by its name in the path of a conflict.
fn parts(stored: &Stored) -> [(&'static str, String); 4] {
    [
        ("value", stored.value.to_string()),
        ("property/IS_PROTECTED", stored.is_protected.to_string()),
        ("property/HAS_SOURCE", format!("{:?}", stored.source)),
        ("property/HAS_OWNER", format!("{:?}", stored.owner)),
    ]
}

type Ends = BTreeMap<(NodeId, Arc<str>, Side), BTreeSet<NodeId>>;

/// Relationships to one that both sides gave another peer.
fn peer_conflicts(base: &State, main: &State, branch: &State) -> Vec<Conflict> {
    let (old, theirs, ours) = (to_one(base), to_one(main), to_one(branch));
    let mut conflicts = Vec::new();
    for (end, ours) in &ours {
        let (Some(theirs), old) = (theirs.get(end), old.get(end)) else { continue };
        let both_changed = Some(ours) != old && Some(theirs) != old && ours != theirs;
        let (id, name, place) = end;
        let Some(node) = branch.node(*id).filter(|_| both_changed) else { continue };
        let kind = branch.catalogue.kind(&node.kind);
        let Some(kind) = kind else { continue };
        for relationship in ends(kind, name, *place).filter(|field| field.cardinality == Cardinality::One) {
            let path = format!("data/{id}/{}/peer", relationship.name);
            conflicts.push(Conflict { path, node: *id, kind: node.kind.clone() });
        }
    }
    conflicts
}

fn to_one(state: &State) -> Ends {
    let mut ends = Ends::new();
    for (key, _) in state.edges() {
        ends.entry((key.node, key.identifier.clone(), key.side)).or_default().insert(key.peer);
    }
    ends
}

/// The objects that differ between two states in more than when they were changed.
pub(crate) fn changed_nodes(before: &State, after: &State) -> BTreeSet<NodeId> {
    let mut changed = BTreeSet::new();
    for node in after.nodes() {
        let is_same = before
            .node(node.id)
            .is_some_and(|old| Arc::ptr_eq(old, node) || old.kind == node.kind && same_values(old, node));
        if !is_same {
            changed.insert(node.id);
        }
    }
    changed.extend(before.nodes().filter(|node| after.node(node.id).is_none()).map(|node| node.id));
    changed
}

fn same_values(one: &Node, other: &Node) -> bool {
    let is_same = |(name, stored): (&Arc<str>, &Arc<Stored>)| {
        other.values.get(name).is_some_and(|value| Arc::ptr_eq(value, stored) || value == stored)
    };
    one.values.len() == other.values.len() && one.values.iter().all(is_same)
}

/// Whether two states have the same schema.
pub(crate) fn same_schema(one: &State, other: &State) -> bool {
    Arc::ptr_eq(&one.catalogue, &other.catalogue) || one.catalogue.schema() == other.catalogue.schema()
}

/// `main` with what `branch` changed since `base`.
pub(crate) fn onto(base: &State, main: &State, branch: &State) -> Result<State, Refused> {
    let catalogue = match (same_schema(base, main), same_schema(base, branch)) {
        (_, true) => main.catalogue.clone(),
        (true, false) => branch.catalogue.clone(),
        (false, false) if same_schema(main, branch) => main.catalogue.clone(),
        (false, false) => {
            return Err(Refused::lacking("the merge of schemas that were changed on both branches"));
        }
    };
    let mut merged = main.under(catalogue);
    for id in changed_nodes(base, branch) {
        match (branch.node(id), merged.node(id).cloned()) {
            (None, _) => merged.remove_node(id),
            (Some(ours), None) => merged.put_node(Node::clone(ours)),
            (Some(ours), Some(theirs)) => merged.put_node(joined(base.node(id), &theirs, ours)),
        }
    }
    let known: BTreeMap<&EdgeKey, &Arc<Edge>> = base.edges().collect();
    let ours: BTreeMap<&EdgeKey, &Arc<Edge>> = branch.edges().collect();
    for key in known.keys().filter(|key| !ours.contains_key(*key)) {
        merged.remove_edge(key);
    }
    for (key, edge) in ours.iter().filter(|(key, edge)| known.get(*key) != Some(*edge)) {
        if merged.node(key.node).is_some() && merged.node(key.peer).is_some() {
            merged.put_edge(key, Arc::clone(edge));
        }
    }
    Ok(merged)
}

/// The values that the branch changed, in the place of those of the default branch.
fn joined(base: Option<&Arc<Node>>, theirs: &Node, ours: &Node) -> Node {
    let mut joined = theirs.clone();
    for (name, stored) in &ours.values {
        let old = base.and_then(|node| node.values.get(name));
        if old != Some(stored) {
            joined.values.insert(name.clone(), stored.clone());
        }
    }
    joined.metadata = newer(theirs.metadata, ours.metadata);
    joined
}

fn newer(one: Metadata, other: Metadata) -> Metadata {
    if one.updated_at >= other.updated_at { one } else { other }
}
