//! Documents, and the objects in them.

use super::related::{Component, Related};
use super::{Wrong, entries, expand, items, related};
use crate::store::{Arguments, MAIN, NodeId, Refusals, Store, Write, python_text};
use infrahub_schema::yaml::{Data, Node};
use infrahub_schema::{Attribute, Cardinality, Flavour, KindSchema, Relationship, Schema};
use serde_json::{Value, json};

const VERSION: &str = "infrahub.app/v1";

/// What stays the same while the objects of a document are loaded.
struct Loader<'a> {
    store: &'a mut Store,
    schema: &'a Schema,
    author: Option<NodeId>,
    /// The kind of the document, which stands in where a relationship to a generic does not say which kind it holds.
    kind: &'a str,
}

/// Loads the objects of a document, or updates those that are there already.
pub(super) fn document(store: &mut Store, document: &Node, author: Option<NodeId>) -> Result<(), Wrong> {
    entries(document, "an object file")?;
    for (key, expected) in [("apiVersion", VERSION), ("kind", "Object")] {
        let found = document.get(key);
        if found.and_then(Node::text) != Some(expected) {
            let line = found.map_or(document.line, |found| found.line);
            return Err(Wrong::new(line, format!("`{key}: {expected}` is expected here")));
        }
    }
    let spec = document.get("spec").ok_or_else(|| Wrong::new(document.line, "`spec` is missing"))?;
    entries(spec, "`spec`")?;
    let Some(kind) = spec.get("kind") else {
        return Err(Wrong::new(
            spec.line,
            "`kind` is missing: the kind of the objects, such as `BuiltinTag`",
        ));
    };
    let view = store.view(MAIN).map_err(|refusals| Wrong::new(document.line, refusals.to_string()))?;
    let schema = named(view.schema(), kind)?;
    let data =
        spec.get("data").ok_or_else(|| Wrong::new(spec.line, "`data` is missing: a list of objects"))?;
    let objects = expand::objects(items(data, "`data`")?, expand::is_wanted(spec))?;
    let mut loader = Loader { store, schema: view.schema(), author, kind: &schema.kind };
    for object in &objects {
        loader.object(schema, object, Arguments::new())?;
    }
    Ok(())
}

/// The kind that a text names.
fn named<'s>(schema: &'s Schema, node: &Node) -> Result<&'s KindSchema, Wrong> {
    let name = node.text().ok_or_else(|| Wrong::new(node.line, "a kind is a text"))?;
    schema.kind(name).ok_or_else(|| Wrong::new(node.line, format!("the schema has no kind `{name}`")))
}

/// An object that is made after the one that it stands in, which it names in `owner`.
struct Later<'s> {
    kind: &'s KindSchema,
    node: Node,
    owner: &'s Relationship,
}

impl<'a> Loader<'a> {
    /// Loads one object with all that stands inside it. `data` are fields that follow from where it stands.
    fn object(&mut self, kind: &KindSchema, node: &Node, mut data: Arguments) -> Result<NodeId, Wrong> {
        let fields = entries(node, &format!("an object of {}", kind.kind))?;
        missing(kind, node, &data)?;
        let mut later = Vec::new();
        for (name, value) in fields {
            let wrong = |message: &str| Wrong::new(value.line, format!("{}.{name}: {message}", kind.kind));
            if let Some(attribute) = kind.attribute(name) {
                if value.data == Data::Scalar(Value::Null) {
                    return Err(wrong("null is no value: leave the field out"));
                }
                data.extend(input(attribute, value));
            } else if let Some(relationship) = kind.relationship(name) {
                let related = related::read(self.schema, relationship, value).map_err(|text| wrong(&text))?;
                let peers = match related {
                    Related::References(references) => {
                        self.check_named(relationship, &references).map_err(|text| wrong(&text))?;
                        Some(references)
                    }
                    Related::Objects(components) => self.peers(relationship, components, &mut later)?,
                };
                data.extend(peers.map(|peers| (name.clone(), peers)));
            } else {
                return Err(wrong("the kind has no such attribute or relationship"));
            }
        }
        let write = Write { branch: MAIN, kind: &kind.kind, data: &data, author: self.author, file: None };
        let id = self.store.upsert(&write).map_err(|refusals| refused(kind, node, &refusals))?.id;
        for Later { kind, node, owner } in later {
            let this = json!({ "id": id.to_string() });
            let this = if owner.cardinality == Cardinality::One { this } else { json!([this]) };
            self.object(kind, &node, Arguments::from_iter([(owner.name.clone(), this)]))?;
        }
        Ok(id)
    }

    /// Checks that the one peer that is named by its human-friendly id is there; the store may say it in other words.
    fn check_named(&self, relationship: &Relationship, reference: &Value) -> Result<(), String> {
        let Some(parts) = reference["hfid"].as_array() else { return Ok(()) };
        let hfid: Vec<String> = parts.iter().map(python_text).collect();
        let view = self.store.view(MAIN).map_err(|refusals| refusals.to_string())?;
        match view.by_hfid(&relationship.peer, &hfid).map_err(|refusals| refusals.to_string())? {
            Some(_) => Ok(()),
            None => Err(format!("there is no {} `{}`", relationship.peer, hfid.join(" "))),
        }
    }

    /// Loads the objects that stand in a relationship, and gives references to them. Those that cannot be without the one
    /// that they stand in are left for later.
    fn peers(
        &mut self,
        relationship: &Relationship,
        components: Vec<Component<'_>>,
        later: &mut Vec<Later<'a>>,
    ) -> Result<Option<Value>, Wrong> {
        let mut peers = Vec::new();
        for Component { kind, node, expands } in components {
            let kind = self.concrete(kind.unwrap_or(&relationship.peer), node)?;
            for node in expand::objects(std::slice::from_ref(node), expands)? {
                match related::owner(kind, relationship) {
                    Some(owner) => later.push(Later { kind, node, owner }),
                    None => {
                        peers.push(json!({ "id": self.object(kind, &node, Arguments::new())?.to_string() }));
                    }
                }
            }
        }
        Ok(match relationship.cardinality {
            Cardinality::One => peers.into_iter().next(),
            _ => Some(peers).filter(|peers| !peers.is_empty()).map(Value::from),
        })
    }

    /// The kind of an object inside another one, which cannot be a generic.
    fn concrete(&self, name: &str, node: &Node) -> Result<&'a KindSchema, Wrong> {
        let unknown = || Wrong::new(node.line, format!("the schema has no kind `{name}`"));
        let kind = self.schema.kind(name).ok_or_else(unknown)?;
        if kind.flavour != Flavour::Generic {
            return Ok(kind);
        }
        let kinds = self.schema.kinds_of(name);
        kinds.iter().find(|kind| kind.kind == self.kind).copied().ok_or_else(|| {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.kind.as_str()).collect();
            let message =
                format!("{name} is a generic: say `kind:` beside `data:`, one of {}", kinds.join(", "));
            Wrong::new(node.line, message)
        })
    }
}

/// What of an attribute is written: its value, alone or with what is said about it. What the server sets is left out.
fn input(attribute: &Attribute, node: &Node) -> Option<(String, Value)> {
    let value = node.to_json();
    let says_more = node.get("value").is_some();
    let input = if says_more { value } else { json!({ "value": value }) };
    (!attribute.read_only).then(|| (attribute.name.clone(), input))
}

/// Refuses an object without its mandatory fields. A template may give them.
fn missing(kind: &KindSchema, node: &Node, given: &Arguments) -> Result<(), Wrong> {
    if node.get("object_template").is_some() {
        return Ok(());
    }
    let attributes = kind.attributes.iter();
    let attributes = attributes
        .filter(|attribute| !attribute.optional && attribute.default_value.is_none() && !attribute.read_only)
        .map(|attribute| &attribute.name);
    let relationships = kind.relationships.iter().filter(|field| !field.optional).map(|field| &field.name);
    let missing: Vec<&str> = attributes
        .chain(relationships)
        .filter(|name| node.get(name).is_none() && !given.contains_key(*name))
        .map(String::as_str)
        .collect();
    match missing.as_slice() {
        [] => Ok(()),
        missing => Err(Wrong::new(
            node.line,
            format!("{}: mandatory and missing: {}", kind.kind, missing.join(", ")),
        )),
    }
}

/// A refusal of the store, where the field stands that it is about.
fn refused(kind: &KindSchema, node: &Node, refusals: &Refusals) -> Wrong {
    let first = refusals.first();
    match first.field().and_then(|field| Some((field, node.get(field)?))) {
        Some((field, value)) => Wrong::new(value.line, format!("{}.{field}: {first}", kind.kind)),
        None => Wrong::new(node.line, format!("{}: {first}", kind.kind)),
    }
}
