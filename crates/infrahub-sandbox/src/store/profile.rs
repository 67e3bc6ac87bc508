//! Profiles: values and peers for the objects that have them, where these have none of their own.

use super::change::Change;
use super::constraint::supports_profiles;
use super::input::PeerInput;
use super::record::{EdgeKey, Node, Stored};
use super::state::State;
use super::{NodeId, Refused, peers, read, value};
use infrahub_schema::{Flavour, KindSchema, Relationship};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The relationship of an object to its profiles.
const PROFILES: &str = "profiles";
/// The relationships of a profile to what has it.
const HOLDERS: [&str; 2] = ["related_nodes", "related_templates"];

/// Gives an object what its profiles have for it, and takes back what they no longer have. Of several profiles the one
/// with the lowest priority number comes first.
pub(crate) fn apply(change: &mut Change<'_>, id: NodeId) {
    let catalogue = change.state.catalogue.clone();
    let Some(node) = change.state.node(id).cloned() else { return };
    let Some(kind) = catalogue.kind(&node.kind).filter(|kind| kind.relationship(PROFILES).is_some()) else {
        return;
    };
    let mut profiles = read::peers(&change.state, &node, PROFILES);
    profiles.sort_by_key(|profile| (priority(profile), profile.id));
    apply_values(change, &node, kind, &profiles);
    for relationship in kind.relationships.iter().filter(|relationship| supports_profiles(relationship)) {
        apply_peers(change, &node, kind, relationship, &profiles);
    }
}

/// Applies a profile that was written to every object that has it.
pub(crate) fn spread(change: &mut Change<'_>, profile: NodeId) {
    for id in holders(&change.state, profile) {
        apply(change, id);
    }
}

/// The objects and templates that have a profile; none where it is no profile.
pub(crate) fn holders(state: &State, profile: NodeId) -> Vec<NodeId> {
    let profile = state.node(profile).filter(|node| is_profile(state, node));
    let Some(profile) = profile else { return Vec::new() };
    let found = HOLDERS.iter().flat_map(|name| read::peers(state, profile, name));
    found.map(|node| node.id).collect()
}

fn is_profile(state: &State, node: &Node) -> bool {
    state.catalogue.kind(&node.kind).is_some_and(|kind| kind.flavour == Flavour::Profile)
}

fn priority(profile: &Node) -> i64 {
    profile.values.get("profile_priority").and_then(|value| value.value.as_i64()).unwrap_or(i64::MAX)
}

/// The value that a profile has for an attribute, if it has one.
fn value_in<'p>(profile: &'p Node, attribute: &str) -> Option<&'p Value> {
    profile.values.get(attribute).map(|stored| &stored.value).filter(|value| !value.is_null())
}

fn apply_values(change: &mut Change<'_>, node: &Arc<Node>, kind: &KindSchema, profiles: &[Arc<Node>]) {
    let mut changed = Node::clone(node);
    for attribute in kind.attributes.iter().filter(|attribute| !attribute.is_computed()) {
        let Some((name, stored)) = node.values.get_key_value(attribute.name.as_str()) else { continue };
        if !stored.is_from_profile && !stored.is_default {
            continue;
        }
        let given =
            profiles.iter().find_map(|profile| Some((value_in(profile, &attribute.name)?, profile.id)));
        let mut next = Stored::clone(stored);
        match given {
            Some((value, profile)) => {
                next.value = value.clone();
                next.is_default = false;
                next.is_from_profile = true;
                next.source = Some(profile);
            }
            None if stored.is_from_profile => {
                next.value = value::default(attribute);
                next.is_default = true;
                next.is_from_profile = false;
                next.source = None;
            }
            None => continue,
        }
        if next != **stored {
            next.metadata = next.metadata.updated(change.now, change.author);
            changed.values.insert(name.clone(), Arc::new(next));
        }
    }
    if changed.values != node.values {
        changed.metadata = changed.metadata.updated(change.now, change.author);
        change.put_node(changed);
    }
}

/// Peers of a relationship come all from one profile, or none does.
fn apply_peers(
    change: &mut Change<'_>,
    node: &Arc<Node>,
    kind: &KindSchema,
    relationship: &Relationship,
    profiles: &[Arc<Node>],
) {
    let current = peers::current(change, node.id, kind, relationship);
    let from_profile = |source: Option<NodeId>| {
        let source = source.and_then(|id| change.state.node(id));
        source.is_some_and(|source| is_profile(&change.state, source))
    };
    if !current.is_empty() && !current.values().all(|(_, edge)| from_profile(edge.source)) {
        return;
    }
    let given = profiles.iter().find_map(|profile| {
        let found = read::peers(&change.state, profile, &relationship.name);
        (!found.is_empty()).then(|| (profile.id, found))
    });
    let (source, wanted): (Option<NodeId>, BTreeSet<NodeId>) = match given {
        Some((profile, found)) => (Some(profile), found.iter().map(|peer| peer.id).collect()),
        None => (None, BTreeSet::new()),
    };
    let over: Vec<EdgeKey> = current
        .iter()
        .filter(|(peer, (_, edge))| !wanted.contains(peer) || edge.source != source)
        .map(|(_, (key, _))| key.clone())
        .collect();
    let kept: BTreeSet<NodeId> =
        current.keys().copied().filter(|peer| over.iter().all(|key| key.peer != *peer)).collect();
    for key in &over {
        peers::end(change, key, relationship);
    }
    for peer in wanted.difference(&kept) {
        let said = PeerInput { source, ..PeerInput::default() };
        change.relate(node.id, kind, relationship, *peer, &said);
    }
}

/// The mandatory fields among these that one of the profiles has.
pub(crate) fn provided(
    state: &State,
    kind: &KindSchema,
    profiles: &[NodeId],
    fields: &[&str],
) -> BTreeSet<String> {
    let profiles: Vec<&Arc<Node>> = profiles.iter().filter_map(|id| state.node(*id)).collect();
    let has = |profile: &Arc<Node>, field: &str| match kind.relationship(field) {
        Some(relationship) => {
            supports_profiles(relationship) && !read::peers(state, profile, field).is_empty()
        }
        None => value_in(profile, field).is_some(),
    };
    let fields = fields.iter().filter(|field| profiles.iter().any(|profile| has(profile, field)));
    fields.map(|field| (*field).to_owned()).collect()
}

/// Refuses to take a profile from an object that has a mandatory value from it.
pub(crate) fn refuse_removal(state: &State, profile: NodeId, holder: &Node) -> Result<(), Refused> {
    let Some(kind) = state.catalogue.kind(&holder.kind) else { return Ok(()) };
    for attribute in kind.attributes.iter().filter(|attribute| !attribute.optional) {
        let value = holder.values.get(attribute.name.as_str());
        if value.is_some_and(|value| value.is_from_profile && value.source == Some(profile)) {
            return Err(removal(state, profile, holder, "attribute", &attribute.name));
        }
    }
    for relationship in kind.relationships.iter().filter(|field| !field.optional && supports_profiles(field))
    {
        if read::relations(state, holder, kind, relationship).any(|(_, edge, _)| edge.source == Some(profile))
        {
            return Err(removal(state, profile, holder, "relationship", &relationship.name));
        }
    }
    Ok(())
}

fn removal(state: &State, profile: NodeId, holder: &Node, what: &str, name: &str) -> Refused {
    let label = state.node(holder.id).map(|node| read::display_label(state, node)).unwrap_or_default();
    Refused::invalid(format!(
        "Cannot remove profile '{profile}' because node '{label}' (ID: {}) inherits required {what} '{name}' from this \
         profile.",
        holder.id
    ))
}
