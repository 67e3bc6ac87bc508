//! An operation as the request of a case.

use super::objects::{Objects, SCHEMA};
use super::operation::Operation;
use super::write::relationships;
use infrahub_schema::Cardinality;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The request that does what an operation says, to the objects that there are.
pub(crate) fn request(operation: &Operation, objects: &Objects) -> String {
    match operation {
        Operation::Write { field, kind, input, data, is_inline } => {
            let data = objects.resolve(data);
            let object = kind.map(|kind| format!(" object {{ {} }}", selection(kind))).unwrap_or_default();
            let answer = format!("{{ ok{object} }}");
            if *is_inline {
                return format!("mutation {{ {field}(data: {}) {answer} }}", literal(&data));
            }
            let variables = json!({ "data": data });
            format!("variables: {variables}\nmutation ($data: {input}!) {{ {field}(data: $data) {answer} }}")
        }
        Operation::Read { kind, arguments } => {
            let mut arguments = objects.resolve(arguments);
            arguments["ids"] = objects.ids(kind).into();
            let arguments = literal(&arguments);
            let arguments = &arguments[1..arguments.len() - 1];
            format!("{{ {kind}({arguments}) {{ count edges {{ node {{ {} }} }} }} }}", selection(kind))
        }
    }
}

/// Everything of a kind that does not follow a write some seconds later.
fn selection(kind: &str) -> String {
    let kind = &SCHEMA.kinds[kind];
    let mut fields = "id hfid display_label __typename".to_owned();
    for attribute in kind.attributes.iter().filter(|attribute| attribute.is_writable()) {
        let _ = write!(fields, " {} {{ value is_default is_protected owner {{ id }} }}", attribute.name);
    }
    for relationship in relationships(kind) {
        let peers = match relationship.cardinality {
            Cardinality::One => "node { id __typename } properties { is_protected owner { id } }",
            Cardinality::Many => "count edges { node { id __typename } }",
        };
        let _ = write!(fields, " {} {{ {peers} }}", relationship.name);
    }
    fields
}

/// A value as it is written in a document.
fn literal(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| match value.as_str() {
                Some(direction) if name == "direction" => format!("{name}: {direction}"),
                _ => format!("{name}: {}", literal(value)),
            };
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
