//! Schema files that a client loads or checks.

use super::answers::Answer;
use super::{Parameters, branch};
use crate::loading::{self, Loaded, Rejected};
use crate::state::{Caller, State};
use crate::store::{NodeId, Refusals, Store};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Query, State as Shared};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn check(
    Shared(state): Shared<Arc<State>>,
    Query(parameters): Query<Parameters>,
    body: Bytes,
) -> Answer {
    let branch = branch(&parameters);
    let checked = read(&body).and_then(|body| {
        let store = &state.world().store;
        let loaded = load(store, branch, &body)?;
        store.check_schema(branch, &loaded.schema).map_err(|refusals| refused(&refusals))?;
        Ok(loaded)
    });
    match checked {
        Ok(loaded) => Answer::json(202, &json!({ "diff": loaded.diff, "warnings": loaded.warnings })),
        Err(answer) => answer,
    }
}

pub(super) async fn load_schema(
    Shared(state): Shared<Arc<State>>,
    Query(parameters): Query<Parameters>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Answer {
    if !caller.may_write() {
        return Answer::error(403, "You are not allowed to manage the schema");
    }
    update(&state, branch(&parameters), &body, caller.account()).unwrap_or_else(|answer| answer)
}

fn update(state: &State, branch: &str, body: &[u8], author: Option<NodeId>) -> Result<Answer, Answer> {
    let body = read(body)?;
    let hash = || match state.served(branch) {
        Ok(served) => Ok(served.hashes().whole.clone()),
        Err(refusals) => Err(Answer::error(400, refusals.to_string())),
    };
    let before = hash()?;
    let (diff, warnings, changed) = {
        // held until the schema is changed: a load at the same time builds on this one
        let store = &mut state.world().store;
        let loaded = load(store, branch, &body)?;
        let changed = loaded.is_changed();
        let Loaded { schema, diff, warnings } = loaded;
        if changed {
            store.load_schema(branch, schema, author).map_err(|refusals| refused(&refusals))?;
        }
        (diff, warnings, changed)
    };
    let body = json!({
        "hash": hash()?, "previous_hash": before, "diff": diff, "warnings": warnings, "schema_updated": changed,
    });
    Ok(Answer::json(200, &body))
}

fn refused(refusals: &Refusals) -> Answer {
    Answer::error(422, refusals.to_string())
}

/// What the files make of the schema of a branch.
fn load(store: &Store, branch: &str, body: &Value) -> Result<Loaded, Answer> {
    let view = store.view(branch).map_err(|refusals| Answer::error(400, refusals.to_string()))?;
    loading::load(view.schema(), body).map_err(|rejected| match rejected {
        Rejected::Structure(detail) => Answer::json(422, &json!({ "detail": detail })),
        Rejected::Words(words) => Answer::error(422, words),
    })
}

fn read(body: &[u8]) -> Result<Value, Answer> {
    serde_json::from_slice(body).map_err(|error| {
        let place = json!(["body", error.column()]);
        let detail = json!({ "type": "json_invalid", "loc": place, "msg": "JSON decode error", "input": {} });
        Answer::json(422, &json!({ "detail": [detail] }))
    })
}
