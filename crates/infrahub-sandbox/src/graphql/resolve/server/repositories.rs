//! Repositories that are read again.

use super::super::writes::data;
use super::{Asked, Given};
use crate::graphql::request::Request;
use crate::repository::{Cause, Git, Import, ONLINE, READ_ONLY};
use crate::store::{Object, Outcome, Refused, Write};
use crate::work::Job;
use serde_json::{Value, json};

/// Begins the import of the last commit that a repository follows.
pub(super) fn import_last_commit(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let repository = find(request, asked, READ_ONLY)?;
    begin(request, &repository, Cause::LastCommit)
}

/// Begins the import of the same commit once more.
pub(super) fn process(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let repository = find(request, asked, "CoreGenericRepository")?;
    begin(request, &repository, Cause::Again)
}

/// Looks whether a repository is where it is said to be.
pub(super) fn connectivity(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let repository = find(request, asked, "CoreGenericRepository")?;
    let (status, message) = match Git::open(&repository.text("location")) {
        Ok(_) => (ONLINE, "Successfully accessed repository".to_owned()),
        Err(why) => (why.status(), why.failure(&repository.text("name")).message),
    };
    let data = json!({ "id": repository.id().to_string(), "operational_status": { "value": status } });
    let data = data.as_object().cloned().unwrap_or_default();
    let (branch, kind, author) = (&request.branch, repository.kind(), request.caller.account());
    request.state.world().store.update(&Write { branch, kind, data: &data, author, file: None })?;
    Ok(Given::Json(json!({ "ok": status == ONLINE, "message": message })))
}

fn begin(request: &Request, repository: &Object, cause: Cause) -> Outcome<Given> {
    let import = Import::of(repository, &request.branch, cause, request.caller.account());
    let task = request.state.world().submit(Job::Import(import));
    Ok(Given::Json(json!({ "ok": true, "task": { "id": task } })))
}

/// The repository that is named by its id.
fn find(request: &Request, asked: &Asked<'_>, kind: &str) -> Outcome<Object> {
    let data = data(asked);
    let id = data.get("id").and_then(Value::as_str).unwrap_or_default();
    let view = request.view()?;
    let found = view.get_text(id).filter(|object| view.is_a(object.kind(), kind));
    Ok(found.ok_or_else(|| Refused::not_found(kind, id))?)
}
