//! The node schema and the SDL of a branch.

use super::answers::Answer;
use crate::graphql::Served;
use crate::state::State;
use crate::store::MAIN;
use axum::extract::{Path, RawQuery, State as Shared};
use infrahub_schema::{Attribute, AttributeKind, Flavour, KindSchema, Relationship};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The parameters of a request, each as often as it is given.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(query: RawQuery) -> Self {
        let text = query.0.unwrap_or_default();
        Self(url_pairs(&text))
    }

    fn branch(&self) -> &str {
        self.0
            .iter()
            .find(|(name, value)| name == "branch" && !value.is_empty())
            .map_or(MAIN, |(_, value)| value)
    }

    fn namespaces(&self) -> Vec<&str> {
        self.0.iter().filter(|(name, _)| name == "namespaces").map(|(_, value)| value.as_str()).collect()
    }
}

/// The pairs of a query string.
fn url_pairs(text: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(text).unwrap_or_default()
}

fn served(state: &State, branch: &str) -> Result<Arc<Served>, Answer> {
    // here an unknown branch is another error than in GraphQL
    state.served(branch).map_err(|refusals| Answer::error(400, refusals.to_string()))
}

pub(super) async fn sdl(Shared(state): Shared<Arc<State>>, query: RawQuery) -> Answer {
    match served(&state, Parameters::read(query).branch()) {
        Ok(served) => Answer::text(200, served.sdl()),
        Err(answer) => answer,
    }
}

pub(super) async fn all(Shared(state): Shared<Arc<State>>, query: RawQuery) -> Answer {
    let parameters = Parameters::read(query);
    let served = match served(&state, parameters.branch()) {
        Ok(served) => served,
        Err(answer) => return answer,
    };
    let namespaces = parameters.namespaces();
    let of = |flavour: Flavour| -> Vec<Value> {
        let kinds = served.schema().kinds.values().filter(|kind| kind.flavour == flavour);
        kinds
            .filter(|kind| namespaces.is_empty() || namespaces.contains(&&*kind.namespace))
            .map(|kind| kind_json(&served, kind))
            .collect()
    };
    let listed: Vec<Value> = served
        .schema()
        .namespaces
        .iter()
        .map(|(name, editable)| json!({ "name": name, "user_editable": editable }))
        .collect();
    Answer::json(
        200,
        &json!({
            "main": served.hashes().whole,
            "nodes": of(Flavour::Node),
            "generics": of(Flavour::Generic),
            "profiles": of(Flavour::Profile),
            "templates": of(Flavour::Template),
            "namespaces": listed,
        }),
    )
}

pub(super) async fn summary(Shared(state): Shared<Arc<State>>, query: RawQuery) -> Answer {
    let served = match served(&state, Parameters::read(query).branch()) {
        Ok(served) => served,
        Err(answer) => return answer,
    };
    let of = |generic: bool| -> Map<String, Value> {
        let kinds =
            served.schema().kinds.values().filter(|kind| (kind.flavour == Flavour::Generic) == generic);
        kinds.map(|kind| (kind.kind.clone(), served.hashes().of(&kind.kind).into())).collect()
    };
    let body = json!({ "main": served.hashes().whole, "nodes": of(false), "generics": of(true) });
    Answer::json(200, &body)
}

pub(super) async fn one(
    Shared(state): Shared<Arc<State>>,
    Path(name): Path<String>,
    query: RawQuery,
) -> Answer {
    let served = match served(&state, Parameters::read(query).branch()) {
        Ok(served) => served,
        Err(answer) => return answer,
    };
    match served.schema().kind(&name) {
        Some(kind) => Answer::json(200, &kind_json(&served, kind)),
        None => Answer::error(422, format!("Unable to find the schema '{name}' in the registry")),
    }
}

/// A kind as the server gives it: with everything that it does not say as null.
fn kind_json(served: &Served, kind: &KindSchema) -> Value {
    let mut out = object(kind);
    out.remove("flavour");
    let nothing = [
        "id",
        "label",
        "description",
        "default_filter",
        "human_friendly_id",
        "display_label",
        "display_labels",
        "menu_placement",
        "icon",
        "order_by",
        "uniqueness_constraints",
        "documentation",
    ];
    fill(&mut out, &nothing, &Value::Null);
    fill(&mut out, &["include_in_menu"], &(kind.flavour != Flavour::Profile).into());
    fill(&mut out, &["state"], &"present".into());
    let lists: &[&str] = match kind.flavour {
        Flavour::Generic => {
            fill(&mut out, &["hierarchical", "generate_profile"], &false.into());
            fill(&mut out, &["restricted_namespaces"], &Value::Null);
            &["used_by"]
        }
        Flavour::Node => {
            fill(&mut out, &["generate_profile", "generate_template"], &false.into());
            fill(&mut out, &["hierarchy", "parent", "children"], &Value::Null);
            &["inherit_from"]
        }
        Flavour::Profile | Flavour::Template => &["inherit_from"],
    };
    fill(&mut out, lists, &json!([]));
    out.insert("attributes".to_owned(), kind.attributes.iter().map(attribute_json).collect());
    out.insert("relationships".to_owned(), kind.relationships.iter().map(relationship_json).collect());
    out.insert("hash".to_owned(), served.hashes().of(&kind.kind).into());
    out.into()
}

fn attribute_json(attribute: &Attribute) -> Value {
    let mut out = object(attribute);
    let nothing = [
        "id",
        "enum",
        "computed_attribute",
        "choices",
        "label",
        "description",
        "order_weight",
        "default_value",
        "deprecation",
    ];
    fill(&mut out, &nothing, &Value::Null);
    fill(&mut out, &["read_only", "unique", "inherited"], &false.into());
    fill(&mut out, &["ordered"], &true.into());
    fill(&mut out, &["state"], &"present".into());
    fill(&mut out, &["allow_override"], &"any".into());
    fill(&mut out, &["display"], &"default".into());
    let mut parameters =
        out.remove("parameters").and_then(|all| all.as_object().cloned()).unwrap_or_default();
    fill(&mut parameters, parameters_of(&attribute.kind), &Value::Null);
    out.insert("parameters".to_owned(), parameters.into());
    if let Some(choices) = out.get_mut("choices").and_then(Value::as_array_mut) {
        choices.sort_by(|a, b| b["name"].as_str().cmp(&a["name"].as_str()));
        for choice in choices.iter_mut().filter_map(Value::as_object_mut) {
            fill(choice, &["description"], &"".into());
        }
    }
    for limit in ["regex", "min_length", "max_length"] {
        let value = out["parameters"].get(limit).cloned().unwrap_or_default();
        out.insert(limit.to_owned(), value);
    }
    out.into()
}

/// What may limit an attribute of a kind.
fn parameters_of(kind: &AttributeKind) -> &'static [&'static str] {
    match kind {
        AttributeKind::Text | AttributeKind::TextArea => &["regex", "min_length", "max_length"],
        AttributeKind::Number => &["min_value", "max_value", "excluded_values"],
        AttributeKind::List => &["regex"],
        AttributeKind::NumberPool => &["number_pool_id"],
        _ => &[],
    }
}

fn relationship_json(relationship: &Relationship) -> Value {
    let mut out = object(relationship);
    let nothing = [
        "id",
        "label",
        "description",
        "identifier",
        "common_parent",
        "common_relatives",
        "order_weight",
        "hierarchical",
        "deprecation",
    ];
    fill(&mut out, &nothing, &Value::Null);
    fill(&mut out, &["inherited", "read_only"], &false.into());
    fill(&mut out, &["min_count", "max_count"], &0.into());
    fill(&mut out, &["state"], &"present".into());
    fill(&mut out, &["allow_override"], &"any".into());
    fill(&mut out, &["display"], &"default".into());
    fill(&mut out, &["on_delete"], &"no-action".into());
    out.into()
}

fn object<T: serde::Serialize>(of: &T) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn fill(out: &mut Map<String, Value>, names: &[&str], value: &Value) {
    for name in names {
        if !out.contains_key(*name) {
            out.insert((*name).to_owned(), value.clone());
        }
    }
}
