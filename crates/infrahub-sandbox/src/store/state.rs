//! Everything on one branch at one moment.

use super::NodeId;
use super::catalogue::Catalogue;
use super::history::Step;
use super::record::{Edge, EdgeKey, Node, Side};
use super::tree::Tree;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The objects of a branch and their relations. A copy is a handful of pointers.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) catalogue: Arc<Catalogue>,
    nodes: Tree<NodeId, Arc<Node>>,
    kinds: Tree<(Arc<str>, NodeId), ()>,
    edges: Tree<EdgeKey, Arc<Edge>>,
    values: Tree<(Arc<str>, Arc<str>, NodeId), ()>,
}

impl State {
    /// Nothing yet.
    pub(crate) fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            nodes: Tree::default(),
            kinds: Tree::default(),
            edges: Tree::default(),
            values: Tree::default(),
        }
    }

    /// The object of that id, if its kind is still in the schema.
    pub(crate) fn node(&self, id: NodeId) -> Option<&Arc<Node>> {
        self.nodes.get(&id).filter(|node| self.catalogue.facts(&node.kind).is_some())
    }

    /// Every object, in the order of their ids.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.iter().map(|(_, node)| node)
    }

    /// Every relation, from both ends.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (&EdgeKey, &Arc<Edge>)> {
        self.edges.iter()
    }

    /// The objects of a kind, or of all kinds of a generic, in the order of their ids.
    pub(crate) fn of_kind(&self, kind: &str) -> Vec<&Arc<Node>> {
        let Some(facts) = self.catalogue.facts(kind) else { return Vec::new() };
        let mut found: Vec<&Arc<Node>> = Vec::new();
        for concrete in &facts.concrete {
            let start = (concrete.clone(), NodeId::MIN);
            let ids = self.kinds.from(&start).take_while(|((kind, _), ())| kind == concrete);
            found.extend(ids.filter_map(|((_, id), ())| self.nodes.get(id)));
        }
        if facts.concrete.len() > 1 {
            found.sort_unstable_by_key(|node| node.id);
        }
        found
    }

    /// The objects of a kind that keep this value of an indexed attribute.
    pub(crate) fn with_value(&self, kind: &str, attribute: &str, value: &Value) -> Vec<&Arc<Node>> {
        let Some(facts) = self.catalogue.facts(kind) else { return Vec::new() };
        let start = (Arc::from(attribute), text_of(value), NodeId::MIN);
        self.values
            .from(&start)
            .take_while(|((name, text, _), ())| *name == start.0 && *text == start.1)
            .filter_map(|((_, _, id), ())| self.nodes.get(id))
            .filter(|node| facts.concrete.contains(&node.kind))
            .collect()
    }

    /// The objects of a kind to which an object is related so, in the order of their ids.
    pub(crate) fn related(&self, id: NodeId, identifier: &str, side: Side, kind: &str) -> Vec<&Arc<Node>> {
        let peers = self.edges_at(id, identifier, side).filter_map(|(key, _)| self.nodes.get(&key.peer));
        let mut found: Vec<&Arc<Node>> = peers.filter(|peer| self.catalogue.is_a(&peer.kind, kind)).collect();
        found.dedup_by_key(|peer| peer.id);
        found
    }

    /// Adds an object, or puts it in the place of the one with its id.
    pub(crate) fn put_node(&mut self, node: Node) {
        if let Some(old) = self.nodes.get(&node.id).cloned() {
            self.unindex(&old);
        }
        for (attribute, text) in self.indexed(&node) {
            self.values.insert((attribute, text, node.id), ());
        }
        self.kinds.insert((node.kind.clone(), node.id), ());
        self.nodes.insert(node.id, Arc::new(node));
    }

    /// Removes an object with its relations.
    pub(crate) fn remove_node(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get(&id).cloned() else { return };
        let keys: Vec<EdgeKey> = self.edges_of(id).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.remove_edge(&key);
        }
        self.unindex(&node);
        self.kinds.remove(&(node.kind.clone(), id));
        self.nodes.remove(&id);
    }

    /// All relations of an object.
    pub(crate) fn edges_of(&self, id: NodeId) -> impl Iterator<Item = (&EdgeKey, &Arc<Edge>)> {
        let start = EdgeKey {
            node: id,
            identifier: Arc::from(""),
            side: Side::Either,
            peer: NodeId::MIN,
            edge: NodeId::MIN,
        };
        self.edges.from(&start).take_while(move |(key, _)| key.node == id)
    }

    /// The relations of an object that one relationship holds, in the order of the peers' ids.
    pub(crate) fn edges_at<'a>(
        &'a self,
        id: NodeId,
        identifier: &str,
        side: Side,
    ) -> impl Iterator<Item = (&'a EdgeKey, &'a Arc<Edge>)> + use<'a> {
        let start = EdgeKey {
            node: id,
            identifier: Arc::from(identifier),
            side,
            peer: NodeId::MIN,
            edge: NodeId::MIN,
        };
        let name = start.identifier.clone();
        self.edges
            .from(&start)
            .take_while(move |(key, _)| key.node == id && key.identifier == name && key.side == side)
    }

    /// Adds a relation, or changes what is kept of it.
    pub(crate) fn put_edge(&mut self, key: &EdgeKey, edge: Arc<Edge>) {
        self.edges.insert(key.reversed(), edge.clone());
        self.edges.insert(key.clone(), edge);
    }

    /// Removes a relation.
    pub(crate) fn remove_edge(&mut self, key: &EdgeKey) {
        self.edges.remove(&key.reversed());
        self.edges.remove(key);
    }

    /// What was changed to come here from an earlier state; `None` where the schema is another.
    pub(crate) fn step_from(&self, earlier: &Self) -> Option<Step> {
        if !Arc::ptr_eq(&self.catalogue, &earlier.catalogue) {
            return None;
        }
        let mut edges = self.edges.changes_from(&earlier.edges);
        // the other end follows
        edges.retain(|(key, _)| key.node <= key.peer);
        Some(Step { nodes: self.nodes.changes_from(&earlier.nodes), edges })
    }

    /// Goes on by what was changed.
    pub(crate) fn go(&mut self, step: &Step) {
        for (id, node) in &step.nodes {
            match node {
                Some(node) => self.put_node(Node::clone(node)),
                None => self.remove_node(*id),
            }
        }
        for (key, edge) in &step.edges {
            match edge {
                Some(edge) => self.put_edge(key, edge.clone()),
                None => self.remove_edge(key),
            }
        }
    }

    /// The same objects under another schema.
    pub(crate) fn under(&self, catalogue: Arc<Catalogue>) -> Self {
        let mut state = Self { edges: self.edges.clone(), ..Self::new(catalogue) };
        for node in self.nodes() {
            state.put_node(Node::clone(node));
        }
        state
    }

    fn unindex(&mut self, node: &Node) {
        for (attribute, text) in self.indexed(node) {
            self.values.remove(&(attribute, text, node.id));
        }
    }

    fn indexed(&self, node: &Node) -> Vec<(Arc<str>, Arc<str>)> {
        let none = BTreeSet::new();
        let names = self.catalogue.facts(&node.kind).map_or(&none, |facts| &facts.indexed);
        names.iter().filter_map(|name| Some((name.clone(), text_of(&node.values.get(name)?.value)))).collect()
    }
}

fn text_of(value: &Value) -> Arc<str> {
    Arc::from(value.to_string())
}
