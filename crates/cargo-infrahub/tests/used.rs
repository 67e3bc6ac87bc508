//! `cargo infrahub check --used`: only what concerns the crate.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use support::{Infrahub, Told};

/// Devices with ports of two kinds, at sites in regions.
fn schema() -> Value {
    let attribute =
        |name: &str, kind: &str, optional: bool| json!({"name": name, "kind": kind, "optional": optional});
    let role = json!({"name": "role", "kind": "Dropdown", "optional": true, "choices": [{"name": "leaf"}, {"name": "spine"}]});
    let one = |name: &str, peer: &str, optional: bool| json!({"name": name, "peer": peer, "cardinality": "one", "optional": optional});
    let port = |name: &str| {
        json!({
            "namespace": "Infra", "name": name, "inherit_from": ["InfraPort"],
            "attributes": [{"name": "speed", "kind": "Number", "optional": true, "inherited": true},
                           attribute("connector", "Text", true)],
        })
    };
    json!({
        "namespaces": [{"name": "Infra", "user_editable": true}],
        "nodes": [
            {
                "namespace": "Infra", "name": "Device",
                "attributes": [attribute("name", "Text", false), attribute("height", "Number", true),
                               attribute("type", "Text", true), role],
                "relationships": [
                    one("site", "InfraSite", false),
                    {"name": "ports", "peer": "InfraPort", "cardinality": "many", "optional": true},
                ],
            },
            {
                "namespace": "Infra", "name": "Site",
                "attributes": [attribute("name", "Text", false), attribute("asn", "Number", true)],
                "relationships": [one("region", "InfraRegion", true)],
            },
            {
                "namespace": "Infra", "name": "Region",
                "attributes": [attribute("name", "Text", false), attribute("code", "Text", true)],
            },
            port("CopperPort"),
            port("FiberPort"),
        ],
        "generics": [{
            "namespace": "Infra", "name": "Port", "used_by": ["InfraCopperPort", "InfraFiberPort"],
            "attributes": [attribute("speed", "Number", true)],
        }],
        "profiles": [{
            "namespace": "Profile", "name": "InfraSite",
            "attributes": [attribute("profile_name", "Text", false), attribute("asn", "Number", true)],
        }],
    })
}

/// Every attribute and relationship tells something new of itself, and every kind too.
fn everything_changed() -> Value {
    let mut schema = schema();
    for list in ["nodes", "generics", "profiles"] {
        for kind in schema[list].as_array_mut().unwrap() {
            kind["label"] = json!("Changed");
            for fields in ["attributes", "relationships"] {
                for field in kind[fields].as_array_mut().into_iter().flatten() {
                    field["description"] = json!("Changed");
                }
            }
        }
    }
    schema
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The places of the changes that concern a crate with these files: `InfraDevice`, `InfraDevice.name`.
fn concerned(files: &[(&str, &str)], new: Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", "[package]\nname = \"report\"\n");
    for (file, text) in files {
        write(folder.path(), file, text);
    }
    let server = Infrahub::start(schema());
    let pulled = server.run(folder.path(), &["pull"]);
    assert_eq!(pulled.code, Some(0), "{pulled:?}");
    server.set_schema(new);
    let Told { code, stdout, stderr } = server.run(folder.path(), &["check", "--used", "--format", "json"]);
    assert_eq!(stderr, "");
    let told: Value = serde_json::from_str(&stdout).unwrap();
    let changes = told["changes"].as_array().unwrap();
    assert_eq!(code, Some(if changes.is_empty() { 0 } else { 1 }), "{stdout}");
    let place = |change: &Value| match change["field"].as_str() {
        None => change["kind"].as_str().unwrap().to_owned(),
        Some(field) => format!("{}.{field}", change["kind"].as_str().unwrap()),
    };
    changes.iter().map(place).collect()
}

fn in_program(text: &str) -> Vec<String> {
    concerned(&[("src/main.rs", text)], everything_changed())
}

#[test]
fn a_projection_uses_its_kind_and_the_fields_that_it_names() {
    let row = "#[derive(Projection)] #[infrahub(kind = InfraDevice)] struct Row { id: Id<InfraDevice>, height: Option<i64> }";
    assert_eq!(in_program(row), ["InfraDevice", "InfraDevice.height"]);
    let renamed = "#[derive(Projection)] #[infrahub(kind = kinds::InfraDevice)] struct Row { r#type: String, \
                   #[infrahub(rename = \"ports\")] count: Count }";
    assert_eq!(in_program(renamed), ["InfraDevice", "InfraDevice.ports", "InfraDevice.type"]);
}

#[test]
fn columns_setters_and_choices_are_uses_and_comments_are_none() {
    let text = "\
        use kinds::{InfraDevice, InfraDeviceUpdate, InfraDeviceRole, InfraSite};\n\
        /// Reads the height of InfraRegion.\n\
        fn f() { all().filter(InfraDevice::SITE.then(InfraSite::ASN).eq(1)); InfraDeviceUpdate::new().clear_type(); }\n";
    assert_eq!(
        in_program(text),
        [
            "InfraDevice",
            "InfraDevice.role",
            "InfraDevice.site",
            "InfraDevice.type",
            "InfraSite",
            "InfraSite.asn"
        ]
    );
}

#[test]
fn a_struct_that_may_be_read_uses_all_that_it_holds() {
    let whole = [
        "InfraDevice",
        "InfraDevice.height",
        "InfraDevice.name",
        "InfraDevice.role",
        "InfraDevice.site",
        "InfraDevice.type",
    ];
    assert_eq!(in_program("fn f() { client.all::<InfraDevice>() }"), whole);
    assert_eq!(in_program("use kinds::InfraDevice as Device;"), whole);
    assert_eq!(in_program("type Row = kinds::InfraDevice;"), whole);

    // Peers are read without being named.
    let peers = in_program("fn f(id: &Id<InfraSite>) { client.peer(id, InfraSite::REGION) }");
    assert_eq!(
        peers,
        ["InfraRegion", "InfraRegion.code", "InfraRegion.name", "InfraSite", "InfraSite.region"]
    );
}

#[test]
fn the_enum_over_a_generic_reads_every_kind_of_it() {
    let ports = [
        "InfraCopperPort",
        "InfraCopperPort.connector",
        "InfraCopperPort.speed",
        "InfraFiberPort",
        "InfraFiberPort.connector",
        "InfraFiberPort.speed",
        "InfraPort",
        "InfraPort.speed",
    ];
    assert_eq!(in_program("fn f(port: AnyInfraPort) {}"), ports);
    assert_eq!(in_program("fn f(ports: Vec<InfraPort>) {}"), ["InfraPort", "InfraPort.speed"]);
}

#[test]
fn a_builder_uses_what_it_asks_for_now_and_later() {
    let create = "fn f() { client.create(InfraSiteCreate::new(\"atl1\")) }";
    assert_eq!(in_program(create), ["InfraSite", "InfraSite.name"]);

    let mut new = schema();
    let attributes = new["nodes"][1]["attributes"].as_array_mut().unwrap();
    attributes[1]["optional"] = json!(false);
    attributes.push(json!({"name": "owner", "kind": "Text", "optional": false}));
    attributes.push(json!({"name": "notes", "kind": "Text", "optional": true}));
    assert_eq!(concerned(&[("src/lib.rs", create)], new.clone()), ["InfraSite.asn", "InfraSite.owner"]);
    let read = "fn f() { client.all().filter(InfraSite::NAME.eq(1)) }";
    assert_eq!(concerned(&[("src/lib.rs", read)], new), [""; 0]);
}

#[test]
fn what_new_objects_take_from_a_profile_is_used() {
    let create = "fn f() { client.create(InfraSiteCreate::from_profiles(profiles, name)) }";
    let profile = ["ProfileInfraSite", "ProfileInfraSite.asn", "ProfileInfraSite.profile_name"];
    assert_eq!(in_program(create)[2..], profile);
}

#[test]
fn documents_use_what_they_select() {
    let document = "query Report { InfraDevice(height__value: 1) { edges { node { site { node { asn { value } } } } } } }";
    let expected = ["InfraDevice", "InfraDevice.height", "InfraDevice.site", "InfraSite", "InfraSite.asn"];
    assert_eq!(concerned(&[("queries/report.graphql", document)], everything_changed()), expected);
    let in_rust = format!("const QUERY: &str = \"{document}\";");
    assert_eq!(in_program(&in_rust), expected);
    let mutation = "mutation { InfraSiteUpsert(data: { id: \"x\" }) { ok } }";
    assert_eq!(
        concerned(&[("queries/change.graphql", mutation)], everything_changed()),
        ["InfraSite", "InfraSite.name"]
    );
}

#[test]
fn all_code_of_the_crate_counts_and_no_other() {
    for file in ["src/a/b.rs", "examples/report.rs", "tests/all/main.rs", "benches/speed.rs"] {
        let found = concerned(&[(file, "fn f(id: Id<InfraSite>) {}")], everything_changed());
        assert_eq!(found, ["InfraSite"], "{file}");
    }
    let text = "fn f(id: Id<InfraSite>) {}";
    let generated = format!("// Generated by infrahub-build 0.1.0 from nodes.json.\n{text}");
    let files = [
        ("build.rs", text),
        ("target/debug/build/out.rs", text),
        (".cache/old.rs", text),
        ("other/Cargo.toml", "[package]\nname = \"other\"\n"),
        ("other/src/lib.rs", text),
        ("src/kinds/infra_site.rs", &generated),
    ];
    assert_eq!(concerned(&files, everything_changed()), [""; 0]);
    // A text that is not Rust, such as a test of what must not compile, may use whatever it names.
    assert_eq!(concerned(&[("tests/ui/wrong.rs", "fn f( { InfraSite")], everything_changed()).len(), 4);
}

#[test]
fn without_a_package_it_cannot_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Infrahub::start(schema());
    server.run(folder.path(), &["pull"]);
    let check = || server.run(folder.path(), &["check", "--used"]);
    let told = check();
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    assert!(told.stderr.contains("cannot read ./Cargo.toml"), "{told:?}");
    write(folder.path(), "Cargo.toml", "[workspace]\n");
    let told = check();
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.stderr.contains("is no package") && told.stderr.contains("one of its members"), "{told:?}");
}
