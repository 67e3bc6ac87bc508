//! Branches, and the tasks that work on them.

use super::super::writes::data;
use super::{Asked, Given, count, text, texts};
use crate::graphql::permissions;
use crate::graphql::request::Request;
use crate::state::World;
use crate::store::{Branch, MAIN, NewBranch, Outcome, Refused, time_text};
use crate::work::Work;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Branches by name or id; a name that is unknown gives none.
pub(super) fn list(request: &Request, asked: &Asked<'_>) -> Given {
    let (name, ids) = (text(asked, "name"), texts(asked, "ids"));
    let branches = request.state.world().store.branches().into_iter().filter(|branch| {
        name.is_none_or(|name| *branch.name == *name)
            && ids.as_ref().is_none_or(|ids| ids.contains(&branch.id.to_string()))
    });
    Given::Json(branches.map(|branch| to_json(&branch)).collect())
}

/// Branches as a page of edges, each value in an object of its own.
pub(super) fn page(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let known = ["name__value", "partial_match", "ids", "limit", "offset", "status__value"];
    if let Some(unknown) = asked.arguments.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refused::lacking(format!("the argument `{unknown}` of `InfrahubBranch`")).into());
    }
    let partial = asked.arguments.get("partial_match").and_then(Value::as_bool).unwrap_or(false);
    let (name, ids, status) = (text(asked, "name__value"), texts(asked, "ids"), text(asked, "status__value"));
    let all = request.state.world().store.branches();
    let found: Vec<&Branch> = all
        .iter()
        .filter(|branch| {
            name.is_none_or(|name| *branch.name == *name || (partial && branch.name.contains(name)))
                && ids.as_ref().is_none_or(|ids| ids.contains(&branch.id.to_string()))
                && status.is_none_or(|status| branch.status.as_str() == status)
        })
        .collect();
    let edges: Vec<Value> = found
        .iter()
        .skip(count(asked, "offset").unwrap_or(0))
        .take(count(asked, "limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX))
        .map(|branch| {
            json!({ "node": in_values(branch), "node_metadata": { "created_at": time_text(branch.created_at) } })
        })
        .collect();
    let default = all.iter().find(|branch| branch.is_default).map(in_values);
    Ok(Given::Json(json!({ "count": found.len(), "edges": edges, "default_branch": default })))
}

pub(super) fn create(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let new = NewBranch {
        name: name(asked)?,
        description: data.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        sync_with_git: data.get("sync_with_git").and_then(Value::as_bool).unwrap_or(true),
        author: request.caller.account(),
    };
    let mut world = request.state.world();
    if world.store.branch(&new.name).is_ok() {
        return Err(Refused::invalid(format!("The branch {} already exists", new.name)).into());
    }
    answer(&mut world, asked, Work::Create(new))
}

pub(super) fn describe(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let description = data(asked).get("description").and_then(Value::as_str).map(str::to_owned);
    request.state.world().store.describe_branch(&name(asked)?, description)?;
    Ok(Given::Json(json!({ "ok": true })))
}

pub(super) fn delete(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let branch = name(asked)?;
    let mut world = request.state.world();
    if world.store.branch(&branch)?.created_by != request.caller.account() {
        permissions::check(request, "You are not allowed to delete a branch you did not create")?;
    }
    answer(&mut world, asked, Work::Delete { branch })
}

pub(super) fn merge(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let branch = name(asked)?;
    let mut world = request.state.world();
    if is_merged(&world, &branch)? {
        return Err(Refused::invalid(format!("Branch '{branch}' has already been merged")).into());
    }
    answer(&mut world, asked, Work::Merge { branch, author: request.caller.account() })
}

pub(super) fn rebase(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let branch = name(asked)?;
    let mut world = request.state.world();
    if is_merged(&world, &branch)? {
        // the store says it before a task begins
        world.store.rebase_branch(&branch)?;
    }
    answer(&mut world, asked, Work::Rebase { branch })
}

pub(super) fn validate(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let branch = name(asked)?;
    let mut world = request.state.world();
    world.store.branch(&branch)?;
    answer(&mut world, asked, Work::Validate { branch })
}

fn is_merged(world: &World, branch: &str) -> Outcome<bool> {
    Ok(world.store.branch(branch)?.status.as_str() == "MERGED")
}

/// The answer to who waits: the outcome. Who does not gets the branch as it is and the id of a task, which has the
/// outcome.
fn answer(world: &mut World, asked: &Asked<'_>, work: Work) -> Outcome<Given> {
    let (branch, task) = match waits(asked) {
        true => (world.run(&work)?, Value::Null),
        false => {
            let branch = world.store.branch(work.branch()).ok();
            (branch, json!({ "id": world.start(work) }))
        }
    };
    let object = branch.as_ref().map(to_json);
    Ok(Given::Json(json!({ "ok": true, "object": object, "task": task })))
}

/// Whether the answer is to wait for the end of the work.
fn waits(asked: &Asked<'_>) -> bool {
    let flag = |name: &str| asked.arguments.get(name).and_then(Value::as_bool);
    flag("wait_until_completion").unwrap_or(true) && !flag("background_execution").unwrap_or(false)
}

fn name(asked: &Asked<'_>) -> Outcome<String> {
    match asked.arguments.get("data").and_then(|data| data["name"].as_str()) {
        Some(name) => Ok(name.to_owned()),
        None => Err(Refused::BranchNotFound { name: "None".to_owned() }.into()),
    }
}

fn to_json(branch: &Branch) -> Value {
    json!({
        "id": branch.id.to_string(),
        "name": *branch.name,
        "description": branch.description,
        "status": branch.status.as_str(),
        "is_default": branch.is_default,
        "is_isolated": true,
        "sync_with_git": branch.sync_with_git,
        "origin_branch": MAIN,
        "branched_from": zulu(branch.branched_from),
        "created_at": zulu(branch.created_at),
        "has_schema_changes": branch.has_schema_changes,
        "schema_differs_from_default_branch": branch.has_schema_changes,
        "graph_version": null,
    })
}

/// A time as branches have it: `2026-11-24T01:05:29.891532Z`.
fn zulu(at: Timestamp) -> String {
    time_text(at).replace("+00:00", "Z")
}

/// A branch as `InfrahubBranch` gives it.
fn in_values(branch: &Branch) -> Value {
    let Value::Object(fields) = to_json(branch) else { return Value::Null };
    fields
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "id" | "created_at" => (name, value),
            _ => (name, json!({ "value": value })),
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
