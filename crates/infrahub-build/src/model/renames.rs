//! Rust names that the user chose instead of those that follow from the schema.

use super::Problem;
use super::chosen::Chosen;
use crate::names;
use infrahub_schema::{KindSchema, kind_matches};

/// Names of kinds and fields, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renames {
    /// The kind, and its type.
    kinds: Vec<(String, String)>,
    /// A pattern of kinds, the attribute or relationship, and its field.
    fields: Vec<(String, String, String)>,
}

impl Renames {
    pub(crate) fn add_kind(&mut self, kind: String, name: String) {
        self.kinds.push((kind, name));
    }

    pub(crate) fn add_field(&mut self, kind: String, field: String, name: String) {
        self.fields.push((kind, field, name));
    }

    /// The type that was chosen for a kind.
    pub(super) fn kind(&self, kind: &str) -> Option<&str> {
        self.kinds.iter().find(|(renamed, _)| renamed == kind).map(|(_, name)| name.as_str())
    }

    /// The field that was chosen for an attribute or relationship of a kind.
    pub(super) fn field(&self, kind: &str, field: &str) -> Option<&str> {
        let wanted = |(pattern, renamed, _): &&(String, String, String)| {
            renamed == field && kind_matches(pattern, kind)
        };
        self.fields.iter().find(wanted).map(|(.., name)| name.as_str())
    }

    /// What is wrong with the names by themselves, or names nothing.
    pub(super) fn problems(&self, chosen: &Chosen<'_>) -> Vec<Problem> {
        let kinds = self.kinds.iter().filter_map(|(kind, name)| {
            let problem = |message| Some(Problem::new(Some(kind), None, message));
            if !chosen.is_known(kind) {
                return problem("it is renamed, but it is not among the kinds that are generated".to_owned());
            }
            let is_type = names::check_kind(name).is_ok() && names::type_name(name) == *name;
            if is_type { None } else { problem(no_name(name, "type", "Device")) }
        });
        let fields = self.fields.iter().filter_map(|(pattern, field, name)| {
            let problem = |message| Some(Problem::new(Some(pattern), Some(field), message));
            let has_field = |kind: &&&KindSchema| {
                kind_matches(pattern, &kind.kind)
                    && (kind.attribute(field).is_some() || kind.relationship(field).is_some())
            };
            if !chosen.generated.iter().any(|kind| has_field(&kind)) {
                return problem("it is renamed, but no kind that is generated has it".to_owned());
            }
            let is_field = names::check_field(name).is_ok() && names::field_name(name) == *name;
            if is_field { None } else { problem(no_name(name, "field", "serial_number")) }
        });
        kinds.chain(fields).collect()
    }
}

/// Why a chosen name cannot be had.
pub(super) fn taken(name: &str) -> String {
    format!("it cannot be renamed to `{name}`: that name is taken; choose another")
}

fn no_name(name: &str, what: &str, example: &str) -> String {
    format!("`{}` is no name of a {what} such as `{example}`; choose another", name.escape_debug())
}
