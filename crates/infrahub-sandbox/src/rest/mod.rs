//! HTTP: which path answers what.

mod answers;
mod artifact;
mod auth;
mod cors;
mod graphql;
mod input;
mod load;
mod middleware;
mod query;
mod schema;
mod storage;

use crate::state::{State, VERSION};
use crate::store::{Arguments, MAIN, Object, Outcome, Refused, View, point_in_time};
use answers::{Answer, lacking};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{Method, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The parameters of a request.
type Parameters = BTreeMap<String, String>;

/// The largest body that is taken. The server's own limit on files is below it, and has an error of its own.
const LARGEST_BODY: usize = 256 << 20;

/// Paths of the server's that the sandbox lacks.
const LACKING: &[&str] = &[
    "/api/diff",
    "/api/docs",
    "/api/file",
    "/api/ldap",
    "/api/menu",
    "/api/oauth2",
    "/api/oidc",
    "/api/openapi.json",
    "/api/redoc",
    "/api/response-delay",
    "/api/schema/json_schema",
    "/api/search",
    "/api/telemetry",
    "/metrics",
];

/// Everything that is served.
pub(crate) fn router(state: Arc<State>) -> Router {
    let checked = Router::new()
        .route("/schema.graphql", get(schema::sdl))
        .route("/api/info", get(info))
        .route("/api/schema", get(schema::all))
        .route("/api/schema/summary", get(schema::summary))
        .route("/api/schema/load", post(load::load_schema))
        .route("/api/schema/check", post(load::check))
        .route("/api/schema/{kind}", get(schema::one))
        .route("/api/query/{wanted}", get(query::by_get).post(query::by_post))
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
        .route_layer(from_fn_with_state(state.clone(), auth::check));
    Router::new()
        .merge(checked)
        .route("/graphql", post(graphql::on_main).options(cors::graphql))
        .route("/graphql/", post(graphql::on_main).options(cors::graphql))
        .route("/graphql/{*branch}", post(graphql::on_branch).options(cors::graphql))
        .route("/api/config", get(config))
        .route("/api/auth/login", post(auth::login))
        .route("/api/auth/refresh", post(auth::refresh))
        .route("/api/auth/logout", post(auth::logout))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(from_fn_with_state(state.clone(), middleware::observe))
        // around the journal, which reads forms too
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
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

/// What the sandbox does not answer: because it lacks it, or because the server has it neither.
async fn nothing(method: Method, uri: Uri) -> Answer {
    let path = uri.path();
    if LACKING.iter().any(|lacking| path.starts_with(lacking)) {
        lacking(path)
    } else if path.starts_with("/api/") {
        Answer::error(404, format!("The requested endpoint {path} does not exist"))
    } else if method == Method::GET {
        // the server has it at every other path
        lacking("the web interface")
    } else {
        Answer::json(405, &json!({ "detail": "Method Not Allowed" }))
    }
}

/// The branch that a request names, or the default one.
fn branch(parameters: &Parameters) -> &str {
    parameters.get("branch").map_or(MAIN, String::as_str)
}

/// The point in time that a request names, if it names one.
///
/// # Errors
/// The server's words about a text that is none.
fn at(parameters: &Parameters) -> Result<Option<Timestamp>, String> {
    let Some(text) = parameters.get("at").filter(|text| !text.is_empty()) else { return Ok(None) };
    point_in_time(text).map(Some).ok_or_else(|| format!("Invalid time format for {text}"))
}

/// The branch that a request names, at the point in time that it names.
///
/// # Errors
/// The answer where there is no such branch or time.
fn view(state: &State, parameters: &Parameters) -> Result<View, Answer> {
    let at = at(parameters).map_err(|message| Answer::error(400, message))?;
    let view = state.world().store.view_at(branch(parameters), at);
    view.map_err(|refusals| Answer::refused(&refusals))
}

/// The object of a kind by its id or its name.
fn find(view: &View, kind: &str, wanted: &str) -> Outcome<Object> {
    if let Some(object) = view.get_text(wanted).filter(|object| object.kind() == kind) {
        return Ok(object);
    }
    let filter = Arguments::from_iter([("name__value".to_owned(), wanted.into())]);
    let found = view.find(kind, &filter)?.items.into_iter().next();
    Ok(found.ok_or_else(|| Refused::not_found(kind, wanted))?)
}
