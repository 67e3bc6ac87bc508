//! Which kinds are generated, that the output is the same every time, and what is said about what cannot be.

use infrahub_build::{Error, FileState, Generator};
use infrahub_schema::Schema;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema(nodes: &str) -> Schema {
    Schema::read(&repository().join(nodes)).expect("a schema")
}

fn golden() -> Schema {
    schema("crates/infrahub-build/tests/golden/nodes.json")
}

fn demo() -> Schema {
    schema("live/demo-schema/snapshot/nodes.json")
}

fn modules(generator: &Generator) -> Vec<String> {
    let files = generator.files().expect("generated files");
    let modules = files.keys().filter(|name| name.extension().is_some_and(|extension| extension == "rs"));
    modules.map(|name| name.with_extension("").display().to_string()).collect()
}

/// The problems of a generator that must fail.
fn problems(generator: &Generator) -> Vec<String> {
    match generator.files() {
        Err(Error::Impossible(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_patterns_the_own_kinds_and_what_they_reach() {
    let expected = [
        "builtin_tag",
        "core_artifact_target",
        "core_file_object",
        "lab_device",
        "lab_drawing",
        "lab_port",
        "lab_port_copper",
        "lab_port_fiber",
        "mod",
        "peers",
        "place_generic",
        "place_region",
        "place_site",
        "profile_lab_device",
        "template_lab_device",
    ];
    assert_eq!(modules(&Generator::new(golden())), expected);
}

#[test]
fn patterns_choose_exactly_the_kinds_that_match() {
    let generator = Generator::new(golden()).kinds(["LabPort*", "BuiltinTag"]);
    let expected = ["builtin_tag", "lab_port", "lab_port_copper", "lab_port_fiber", "mod", "peers"];
    assert_eq!(modules(&generator), expected);
    let peers = &generator.files().expect("generated files")[Path::new("peers.rs")];
    for marker in ["LabDevice", "CoreGroup", "CoreNode"] {
        assert!(peers.contains(&format!("pub enum {marker} {{}}")), "{marker}: {peers}");
    }
    assert!(!peers.contains("PlaceSite"), "nothing that was chosen mentions it: {peers}");
}

#[test]
fn a_marker_keeps_the_generics_that_are_known() {
    let files =
        Generator::new(golden()).kinds(["LabPortCopper", "LabPortFiber"]).files().expect("generated files");
    let copper = &files[Path::new("lab_port_copper.rs")];
    assert!(
        copper.contains("impl ::infrahub_client::kind::Is<super::LabPort> for LabPortCopper {}"),
        "{copper}"
    );
    assert!(
        copper.contains("pub enum LabPortCopperStatus"),
        "without its generic a kind has the enum itself"
    );
    let files = Generator::new(golden()).kinds(["PlaceSite"]).files().expect("generated files");
    let peers = &files[Path::new("peers.rs")];
    assert!(
        peers.contains("impl ::infrahub_client::kind::Is<super::PlaceGeneric> for PlaceRegion {}"),
        "{peers}"
    );
}

#[test]
fn groups_are_not_nodes_to_graphql() {
    let files = Generator::new(golden()).kinds(["*"]).files().expect("generated files");
    let node = &files[Path::new("core_node.rs")];
    assert!(node.contains("BuiltinTag(::std::boxed::Box<super::BuiltinTag>)"), "{node}");
    assert!(!node.contains("CoreStandardGroup"), "{node}");
}

#[test]
fn a_pattern_without_a_match_is_an_error_that_suggests_one() {
    let generator =
        Generator::new(golden()).origin("schema/nodes.json").kinds(["LabDevise", "lab*", "BuiltinTag"]);
    assert_eq!(
        problems(&generator),
        [
            "schema/nodes.json: no kind of the schema matches `LabDevise`; did you mean `LabDevice`?",
            "schema/nodes.json: no kind of the schema matches `lab*`; did you mean `LabDevice`?",
        ]
    );
}

#[test]
fn a_schema_without_own_kinds_says_what_to_choose() {
    let mut schema = golden();
    schema.namespaces = BTreeMap::from([("Lab".to_owned(), false), ("Place".to_owned(), false)]);
    let problems = problems(&Generator::new(schema));
    assert!(problems[0].contains("no kinds of yours") && problems[0].contains(".kinds("), "{problems:?}");
}

#[test]
fn impossible_names_are_all_listed_with_file_kind_and_field() {
    let mut schema = golden();
    let device = schema.kinds.get_mut("LabDevice").expect("the kind");
    device.attributes[0].name = "display_label".to_owned();
    device.attributes[1].name = "a-b {".to_owned();
    device.attributes[3].name = device.attributes[2].name.clone();
    device.relationships[0].peer = "Evil; fn".to_owned();
    let problems = problems(&Generator::new(schema).origin("schema/nodes.json"));
    assert_eq!(problems.len(), 4, "{problems:#?}");
    for (problem, expected) in problems.iter().zip([
        "schema/nodes.json: Evil; fn: `Evil; fn` cannot be the name of a kind: a GraphQL name has only ASCII",
        "schema/nodes.json: LabDevice.display_label: `display_label` cannot be the name of a field: the server gives",
        "schema/nodes.json: LabDevice.a-b {: `a-b {` cannot be the name of a field: a GraphQL name has only",
        "schema/nodes.json: LabDevice.self: the name stands for two fields",
    ]) {
        assert!(problem.starts_with(expected), "{problem}");
    }
}

#[test]
fn a_runtime_path_that_is_none_is_refused() {
    let problems = problems(&Generator::new(golden()).runtime_path("std; evil"));
    assert_eq!(problems, ["`std; evil` is no path to the runtime crate"]);
}

/// Turns every list of the schema around, one way or the other.
fn shuffled(mut schema: Schema, seed: usize) -> Schema {
    fn turn<T>(list: &mut [T], seed: usize) {
        list.reverse();
        let length = list.len().max(1);
        list.rotate_left(seed % length);
    }
    for (index, kind) in schema.kinds.values_mut().enumerate() {
        let seed = seed + index;
        turn(&mut kind.attributes, seed);
        turn(&mut kind.relationships, seed);
        turn(&mut kind.inherit_from, seed);
        turn(&mut kind.used_by, seed);
        for constraint in kind.uniqueness_constraints.iter_mut().flatten() {
            turn(constraint, seed);
        }
        kind.uniqueness_constraints.iter_mut().for_each(|constraints| turn(constraints, seed));
        for attribute in &mut kind.attributes {
            attribute.choices.iter_mut().for_each(|choices| turn(choices, seed));
            attribute.allowed_values.iter_mut().for_each(|values| turn(values, seed));
        }
    }
    schema
}

#[test]
fn the_output_is_the_same_however_the_schema_is_sorted() {
    for schema in [golden(), demo(), schema("schema/nodes.json")] {
        let files = Generator::new(schema.clone()).kinds(["*"]).files().expect("generated files");
        assert_eq!(files, Generator::new(schema.clone()).kinds(["*"]).files().expect("generated files"));
        for seed in 0..2 {
            let again =
                Generator::new(shuffled(schema.clone(), seed)).kinds(["*"]).files().expect("generated files");
            // What the schema itself is told as keeps the order within a constraint.
            for (name, text) in files.iter().filter(|(name, _)| !name.ends_with("schema.json")) {
                assert_eq!(text, &again[name], "{} with seed {seed}", name.display());
            }
        }
    }
}

#[test]
fn the_order_of_patterns_does_not_matter() {
    let files =
        |patterns: [&str; 2]| Generator::new(golden()).kinds(patterns).files().expect("generated files");
    assert_eq!(files(["Lab*", "Place*"]), files(["Place*", "Lab*"]));
}

#[test]
fn a_folder_is_written_only_where_something_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("mine.rs");
    fs::write(&own, "// not generated").expect("a file");
    let (written, _) = Generator::new(golden()).write_to(folder.path()).expect("a first time");
    assert_eq!(written.len(), 16);
    let (written, _) = Generator::new(golden()).write_to(folder.path()).expect("a second time");
    assert_eq!(written, Vec::<PathBuf>::new());

    let (written, _) =
        Generator::new(golden()).kinds(["PlaceSite"]).write_to(folder.path()).expect("fewer kinds");
    assert!(written.contains(&folder.path().join("lab_device.rs")), "what is gone has changed too");
    let mut left: Vec<String> = fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["mine.rs", "mod.rs", "peers.rs", "place_site.rs", "schema.json"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("taken");
    fs::write(&file, "").expect("a file");
    let error = Generator::new(golden()).write_to(&file).expect_err("a file is no folder");
    assert!(matches!(&error, Error::Write { path, .. } if *path == file), "{error}");
    assert!(error.to_string().starts_with(&format!("cannot write {}", file.display())), "{error}");
}

fn type_of(generator: &Generator, file: &str) -> String {
    let files = generator.files().expect("generated files");
    files[Path::new(file)].clone()
}

#[test]
fn kinds_and_fields_have_the_names_that_the_user_chose() {
    let generator = Generator::new(golden())
        .rename_kind("LabDevice", "Device")
        .rename_field("Lab*", "name", "title")
        .derive(["serde::Serialize", "Eq"]);
    let device = type_of(&generator, "device.rs");
    for expected in [
        "#[derive(Debug, Clone, PartialEq, serde::Serialize, Eq)]\n#[non_exhaustive]\npub struct Device {",
        "pub struct DeviceCreate",
        "pub struct DeviceUpdate",
        "pub title: ",
        "pub const TITLE: ",
        "\"LabDevice\"",
        "\"name\" => __object.value(&mut title)",
    ] {
        assert!(device.contains(expected), "{expected} is missing in\n{device}");
    }
    assert!(type_of(&generator, "mod.rs").contains("pub use self::{"));
    assert!(!generator.files().expect("files").contains_key(Path::new("lab_device.rs")));
}

#[test]
fn a_name_that_cannot_be_had_is_told() {
    let cases: [(Generator, &[&str]); 4] = [
        (
            Generator::new(golden()).rename_kind("LabDevice", "LabPort").rename_kind("LabPort", "lab port"),
            &["LabPort: `lab port` is no name of a type such as `Device`; choose another"],
        ),
        (
            Generator::new(golden()).rename_kind("LabDevice", "LabPort"),
            &["LabDevice: it cannot be renamed to `LabPort`: that name is taken; choose another"],
        ),
        (
            Generator::new(golden())
                .rename_kind("LabDevise", "Device")
                .rename_field("LabDevice", "nam", "title")
                .rename_field("LabDevice", "name", "Title"),
            &[
                "LabDevise: it is renamed, but it is not among the kinds that are generated",
                "LabDevice.nam: it is renamed, but no kind that is generated has it",
                "LabDevice.name: `Title` is no name of a field such as `serial_number`; choose another",
            ],
        ),
        (
            Generator::new(golden()).derive(["serde::Serialize", "1 + 1"]),
            &["`1 + 1` is no path of a trait to derive"],
        ),
    ];
    for (generator, expected) in cases {
        assert_eq!(problems(&generator), expected);
    }
}

#[test]
fn the_schema_of_the_kinds_stands_beside_them() {
    let source = infrahub_schema::Source {
        schema_hash: "all".to_owned(),
        kinds: [("LabDevice".to_owned(), "one".to_owned())].into(),
        ..Default::default()
    };
    let generator = Generator::new(golden()).kinds(["LabDevice", "LabPort"]);
    let with_source = generator.clone().source(source).files().expect("files");
    let compiled = infrahub_schema::CompiledKinds::from_json(&with_source[Path::new("schema.json")]);
    let compiled = compiled.expect("the kinds");
    assert_eq!(compiled.schema.kinds.keys().collect::<Vec<_>>(), ["LabDevice", "LabPort"]);
    assert_eq!((compiled.schema_hash.as_str(), compiled.hashes.len()), ("all", 1));
    // The Rust is the same for every server.
    let without = generator.files().expect("files");
    for (name, text) in without.iter().filter(|(name, _)| name.extension().is_some_and(|it| it == "rs")) {
        assert_eq!(text, &with_source[name], "{}", name.display());
    }
}

#[test]
fn a_file_that_was_not_generated_is_never_overwritten_or_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let generated = Generator::new(golden()).generate().expect("generated files");
    for content in ["", "// mine\n", "\u{feff}// Generated by infrahub-build 0.1.0\n"] {
        fs::write(at("place_site.rs"), content).expect("a file");
        let error = generated.write_to(folder.path()).expect_err("it is in the way");
        assert!(matches!(&error, Error::NotGenerated { path } if *path == at("place_site.rs")), "{error}");
        let checked = generated.changes_in(folder.path()).expect_err("it is in the way");
        assert_eq!(checked.to_string(), error.to_string());
        assert_eq!(fs::read_to_string(at("place_site.rs")).expect("the file"), content);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing was written");
    }
    fs::remove_file(at("place_site.rs")).expect("the file");
    fs::create_dir(at("lab_device.rs")).expect("a folder");
    assert!(matches!(generated.write_to(folder.path()), Err(Error::NotGenerated { .. })));
    fs::remove_dir(at("lab_device.rs")).expect("the folder");

    // Neither by its name nor by what it says: a text that only looks generated.
    for (name, content) in
        [("lab_rack.rs", "// Not generated\n"), ("notes.txt", "// Generated by infrahub-build 0")]
    {
        fs::write(at(name), content).expect("a file");
    }
    generated.write_to(folder.path()).expect("nothing is in the way");
    assert!(at("lab_rack.rs").exists() && at("notes.txt").exists());
}

#[cfg(unix)]
#[test]
fn a_link_is_never_followed_to_a_file_of_the_users() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inside, outside) = (folder.path().join("kinds"), folder.path().join("mine.rs"));
    fs::create_dir(&inside).expect("a folder");
    std::os::unix::fs::symlink(&outside, inside.join("mod.rs")).expect("a link");
    let generated = Generator::new(golden()).generate().expect("generated files");
    let refused = |state: &str| {
        assert!(matches!(generated.write_to(&inside), Err(Error::NotGenerated { .. })), "{state}");
    };
    refused("to nothing");
    fs::write(&outside, "// mine\n").expect("a file");
    refused("to a file");
    assert_eq!(fs::read_to_string(&outside).expect("the file"), "// mine\n");
}

#[test]
fn what_is_amiss_in_a_folder_is_told_without_writing() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let generated = Generator::new(golden()).generate().expect("generated files");
    let changes = generated.changes_in(at("new")).expect("a folder that is not there");
    assert_eq!(changes.len(), 16);
    assert!(changes.iter().all(|change| change.state == FileState::Missing) && !at("new").exists());

    generated.write_to(folder.path()).expect("a first time");
    let edit = |name: &str, edit: &dyn Fn(String) -> String| {
        fs::write(at(name), edit(fs::read_to_string(at(name)).expect("a file"))).expect("a file");
    };
    // A checkout on Windows changes the line ends.
    edit("mod.rs", &|text| text.replace('\n', "\r\n"));
    edit("place_site.rs", &|text| text.replace("PlaceSite", "PlaceSpot"));
    fs::remove_file(at("place_region.rs")).expect("the file");
    fs::copy(at("lab_port.rs"), at("lab_gone.rs")).expect("a file");
    let changes = generated.changes_in(folder.path()).expect("a folder");
    let expected = [
        ("place_region.rs", FileState::Missing),
        ("place_site.rs", FileState::Stale),
        ("lab_gone.rs", FileState::Surplus),
    ];
    let told: Vec<_> = changes.iter().map(|change| (change.path.clone(), change.state)).collect();
    assert_eq!(told, expected.map(|(name, state)| (at(name), state)));
    assert!(!at("place_region.rs").exists() && at("lab_gone.rs").exists());

    assert_eq!(generated.write_to(folder.path()).expect("a second time"), changes);
    assert_eq!(generated.changes_in(folder.path()).expect("a folder"), []);
    assert!(!at("lab_gone.rs").exists());
}

#[test]
fn vendored_modules_are_marked_for_rustfmt() {
    let plain = Generator::new(golden()).files().expect("generated files");
    let vendored = Generator::new(golden()).vendored().files().expect("generated files");
    let root = Path::new("mod.rs");
    let modules = vendored[root].matches("#[rustfmt::skip]\npub mod ").count();
    // All but the root and the schema.
    assert_eq!(modules, vendored.len() - 2);
    assert!(vendored[root].contains("#[rustfmt::skip]\npub use self::{"));
    for (name, text) in &plain {
        assert!(!text.contains("rustfmt::skip"));
        assert!(name == root || vendored[name] == *text, "{}", name.display());
    }
}
