//! Artifacts and transformations.

use super::answers::{Answer, lacking};
use super::{Parameters, branch, find, view};
use crate::artifact::{ARTIFACT, DEFINITION, Targets, Template, Unrendered};
use crate::objects::hexadecimal;
use crate::state::{Caller, State};
use crate::store::{MAIN, Refused};
use crate::work::Job;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use serde_json::Value;
use std::sync::Arc;

/// The content of an artifact.
pub(super) async fn content(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Response {
    let view = match view(&state, &parameters) {
        Ok(view) => view,
        Err(answer) => return answer.into_response(),
    };
    let Some(artifact) = view.get_text(&id).filter(|object| object.kind() == ARTIFACT) else {
        return Answer::refused(&Refused::not_found(ARTIFACT, id).into()).into_response();
    };
    let storage_id = artifact.text("storage_id");
    let Some(content) = state.world().objects.get(&storage_id) else {
        let wanted = if storage_id.is_empty() { "None" } else { &storage_id };
        return Answer::refused(&Refused::not_found("StorageObject", wanted).into()).into_response();
    };
    let checksum = artifact.text("checksum");
    if checksum != hexadecimal(&Md5::digest(&content)) {
        let message = match checksum.as_str() {
            "" => format!(
                "This artifact has no recorded checksum to check its stored file ({storage_id}) against, so it was not \
                 served. Regenerate the artifact to restore it."
            ),
            _ => format!(
                "The stored file of this artifact ({storage_id}) does not match its checksum, so it was not served. It \
                 may have been modified outside of Infrahub. Regenerate the artifact to restore it."
            ),
        };
        return Answer::error(409, message).into_response();
    }
    let mut response = Response::new(Body::from(Bytes::from_owner(content)));
    if let Ok(content_type) = HeaderValue::from_str(&artifact.text("content_type")) {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response
}

/// Begins to render the artifacts of a definition, or those that the body names.
pub(super) async fn generate(
    Shared(state): Shared<Arc<State>>,
    Path(wanted): Path<String>,
    Query(parameters): Query<Parameters>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Answer {
    let branch = branch(&parameters);
    if !caller.may_write() {
        let decision = if branch == MAIN { "allow_default" } else { "allow_other" };
        let needed = ["create", "update"].map(|action| format!("object:Core:Artifact:{action}:{decision}"));
        let message = format!("You do not have one of the following permissions: {}", needed.join(" | "));
        return Answer::error(403, message);
    }
    let view = match view(&state, &parameters) {
        Ok(view) => view,
        Err(answer) => return answer,
    };
    let mut world = state.world();
    if let Ok(branch) = world.store.branch(branch)
        && branch.status.as_str() == "MERGED"
    {
        let refused = Refused::BranchAlreadyMerged { name: branch.name.to_string() };
        return Answer::error(422, refused.to_string());
    }
    match find(&view, DEFINITION, &wanted) {
        Ok(definition) => {
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let only = body["nodes"].as_array().into_iter().flatten();
            let only = only.filter_map(Value::as_str).map(str::to_owned).collect();
            world.submit(Job::Generate(Targets::only(&definition, branch, only, caller.account())));
            Answer::json(200, &Value::Null)
        }
        Err(refusals) => Answer::refused(&refusals),
    }
}

/// What a Jinja2 transformation gives for the variables among the parameters.
pub(super) async fn jinja2(
    Shared(state): Shared<Arc<State>>,
    Path(wanted): Path<String>,
    Query(mut parameters): Query<Parameters>,
) -> Answer {
    let view = match view(&state, &parameters) {
        Ok(view) => view,
        Err(answer) => return answer,
    };
    let template = match find(&view, "CoreTransformJinja2", &wanted) {
        Ok(transformation) => Template::of(&transformation),
        Err(refusals) => return Answer::refused(&refusals),
    };
    let at = match super::at(&parameters) {
        Ok(at) => at,
        Err(message) => return Answer::error(400, message),
    };
    let branch = parameters.remove("branch").unwrap_or_else(|| MAIN.to_owned());
    parameters.remove("at");
    let variables = parameters.into_iter().map(|(name, value)| (name, value.into())).collect();
    let rendered = match template {
        Ok(template) => template.render(&state, &branch, at, variables).await,
        Err(failure) => Err(failure.into()),
    };
    match rendered {
        Ok(text) => Answer::text(200, text),
        Err(Unrendered::Query { name, errors }) => Answer::query_failed(&name, &errors),
        Err(Unrendered::Other(failure)) => Answer::error(500, failure.message),
    }
}

/// A transformation in Python.
pub(super) async fn python() -> Answer {
    lacking("transformations in Python")
}
