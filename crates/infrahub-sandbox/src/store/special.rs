//! Rules of single kinds of the server's own.

use super::record::Node;
use super::state::State;
use super::{Arguments, NodeId, Refused, read, view};
use infrahub_schema::{AttributeKind, Flavour, KindSchema};
use serde_json::{Value, json};
use std::sync::Arc;

const NUMBER_POOL: &str = "CoreNumberPool";

/// Checks and completes the data of a create.
pub(crate) fn before_create(state: &State, kind: &KindSchema, data: &mut Arguments) -> Result<(), Refused> {
    if kind.kind == NUMBER_POOL {
        check_number_pool(state, data)?;
    }
    refuse_pools_in_profiles(kind, data)?;
    if is_in_namespace(state, kind) {
        set_namespace(state, data, default_namespace(state))?;
    }
    Ok(())
}

/// Completes the data of an upsert: without a namespace, an address or prefix is of the default one.
pub(crate) fn before_upsert(state: &State, kind: &KindSchema, data: &mut Arguments) {
    if is_in_namespace(state, kind) && data.get("ip_namespace").is_none_or(Value::is_null) {
        data.extend(default_namespace(state).map(namespace_field));
    }
}

/// Checks and completes the data of an update.
pub(crate) fn before_update(
    state: &State,
    kind: &KindSchema,
    node: &Arc<Node>,
    data: &mut Arguments,
) -> Result<(), Refused> {
    refuse_pools_in_profiles(kind, data)?;
    if kind.kind == NUMBER_POOL {
        for field in ["node", "node_attribute"] {
            let old = node.values.get(field).map(|stored| &stored.value);
            let new = data.get(field).and_then(|field| field.get("value"));
            if new.is_some_and(|new| !new.is_null() && Some(new) != old) {
                return Err(Refused::invalid("The fields 'node' or 'node_attribute' can't be changed."));
            }
        }
    }
    if is_in_namespace(state, kind) {
        let current = read::one_peer(state, node, "ip_namespace").map(|namespace| namespace.id);
        set_namespace(state, data, current.or_else(|| default_namespace(state)))?;
    }
    Ok(())
}

/// Checks an object after an update.
pub(crate) fn after_update(
    state: &State,
    kind: &KindSchema,
    id: NodeId,
    data: &Arguments,
) -> Result<(), Refused> {
    let Some(node) = state.node(id).filter(|_| kind.kind == NUMBER_POOL) else { return Ok(()) };
    let value = |name: &str| node.values.get(name).map(|stored| &stored.value);
    let is_of_schema = value("pool_type").and_then(Value::as_str) == Some("Schema");
    if is_of_schema && ["start_range", "end_range"].iter().any(|name| data.contains_key(*name)) {
        return Err(Refused::invalid(
            "start_range or end_range can't be updated on schema defined pools, update the schema in the default branch \
             instead",
        ));
    }
    let limit = |name: &str| value(name).and_then(Value::as_i64);
    if limit("start_range") > limit("end_range") {
        return Err(Refused::invalid("start_range can't be larger than end_range"));
    }
    Ok(())
}

/// Checks a delete.
pub(crate) fn before_delete(state: &State, kind: &KindSchema, data: &Arguments) -> Result<(), Refused> {
    let id = data.get("id").and_then(Value::as_str).and_then(NodeId::parse);
    let node = id.and_then(|id| state.node(id));
    if state.catalogue.is_a(&kind.kind, "BuiltinIPNamespace")
        && id.is_some()
        && id == default_namespace(state)
    {
        return Err(Refused::failure("Cannot delete default IPAM namespace"));
    }
    let Some(node) = node.filter(|_| kind.kind == NUMBER_POOL) else { return Ok(()) };
    let text = |name: &str| super::pool::text(node, name);
    let declares = |(kind, attribute): (&KindSchema, &infrahub_schema::Attribute)| {
        kind.kind == text("node") && attribute.name == text("node_attribute")
    };
    if state.catalogue.number_pools().any(declares) {
        return Err(Refused::invalid(format!(
            "Unable to delete number pool {}.{} is in use (branches: main)",
            text("node"),
            text("node_attribute")
        )));
    }
    Ok(())
}

/// A number pool is for a numeric attribute of a kind, and within its limits.
fn check_number_pool(state: &State, data: &Arguments) -> Result<(), Refused> {
    let value = |name: &str| data.get(name).and_then(|field| field.get("value"));
    let text = |name: &str| value(name).and_then(Value::as_str).unwrap_or_default();
    if value("node").is_none() || value("node_attribute").is_none() {
        // A mandatory field; the create says so.
        return Ok(());
    }
    let kind = view::kind(&state.catalogue, text("node")).map_err(|_| Refused::SchemaNotFound {
        kind: text("node").to_owned(),
        message: "The selected model does not exist".to_owned(),
    })?;
    if !matches!(kind.flavour, Flavour::Node | Flavour::Generic) {
        return Err(Refused::invalid("The selected model is not a Node or a Generic"));
    }
    let attribute = kind.attribute(text("node_attribute"));
    let attribute = attribute
        .ok_or_else(|| Refused::invalid("The selected attribute doesn't exist in the selected model"))?;
    if attribute.kind != AttributeKind::Number {
        return Err(Refused::invalid("The selected attribute is not of the kind Number"));
    }
    let limit = |name: &str| value(name).and_then(Value::as_i64);
    let (first, last) = (limit("start_range"), limit("end_range"));
    let parameters = &attribute.parameters;
    let broken = [
        (
            first.zip(last).is_some_and(|(first, last)| first > last),
            "start_range can't be larger than end_range",
        ),
        (
            first.zip(parameters.min_value).is_some_and(|(first, least)| first < least),
            "start_range can't be less than min_value",
        ),
        (
            last.zip(parameters.max_value).is_some_and(|(last, most)| last > most),
            "end_range can't be larger than max_value",
        ),
    ];
    match broken.into_iter().find(|(is_broken, _)| *is_broken) {
        Some((_, sentence)) => Err(Refused::invalid(sentence)),
        None => Ok(()),
    }
}

fn refuse_pools_in_profiles(kind: &KindSchema, data: &Arguments) -> Result<(), Refused> {
    if kind.flavour != Flavour::Profile {
        return Ok(());
    }
    let takes = |item: &Value| item.get("from_pool").is_some_and(|pool| !pool.is_null());
    let taken = kind.relationships.iter().find(|relationship| match data.get(&relationship.name) {
        Some(Value::Array(items)) => items.iter().any(takes),
        Some(item) => takes(item),
        None => false,
    });
    match taken {
        Some(relationship) => Err(Refused::rule(
            &kind.kind,
            &relationship.name,
            "Resource pools cannot be used as the source for relationship values in Profiles",
        )),
        None => Ok(()),
    }
}

fn is_in_namespace(state: &State, kind: &KindSchema) -> bool {
    kind.flavour == Flavour::Node
        && ["BuiltinIPPrefix", "BuiltinIPAddress"]
            .iter()
            .any(|generic| state.catalogue.is_a(&kind.kind, generic))
}

/// The namespace of addresses and prefixes that name none.
pub(crate) fn default_namespace(state: &State) -> Option<NodeId> {
    let is_default = |node: &&Arc<Node>| {
        node.values.get("default").is_some_and(|stored| stored.value == Value::Bool(true))
    };
    state.of_kind("BuiltinIPNamespace").into_iter().find(is_default).map(|node| node.id)
}

fn namespace_field(id: NodeId) -> (String, Value) {
    ("ip_namespace".to_owned(), json!({ "id": id.to_string() }))
}

fn set_namespace(state: &State, data: &mut Arguments, namespace: Option<NodeId>) -> Result<(), Refused> {
    match data.get("ip_namespace") {
        None | Some(Value::Null) => {}
        Some(Value::Object(fields)) if fields.is_empty() => {}
        Some(Value::Object(fields)) if fields.contains_key("id") || fields.contains_key("hfid") => {
            return Ok(());
        }
        Some(Value::String(_) | Value::Array(_)) => return Ok(()),
        Some(_) => {
            return Err(Refused::invalid(
                "A valid ip_namespace must be provided or ip_namespace should be left empty in order to use the default \
                 value.",
            ));
        }
    }
    let namespace = namespace.filter(|id| state.node(*id).is_some());
    data.extend(namespace.map(namespace_field));
    Ok(())
}
