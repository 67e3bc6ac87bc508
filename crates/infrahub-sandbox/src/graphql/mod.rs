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
mod limits;
mod literal;
mod permissions;
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

use crate::store::Refused;
use analyze::{Analyzed, Unanalyzed};
use async_graphql::parser::types::OperationType;
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
    if let Err(message) = limits::check_text(&query) {
        return not_run(message);
    }
    let Ok(document) = parser::parse_query(&query) else { return Answer::Crash };
    let depth = match limits::check(&document) {
        Ok(depth) => depth,
        Err(message) => return not_run(message),
    };
    let Analyzed { is_mutation, roots } =
        match analyze::analyze(&document, &request.served, request.served.schema()) {
            Ok(analyzed) => analyzed,
            Err(Unanalyzed::Crash) => return Answer::Crash,
            Err(Unanalyzed::NoKind(name)) => return no_kind(&name),
        };
    if let Some(refusal) = permissions::refusal(&request, is_mutation, &roots) {
        return refusal;
    }
    if is_mutation {
        request.at = None;
    } else if let Err(refusals) = request.view() {
        let mut error = GraphError::of_document(refusals.to_string(), None);
        error.http_status = 422;
        return Answer::Refused { status: 422, error };
    }
    let prepared = document::prepare(request.types(), document, name.as_deref(), variables);
    let Prepared { mut document, variables, operation } = match prepared {
        Ok(prepared) => prepared,
        Err(Unprepared::Crash) => return Answer::Crash,
        Err(Unprepared::Wrong(errors)) => return Answer::executed(async_graphql::Value::Null, errors),
    };
    if operation == OperationType::Subscription {
        return not_run(Refused::lacking("the execution of subscriptions").to_string());
    }
    let request = Arc::new(request);
    expand::expand(&mut document, |root| match request.served.api.roots.get(root) {
        Some(derive::Root::List(kind)) => request.served.schema().kind(kind),
        _ => None,
    });
    let mut executable = async_graphql::Request::new(query)
        .variables(Variables::from_json(Value::Object(variables)))
        .data(request.clone());
    executable.set_parsed_query(document);
    let mut response = limits::execute(depth, request.served.executable.execute(executable)).await;
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

/// The sandbox does not run what the server may.
fn not_run(message: String) -> Answer {
    let mut error = GraphError::of_document(message, None);
    error.http_status = Refused::lacking("").http_status();
    Answer::executed(async_graphql::Value::Null, vec![error])
}

/// A fragment is on a kind that there is not.
fn no_kind(name: &str) -> Answer {
    let message = format!("Unable to find the schema '{name}' in the registry");
    let mut error = GraphError::of_document(message, None);
    (error.code, error.http_status) = ("SCHEMA_NOT_FOUND".to_owned(), 422);
    error.data = json!({ "kind": name });
    Answer::Refused { status: 422, error }
}
