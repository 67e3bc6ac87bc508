//! `pull`, `diff` and `check` as a user runs them, against a server on the loopback interface.
#![allow(clippy::unwrap_used)]

mod support;

use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use support::{Infrahub, Loopback, TOKEN, Told, cargo_infrahub};

/// A generic with two kinds, and a profile of one of them.
fn before() -> Value {
    let fields = |inherited: bool| {
        json!([
            {"name": "name", "kind": "Text", "inherited": inherited},
            {"name": "status", "kind": "Dropdown", "optional": true, "inherited": inherited,
             "choices": [{"name": "active"}, {"name": "drained", "label": "Drained"}]},
        ])
    };
    json!({
        "generics": [{"namespace": "Infra", "name": "Interface", "attributes": fields(false)}],
        "nodes": [
            {"namespace": "Infra", "name": "Port", "inherit_from": ["InfraInterface"], "attributes": fields(true)},
            {"namespace": "Infra", "name": "Loopback", "inherit_from": ["InfraInterface"], "attributes": fields(true)},
            {"namespace": "Infra", "name": "Rack", "label": "Rack", "attributes": [{"name": "name", "kind": "Text"}]},
        ],
        "profiles": [{"namespace": "Profile", "name": "InfraPort", "attributes": [
            {"name": "status", "kind": "Dropdown", "optional": true,
             "choices": [{"name": "active"}, {"name": "drained", "label": "Drained"}]},
        ]}],
    })
}

/// The same schema later: a choice gone, a mandatory attribute, a label, a kind gone and one that is new.
fn after() -> Value {
    let mut schema = before();
    for list in ["generics", "nodes", "profiles"] {
        for kind in schema[list].as_array_mut().unwrap() {
            for attribute in kind["attributes"].as_array_mut().unwrap() {
                if let Some(choices) = attribute.get_mut("choices") {
                    *choices = json!([{"name": "active", "label": "Up | running"}]);
                }
            }
        }
    }
    let mtu = json!({"name": "mtu", "kind": "Number"});
    schema["nodes"][0]["attributes"].as_array_mut().unwrap().push(mtu);
    schema["nodes"][2] = json!({"namespace": "Infra", "name": "Site", "attributes": []});
    schema
}

/// A folder with a snapshot of the schema in `schema/`.
fn folder_with(server: &Infrahub, schema: Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    server.set_schema(schema);
    assert_eq!(server.run(folder.path(), &["pull"]).code, Some(0));
    server.loopback.take_paths();
    folder
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_pull_writes_the_snapshot_and_tells_what_changed() {
    let server = Infrahub::start(before());
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| server.run(folder.path(), arguments);

    let first = run(&["pull"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_snapshot!(first.stdout, @r"
    wrote schema/nodes.json
    wrote schema/schema.graphql
    wrote schema/source.json
    ");
    assert_snapshot!(first.stderr, @r"
    fetching the schema of branch main
    fetched 5 kinds (3 kB) and their GraphQL types (1 kB) from Infrahub 1.11.9
    ");
    let pulled = files(&folder.path().join("schema"));
    let names: Vec<&str> = pulled.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["nodes.json", "schema.graphql", "source.json"], "nothing else is left behind");

    let again = run(&["pull"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "schema is up to date with branch main\n"));
    assert_eq!(files(&folder.path().join("schema")), pulled);

    server.set_schema(after());
    let changed = run(&["pull"]);
    assert_eq!(changed.code, Some(0));
    assert_snapshot!(changed.stdout, @r"
    ~ InfraInterface
      ~ status: choice `active`: label none → `Up | running`
          follows in InfraLoopback, InfraPort, ProfileInfraPort
      - status: choice `drained` removed [breaks programs and data]
          programs: The enum of its choices has no such variant any more.
          data: Objects that have it are no longer valid, and writes of it are refused.
          follows in InfraLoopback, InfraPort, ProfileInfraPort
    ~ InfraPort
      + mtu: attribute added: `Number`, mandatory [breaks programs and data]
          programs: `…Create::new` asks for it.
          data: Objects that exist have no value of it, and writes without one are refused.
    - InfraRack: node removed [breaks programs and data]
        programs: Its types are gone, and the server refuses reads and writes of it.
        data: Its objects are gone, and writes of them are refused.
    + InfraSite: node added

    5 changes and 6 that follow from them: 3 break programs, 3 break data
    wrote schema/nodes.json
    wrote schema/schema.graphql
    wrote schema/source.json
    ");

    let other = run(&["pull", "--schema-dir", "other/schema", "--branch", "change\u{1b}[31m"]);
    assert_eq!(other.code, Some(0), "{other:?}");
    assert!(folder.path().join("other/schema/source.json").is_file());
    assert!(other.stderr.contains(r"branch change\u{1b}[31m"), "{}", other.stderr);
    let seen = server.loopback.seen();
    assert!(seen.last().unwrap().line.contains("branch=change%1B"), "{seen:?}");
    assert!(seen.iter().all(|seen| seen.headers.contains(&format!("x-infrahub-key: {TOKEN}"))), "{seen:?}");
}

#[test]
fn a_pull_that_only_checks_writes_nothing() {
    let server = Infrahub::start(before());
    let folder = tempfile::tempdir().unwrap();
    let check = || server.run(folder.path(), &["pull", "--check"]);

    let absent = check();
    assert_eq!(absent.code, Some(1));
    assert_eq!(
        absent.stdout,
        "would write schema/nodes.json\nwould write schema/schema.graphql\nwould write schema/source.json\n"
    );
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());

    assert_eq!(server.run(folder.path(), &["pull"]).code, Some(0));
    assert_eq!((check().code, check().stdout.as_str()), (Some(0), "schema is up to date with branch main\n"));

    // The GraphQL types alone, as after an upgrade of the server.
    let sdl = folder.path().join("schema/schema.graphql");
    fs::write(&sdl, "type Query {\n  y: Int\n}\n").unwrap();
    let stale = files(&folder.path().join("schema"));
    let told = check();
    assert_eq!((told.code, told.stdout.as_str()), (Some(1), "would write schema/schema.graphql\n"));

    server.set_schema(after());
    let told = check();
    assert_eq!(told.code, Some(1));
    assert!(told.stdout.contains("- status: choice `drained` removed"), "{}", told.stdout);
    assert!(told.stdout.ends_with("would write schema/source.json\n"), "{}", told.stdout);
    assert_eq!(files(&folder.path().join("schema")), stale);
}

#[test]
fn a_pull_mends_a_snapshot_that_cannot_be_read() {
    let server = Infrahub::start(before());
    for (file, content) in
        [("nodes.json", "<<<<<<< HEAD\n"), ("source.json", "{}"), ("schema.graphql", "\u{0}")]
    {
        let folder = folder_with(&server, before());
        let whole = files(&folder.path().join("schema"));
        let path = folder.path().join("schema").join(file);
        fs::write(&path, content).unwrap();

        let check = server.run(folder.path(), &["pull", "--check"]);
        assert_eq!(check.code, Some(1), "{file}: {check:?}");
        assert!(check.stdout.contains(&format!("would write schema/{file}\n")), "{file}: {}", check.stdout);
        assert_eq!(fs::read_to_string(&path).unwrap(), content);

        let pull = server.run(folder.path(), &["pull"]);
        assert_eq!(pull.code, Some(0), "{file}: {pull:?}");
        let is_told = pull
            .stderr
            .contains("the snapshot in schema is replaced, it cannot be read: schema/nodes.json: line 1");
        assert_eq!(is_told, file == "nodes.json", "{file}: {}", pull.stderr);
        assert_eq!(files(&folder.path().join("schema")), whole, "{file}");
    }
}

#[test]
fn what_a_pull_cannot_do_ends_with_2() {
    let server = Infrahub::start(before());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema"), "a file").unwrap();
    let told = server.run(folder.path(), &["pull"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.stderr.contains("error: cannot write"), "{}", told.stderr);

    let failing = Loopback::start(|_| (403, json!({"detail": "no"}).to_string()));
    let told = cargo_infrahub(
        folder.path(),
        &[("INFRAHUB_API_TOKEN", TOKEN)],
        &["pull", "--schema-dir", "new", "--address", &failing.address],
    );
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    assert!(!folder.path().join("new").exists());

    let told = cargo_infrahub(folder.path(), &[("INFRAHUB_ADDRESS", "nonsense")], &["pull"]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""));
    assert!(told.stderr.starts_with("error: ") && told.stderr.contains("address"), "{}", told.stderr);
}

/// The two schemas as folders, and `cargo infrahub diff` with these arguments.
fn diff(arguments: &[&str]) -> Told {
    let server = Infrahub::start(before());
    let (old, new) = (folder_with(&server, before()), folder_with(&server, after()));
    let folder = tempfile::tempdir().unwrap();
    let at = |folder: &tempfile::TempDir| folder.path().join("schema").display().to_string();
    // A folder, and a file.
    let (old, new) = (at(&old), at(&new) + "/nodes.json");
    cargo_infrahub(folder.path(), &[], &[&["diff", &old, &new], arguments].concat())
}

#[test]
fn a_difference_as_text() {
    let told = diff(&[]);
    assert_eq!((told.code, told.stderr.as_str()), (Some(1), ""));
    assert_snapshot!(told.stdout, @r"
    ~ InfraInterface
      ~ status: choice `active`: label none → `Up | running`
          follows in InfraLoopback, InfraPort, ProfileInfraPort
      - status: choice `drained` removed [breaks programs and data]
          programs: The enum of its choices has no such variant any more.
          data: Objects that have it are no longer valid, and writes of it are refused.
          follows in InfraLoopback, InfraPort, ProfileInfraPort
    ~ InfraPort
      + mtu: attribute added: `Number`, mandatory [breaks programs and data]
          programs: `…Create::new` asks for it.
          data: Objects that exist have no value of it, and writes without one are refused.
    - InfraRack: node removed [breaks programs and data]
        programs: Its types are gone, and the server refuses reads and writes of it.
        data: Its objects are gone, and writes of them are refused.
    + InfraSite: node added

    5 changes and 6 that follow from them: 3 break programs, 3 break data
    ");
}

#[test]
fn a_difference_as_markdown() {
    let told = diff(&["--format", "markdown"]);
    assert_eq!((told.code, told.stderr.as_str()), (Some(1), ""));
    assert_snapshot!(told.stdout, @r"
    **Schema: 5 changes and 6 that follow from them: 3 break programs, 3 break data**

    | | where | what | programs | data |
    |---|---|---|---|---|
    | ~ | `InfraInterface.status` | choice `active`: label none → `Up \| running`<br>follows in `InfraLoopback`, `InfraPort`, `ProfileInfraPort` |  |  |
    | − | `InfraInterface.status` | choice `drained` removed<br>follows in `InfraLoopback`, `InfraPort`, `ProfileInfraPort` | **breaks:** The enum of its choices has no such variant any more. | **breaks:** Objects that have it are no longer valid, and writes of it are refused. |
    | + | `InfraPort.mtu` | attribute added: `Number`, mandatory | **breaks:** `…Create::new` asks for it. | **breaks:** Objects that exist have no value of it, and writes without one are refused. |
    | − | `InfraRack` | node removed | **breaks:** Its types are gone, and the server refuses reads and writes of it. | **breaks:** Its objects are gone, and writes of them are refused. |
    | + | `InfraSite` | node added |  |  |
    ");
}

#[test]
fn a_difference_as_json() {
    let told = diff(&["--format", "json", "--kinds", "InfraRack", "InfraP*"]);
    assert_eq!((told.code, told.stderr.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(report["format"], json!(1));
    assert_eq!(
        report["summary"],
        json!({"changes": 4, "following": 0, "break_programs": 3, "break_data": 3, "left_out": 7})
    );
    let changes = report["changes"].as_array().unwrap();
    let short: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!([
                change["kind"],
                change["field"],
                change["change"],
                change["programs"]["breaking"],
                change["follows_from"]
            ])
        })
        .collect();
    assert_eq!(
        Value::from(short),
        json!([
            ["InfraPort", "mtu", "attribute_added", true, null],
            ["InfraPort", "status", "choice_described", false, "InfraInterface"],
            ["InfraPort", "status", "choice_removed", true, "InfraInterface"],
            ["InfraRack", null, "kind_removed", true, null],
        ])
    );
    assert_eq!(changes[0]["attribute"]["kind"], json!("Number"));
    assert_eq!(changes[1]["new"], json!({"name": "active", "label": "Up | running"}));
    assert_eq!(changes[2]["choice"], json!({"name": "drained", "label": "Drained"}));
    assert_eq!(changes[3]["flavour"], json!("node"));
}

#[test]
fn a_difference_is_narrowed_down() {
    let told = diff(&["--breaking-only", "--kinds", "InfraPort,InfraSite"]);
    assert_eq!(told.code, Some(1));
    assert_snapshot!(told.stdout, @r"
    ~ InfraPort
      + mtu: attribute added: `Number`, mandatory [breaks programs and data]
          programs: `…Create::new` asks for it.
          data: Objects that exist have no value of it, and writes without one are refused.
      - status: choice `drained` removed, as in InfraInterface [breaks programs and data]
          programs: The enum of its choices has no such variant any more.
          data: Objects that have it are no longer valid, and writes of it are refused.

    2 changes: 2 break programs, 2 break data; 9 others are left out
    ");

    let told = diff(&["--breaking-only", "--kinds", "InfraSite"]);
    let nothing = "no differences of those asked for; 11 others are left out\n";
    assert_eq!((told.code, told.stdout.as_str()), (Some(0), nothing));

    let told = diff(&["--kinds", "InfraPrt"]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""));
    assert!(told.stderr.contains("no kind of either schema matches `InfraPrt`"), "{}", told.stderr);
}

#[test]
fn a_snapshot_that_cannot_be_read_ends_a_comparison_with_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nodes.json"), "{\"format\": 1}").unwrap();
    for (old, problem) in [("nowhere", "cannot read nowhere"), (".", "./nodes.json: line 1")] {
        let told = cargo_infrahub(folder.path(), &[], &["diff", old, "."]);
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""));
        assert!(told.stderr.contains(problem), "{}", told.stderr);
    }
}

#[test]
fn what_the_schema_says_is_escaped_in_every_form() {
    let evil = "\u{1b}[31m| `x` \u{202e}</td> @everyone\r\n# title";
    let server = Infrahub::start(before());
    let folder = folder_with(&server, before());
    let mut schema = before();
    schema["nodes"][2]["label"] = json!(evil);
    server.set_schema(schema);
    for format in ["text", "json", "markdown"] {
        let told = server.run(folder.path(), &["check", "--format", format]);
        assert_eq!(told.code, Some(1), "{format}: {told:?}");
        let is_plain =
            |character: char| character == '\n' || !(character.is_control() || character == '\u{202e}');
        assert!(told.stdout.chars().all(is_plain), "{format}: {:?}", told.stdout);
        assert!(!told.stdout.contains("\n# title"), "{format}: {}", told.stdout);
        match format {
            "json" => {
                let report: Value = serde_json::from_str(&told.stdout).unwrap();
                assert_eq!(report["changes"][0]["new"], json!(evil));
            }
            "markdown" => {
                // One row of five cells, the text in a code span that its own backticks do not end.
                let row = told.stdout.lines().last().unwrap();
                assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
                assert!(
                    row.contains("`` \\u{1b}[31m\\| `x` \\u{202e}</td> @everyone\\r\\n# title ``"),
                    "{row}"
                );
            }
            _ => {}
        }
    }
}

#[test]
fn a_check_compares_the_snapshot_and_not_what_it_says_of_itself() {
    let server = Infrahub::start(before());
    let folder = folder_with(&server, before());
    for format in ["text", "json", "markdown"] {
        let told = server.run(folder.path(), &["check", "--format", format]);
        assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""), "{told:?}");
        assert_eq!(server.loopback.take_paths(), ["/api/schema"]);
    }
    // Another hash of the same kinds, as from a server of another version.
    let mut schema = before();
    schema["nodes"][0]["icon"] = json!("mdi:ethernet");
    server.set_schema(schema);
    let told = server.run(folder.path(), &["check"]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(0), "no differences\n"));

    // The hash of the server, and kinds that are not its own, as after a merge that went wrong.
    let server = Infrahub::start(before());
    let folder = folder_with(&server, before());
    let nodes = folder.path().join("schema/nodes.json");
    let edited = fs::read_to_string(&nodes).unwrap().replace("drained", "resting");
    fs::write(&nodes, edited).unwrap();
    let told = server.run(folder.path(), &["check"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.stdout.contains("choice `resting` removed"), "{told:?}");
}

#[test]
fn a_check_tells_what_a_pull_would_bring() {
    let server = Infrahub::start(before());
    let folder = folder_with(&server, before());
    let snapshot = files(&folder.path().join("schema"));
    server.set_schema(after());
    let check = server.run(folder.path(), &["check"]);
    assert_eq!((check.code, check.stderr.as_str()), (Some(1), ""));
    assert_eq!(check.stdout, diff(&[]).stdout);
    assert_eq!(files(&folder.path().join("schema")), snapshot);

    let narrow =
        server.run(folder.path(), &["check", "--breaking-only", "--kinds", "InfraSite", "--format", "json"]);
    assert_eq!(narrow.code, Some(0), "{narrow:?}");
    assert_eq!(
        serde_json::from_str::<Value>(&narrow.stdout).unwrap(),
        json!({
            "format": 1,
            "summary": {"changes": 0, "following": 0, "break_programs": 0, "break_data": 0, "left_out": 11},
            "changes": [],
        })
    );
}

#[test]
fn a_check_that_cannot_tell_ends_with_2() {
    let server = Infrahub::start(before());
    let folder = folder_with(&server, before());
    let told = server.run(folder.path(), &["check", "--schema-dir", "nowhere"]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""));
    assert!(told.stderr.contains("cannot read nowhere/nodes.json"), "{}", told.stderr);
    let told = server.run(folder.path(), &["check", "--kinds", "Nothing*"]);
    assert_eq!(told.code, Some(2), "a misspelled pattern is no success: {told:?}");

    let failing = Loopback::start(|_| (401, json!({"errors": [{"message": "no"}]}).to_string()));
    let told = cargo_infrahub(
        folder.path(),
        &[("INFRAHUB_ADDRESS", failing.address.as_str()), ("INFRAHUB_API_TOKEN", TOKEN)],
        &["check"],
    );
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
}
