//! New objects.

use super::change::Change;
use super::input::{PeerInput, ValueInput};
use super::object_template::{self, Given, Pooled};
use super::record::{Node, Stored};
use super::{
    Arguments, NodeId, Outcome, Refusals, Refused, draft, number, password, peers, profile, python, read,
    related,
};
use infrahub_schema::{Attribute, AttributeKind, Flavour, KindSchema, Relationship};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a new object comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A create of a client.
    Client,
    /// A pool that makes an address or prefix.
    Pool,
    /// The template of the object that it is a component of.
    Template,
}

/// A new object.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) id: NodeId,
    /// Hashed passwords as they were given, by attribute.
    pub(crate) clear: BTreeMap<String, Value>,
    /// The template that it was made from.
    pub(crate) template: Option<Arc<Node>>,
}

/// The fields of a new object as they were read.
#[derive(Debug)]
pub(crate) struct Draft<'k> {
    pub(crate) kind: &'k KindSchema,
    pub(crate) id: NodeId,
    pub(crate) values: BTreeMap<Arc<str>, Arc<Stored>>,
    pub(crate) peers: Vec<(&'k Relationship, Vec<PeerInput>)>,
    /// Mandatory attributes that get their value from a profile or a pool.
    provided: Vec<String>,
}

/// Adds an object of that kind with these fields. What holds between it and other objects is not checked yet.
pub(crate) fn insert(
    change: &mut Change<'_>,
    kind: &KindSchema,
    fields: &Arguments,
    source: Source,
) -> Outcome<Made> {
    if kind.flavour == Flavour::Generic {
        let message = format!(
            "Node of generic schema `schema.name={}` can not be instantiated.",
            python::quoted(&kind.name)
        );
        return Err(Refused::failure(message).into());
    }
    let id = id_of(change, kind, fields)?;
    let mut fields = fields.clone();
    let mut problems = Vec::new();
    let template = match source {
        Source::Client => object_template::named(&change.state, kind, &fields),
        Source::Pool | Source::Template => Ok(None),
    };
    let template = template.unwrap_or_else(|refused| {
        problems.push(refused);
        None
    });
    let pooled = match &template {
        Some(template) => object_template::fill(&change.state, template, &mut fields),
        None => Vec::new(),
    };
    let provided = provided(change, kind, &fields, &pooled);
    problems.extend(missing(kind, &fields, &provided));
    Refusals::check(problems)?;

    let mut draft = Draft { kind, id, values: BTreeMap::new(), peers: Vec::new(), provided };
    let mut problems = read_peers(change, &mut draft, &fields);
    problems.extend(read_values(change, &mut draft, &fields));
    Refusals::check(problems)?;
    Refusals::check(take_numbers(change, &mut draft, &fields, &pooled)?)?;
    let clear = hash_passwords(&mut draft)?;
    set_label(change, &mut draft);

    let related = related::resolve(change, &draft, &pooled)?;
    let metadata = change.metadata();
    let values = std::mem::take(&mut draft.values);
    change.put_node(Node { id, kind: Arc::from(kind.kind.as_str()), values, metadata });
    for (relationship, peers) in &related {
        peers::relate_new(change, id, kind, relationship, peers)?;
    }
    check_computed(change, &draft)?;
    Ok(Made { id, clear, template })
}

/// The id that the client chose, or a new one.
fn id_of(change: &mut Change<'_>, kind: &KindSchema, fields: &Arguments) -> Outcome<NodeId> {
    let id = match fields.get("id").and_then(Value::as_str) {
        None | Some("") => change.store.clock.id(),
        Some(text) => {
            let id = NodeId::parse(text)
                .ok_or_else(|| Refused::wrong_type(&kind.kind, "id", text.to_owned(), "UUID"))?;
            if change.store.was_used(id) || change.state.node(id).is_some() {
                return Err(Refused::rule(&kind.kind, "id", format!("{text} is already in use")).into());
            }
            id
        }
    };
    Ok(id)
}

/// The mandatory fields that the profiles and the pools of the template give.
fn provided(change: &Change<'_>, kind: &KindSchema, fields: &Arguments, pooled: &[Pooled]) -> Vec<String> {
    let mut provided: Vec<String> = pooled.iter().map(|pooled| pooled.field.clone()).collect();
    let named = fields.get("profiles").filter(|_| kind.flavour == Flavour::Node);
    let named =
        named.and_then(|field| PeerInput::read_all(&change.state, &kind.kind, "profiles", field).ok());
    let profiles: Vec<NodeId> = named
        .flatten()
        .into_iter()
        .flatten()
        .filter_map(|input| match (&input.id, &input.hfid) {
            (Some(id), _) => NodeId::parse(id),
            (None, Some(hfid)) => {
                let kind = change.state.catalogue.kind(&format!("Profile{}", kind.kind))?;
                super::find::by_hfid(&change.state, kind, hfid).ok().flatten().map(|node| node.id)
            }
            _ => None,
        })
        .collect();
    let open: Vec<&str> = mandatory(kind).filter(|name| !fields.contains_key(*name)).collect();
    provided.extend(profile::provided(&change.state, kind, &profiles, &open));
    provided
}

fn mandatory(kind: &KindSchema) -> impl Iterator<Item = &str> {
    let attributes = kind.attributes.iter().filter(|field| !field.optional && !is_given_by_server(field));
    let relationships = kind.relationships.iter().filter(|field| !field.optional);
    let relationships = relationships.map(|field| field.name.as_str());
    attributes.map(|field| field.name.as_str()).chain(relationships)
}

fn is_given_by_server(attribute: &Attribute) -> bool {
    read::computed(attribute).is_some() || attribute.kind == AttributeKind::NumberPool
}

fn missing(kind: &KindSchema, fields: &Arguments, provided: &[String]) -> Vec<Refused> {
    mandatory(kind)
        .filter(|name| !fields.contains_key(*name) && !provided.iter().any(|given| given == name))
        .map(|name| Refused::missing(&kind.kind, name))
        .collect()
}

fn read_peers(change: &Change<'_>, draft: &mut Draft<'_>, fields: &Arguments) -> Vec<Refused> {
    let kind = draft.kind;
    let mut problems = Vec::new();
    for relationship in &kind.relationships {
        // Null leaves a relationship empty, a mandatory one, too.
        let field = fields.get(&relationship.name).filter(|field| !field.is_null());
        let Some(field) = field else { continue };
        let read = PeerInput::read_all(&change.state, &kind.kind, &relationship.name, field)
            .and_then(|peers| peers::check_hierarchy(kind, relationship).map(|()| peers.unwrap_or_default()))
            .and_then(|peers| refuse_pools(kind, relationship, &peers).map(|()| peers));
        match read {
            Ok(peers) => draft.peers.push((relationship, peers)),
            Err(refused) => problems.push(refused),
        }
    }
    problems
}

/// A template names the pool of a field in a relationship of its own, a profile takes from none.
fn refuse_pools(kind: &KindSchema, relationship: &Relationship, peers: &[PeerInput]) -> Result<(), Refused> {
    if peers.iter().all(|peer| peer.pool.is_none()) {
        return Ok(());
    }
    let sentence = match kind.flavour {
        Flavour::Template => format!(
            "'from_pool' is not supported on template relationships. Set the '{}_from_resource_pool' relationship on \
             this template instead.",
            relationship.name
        ),
        Flavour::Profile => {
            "Resource pools cannot be used as the source for relationship values in Profiles".to_owned()
        }
        Flavour::Node | Flavour::Generic => return Ok(()),
    };
    Err(Refused::rule(&kind.kind, &relationship.name, sentence))
}

fn read_values(change: &mut Change<'_>, draft: &mut Draft<'_>, fields: &Arguments) -> Vec<Refused> {
    let kind = draft.kind;
    let metadata = change.metadata();
    let mut problems = Vec::new();
    for attribute in &kind.attributes {
        let name = attribute.name.as_str();
        let input = ValueInput::read(&change.state, fields.get(name));
        let id = change.store.clock.id();
        let catalogue = &change.state.catalogue;
        let value = draft::first(catalogue, &kind.kind, attribute, input.as_ref(), id, metadata);
        let is_open = is_given_by_server(attribute)
            || draft.provided.iter().any(|given| given == name)
            || input.is_some_and(|input| input.pool.is_some());
        match value {
            Ok(stored) => {
                let null = draft::refuse_null(&kind.kind, attribute, &stored.value);
                problems.extend(null.filter(|_| !is_open));
                draft.values.insert(Arc::from(name), Arc::new(stored));
            }
            Err(refused) => problems.push(refused),
        }
    }
    problems
}

/// Gives the numbers that come from pools.
fn take_numbers(
    change: &mut Change<'_>,
    draft: &mut Draft<'_>,
    fields: &Arguments,
    pooled: &[Pooled],
) -> Outcome<Vec<Refused>> {
    let kind = draft.kind;
    for pooled in pooled.iter().filter(|pooled| kind.attribute(&pooled.field).is_some()) {
        if let Given::Number(number) = object_template::take(change, kind, pooled, draft.id)? {
            draft.set_number(&pooled.field, number, pooled.pool.id);
        }
    }
    let mut problems = Vec::new();
    for attribute in &kind.attributes {
        let input = ValueInput::read(&change.state, fields.get(&attribute.name));
        match number::for_attribute(change, kind, attribute, input.as_ref(), draft.id) {
            Ok(None) => {}
            Ok(Some((number, pool))) => draft.set_number(&attribute.name, number, pool),
            Err(refusals) => problems.push(refusals.first().clone()),
        }
    }
    Ok(problems)
}

impl Draft<'_> {
    fn set_number(&mut self, attribute: &str, number: i64, pool: NodeId) {
        if let Some(stored) = self.values.get_mut(attribute) {
            let stored = Arc::make_mut(stored);
            stored.value = number.into();
            stored.is_default = false;
            stored.source = Some(pool);
        }
    }
}

fn hash_passwords(draft: &mut Draft<'_>) -> Result<BTreeMap<String, Value>, Refused> {
    let mut clear = BTreeMap::new();
    let hashed = draft.kind.attributes.iter().filter(|field| field.kind == AttributeKind::HashedPassword);
    for attribute in hashed {
        let Some(stored) = draft.values.get_mut(attribute.name.as_str()) else { continue };
        if let Some(text) = stored.value.as_str().map(str::to_owned) {
            Arc::make_mut(stored).value = password::hash(&text)?.into();
            clear.insert(attribute.name.clone(), text.into());
        }
    }
    Ok(clear)
}

/// An object with a name and without a label has its name as label: `edge_router` is `Edge Router`.
fn set_label(change: &Change<'_>, draft: &mut Draft<'_>) {
    let name = draft.values.get("name").and_then(|stored| stored.value.as_str()).unwrap_or_default();
    let words: Vec<String> = name.split('_').map(python::title).collect();
    let label = draft.values.get_mut("label").filter(|label| label.value.is_null());
    if let Some(label) = label.filter(|_| words.iter().any(|word| !word.is_empty())) {
        let label = Arc::make_mut(label);
        label.value = words.join(" ").into();
        label.is_default = false;
        label.metadata = change.metadata();
    }
}

/// Computed values obey the rules of their attributes, and the sandbox must be able to compute them.
fn check_computed(change: &Change<'_>, draft: &Draft<'_>) -> Outcome<()> {
    let Some(node) = change.state.node(draft.id) else { return Ok(()) };
    read::checked_label(&change.state, node)?;
    let mut problems = Vec::new();
    for attribute in &draft.kind.attributes {
        let Some(template) = read::computed(attribute) else { continue };
        let text = super::template::render(&change.state, node, template, 0)?;
        let catalogue = &change.state.catalogue;
        problems.extend(super::value::accept(catalogue, &draft.kind.kind, attribute, &text.into()).err());
    }
    Refusals::check(problems)
}
