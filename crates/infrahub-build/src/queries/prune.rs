//! The part of the schema that one document touches, as a schema of its own.
//!
//! The code generator parses its schema anew for every document and makes a variant for every kind that
//! implements an interface. Of a schema of more than a megabyte a document touches a screenful.

use super::check::Touched;
use super::sdl::{Definition, Sdl};
use std::fmt::Write as _;

/// Writes the touched types with the touched fields. Arguments are left out: they are checked already.
///
/// An interface of which no kind is singled out becomes a plain type, so that its fields need no enum.
pub(super) fn prune(sdl: &Sdl<'_>, touched: &Touched<'_>) -> String {
    let mut out = String::new();
    let roots = [("query", "Query"), ("mutation", "Mutation")].map(|(operation, usual)| {
        let root = sdl.root(operation).filter(|root| touched.fields.contains_key(root));
        (operation, root, root == Some(usual))
    });
    if roots.iter().any(|(_, root, usual)| root.is_some() && !usual) {
        out.push_str("schema {");
        for (operation, root, _) in roots {
            if let Some(root) = root {
                let _ = write!(out, " {operation}: {root}");
            }
        }
        out.push_str(" }\n");
    }
    for (name, fields) in &touched.fields {
        match sdl.get(name) {
            Some(Definition::Union(_)) => {
                let members: Vec<_> = touched.variants.get(name).into_iter().flatten().copied().collect();
                let _ = writeln!(out, "union {name} = {}", members.join(" | "));
                continue;
            }
            Some(Definition::Interface { .. }) if touched.variants.contains_key(name) => {
                let _ = write!(out, "interface {name}");
            }
            Some(_) => {
                let _ = write!(out, "type {name}");
                let mut word = " implements";
                for (interface, kinds) in &touched.variants {
                    if kinds.contains(name) && !matches!(sdl.get(interface), Some(Definition::Union(_))) {
                        let _ = write!(out, "{word} {interface}");
                        word = " &";
                    }
                }
            }
            None => continue,
        }
        out.push_str(" {\n");
        for field in sdl.get(name).and_then(Definition::fields).unwrap_or_default() {
            if fields.contains(field.name) {
                let _ = writeln!(out, "  {}: {} {}", field.name, field.ty, field.directives);
            }
        }
        out.push_str("}\n");
    }
    for name in &touched.leaves {
        match sdl.get(name) {
            Some(Definition::Enum(values)) => {
                let _ = writeln!(out, "enum {name} {{ {} }}", values.join(" "));
            }
            Some(Definition::InputObject { fields }) => {
                let _ = writeln!(out, "input {name} {{");
                for field in fields {
                    let _ = writeln!(out, "  {}: {}", field.name, field.ty);
                }
                out.push_str("}\n");
            }
            Some(_) if !is_built_in(name) => {
                let _ = writeln!(out, "scalar {name}");
            }
            _ => {}
        }
    }
    out
}

/// Whether GraphQL itself defines the scalar.
pub(super) fn is_built_in(scalar: &str) -> bool {
    matches!(scalar, "Int" | "Float" | "String" | "Boolean" | "ID")
}
