//! The types of attributes: in Rust, in filters and on the wire.

use super::Value;
use infrahub_schema::{Attribute, AttributeKind, Choice};

/// The Rust type of the values, where the attribute has no enum of its own.
pub(super) fn value(kind: &AttributeKind) -> Value {
    match kind {
        AttributeKind::Number | AttributeKind::NumberPool | AttributeKind::Bandwidth => Value::Integer,
        AttributeKind::Boolean | AttributeKind::Checkbox => Value::Boolean,
        AttributeKind::DateTime => Value::DateTime,
        AttributeKind::IpHost => Value::IpHost,
        AttributeKind::IpNetwork => Value::IpNetwork,
        AttributeKind::IpAddress => Value::IpAddress,
        AttributeKind::MacAddress => Value::MacAddress,
        AttributeKind::Password | AttributeKind::HashedPassword => Value::Password,
        AttributeKind::List => Value::List,
        AttributeKind::Json | AttributeKind::Any | AttributeKind::Unknown(_) => Value::Json,
        // The rest is text; so would be a kind that the schema crate learns later, which `Unknown` rules out.
        _ => Value::Text,
    }
}

/// The GraphQL scalar of the attribute's filters.
pub(super) fn filter_scalar(kind: &AttributeKind) -> &'static str {
    match (kind, value(kind)) {
        (AttributeKind::Bandwidth, _) => "Int",
        (_, Value::Integer) => "BigInt",
        (_, Value::Boolean) => "Boolean",
        (_, Value::DateTime) => "DateTime",
        (_, Value::List | Value::Json) => "GenericScalar",
        _ => "String",
    }
}

/// The GraphQL scalar that the attribute's `value` is read as.
pub(super) fn read_scalar(kind: &AttributeKind) -> &str {
    match (kind, value(kind)) {
        (AttributeKind::Unknown(unknown), _) => unknown,
        (_, Value::Integer) => "BigInt",
        (_, Value::Boolean) => "Boolean",
        (_, Value::List | Value::Json) => "GenericScalar",
        _ => "String",
    }
}

/// Whether the server sets the value, so that an object may be seen before it has one.
pub(crate) fn is_set_by_server(attribute: &Attribute) -> bool {
    !attribute.is_writable() || attribute.kind == AttributeKind::NumberPool
}

/// The choices of a dropdown, or of a text with allowed values: sorted by name, each once.
pub(super) fn choices(attribute: &Attribute) -> Option<Vec<Choice>> {
    let mut choices = match (&attribute.kind, &attribute.choices, &attribute.allowed_values) {
        (AttributeKind::Dropdown, Some(choices), _) => choices.clone(),
        (kind, _, Some(values)) if value(kind) == Value::Text => {
            let names: Option<Vec<&str>> = values.iter().map(|value| value.as_str()).collect();
            let plain =
                |name: &str| Choice { name: name.to_owned(), label: None, color: None, description: None };
            names?.into_iter().map(plain).collect()
        }
        _ => return None,
    };
    choices.sort_by(|a, b| a.name.cmp(&b.name));
    choices.dedup_by(|a, b| a.name == b.name);
    Some(choices)
}
