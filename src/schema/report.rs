//! What the server answers to a load or a check.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// What happens to a kind or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is new.
    Added,
    /// It is another than before.
    Changed,
    /// It is gone.
    Removed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Removed => "removed",
        })
    }
}

/// What a load changes in one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindChange {
    /// What happens to the kind itself.
    pub change: Change,
    /// Parts that differ, by their path (`attributes.name.kind`); empty for a kind that is new or gone.
    pub fields: BTreeMap<String, Change>,
}

/// Something that the server accepts but warns of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// The server's word for it (`deprecation`).
    #[serde(rename = "type", default)]
    pub category: String,
    /// What it is about.
    #[serde(default)]
    pub kinds: Vec<WarnedKind>,
    /// The server's words.
    #[serde(default)]
    pub message: String,
}

/// A kind, or a field of it, that a warning is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WarnedKind {
    /// The kind.
    pub kind: String,
    /// The property, attribute or relationship.
    #[serde(default)]
    pub field: Option<String>,
}

/// What a load did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadReport {
    /// The schema's hash after the load. The server may change the schema once more by itself right after it
    /// (it writes the ids of number pools into it), so this need not be the hash that it reports a moment later.
    pub hash: String,
    /// The hash before.
    pub previous_hash: String,
    /// Whether anything changed.
    pub updated: bool,
    /// What changed, by kind.
    pub kinds: BTreeMap<String, KindChange>,
    /// What the server warns of.
    pub warnings: Vec<Warning>,
}

/// What a load would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// What would change, by kind.
    pub kinds: BTreeMap<String, KindChange>,
    /// What the server warns of.
    pub warnings: Vec<Warning>,
}

impl CheckReport {
    /// Whether a load would change anything.
    pub fn is_change(&self) -> bool {
        !self.kinds.is_empty()
    }
}

#[derive(Deserialize)]
pub(super) struct LoadAnswer {
    #[serde(default)]
    hash: String,
    #[serde(default)]
    previous_hash: String,
    schema_updated: Option<bool>,
    #[serde(default)]
    diff: Option<Map<String, Value>>,
    #[serde(default)]
    warnings: Option<Vec<Warning>>,
}

impl LoadAnswer {
    pub(super) fn load_report(self) -> LoadReport {
        LoadReport {
            updated: self.schema_updated.unwrap_or(self.hash != self.previous_hash),
            kinds: kinds(self.diff.as_ref()),
            hash: self.hash,
            previous_hash: self.previous_hash,
            warnings: self.warnings.unwrap_or_default(),
        }
    }

    pub(super) fn check_report(self) -> CheckReport {
        CheckReport { kinds: kinds(self.diff.as_ref()), warnings: self.warnings.unwrap_or_default() }
    }
}

/// The parts of a difference: each has `added`, `changed` and `removed`, whose entries may have parts again.
fn parts(diff: &Map<String, Value>) -> impl Iterator<Item = (&String, Change, Option<&Map<String, Value>>)> {
    [("added", Change::Added), ("changed", Change::Changed), ("removed", Change::Removed)]
        .into_iter()
        .flat_map(|(section, change)| {
            let entries = diff.get(section).and_then(Value::as_object).into_iter().flatten();
            entries.map(move |(name, inner)| (name, change, inner.as_object()))
        })
}

fn kinds(diff: Option<&Map<String, Value>>) -> BTreeMap<String, KindChange> {
    let mut kinds = BTreeMap::new();
    for (kind, change, inner) in diff.into_iter().flat_map(parts) {
        let mut fields = BTreeMap::new();
        if let Some(inner) = inner {
            collect("", inner, &mut fields);
        }
        kinds.insert(kind.clone(), KindChange { change, fields });
    }
    kinds
}

fn collect(prefix: &str, diff: &Map<String, Value>, fields: &mut BTreeMap<String, Change>) {
    for (name, change, inner) in parts(diff) {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match inner.filter(|inner| parts(inner).next().is_some()) {
            Some(inner) => collect(&path, inner, fields),
            None => {
                fields.insert(path, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(value: Value) -> LoadAnswer {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_difference_is_told_per_kind() {
        let report = answer(json!({
            "hash": "b", "previous_hash": "a", "schema_updated": true,
            "diff": {
                "added": {"InfraNew": {"added": {}, "changed": {}, "removed": {}}},
                "changed": {"InfraDevice": {"added": {}, "changed": {"attributes": {
                    "added": {"role": null},
                    "changed": {"name": {"added": {}, "changed": {"kind": null}, "removed": {}}},
                    "removed": {}}, "label": null}, "removed": {}}},
                "removed": {"InfraOld": {"added": {}, "changed": {}, "removed": {}}}},
            "warnings": [{"type": "deprecation", "kinds": [{"kind": "InfraDevice", "field": "hash"}], "message": "m"}]
        }))
        .load_report();
        assert!(report.updated && report.hash == "b" && report.previous_hash == "a");
        let changes: Vec<_> =
            report.kinds.iter().map(|(kind, change)| (kind.as_str(), change.change)).collect();
        assert_eq!(
            changes,
            [("InfraDevice", Change::Changed), ("InfraNew", Change::Added), ("InfraOld", Change::Removed)]
        );
        let fields: Vec<_> = report.kinds["InfraDevice"]
            .fields
            .iter()
            .map(|(path, change)| format!("{path} {change}"))
            .collect();
        assert_eq!(fields, ["attributes.name.kind changed", "attributes.role added", "label changed"]);
        assert_eq!(report.warnings[0].category, "deprecation");
        assert_eq!(report.warnings[0].kinds[0].field.as_deref(), Some("hash"));
    }

    #[test]
    fn an_answer_without_changes_and_one_of_another_server() {
        let report = answer(json!({"hash": "a", "previous_hash": "a"})).load_report();
        assert!(!report.updated && report.kinds.is_empty() && report.warnings.is_empty());
        let report = answer(json!({"diff": {"added": null, "later": 1}, "warnings": null})).check_report();
        assert!(!report.is_change());
    }
}
