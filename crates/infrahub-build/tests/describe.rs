//! What is described is what is generated.
#![allow(clippy::unwrap_used)]

use infrahub_build::Generator;
use infrahub_build::describe::{BuilderDescription, FieldDescription, KindDescription, SetterDescription};
use infrahub_schema::{Cardinality, Flavour, RelationshipKind, Schema};
use std::path::Path;

fn schema(nodes: &str) -> Schema {
    Schema::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(nodes)).unwrap()
}

fn golden() -> Generator {
    Generator::new(schema("crates/infrahub-build/tests/golden/nodes.json"))
}

fn kind(generator: &Generator, name: &str) -> KindDescription {
    let mut kinds = generator.describe(name).unwrap();
    assert_eq!(kinds.len(), 1);
    kinds.remove(0)
}

/// Code on one line: without spaces, paths and `impl`.
fn squeezed(code: &str) -> String {
    let line: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let line = line.replace("impl ", "").replace(": ::", ": ").replace(' ', "");
    let mut text = String::new();
    for piece in line.split("::") {
        let is_path = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        text.truncate(text.trim_end_matches(is_path).len());
        text.push_str(piece);
    }
    text.replace(",>", ">").replace(",)", ")")
}

fn argument(setter: &SetterDescription, name: &str) -> String {
    setter.argument.as_ref().map(|argument| format!("{name}:{argument}")).unwrap_or_default()
}

/// Everything that the description of a kind says of its code.
fn claims(kind: &KindDescription) -> Vec<String> {
    let mut claims = vec![format!("pub struct {} {{", kind.rust_name)];
    claims.extend(kind.any.iter().map(|any| format!("pub enum {any} {{")));
    let attributes = kind.attributes.iter().map(|attribute| &attribute.field);
    let relationships = kind.relationships.iter().map(|relationship| &relationship.field);
    for FieldDescription { column, struct_field, rust_type, .. } in attributes.chain(relationships) {
        claims.push(format!("pub const {column}:"));
        claims.extend(struct_field.iter().map(|field| format!("pub {field}: {rust_type},")));
    }
    for BuilderDescription { rust_name, constructors, setters, .. } in kind.create.iter().chain(&kind.update)
    {
        claims.push(format!("pub struct {rust_name} {{"));
        for constructor in constructors {
            let arguments = constructor.arguments.iter().map(|setter| argument(setter, &setter.name));
            let arguments = arguments.collect::<Vec<_>>().join(",");
            claims.push(format!("pub fn {}({arguments}) -> Self", constructor.name));
        }
        for setter in setters {
            let argument = argument(setter, "value");
            let comma = if argument.is_empty() { "" } else { "," };
            claims.push(format!("pub fn {}(self{comma}{argument}) -> Self", setter.name));
        }
    }
    claims.iter().map(|claim| squeezed(claim)).collect()
}

#[test]
fn all_that_is_described_is_generated() {
    for nodes in [
        "crates/infrahub-build/tests/golden/nodes.json",
        "live/demo-schema/snapshot/nodes.json",
        "schema/nodes.json",
    ] {
        let generator = Generator::new(schema(nodes)).kinds(["*"]);
        let files: Vec<String> = generator.files().unwrap().values().map(|code| squeezed(code)).collect();
        // A long arm of a match has braces.
        let all = files.concat().replace("=>{", "=>");
        let kinds = generator.describe("*").unwrap();
        assert_eq!(kinds.len(), schema(nodes).kinds.len());
        for kind in kinds {
            let own = squeezed(&format!("pub struct {} {{", kind.rust_name));
            let file = files.iter().find(|file| file.contains(&own)).unwrap();
            for claim in claims(&kind) {
                assert!(file.contains(&claim), "{}: {claim}", kind.kind);
            }
            for choices in kind.attributes.iter().filter_map(|attribute| attribute.choices.as_ref()) {
                assert!(all.contains(&squeezed(&format!("pub enum {} {{", choices.rust_name))));
                for choice in &choices.choices {
                    // The path to the variant is shortened with the others.
                    let read = squeezed(&format!("{:?} => Self::{}", choice.name, choice.variant));
                    assert!(all.contains(&read), "{}: {read}", choices.rust_name);
                }
            }
        }
    }
}

#[test]
fn a_kind_is_described_with_what_the_schema_says() {
    let device = kind(&golden(), "LabDevice");
    assert_eq!((device.flavour, device.is_reserved), (Flavour::Node, false));
    let create = device.create.unwrap();
    assert_eq!((create.rust_name.as_str(), create.constructors[0].name.as_str()), ("LabDeviceCreate", "new"));
    let role = device.attributes.iter().find(|attribute| attribute.field.name == "role").unwrap();
    assert_eq!(role.choices.as_ref().unwrap().rust_name, "LabDeviceRole");

    let copper = kind(&golden(), "LabPortCopper");
    let status = copper.attributes.iter().find(|attribute| attribute.field.name == "status").unwrap();
    assert_eq!(status.choices.as_ref().unwrap().rust_name, "LabPortStatus", "shared with its generic");
    assert_eq!(status.default.as_deref(), Some("active"));
    assert!(copper.generics.contains(&"LabPort".to_owned()));
    let owner = copper.relationships.iter().find(|relationship| relationship.field.name == "device").unwrap();
    assert_eq!((owner.peer.as_str(), owner.cardinality), ("LabDevice", Cardinality::One));
    assert!(owner.field.is_mandatory && owner.field.rules.starts_with("to one `LabDevice`, mandatory"));

    let port = kind(&golden(), "LabPort");
    assert_eq!(port.any.as_deref(), Some("AnyLabPort"));
    assert_eq!(port.kinds, ["LabPortCopper", "LabPortFiber"]);
    assert!(port.create.is_none() && port.update.is_none());
    let secret = port.attributes.iter().find(|attribute| attribute.field.name == "secret").unwrap();
    assert_eq!((secret.field.struct_field.as_deref(), secret.default.as_deref()), (None, None));
    assert_eq!(secret.field.rust_type, "Option<Password>");

    let site = kind(&golden(), "PlaceSite");
    let above =
        site.relationships.iter().find(|relationship| relationship.field.name == "ancestors").unwrap();
    assert_eq!((&above.kind, above.peer.as_str()), (&RelationshipKind::Hierarchy, "PlaceGeneric"));
    assert!(above.field.is_read_only && above.field.rules.contains("above this one in the hierarchy"));
}

#[test]
fn a_kind_that_was_not_chosen_is_described_as_if_all_were() {
    let chosen = golden().kinds(["LabPortCopper"]);
    let names = |generator: &Generator, kind_name: &str| {
        let described = kind(generator, kind_name);
        let status = described.attributes.into_iter().find(|attribute| attribute.field.name == "status");
        status.unwrap().choices.unwrap().rust_name
    };
    assert_eq!(names(&chosen, "LabPortCopper"), "LabPortCopperStatus", "its generic was not chosen");
    assert_eq!(names(&chosen, "LabPortFiber"), "LabPortStatus");
    assert!(kind(&golden(), "CoreStandardGroup").is_reserved);

    let mut schema = schema("crates/infrahub-build/tests/golden/nodes.json");
    schema.namespaces.values_mut().for_each(|editable| *editable = false);
    let without_own_kinds = Generator::new(schema);
    assert_eq!(kind(&without_own_kinds, "CoreStandardGroup").rust_name, "CoreStandardGroup");
}

#[test]
fn a_name_without_a_kind_is_an_error_that_suggests_one() {
    let error = golden().origin("schema/nodes.json").describe("LabDevise").unwrap_err().to_string();
    assert_eq!(
        error,
        "schema/nodes.json: no kind of the schema matches `LabDevise`; did you mean `LabDevice`?"
    );
}
