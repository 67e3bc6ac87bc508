//! What became of a schema: every difference between two, and what it breaks.

mod attributes;
mod change;
mod choices;
mod code;
mod fields;
mod follow;
mod kinds;
mod limits;
mod lists;
mod names;
mod property;
mod relationships;
mod sources;
mod types;
mod words;

pub use change::{Change, Difference, Impact};

use crate::{Flavour, KindSchema, Schema, kind_matches};
use code::Place;
use property::Finding;
use serde::Serialize;
use std::collections::BTreeSet;

/// Every difference between two schemas, by kind and field.
///
/// It is empty exactly where the schemas are equal. Each change says of programs and of data whether it breaks
/// them, with a reason for people.
///
/// ```
/// use infrahub_schema::{Schema, SchemaDiff};
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = |optional: bool| {
///     let answer = serde_json::json!({"nodes": [{"namespace": "Infra", "name": "Device", "attributes": [
///         {"name": "serial", "kind": "Text", "optional": optional},
///     ]}]});
///     Schema::from_api(answer.to_string().as_bytes(), "example")
/// };
/// let diff = SchemaDiff::between(&schema(false)?, &schema(true)?);
/// assert!(diff.breaks_programs() && !diff.breaks_data());
/// for change in &diff {
///     assert_eq!(change.to_string(), "InfraDevice.serial: mandatory → optional");
///     assert_eq!(change.programs.reason, "It is read as an `Option` now.");
/// }
/// # Ok(())
/// # }
/// # run().unwrap();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SchemaDiff {
    /// The changes, sorted by kind and field; those of a kind itself come before those of its fields.
    pub changes: Vec<Change>,
}

impl SchemaDiff {
    /// What turns `old` into `new`.
    pub fn between(old: &Schema, new: &Schema) -> SchemaDiff {
        let mut changes = namespaces(old, new);
        let kinds: BTreeSet<&String> = old.kinds.keys().chain(new.kinds.keys()).collect();
        for name in kinds {
            match (old.kinds.get(name), new.kinds.get(name)) {
                (None, Some(kind)) => changes.push(added(old, name, kind)),
                (Some(kind), None) => changes.push(removed(name, kind)),
                (Some(before), Some(after)) => changes.extend(changed(
                    name,
                    Place { schema: old, kind: before },
                    Place { schema: new, kind: after },
                )),
                (None, None) => {}
            }
        }
        changes.sort_by(|a, b| (&a.kind, &a.field).cmp(&(&b.kind, &b.field)));
        follow::mark(&mut changes, old, new);
        SchemaDiff { changes }
    }

    /// Whether the schemas are the same, or nothing that was asked for differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The number of changes, those that follow from others too.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// The changes in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.changes.iter()
    }

    /// Whether programs that were written for the old schema may no longer compile or work.
    pub fn breaks_programs(&self) -> bool {
        self.iter().any(|change| change.programs.breaking)
    }

    /// Whether objects or values that were valid may no longer be.
    pub fn breaks_data(&self) -> bool {
        self.iter().any(|change| change.data.breaking)
    }

    /// Keeps the changes for which this is true.
    pub fn retain(&mut self, keep: impl FnMut(&Change) -> bool) {
        self.changes.retain(keep);
    }

    /// Only the changes that break programs.
    #[must_use]
    pub fn breaking_only(mut self) -> SchemaDiff {
        self.retain(|change| change.programs.breaking);
        self
    }

    /// Only the changes of kinds that match one of the patterns; see [`kind_matches`].
    #[must_use]
    pub fn only_kinds<P: AsRef<str>>(mut self, patterns: &[P]) -> SchemaDiff {
        self.retain(|change| patterns.iter().any(|pattern| kind_matches(pattern.as_ref(), &change.kind)));
        self
    }

    /// The change that this one follows from, if it follows from one and that is in this list.
    pub fn origin_of(&self, change: &Change) -> Option<&Change> {
        follow::origin_of(&self.changes, change)
    }
}

impl<'a> IntoIterator for &'a SchemaDiff {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for SchemaDiff {
    type Item = Change;
    type IntoIter = std::vec::IntoIter<Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.changes.into_iter()
    }
}

fn namespaces(old: &Schema, new: &Schema) -> Vec<Change> {
    let names: BTreeSet<&String> = old.namespaces.keys().chain(new.namespaces.keys()).collect();
    let both = names.into_iter().map(|name| (name, old.namespaces.get(name), new.namespaces.get(name)));
    both.filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| Change {
            kind: name.clone(),
            field: None,
            what: Difference::Namespace { old: old.copied(), new: new.copied() },
            programs: Impact::none("Generated code goes by kinds."),
            data: Impact::none("Kinds that are gone are told themselves."),
            follows_from: None,
        })
        .collect()
}

fn added(old: &Schema, name: &str, kind: &KindSchema) -> Change {
    Change {
        kind: name.to_owned(),
        field: None,
        what: Difference::KindAdded { flavour: kind.flavour },
        programs: Impact::when(
            names::is_taken(old, name),
            "A builder or an enum of another kind has its name in Rust, and gets an underscore behind it.",
            "Programs do not know it; where they read a generic, its objects are `Other`.",
        ),
        data: Impact::none("It has no objects yet."),
        follows_from: None,
    }
}

fn removed(name: &str, kind: &KindSchema) -> Change {
    Change {
        kind: name.to_owned(),
        field: None,
        what: Difference::KindRemoved { flavour: kind.flavour },
        programs: Impact::breaking("Its types are gone, and the server refuses reads and writes of it."),
        data: Impact::when(
            kind.flavour != Flavour::Generic,
            "Its objects are gone, and writes of them are refused.",
            "A generic has no objects of its own.",
        ),
        follows_from: None,
    }
}

fn changed(name: &str, old: Place<'_>, new: Place<'_>) -> Vec<Change> {
    if old.kind == new.kind {
        return Vec::new();
    }
    let of_kind = kinds::differences(old.kind, new.kind).into_iter().map(|finding| (None, finding));
    let change = |(field, finding): (Option<String>, Finding)| {
        let Finding { what, programs, data } = finding;
        Change { kind: name.to_owned(), field, what, programs, data, follows_from: None }
    };
    of_kind.chain(fields::differences(old, new)).map(change).collect()
}
