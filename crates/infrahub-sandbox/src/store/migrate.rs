//! What becomes of objects when their schema changes.

use super::catalogue::Catalogue;
use super::change::Change;
use super::id::Clock;
use super::record::{Metadata, Node, Stored};
use super::state::State;
use super::{MAIN, NodeId, Store, number, value};
use infrahub_schema::{Attribute, AttributeKind, Flavour, KindSchema};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change of the schema: who made it, and when.
pub(crate) struct Migration<'a> {
    /// What the objects were made for.
    pub(crate) before: &'a Catalogue,
    pub(crate) clock: &'a mut Clock,
    pub(crate) now: Timestamp,
    pub(crate) author: Option<NodeId>,
}

impl Migration<'_> {
    /// Makes objects of what they are to be under the schema that the state has: they get the defaults of attributes
    /// that are new, and what is gone from the schema is gone from them, with objects of kinds that are gone. Relations
    /// stay, and are seen again where a relationship comes back.
    pub(crate) fn run(&mut self, state: &mut State) {
        self.remove_kinds(state);
        let catalogue = state.catalogue.clone();
        let kinds = catalogue.schema().kinds.values().filter(|kind| kind.flavour != Flavour::Generic);
        for kind in kinds.filter(|kind| self.before.kind(&kind.kind) != Some(kind)) {
            let nodes: Vec<Arc<Node>> = state.of_kind(&kind.kind).into_iter().cloned().collect();
            for node in nodes {
                if let Some(migrated) = self.migrated(&node, kind, &catalogue) {
                    state.put_node(migrated);
                }
            }
        }
    }

    fn remove_kinds(&self, state: &mut State) {
        let is_gone = |node: &&Arc<Node>| state.catalogue.kind(&node.kind).is_none();
        let gone: Vec<NodeId> = state.nodes().filter(is_gone).map(|node| node.id).collect();
        for id in gone {
            state.remove_node(id);
        }
    }

    /// The object with the attributes that its kind has; `None` where it has just these.
    fn migrated(&mut self, node: &Node, kind: &KindSchema, catalogue: &Catalogue) -> Option<Node> {
        let mut values = BTreeMap::new();
        for attribute in &kind.attributes {
            let (name, stored) = match node.values.get_key_value(attribute.name.as_str()) {
                Some((name, stored)) => (name.clone(), rewritten(attribute, stored)),
                None => {
                    (Arc::from(attribute.name.as_str()), Arc::new(self.first(attribute, kind, catalogue)))
                }
            };
            values.insert(name, stored);
        }
        if values == node.values {
            return None;
        }
        let metadata = node.metadata.updated(self.now, self.author);
        Some(Node { values, metadata, ..node.clone() })
    }

    /// A new attribute has its default, in profiles and templates, too, where it is that of the kind they are for.
    fn first(&mut self, attribute: &Attribute, kind: &KindSchema, catalogue: &Catalogue) -> Stored {
        let name = &attribute.name;
        let original = ["Profile", "Template"]
            .iter()
            .filter_map(|prefix| catalogue.kind(kind.kind.strip_prefix(prefix)?)?.attribute(name))
            .next();
        Stored {
            id: self.clock.id(),
            value: value::default(original.unwrap_or(attribute)),
            is_default: true,
            is_from_profile: false,
            is_protected: false,
            source: None,
            owner: None,
            metadata: Metadata::new(self.now, self.author),
        }
    }
}

/// A value of an attribute that may be of another kind now: lists and maps are texts for all kinds but two.
fn rewritten(attribute: &Attribute, stored: &Arc<Stored>) -> Arc<Stored> {
    let is_structure = matches!(attribute.kind, AttributeKind::List | AttributeKind::Json);
    let value = match &stored.value {
        Value::String(text) if is_structure => serde_json::from_str(text).ok(),
        structure @ (Value::Array(_) | Value::Object(_)) if !is_structure => {
            Some(Value::String(structure.to_string()))
        }
        _ => None,
    };
    match value {
        Some(value) => Arc::new(Stored { value, ..Stored::clone(stored) }),
        None => stored.clone(),
    }
}

impl Store {
    /// Gives objects that have none yet the numbers of the schema's own pools.
    pub(crate) fn number_objects(&mut self, author: Option<NodeId>) {
        let Ok(mut change) = Change::begin(self, MAIN, author) else { return };
        let catalogue = change.state.catalogue.clone();
        for (kind, attribute) in catalogue.number_pools() {
            let nodes: Vec<Arc<Node>> = change.state.of_kind(&kind.kind).into_iter().cloned().collect();
            let has_none = |node: &&Arc<Node>| {
                node.values.get(attribute.name.as_str()).is_some_and(|stored| stored.value.is_null())
            };
            for node in nodes.iter().filter(has_none) {
                let taken = number::for_attribute(&mut change, kind, attribute, None, node.id);
                let Ok(Some((number, pool))) = taken else { continue };
                let mut numbered = Node::clone(node);
                if let Some(stored) = numbered.values.get_mut(attribute.name.as_str()) {
                    let stored = Arc::make_mut(stored);
                    stored.value = number.into();
                    stored.is_default = false;
                    stored.source = Some(pool);
                }
                change.put_node(numbered);
            }
        }
        change.commit();
    }
}
