//! The server's own directive: `@expand` adds fields to a selection.

use async_graphql::parser;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql_value::Value as Literal;
use infrahub_schema::KindSchema;
use std::fmt::Write;

const NAME: &str = "expand";

/// Adds what `@expand` stands for, and takes the directive away: at the `node` of a list its type, its id and all
/// attributes but those that `exclude` names; at another field the type only, and at a fragment nothing.
///
/// `listed` gives the kind whose objects a root field lists.
pub(super) fn expand<'k>(document: &mut ExecutableDocument, listed: impl Fn(&str) -> Option<&'k KindSchema>) {
    let operations: Vec<&mut OperationDefinition> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().map(|operation| &mut operation.node).collect()
        }
    };
    for operation in operations {
        for item in &mut operation.selection_set.node.items {
            let kind = match &item.node {
                Selection::Field(root) => listed(root.node.name.node.as_str()),
                _ => None,
            };
            item_of(&mut item.node, kind, &["edges", "node"]);
        }
    }
    for fragment in document.fragments.values_mut() {
        selection(&mut fragment.node.selection_set.node, None, &[]);
    }
}

/// Expands a field with what is below it. The objects of the kind lie as many steps below it as `way` has; at the
/// object itself there is no step left.
fn item_of(item: &mut Selection, kind: Option<&KindSchema>, way: &[&str]) {
    let excluded = take_directive(item);
    match item {
        Selection::Field(field) => {
            let below = &mut field.node.selection_set.node;
            selection(below, kind, way);
            if let Some(excluded) = excluded.filter(|_| !below.items.is_empty()) {
                add(&mut field.node, kind.filter(|_| way.is_empty()), &excluded);
            }
        }
        Selection::InlineFragment(fragment) => selection(&mut fragment.node.selection_set.node, None, &[]),
        Selection::FragmentSpread(_) => {}
    }
}

fn selection(selection: &mut SelectionSet, kind: Option<&KindSchema>, way: &[&str]) {
    for item in &mut selection.items {
        let kind = match (&item.node, way) {
            (Selection::Field(field), [step, ..]) if field.node.name.node == *step => kind,
            _ => None,
        };
        item_of(&mut item.node, kind, way.get(1..).unwrap_or_default());
    }
}

/// Removes the directive, and gives the names that it excludes if it was there.
fn take_directive(item: &mut Selection) -> Option<Vec<String>> {
    let directives = item.directives_mut();
    let place = directives.iter().position(|directive| directive.node.name.node == NAME)?;
    let directive = directives.remove(place);
    let names = match directive.node.get_argument("exclude").map(|names| &names.node) {
        Some(Literal::List(names)) => names.as_slice(),
        _ => &[],
    };
    let text = |name: &Literal| match name {
        Literal::String(text) => Some(text.clone()),
        _ => None,
    };
    Some(names.iter().filter_map(text).collect())
}

fn add(field: &mut Field, kind: Option<&KindSchema>, excluded: &[String]) {
    let mut text = "{ __typename".to_owned();
    if let Some(kind) = kind {
        text.push_str(" id");
        for attribute in kind.attributes.iter().filter(|attribute| !excluded.contains(&attribute.name)) {
            // writing to a string cannot fail
            let _ = write!(text, " {} {{ value is_default is_from_profile }}", attribute.name);
        }
    }
    text.push('}');
    if let Ok(ExecutableDocument { operations: DocumentOperations::Single(operation), .. }) =
        parser::parse_query(text)
    {
        field.selection_set.node.items.extend(operation.node.selection_set.node.items);
    }
}
