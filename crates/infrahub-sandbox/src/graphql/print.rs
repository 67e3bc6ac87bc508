//! From a type system to SDL: everything sorted by name, as the server prints it when it is asked to sort.

use super::types::{Argument, Definition, Field, Shape, TypeSystem};
use std::fmt::Write;

/// The one directive of the server's own.
const DIRECTIVES: &str = "\"\"\"Expands a field to include Node defaults\"\"\"
directive @expand(
  \"\"\"Exclude specific fields\"\"\"
  exclude: [String]
) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
";

/// Longer descriptions stand on lines of their own.
const LONGEST_LINE: usize = 70;

/// The SDL of all types.
pub(crate) fn sdl(types: &TypeSystem) -> String {
    let mut out = DIRECTIVES.to_owned();
    for (name, definition) in &types.types {
        out.push('\n');
        print_type(&mut out, name, definition);
    }
    out
}

fn print_type(out: &mut String, name: &str, definition: &Definition) {
    print_description(out, definition.description.as_deref(), "");
    match &definition.shape {
        Shape::Scalar => line(out, format_args!("scalar {name}")),
        Shape::Enum { values } => {
            line(out, format_args!("enum {name} {{"));
            let mut values: Vec<_> = values.iter().collect();
            values.sort_by(|a, b| a.name.cmp(&b.name));
            for value in values {
                print_description(out, value.description.as_deref(), "  ");
                line(out, format_args!("  {}", value.name));
            }
            line(out, format_args!("}}"));
        }
        Shape::Input { fields } => {
            line(out, format_args!("input {name} {{"));
            for argument in sorted(fields, |argument| &argument.name) {
                print_description(out, argument.description.as_deref(), "  ");
                line(out, format_args!("  {}", argument_text(argument)));
            }
            line(out, format_args!("}}"));
        }
        Shape::Interface { fields } => {
            line(out, format_args!("interface {name} {{"));
            print_fields(out, fields);
        }
        Shape::Object { implements, fields } => {
            let mut implements = implements.clone();
            implements.sort();
            match implements.is_empty() {
                true => line(out, format_args!("type {name} {{")),
                false => line(out, format_args!("type {name} implements {} {{", implements.join(" & "))),
            }
            print_fields(out, fields);
        }
    }
}

fn print_fields(out: &mut String, fields: &[Field]) {
    for field in sorted(fields, |field| &field.name) {
        print_description(out, field.description.as_deref(), "  ");
        let _ = write!(out, "  {}", field.name);
        print_arguments(out, &field.arguments);
        line(out, format_args!(": {}{}", field.ty, deprecation(field.deprecation.as_deref())));
    }
    line(out, format_args!("}}"));
}

/// Arguments stand in one line unless one of them is described.
fn print_arguments(out: &mut String, arguments: &[Argument]) {
    let arguments = sorted(arguments, |argument| &argument.name);
    if arguments.is_empty() {
        return;
    }
    if arguments.iter().all(|argument| argument.description.is_none()) {
        let texts: Vec<String> = arguments.into_iter().map(argument_text).collect();
        let _ = write!(out, "({})", texts.join(", "));
        return;
    }
    out.push_str("(\n");
    for argument in arguments {
        print_description(out, argument.description.as_deref(), "    ");
        line(out, format_args!("    {}", argument_text(argument)));
    }
    out.push_str("  )");
}

fn argument_text(argument: &Argument) -> String {
    let default = argument.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
    format!("{}: {}{default}{}", argument.name, argument.ty, deprecation(argument.deprecation.as_deref()))
}

fn deprecation(reason: Option<&str>) -> String {
    reason.map(|reason| format!(" @deprecated(reason: {})", quoted(reason))).unwrap_or_default()
}

/// A text in quotes, with everything escaped that would end it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn print_description(out: &mut String, description: Option<&str>, indent: &str) {
    let Some(text) = description else { return };
    let text: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let text = text.replace("\"\"\"", "\\\"\"\"");
    let fits = text.chars().count() < LONGEST_LINE && !text.contains('\n') && !text.ends_with(['"', '\\']);
    if fits && !text.starts_with(' ') {
        line(out, format_args!("{indent}\"\"\"{text}\"\"\""));
        return;
    }
    line(out, format_args!("{indent}\"\"\""));
    for text in text.split('\n') {
        match text.is_empty() {
            true => out.push('\n'),
            false => line(out, format_args!("{indent}{text}")),
        }
    }
    line(out, format_args!("{indent}\"\"\""));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // writing to a string cannot fail
    let _ = writeln!(out, "{text}");
}

fn sorted<T>(items: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut items: Vec<&T> = items.iter().collect();
    items.sort_by(|a, b| name(a).cmp(name(b)));
    items
}
