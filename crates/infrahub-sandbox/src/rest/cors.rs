//! What a browser asks for a page of another origin: as on a fresh server, no other origin is allowed.

use super::answers::Answer;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};

const METHODS: [&str; 6] = ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"];

/// The headers that a page may set; the first four it may everywhere.
const HEADERS: [&str; 9] = [
    "accept",
    "accept-language",
    "content-language",
    "content-type",
    "authorization",
    "user-agent",
    "x-csrftoken",
    "x-priority",
    "x-requested-with",
];

/// The refusal, if that is what is asked.
pub(super) fn refusal(method: &Method, headers: &HeaderMap) -> Option<Response> {
    let text = |name: HeaderName| headers.get(name).map(HeaderValue::to_str)?.ok();
    let wanted = text(header::ACCESS_CONTROL_REQUEST_METHOD);
    let (Some(wanted), Some(_)) = (wanted.filter(|_| *method == Method::OPTIONS), text(header::ORIGIN))
    else {
        return None;
    };
    let mut refused = vec!["origin"];
    if !METHODS.contains(&wanted) {
        refused.push("method");
    }
    let set = text(header::ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    if !set.is_empty() && !set.split(',').all(|name| HEADERS.contains(&name.trim().to_lowercase().as_str())) {
        refused.push("headers");
    }
    Some(Answer::text(400, format!("Disallowed CORS {}", refused.join(", "))).into_response())
}

/// The methods of the GraphQL endpoint.
pub(super) async fn graphql() -> Response {
    [(header::ALLOW, "GET, POST, OPTIONS")].into_response()
}
