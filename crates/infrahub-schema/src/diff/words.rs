//! Differences in words.

use super::Difference;
use crate::{Attribute, Cardinality, Flavour, Relationship};
use serde_json::Value;

/// The most characters of a value that are shown.
const LONGEST: usize = 60;

type Quote<'a> = &'a dyn Fn(&str) -> String;

pub(super) fn of(what: &Difference, quote: Quote<'_>) -> String {
    let quote: Quote<'_> = &|text| quote(&printable(&cut(text)));
    match what {
        Difference::KindAdded { flavour } => format!("{} added", name_of(*flavour)),
        Difference::KindRemoved { flavour } => format!("{} removed", name_of(*flavour)),
        Difference::AttributeAdded { attribute } => {
            format!("attribute added: {}", attribute_facts(attribute, quote))
        }
        Difference::AttributeRemoved { attribute } => {
            format!("attribute removed: {}", attribute_facts(attribute, quote))
        }
        Difference::RelationshipAdded { relationship } => {
            format!("relationship added: {}", relationship_facts(relationship, quote))
        }
        Difference::RelationshipRemoved { relationship } => {
            format!("relationship removed: {}", relationship_facts(relationship, quote))
        }
        Difference::ChoiceAdded { choice } => format!("choice {} added", quote(&choice.name)),
        Difference::ChoiceRemoved { choice } => format!("choice {} removed", quote(&choice.name)),
        Difference::ChoiceDescribed { old, new } => {
            let parts = [
                ("label", &old.label, &new.label),
                ("colour", &old.color, &new.color),
                ("description", &old.description, &new.description),
            ];
            let shown = |text: &Option<String>| text.as_deref().map_or_else(|| "none".to_owned(), quote);
            let changed = parts.iter().filter(|(_, old, new)| old != new);
            let changed: Vec<String> =
                changed.map(|(part, old, new)| format!("{part} {} → {}", shown(old), shown(new))).collect();
            format!("choice {}: {}", quote(&new.name), changed.join(", "))
        }
        Difference::ValueAdded { value } => format!("value {} added", shown(value, quote)),
        Difference::ValueRemoved { value } => format!("value {} removed", shown(value, quote)),
        Difference::Property { property, old, new } => property_words(property, old, new, quote),
        Difference::Namespace { old, new } => match (old, new) {
            (None, Some(true)) => "namespace added".to_owned(),
            (None, _) => "namespace of the server's own added".to_owned(),
            (Some(_), None) => "namespace removed".to_owned(),
            (Some(_), Some(true)) => "kinds may now be defined in the namespace".to_owned(),
            (Some(_), Some(false)) => "kinds may no longer be defined in the namespace".to_owned(),
        },
    }
}

fn property_words(property: &str, old: &Value, new: &Value, quote: Quote<'_>) -> String {
    let words = match (property, new.as_bool()) {
        ("optional", Some(true)) => "mandatory → optional",
        ("optional", Some(false)) => "optional → mandatory",
        ("unique", Some(true)) => "unique now",
        ("unique", Some(false)) => "no longer unique",
        ("read_only", Some(true)) => "read-only now",
        ("read_only", Some(false)) => "no longer read-only",
        _ => return format!("{}: {} → {}", quote(property), shown(old, quote), shown(new, quote)),
    };
    words.to_owned()
}

fn name_of(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Node => "node",
        Flavour::Generic => "generic",
        Flavour::Profile => "profile",
        Flavour::Template => "template",
    }
}

fn attribute_facts(attribute: &Attribute, quote: Quote<'_>) -> String {
    let mut facts = quote(attribute.kind.as_str());
    if attribute.is_computed() {
        facts.push_str(", computed");
    } else if attribute.read_only {
        facts.push_str(", read-only");
    } else if !attribute.optional {
        facts.push_str(", mandatory");
    }
    facts
}

fn relationship_facts(relationship: &Relationship, quote: Quote<'_>) -> String {
    let count = match relationship.cardinality {
        Cardinality::One => "one",
        Cardinality::Many => "many",
    };
    let mut facts = format!("to {count} {}", quote(&relationship.peer));
    if relationship.read_only {
        facts.push_str(", read-only");
    } else if !relationship.optional {
        facts.push_str(", mandatory");
    }
    facts
}

fn shown(value: &Value, quote: Quote<'_>) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => quote(text),
        other => quote(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

pub(super) fn in_backticks(text: &str) -> String {
    format!("`{text}`")
}

/// The text on one line, with everything that does not print escaped.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}
