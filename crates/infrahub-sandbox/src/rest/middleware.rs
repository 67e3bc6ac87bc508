//! What happens around every request: it meets a fault, and is noted in the journal.

use super::answers::Answer;
use super::{auth, cors};
use crate::accounts;
use crate::faults::Fault;
use crate::graphql::GraphError;
use crate::journal::Recorded;
use crate::listener::Switch;
use crate::random;
use crate::state::State;
use crate::work::catch_up;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, Multipart, Request, State as Shared};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use tokio::time::sleep;

pub(super) async fn observe(
    Shared(state): Shared<Arc<State>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let fault = state.faults.next(&path);
    let (mut recorded, request) = recorded(request).await;
    let bearer = auth::bearer(request.headers()).is_some();
    let mut response = match &fault {
        Some(Fault::ConnectionClosed) => {
            switch.cut();
            Response::default()
        }
        Some(Fault::Shed { retry_after }) => too_many(*retry_after, true),
        Some(Fault::RateLimited { retry_after }) => too_many(*retry_after, false),
        Some(Fault::Status(status)) => {
            let reason = axum::http::StatusCode::from_u16(*status).ok().and_then(|it| it.canonical_reason());
            Answer::text(*status, reason.unwrap_or("Error")).into_response()
        }
        Some(Fault::TokenExpired) if bearer => token_expired(&path),
        other => {
            if let Some(Fault::Latency(latency)) = other {
                sleep(*latency).await;
            }
            match cors::refusal(request.method(), request.headers()) {
                Some(refusal) => refusal,
                None => {
                    catch_up(&state).await;
                    next.run(request).await
                }
            }
        }
    };
    match fault {
        Some(Fault::AnswerLost) => switch.cut(),
        Some(Fault::BodyCut) => response = cut(response).await,
        Some(Fault::MalformedJson) => *response.body_mut() = Body::from("{\"data\": {"),
        _ => {}
    }
    if matches!(fault, Some(Fault::MalformedJson)) {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    let lost = matches!(fault, Some(Fault::ConnectionClosed | Fault::AnswerLost));
    recorded.status = (!lost).then(|| response.status().as_u16());
    state.journal.add(recorded);
    if let Ok(id) = HeaderValue::from_str(&random::uuid()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}

/// What the journal keeps of a request, and the request again.
async fn recorded(request: Request) -> (Recorded, Request) {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str()).to_owned();
    let is_graphql = parts.uri.path().starts_with("/graphql");
    // the router's own limit is the one that refuses
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let content_type = parts.headers.get(header::CONTENT_TYPE).map_or(b"".as_slice(), HeaderValue::as_bytes);
    let operation = match content_type {
        json if is_graphql && json.starts_with(b"application/json") => Some(bytes.clone()),
        form if is_graphql && form.starts_with(b"multipart/form-data") => {
            operations(Request::from_parts(parts.clone(), Body::from(bytes.clone()))).await
        }
        _ => None,
    };
    let sent: Value =
        operation.and_then(|operation| serde_json::from_slice(&operation).ok()).unwrap_or_default();
    let recorded = Recorded {
        method: parts.method.to_string(),
        target,
        document: sent["query"].as_str().map(str::to_owned),
        variables: sent.get("variables").filter(|variables| !variables.is_null()).cloned(),
        status: None,
    };
    (recorded, Request::from_parts(parts, Body::from(bytes)))
}

/// The operation of a form, which comes before its files.
async fn operations(request: Request) -> Option<Bytes> {
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some("operations") {
            return field.bytes().await.ok();
        }
    }
    None
}

/// 429, with the marker that says that the server itself sheds load and has not looked at the request.
fn too_many(retry_after: u64, shed: bool) -> Response {
    let mut response = match shed {
        true => Answer::error(429, "Server is shedding load; retry later.").into_response(),
        false => Answer::text(429, "Too Many Requests").into_response(),
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    if shed {
        let marker = HeaderName::from_static("x-infrahub-admission");
        response.headers_mut().insert(marker, HeaderValue::from_static("shed"));
    }
    response
}

fn token_expired(path: &str) -> Response {
    let denied = accounts::expired();
    if !path.starts_with("/graphql") {
        return Answer::denied(&denied).into_response();
    }
    let mut error = GraphError::of_document(denied.message, None);
    (error.code, error.http_status) = (denied.code.to_owned(), denied.status);
    error.data = json!({ "expired_at": null });
    Answer::json(denied.status, &json!({ "data": null, "errors": [error.to_json()] })).into_response()
}

/// The first half of an answer, after which the connection breaks.
async fn cut(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let half = bytes.slice(..bytes.len() / 2);
    let pieces: [io::Result<Bytes>; 2] = [Ok(half), Err(io::ErrorKind::ConnectionReset.into())];
    Response::from_parts(parts, Body::from_stream(stream::iter(pieces)))
}
