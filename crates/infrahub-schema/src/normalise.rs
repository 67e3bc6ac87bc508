//! One form for everything that the server may say in several ways.

use crate::{Attribute, KindSchema, Relationship};
use serde_json::Value;
use std::cmp::Ordering;

/// Brings a kind into its one form: lists that have no order are sorted, what is empty is absent.
pub(crate) fn kind(kind: &mut KindSchema) {
    if kind.kind.is_empty() {
        kind.kind = format!("{}{}", kind.namespace, kind.name);
    }
    for text in [
        &mut kind.label,
        &mut kind.description,
        &mut kind.default_filter,
        &mut kind.display_label,
        &mut kind.documentation,
        &mut kind.hierarchy,
        &mut kind.parent,
        &mut kind.children,
    ] {
        drop_empty_text(text);
    }
    drop_empty_list(&mut kind.human_friendly_id);
    drop_empty_list(&mut kind.order_by);
    drop_empty_list(&mut kind.uniqueness_constraints);
    if let Some(constraints) = &mut kind.uniqueness_constraints {
        constraints.sort();
    }
    sort_set(&mut kind.inherit_from);
    sort_set(&mut kind.used_by);
    kind.attributes.iter_mut().for_each(attribute);
    kind.relationships.iter_mut().for_each(relationship);
    kind.attributes.sort_by(|a, b| place(a.order_weight, &a.name).cmp(&place(b.order_weight, &b.name)));
    kind.relationships.sort_by(|a, b| place(a.order_weight, &a.name).cmp(&place(b.order_weight, &b.name)));
}

/// What a field is sorted by; one without a weight comes last.
fn place(order_weight: Option<i64>, name: &str) -> (bool, Option<i64>, &str) {
    (order_weight.is_none(), order_weight, name)
}

fn attribute(attribute: &mut Attribute) {
    for text in [&mut attribute.label, &mut attribute.description, &mut attribute.deprecation] {
        drop_empty_text(text);
    }
    drop_empty_text(&mut attribute.parameters.regex);
    drop_empty_text(&mut attribute.parameters.excluded_values);
    attribute.computed_attribute.take_if(|computed| computed.kind == "User");
    drop_empty_list(&mut attribute.allowed_values);
    if let Some(values) = &mut attribute.allowed_values {
        values.iter_mut().for_each(sort_keys);
        values.sort_by(compare_values);
        values.dedup();
    }
    drop_empty_list(&mut attribute.choices);
    if let Some(choices) = &mut attribute.choices {
        for choice in choices.iter_mut() {
            for text in [&mut choice.label, &mut choice.color, &mut choice.description] {
                drop_empty_text(text);
            }
        }
        choices.sort_by(|a, b| a.name.cmp(&b.name));
    }
    attribute.default_value.take_if(|value| value.is_null());
    if let Some(value) = &mut attribute.default_value {
        sort_keys(value);
    }
}

fn relationship(relationship: &mut Relationship) {
    for text in [
        &mut relationship.label,
        &mut relationship.description,
        &mut relationship.identifier,
        &mut relationship.common_parent,
        &mut relationship.hierarchical,
        &mut relationship.deprecation,
    ] {
        drop_empty_text(text);
    }
    drop_empty_list(&mut relationship.common_relatives);
    if let Some(relatives) = &mut relationship.common_relatives {
        sort_set(relatives);
    }
}

fn drop_empty_text(text: &mut Option<String>) {
    text.take_if(|text| text.is_empty());
}

fn drop_empty_list<T>(list: &mut Option<Vec<T>>) {
    list.take_if(|list| list.is_empty());
}

fn sort_set(names: &mut Vec<String>) {
    names.sort();
    names.dedup();
}

/// Sorts the keys of every object inside, whatever map `serde_json` was built with.
fn sort_keys(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort_keys),
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.iter_mut().for_each(|(_, value)| sort_keys(value));
            map.extend(entries);
        }
        _ => {}
    }
}

/// Numbers by size, then everything else by its JSON text.
fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.to_string().cmp(&b.to_string()),
    }
}
