//! Queries that are stored as objects of the kind `CoreGraphQLQuery`, run by name or id.

use super::Parameters;
use super::answers::{Answer, crash};
use crate::graphql::{self, Operation, Request};
use crate::state::{Caller, State};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shared};
use serde_json::{Map, Value};
use std::sync::Arc;

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
    let branch = super::branch(parameters).to_owned();
    let at = match super::at(parameters) {
        Ok(at) => at,
        Err(message) => return Answer::error(400, message),
    };
    let view = state.world().store.view(&branch);
    let (view, served) = match view.and_then(|view| Ok((view, state.served(&branch)?))) {
        Ok(found) => found,
        Err(refusals) => return Answer::error(400, refusals.to_string()),
    };
    let query =
        super::find(&view, "CoreGraphQLQuery", wanted).ok().and_then(|object| object.attribute("query"));
    let Some(query) = query.and_then(|query| query.value.as_str().map(str::to_owned)) else {
        let message = format!("Unable to find the node {wanted} / CoreGraphQLQuery in the database.");
        return Answer::error(404, message);
    };
    let request = Request::new(state, served, branch, at, caller);
    let operation = Operation { query, name: None, variables };
    let (status, body) = graphql::execute(request, operation).await.body();
    body.map_or_else(crash, |body| Answer::json_text(status, body))
}
