//! From a type system to the schema that is served.

use super::derive::Api;
use super::limits;
use super::resolve::Resolver;
use super::types::{Argument, Definition, Field, Shape};
use async_graphql::Value;
use async_graphql::dynamic::{self, EnumItem, InputObject, InputValue, InterfaceField, SchemaError, TypeRef};

/// Builds the schema, with a resolver for each field of each object.
pub(super) fn schema(api: &Api) -> Result<dynamic::Schema, SchemaError> {
    let mut builder = dynamic::Schema::build("Query", Some("Mutation"), None)
        .disable_suggestions()
        .limit_recursive_depth(limits::DEPTH);
    for (name, definition) in &api.types.types {
        builder = match &definition.shape {
            // there is no transport for subscriptions
            _ if name == "Subscription" => builder,
            Shape::Scalar => builder.register(scalar(name, definition)),
            Shape::Enum { values } => {
                let mut out = dynamic::Enum::new(name);
                if let Some(text) = &definition.description {
                    out = out.description(text);
                }
                for value in values {
                    let mut item = EnumItem::new(&value.name);
                    if let Some(text) = &value.description {
                        item = item.description(text);
                    }
                    out = out.item(item);
                }
                builder.register(out)
            }
            Shape::Input { fields } => {
                let mut out = InputObject::new(name);
                if let Some(text) = &definition.description {
                    out = out.description(text);
                }
                for field in fields {
                    out = out.field(input(field));
                }
                builder.register(out)
            }
            Shape::Interface { fields } => {
                let mut out = dynamic::Interface::new(name);
                if let Some(text) = &definition.description {
                    out = out.description(text);
                }
                for field in fields {
                    out = out.field(interface_field(field));
                }
                builder.register(out)
            }
            Shape::Object { implements, fields } => {
                let mut out = dynamic::Object::new(name);
                if let Some(text) = &definition.description {
                    out = out.description(text);
                }
                for interface in implements {
                    out = out.implement(interface);
                }
                for field in fields {
                    out = out.field(object_field(api, name, field));
                }
                builder.register(out)
            }
        };
    }
    builder.finish()
}

fn scalar(name: &str, definition: &Definition) -> dynamic::Scalar {
    let mut out = dynamic::Scalar::new(name);
    if let Some(text) = &definition.description {
        out = out.description(text);
    }
    // a file is put in the place of its variable, so nothing else is one
    if name == "Upload" {
        out.validator(|value| matches!(value, Value::Object(_) | Value::Null))
    } else {
        out
    }
}

fn input(argument: &Argument) -> InputValue {
    let mut out = InputValue::new(&argument.name, argument.ty.clone());
    if let Some(text) = &argument.description {
        out = out.description(text);
    }
    if let Some(value) = &argument.default {
        out = out.default_value(value.clone());
    }
    out
}

fn interface_field(field: &Field) -> InterfaceField {
    // async-graphql refuses objects that promise more than their interface: of a generic the id may be null, which
    // `introspection` tells
    let ty = match &field.ty {
        nullable @ TypeRef::Named(_) if field.name == "id" => TypeRef::NonNull(Box::new(nullable.clone())),
        other => other.clone(),
    };
    let mut out = InterfaceField::new(&field.name, ty);
    if let Some(text) = &field.description {
        out = out.description(text);
    }
    if let Some(reason) = &field.deprecation {
        out = out.deprecation(Some(reason));
    }
    for argument in field.arguments.iter() {
        out = out.argument(input(argument));
    }
    out
}

fn object_field(api: &Api, object: &str, field: &Field) -> dynamic::Field {
    let resolver = Resolver::new(api, object, field);
    let mut out =
        dynamic::Field::new(&field.name, field.ty.clone(), move |context| resolver.resolve(&context));
    if let Some(text) = &field.description {
        out = out.description(text);
    }
    if let Some(reason) = &field.deprecation {
        out = out.deprecation(Some(reason));
    }
    for argument in field.arguments.iter() {
        out = out.argument(input(argument));
    }
    out
}
