//! What is done with a document before it is executed: variables take their form, and what stands for an omitted
//! variable is taken out, since an absent argument and null are two things to the server.

use super::coerce;
use super::error::GraphError;
use super::sdl::type_ref;
use super::types::TypeSystem;
use super::validate;
use async_graphql::dynamic::TypeRef;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A document that can be executed.
pub(super) struct Prepared {
    pub(super) document: ExecutableDocument,
    pub(super) variables: Map<String, Value>,
    pub(super) operation: OperationType,
}

/// Why a document is not executed.
pub(super) enum Unprepared {
    /// The server crashes on it.
    Crash,
    /// The server says what is wrong with it.
    Wrong(Vec<GraphError>),
}

/// Prepares a document.
pub(super) fn prepare(
    types: &TypeSystem,
    mut document: ExecutableDocument,
    operation_name: Option<&str>,
    mut given: Map<String, Value>,
) -> Result<Prepared, Unprepared> {
    let wrong = validate::validate(types, &document);
    if !wrong.is_empty() {
        return Err(Unprepared::Wrong(wrong));
    }
    let mut fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    if fragments.any(|selection| has_nested_fragment(selection, false)) {
        return Err(Unprepared::Crash);
    }
    let operation = choose(&mut document.operations, operation_name)?;
    if has_nested_fragment(&operation.selection_set.node, false) {
        return Err(Unprepared::Crash);
    }
    let mut variables = Map::new();
    let mut omitted = BTreeSet::new();
    let mut wrong = Vec::new();
    for definition in &operation.variable_definitions {
        let position = definition.pos;
        let definition = &definition.node;
        let name = definition.name.node.as_str();
        let ty = type_ref(&definition.var_type.node);
        let value = match given.remove(name) {
            Some(value) => value,
            None => match &definition.default_value {
                Some(default) => default.node.clone().into_json().unwrap_or(Value::Null),
                None if matches!(ty, TypeRef::NonNull(_)) => {
                    let text = format!("Variable '${name}' of required type '{ty}' was not provided.");
                    wrong.push(GraphError::of_document(text, Some((position.line, position.column))));
                    continue;
                }
                None => {
                    omitted.insert(definition.name.node.clone());
                    continue;
                }
            },
        };
        if value.is_null() && matches!(ty, TypeRef::NonNull(_)) {
            let text = format!("Variable '${name}' of non-null type '{ty}' must not be null.");
            wrong.push(GraphError::of_document(text, Some((position.line, position.column))));
            continue;
        }
        match coerce::coerce(types, &ty, value) {
            Ok(value) => {
                variables.insert(name.to_owned(), value);
            }
            Err(mismatch) => wrong.push(GraphError::of_document(
                mismatch.of_variable(name),
                Some((position.line, position.column)),
            )),
        }
    }
    if !wrong.is_empty() {
        return Err(Unprepared::Wrong(wrong));
    }
    operation.variable_definitions.retain(|definition| !omitted.contains(&definition.node.name.node));
    take_out(&mut operation.selection_set.node, &omitted);
    let operation = operation.ty;
    for fragment in document.fragments.values_mut() {
        take_out(&mut fragment.node.selection_set.node, &omitted);
    }
    Ok(Prepared { document, variables, operation })
}

/// The operation of that name, or the only one; the others are dropped.
fn choose<'a>(
    operations: &'a mut DocumentOperations,
    name: Option<&str>,
) -> Result<&'a mut OperationDefinition, Unprepared> {
    let wrong = |text: String| Unprepared::Wrong(vec![GraphError::of_document(text, None)]);
    if let DocumentOperations::Multiple(several) = operations {
        let name = match name {
            Some(name) => Name::new(name),
            None if several.len() == 1 => several.keys().next().cloned().unwrap_or_else(|| Name::new("")),
            None => {
                return Err(wrong(
                    "Must provide operation name if query contains multiple operations.".to_owned(),
                ));
            }
        };
        let Some(operation) = several.remove(&name) else {
            return Err(wrong(format!("Unknown operation named '{name}'.")));
        };
        *operations = DocumentOperations::Single(operation);
    } else if let Some(name) = name {
        return Err(wrong(format!("Unknown operation named '{name}'.")));
    }
    match operations {
        DocumentOperations::Single(operation) => Ok(&mut operation.node),
        DocumentOperations::Multiple(_) => Err(wrong("Unknown operation.".to_owned())),
    }
}

/// Whether an inline fragment stands right inside another, which the server does not survive.
fn has_nested_fragment(selection: &SelectionSet, inside: bool) -> bool {
    selection.items.iter().any(|item| match &item.node {
        Selection::Field(field) => has_nested_fragment(&field.node.selection_set.node, false),
        Selection::InlineFragment(fragment) => {
            inside || has_nested_fragment(&fragment.node.selection_set.node, true)
        }
        Selection::FragmentSpread(_) => false,
    })
}

/// Takes out the arguments, and the fields of objects in them, that are an omitted variable.
fn take_out(selection: &mut SelectionSet, omitted: &BTreeSet<Name>) {
    for item in &mut selection.items {
        match &mut item.node {
            Selection::Field(field) => {
                let field = &mut field.node;
                field.arguments.retain(|(_, value)| !is_omitted(&value.node, omitted));
                for (_, value) in &mut field.arguments {
                    take_out_of_value(value, omitted);
                }
                take_out(&mut field.selection_set.node, omitted);
            }
            Selection::InlineFragment(fragment) => take_out(&mut fragment.node.selection_set.node, omitted),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn take_out_of_value(value: &mut Positioned<Literal>, omitted: &BTreeSet<Name>) {
    fn walk(value: &mut Literal, omitted: &BTreeSet<Name>) {
        match value {
            Literal::Object(fields) => {
                fields.retain(|_, value| !is_omitted(value, omitted));
                fields.values_mut().for_each(|value| walk(value, omitted));
            }
            Literal::List(items) => {
                for item in items {
                    // an omitted variable is null where a list must have an item
                    if is_omitted(item, omitted) {
                        *item = Literal::Null;
                    }
                    walk(item, omitted);
                }
            }
            _ => {}
        }
    }
    walk(&mut value.node, omitted);
}

fn is_omitted(value: &Literal, omitted: &BTreeSet<Name>) -> bool {
    matches!(value, Literal::Variable(name) if omitted.contains(name))
}
