//! Credentials of requests; login, refresh and logout.

use super::answers::Answer;
use super::input;
use crate::accounts::{Denied, required};
use crate::state::{Caller, State};
use axum::body::Bytes;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// Who sends a request with these headers.
pub(super) fn caller(state: &State, headers: &HeaderMap) -> Result<Caller, Denied> {
    let key = headers.get("x-infrahub-key").and_then(|value| value.to_str().ok());
    state.accounts.caller(key, bearer(headers).as_deref())
}

/// Lets requests of the REST interface through, each with its caller: nobody with credentials that are not good, and
/// without any who only reads.
pub(super) async fn check(Shared(state): Shared<Arc<State>>, mut request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match caller(&state, request.headers()) {
        Ok(Caller::Anonymous) if !reads => Answer::error(401, "Authentication is required").into_response(),
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(denied) => Answer::denied(&denied).into_response(),
    }
}

/// The access token of a login, from its header or its cookie.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    token(headers, "access_token")
}

/// A token from the header, or else from a cookie.
fn token(headers: &HeaderMap, cookie: &str) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let header = || {
        let (scheme, token) = text(header::AUTHORIZATION)?.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    };
    let cookie = || {
        let cookies = text(header::COOKIE)?.split(';');
        let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value)
    };
    header().or_else(cookie).map(str::to_owned)
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
    let token = token(&headers, "refresh_token")
        .ok_or_else(|| required("A JWT refresh token is required to perform this operation."));
    match token.and_then(|token| state.accounts.refresh(&token)) {
        Ok(token) => Answer::json(200, &json!({ "access_token": token })),
        Err(denied) => Answer::denied(&denied),
    }
}

pub(super) async fn logout(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Answer {
    let token =
        bearer(&headers).ok_or_else(|| required("A JWT access token is required to perform this operation."));
    match token.and_then(|token| state.accounts.logout(&token)) {
        Ok(()) => Answer::json(200, &Value::Null),
        Err(denied) => Answer::denied(&denied),
    }
}
