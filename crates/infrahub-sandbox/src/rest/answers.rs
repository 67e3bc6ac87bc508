//! The shapes of answers.

use crate::accounts::Denied;
use crate::graphql::GraphError;
use crate::store::{Refusals, Refused};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An answer with its status.
pub(crate) struct Answer {
    status: u16,
    content_type: Option<&'static str>,
    body: String,
}

const JSON: &str = "application/json";

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, content_type: Some(JSON), body: body.to_string() }
    }

    /// JSON that is text already.
    pub(crate) fn json_text(status: u16, body: String) -> Self {
        Self { status, content_type: Some(JSON), body }
    }

    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, content_type: Some("text/plain; charset=utf-8"), body: body.into() }
    }

    /// An error of the REST interface.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        let error = json!({ "message": message.into(), "extensions": { "code": status } });
        Self::json(status, &json!({ "data": null, "errors": [error] }))
    }

    /// An error of the GraphQL endpoint itself, before GraphQL.
    pub(crate) fn plain_error(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &json!({ "errors": [message.into()] }))
    }

    /// What the store refuses, as the REST interface says it.
    pub(crate) fn refused(refusals: &Refusals) -> Self {
        Self::error(refusals.first().http_status(), refusals.to_string())
    }

    /// The errors of a stored query, as the REST interface says them.
    pub(crate) fn query_failed(name: &str, errors: &[GraphError]) -> Self {
        let error = |error: &GraphError| {
            let locations = error.location.map(|(line, column)| json!({ "line": line, "column": column }));
            let message = json!({
                "message": format!("GraphQLQuery {name}: {}", error.message),
                "path": if error.path.is_empty() { Value::Null } else { Value::from(error.path.clone()) },
                "locations": Vec::from_iter(locations),
            });
            json!({ "message": message, "extensions": { "code": 502 } })
        };
        let errors: Vec<Value> = errors.iter().map(error).collect();
        Self::json(502, &json!({ "data": null, "errors": errors }))
    }

    /// Credentials that are refused, as the REST interface says it.
    pub(crate) fn denied(denied: &Denied) -> Self {
        Self::error(denied.status, denied.message.clone())
    }
}

/// What the server can do and the sandbox cannot.
pub(super) fn lacking(what: &str) -> Answer {
    Answer::refused(&Refused::lacking(what).into())
}

/// A crash of the server.
pub(super) fn crash() -> Answer {
    Answer::text(500, "Internal Server Error")
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(content_type) = self.content_type {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        response
    }
}
