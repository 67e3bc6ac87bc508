//! What the server makes of a document before it looks at who asks and whether it is valid.

use super::derive::Root;
use super::served::Plan;
use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use infrahub_schema::Schema;
use std::collections::{BTreeSet, HashMap};

/// What is in a document.
pub(super) struct Analyzed {
    /// Whether any of its operations is a mutation.
    pub(super) is_mutation: bool,
    /// The fields of the operations' own selections.
    pub(super) roots: Vec<String>,
}

/// Why the server goes no further.
pub(super) enum Unanalyzed {
    /// It fails.
    Crash,
    /// A fragment is on what is no kind.
    NoKind(String),
}

/// Looks at the fragments of what is asked of kinds.
pub(super) fn analyze(
    document: &ExecutableDocument,
    plan: &Plan,
    schema: &Schema,
) -> Result<Analyzed, Unanalyzed> {
    let mut spread = BTreeSet::new();
    for fragment in document.fragments.values() {
        spreads(&fragment.node.selection_set.node, &mut spread);
        fragments(&fragment.node.selection_set.node, schema)?;
    }
    if spread.iter().any(|name| !document.fragments.contains_key(name.as_str())) {
        return Err(Unanalyzed::Crash);
    }
    let mut roots = Vec::new();
    for (_, operation) in document.operations.iter() {
        let selection = &operation.node.selection_set.node;
        for item in &selection.items {
            let Selection::Field(field) = &item.node else { continue };
            let is_of_kind = matches!(
                plan.api.roots.get(field.node.name.node.as_str()),
                Some(Root::List(_) | Root::Write(..))
            );
            for below in field.node.selection_set.node.items.iter().filter(|_| is_of_kind) {
                if let Selection::Field(below) = &below.node {
                    fragments(&below.node.selection_set.node, schema)?;
                }
            }
        }
        root_fields(selection, &document.fragments, &mut BTreeSet::new(), &mut roots);
    }
    let mut operations = document.operations.iter();
    let is_mutation = operations.any(|(_, operation)| operation.node.ty == OperationType::Mutation);
    Ok(Analyzed { is_mutation, roots })
}

/// Looks for inline fragments without a kind.
fn fragments(selection: &SelectionSet, schema: &Schema) -> Result<(), Unanalyzed> {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => fragments(&field.node.selection_set.node, schema)?,
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref().ok_or(Unanalyzed::Crash)?;
                let name = condition.node.on.node.as_str();
                if schema.kind(name).is_none() {
                    return Err(Unanalyzed::NoKind(name.to_owned()));
                }
                fragments(&fragment.node.selection_set.node, schema)?;
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

/// The named fragments that a selection uses.
fn spreads(selection: &SelectionSet, names: &mut BTreeSet<String>) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => spreads(&field.node.selection_set.node, names),
            Selection::InlineFragment(fragment) => spreads(&fragment.node.selection_set.node, names),
            Selection::FragmentSpread(spread) => {
                names.insert(spread.node.fragment_name.node.to_string());
            }
        }
    }
}

/// Notes the fields of a selection, those of the fragments that it spreads among them.
fn root_fields(
    selection: &SelectionSet,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    spread: &mut BTreeSet<Name>,
    roots: &mut Vec<String>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => roots.push(field.node.name.node.to_string()),
            Selection::InlineFragment(fragment) => {
                root_fields(&fragment.node.selection_set.node, fragments, spread, roots);
            }
            Selection::FragmentSpread(it) => {
                let name = &it.node.fragment_name.node;
                if let Some(fragment) = fragments.get(name).filter(|_| spread.insert(name.clone())) {
                    root_fields(&fragment.node.selection_set.node, fragments, spread, roots);
                }
            }
        }
    }
}
