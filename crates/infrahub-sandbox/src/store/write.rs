//! Creates, updates and upserts.

use super::change::Change;
use super::create::{Made, Source, insert};
use super::draft;
use super::input::{PeerInput, ValueInput};
use super::read::AttributeView;
use super::record::{Node, Stored};
use super::state::State;
use super::view::{self, Object, View};
use super::{
    Arguments, NodeId, Outcome, Refused, constraint, find, ipam, number, object_template, password, peers,
    profile, proposed_change, python, read, related, special, unique, value,
};
use infrahub_schema::{AttributeKind, Flavour, KindSchema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a write gives: the object, and in what the answer of the mutation differs from what is read later.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// The object.
    pub(crate) id: NodeId,
    /// Whether it is new.
    pub(crate) created: bool,
    /// The branch right after the write.
    pub(crate) view: View,
    /// Values as the answer has them, where they differ.
    answers: BTreeMap<String, (Value, bool)>,
    /// The fields that an update named; an answer leaves out the one peer of a relationship that was not.
    named: BTreeSet<String>,
}

impl Written {
    /// The object as it reads from now on.
    pub(crate) fn object(&self) -> Option<Object> {
        self.view.get(self.id)
    }

    /// An attribute as the mutation answers it: a null that has a default is null, a hashed password is clear.
    pub(crate) fn attribute(&self, name: &str) -> Option<AttributeView> {
        let mut view = self.object()?.attribute(name)?;
        if let Some((value, is_default)) = self.answers.get(name) {
            view.value = value.clone();
            view.is_default = *is_default;
        }
        Some(view)
    }

    /// Whether the mutation answers the one peer of this relationship, or owner and source of this attribute.
    pub(crate) fn shows(&self, field: &str) -> bool {
        self.created || self.named.contains(field)
    }
}

/// A write that is done but for its commit.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) id: NodeId,
    created: bool,
    answers: BTreeMap<String, (Value, bool)>,
    named: BTreeSet<String>,
}

impl Done {
    /// Makes the write happen.
    pub(crate) fn commit(self, mut change: Change<'_>) -> Written {
        change.commit();
        let view = View::new(change.state.clone());
        let Self { id, created, answers, named } = self;
        Written { id, created, view, answers, named }
    }

    /// A write that is answered with the object as it is.
    pub(crate) fn plain(id: NodeId) -> Self {
        Self { id, created: true, answers: BTreeMap::new(), named: BTreeSet::new() }
    }
}

/// Creates an object.
pub(crate) fn create(change: &mut Change<'_>, name: &str, data: &Arguments) -> Outcome<Done> {
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, name)?;
    let mut data = data.clone();
    special::before_create(&change.state, kind, &mut data)?;
    proposed_change::check_create(change, kind, &data)?;
    create_of(change, kind, &data)
}

/// Creates an object of a kind from complete data.
pub(crate) fn create_of(change: &mut Change<'_>, kind: &KindSchema, data: &Arguments) -> Outcome<Done> {
    let before = change.state.clone();
    let Made { id, clear, template } = insert(change, kind, data, Source::Client)?;
    let named: Vec<&str> = data.keys().map(String::as_str).collect();
    check(change, &before, id, kind, &named, true)?;
    if let Some(template) = template {
        object_template::add_components(change, id, &template, &named)?;
    }
    finish(change, id);
    let answers = clear.into_iter().map(|(name, value)| (name, (value, false))).collect();
    Ok(Done { id, created: true, answers, named: BTreeSet::new() })
}

/// Updates the object that the data name.
pub(crate) fn update(change: &mut Change<'_>, name: &str, data: &Arguments) -> Outcome<Done> {
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, name)?;
    let found = find_object(change, kind, data)?;
    update_object(change, &found, data, true)
}

/// Updates the object that the data identify, or creates one.
pub(crate) fn upsert(change: &mut Change<'_>, name: &str, data: &Arguments) -> Outcome<Done> {
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, name)?;
    let mut data = data.clone();
    special::before_upsert(&change.state, kind, &mut data);
    if let Some(id) = data.get("id") {
        let found = by_id(&change.state, kind, &python::text(id))?;
        return update_object(change, &found, &data, true);
    }
    let mut found = None;
    if let (None, Some(filter)) = (&kind.human_friendly_id, &kind.default_filter)
        && let Some(text) = filter_value(&data, filter)
    {
        found = peers::by_default_filter(change, &kind.kind, &text)?;
    }
    if let Some(hfid) = data.get("hfid") {
        found = find::by_hfid(&change.state, kind, &texts(hfid))?.map(|node| node.id);
    }
    if let Some(node) = found.and_then(|id| change.state.node(id).cloned()) {
        return update_object(change, &node, &data, true);
    }
    data.remove("hfid");
    let before = change.state.clone();
    let refusals = match create(change, name, &data) {
        Ok(done) => return Ok(done),
        Err(refusals) => refusals,
    };
    let Refused::Taken { holders: Some(holders), .. } = refusals.first() else { return Err(refusals) };
    if holders.len() > 1 {
        return Err(Refused::failure(format!("Multiple {name} nodes have the same hfid")).into());
    }
    // What pools gave for the create that was not to be stays given; the rest of it is undone.
    change.undo(before);
    let Some(holder) = holders.first() else { return Err(refusals) };
    let node = by_id(&change.state, kind, &holder.to_string());
    let node = node.map_err(|refused| as_unreachable(change, refused))?;
    update_object(change, &node, &data, false)
}

/// The object is on the default branch only.
fn as_unreachable(change: &Change<'_>, refused: Refused) -> Refused {
    match refused {
        Refused::NodeNotFound { kind, identifier, .. } if change.branch != super::MAIN => {
            let message = format!(
                "Node {identifier} / {kind} uses this human-friendly ID, but does not exist on this branch. Please \
                 rebase this branch to access {identifier} / {kind}"
            );
            Refused::NodeNotFound { kind, identifier, message }
        }
        other => other,
    }
}

/// The object that the data name by id or human-friendly id.
pub(crate) fn find_object(change: &Change<'_>, kind: &KindSchema, data: &Arguments) -> Outcome<Arc<Node>> {
    let id = data.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    if let Some(id) = id.filter(|id| NodeId::parse(id).is_some()) {
        return Ok(by_id(&change.state, kind, id)?);
    }
    let hfid = data.get("hfid").map(texts).filter(|hfid| !hfid.is_empty());
    if let Some(hfid) = hfid {
        let found = find::by_hfid(&change.state, kind, &hfid)?;
        return Ok(found.ok_or_else(|| Refused::not_found(&kind.kind, hfid.join(" :: ")))?);
    }
    if let Some(id) = id {
        let found = peers::by_default_filter(change, &kind.kind, id)?;
        let found = found.and_then(|id| change.state.node(id).cloned());
        return Ok(found.ok_or_else(|| Refused::not_found(&kind.kind, id))?);
    }
    let message = "either id or hfid must be provided.".to_owned();
    Err(Refused::Other { http_status: 400, message }.into())
}

/// The object of that id, if it is of the kind.
pub(crate) fn by_id(state: &State, kind: &KindSchema, id: &str) -> Result<Arc<Node>, Refused> {
    let node = NodeId::parse(id).and_then(|id| state.node(id));
    let node = node.ok_or_else(|| Refused::not_found(&kind.kind, id))?;
    if state.catalogue.is_a(&node.kind, &kind.kind) {
        return Ok(node.clone());
    }
    Err(Refused::NodeNotFound {
        kind: kind.kind.clone(),
        identifier: id.to_owned(),
        message: format!("Node with id {id} exists, but it is a {}, not {}", node.kind, kind.kind),
    })
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(python::text).collect()
}

/// What the data have at the path of a default filter (`name__value`).
fn filter_value(data: &Arguments, filter: &str) -> Option<String> {
    let (attribute, property) = filter.split_once("__")?;
    let value = data.get(attribute)?.get(property)?;
    Some(python::text(value)).filter(|text| !value.is_null() && !text.is_empty())
}

fn update_object(
    change: &mut Change<'_>,
    node: &Arc<Node>,
    data: &Arguments,
    check_uniqueness: bool,
) -> Outcome<Done> {
    let catalogue = change.state.catalogue.clone();
    let kind = view::kind(&catalogue, &node.kind)?;
    let mut data = data.clone();
    special::before_update(&change.state, kind, node, &mut data)?;
    proposed_change::check_update(kind, node, &data)?;
    let mut changed = Node::clone(node);
    let mut answers = update_values(change, kind, &mut changed, &data)?;
    let holder = related::by_hfid(&change.state, node.id);
    let mut related = Vec::new();
    for relationship in &kind.relationships {
        let Some(field) = data.get(&relationship.name) else { continue };
        peers::check_hierarchy(kind, relationship)?;
        let field = without_nulls(field);
        let inputs = PeerInput::read_all(&change.state, &kind.kind, &relationship.name, &field)?;
        let peers = match inputs {
            Some(inputs) => {
                Some(related::resolve_all(change, relationship, &inputs, node.id, holder.as_deref())?)
            }
            None => None,
        };
        related.push((relationship, peers));
    }
    let before = change.state.clone();
    let has_profiles = holds_profiles(&before, node);
    if changed.values != node.values {
        changed.metadata = changed.metadata.updated(change.now, change.author);
        change.put_node(changed);
    }
    for (relationship, peers) in &related {
        peers::replace(change, node.id, kind, relationship, peers.as_deref())?;
    }
    let named: Vec<&str> = data.keys().map(String::as_str).collect();
    check(change, &before, node.id, kind, &named, check_uniqueness)?;
    check_kept(change, kind, node.id, &named)?;
    special::after_update(&change.state, kind, node.id, &data)?;
    hash_passwords(change, kind, node.id, &data, &mut answers)?;
    if has_profiles || named.contains(&"profiles") {
        profile::apply(change, node.id);
    }
    for holder in profile::holders(&before, node.id) {
        profile::apply(change, holder);
    }
    finish(change, node.id);
    let named = named.into_iter().map(str::to_owned).collect();
    Ok(Done { id: node.id, created: false, answers, named })
}

/// A list of peers without the nulls in it, which say nothing to an update.
fn without_nulls(field: &Value) -> Value {
    match field {
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).cloned().collect(),
        other => other.clone(),
    }
}

fn holds_profiles(state: &State, node: &Node) -> bool {
    node.values.values().any(|value| value.is_from_profile)
        || !read::peers(state, node, "profiles").is_empty()
}

/// Changes the values that the data name; gives those that the answer has otherwise than a later read.
fn update_values(
    change: &mut Change<'_>,
    kind: &KindSchema,
    node: &mut Node,
    data: &Arguments,
) -> Outcome<BTreeMap<String, (Value, bool)>> {
    let mut answers = BTreeMap::new();
    for attribute in &kind.attributes {
        let field = data.get(&attribute.name).filter(|field| field.is_object());
        let Some(input) = ValueInput::read(&change.state, field) else { continue };
        let number = match &input.pool {
            Some(_) => number::for_attribute(change, kind, attribute, Some(&input), node.id)?,
            None => None,
        };
        let name = attribute.name.as_str();
        let fresh = || Stored {
            id: NodeId::MIN,
            value: value::default(attribute),
            is_default: true,
            is_from_profile: false,
            is_protected: false,
            source: None,
            owner: None,
            metadata: node.metadata,
        };
        let before = node.values.get(name).map_or_else(fresh, |stored| Stored::clone(stored));
        let mut stored = draft::loaded(attribute, &before);
        draft::change(&change.state.catalogue, &kind.kind, attribute, &input, number, &mut stored)?;
        if stored.value.is_null() && attribute.default_value.is_some() {
            answers.insert(attribute.name.clone(), (Value::Null, false));
        }
        if stored != before {
            if before.id == NodeId::MIN {
                stored.id = change.store.clock.id();
            }
            stored.metadata = stored.metadata.updated(change.now, change.author);
            node.values.insert(Arc::from(name), Arc::new(stored));
        }
    }
    Ok(answers)
}

/// Mandatory attributes that the write names keep a value.
fn check_kept(change: &Change<'_>, kind: &KindSchema, id: NodeId, named: &[&str]) -> Result<(), Refused> {
    let Some(node) = change.state.node(id) else { return Ok(()) };
    for attribute in kind.attributes.iter().filter(|field| named.contains(&field.name.as_str())) {
        let value = node.values.get(attribute.name.as_str()).map_or(&Value::Null, |stored| &stored.value);
        if let Some(refused) = draft::refuse_null(&kind.kind, attribute, value) {
            return Err(refused);
        }
    }
    Ok(())
}

fn hash_passwords(
    change: &mut Change<'_>,
    kind: &KindSchema,
    id: NodeId,
    data: &Arguments,
    answers: &mut BTreeMap<String, (Value, bool)>,
) -> Result<(), Refused> {
    let hashed = kind.attributes.iter().filter(|field| field.kind == AttributeKind::HashedPassword);
    for attribute in hashed {
        let given = data.get(&attribute.name).and_then(|field| field.get("value")).and_then(Value::as_str);
        let (Some(text), Some(node)) = (given, change.state.node(id)) else { continue };
        let mut node = Node::clone(node);
        if let Some(stored) = node.values.get_mut(attribute.name.as_str()) {
            Arc::make_mut(stored).value = password::hash(text)?.into();
        }
        answers.insert(attribute.name.clone(), (text.into(), false));
        change.put_node(node);
    }
    Ok(())
}

/// Checks what holds between the object and others, as far as the fields of the write concern it.
fn check(
    change: &Change<'_>,
    before: &State,
    id: NodeId,
    kind: &KindSchema,
    named: &[&str],
    check_uniqueness: bool,
) -> Result<(), Refused> {
    let Some(node) = change.state.node(id) else { return Ok(()) };
    if check_uniqueness {
        unique::check(&change.state, change.origin(), node, named)?;
    }
    for relationship in &kind.relationships {
        if !named.is_empty() && !is_checked(kind, &relationship.name, named) {
            continue;
        }
        constraint::check(before, &change.state, node, kind, relationship)?;
        if before.node(id).is_some() {
            check_profiles_stay(before, &change.state, node, &relationship.name)?;
        }
    }
    Ok(())
}

/// A relationship is checked where the write names it; that to the pool of a template's attribute, also where it names
/// the attribute.
fn is_checked(kind: &KindSchema, relationship: &str, named: &[&str]) -> bool {
    let field = relationship.strip_suffix("_from_resource_pool");
    let field = field.filter(|_| kind.flavour == Flavour::Template);
    named.contains(&relationship) || field.is_some_and(|field| named.contains(&field))
}

fn check_profiles_stay(
    before: &State,
    after: &State,
    node: &Arc<Node>,
    relationship: &str,
) -> Result<(), Refused> {
    let gone = |name: &str| {
        let stays = read::peers(after, node, name);
        let were = read::peers(before, node, name);
        were.into_iter().filter(move |peer| stays.iter().all(|stay| stay.id != peer.id)).collect::<Vec<_>>()
    };
    match relationship {
        "profiles" => {
            gone("profiles").iter().try_for_each(|profile| profile::refuse_removal(before, profile.id, node))
        }
        "related_nodes" => gone("related_nodes")
            .iter()
            .try_for_each(|holder| profile::refuse_removal(before, node.id, holder)),
        _ => Ok(()),
    }
}

/// What follows from a write of an object: its profiles, its place in the address plan, and its own spread, if it is a
/// profile.
fn finish(change: &mut Change<'_>, id: NodeId) {
    let is_created = change.state.node(id).is_some_and(|node| node.metadata.created_at == change.now);
    if is_created {
        profile::apply(change, id);
    }
    profile::spread(change, id);
    ipam::reconcile(change, id);
}
