//! Mutations of objects and of their relationships.

use super::{Asked, Given};
use crate::graphql::derive::Verb;
use crate::graphql::request::Request;
use crate::graphql::source::Source;
use crate::state::World;
use crate::store::{Arguments, NodeId, Outcome, Refused, Relate, Write};
use serde_json::{Value, json};
use std::sync::Arc;

/// Creates, updates, upserts or deletes an object.
pub(super) fn give(request: &Request, verb: Verb, kind: &str, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let mut world = request.state.world();
    let before = world.store.view(&request.branch)?;
    let World { store, objects, .. } = &mut *world;
    let file = match asked.arguments.get("file").and_then(|file| request.file(file)) {
        Some(upload) => Some(
            objects
                .put_file(upload)
                .map_err(|(http_status, message)| Refused::Other { http_status, message })?,
        ),
        None => None,
    };
    let author = author(request, asked);
    let write = Write { branch: &request.branch, kind, data: &data, author, file: file.as_ref() };
    let mut written = match verb {
        Verb::Create => store.create(&write)?,
        Verb::Update => store.update(&write)?,
        Verb::Upsert => store.upsert(&write)?,
        Verb::Delete => {
            store.delete(&write)?;
            return Ok(Given::Json(json!({ "ok": true })));
        }
    };
    world.follow(&write, before.get(written.id).as_ref(), &mut written)?;
    Ok(Given::Source(Source::Written(Arc::new(written))))
}

/// Adds peers to a relationship, or takes them off it.
pub(super) fn relate(request: &Request, add: bool, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let relate = Relate { branch: &request.branch, data: &data, author: author(request, asked) };
    let store = &mut request.state.world().store;
    match add {
        true => store.add_peers(&relate)?,
        false => store.remove_peers(&relate)?,
    };
    Ok(Given::Json(json!({ "ok": true })))
}

/// The argument `data`, an object.
pub(super) fn data(asked: &Asked<'_>) -> Arguments {
    match asked.arguments.get("data") {
        Some(Value::Object(data)) => data.clone(),
        _ => Arguments::new(),
    }
}

/// Who writes: the account in `context`, or the caller.
pub(super) fn author(request: &Request, asked: &Asked<'_>) -> Option<NodeId> {
    let named = asked.arguments.get("context").and_then(|context| context["account"]["id"].as_str());
    named.and_then(NodeId::parse).or(request.caller.account())
}
