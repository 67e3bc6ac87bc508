//! `cargo infrahub describe`: a page about a kind.

use super::kinds::flavour;
use crate::arguments::Describe;
use crate::failure::Failure;
use crate::text::{indented, line, table};
use crate::{Outcome, snapshot, text};
use infrahub_build::describe::{
    AttributeDescription, BuilderDescription, ChoicesDescription, ConstructorDescription, FieldDescription,
    KindDescription,
};
use std::collections::BTreeSet;

pub(crate) fn run(arguments: &Describe) -> Result<Outcome, Failure> {
    let kinds = snapshot::generator(&arguments.snapshot)?.describe(&arguments.kind)?;
    let pages: Vec<String> = kinds.iter().map(page).collect();
    text::print(&pages.join("\n\n"))?;
    Ok(Outcome::Same)
}

fn page(kind: &KindDescription) -> String {
    let mut page = head(kind);
    let mut section = |title: &str, content: &str| {
        if !content.is_empty() {
            page.push_str(&format!("\n{title}\n\n{}", indented(content)));
        }
    };
    section("Attributes", &fields("ATTRIBUTE", kind.attributes.iter().map(|attribute| &attribute.field)));
    let relationships = kind.relationships.iter().map(|relationship| &relationship.field);
    section("Relationships", &fields("RELATIONSHIP", relationships));
    let mut shown = BTreeSet::new();
    for AttributeDescription { field, choices, .. } in &kind.attributes {
        if let Some(enumeration) = choices.as_ref().filter(|choices| shown.insert(&choices.rust_name)) {
            let title = format!("Choices of {}: {}", field.name, enumeration.rust_name);
            section(&title, &choices_table(enumeration));
        }
    }
    section("Setters", &setters(kind.create.as_ref(), kind.update.as_ref()));
    section("Create", &kind.create.as_ref().map(create).unwrap_or_default());
    section("Read", &read(kind));
    page
}

fn head(kind: &KindDescription) -> String {
    let about = kind.description.as_deref().map(|text| format!("{}\n", line(text))).unwrap_or_default();
    let unique: Vec<String> = kind.unique_together.iter().map(|fields| fields.join(", ")).collect();
    let builders = kind.create.iter().chain(&kind.update).map(|builder| &builder.rust_name);
    let types: Vec<&str> =
        [&kind.rust_name].into_iter().chain(&kind.any).chain(builders).map(String::as_str).collect();
    let facts = [
        ("flavour", flavour(kind.flavour).to_owned()),
        ("label", kind.label.clone().unwrap_or_default()),
        ("human-friendly id", kind.human_friendly_id.join(", ")),
        ("unique", unique.join("; ")),
        ("generics", kind.generics.join(", ")),
        ("kinds", kind.kinds.join(", ")),
        ("Rust", types.join(", ")),
    ];
    let facts = facts.into_iter().filter(|(_, fact)| !fact.is_empty());
    let rows: Vec<[String; 2]> = facts.map(|(name, fact)| [name.to_owned(), fact]).collect();
    format!("{}\n{about}\n{}", kind.kind, indented(&table(&rows)))
}

fn fields<'a>(title: &str, fields: impl Iterator<Item = &'a FieldDescription>) -> String {
    let mut rows = vec![[title, "COLUMN", "FIELD", "RULES"].map(str::to_owned)];
    rows.extend(fields.map(|field| {
        let rust = match &field.struct_field {
            Some(name) => format!("{name}: {}", field.rust_type),
            None => format!("{}, in projections", field.rust_type),
        };
        let deprecation = field.deprecation.as_deref().map(|reason| format!("Deprecated: {}", line(reason)));
        let about = field.description.as_deref().map(line).into_iter().chain(deprecation);
        let rules = [field.rules.clone()].into_iter().chain(about).collect::<Vec<_>>().join("\n");
        [field.name.clone(), field.column.clone(), rust, rules]
    }));
    if rows.len() > 1 { table(&rows) } else { String::new() }
}

fn choices_table(choices: &ChoicesDescription) -> String {
    let mut rows = vec![["VARIANT", "VALUE", "LABEL", "DESCRIPTION"].map(str::to_owned)];
    rows.extend(choices.choices.iter().map(|choice| {
        [&choice.variant, &choice.name, &choice.label, &choice.description].map(|text| line(text))
    }));
    table(&rows)
}

/// The methods of both builders, by field.
fn setters(create: Option<&BuilderDescription>, update: Option<&BuilderDescription>) -> String {
    let (Some(create), Some(update)) = (create, update) else { return String::new() };
    let methods = |builder: &BuilderDescription, field: &str| {
        let setters = builder.setters.iter().filter(|setter| setter.field == field);
        setters.map(|setter| setter.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut rows = vec![["FIELD".to_owned(), create.rust_name.clone(), update.rust_name.clone()]];
    let mut seen = BTreeSet::new();
    for setter in update.setters.iter().filter(|setter| seen.insert(&setter.field)) {
        rows.push([setter.field.clone(), methods(create, &setter.field), methods(update, &setter.field)]);
    }
    if rows.len() > 1 { table(&rows) } else { String::new() }
}

/// A create with what it cannot be without.
fn create(builder: &BuilderDescription) -> String {
    let names = |constructor: &ConstructorDescription| {
        constructor.arguments.iter().map(|argument| argument.name.clone()).collect::<Vec<_>>().join(", ")
    };
    let mut code = String::new();
    for (index, constructor) in builder.constructors.iter().enumerate() {
        let call = format!("{}::{}", builder.rust_name, constructor.name);
        if index > 0 {
            code.push_str(&format!("// or {call}({})\n", names(constructor)));
        } else if constructor.arguments.is_empty() {
            code.push_str(&format!("let data = {call}();\n"));
        } else {
            let width =
                constructor.arguments.iter().map(|argument| argument.name.len() + 1).max().unwrap_or(0);
            let arguments = constructor.arguments.iter().map(|argument| {
                let (name, taken) =
                    (format!("{},", argument.name), argument.argument.as_deref().unwrap_or("()"));
                format!("    {name:width$} // {taken}\n")
            });
            code.push_str(&format!("let data = {call}(\n{});\n", arguments.collect::<String>()));
        }
    }
    code + "let created = client.create(data).await?;\n"
}

/// One object, and all that have a text.
fn read(kind: &KindDescription) -> String {
    let row = kind.any.as_ref().unwrap_or(&kind.rust_name);
    let one = match kind.human_friendly_id.len() {
        0 => "id(\"…\")".to_owned(),
        parts => format!("hfid([{}])", vec!["\"…\""; parts].join(", ")),
    };
    let is_text = |field: &&FieldDescription| matches!(field.rust_type.as_str(), "String" | "Option<String>");
    let text = kind.attributes.iter().map(|attribute| &attribute.field).find(is_text);
    let filter = text.map(|field| format!(".filter({}::{}.eq(\"…\"))", kind.rust_name, field.column));
    let filter = filter.unwrap_or_default();
    format!(
        "let one = client.get::<{row}>().{one}.await?;\nlet all = client.all::<{row}>(){filter}.await?;\n"
    )
}
