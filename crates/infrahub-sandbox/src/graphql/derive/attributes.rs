//! How the attribute kinds appear in GraphQL.

use infrahub_schema::AttributeKind;

/// The object type of an attribute's value.
pub(crate) fn output_type(kind: &AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Dropdown => "Dropdown",
        AttributeKind::MacAddress => "MacAddress",
        AttributeKind::IpHost => "IPHost",
        AttributeKind::IpNetwork => "IPNetwork",
        AttributeKind::IpAddress => "IPAddress",
        _ => match scalar(kind) {
            "BigInt" => "NumberAttribute",
            "Boolean" => "CheckboxAttribute",
            "String" => "TextAttribute",
            _ => match kind {
                AttributeKind::List => "ListAttribute",
                AttributeKind::Json => "JSONAttribute",
                _ => "AnyAttribute",
            },
        },
    }
}

/// The scalar of an attribute's value.
pub(crate) fn scalar(kind: &AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Number | AttributeKind::NumberPool | AttributeKind::Bandwidth => "BigInt",
        AttributeKind::Boolean | AttributeKind::Checkbox => "Boolean",
        AttributeKind::List | AttributeKind::Json | AttributeKind::Any | AttributeKind::Unknown(_) => {
            "GenericScalar"
        }
        _ => "String",
    }
}

/// The scalar that a filter on the attribute takes.
pub(super) fn filter_scalar(kind: &AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Bandwidth => "Int",
        AttributeKind::DateTime => "DateTime",
        other => scalar(other),
    }
}

/// The input object of an attribute, without `Create` or `Update` at its end.
pub(super) fn input_type(kind: &AttributeKind) -> &'static str {
    match scalar(kind) {
        "GenericScalar" => output_type(kind),
        "BigInt" => "NumberAttribute",
        "Boolean" => "CheckboxAttribute",
        _ => "TextAttribute",
    }
}
