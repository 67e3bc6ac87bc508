//! Queries that are stored as objects of the kind `CoreGraphQLQuery`, run by name or id.

use super::answers::{Answer, crash, lacking};
use super::{Parameters, input};
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
    match input::map(&body, "variables") {
        Ok(variables) => run(state, &wanted, &parameters, caller, variables).await,
        Err(answer) => answer,
    }
}

/// Runs a query. Who subscribes to its group matters only where the group is updated.
async fn run(
    state: Arc<State>,
    wanted: &str,
    parameters: &Parameters,
    caller: Caller,
    variables: Map<String, Value>,
) -> Answer {
    match input::truth(parameters, "update_group") {
        Ok(false) => {}
        Ok(true) => return lacking("groups of the objects that a stored query gives (`update_group`)"),
        Err(answer) => return answer,
    }
    let branch = super::branch(parameters).to_owned();
    let at = match super::at(parameters) {
        Ok(at) => at,
        Err(message) => return Answer::error(400, message),
    };
    let view = state.world().store.view_at(&branch, at);
    let (view, served) = match view.and_then(|view| Ok((view, state.served(&branch)?))) {
        Ok(found) => found,
        Err(refusals) => return Answer::refused(&refusals),
    };
    let Ok(query) = super::find(&view, "CoreGraphQLQuery", wanted) else {
        let message = format!("Unable to find the node {wanted} / CoreGraphQLQuery in the database.");
        return Answer::error(404, message);
    };
    let request = Request::new(state, served, branch, at, caller);
    let operation = Operation { query: query.text("query"), name: None, variables };
    match graphql::execute(request, operation).await {
        graphql::Answer::Executed { errors, .. } if !errors.is_empty() => {
            Answer::query_failed(&query.text("name"), &errors)
        }
        graphql::Answer::Refused { status, error } => Answer::error(status, error.message),
        answer => {
            let (status, body) = answer.body();
            body.map_or_else(crash, |body| Answer::json_text(status, body))
        }
    }
}
