//! Which kinds are generated, that the output is the same every time, and what is said about what cannot be.

use infrahub_build::{Error, Generator};
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
    files.keys().map(|name| name.with_extension("").display().to_string()).collect()
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
            for (name, text) in &files {
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
    assert_eq!(written.len(), 15);
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
    assert_eq!(left, ["mine.rs", "mod.rs", "peers.rs", "place_site.rs"]);
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
