//! Whether an operation declares the variables that it uses, uses those that it declares, and puts them where values of
//! their types belong.

use super::literal::{ANY, Use};
use super::sdl::type_ref;
use super::suggest;
use super::types::{Shape, TypeSystem, base};
use async_graphql::Positioned;
use async_graphql::dynamic::TypeRef;
use async_graphql::parser::types::{OperationDefinition, VariableDefinition};
use async_graphql_value::ConstValue;

/// The scalars that every schema has.
const SCALARS: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

/// What is wrong with the variables of an operation, whose name may be none, for all that it uses.
pub(super) fn check(
    types: &TypeSystem,
    name: Option<&str>,
    operation: &OperationDefinition,
    uses: &[Use],
) -> Vec<String> {
    let definitions = &operation.variable_definitions;
    let mut wrong = Vec::new();
    for (index, definition) in definitions.iter().enumerate() {
        let variable = name_of(definition);
        let ty = type_ref(&definition.node.var_type.node);
        let known = SCALARS.contains(&base(&ty)) || types.shape(base(&ty)).is_some();
        if !known {
            let names = types.types.keys().map(String::as_str).chain(SCALARS);
            wrong.push(format!("Unknown type '{}'.{}", base(&ty), suggest::names(base(&ty), names)));
        } else if matches!(types.shape(base(&ty)), Some(Shape::Object { .. } | Shape::Interface { .. })) {
            wrong.push(format!("Variable '${variable}' cannot be non-input type '{ty}'."));
        }
        if definitions[..index].iter().any(|other| name_of(other) == variable) {
            wrong.push(format!("There can be only one variable named '${variable}'."));
        }
        if !uses.iter().any(|used| used.name == variable) {
            let place = name.map(|name| format!(" in operation '{name}'")).unwrap_or_default();
            wrong.push(format!("Variable '${variable}' is never used{place}."));
        }
    }
    for used in uses {
        let variable = &used.name;
        match definitions.iter().find(|definition| name_of(definition) == variable) {
            None => {
                let place = name.map(|name| format!(" by operation '{name}'")).unwrap_or_default();
                wrong.push(format!("Variable '${variable}' is not defined{place}."));
            }
            Some(definition) => {
                let ty = type_ref(&definition.node.var_type.node);
                let has_default = definition.node.default_value.as_ref();
                let has_default = has_default.is_some_and(|value| value.node != ConstValue::Null);
                let is_known = SCALARS.contains(&base(&ty)) || types.shape(base(&ty)).is_some();
                if is_known && !fits(&ty, has_default, used) {
                    let place = &used.ty;
                    wrong.push(format!(
                        "Variable '${variable}' of type '{ty}' used in position expecting type '{place}'."
                    ));
                }
            }
        }
    }
    wrong
}

fn name_of(definition: &Positioned<VariableDefinition>) -> &str {
    definition.node.name.node.as_str()
}

/// Whether a variable may stand in a place.
fn fits(ty: &TypeRef, has_default: bool, used: &Use) -> bool {
    if base(&used.ty) == ANY {
        return true;
    }
    match (&used.ty, ty) {
        (TypeRef::NonNull(place), TypeRef::Named(_) | TypeRef::List(_)) => {
            (has_default || used.has_default) && is_part_of(ty, place)
        }
        _ => is_part_of(ty, &used.ty),
    }
}

/// Whether every value of a type is one of another.
fn is_part_of(ty: &TypeRef, other: &TypeRef) -> bool {
    match (ty, other) {
        (TypeRef::NonNull(ty), TypeRef::NonNull(other)) => is_part_of(ty, other),
        (TypeRef::NonNull(ty), _) => is_part_of(ty, other),
        (TypeRef::List(ty), TypeRef::List(other)) => is_part_of(ty, other),
        (TypeRef::Named(ty), TypeRef::Named(other)) => ty == other,
        _ => false,
    }
}
