//! The root fields that are the server's own.

mod branches;
mod choices;
mod conversion;
mod info;
mod pools;
mod repositories;
mod search;
mod tasks;

use super::{Asked, Given, writes};
use crate::graphql::request::Request;
use crate::store::{Outcome, Refused};
use serde_json::Value;

/// The value of a root field that is the server's own.
pub(super) fn give(request: &Request, name: &str, asked: &Asked<'_>) -> Outcome<Given> {
    match name {
        "AccountProfile" => info::account_profile(request, asked),
        "InfrahubInfo" => Ok(info::info(request)),
        "InfrahubStatus" => Ok(info::status(request)),
        "InfrahubAccountToken" => info::tokens(request, asked),
        "InfrahubAccountTokenCreate" => info::create_token(request, asked),
        "InfrahubAccountTokenDelete" => info::delete_token(request, asked),
        "InfrahubSearchAnywhere" => search::anywhere(request, asked),
        "InfrahubTask" => tasks::list(request, asked),
        "InfrahubTaskBranchStatus" => Ok(tasks::running(request, asked)),
        "InfrahubTaskCancel" | "InfrahubTaskRetry" => tasks::refuse(request, asked),
        "InfrahubReadOnlyRepositoryImportLastCommit" => repositories::import_last_commit(request, asked),
        "InfrahubRepositoryProcess" => repositories::process(request, asked),
        "InfrahubRepositoryConnectivity" => repositories::connectivity(request, asked),
        "ConvertObjectType" => conversion::convert(request, asked),
        "RelationshipAdd" => writes::relate(request, true, asked),
        "RelationshipRemove" => writes::relate(request, false, asked),
        "InfrahubIPAddressPoolGetResource" => pools::allocate(request, pools::Of::Address, asked),
        "InfrahubIPPrefixPoolGetResource" => pools::allocate(request, pools::Of::Prefix, asked),
        "InfrahubResourcePoolAllocated" => pools::allocated(request, asked),
        "InfrahubResourcePoolUtilization" => pools::usage(request, asked),
        "SchemaDropdownAdd" => choices::dropdown(request, choices::Change::Add, asked),
        "SchemaDropdownRemove" => choices::dropdown(request, choices::Change::Remove, asked),
        "SchemaEnumAdd" => choices::value(request, choices::Change::Add, asked),
        "SchemaEnumRemove" => choices::value(request, choices::Change::Remove, asked),
        "Branch" => Ok(branches::list(request, asked)),
        "InfrahubBranch" => branches::page(request, asked),
        "BranchCreate" => branches::create(request, asked),
        "BranchUpdate" => branches::describe(request, asked),
        "BranchDelete" => branches::delete(request, asked),
        "BranchMerge" => branches::merge(request, asked),
        "BranchRebase" => branches::rebase(request, asked),
        "BranchValidate" => branches::validate(request, asked),
        _ => Err(Refused::lacking(format!("the field `{name}`")).into()),
    }
}

/// An argument that is a text.
fn text<'a>(asked: &'a Asked<'_>, name: &str) -> Option<&'a str> {
    asked.arguments.get(name).and_then(Value::as_str)
}

/// An argument that is a list of texts; null is no list.
fn texts(asked: &Asked<'_>, name: &str) -> Option<Vec<String>> {
    let items = asked.arguments.get(name)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// An argument that counts something.
fn count(asked: &Asked<'_>, name: &str) -> Option<usize> {
    asked.arguments.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
}
