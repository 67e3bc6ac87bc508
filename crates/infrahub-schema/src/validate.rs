//! Checks that hold across the fields and kinds of a schema.

use crate::{Flavour, KindSchema};
use std::collections::{BTreeMap, BTreeSet};

/// One violated rule: the index of the kind in the list, the field if it is about one, and why.
pub(crate) struct Fault {
    pub(crate) kind: usize,
    pub(crate) field: Option<String>,
    pub(crate) message: String,
}

/// Every fault of a list of kinds.
///
/// A peer that is not in the list is no fault: the server leaves out kinds of the namespace
/// `Internal` although relationships point at them.
pub(crate) fn faults(kinds: &[KindSchema]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut by_name: BTreeMap<&str, &KindSchema> = BTreeMap::new();
    for (index, kind) in kinds.iter().enumerate() {
        let mut fault = |field: Option<&str>, message: String| {
            faults.push(Fault { kind: index, field: field.map(str::to_owned), message });
        };
        if kind.namespace.is_empty() || kind.name.is_empty() {
            fault(None, "a kind needs a namespace and a name, one of them is empty".to_owned());
        }
        if by_name.insert(&kind.kind, kind).is_some() {
            fault(None, "the kind is described twice".to_owned());
        }
        fields(kind, &mut fault);
    }
    for (index, kind) in kinds.iter().enumerate() {
        let mut fault = |field: Option<&str>, message: String| {
            faults.push(Fault { kind: index, field: field.map(str::to_owned), message });
        };
        for parent in &kind.inherit_from {
            match by_name.get(parent.as_str()) {
                None => fault(None, format!("inherits from `{parent}`, which is not in the schema")),
                Some(parent) if parent.flavour != Flavour::Generic => {
                    fault(None, format!("inherits from `{}`, which is no generic", parent.kind));
                }
                Some(_) => {}
            }
        }
        for path in kind.human_friendly_id.iter().flatten() {
            if let Some(message) = path_fault(kind, path, &by_name) {
                fault(None, format!("human_friendly_id names `{path}`: {message}"));
            }
        }
        if let Some(path) = &kind.default_filter
            && let Some(message) = path_fault(kind, path, &by_name)
        {
            fault(None, format!("default_filter names `{path}`: {message}"));
        }
    }
    faults
}

/// Faults of the attributes and relationships of one kind.
fn fields(kind: &KindSchema, fault: &mut impl FnMut(Option<&str>, String)) {
    let mut seen = BTreeSet::new();
    let attributes = kind.attributes.iter().map(|attribute| ("attribute", attribute.name.as_str()));
    let relationships =
        kind.relationships.iter().map(|relationship| ("relationship", relationship.name.as_str()));
    for (what, name) in attributes.chain(relationships) {
        if name.is_empty() {
            fault(None, format!("an {what} has an empty name").replace("an r", "a r"));
        } else if !seen.insert(name) {
            fault(Some(name), "the name stands for two fields of the kind".to_owned());
        }
    }
    for attribute in &kind.attributes {
        let mut names = BTreeSet::new();
        for choice in attribute.choices.iter().flatten() {
            if !names.insert(choice.name.as_str()) {
                fault(Some(&attribute.name), format!("the choice `{}` is described twice", choice.name));
            }
        }
    }
    for relationship in &kind.relationships {
        if relationship.peer.is_empty() {
            fault(Some(&relationship.name), "the relationship has no peer".to_owned());
        }
    }
}

/// Why `path` (`name__value`, `site__name__value`) names nothing that `kind` has.
fn path_fault(kind: &KindSchema, path: &str, by_name: &BTreeMap<&str, &KindSchema>) -> Option<String> {
    if kind.attributes.iter().any(|attribute| rest_after(path, &attribute.name).is_some()) {
        return None;
    }
    for relationship in &kind.relationships {
        let Some(rest) = rest_after(path, &relationship.name) else { continue };
        // A peer that is not in the schema cannot be looked into.
        let peer = by_name.get(relationship.peer.as_str())?;
        if rest.is_empty()
            || peer.attributes.iter().any(|attribute| rest_after(rest, &attribute.name).is_some())
        {
            return None;
        }
        return Some(format!("`{}` has no attribute for `{rest}`", peer.kind));
    }
    Some("the kind has no such attribute or relationship".to_owned())
}

/// What follows `name` and its `__` in a path; the whole path may also be the name alone.
fn rest_after<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    match path.strip_prefix(name)? {
        "" => Some(""),
        rest => rest.strip_prefix("__"),
    }
}
