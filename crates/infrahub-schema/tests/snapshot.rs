//! Writing the folder `schema/`.
#![allow(clippy::unwrap_used)]

use infrahub_schema::{Responses, Snapshot, Source};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const API: &str = include_str!("data/api-schema.json");
const SDL: &str = "type Query {\n  x: Int\n}\n";

fn from(answer: &Value, sdl: &str) -> Snapshot {
    let (answer, info) = (answer.to_string(), json!({"version": "1.11.9"}).to_string());
    let responses = Responses { schema: answer.as_bytes(), sdl, info: info.as_bytes() };
    Snapshot::from_responses(responses, "change-42", "http://localhost:8000/").unwrap()
}

fn answer() -> Value {
    serde_json::from_str(API).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("deep/schema");
    let snapshot = from(&answer(), SDL);
    let written = snapshot.write(&folder).unwrap();
    assert_eq!(written.files.len(), 3);
    assert_eq!(names(&folder), ["nodes.json", "schema.graphql", "source.json"]);
    assert_eq!(Snapshot::read(&folder).unwrap(), snapshot);
    assert_eq!(snapshot.source.branch, "change-42");
    assert_eq!(snapshot.source.schema_hash, answer()["main"].as_str().unwrap());
    assert_eq!(snapshot.source.kinds["LocationSite"].len(), 32);
}

#[test]
fn a_second_write_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!from(&answer(), SDL).write(folder.path()).unwrap().is_unchanged());
    let times = || {
        names(folder.path())
            .into_iter()
            .map(|name| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap())
    };
    let before: Vec<_> = times().collect();
    assert!(from(&answer(), SDL).write(folder.path()).unwrap().is_unchanged());
    assert_eq!(times().collect::<Vec<_>>(), before);
}

#[test]
fn one_changed_attribute_is_one_changed_line() {
    let folder = tempfile::tempdir().unwrap();
    let _ = from(&answer(), SDL).write(folder.path()).unwrap();
    let before = fs::read_to_string(folder.path().join("nodes.json")).unwrap();

    let mut changed = answer();
    changed["main"] = json!("another hash");
    let tag = changed["nodes"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|kind| kind["kind"] == "BuiltinTag")
        .unwrap();
    let attribute = tag["attributes"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|field| field["name"] == "description")
        .unwrap();
    attribute["optional"] = json!(false);
    let written = from(&changed, SDL).write(folder.path()).unwrap();
    let written: Vec<_> =
        written.files.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(written, ["nodes.json", "source.json"]);

    let after = fs::read_to_string(folder.path().join("nodes.json")).unwrap();
    let differing: Vec<_> = before.lines().zip(after.lines()).filter(|(old, new)| old != new).collect();
    assert_eq!(differing.len(), 1, "{differing:#?}");
    assert!(differing[0].1.trim_start().starts_with(r#"{"name": "description""#));
}

#[test]
fn a_checkout_with_other_line_ends_is_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = from(&answer(), SDL);
    let _ = snapshot.write(folder.path()).unwrap();
    for name in names(folder.path()) {
        let path = folder.path().join(name);
        fs::write(&path, fs::read_to_string(&path).unwrap().replace('\n', "\r\n")).unwrap();
    }
    assert!(snapshot.write(folder.path()).unwrap().is_unchanged());
    assert_eq!(Snapshot::read(folder.path()).unwrap(), snapshot);
}

#[test]
fn sdl_in_another_order_is_no_change() {
    // As a server prints it, and with its definitions the other way round.
    let sdl = include_str!("data/schema.graphql");
    let starts = [
        "\n\ntype ",
        "\n\ninterface ",
        "\n\ninput ",
        "\n\nenum ",
        "\n\nscalar ",
        "\n\n\"\"\"\n",
        "\n\n\"\"\"A",
    ];
    let (mut definitions, mut rest) = (Vec::new(), sdl);
    while let Some(end) = starts.iter().filter_map(|start| rest[1..].find(start)).min() {
        definitions.push(&rest[..=end]);
        rest = &rest[end + 1..];
    }
    definitions.push(rest);
    assert!(definitions.len() > 5, "{}", definitions.len());
    definitions.reverse();
    let reversed = definitions.join("\n\n");
    let (one, other) = (from(&answer(), sdl), from(&answer(), &reversed));
    assert_eq!(one.sdl, other.sdl);
    assert_ne!(sdl, reversed);
}

#[test]
fn an_answer_that_is_no_sdl_is_refused() {
    let (answer, info) = (answer().to_string(), json!({"version": "1.11.9"}).to_string());
    let sdl = "<html>\n<body>log in</body></html>";
    let responses = Responses { schema: answer.as_bytes(), sdl, info: info.as_bytes() };
    let error =
        Snapshot::from_responses(responses, "main", "http://localhost:8000/").unwrap_err().to_string();
    assert!(
        error.starts_with("http://localhost:8000/schema.graphql: line 1: this is no GraphQL SDL"),
        "{error}"
    );
}

#[test]
fn what_would_be_written_is_told_without_writing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("schema");
    let snapshot = from(&answer(), SDL);
    let all = snapshot.would_write(&folder);
    assert!(all.files.len() == 3 && !folder.exists());
    assert_eq!(snapshot.write(&folder).unwrap(), all);
    assert!(snapshot.would_write(&folder).is_unchanged());
    assert_eq!(Source::read(&folder).unwrap(), snapshot.source);
}

#[test]
fn a_damaged_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = from(&answer(), SDL);
    for (file, content) in [("nodes.json", "{"), ("schema.graphql", ""), ("source.json", "{}")] {
        let _ = snapshot.write(folder.path()).unwrap();
        fs::write(folder.path().join(file), content).unwrap();
        assert_eq!(snapshot.would_write(folder.path()).files, [folder.path().join(file)]);
        assert_eq!(snapshot.write(folder.path()).unwrap().files, [folder.path().join(file)]);
        assert_eq!(Snapshot::read(folder.path()).unwrap(), snapshot);
    }
}

#[test]
fn hashes_are_of_the_nodes_that_they_came_with() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = from(&answer(), SDL);
    let _ = snapshot.write(folder.path()).unwrap();
    let nodes = folder.path().join("nodes.json");
    let pulled = fs::read_to_string(&nodes).unwrap();
    let edited = pulled.replacen("\"optional\": true", "\"optional\": false", 1);
    assert!(edited != pulled);
    fs::write(&nodes, edited).unwrap();
    let source = Source::read(folder.path()).unwrap();
    assert!(source.schema_hash.is_empty() && source.kinds.is_empty(), "{source:?}");
    assert_eq!(source.branch, "change-42");

    // A server that has just that schema, by other hashes: only they are written.
    let edited = Snapshot::read(folder.path()).unwrap();
    let served = Snapshot { source: Source { schema_hash: "a".repeat(32), ..source }, ..edited };
    assert_eq!(served.write(folder.path()).unwrap().files, [folder.path().join("source.json")]);
    assert_eq!(Snapshot::read(folder.path()).unwrap(), served);
}
