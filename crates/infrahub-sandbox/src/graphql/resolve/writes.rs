//! Mutations of objects and of their relationships.

use super::{Asked, Given};
use crate::graphql::derive::Verb;
use crate::graphql::permissions;
use crate::graphql::request::Request;
use crate::graphql::source::Source;
use crate::state::World;
use crate::store::{Arguments, MAIN, NodeId, Object, Outcome, Refused, Relate, Write};
use serde_json::{Value, json};
use std::sync::Arc;

/// Creates, updates, upserts or deletes an object.
pub(super) fn give(request: &Request, verb: Verb, kind: &str, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let author = author(request, asked)?;
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
    let author = author(request, asked)?;
    let view = request.state.world().store.view(&request.branch)?;
    let peers = data.get("nodes").and_then(Value::as_array).into_iter().flatten();
    let ids = peers.filter_map(|peer| peer.get("id")).chain(data.get("id"));
    let objects: Vec<Object> = ids.filter_map(|id| view.get_text(id.as_str()?)).collect();
    permissions::check_update(request, &objects)?;
    let relate = Relate { branch: &request.branch, data: &data, author };
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
pub(super) fn author(request: &Request, asked: &Asked<'_>) -> Outcome<Option<NodeId>> {
    let named = asked.arguments.get("context").and_then(|context| context["account"]["id"].as_str());
    let caller = request.caller.account();
    let Some(named) = named.filter(|named| !named.is_empty() && caller != NodeId::parse(named)) else {
        return Ok(caller);
    };
    let decision = if request.branch == MAIN { "allow_default" } else { "allow_other" };
    let missing = format!("You do not have the following permission: global:override_context:{decision}");
    permissions::check(request, &missing)?;
    let view = request.state.world().store.view(MAIN)?;
    let by_id = view.get_text(named).filter(|object| view.is_a(object.kind(), "CoreGenericAccount"));
    let account = by_id.or_else(|| view.account(named));
    let account =
        account.ok_or_else(|| Refused::invalid("Unable to set context for account that doesn't exist"))?;
    Ok(Some(account.id()))
}
