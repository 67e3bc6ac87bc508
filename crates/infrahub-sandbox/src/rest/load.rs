//! Schema files that a client loads or checks.

use super::answers::Answer;
use super::auth;
use crate::loading::{self, Loaded, Rejected};
use crate::state::State;
use crate::store::MAIN;
use axum::body::Bytes;
use axum::extract::{Query, State as Shared};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Parameters = Query<BTreeMap<String, String>>;

pub(super) async fn check(
    Shared(state): Shared<Arc<State>>,
    Query(parameters): Parameters,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    match load(&state, &parameters, &headers, &body) {
        Ok((_, loaded)) => Answer::json(202, &json!({ "diff": loaded.diff, "warnings": loaded.warnings })),
        Err(answer) => answer,
    }
}

pub(super) async fn load_schema(
    Shared(state): Shared<Arc<State>>,
    Query(parameters): Parameters,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let (branch, loaded) = match load(&state, &parameters, &headers, &body) {
        Ok(loaded) => loaded,
        Err(answer) => return answer,
    };
    let before = match state.served(&branch) {
        Ok(served) => served.hashes().whole.clone(),
        Err(refusals) => return Answer::refused(&refusals),
    };
    let changed = loaded.is_changed();
    if changed {
        let outcome = state.world().store.set_schema(&branch, loaded.schema);
        if let Err(refusals) = outcome {
            return Answer::error(422, refusals.to_string());
        }
    }
    let after = match state.served(&branch) {
        Ok(served) => served.hashes().whole.clone(),
        Err(refusals) => return Answer::refused(&refusals),
    };
    Answer::json(
        200,
        &json!({
            "hash": after, "previous_hash": before, "diff": loaded.diff, "warnings": loaded.warnings,
            "schema_updated": changed,
        }),
    )
}

fn load(
    state: &State,
    parameters: &BTreeMap<String, String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(String, Loaded), Answer> {
    if !auth::writer(state, headers)?.may_write() {
        return Err(Answer::error(403, "You are not allowed to manage the schema"));
    }
    let branch = parameters.get("branch").map_or(MAIN, String::as_str);
    let served = state.served(branch).map_err(|refusals| Answer::error(400, refusals.to_string()))?;
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        let detail = json!({ "type": "json_invalid", "loc": ["body", error.column()], "msg": "JSON decode error", "input": {} });
        Answer::json(422, &json!({ "detail": [detail] }))
    })?;
    match loading::load(served.schema(), &body) {
        Ok(loaded) => Ok((branch.to_owned(), loaded)),
        Err(Rejected::Structure(detail)) => Err(Answer::json(422, &json!({ "detail": detail }))),
        Err(Rejected::Words(words)) => Err(Answer::error(422, words)),
    }
}
