//! The Rust that `init` writes. Names in it are those that `infrahub-build` made of the schema's, or are quoted.

use super::kinds::texts;
use infrahub_build::describe::{AttributeDescription, KindDescription};
use proc_macro2::Literal;

/// The most attributes that the example reads.
const MOST_ATTRIBUTES: usize = 2;

/// The most characters of a call in one line, as `cargo fmt` has it.
const LONGEST_CALL: usize = 60;

/// The program of a new package.
pub(super) const MAIN: &str = "\
//! `examples/infrahub.rs` is a first program: `cargo run --example infrahub`.

fn main() {
    println!(\"Hello, world!\");
}
";

/// What git leaves alone in a new package: what is built, and the file in which credentials may stand.
pub(super) const GITIGNORE: &str = "/target\n/infrahub.toml\n";

/// The build script that generates the kinds that match the patterns.
pub(super) fn build_script(patterns: &[String]) -> String {
    let patterns: Vec<String> = patterns.iter().map(|pattern| Literal::string(pattern).to_string()).collect();
    let in_a_line = format!("[{}]", patterns.join(", "));
    let kinds = if in_a_line.len() <= LONGEST_CALL {
        in_a_line
    } else {
        format!("[\n            {},\n        ]", patterns.join(",\n            "))
    };
    let call = format!("infrahub_build::configure().kinds({kinds}).generate()");
    let call = if call.len() <= LONGEST_CALL {
        call
    } else {
        format!("infrahub_build::configure()\n        .kinds({kinds})\n        .generate()")
    };
    format!("fn main() {{\n    {call};\n}}\n")
}

/// A program that lists the objects of a kind.
pub(super) fn example(kind: &KindDescription) -> String {
    let attributes = chosen(kind);
    let lines = |line: &dyn Fn(&AttributeDescription) -> String| {
        attributes.iter().map(|attribute| line(attribute)).collect::<String>()
    };
    let fields = lines(&|attribute| format!("    {}: {},\n", field(attribute), attribute.field.rust_type));
    let holes = lines(&|_| "  {}".to_owned());
    let values = lines(&|attribute| match attribute.field.rust_type.as_str() {
        "String" => format!(", row.{}", field(attribute)),
        _ => format!(", text(&row.{})", field(attribute)),
    });
    let kind_name = &kind.rust_name;
    let (order, order_by) = match attributes.first() {
        Some(first) => (
            format!("    let order = kinds::{kind_name}::{}.asc();\n", first.field.column),
            ".order_by(order)",
        ),
        None => (String::new(), ""),
    };
    format!(
        "\
//! Lists the objects of kind `{kind}`.
//!
//! ```sh
//! cargo run --example infrahub   # INFRAHUB_ADDRESS and INFRAHUB_API_TOKEN, or infrahub.toml, say where
//! ```

/// The kinds that `build.rs` names, generated from the snapshot in `schema/`.
mod kinds {{
    infrahub_client::include_schema!();
}}

use infrahub_client::{{Client, Error, Projection}};

/// The server is asked for just these fields; a wrong name, type or missing `Option` does not compile.
#[derive(Projection)]
#[infrahub(kind = kinds::{kind_name})]
struct Row {{
    display_label: Option<String>,
{fields}}}

#[tokio::main]
async fn main() -> Result<(), Error> {{
    let client = Client::from_env()?;
{order}    let rows: Vec<Row> = client.all(){order_by}.await?;
    for row in &rows {{
        println!(\"{{}}{holes}\", text(&row.display_label){values});
    }}
    println!(\"{{}} of kind {kind}\", rows.len());
    Ok(())
}}

fn text(value: &Option<String>) -> &str {{
    value.as_deref().unwrap_or(\"-\")
}}
",
        kind = kind.kind
    )
}

/// A few attributes for the example: first those that name an object, then others that none is without.
fn chosen(kind: &KindDescription) -> Vec<&AttributeDescription> {
    let mut attributes: Vec<&AttributeDescription> = texts(kind).collect();
    attributes.sort_by_key(|attribute| {
        let path = format!("{}__value", attribute.field.name);
        (!kind.human_friendly_id.contains(&path), !attribute.field.is_mandatory)
    });
    attributes.truncate(MOST_ATTRIBUTES);
    attributes
}

fn field(attribute: &AttributeDescription) -> &str {
    attribute.field.struct_field.as_deref().unwrap_or_default()
}
