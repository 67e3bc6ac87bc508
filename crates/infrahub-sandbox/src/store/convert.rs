//! An object that becomes one of another kind: a new object in the place of the old one.

use super::catalogue::Catalogue;
use super::change::Change;
use super::record::Node;
use super::state::State;
use super::write::{self, Done};
use super::{Arguments, NodeId, Outcome, Refusals, Refused, peers, python, read};
use infrahub_schema::{Attribute, Cardinality, Flavour, KindSchema, Relationship};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// `ConvertObjectType`: the data say which object becomes one of which kind, and where its fields come from.
pub(crate) fn convert(change: &mut Change<'_>, data: &Arguments) -> Outcome<Done> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("node_id");
    let node = NodeId::parse(id).and_then(|id| change.state.node(id).cloned());
    let node = node.ok_or_else(|| Refused::not_found("Node", id))?;
    let catalogue = change.state.catalogue.clone();
    let source = of_objects(&catalogue, &node.kind)?;
    let target = of_objects(&catalogue, text("target_kind"))?;
    if matches!(target.kind.as_str(), "CoreRepository" | "CoreReadOnlyRepository") {
        return Err(Refused::lacking("the conversion of a repository").into());
    }
    refuse_profiles(source, &node)?;
    let fields = fields(&change.state, &node, source, target, data)?;
    let before = change.state.clone();
    change.remove_node(node.id);
    let done = write::create_of(change, target, &fields).map_err(without_code)?;
    change.reserve_again(&node.id.to_string(), &done.id.to_string());
    check_peers(&before, &change.state, node.id).map_err(|refused| without_code(refused.into()))?;
    Ok(done)
}

/// The kind of that name, if it is one of plain objects.
fn of_objects<'c>(catalogue: &'c Catalogue, name: &str) -> Result<&'c KindSchema, Refused> {
    let kind = catalogue.kind(name).ok_or_else(|| Refused::SchemaNotFound {
        kind: name.to_owned(),
        message: format!("Unable to find the schema {} in the registry", python::quoted(name)),
    })?;
    match kind.flavour {
        Flavour::Node => Ok(kind),
        _ => Err(Refused::failure("The selected node is not of type NodeSchema")),
    }
}

/// Here the server has no code for what is wrong with a field.
fn without_code(refusals: Refusals) -> Refusals {
    match refusals.first() {
        Refused::Field { .. } => Refused::invalid(refusals.to_string()).into(),
        _ => refusals,
    }
}

fn refuse_profiles(kind: &KindSchema, node: &Node) -> Result<(), Refused> {
    let from_profile = kind.attributes.iter().find(|attribute| {
        node.values.get(attribute.name.as_str()).is_some_and(|stored| stored.is_from_profile)
    });
    match from_profile {
        None => Ok(()),
        Some(attribute) => Err(Refused::invalid(format!(
            "The attribute '{}' is from a profile, converting objects that use profiles is not yet supported.",
            attribute.name
        ))),
    }
}

/// The fields of the new object: those that the data name as they say, the others from the field of the same name, if
/// it is alike.
fn fields(
    state: &State,
    node: &Arc<Node>,
    source: &KindSchema,
    target: &KindSchema,
    data: &Arguments,
) -> Result<Arguments, Refused> {
    let Some(Value::Object(named)) = data.get("fields_mapping") else {
        let given = data.get("fields_mapping").map_or("NoneType", python::type_name);
        let message = format!("Expected `fields_mapping` to be a `dict`, got <class '{given}'>");
        return Err(Refused::invalid(message));
    };
    let mut fields = Arguments::new();
    for (name, how) in named {
        fields.extend(as_named(state, node, how)?.map(|value| (name.clone(), value)));
    }
    let attributes = target.attributes.iter().filter(|attribute| {
        source.attribute(&attribute.name).is_some_and(|other| is_alike(other, attribute))
    });
    let relationships = target.relationships.iter().filter(|relationship| {
        source.relationship(&relationship.name).is_some_and(|other| leads_alike(other, relationship))
    });
    let names = attributes.map(|field| &field.name).chain(relationships.map(|field| &field.name));
    for name in names.filter(|name| !named.contains_key(*name)) {
        fields.extend(value_of(state, node, name)?.map(|value| (name.clone(), value)));
    }
    Ok(fields)
}

fn is_alike(one: &Attribute, other: &Attribute) -> bool {
    one.kind == other.kind && are_on_the_same_branches(&one.branch, &other.branch)
}

fn leads_alike(one: &Relationship, other: &Relationship) -> bool {
    one.peer == other.peer
        && one.cardinality == other.cardinality
        && are_on_the_same_branches(&one.branch, &other.branch)
}

fn are_on_the_same_branches(one: &str, other: &str) -> bool {
    (one == "agnostic") == (other == "agnostic")
}

/// The value of a field as an entry of the mapping says it; `None` where the kind's default is wanted.
fn as_named(state: &State, node: &Arc<Node>, how: &Value) -> Result<Option<Value>, Refused> {
    let named = |fields: &Value, names: &[&str]| -> Vec<Value> {
        names.iter().filter_map(|name| fields.get(name)).filter(|value| !value.is_null()).cloned().collect()
    };
    let wants_default = how.get("use_default_value") == Some(&Value::Bool(true));
    let given = named(how, &["source_field", "data"]);
    match (&given[..], wants_default) {
        ([], true) => Ok(None),
        ([Value::String(name)], false) => value_of(state, node, name),
        ([data], false) => match &named(data, &["attribute_value", "peer_id", "peers_ids"])[..] {
            [value] => Ok(Some(value.clone())),
            _ => Err(Refused::failure(
                "Exactly one of `attribute_value`, `peer_id`, or `peers_ids` must be set",
            )),
        },
        _ => {
            Err(Refused::failure("Exactly one of `source_field`, `data` or `use_default_value` must be set"))
        }
    }
}

/// What the object has in a field; `None` where it has no peer there.
fn value_of(state: &State, node: &Arc<Node>, name: &str) -> Result<Option<Value>, Refused> {
    if let Some(attribute) = read::attribute(state, node, name) {
        return Ok(Some(attribute.value));
    }
    let relationship = state.catalogue.kind(&node.kind).and_then(|kind| kind.relationship(name));
    let Some(relationship) = relationship else {
        let message = format!("'Node' object has no attribute {}", python::quoted(name));
        return Err(Refused::failure(message));
    };
    let peers = read::peers(state, node, name).into_iter().map(|peer| json!({ "id": peer.id.to_string() }));
    Ok(match relationship.cardinality {
        Cardinality::One => peers.into_iter().next(),
        Cardinality::Many => Some(peers.collect()),
    })
}

/// The peers that the object had still have as many peers as they must.
fn check_peers(before: &State, after: &State, id: NodeId) -> Result<(), Refused> {
    let peers: BTreeSet<NodeId> = before.edges_of(id).map(|(key, _)| key.peer).collect();
    for peer in peers.into_iter().filter_map(|id| after.node(id)) {
        let Some(kind) = after.catalogue.kind(&peer.kind) else { continue };
        for relationship in &kind.relationships {
            let count = read::relations(after, peer, kind, relationship).count();
            peers::check_count(kind, relationship, count)?;
        }
    }
    Ok(())
}
