//! Credentials of requests; login, refresh and logout.

use super::answers::Answer;
use crate::accounts::Denied;
use crate::state::{Caller, State};
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// Who sends a request with these headers.
pub(super) fn caller(state: &State, headers: &HeaderMap) -> Result<Caller, Denied> {
    let key = headers.get("x-infrahub-key").and_then(|value| value.to_str().ok());
    state.accounts.caller(key, bearer(headers).as_deref())
}

/// Who writes by REST: somebody with credentials.
pub(super) fn writer(state: &State, headers: &HeaderMap) -> Result<Caller, Answer> {
    match caller(state, headers) {
        Ok(Caller::Anonymous) => {
            Err(Answer::error(401, "Authentication is required to access this resource"))
        }
        Ok(caller) => Ok(caller),
        Err(denied) => Err(Answer::denied(&denied)),
    }
}

/// The token of a login, from its header or its cookie.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let header = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookie =
        || text(header::COOKIE)?.split(';').find_map(|cookie| cookie.trim().strip_prefix("access_token="));
    header.or_else(cookie).map(str::to_owned)
}

pub(super) async fn login(Shared(state): Shared<Arc<State>>, body: Bytes) -> Answer {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let missing = |name: &str| {
        let detail =
            json!({ "type": "missing", "loc": ["body", name], "msg": "Field required", "input": {} });
        Answer::json(422, &json!({ "detail": [detail] }))
    };
    let Some(name) = body["username"].as_str() else { return missing("username") };
    let Some(password) = body["password"].as_str() else { return missing("password") };
    let login = state.accounts.login(&state.world().store, name, password);
    match login {
        Ok(login) => Answer::json(
            200,
            &json!({ "access_token": login.access_token, "refresh_token": login.refresh_token }),
        ),
        Err(denied) => Answer::denied(&denied),
    }
}

pub(super) async fn refresh(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    match state.accounts.refresh(&bearer(&headers).unwrap_or_default()) {
        Ok(token) => Answer::json(200, &json!({ "access_token": token })),
        Err(denied) => Answer::denied(&denied),
    }
}

pub(super) async fn logout(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    match state.accounts.logout(&bearer(&headers).unwrap_or_default()) {
        Ok(()) => Answer::json(200, &Value::Null),
        Err(denied) => Answer::denied(&denied),
    }
}
