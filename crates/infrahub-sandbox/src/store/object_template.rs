//! Object templates: what a new object takes from one, and the components that come with it.

use super::change::Change;
use super::create::{Source, insert};
use super::input::PeerInput;
use super::pool::{self, Request};
use super::record::{Node, Stored};
use super::state::State;
use super::{
    Arguments, NodeId, Outcome, Refused, constraint, find, number, peers, profile, python, read, unique,
    value,
};
use infrahub_schema::{Cardinality, Flavour, KindSchema, RelationshipKind};
use serde_json::{Value, json};
use std::sync::Arc;

/// The relationship of an object to the template that it is made from.
const TEMPLATE: &str = "object_template";
/// The end of the name of a template's relationship to the pool for a field.
const POOL: &str = "_from_resource_pool";

/// A field whose value comes from a pool that the template names.
#[derive(Debug, Clone)]
pub(crate) struct Pooled {
    /// The attribute or relationship.
    pub(crate) field: String,
    /// The pool.
    pub(crate) pool: Arc<Node>,
}

/// The template that the fields of a new object name, if they do.
pub(crate) fn named(
    state: &State,
    kind: &KindSchema,
    fields: &Arguments,
) -> Result<Option<Arc<Node>>, Refused> {
    let (Some(relationship), Some(Value::Object(asked))) =
        (kind.relationship(TEMPLATE), fields.get(TEMPLATE))
    else {
        return Ok(None);
    };
    let by_id = asked.get("id").and_then(Value::as_str).and_then(NodeId::parse);
    let found = match (by_id, asked.get("hfid").and_then(Value::as_array)) {
        (Some(id), _) => state.node(id).cloned(),
        (None, Some(hfid)) => {
            let hfid: Vec<String> = hfid.iter().map(python::text).collect();
            let kind = state.catalogue.kind(&relationship.peer);
            kind.and_then(|kind| find::by_hfid(state, kind, &hfid).ok().flatten())
        }
        _ => None,
    };
    found.filter(|node| state.catalogue.is_a(&node.kind, &relationship.peer)).map(Some).ok_or_else(|| {
        let name = asked.get("id").or_else(|| asked.get("hfid")).map(python::text).unwrap_or_default();
        let sentence = format!("Unable to find the object template in the database '{name}'");
        Refused::rule(&kind.kind, TEMPLATE, sentence)
    })
}

/// Adds to the fields of a new object what the template has and they do not name. Gives the fields that come from pools.
pub(crate) fn fill(state: &State, template: &Arc<Node>, fields: &mut Arguments) -> Vec<Pooled> {
    let Some(schema) = state.catalogue.kind(&template.kind) else { return Vec::new() };
    let named: Vec<String> = fields.keys().cloned().collect();
    let is_named = |name: &str| named.iter().any(|named| named == name);
    for attribute in &schema.attributes {
        let stored = template.values.get(attribute.name.as_str()).filter(|stored| !stored.value.is_null());
        if let Some(stored) =
            stored.filter(|_| attribute.name != "template_name" && !is_named(&attribute.name))
        {
            fields.insert(attribute.name.clone(), taken_over(template, stored));
        }
    }
    let mut pooled = Vec::new();
    for relationship in &schema.relationships {
        let name = relationship.name.as_str();
        if let Some(field) = name.strip_suffix(POOL) {
            let pool = read::peers(state, template, name).into_iter().next();
            pooled.extend(
                pool.filter(|_| !is_named(field)).map(|pool| Pooled { field: field.to_owned(), pool }),
            );
            continue;
        }
        let field = match name.strip_suffix("_for_instances") {
            Some(field) => field,
            None if !is_taken(&relationship.kind) || name == TEMPLATE => continue,
            None => name,
        };
        let peers = read::peers(state, template, name);
        if peers.is_empty() || is_named(field) {
            continue;
        }
        let mut peers: Vec<Value> = peers.iter().map(|peer| json!({ "id": peer.id.to_string() })).collect();
        let value = match relationship.cardinality {
            Cardinality::One => peers.swap_remove(0),
            Cardinality::Many => Value::Array(peers),
        };
        fields.insert(field.to_owned(), value);
    }
    pooled
}

fn is_taken(kind: &RelationshipKind) -> bool {
    matches!(kind, RelationshipKind::Attribute | RelationshipKind::Generic | RelationshipKind::Profile)
}

/// A value of a template as a field of the new object.
fn taken_over(template: &Node, stored: &Stored) -> Value {
    let source = stored.source.unwrap_or(template.id).to_string();
    let mut field = json!({ "value": stored.value, "source": source });
    if stored.is_from_profile {
        field["is_from_profile"] = true.into();
    }
    field
}

/// The number, or the object, that a pool gives for a field of an object.
pub(crate) enum Given {
    Number(i64),
    Peer(NodeId),
}

/// Takes from the pool that a template names for a field. What the object has of it already is given again.
pub(crate) fn take(
    change: &mut Change<'_>,
    kind: &KindSchema,
    pooled: &Pooled,
    object: NodeId,
) -> Outcome<Given> {
    match kind.attribute(&pooled.field) {
        Some(attribute) => match number::take(change, &pooled.pool, attribute, object) {
            Some(number) => Ok(Given::Number(number)),
            None => Err(Refused::Other {
                http_status: 409,
                message: "There are no more values available in this pool.".to_owned(),
            }
            .into()),
        },
        None => {
            let request = Request { identifier: Some(object.to_string()), ..Request::default() };
            Ok(Given::Peer(pool::give(change, &pooled.pool, &request)?))
        }
    }
}

/// Makes the components that the template has for an object, and theirs. A relationship that the write names itself has
/// none from the template.
pub(crate) fn add_components(
    change: &mut Change<'_>,
    object: NodeId,
    template: &Arc<Node>,
    named: &[&str],
) -> Outcome<()> {
    let catalogue = change.state.catalogue.clone();
    let kind = change.state.node(object).and_then(|node| catalogue.kind(&node.kind));
    let components = kind.into_iter().flat_map(|kind| &kind.relationships).filter(|relationship| {
        relationship.kind == RelationshipKind::Component && !named.contains(&relationship.name.as_str())
    });
    for relationship in components {
        for part in read::peers(&change.state, template, &relationship.name) {
            let made = part.kind.strip_prefix("Template").and_then(|name| catalogue.kind(name));
            let Some(made) = made else { continue };
            let fields = component(&change.state, made, &part, template, object);
            let before = change.state.clone();
            let id = insert(change, made, &fields, Source::Template)?.id;
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            check(change, &before, id, made, &names)?;
            take_all(change, made, &part, id)?;
            profile::apply(change, id);
            add_components(change, id, &part, &[])?;
        }
    }
    Ok(())
}

fn check(
    change: &Change<'_>,
    before: &State,
    id: NodeId,
    kind: &KindSchema,
    names: &[&str],
) -> Result<(), Refused> {
    let Some(node) = change.state.node(id) else { return Ok(()) };
    unique::check(&change.state, change.origin(), node, names)?;
    for relationship in kind.relationships.iter().filter(|field| names.contains(&field.name.as_str())) {
        constraint::check(before, &change.state, node, kind, relationship)?;
    }
    Ok(())
}

/// The fields of a component: the template's values but for its plain defaults, its peers, and the object as its parent.
fn component(
    state: &State,
    kind: &KindSchema,
    part: &Arc<Node>,
    template: &Node,
    object: NodeId,
) -> Arguments {
    let mut fields = Arguments::new();
    for attribute in &kind.attributes {
        let stored = part.values.get(attribute.name.as_str()).filter(|stored| !stored.value.is_null());
        if let Some(stored) = stored
            && !(stored.is_default && value::default(attribute) == stored.value)
        {
            fields.insert(attribute.name.clone(), taken_over(part, stored));
        }
    }
    let is_template = |peer: &Arc<Node>| {
        state.catalogue.kind(&peer.kind).is_some_and(|kind| kind.flavour == Flavour::Template)
    };
    for relationship in &kind.relationships {
        let is_structure = matches!(
            relationship.kind,
            RelationshipKind::Component | RelationshipKind::Parent | RelationshipKind::Profile
        );
        if !is_structure && relationship.kind != RelationshipKind::Attribute {
            continue;
        }
        let found = read::peers(state, part, &relationship.name);
        let ids: Vec<Value> = match &found[..] {
            [only] if is_structure && only.id == template.id => vec![json!({ "id": object.to_string() })],
            peers => {
                let own = peers.iter().filter(|peer| !is_template(peer));
                own.map(|peer| json!({ "id": peer.id.to_string() })).collect()
            }
        };
        if !ids.is_empty() {
            fields.insert(relationship.name.clone(), Value::Array(ids));
        }
    }
    fields
}

/// Takes from every pool that the template of a component names.
fn take_all(change: &mut Change<'_>, kind: &KindSchema, part: &Arc<Node>, id: NodeId) -> Outcome<()> {
    let mut fields = Arguments::new();
    for pooled in fill(&change.state, part, &mut fields) {
        match take(change, kind, &pooled, id)? {
            Given::Number(number) => set_number(change, id, &pooled, number),
            Given::Peer(peer) => {
                if let Some(relationship) = kind.relationship(&pooled.field) {
                    let said = PeerInput { source: Some(pooled.pool.id), ..PeerInput::of(peer) };
                    peers::replace(change, id, kind, relationship, Some(&[(peer, said)]))?;
                }
            }
        }
    }
    Ok(())
}

fn set_number(change: &mut Change<'_>, id: NodeId, pooled: &Pooled, number: i64) {
    let Some(node) = change.state.node(id) else { return };
    let Some((name, stored)) = node.values.get_key_value(pooled.field.as_str()) else { return };
    let mut stored = Stored::clone(stored);
    stored.value = number.into();
    stored.is_default = false;
    stored.source = Some(pooled.pool.id);
    let name = name.clone();
    let mut node = Node::clone(node);
    node.values.insert(name, Arc::new(stored));
    change.put_node(node);
}
