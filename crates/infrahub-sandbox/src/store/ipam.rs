//! The address plan: each prefix and address lies in the narrowest prefix of its namespace.

use super::address;
use super::change::Change;
use super::input::PeerInput;
use super::record::{EdgeKey, Node, Side, Stored};
use super::state::State;
use super::{NodeId, peers, read};
use ipnet::IpNet;
use serde_json::Value;
use std::sync::Arc;

const PREFIX: &str = "BuiltinIPPrefix";
const ADDRESS: &str = "BuiltinIPAddress";
const PREFIXES_OF_NAMESPACE: &str = "ip_namespace__ip_prefix";
const ADDRESSES_OF_NAMESPACE: &str = "ip_namespace__ip_address";

/// The network of a prefix, or the address with its mask of an address.
pub(crate) fn network_of(node: &Node) -> Option<IpNet> {
    let value = node.values.get("prefix").or_else(|| node.values.get("address"))?;
    address::host(value.value.as_str()?)
}

fn is_prefix(state: &State, node: &Node) -> bool {
    state.catalogue.is_a(&node.kind, PREFIX)
}

/// A value of a prefix that follows from others, if the attribute is one.
pub(crate) fn derived(state: &State, node: &Arc<Node>, attribute: &str) -> Option<Value> {
    let names = ["netmask", "hostmask", "network_address", "broadcast_address", "utilization"];
    if !names.contains(&attribute) || !is_prefix(state, node) {
        return None;
    }
    let network = network_of(node)?;
    if attribute == "utilization" {
        Some(Value::from(percent(used(state, node), space(node)) as i64))
    } else {
        address::part(network, attribute)
    }
}

fn holds_addresses(prefix: &Node) -> bool {
    prefix.values.get("member_type").is_some_and(|value| value.value == "address")
}

fn size(network: IpNet) -> f64 {
    2_f64.powi(i32::from(network.max_prefix_len() - network.prefix_len()))
}

/// How many addresses there are in a prefix. The first and the last of one that holds addresses are none, unless it is
/// a pool.
pub(crate) fn space(prefix: &Node) -> f64 {
    let Some(network) = network_of(prefix) else { return 0.0 };
    let is_pool = prefix.values.get("is_pool").is_some_and(|value| value.value == true);
    let is_plain = network.addr().is_ipv4() && network.prefix_len() < 31 && !is_pool;
    let kept_free = if is_plain && holds_addresses(prefix) { 2.0 } else { 0.0 };
    size(network) - kept_free
}

/// How many of them are used: by addresses, or by the prefixes in it.
pub(crate) fn used(state: &State, prefix: &Node) -> f64 {
    if holds_addresses(prefix) {
        return read::peers(state, prefix, "ip_addresses").len() as f64;
    }
    read::peers(state, prefix, "children").iter().filter_map(|child| network_of(child)).map(size).sum()
}

/// The part that is used, in percent.
pub(crate) fn percent(used: f64, space: f64) -> f64 {
    if space > 0.0 { (used / space * 100.0).min(100.0) } else { 0.0 }
}

/// The addresses, or the prefixes, of a namespace.
fn members(state: &State, namespace: NodeId, addresses: bool) -> impl Iterator<Item = (&Arc<Node>, IpNet)> {
    let name = if addresses { ADDRESSES_OF_NAMESPACE } else { PREFIXES_OF_NAMESPACE };
    let nodes = state.edges_at(namespace, name, Side::Either).filter_map(|(key, _)| state.node(key.peer));
    nodes.filter_map(|node| Some((node, network_of(node)?)))
}

/// The addresses, or the prefixes, that a namespace has on any branch.
pub(crate) fn taken(
    change: &Change<'_>,
    namespace: NodeId,
    addresses: bool,
) -> impl Iterator<Item = (NodeId, IpNet)> {
    let states = change.all_states().into_iter();
    let found = states.flat_map(move |state| {
        members(state, namespace, addresses).map(|(node, network)| (node.id, network)).collect::<Vec<_>>()
    });
    found.collect::<Vec<_>>().into_iter()
}

/// Puts a prefix or address that was written in its place, and into a prefix what now lies in it. Does nothing for
/// objects of other kinds.
pub(crate) fn reconcile(change: &mut Change<'_>, id: NodeId) {
    let Some(node) = change.state.node(id).cloned() else { return };
    let is_prefix = is_prefix(&change.state, &node);
    if !is_prefix && !change.state.catalogue.is_a(&node.kind, ADDRESS) {
        return;
    }
    place(change, id);
    if !is_prefix {
        return;
    }
    for name in ["children", "ip_addresses"] {
        for child in read::peers(&change.state, &node, name) {
            place(change, child.id);
        }
    }
    let (Some(namespace), Some(network)) =
        (read::one_peer(&change.state, &node, "ip_namespace"), network_of(&node))
    else {
        return;
    };
    let inside: Vec<NodeId> = [true, false]
        .into_iter()
        .flat_map(|addresses| members(&change.state, namespace.id, addresses).collect::<Vec<_>>())
        .filter(|(other, inner)| other.id != id && network.contains(&inner.addr()))
        .map(|(other, _)| other.id)
        .collect();
    for other in inside {
        place(change, other);
    }
}

/// Gives what lies in a prefix that is about to be deleted to the prefix above it.
pub(crate) fn before_delete(change: &mut Change<'_>, node: &Arc<Node>) {
    if !is_prefix(&change.state, node) {
        return;
    }
    let parent = read::one_peer(&change.state, node, "parent").map(|parent| parent.id);
    for name in ["children", "ip_addresses"] {
        for child in read::peers(&change.state, node, name) {
            set_parent(change, &child, parent);
        }
    }
}

fn place(change: &mut Change<'_>, id: NodeId) {
    let Some(node) = change.state.node(id).cloned() else { return };
    let parent = narrowest(&change.state, &node);
    set_parent(change, &node, parent);
}

/// The narrowest prefix around a prefix or address. The mask of an address does not count, but a prefix of one address
/// holds only an address that is as narrow.
fn narrowest(state: &State, node: &Arc<Node>) -> Option<NodeId> {
    let namespace = read::one_peer(state, node, "ip_namespace")?;
    let network = network_of(node)?;
    let longest = if is_prefix(state, node) {
        network.prefix_len().checked_sub(1)?
    } else {
        network.prefix_len().max(network.max_prefix_len() - 1)
    };
    members(state, namespace.id, false)
        .filter(|(other, outer)| {
            other.id != node.id && outer.prefix_len() <= longest && outer.contains(&network.addr())
        })
        .max_by_key(|(other, outer)| (outer.prefix_len(), std::cmp::Reverse(other.id)))
        .map(|(other, _)| other.id)
}

fn set_parent(change: &mut Change<'_>, node: &Arc<Node>, parent: Option<NodeId>) {
    let catalogue = change.state.catalogue.clone();
    let Some(kind) = catalogue.kind(&node.kind) else { return };
    let is_prefix = is_prefix(&change.state, node);
    let name = if is_prefix { "parent" } else { "ip_prefix" };
    let Some(relationship) = kind.relationship(name) else { return };
    let before: Vec<EdgeKey> =
        peers::current(change, node.id, kind, relationship).into_values().map(|(key, _)| key).collect();
    let is_same = before.iter().map(|key| key.peer).eq(parent);
    if !is_same {
        for key in &before {
            peers::end(change, key, relationship);
        }
        if let Some(parent) = parent {
            change.relate(node.id, kind, relationship, parent, &PeerInput::default());
        }
    }
    if is_prefix {
        set_top_level(change, node.id, parent.is_none());
    }
}

fn set_top_level(change: &mut Change<'_>, id: NodeId, is_top_level: bool) {
    let Some(node) = change.state.node(id) else { return };
    let Some(value) = node.values.get_key_value("is_top_level") else { return };
    let (name, stored) = (value.0.clone(), value.1.clone());
    if stored.value == Value::Bool(is_top_level) {
        return;
    }
    let mut node = Node::clone(node);
    let mut stored = Stored::clone(&stored);
    stored.value = is_top_level.into();
    stored.is_default = false;
    stored.metadata = stored.metadata.updated(change.now, change.author);
    node.values.insert(name, Arc::new(stored));
    change.put_node(node);
}
