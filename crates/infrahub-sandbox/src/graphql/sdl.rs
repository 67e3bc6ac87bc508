//! From SDL to a type system.

use super::types::{Argument, Definition, EnumValue, Field, Shape, TypeSystem};
use async_graphql::dynamic::TypeRef;
use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Positioned, Value, parser};
use std::sync::Arc;

/// The part of the SDL that is the server's own: what does not depend on the kinds of a node schema.
pub(crate) const SERVER: &str = include_str!("server.graphql");

/// Reads SDL; what is no type definition in it is left out.
pub(crate) fn read(sdl: &str) -> Result<TypeSystem, parser::Error> {
    let mut types = TypeSystem::default();
    for definition in parser::parse_schema(sdl)?.definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            let definition = definition.node;
            let name = definition.name.node.to_string();
            if let Some(definition) = read_type(definition) {
                types.add(name, definition);
            }
        }
    }
    Ok(types)
}

/// A type; `None` for a union, of which the server has none.
fn read_type(definition: TypeDefinition) -> Option<Definition> {
    let shape = match definition.kind {
        TypeKind::Scalar => Shape::Scalar,
        TypeKind::Object(object) => Shape::Object {
            implements: object.implements.into_iter().map(|name| name.node.to_string()).collect(),
            fields: object.fields.into_iter().map(field).collect(),
        },
        TypeKind::Interface(interface) => {
            Shape::Interface { fields: interface.fields.into_iter().map(field).collect() }
        }
        TypeKind::InputObject(input) => {
            Shape::Input { fields: input.fields.into_iter().map(argument).collect() }
        }
        TypeKind::Enum(values) => Shape::Enum {
            values: values
                .values
                .into_iter()
                .map(|value| EnumValue {
                    name: value.node.value.node.to_string(),
                    description: text(value.node.description),
                })
                .collect(),
        },
        TypeKind::Union(_) => return None,
    };
    Some(Definition { description: text(definition.description), shape })
}

fn field(field: Positioned<FieldDefinition>) -> Field {
    let field = field.node;
    Field {
        name: field.name.node.to_string(),
        description: text(field.description),
        arguments: Arc::new(field.arguments.into_iter().map(argument).collect()),
        ty: type_ref(&field.ty.node),
        deprecation: deprecation(&field.directives),
    }
}

fn argument(argument: Positioned<InputValueDefinition>) -> Argument {
    let argument = argument.node;
    Argument {
        name: argument.name.node.to_string(),
        description: text(argument.description),
        ty: type_ref(&argument.ty.node),
        default: argument.default_value.map(|value| value.node),
        deprecation: deprecation(&argument.directives),
    }
}

fn text(description: Option<Positioned<String>>) -> Option<String> {
    description.map(|text| text.node)
}

/// A type of the parser as one of the schema.
pub(super) fn type_ref(ty: &Type) -> TypeRef {
    let inner = match &ty.base {
        BaseType::Named(name) => TypeRef::Named(name.to_string().into()),
        BaseType::List(inner) => TypeRef::List(Box::new(type_ref(inner))),
    };
    if ty.nullable { inner } else { TypeRef::NonNull(Box::new(inner)) }
}

fn deprecation(directives: &[Positioned<ConstDirective>]) -> Option<String> {
    let directive = directives.iter().find(|directive| directive.node.name.node == "deprecated")?;
    match directive.node.get_argument("reason").map(|reason| &reason.node) {
        Some(Value::String(reason)) => Some(reason.clone()),
        _ => Some("No longer supported".to_owned()),
    }
}
