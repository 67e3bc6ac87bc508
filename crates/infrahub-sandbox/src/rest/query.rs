//! Queries that are stored as objects of the kind `CoreGraphQLQuery`, run by name or id.

use super::answers::{Answer, crash};
use crate::graphql::{self, Operation, Request};
use crate::state::{Caller, State};
use crate::store::{MAIN, Object, View};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shared};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Parameters = BTreeMap<String, String>;

/// Parameters that are no variables.
const OWN: [&str; 4] = ["branch", "at", "update_group", "subscribers"];

/// The variables are parameters, so all of them are texts.
pub(super) async fn by_get(
    Shared(state): Shared<Arc<State>>,
    Path(wanted): Path<String>,
    Query(parameters): Query<Parameters>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    let variables = parameters.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let variables = variables.map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    run(state, &wanted, &parameters, caller, variables).await
}

pub(super) async fn by_post(
    Shared(state): Shared<Arc<State>>,
    Path(wanted): Path<String>,
    Query(parameters): Query<Parameters>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Answer {
    let mut body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let variables = match body.get_mut("variables").map(Value::take) {
        Some(Value::Object(variables)) => variables,
        _ => Map::new(),
    };
    run(state, &wanted, &parameters, caller, variables).await
}

async fn run(
    state: Arc<State>,
    wanted: &str,
    parameters: &Parameters,
    caller: Caller,
    variables: Map<String, Value>,
) -> Answer {
    let branch = parameters.get("branch").map_or(MAIN, String::as_str).to_owned();
    let at = match super::at(parameters) {
        Ok(at) => at,
        Err(message) => return Answer::error(400, message),
    };
    let view = state.world().store.view(&branch);
    let (view, served) = match view.and_then(|view| Ok((view, state.served(&branch)?))) {
        Ok(found) => found,
        Err(refusals) => return Answer::error(400, refusals.to_string()),
    };
    let query = stored(&view, wanted).and_then(|object| object.attribute("query"));
    let Some(query) = query.and_then(|query| query.value.as_str().map(str::to_owned)) else {
        let message = format!("Unable to find the node {wanted} / CoreGraphQLQuery in the database.");
        return Answer::error(404, message);
    };
    let request = Request::new(state, served, branch, at, caller);
    let operation = Operation { query, name: None, variables };
    let (status, body) = graphql::execute(request, operation).await.body();
    body.map_or_else(crash, |body| Answer::json_text(status, body))
}

fn stored(view: &View, wanted: &str) -> Option<Object> {
    let by_id = view.get_text(wanted).filter(|object| object.kind() == "CoreGraphQLQuery");
    by_id.or_else(|| {
        let filter = json!({ "name__value": wanted });
        view.find("CoreGraphQLQuery", filter.as_object()?).ok()?.items.into_iter().next()
    })
}
