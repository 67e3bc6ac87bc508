//! GraphQL: from a node schema to what is served of it, and from a document to its answer.

mod analyze;
mod answer;
mod coerce;
mod derive;
mod document;
mod dynamic;
mod error;
mod expand;
mod hashes;
mod introspection;
mod literal;
mod print;
mod request;
mod resolve;
mod sdl;
mod served;
mod source;
mod suggest;
mod types;
mod validate;
mod variables;

pub(crate) use answer::Answer;
pub(crate) use error::GraphError;
pub(crate) use request::Request;
pub(crate) use served::Served;

use analyze::{Analyzed, Unanalyzed};
use async_graphql::{Variables, parser};
use document::{Prepared, Unprepared};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a client sends.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    pub(crate) query: String,
    pub(crate) name: Option<String>,
    pub(crate) variables: Map<String, Value>,
}

/// Executes an operation.
pub(crate) async fn execute(mut request: Request, operation: Operation) -> Answer {
    let Operation { query, name, variables } = operation;
    let Ok(document) = parser::parse_query(&query) else { return Answer::Crash };
    let Analyzed { is_mutation, roots } =
        match analyze::analyze(&document, &request.served, request.served.schema()) {
            Ok(analyzed) => analyzed,
            Err(Unanalyzed::Crash) => return Answer::Crash,
            Err(Unanalyzed::NoKind(name)) => return no_kind(&name),
        };
    if is_mutation {
        request.at = None;
        if let Some(refusal) = refusal(&request, &roots) {
            return refusal;
        }
    } else if let Err(refusals) = request.view() {
        let mut error = GraphError::of_document(refusals.to_string(), None);
        error.http_status = 422;
        return Answer::Refused { status: 422, error };
    }
    let prepared = document::prepare(request.types(), document, name.as_deref(), variables);
    let Prepared { mut document, variables } = match prepared {
        Ok(prepared) => prepared,
        Err(Unprepared::Crash) => return Answer::Crash,
        Err(Unprepared::Wrong(errors)) => return Answer::executed(async_graphql::Value::Null, errors),
    };
    let request = Arc::new(request);
    expand::expand(&mut document, |root| match request.served.api.roots.get(root) {
        Some(derive::Root::List(kind)) => request.served.schema().kind(kind),
        _ => None,
    });
    let mut executable = async_graphql::Request::new(query)
        .variables(Variables::from_json(Value::Object(variables)))
        .data(request.clone());
    executable.set_parsed_query(document);
    let mut response = request.served.executable.execute(executable).await;
    if roots.iter().any(|root| introspection::is_root(root)) {
        introspection::correct(&mut response.data);
    }
    let mut errors = request.errors();
    if errors.is_empty() {
        errors.extend(response.errors.iter().map(|error| {
            let location = error.locations.first().map(|position| (position.line, position.column));
            GraphError::of_document(error::in_the_servers_words(&error.message), location)
        }));
    }
    Answer::executed(response.data, errors)
}

/// A fragment is on a kind that there is not.
fn no_kind(name: &str) -> Answer {
    let message = format!("Unable to find the schema '{name}' in the registry");
    let mut error = GraphError::of_document(message, None);
    (error.code, error.http_status) = ("SCHEMA_NOT_FOUND".to_owned(), 422);
    error.data = json!({ "kind": name });
    Answer::Refused { status: 422, error }
}

/// Why a mutation is not executed at all: the caller is nobody, or may not write.
fn refusal(request: &Request, roots: &[String]) -> Option<Answer> {
    let (status, code, message) = if request.caller.account().is_none() {
        let message = "Authentication is required to perform this operation";
        (401, "AUTHENTICATION_REQUIRED", message.to_owned())
    } else if request.caller.may_write() {
        return None;
    } else {
        // everybody may make branches and tokens of one's own
        let kept = roots.iter().find_map(|root| match request.served.api.roots.get(root) {
            Some(derive::Root::Write(verb, kind)) => Some((verb.as_str().to_lowercase(), kind)),
            _ => None,
        });
        let (action, kind) = kept?;
        let schema = request.served.schema().kind(kind);
        let (namespace, name) = schema.map(|kind| (&*kind.namespace, &*kind.name)).unwrap_or_default();
        let message = format!(
            "You do not have one of the following permissions: object:{namespace}:{name}:{action}:allow_other"
        );
        (403, "PERMISSION_DENIED", message)
    };
    let mut error = GraphError::of_document(message, None);
    (error.code, error.http_status) = (code.to_owned(), status);
    if code == "PERMISSION_DENIED" {
        error.data = json!({ "action": null, "resource_kind": null });
    }
    Some(Answer::Refused { status, error })
}
