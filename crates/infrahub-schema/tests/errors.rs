//! What the errors say: they are what a user sees when a build stops.
#![allow(clippy::unwrap_used)]

use infrahub_schema::{Schema, Snapshot};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;

/// A `nodes.json` of one kind, to be made wrong.
fn nodes_file() -> String {
    let api = json!({"nodes": [
        {"namespace": "Infra", "name": "Device", "attributes": [
            {"name": "name", "kind": "Text"},
            {"name": "role", "kind": "Dropdown", "choices": [{"name": "leaf"}, {"name": "spine"}]},
        ], "relationships": [{"name": "site", "peer": "InfraSite", "cardinality": "one"}]},
        {"namespace": "Infra", "name": "Site", "attributes": [{"name": "name", "kind": "Text"}]},
    ]});
    Schema::from_api(api.to_string().as_bytes(), "test").unwrap().to_nodes_json()
}

fn error_of_file(text: &str) -> String {
    Schema::from_nodes_json(text.as_bytes(), "schema/nodes.json").unwrap_err().to_string()
}

fn error_of_api(answer: &Value) -> String {
    Schema::from_api(answer.to_string().as_bytes(), "http://localhost:8000/api/schema")
        .unwrap_err()
        .to_string()
}

#[test]
fn the_unharmed_file_reads() {
    let schema = Schema::from_nodes_json(nodes_file().as_bytes(), "schema/nodes.json").unwrap();
    assert_eq!(schema.kinds.len(), 2);
    assert_snapshot!(nodes_file(), @r#"
    {
      "format": 1,
      "namespaces": {},
      "kinds": [
        {
          "flavour": "node",
          "kind": "InfraDevice",
          "namespace": "Infra",
          "name": "Device",
          "branch": "aware",
          "attributes": [
            {"name": "name", "kind": "Text", "optional": false, "branch": "aware"},
            {"name": "role", "kind": "Dropdown", "choices": [{"name": "leaf"}, {"name": "spine"}], "optional": false, "branch": "aware"}
          ],
          "relationships": [
            {"name": "site", "peer": "InfraSite", "kind": "Generic", "cardinality": "one", "optional": true, "branch": "aware", "direction": "bidirectional"}
          ]
        },
        {
          "flavour": "node",
          "kind": "InfraSite",
          "namespace": "Infra",
          "name": "Site",
          "branch": "aware",
          "attributes": [
            {"name": "name", "kind": "Text", "optional": false, "branch": "aware"}
          ],
          "relationships": []
        }
      ]
    }
    "#);
}

#[test]
fn a_wrong_type_names_line_kind_and_attribute() {
    let text = nodes_file().replace(r#""kind": "Dropdown""#, r#""kind": 7"#);
    assert_snapshot!(error_of_file(&text), @r#"
    schema/nodes.json: line 13, column 34: InfraDevice.role: `kind` of the attribute: invalid type: integer `7`, expected a string
    Restore the file from version control, or pull again with `cargo infrahub pull`.
    "#);
}

#[test]
fn every_wrong_field_is_listed() {
    let text = nodes_file()
        .replace(r#""kind": "Dropdown""#, r#""kind": 7"#)
        .replace(r#"{"name": "spine"}"#, r#"{"label": "Spine"}"#)
        .replace(r#""cardinality": "one""#, r#""cardinality": "several""#)
        .replace(r#""name": "Site""#, r#""name": ["Site"]"#);
    assert_snapshot!(error_of_file(&text), @r#"
    schema/nodes.json: 3 problems
      line 13, column 34: InfraDevice.role: `kind` of the attribute: invalid type: integer `7`, expected a string
      line 16, column 89: InfraDevice.site: `cardinality` of the relationship: unknown variant `several`, expected `one` or `many`
      line 23, column 14: InfraSite.name: invalid type: sequence, expected a string
    Restore the file from version control, or pull again with `cargo infrahub pull`.
    "#);
}

#[test]
fn a_cut_file_names_the_line() {
    let text = nodes_file();
    assert_snapshot!(error_of_file(&text[..text.len() / 2]), @r#"
    schema/nodes.json: line 15, column 22: kinds: EOF while parsing a value
    Restore the file from version control, or pull again with `cargo infrahub pull`.
    "#);
}

#[test]
fn a_merge_conflict_names_the_line() {
    let text = nodes_file().replacen("    {\n", "<<<<<<< HEAD\n    {\n", 1);
    assert_snapshot!(error_of_file(&text), @r#"
    schema/nodes.json: line 5, column 1: kinds: expected value
    Restore the file from version control, or pull again with `cargo infrahub pull`.
    "#);
}

#[test]
fn a_newer_format_is_not_guessed_at() {
    let text = nodes_file().replace(r#""format": 1"#, r#""format": 2, "sections": []"#);
    assert_snapshot!(error_of_file(&text), @r#"schema/nodes.json has format 2, this version reads format 1; use the version that wrote it, or pull again with `cargo infrahub pull`"#);
}

#[test]
fn another_file_is_not_taken_for_the_schema() {
    assert_snapshot!(error_of_file(r#"{"name": "package"}"#), @r#"
    schema/nodes.json: line 1, column 19: missing field `format`
    Restore the file from version control, or pull again with `cargo infrahub pull`.
    "#);
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let error =
        Schema::from_nodes_json(b"{\"format\": 1, \"kinds\": \xff}", "schema/nodes.json").unwrap_err();
    assert_snapshot!(error, @r#"
    schema/nodes.json: the text is not UTF-8: invalid utf-8 sequence of 1 bytes from index 23
    Restore the file from version control, or pull again with `cargo infrahub pull`.
    "#);
}

#[test]
fn an_answer_that_is_no_schema_is_refused() {
    assert_snapshot!(error_of_api(&json!({"data": null, "errors": [{"message": "Branch: nope not found."}]})), @r#"
    http://localhost:8000/api/schema: line 1, column 62: missing field `nodes`
    The text is not the node schema of a supported Infrahub server: check the address and the version of the server.
    "#);
}

#[test]
fn rules_across_fields_and_kinds_are_all_checked() {
    let answer = json!({"nodes": [
        {"namespace": "Infra", "name": "Device", "inherit_from": ["InfraMissing", "InfraSite"],
         "human_friendly_id": ["site__nam__value", "nme__value"], "default_filter": "title__value",
         "attributes": [
            {"name": "name", "kind": "Text"},
            {"name": "name", "kind": "Number"},
            {"name": "", "kind": "Text"},
            {"name": "role", "kind": "Dropdown", "choices": [{"name": "leaf"}, {"name": "leaf"}]},
         ], "relationships": [
            {"name": "site", "peer": "InfraSite"},
            {"name": "role", "peer": "InfraRole"},
            {"name": "rack", "peer": ""},
         ]},
        {"namespace": "Infra", "name": "Site", "attributes": [{"name": "name", "kind": "Text"}]},
        {"namespace": "Infra", "name": "Site", "attributes": []},
        {"namespace": "", "name": "Rack", "attributes": []},
    ]});
    let pretty = serde_json::to_string_pretty(&answer).unwrap();
    let error = Schema::from_api(pretty.as_bytes(), "http://localhost:8000/api/schema").unwrap_err();
    assert_eq!(error.problems().len(), 12);
    assert_snapshot!(error, @r#"
    http://localhost:8000/api/schema: 12 problems
      line 3, column 5: InfraDevice: an attribute has an empty name
      line 3, column 5: InfraDevice: inherits from `InfraMissing`, which is not in the schema
      line 3, column 5: InfraDevice: inherits from `InfraSite`, which is no generic
      line 3, column 5: InfraDevice: human_friendly_id names `site__nam__value`: `InfraSite` has no attribute for `nam__value`
      line 3, column 5: InfraDevice: human_friendly_id names `nme__value`: the kind has no such attribute or relationship
      line 3, column 5: InfraDevice: default_filter names `title__value`: the kind has no such attribute or relationship
      line 9, column 9: InfraDevice.name: the name stands for two fields of the kind
      line 46, column 9: InfraDevice.role: the name stands for two fields of the kind
      line 46, column 9: InfraDevice.role: the choice `leaf` is described twice
      line 50, column 9: InfraDevice.rack: the relationship has no peer
      line 66, column 5: InfraSite: the kind is described twice
      line 71, column 5: Rack: a kind needs a namespace and a name, one of them is empty
    The text is not the node schema of a supported Infrahub server: check the address and the version of the server.
    "#);
}

#[test]
fn a_missing_folder_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = Snapshot::read(folder.path().join("schema")).unwrap_err().to_string();
    assert_snapshot!(error.replace(folder.path().to_str().unwrap(), "."), @r#"cannot read ./schema/nodes.json: No such file or directory (os error 2); `cargo install cargo-infrahub`, then `cargo infrahub pull` creates the snapshot; or name the folder that holds it"#);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema"), "a file").unwrap();
    let schema = Schema::from_nodes_json(nodes_file().as_bytes(), "test").unwrap();
    let snapshot = Snapshot { schema, sdl: String::new(), source: Default::default() };
    let error = snapshot.write(folder.path().join("schema")).unwrap_err().to_string();
    assert_snapshot!(error.replace(folder.path().to_str().unwrap(), "."), @r#"cannot write ./schema: File exists (os error 17); check that the folder exists, is writable and that the disk has space"#);
}
