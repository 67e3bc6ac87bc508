//! Addresses and prefixes from pools, and how much of a pool is used.

use super::super::writes::{author, data};
use super::{Asked, Given, count, text};
use crate::graphql::request::Request;
use crate::store::{Outcome, Relate, Usage};
use serde_json::{Value, json};

/// How many resources are given if nobody says.
const USUAL: usize = 10;

/// What a pool gives.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Address,
    Prefix,
}

pub(super) fn allocate(request: &Request, of: Of, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let relate = Relate { branch: &request.branch, data: &data, author: author(request, asked)? };
    let store = &mut request.state.world().store;
    let allocated = match of {
        Of::Address => store.allocate_address(&relate)?,
        Of::Prefix => store.allocate_prefix(&relate)?,
    };
    let node = allocated.object().map(|object| {
        json!({
            "id": object.id().to_string(),
            "kind": object.kind(),
            "display_label": object.display_label(),
            "branch": request.branch,
            "identifier": data.get("identifier"),
        })
    });
    Ok(Given::Json(json!({ "ok": true, "node": node })))
}

/// What was taken from a pool.
pub(super) fn allocated(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let id = |name: &str| text(asked, name).unwrap_or_default();
    let (pool, resource) = (id("pool_id"), id("resource_id"));
    let found = request.state.world().store.allocated(&request.branch, request.at, pool, resource)?;
    let limit = match asked.arguments.contains_key("limit") {
        true => count(asked, "limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX),
        false => USUAL,
    };
    let page = found.iter().skip(count(asked, "offset").unwrap_or(0)).take(limit);
    let edges: Vec<Value> = page
        .map(|allocated| {
            json!({ "node": {
                "id": allocated.id.to_string(),
                "kind": allocated.kind,
                "branch": allocated.branch,
                "display_label": allocated.display_label,
                "identifier": allocated.identifier,
            } })
        })
        .collect();
    Ok(Given::Json(json!({ "count": found.len(), "edges": edges })))
}

/// How much of a pool is used.
pub(super) fn usage(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let pool = text(asked, "pool_id").unwrap_or_default();
    let used = request.state.world().store.pool_usage(&request.branch, request.at, pool)?;
    let edges: Vec<Value> = used
        .resources
        .iter()
        .map(|resource| {
            let mut node = to_json(resource.usage);
            node["id"] = resource.id.to_string().into();
            node["kind"] = resource.kind.as_str().into();
            node["display_label"] = resource.display_label.as_str().into();
            node["weight"] = (resource.weight as u64).into();
            json!({ "node": node })
        })
        .collect();
    let mut answer = to_json(used.usage);
    answer["count"] = edges.len().into();
    answer["edges"] = edges.into();
    Ok(Given::Json(answer))
}

fn to_json(usage: Usage) -> Value {
    json!({
        "utilization": usage.all,
        "utilization_branches": usage.branches,
        "utilization_default_branch": usage.default_branch,
    })
}
