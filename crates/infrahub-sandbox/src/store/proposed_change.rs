//! Rules of proposed changes. The sandbox keeps them and does nothing with them.

use super::change::Change;
use super::record::Node;
use super::{Arguments, BranchStatus, MAIN, Refused};
use infrahub_schema::KindSchema;

const KIND: &str = "CoreProposedChange";
const OPEN: &str = "open";

/// Checks the data of a new proposed change.
pub(crate) fn check_create(change: &Change<'_>, kind: &KindSchema, data: &Arguments) -> Result<(), Refused> {
    if kind.kind != KIND {
        return Ok(());
    }
    let wrong = |message: &str| Err(Refused::invalid(message));
    if named(data, "state").is_some_and(|state| state != OPEN) {
        return wrong("A proposed change has to be in the open state during creation");
    }
    let source = named(data, "source_branch").unwrap_or("None");
    let is_open = |node: &Node| value(node, "source_branch") == source && value(node, "state") == OPEN;
    if change.state.of_kind(KIND).into_iter().any(|node| is_open(node)) {
        return wrong(&format!("An open proposed change already exists for branch '{source}'"));
    }
    let Ok(line) = change.store.line(source) else {
        return wrong("The specified source branch for this proposed change was not found");
    };
    if line.branch.status == BranchStatus::Merged {
        return wrong(&format!("Cannot create proposed change: branch '{source}' has been merged"));
    }
    match named(data, "destination_branch") {
        Some(destination) if destination == source => {
            wrong("The source and destination branch can't be the same")
        }
        Some(destination) if destination != MAIN => {
            wrong("Currently only the 'main' branch is supported as a destination for a proposed change")
        }
        // that it is mandatory says the create
        _ => Ok(()),
    }
}

/// Checks the data of an update. One that merges is refused, for the branch would stay as it is.
pub(crate) fn check_update(kind: &KindSchema, node: &Node, data: &Arguments) -> Result<(), Refused> {
    if kind.kind != KIND {
        return Ok(());
    }
    let state = value(node, "state");
    if state != OPEN {
        let message = format!("A proposed change in the {state} state is not allowed to be updated");
        return Err(Refused::invalid(message));
    }
    match named(data, "state") {
        Some("merged" | "merging") => Err(Refused::lacking("the merge of a proposed change")),
        _ => Ok(()),
    }
}

fn named<'d>(data: &'d Arguments, field: &str) -> Option<&'d str> {
    data.get(field)?.get("value")?.as_str()
}

fn value<'n>(node: &'n Node, name: &str) -> &'n str {
    node.values.get(name).and_then(|stored| stored.value.as_str()).unwrap_or_default()
}
