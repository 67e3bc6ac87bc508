//! The objects that a sequence made, and what an operation calls them.
//!
//! In the data of an operation the text `@InfraDevice 3` is the id of the third device, counted around where there are
//! fewer, and `@hfid InfraDevice 3` its human-friendly id.

use infrahub_conformance::demo_schema;
use infrahub_schema::Schema;
use serde_json::Value;
use std::sync::LazyLock;

pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(demo_schema);

/// An id that no object has.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

#[derive(Default)]
pub(crate) struct Objects {
    made: Vec<Object>,
}

struct Object {
    kind: String,
    /// What stands for its id: `<id-3>`.
    id: String,
    hfid: Value,
}

impl Objects {
    /// Takes in the object that a mutation made or found.
    pub(crate) fn learn(&mut self, answer: &Value) {
        let Some((mutation, written)) = answer["data"].as_object().and_then(|data| data.iter().next()) else {
            return;
        };
        let kind = ["Create", "Upsert"].iter().find_map(|verb| mutation.strip_suffix(verb));
        let (Some(kind), Some(id)) = (kind, written["object"]["id"].as_str()) else { return };
        if self.made.iter().all(|object| object.id != id) {
            let (kind, id, hfid) = (kind.to_owned(), id.to_owned(), written["object"]["hfid"].clone());
            self.made.push(Object { kind, id, hfid });
        }
    }

    /// The ids of all objects of a kind or generic.
    pub(crate) fn ids(&self, kind: &str) -> Vec<Value> {
        self.of_kind(kind).map(|object| Value::from(object.id.as_str())).collect()
    }

    /// The data with the objects that they name.
    pub(crate) fn resolve(&self, data: &Value) -> Value {
        match data {
            Value::String(text) => match text.strip_prefix('@') {
                Some(name) => self.named(name),
                None => data.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.resolve(value))).collect()
            }
            _ => data.clone(),
        }
    }

    fn named(&self, name: &str) -> Value {
        let (wants_hfid, name) = name.strip_prefix("hfid ").map_or((false, name), |name| (true, name));
        let (kind, index) = name.split_once(' ').unwrap_or((name, "0"));
        let objects: Vec<&Object> = self.of_kind(kind).collect();
        let index: usize = index.parse().unwrap_or_default();
        match objects.get(index % objects.len().max(1)) {
            Some(object) if wants_hfid => object.hfid.clone(),
            Some(object) => object.id.as_str().into(),
            None if wants_hfid => Value::from(vec!["<name>-nobody"]),
            None => UNKNOWN.into(),
        }
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Object> {
        self.made.iter().filter(move |object| is_a(&object.kind, kind))
    }
}

fn is_a(kind: &str, other: &str) -> bool {
    let inherits = || SCHEMA.kinds[kind].inherit_from.iter().any(|generic| generic == other);
    kind == other || other == "CoreNode" || inherits()
}
