//! The difference of two schemas, as the server tells it.

use infrahub_schema::{Flavour, KindSchema, Schema};
use serde_json::{Map, Value, json};

/// What is new, other or gone, by kind: `{"added": {"Kind": {"added": {…}, "changed": {…}, "removed": {…}}}, …}`.
pub(super) fn diff(before: &Schema, after: &Schema) -> Value {
    let mut out = Difference::default();
    // profiles and templates follow from their kinds, and are not told
    let is_told = |kind: &KindSchema| !matches!(kind.flavour, Flavour::Profile | Flavour::Template);
    for (name, kind) in after.kinds.iter().filter(|(_, kind)| is_told(kind)) {
        match before.kind(name) {
            None => out.added(name, empty()),
            Some(old) if old == kind => {}
            Some(old) => {
                let diff = kind_diff(old, kind);
                if diff != empty() {
                    out.changed(name, diff);
                }
            }
        }
    }
    for (name, kind) in &before.kinds {
        if is_told(kind) && !after.kinds.contains_key(name) {
            out.removed(name, Value::Null);
        }
    }
    out.into_json()
}

fn empty() -> Value {
    json!({ "added": {}, "changed": {}, "removed": {} })
}

#[derive(Default)]
struct Difference {
    added: Map<String, Value>,
    changed: Map<String, Value>,
    removed: Map<String, Value>,
}

impl Difference {
    fn added(&mut self, name: &str, value: Value) {
        self.added.insert(name.to_owned(), value);
    }

    fn changed(&mut self, name: &str, value: Value) {
        self.changed.insert(name.to_owned(), value);
    }

    fn removed(&mut self, name: &str, value: Value) {
        self.removed.insert(name.to_owned(), value);
    }

    fn into_json(self) -> Value {
        json!({ "added": self.added, "changed": self.changed, "removed": self.removed })
    }
}

fn kind_diff(before: &KindSchema, after: &KindSchema) -> Value {
    let json = |kind: &KindSchema| serde_json::to_value(kind).unwrap_or_default();
    let (before, after) = (json(before), json(after));
    let mut out = Difference::default();
    for name in names(&before, &after) {
        if matches!(name.as_str(), "attributes" | "relationships") {
            let parts = parts_diff(&before[&name], &after[&name]);
            if parts != empty() {
                out.changed(&name, parts);
            }
        } else if name == "used_by" {
            // the server tells of it at the kinds that inherit
        } else if before.get(&name) != after.get(&name) {
            out.changed(&name, Value::Null);
        }
    }
    out.into_json()
}

fn parts_diff(before: &Value, after: &Value) -> Value {
    let find = |list: &Value, name: &Value| {
        list.as_array().into_iter().flatten().find(|part| part["name"] == *name).cloned()
    };
    let mut out = Difference::default();
    for part in after.as_array().into_iter().flatten() {
        let name = part["name"].as_str().unwrap_or_default();
        match find(before, &part["name"]) {
            None => out.added(name, Value::Null),
            Some(old) if old == *part => {}
            Some(old) => {
                let mut properties = Difference::default();
                for property in names(&old, part) {
                    let (was, is) = (&old[&property], &part[&property]);
                    if was != is {
                        let told = if property == "parameters" { limits_diff(was, is) } else { Value::Null };
                        properties.changed(&property, told);
                    }
                }
                out.changed(name, properties.into_json());
            }
        }
    }
    for part in before.as_array().into_iter().flatten() {
        if find(after, &part["name"]).is_none() {
            out.removed(part["name"].as_str().unwrap_or_default(), Value::Null);
        }
    }
    out.into_json()
}

/// The limits of an attribute that are others.
fn limits_diff(before: &Value, after: &Value) -> Value {
    let mut out = Difference::default();
    for name in names(before, after).iter().filter(|name| before.get(name) != after.get(name)) {
        out.changed(name, Value::Null);
    }
    out.into_json()
}

fn names(before: &Value, after: &Value) -> Vec<String> {
    let keys = |value: &Value| value.as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>());
    let mut names: Vec<String> = [keys(before), keys(after)].into_iter().flatten().flatten().collect();
    names.sort();
    names.dedup();
    names
}
