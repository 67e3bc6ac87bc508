//! The server itself, and the account that calls.

use super::super::writes::data;
use super::{Asked, Given, count};
use crate::graphql::request::Request;
use crate::graphql::source::{Node, Source};
use crate::state::{Caller, VERSION};
use crate::store::{NodeId, Outcome, Refused};
use serde_json::{Value, json};

pub(super) fn info(request: &Request) -> Given {
    Given::Json(json!({ "deployment_id": request.state.deployment, "version": VERSION }))
}

/// One worker, which always has the schema of the branch.
pub(super) fn status(request: &Request) -> Given {
    let hash = &request.served.hashes().whole;
    let worker = json!({ "id": request.state.deployment, "active": true, "schema_hash": hash });
    Given::Json(json!({
        "summary": { "schema_hash_synced": true },
        "workers": { "edges": [{ "node": worker }] },
    }))
}

pub(super) fn account_profile(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let object = match request.caller.account() {
        Some(id) => request.view()?.get(id),
        None => None,
    };
    let Some(object) = object else {
        let identifier = match &request.caller {
            Caller::Anonymous => "anonymous".to_owned(),
            Caller::Account { id, .. } => id.to_string(),
        };
        return Err(Refused::not_found("CoreGenericAccount", identifier).into());
    };
    let node = Node { object, written: None, hides_hfid: false, anchor: asked.depth };
    Ok(Given::Source(Source::Node(node)))
}

pub(super) fn tokens(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let tokens = request.state.accounts.tokens(own_account(request)?);
    let page = tokens.iter().skip(count(asked, "offset").unwrap_or(0));
    let page = page.take(count(asked, "limit").unwrap_or(usize::MAX));
    let edges: Vec<Value> = page.map(|token| json!({ "node": token })).collect();
    Ok(Given::Json(json!({ "count": tokens.len(), "edges": edges })))
}

pub(super) fn create_token(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
    let made = request.state.accounts.add_token(own_account(request)?, text("name"), text("expiration"));
    Ok(made.map_or(Given::Nothing, |(id, token)| {
        Given::Json(json!({ "ok": true, "object": { "id": id, "token": { "value": token } } }))
    }))
}

pub(super) fn delete_token(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let id = data.get("id").and_then(Value::as_str).unwrap_or_default();
    if request.state.accounts.remove_token(own_account(request)?, id) {
        return Ok(Given::Json(json!({ "ok": true })));
    }
    Err(Refused::not_found("InternalAccountToken", id).into())
}

fn own_account(request: &Request) -> Outcome<NodeId> {
    request
        .caller
        .account()
        .ok_or_else(|| Refused::invalid("Unable to return the tokens of an anonymous account").into())
}
