//! Addresses and prefixes from pools.

use super::super::writes::{author, data};
use super::{Asked, Given};
use crate::graphql::request::Request;
use crate::store::{Outcome, Relate};
use serde_json::json;

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
