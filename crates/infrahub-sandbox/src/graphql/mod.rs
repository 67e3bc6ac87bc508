//! GraphQL: from a node schema to what is served of it, and from a document to its answer.

mod answer;
mod coerce;
mod derive;
mod document;
mod dynamic;
mod error;
mod expand;
mod hashes;
mod introspection;
mod permissions;
mod print;
mod request;
mod resolve;
mod sdl;
mod served;
mod source;
mod types;

pub(crate) use answer::Answer;
pub(crate) use error::GraphError;
pub(crate) use request::Request;
pub(crate) use served::Served;

use crate::store::Refused;
use async_graphql::Variables;
use async_graphql::parser::types::OperationType;
use document::{Prepared, Unprepared};
use serde_json::{Map, Value};
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
    let prepared = document::prepare(request.types(), &query, name.as_deref(), variables);
    let Prepared { mut document, variables, operation, roots } = match prepared {
        Ok(prepared) => prepared,
        Err(Unprepared::Crash) => return Answer::Crash,
        Err(Unprepared::Wrong(errors)) => return Answer::executed(async_graphql::Value::Null, errors),
    };
    if operation == OperationType::Subscription {
        let lacking = Refused::lacking("the execution of subscriptions");
        let mut error = GraphError::of_document(lacking.to_string(), None);
        error.http_status = lacking.http_status();
        return Answer::executed(async_graphql::Value::Null, vec![error]);
    }
    if let Some(refusal) = permissions::refusal(&request, operation, &roots) {
        return refusal;
    }
    if operation == OperationType::Mutation {
        request.at = None;
    } else if let Err(refusals) = request.view() {
        let mut error = GraphError::of_document(refusals.to_string(), None);
        error.http_status = 422;
        return Answer::Refused { status: 422, error };
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
