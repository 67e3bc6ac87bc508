//! What a caller may not do, looked at in the server's order. An account that may only read has none of the server's
//! permissions but that to view.

use super::answer::Answer;
use super::derive::{Root, Verb};
use super::error::GraphError;
use super::request::Request;
use crate::state::Caller;
use crate::store::{MAIN, Object, Refused};
use infrahub_schema::KindSchema;
use serde_json::json;
use std::collections::BTreeSet;

/// Queries about the caller, so there must be one.
const OF_THE_CALLER: [&str; 4] = [
    "InfrahubAccountToken",
    "InfrahubEffectivePreferences",
    "InfrahubUserPreferences",
    "InfrahubGlobalPreferences",
];

/// Mutations that change no data of the default branch.
const BESIDE_THE_DATA: [&str; 8] = [
    "BranchCreate",
    "BranchDelete",
    "BranchRebase",
    "DiffUpdate",
    "InfrahubAccountSelfUpdate",
    "InfrahubAccountTokenCreate",
    "InfrahubAccountTokenDelete",
    "InfrahubSetPreferences",
];

/// Kinds that take a permission of their own, with what is said where it is missing.
const MANAGED: [(&[&str], &str); 3] = [
    (
        &["CoreGenericAccount", "CoreAccountGroup", "CoreAccountRole"],
        "You are not allowed to manage user accounts, groups or roles",
    ),
    (&["CoreGenericRepository"], "You are not allowed to manage repositories"),
    (&["CoreBasePermission"], "You are not allowed to manage permissions"),
];

/// Why a document is not executed at all, where it is not; `writes` says whether a mutation is in it.
pub(super) fn refusal(request: &Request, writes: bool, roots: &[String]) -> Option<Answer> {
    let refuse = |status: u16, code: &str, message: String| {
        let mut error = GraphError::of_document(message, None);
        (error.code, error.http_status) = (code.to_owned(), status);
        if status == 403 {
            error.data = json!({ "action": null, "resource_kind": null });
        }
        Answer::Refused { status, error }
    };
    if request.caller == Caller::Anonymous {
        let needs_a_caller = writes || roots.iter().any(|root| OF_THE_CALLER.contains(&root.as_str()));
        let message = "Authentication is required to perform this operation";
        return needs_a_caller.then(|| refuse(401, "AUTHENTICATION_REQUIRED", message.to_owned()));
    }
    if !writes || request.caller.may_write() {
        return None;
    }
    missing(request, roots).map(|message| refuse(403, "PERMISSION_DENIED", message))
}

/// What an account that may only read lacks for a mutation.
fn missing(request: &Request, roots: &[String]) -> Option<String> {
    if request.branch == MAIN && !roots.iter().all(|root| BESIDE_THE_DATA.contains(&root.as_str())) {
        return Some("You are not allowed to change data in the default branch".to_owned());
    }
    for (mutation, message) in [
        ("BranchMerge", "You are not allowed to merge a branch"),
        ("BranchRebase", "You are not allowed to rebase a branch"),
    ] {
        if roots.iter().any(|root| root == mutation) {
            return Some(message.to_owned());
        }
    }
    let written: Vec<(Verb, &KindSchema)> = roots
        .iter()
        .filter_map(|root| match request.served.api.roots.get(root) {
            Some(Root::Write(verb, kind)) => Some((*verb, request.served.schema().kind(kind)?)),
            _ => None,
        })
        .collect();
    let is_managed = |kinds: &[&str], kind: &KindSchema| {
        kinds.contains(&kind.kind.as_str())
            || kinds.iter().any(|of| kind.inherit_from.iter().any(|it| it == of))
    };
    for (kinds, message) in MANAGED {
        if written.iter().any(|(_, kind)| is_managed(kinds, kind)) {
            return Some(message.to_owned());
        }
    }
    let permissions = written
        .iter()
        .flat_map(|(verb, kind)| actions(*verb).iter().map(move |action| permission(kind, action)));
    one_of(permissions.collect())
}

/// Refuses a change of the relationships of these objects to who may only read.
pub(super) fn check_update(request: &Request, objects: &[Object]) -> Result<(), Refused> {
    if request.caller.may_write() {
        return Ok(());
    }
    let kinds = objects.iter().filter_map(Object::schema);
    match one_of(kinds.map(|kind| permission(kind, "update")).collect()) {
        Some(message) => Err(Refused::Denied { message }),
        None => Ok(()),
    }
}

/// Refuses something, with this message, to who may only read.
pub(super) fn check(request: &Request, message: &str) -> Result<(), Refused> {
    match request.caller.may_write() {
        true => Ok(()),
        false => Err(Refused::Denied { message: message.to_owned() }),
    }
}

fn actions(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Create => &["create"],
        Verb::Update => &["update"],
        Verb::Upsert => &["create", "update"],
        Verb::Delete => &["delete"],
    }
}

fn permission(kind: &KindSchema, action: &str) -> String {
    format!("object:{}:{}:{action}:allow_other", kind.namespace, kind.name)
}

fn one_of(permissions: BTreeSet<String>) -> Option<String> {
    let permissions: Vec<String> = permissions.into_iter().collect();
    let text = permissions.join(" | ");
    (!text.is_empty()).then(|| format!("You do not have one of the following permissions: {text}"))
}
