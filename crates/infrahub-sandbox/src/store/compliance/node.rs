//! What kinds inherit and what is made for them.

use super::{Breach, Case, Rule, Violation};
use crate::store::python;
use infrahub_schema::KindSchema;

/// There are no profiles of a kind that has none.
pub(super) fn profiles<'a>(case: &Case<'a>, kind: &KindSchema) -> Vec<Breach<'a>> {
    if kind.generate_profile {
        return Vec::new();
    }
    let name = format!("Profile{}", kind.kind);
    let profiles = case.own.of_kind(&name).into_iter();
    profiles.map(|node| Breach { node, kind: name.clone(), detail: None }).collect()
}

/// A kind keeps the generics that it has, whether there are objects or not.
pub(super) fn torn_from_generics(case: &Case<'_>, kind: &KindSchema) -> Option<Violation> {
    let before = case.own.catalogue.kind(&kind.kind)?;
    let gone: Vec<&String> =
        before.inherit_from.iter().filter(|name| !kind.inherit_from.contains(name)).collect();
    // the server has the id of the kind where here its name stands
    let message = format!(
        "{} constraint violation on schema 'SchemaNode'. Node (SchemaNode: {}) is not compliant. The error relates to \
         field inherit_from={}.",
        Rule::InheritFrom.title(),
        kind.kind,
        python::texts(&gone)
    );
    (!gone.is_empty()).then(|| Violation { node: kind.kind.clone(), kind: "SchemaNode".to_owned(), message })
}
