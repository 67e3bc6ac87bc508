//! The fields of `Query` and `Mutation`.

use super::{Asked, Given, node, server, writes};
use crate::graphql::derive::Root;
use crate::graphql::request::Request;
use crate::graphql::source::{Connection, Edge, Source};
use crate::store::{Object, Outcome};

/// The value of a root field.
pub(super) fn give(request: &Request, root: &Root, asked: &Asked<'_>) -> Outcome<Given> {
    match root {
        Root::List(kind) => list(request, kind, asked),
        Root::Write(verb, kind) => writes::give(request, *verb, kind, asked),
        Root::Server(name) => server::give(request, name, asked),
    }
}

fn list(request: &Request, kind: &str, asked: &Asked<'_>) -> Outcome<Given> {
    let found = request.view()?.find(kind, &asked.arguments)?;
    for edges in asked.selection.selection_set().filter(|part| part.name() == "edges") {
        for part in edges.selection_set().filter(|part| part.name() == "node") {
            let mut schemas = found.items.iter().filter_map(Object::schema);
            schemas.try_for_each(|schema| node::refuse_methods(schema, &part))?;
        }
    }
    let edges = found.items.into_iter().map(|object| Edge::of_object(object, 0)).collect();
    let list = Connection { kind: kind.to_owned(), count: found.count, edges, anchor: 0 };
    Ok(Given::Source(Source::Connection(list)))
}
