//! Credentials of requests; login, refresh and logout.

use super::answers::Answer;
use super::input;
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
        Ok(Caller::Anonymous) => Err(Answer::error(401, "Authentication is required")),
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
    let [name, password] = match input::texts(&body, ["username", "password"]) {
        Ok(texts) => texts,
        Err(answer) => return answer,
    };
    let login = state.accounts.login(&state.world().store, &name, &password);
    match login {
        Ok(login) => Answer::json(
            200,
            &json!({ "access_token": login.access_token, "refresh_token": login.refresh_token }),
        ),
        Err(denied) => Answer::denied(&denied),
    }
}

pub(super) async fn refresh(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    let Some(token) = bearer(&headers) else { return without_token("refresh") };
    match state.accounts.refresh(&token) {
        Ok(token) => Answer::json(200, &json!({ "access_token": token })),
        Err(denied) => Answer::denied(&denied),
    }
}

pub(super) async fn logout(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    let Some(token) = bearer(&headers) else { return without_token("access") };
    match state.accounts.logout(&token) {
        Ok(()) => Answer::json(200, &Value::Null),
        Err(denied) => Answer::denied(&denied),
    }
}

fn without_token(kind: &str) -> Answer {
    Answer::error(401, format!("A JWT {kind} token is required to perform this operation."))
}
