//! HTTP: which path answers what.

mod answers;
mod artifact;
mod auth;
mod graphql;
mod input;
mod load;
mod middleware;
mod query;
mod schema;
mod storage;

use crate::state::{State, VERSION};
use answers::{Answer, lacking, no_method, not_found};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{Method, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use std::sync::Arc;

/// The largest body that is taken. The server's own limit on files is below it, and has an error of its own.
const LARGEST_BODY: usize = 256 << 20;

/// Paths of the server's that the sandbox lacks.
const LACKING: &[&str] = &[
    "/api/diff",
    "/api/docs",
    "/api/file",
    "/api/menu",
    "/api/oauth2",
    "/api/oidc",
    "/api/openapi.json",
    "/api/schema/json_schema",
    "/metrics",
];

/// Everything that is served.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/graphql", post(graphql::on_main))
        .route("/graphql/", post(graphql::on_main))
        .route("/graphql/{*branch}", post(graphql::on_branch))
        .route("/schema.graphql", get(schema::sdl))
        .route("/api/info", get(info))
        .route("/api/config", get(config))
        .route("/api/schema", get(schema::all))
        .route("/api/schema/summary", get(schema::summary))
        .route("/api/schema/load", post(load::load_schema))
        .route("/api/schema/check", post(load::check))
        .route("/api/schema/{kind}", get(schema::one))
        .route("/api/query/{wanted}", get(query::by_get).post(query::by_post))
        .route("/api/auth/login", post(auth::login))
        .route("/api/auth/refresh", post(auth::refresh))
        .route("/api/auth/logout", post(auth::logout))
        .route("/api/storage/upload/content", post(storage::upload_content))
        .route("/api/storage/upload/file", post(storage::upload_file))
        .route("/api/storage/object/{id}", get(storage::object))
        .route("/api/storage/files/{id}", get(storage::file))
        .route("/api/storage/files/by-storage-id/{id}", get(storage::file_by_storage_id))
        .route("/api/storage/files/by-hfid/{kind}", get(storage::file_by_hfid))
        .route("/api/artifact/{id}", get(artifact::content))
        .route("/api/artifact/generate/{definition}", post(artifact::generate))
        .route("/api/transform/jinja2/{transformation}", get(artifact::jinja2))
        .route("/api/transform/python/{transformation}", get(artifact::python))
        .fallback(nothing)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(state.clone(), middleware::observe))
        .with_state(state)
}

async fn info(Shared(state): Shared<Arc<State>>) -> Answer {
    Answer::json(200, &json!({ "deployment_id": state.deployment, "version": VERSION }))
}

async fn config() -> Answer {
    Answer::json(
        200,
        &json!({
            "main": {
                "docs_index_path": "/opt/infrahub/docs/build/search-index.json",
                "internal_address": null,
                "allow_anonymous_access": true,
                "anonymous_access_role": "Anonymous User",
            },
            "logging": { "remote": { "enable": false } },
            "analytics": { "enable": false, "address": null, "api_key": null },
            "experimental_features": { "graphql_enums": false },
            "sso": { "providers": [], "enabled": false },
        }),
    )
}

async fn other_method(method: Method, uri: Uri) -> Answer {
    no_method(uri.path(), method == Method::GET)
}

async fn nothing(uri: Uri) -> Response {
    let path = uri.path();
    match LACKING.iter().find(|lacking| path.starts_with(**lacking)) {
        Some(_) => lacking(path).into_response(),
        None => not_found(path).into_response(),
    }
}
