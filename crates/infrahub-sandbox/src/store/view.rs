//! What a caller sees of a branch: objects with their values, labels and peers.

use super::catalogue::Catalogue;
use super::filter::read_conditions;
use super::find::{self, Found};
use super::page::Page;
use super::path::Path;
use super::read::{self, AttributeView};
use super::record::{Edge, Metadata, Node};
use super::state::State;
use super::{Arguments, NodeId, Outcome, Refused};
use infrahub_schema::{KindSchema, Relationship, Schema};
use serde_json::Value;
use std::sync::Arc;

/// A branch as it was at one moment. It never changes.
#[derive(Debug, Clone)]
pub(crate) struct View {
    state: Arc<State>,
}

impl View {
    pub(crate) fn new(state: State) -> Self {
        Self { state: Arc::new(state) }
    }

    /// The schema of the branch at that moment, with what follows from it.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        self.state.catalogue.clone()
    }

    /// The schema of the branch at that moment.
    pub(crate) fn schema(&self) -> &Schema {
        self.state.catalogue.schema()
    }

    /// The object of that id, of whatever kind.
    pub(crate) fn get(&self, id: NodeId) -> Option<Object> {
        self.state.node(id).map(|node| self.object(node))
    }

    /// The object of the id in that text; `None` also where the text is no UUID.
    pub(crate) fn get_text(&self, id: &str) -> Option<Object> {
        self.get(NodeId::parse(id)?)
    }

    /// The object of a kind or generic with that human-friendly id.
    pub(crate) fn by_hfid(&self, kind: &str, hfid: &[String]) -> Outcome<Option<Object>> {
        let found = find::by_hfid(&self.state, self.kind(kind)?, hfid)?;
        Ok(found.map(|node| self.object(&node)))
    }

    /// The objects of a kind or generic, as its query field gives them for these arguments (`offset`, `limit`, `order`,
    /// `ids`, `hfid`, `partial_match`, and every filter).
    pub(crate) fn find(&self, kind: &str, arguments: &Arguments) -> Outcome<Found<Object>> {
        let found = find::find(&self.state, self.kind(kind)?, arguments)?;
        let items = found.items.iter().map(|node| self.object(node)).collect();
        Ok(Found { count: found.count, items })
    }

    /// The account of that name.
    pub(crate) fn account(&self, name: &str) -> Option<Object> {
        let found = self.state.with_value("CoreGenericAccount", "name", &Value::from(name));
        found.first().map(|node| self.object(node))
    }

    /// Whether an object of the kind is one of the generic, or the kind is the same.
    pub(crate) fn is_a(&self, kind: &str, generic: &str) -> bool {
        self.state.catalogue.is_a(kind, generic)
    }

    fn kind(&self, name: &str) -> Result<&KindSchema, Refused> {
        kind(&self.state.catalogue, name)
    }

    fn object(&self, node: &Arc<Node>) -> Object {
        Object { view: self.clone(), node: node.clone() }
    }
}

/// The kind of that name, or the server's refusal.
pub(crate) fn kind<'c>(catalogue: &'c Catalogue, name: &str) -> Result<&'c KindSchema, Refused> {
    catalogue.kind(name).ok_or_else(|| Refused::SchemaNotFound {
        kind: name.to_owned(),
        message: format!("Unable to find the schema {name} in the database."),
    })
}

/// An object as a view shows it.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    view: View,
    node: Arc<Node>,
}

impl Object {
    /// Its id.
    pub(crate) fn id(&self) -> NodeId {
        self.node.id
    }

    /// Its kind, never a generic.
    pub(crate) fn kind(&self) -> &str {
        &self.node.kind
    }

    /// The schema of its kind; a view shows no object whose kind is not in its schema.
    pub(crate) fn schema(&self) -> Option<&KindSchema> {
        self.view.state.catalogue.kind(&self.node.kind)
    }

    /// The view that it was found in.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// Its name for people.
    pub(crate) fn display_label(&self) -> String {
        read::display_label(&self.view.state, &self.node)
    }

    /// Its human-friendly id; `None` where the kind has none.
    pub(crate) fn hfid(&self) -> Option<Vec<String>> {
        read::hfid(&self.view.state, &self.node)
    }

    /// An attribute; `None` where the kind has no such attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<AttributeView> {
        read::attribute(&self.view.state, &self.node, name)
    }

    /// The text of an attribute; empty where it has none.
    pub(crate) fn text(&self, name: &str) -> String {
        let value = self.attribute(name).map(|attribute| attribute.value);
        value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The value at a path (`site__name__value`); null where there is none.
    pub(crate) fn at_path(&self, path: &str) -> Value {
        let path = self.schema().and_then(|kind| Path::parse(kind, path));
        path.map_or(Value::Null, |path| read::at_path(&self.view.state, &self.node, &path, 0))
    }

    /// Who made and changed it, and when.
    pub(crate) fn metadata(&self) -> Metadata {
        self.node.metadata
    }

    /// The peer of a relationship to one; `None` where there is none, or no such relationship.
    pub(crate) fn peer(&self, relationship: &str) -> Option<Peer> {
        let kind = self.schema()?;
        let relationship = kind.relationship(relationship)?;
        self.relations(&self.node, kind, relationship).into_iter().next()
    }

    /// The peers of a relationship to many, as its field gives them for these arguments. `ancestors` and `descendants`
    /// of an object in a hierarchy are among them.
    pub(crate) fn peers(&self, relationship: &str, arguments: &Arguments) -> Outcome<Found<Peer>> {
        let kind = self.view.kind(&self.node.kind)?;
        let (peer_kind, mut found) = match (relationship, &kind.hierarchy) {
            ("ancestors", Some(hierarchy)) => (hierarchy.as_str(), self.line("parent")),
            ("descendants", Some(hierarchy)) => (hierarchy.as_str(), self.line("children")),
            _ => {
                let schema = kind.relationship(relationship).ok_or_else(|| {
                    Refused::failure(format!("{} has no relationship {relationship}", kind.kind))
                })?;
                (schema.peer.as_str(), self.many(kind, schema, arguments))
            }
        };
        let peer_kind = self.view.kind(peer_kind)?;
        // On peers, the server takes a filter by one value that is false, zero or empty for none.
        let mut filters = arguments.clone();
        filters.retain(|name, value| name.contains("__") && is_truthy(value));
        let conditions = read_conditions(peer_kind, &filters)?;
        if let Some(ids) = find::only(arguments) {
            found.retain(|peer| ids.contains(&peer.object.node.id));
        }
        let state = &self.view.state;
        found.retain(|peer| {
            conditions.iter().all(|condition| condition.holds(state, &peer.object.node, false))
        });
        let page = Page::of_peers(peer_kind, arguments)?;
        let related = found.len();
        // Related twice, a peer is counted twice and shown once.
        found.dedup_by_key(|peer| peer.object.node.id);
        let found = page.cut(state, found, |peer| &peer.object.node);
        Ok(Found { count: related, items: found.items })
    }

    /// The peers in the order of their ids; with `include_descendants` also those of everything below the object.
    fn many(&self, kind: &KindSchema, relationship: &Relationship, arguments: &Arguments) -> Vec<Peer> {
        let mut found = self.relations(&self.node, kind, relationship);
        if arguments.get("include_descendants").and_then(Value::as_bool) == Some(true) {
            for below in read::line(&self.view.state, &self.node, "children") {
                let schema = self.view.state.catalogue.kind(&below.kind);
                let same = schema.and_then(|kind| Some((kind, kind.relationship(&relationship.name)?)));
                if let Some((kind, relationship)) = same {
                    found.extend(self.relations(&below, kind, relationship));
                }
            }
            found.sort_by_key(|peer| peer.object.node.id);
        }
        found
    }

    fn relations(&self, node: &Node, kind: &KindSchema, relationship: &Relationship) -> Vec<Peer> {
        read::relations(&self.view.state, node, kind, relationship)
            .map(|(_, edge, peer)| Peer { object: self.view.object(peer), edge: Some(edge.clone()) })
            .collect()
    }

    fn line(&self, relationship: &str) -> Vec<Peer> {
        let mut line = read::line(&self.view.state, &self.node, relationship);
        line.sort_by_key(|node| node.id);
        line.iter().map(|node| Peer { object: self.view.object(node), edge: None }).collect()
    }
}

/// Python's truth of a value.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// A related object with what is said about the relation.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// The related object.
    pub(crate) object: Object,
    edge: Option<Arc<Edge>>,
}

impl Peer {
    /// Protection, source and owner as they are answered: what is not set is null, and so is a protection that was taken
    /// off.
    pub(crate) fn properties(&self) -> Properties {
        let edge = self.edge.as_deref();
        Properties {
            is_protected: edge.map(|edge| edge.is_protected).filter(|protected| *protected),
            source: edge.and_then(|edge| edge.source),
            owner: edge.and_then(|edge| edge.owner),
        }
    }

    /// Who made and changed the relation, and when; `None` for ancestors and descendants.
    pub(crate) fn metadata(&self) -> Option<Metadata> {
        self.edge.as_ref().map(|edge| edge.metadata)
    }
}

/// What is said about a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Properties {
    pub(crate) is_protected: Option<bool>,
    pub(crate) source: Option<NodeId>,
    pub(crate) owner: Option<NodeId>,
}
