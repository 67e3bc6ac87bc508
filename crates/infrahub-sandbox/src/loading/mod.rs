//! Schema files that are loaded into a branch: what they declare is laid over the kinds that are there, and what the
//! server adds by itself follows.
//!
//! Kinds are handled as the JSON of the node schema, as the files have them.

mod check;
mod declare;
mod differ;
mod inherit;
mod profile;
mod structure;
mod template;

use infrahub_schema::Schema;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A kind, or a part of it, as JSON.
type Fields = Map<String, Value>;

/// What a load makes of a schema.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) schema: Schema,
    /// `{"added": {…}, "changed": {…}, "removed": {…}}`, by kind.
    pub(crate) diff: Value,
    pub(crate) warnings: Vec<Value>,
}

impl Loaded {
    /// Whether the schema is another one than before.
    pub(crate) fn is_changed(&self) -> bool {
        self.diff != json!({ "added": {}, "changed": {}, "removed": {} })
    }
}

/// Why files are not loaded.
#[derive(Debug, PartialEq)]
pub(crate) enum Rejected {
    /// They do not have the structure of schema files; each entry names a place.
    Structure(Vec<Value>),
    /// What they say cannot be.
    Words(String),
}

/// All kinds while they change.
struct Kinds {
    all: BTreeMap<String, Fields>,
    namespaces: BTreeMap<String, bool>,
    /// The kinds that the files speak of, and those that inherit from them.
    touched: BTreeSet<String>,
    /// The kinds that were not there before.
    new: BTreeSet<String>,
}

impl Kinds {
    fn of(schema: &Schema) -> Self {
        let json = |kind| match serde_json::to_value(kind) {
            Ok(Value::Object(fields)) => fields,
            _ => Fields::new(),
        };
        let all = schema.kinds.iter().map(|(name, kind)| (name.clone(), json(kind))).collect();
        Self { all, namespaces: schema.namespaces.clone(), touched: BTreeSet::new(), new: BTreeSet::new() }
    }

    fn get(&self, kind: &str) -> Option<&Fields> {
        self.all.get(kind)
    }

    /// Notes that a kind is one of a generic.
    fn add_user(&mut self, generic: &str, user: &str) {
        let Some(generic) = self.all.get_mut(generic) else { return };
        let users = parts_mut(generic, "used_by");
        if !users.iter().any(|known| known == user) {
            users.push(user.into());
            users.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
    }

    fn into_schema(self) -> Result<Schema, Rejected> {
        let kinds: Vec<Fields> = self.all.into_values().collect();
        let file = json!({ "format": 1, "namespaces": self.namespaces, "kinds": kinds });
        Schema::from_nodes_json(file.to_string().as_bytes(), "schema").map_err(|error| {
            let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
            Rejected::Words(if problems.is_empty() { error.to_string() } else { problems.join(",\n") })
        })
    }
}

/// Loads the files of a request's body into a schema.
///
/// # Errors
/// See [`Rejected`]; nothing is loaded then.
pub(crate) fn load(current: &Schema, body: &Value) -> Result<Loaded, Rejected> {
    let warnings = structure::check(body)?;
    if body["schemas"].as_array().is_some_and(Vec::is_empty) {
        return Err(Rejected::Words("Cannot merge an empty list of schemas".to_owned()));
    }
    let mut kinds = Kinds::of(current);
    declare::declare(&mut kinds, body)?;
    check::removed(&kinds, current)?;
    inherit::complete(&mut kinds)?;
    template::complete(&mut kinds);
    profile::complete(&mut kinds);
    let schema = kinds.into_schema()?;
    let diff = differ::diff(current, &schema);
    Ok(Loaded { schema, diff, warnings })
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn flag(fields: &Fields, name: &str) -> bool {
    fields.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The texts of a list.
fn texts(fields: &Fields, name: &str) -> Vec<String> {
    let items = fields.get(name).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The attributes or relationships of a kind.
fn parts<'a>(kind: &'a Fields, list: &str) -> impl Iterator<Item = &'a Fields> {
    kind.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// The same, to be changed; an empty list where there is none.
fn parts_mut<'a>(kind: &'a mut Fields, list: &str) -> &'a mut Vec<Value> {
    let entry = kind.entry(list).or_insert_with(|| json!([]));
    if !entry.is_array() {
        *entry = json!([]);
    }
    match entry {
        Value::Array(items) => items,
        // it was made one just now
        _ => unreachable!("a list"),
    }
}

fn has_part(kind: &Fields, name: &str) -> bool {
    ["attributes", "relationships"]
        .into_iter()
        .any(|list| parts(kind, list).any(|part| text(part, "name") == name))
}
