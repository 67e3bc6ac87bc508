//! The names that the Rust of documents has. The code generator forms names this way too.

use crate::names::Scope;
use heck::{ToSnakeCase, ToUpperCamelCase};

/// Keywords of every edition, and those that are reserved.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Modules that generated code uses.
const OWN_MODULES: [&str; 2] = ["serde", "types"];

/// Types that generated code uses or defines.
const NO_TYPE: [&str; 20] = [
    "Boolean",
    "Box",
    "Deserialize",
    "Err",
    "Float",
    "Id",
    "ID",
    "Int",
    "None",
    "Ok",
    "Option",
    "Own",
    "ResponseData",
    "Result",
    "Self",
    "Serialize",
    "Some",
    "String",
    "Variables",
    "Vec",
];

/// The type for an enum, an input object or a fragment.
pub(super) fn type_name(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The module for an operation.
pub(super) fn module_name(operation: &str) -> String {
    operation.to_snake_case()
}

/// The field for what an answer or an input object has under a name.
pub(super) fn field_name(name: &str) -> String {
    let snake = name.to_snake_case();
    if KEYWORDS.contains(&snake.as_str()) { format!("{snake}_") } else { snake }
}

/// The variants for the values of an enum, in their order.
pub(super) fn variants(values: &[&str]) -> Vec<String> {
    let variant = |value: &str| match type_name(value) {
        empty if empty.is_empty() => "Unnamed".to_owned(),
        digit if digit.starts_with(|first: char| first.is_ascii_digit()) => format!("_{digit}"),
        name => name,
    };
    let names = Scope::with(&["Other", "Self"]).claim_all(values.iter().copied(), variant);
    values.iter().map(|value| names[value].clone()).collect()
}

/// Why there can be no type of this name, if there cannot.
pub(super) fn check_type(name: &str) -> Result<(), &'static str> {
    check(&type_name(name))?;
    if NO_TYPE.contains(&type_name(name).as_str()) { Err("generated code uses the name") } else { Ok(()) }
}

/// Why there can be no module of this name, if there cannot.
pub(super) fn check_module(operation: &str) -> Result<(), &'static str> {
    check(&type_name(operation))?;
    let module = module_name(operation);
    let is_used = KEYWORDS.iter().chain(&OWN_MODULES).any(|used| *used == module);
    if is_used { Err("Rust or generated code uses the name") } else { Ok(()) }
}

/// Why there can be no field of this name, if there cannot.
pub(super) fn check_field(name: &str) -> Result<(), &'static str> {
    check(&field_name(name))
}

/// Why there can be no variant for a kind of this name, if there cannot.
pub(super) fn check_variant(kind: &str) -> Result<(), &'static str> {
    if ["Other", "Self", "Unknown"].contains(&kind) { Err("generated code uses the name") } else { Ok(()) }
}

fn check(name: &str) -> Result<(), &'static str> {
    match name.chars().next() {
        None => Err("it has no letter"),
        Some(first) if first.is_ascii_digit() => Err("its first letter or digit must be a letter"),
        Some(_) => Ok(()),
    }
}
