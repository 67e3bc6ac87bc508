//! Background tasks.

use super::super::writes::data;
use super::{Asked, Given, count, text, texts};
use crate::graphql::request::Request;
use crate::store::{NodeId, Outcome, Refused};
use crate::tasks::{MOST, Wanted};
use serde_json::Value;

pub(super) fn list(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let wanted = Wanted {
        ids: texts(asked, "ids"),
        states: texts(asked, "state"),
        workflows: texts(asked, "workflow"),
        branch: text(asked, "branch").map(str::to_owned),
        related: texts(asked, "related_node__ids"),
        text: text(asked, "q").map(str::to_owned),
        limit: count(asked, "limit"),
        offset: count(asked, "offset").unwrap_or(0),
        log_limit: count(asked, "log_limit"),
        log_offset: count(asked, "log_offset").unwrap_or(0),
    };
    if let Some(id) = wanted.ids.iter().flatten().find(|id| NodeId::parse(id).is_none()) {
        return refused(422, format!("'{id}' is not a valid task id"));
    }
    if wanted.limit.is_some_and(|limit| limit > MOST) {
        return refused(500, format!("Invalid limit: must be less than or equal to {MOST}."));
    }
    Ok(Given::Json(request.state.world().tasks.list(&wanted)))
}

/// The tasks that are at work on a branch.
pub(super) fn running(request: &Request, asked: &Asked<'_>) -> Given {
    let wanted = Wanted {
        states: Some(vec!["RUNNING".to_owned()]),
        branch: text(asked, "branch").map(str::to_owned),
        ..Wanted::default()
    };
    Given::Json(request.state.world().tasks.list(&wanted))
}

/// Only deliveries of webhooks can be cancelled or run again, and there are none.
pub(super) fn refuse(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let id = data.get("id").and_then(Value::as_str).unwrap_or_default();
    if request.state.world().tasks.knows(id) {
        return refused(
            422,
            format!("The task {id} is no delivery of a webhook, so this cannot be done with it"),
        );
    }
    Err(Refused::not_found("Task", id).into())
}

fn refused<T>(http_status: u16, message: String) -> Outcome<T> {
    Err(Refused::Other { http_status, message }.into())
}
