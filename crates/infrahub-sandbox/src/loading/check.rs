//! What the server refuses of a kind.

use super::{Fields, Kinds, Rejected, flag, has_part, parts, text, texts};
use infrahub_schema::Schema;
use serde_json::Value;

/// Checks a kind with all its fields.
pub(super) fn check(kinds: &Kinds, name: &str, kind: &Fields) -> Result<(), Rejected> {
    counts(name, kind)?;
    unique_fields(name, kind)?;
    for relationship in parts(kind, "relationships") {
        let peer = text(relationship, "peer");
        let is_known = peer == name || kinds.get(peer).is_some() || peer.starts_with("Internal");
        // of a template the server makes the kind afterwards
        if !is_known && text(relationship, "kind") != "Template" {
            return Err(Rejected::Words(format!("Unable to find the schema '{peer}' in the registry")));
        }
    }
    for property in ["human_friendly_id", "order_by"] {
        for path in texts(kind, property) {
            let field = path.split("__").next().unwrap_or_default();
            if field != "node_metadata" && !has_part(kind, field) {
                return Err(Rejected::Words(format!(
                    "{name}.{property}: {path} is invalid on schema {name}"
                )));
            }
        }
    }
    Ok(())
}

/// Checks that no kind needs one that was there before and is removed.
pub(super) fn removed(kinds: &Kinds, before: &Schema) -> Result<(), Rejected> {
    let is_removed = |name: &str| before.kinds.contains_key(name) && !kinds.all.contains_key(name);
    for (name, kind) in &kinds.all {
        if let Some(field) = parts(kind, "relationships").find(|field| is_removed(text(field, "peer"))) {
            let (field, peer) = (text(field, "name"), text(field, "peer"));
            return Err(Rejected::Words(format!(
                "{name}: Relationship '{field}' is referring an invalid peer '{peer}'"
            )));
        }
    }
    for (name, kind) in &kinds.all {
        if let Some(generic) = texts(kind, "inherit_from").into_iter().find(|generic| is_removed(generic)) {
            return Err(Rejected::Words(format!(
                "'{generic}' has been removed but is still referenced in '{name}.inherit_from'; keep it or remove the \
                 inherit_from reference"
            )));
        }
    }
    Ok(())
}

/// How many peers a relationship to many may have.
fn counts(name: &str, kind: &Fields) -> Result<(), Rejected> {
    for relationship in parts(kind, "relationships").filter(|it| text(it, "cardinality") == "many") {
        let count = |name: &str| relationship.get(name).and_then(Value::as_i64).unwrap_or_default();
        let refused = |what: &str| {
            let field = text(relationship, "name");
            Err(Rejected::Words(format!("{name}: Relationship '{field}' {what}")))
        };
        let (least, most) = (count("min_count"), count("max_count"));
        if most != 0 && least > most {
            return refused("min_count must be lower than max_count");
        }
        if most == 1 {
            return refused("max_count must be 0 or greater than 1 when cardinality is MANY");
        }
    }
    Ok(())
}

/// The peer that is part of a uniqueness constraint is one, and must be there.
fn unique_fields(name: &str, kind: &Fields) -> Result<(), Rejected> {
    let constraints = kind.get("uniqueness_constraints").and_then(Value::as_array).into_iter().flatten();
    for path in constraints.filter_map(Value::as_array).flatten().filter_map(Value::as_str) {
        let Some(field) = parts(kind, "relationships").find(|field| text(field, "name") == path) else {
            continue;
        };
        let refused = |what: &str| {
            Err(Rejected::Words(format!(
                "{name}.uniqueness_constraints: cannot use {path} relationship, relationship must be {what}"
            )))
        };
        if text(field, "cardinality") == "many" {
            return refused(&format!("of cardinality one (`{path}`)"));
        }
        if flag(field, "optional") && path != "ip_namespace" {
            return refused(&format!("mandatory. (`{path}`)"));
        }
    }
    Ok(())
}
