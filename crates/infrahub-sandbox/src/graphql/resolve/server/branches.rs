//! Branches, and the tasks that work on them.

use super::super::writes::data;
use super::{Asked, Given, count, text, texts};
use crate::graphql::request::Request;
use crate::state::World;
use crate::store::{Branch, MAIN, NewBranch, Outcome, Refusals, Refused, time_text};
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
    let job = Job { title: "Create branch", workflow: "create-branch", branch: new.name.clone() };
    let done = world.store.create_branch(new);
    job.answer(&mut world, asked, done)
}

pub(super) fn describe(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let description = data(asked).get("description").and_then(Value::as_str).map(str::to_owned);
    request.state.world().store.describe_branch(&name(asked)?, description)?;
    Ok(Given::Json(json!({ "ok": true })))
}

pub(super) fn delete(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let branch = name(asked)?;
    let mut world = request.state.world();
    world.store.delete_branch(&branch)?;
    // the server forgets a branch's tasks with it, in the end the deletion's own too
    world.tasks.forget(&branch);
    let task = world.tasks.record(format!("Delete branch {branch}"), "branch-delete", Some(&branch), None);
    Ok(Given::Json(match waits(asked) {
        true => json!({ "ok": true, "task": null }),
        false => json!({ "ok": true, "task": { "id": task } }),
    }))
}

pub(super) fn merge(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let job = Job { title: "Merge branch", workflow: "merge-branch-mutation", branch: name(asked)? };
    let mut world = request.state.world();
    if is_merged(&world, &job.branch)? {
        return Err(Refused::invalid(format!("Branch '{}' has already been merged", job.branch)).into());
    }
    let done = world.store.merge_branch(&job.branch, request.caller.account());
    job.answer(&mut world, asked, done)
}

pub(super) fn rebase(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let job = Job { title: "Rebase branch", workflow: "branch-rebase", branch: name(asked)? };
    let mut world = request.state.world();
    let merged = is_merged(&world, &job.branch)?;
    let done = world.store.rebase_branch(&job.branch);
    if merged {
        // this is said before a task begins
        done?;
        return Ok(Given::Nothing);
    }
    job.answer(&mut world, asked, done)
}

pub(super) fn validate(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let job = Job { title: "Validate branch", workflow: "branch-validate", branch: name(asked)? };
    let mut world = request.state.world();
    let branch = world.store.branch(&job.branch)?;
    let done = match world.store.conflicts(&job.branch)?.is_empty() {
        true => Ok(branch),
        false => Err(Refusals::from(Refused::invalid("branch has some conflicts"))),
    };
    job.answer(&mut world, asked, done)
}

fn is_merged(world: &World, branch: &str) -> Outcome<bool> {
    Ok(world.store.branch(branch)?.status.as_str() == "MERGED")
}

/// Work on a branch, which the server does in a task.
struct Job {
    title: &'static str,
    workflow: &'static str,
    branch: String,
}

impl Job {
    /// The answer to who waits: the outcome. Who does not gets the id of a task, which has the outcome.
    fn answer(self, world: &mut World, asked: &Asked<'_>, done: Outcome<Branch>) -> Outcome<Given> {
        let failure = done.as_ref().err().map(ToString::to_string);
        let title = format!("{} {}", self.title, self.branch);
        let task = world.tasks.record(title, self.workflow, Some(&self.branch), failure);
        if !waits(asked) {
            return Ok(Given::Json(json!({ "ok": true, "object": null, "task": { "id": task } })));
        }
        Ok(Given::Json(json!({ "ok": true, "object": to_json(&done?), "task": null })))
    }
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
