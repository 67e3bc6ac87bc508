//! Credentials of requests; login, refresh and logout.

use super::answers::Answer;
use super::input;
use crate::accounts::{Denied, Login, REFRESH_LIFETIME, required};
use crate::state::{Caller, State};
use axum::body::Bytes;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

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

pub(super) async fn login(
    Shared(state): Shared<Arc<State>>,
    body: Bytes,
) -> Result<impl IntoResponse, Answer> {
    let [name, password] = input::texts(&body, ["username", "password"])?;
    let login = state.accounts.login(&state.world().store, &name, &password);
    let Login { access_token, refresh_token } = login.map_err(|denied| Answer::denied(&denied))?;
    let cookies = AppendHeaders([
        cookie("access_token", &access_token, state.accounts.access_lifetime()),
        cookie("refresh_token", &refresh_token, REFRESH_LIFETIME),
    ]);
    let tokens = json!({ "access_token": access_token, "refresh_token": refresh_token });
    Ok((cookies, Answer::json(200, &tokens)))
}

pub(super) async fn refresh(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Answer> {
    let token = token(&headers, "refresh_token")
        .ok_or_else(|| required("A JWT refresh token is required to perform this operation."));
    let token = token.and_then(|token| state.accounts.refresh(&token));
    let token = token.map_err(|denied| Answer::denied(&denied))?;
    let cookies = AppendHeaders([cookie("access_token", &token, state.accounts.access_lifetime())]);
    Ok((cookies, Answer::json(200, &json!({ "access_token": token }))))
}

pub(super) async fn logout(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Answer> {
    let token =
        bearer(&headers).ok_or_else(|| required("A JWT access token is required to perform this operation."));
    let ended = token.and_then(|token| state.accounts.logout(&token));
    ended.map_err(|denied| Answer::denied(&denied))?;
    let gone = |name| cookie(name, "\"\"", Duration::ZERO);
    Ok((AppendHeaders([gone("access_token"), gone("refresh_token")]), Answer::json(200, &Value::Null)))
}

/// A cookie with a token, for browsers.
fn cookie(name: &str, token: &str, lifetime: Duration) -> (HeaderName, String) {
    let age = lifetime.as_secs();
    (header::SET_COOKIE, format!("{name}={token}; HttpOnly; Max-Age={age}; Path=/; SameSite=lax"))
}
