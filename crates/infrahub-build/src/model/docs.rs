//! What the documentation of generated code says.

use super::attribute;
use crate::text::{code, prose};
use infrahub_schema::{Attribute, AttributeKind, Cardinality, Choice, Flavour, KindSchema, Relationship};

/// Documentation of the struct of a kind.
pub(super) fn kind(kind: &KindSchema) -> Vec<String> {
    let mut docs = summary(kind.description.as_deref(), kind.label.as_deref(), &kind.kind);
    docs.push(String::new());
    docs.push(match kind.flavour {
        Flavour::Generic => {
            format!("Infrahub generic {}: what all kinds that inherit from it share.", code(&kind.kind))
        }
        Flavour::Profile => format!("Infrahub profile {}.", code(&kind.kind)),
        Flavour::Template => format!("Infrahub template {}.", code(&kind.kind)),
        Flavour::Node => format!("Infrahub kind {}.", code(&kind.kind)),
    });
    if let Some(paths) = kind.human_friendly_id.as_ref().filter(|paths| !paths.is_empty()) {
        docs.push(format!("Human-friendly id: {}.", list(paths.iter().map(String::as_str))));
    }
    let mut constraints: Vec<Vec<&str>> = Vec::new();
    for constraint in kind.uniqueness_constraints.iter().flatten().filter(|fields| fields.len() > 1) {
        let mut fields: Vec<&str> = constraint.iter().map(String::as_str).collect();
        fields.sort_unstable();
        constraints.push(fields);
    }
    constraints.sort_unstable();
    docs.extend(
        constraints.into_iter().map(|fields| format!("Unique together: {}.", list(fields.into_iter()))),
    );
    let mut secrets: Vec<&str> = kind
        .attributes
        .iter()
        .filter(|attribute| is_secret(attribute))
        .map(|attribute| attribute.name.as_str())
        .collect();
    secrets.sort_unstable();
    if !secrets.is_empty() {
        docs.push(format!(
            "Passwords are never read unasked, so it has no field for {}.",
            list(secrets.into_iter())
        ));
    }
    docs
}

/// Whether the attribute holds a password, which no struct reads.
pub(super) fn is_secret(attribute: &Attribute) -> bool {
    matches!(attribute.kind, AttributeKind::Password | AttributeKind::HashedPassword)
}

/// Documentation of a kind that was not chosen.
pub(super) fn marker(name: &str, kind: Option<&KindSchema>) -> Vec<String> {
    let mut docs = Vec::new();
    if let Some(kind) = kind {
        docs = summary(kind.description.as_deref(), kind.label.as_deref(), name);
        docs.push(String::new());
    }
    docs.push(format!(
        "Infrahub kind {}, which was not chosen: its objects can be referred to, not read.",
        code(name)
    ));
    docs
}

/// Documentation of the field of an attribute.
pub(super) fn attribute(attribute: &Attribute) -> Vec<String> {
    let mut docs = summary(attribute.description.as_deref(), attribute.label.as_deref(), &attribute.name);
    docs.push(String::new());
    docs.push(format!("{}.", attribute_facts(attribute)));
    docs
}

/// One line that names an attribute and its kind, for its column.
pub(super) fn attribute_column(attribute: &Attribute) -> Vec<String> {
    vec![format!("Attribute {}: {}.", code(&attribute.name), code(attribute.kind.as_str()))]
}

/// Documentation of what sets an attribute.
pub(super) fn attribute_setter(attribute: &Attribute) -> Vec<String> {
    vec![format!("Sets {}: {}.", code(&attribute.name), attribute_facts(attribute))]
}

/// Documentation of the field of a relationship to one.
pub(super) fn relationship(relationship: &Relationship) -> Vec<String> {
    let mut docs =
        summary(relationship.description.as_deref(), relationship.label.as_deref(), &relationship.name);
    docs.push(String::new());
    docs.push(format!("A relationship {}.", relationship_facts(relationship)));
    docs
}

/// One line that names a relationship and its peer, for its column.
pub(super) fn relationship_column(relationship: &Relationship) -> Vec<String> {
    vec![format!("Relationship {}: {}.", code(&relationship.name), relationship_facts(relationship))]
}

/// Documentation of what sets a relationship.
pub(super) fn relationship_setter(relationship: &Relationship) -> Vec<String> {
    let what = match relationship.cardinality {
        Cardinality::One => "the peer of",
        Cardinality::Many => "all peers of",
    };
    vec![format!("Sets {what} {}: {}.", code(&relationship.name), relationship_facts(relationship))]
}

/// Documentation of a choice.
pub(super) fn choice(choice: &Choice) -> Vec<String> {
    let mut docs = vec![match choice.label.as_deref().filter(|label| *label != choice.name) {
        Some(label) if !prose(label).is_empty() => {
            format!("{}: {}.", code(&choice.name), prose(label).join(" "))
        }
        _ => format!("{}.", code(&choice.name)),
    }];
    let description = choice.description.as_deref().map(prose).unwrap_or_default();
    if !description.is_empty() {
        docs.push(String::new());
        docs.extend(description);
    }
    docs
}

/// Documentation of an enum of choices.
pub(super) fn choices(kind: &str, attribute: &Attribute) -> Vec<String> {
    let mut docs = summary(attribute.description.as_deref(), attribute.label.as_deref(), &attribute.name);
    docs.push(String::new());
    docs.push(format!("Choices of {}.", code(&format!("{kind}.{}", attribute.name))));
    docs
}

/// The description, else the label, else the name.
fn summary(description: Option<&str>, label: Option<&str>, name: &str) -> Vec<String> {
    let texts = [description, label];
    let lines = texts.into_iter().flatten().map(prose).find(|lines| !lines.is_empty());
    lines.unwrap_or_else(|| vec![format!("{}.", code(name))])
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(code).collect::<Vec<_>>().join(", ")
}

/// The default value as text; that of a password is not shown.
pub(crate) fn default_text(attribute: &Attribute) -> Option<String> {
    let default = attribute.default_value.as_ref().filter(|_| !is_secret(attribute))?;
    Some(default.as_str().map_or_else(|| default.to_string(), str::to_owned))
}

/// `` `Number`, mandatory, 1 to 60 ``: what the schema demands of the value.
pub(crate) fn attribute_facts(attribute: &Attribute) -> String {
    let mut facts = vec![code(attribute.kind.as_str())];
    if attribute.is_computed() {
        facts.push("computed by the server".to_owned());
    } else if attribute::is_set_by_server(attribute) {
        facts.push("set by the server".to_owned());
    } else if !attribute.optional {
        facts.push("mandatory".to_owned());
    }
    if attribute.unique {
        facts.push("unique".to_owned());
    }
    if let Some(default) = default_text(attribute) {
        facts.push(format!("default {}", code(&default)));
    }
    let limits = &attribute.parameters;
    facts.extend(range(limits.min_value, limits.max_value, ""));
    facts.extend(range(limits.start_range, limits.end_range, ""));
    facts.extend(range(limits.min_length, limits.max_length, " characters"));
    if let Some(excluded) = &limits.excluded_values {
        facts.push(format!("not {}", code(excluded)));
    }
    if let Some(regex) = &limits.regex {
        facts.push(format!("matches {}", code(regex)));
    }
    if let Some(values) =
        attribute.allowed_values.as_ref().filter(|_| attribute::choices(attribute).is_none())
    {
        let mut values: Vec<_> = values.iter().map(|value| (value.as_i64(), value.to_string())).collect();
        values.sort();
        let values: Vec<String> = values.iter().map(|(_, value)| code(value)).collect();
        facts.push(format!("one of {}", values.join(", ")));
    }
    facts.join(", ")
}

fn range(least: Option<i64>, greatest: Option<i64>, unit: &str) -> Option<String> {
    match (least, greatest) {
        (Some(least), Some(greatest)) => Some(format!("{least} to {greatest}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, Some(greatest)) => Some(format!("at most {greatest}{unit}")),
        (None, None) => None,
    }
}

/// `` to one `InfraSite`, mandatory ``: what the schema demands of the peers.
pub(crate) fn relationship_facts(relationship: &Relationship) -> String {
    let mut facts = vec![match relationship.cardinality {
        Cardinality::One => format!("to one {}", code(&relationship.peer)),
        Cardinality::Many => format!("to many {}", code(&relationship.peer)),
    }];
    if relationship.read_only {
        facts.push("set by the server".to_owned());
    } else if !relationship.optional {
        facts.push("mandatory".to_owned());
    }
    if relationship.cardinality == Cardinality::Many {
        let least = (relationship.min_count > 0).then_some(relationship.min_count);
        let greatest = (relationship.max_count > 0).then_some(relationship.max_count);
        facts.extend(range(least, greatest, " peers"));
    }
    facts.join(", ")
}
