//! Schema files that a program checks and loads.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Outcome, execute, started};
use infrahub_client::Error;
use infrahub_client::schema::{Change, Documents};
use serde_json::json;
use std::path::Path;

const KINDS: &str = "\
version: '1.0'
generics:
  - name: Shelf
    namespace: Schemaapi
    attributes:
      - {name: name, kind: Text, unique: yes}
nodes:
  - name: Book
    namespace: Schemaapi
    inherit_from: [SchemaapiShelf]
    human_friendly_id: [name__value]
    attributes:
      - name: status
        kind: Dropdown
        optional: true
        choices: [{name: lent}, {name: there, color: '#00ff00'}]
    relationships:
      - {name: readers, peer: SchemaapiReader, cardinality: many, optional: true}
";

/// The peer of `KINDS`, as a value: documents that are loaded together may refer to each other.
fn documents(kinds: &str) -> Result<Documents, Error> {
    let reader = json!({"version": "1.0", "nodes": [{"name": "Reader", "namespace": "Schemaapi",
        "attributes": [{"name": "name", "kind": "Text"}]}]});
    Documents::new().text("books.yml", kinds)?.value(&reader)
}

#[tokio::test]
async fn a_schema_is_checked_loaded_and_served() -> Outcome {
    let (_sandbox, client) = started().await;
    client.branches().create("books").await?;
    let branch = client.on("books");
    let schema = branch.schema();
    let before = schema.hash().await?;
    let check = schema.check(&documents(KINDS)?).await?;
    assert!(check.is_change() && check.kinds.values().any(|kind| kind.change == Change::Added), "{check:?}");
    assert_eq!(schema.hash().await?, before, "a check changes nothing");

    let report = schema.load(&documents(KINDS)?).await?;
    assert!(report.updated && report.previous_hash == before && report.hash != before, "{report:?}");
    assert_eq!(report.kinds["SchemaapiReader"].change, Change::Added);
    schema.wait_until_converged().await?;
    let book = schema.get("SchemaapiBook").await?;
    assert!(book.attribute("name").is_some_and(|name| name.inherited && name.unique && !name.optional));
    assert!(book.relationship("readers").is_some_and(|readers| readers.peer == "SchemaapiReader"));
    let create = "mutation { SchemaapiBookCreate(data: {name: {value: \"x\"}, status: {value: \"lent\"}}) { object { hfid } } }";
    let made = execute(&branch, create, json!({})).await?;
    assert_eq!(made["SchemaapiBookCreate"]["object"]["hfid"], json!(["x"]));
    assert!(client.schema().all().await?.kind("SchemaapiBook").is_none(), "the default branch has it not");

    let again = schema.load(&documents(KINDS)?).await?;
    assert!(!again.updated && again.kinds.is_empty() && again.hash == again.previous_hash, "{again:?}");
    let more = KINDS.replace(
        "    relationships:",
        "      - {name: pages, kind: Number, optional: true}\n    relationships:",
    );
    let report = schema.load(&documents(&more)?).await?;
    let book = &report.kinds["SchemaapiBook"];
    assert_eq!((book.change, book.fields.get("attributes.pages")), (Change::Changed, Some(&Change::Added)));
    Ok(())
}

#[tokio::test]
async fn a_schema_that_is_there_already_changes_nothing() -> Outcome {
    let (_sandbox, client) = started().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema");
    let report = client.schema().check(&Documents::new().path(folder)?).await?;
    assert!(!report.is_change(), "{:#?}", report.kinds);
    Ok(())
}

#[tokio::test]
async fn a_refused_schema_names_file_line_kind_and_field() -> Outcome {
    let (_sandbox, client) = started().await;
    let wrong = KINDS
        .replace("kind: Dropdown", "bogus: 1\n        kind: Dropdown")
        .replace("    human_friendly_id", "    bogus: 1\n    human_friendly_id");
    let error =
        client.schema().check(&Documents::new().text("books.yml", &wrong)?).await.expect_err("a refusal");
    let Error::SchemaRejected { reasons, .. } = &error else { panic!("{error}") };
    let mut shown: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    shown.sort();
    assert_eq!(shown.len(), 2, "{shown:#?}");
    assert!(shown[0].starts_with("books.yml, line 11: SchemaapiBook.bogus: "), "{shown:#?}");
    assert!(shown[1].starts_with("books.yml, line 15: SchemaapiBook.status: `bogus`: "), "{shown:#?}");

    for (from, to, place) in [
        ("kind: Dropdown", "kind: Drop", "books.yml, line 13: SchemaapiBook.status: "),
        ("[name__value]", "[nope__value]", "books.yml, line 11: SchemaapiBook.human_friendly_id: "),
        ("peer: SchemaapiReader", "peer: SchemaapiNope", "books.yml, line 18: SchemaapiBook.readers: "),
        ("[SchemaapiShelf]", "[SchemaapiNope]", "books.yml, line 8: SchemaapiBook: "),
        ("name: readers", "name: hfid", "books.yml, line 18: SchemaapiBook.hfid: "),
    ] {
        let error = client.schema().check(&documents(&KINDS.replace(from, to))?).await.expect_err(to);
        let Error::SchemaRejected { reasons, .. } = &error else { panic!("{error}") };
        assert!(reasons[0].to_string().starts_with(place), "{to}: {}", reasons[0]);
    }
    Ok(())
}

#[tokio::test]
async fn a_warning_names_the_kind() -> Outcome {
    let (_sandbox, client) = started().await;
    let document = json!({"version": "1.0", "nodes": [{"name": "Book", "namespace": "Schemaapi", "hash": "read-only",
        "attributes": [{"name": "name", "kind": "Text"}]}]});
    let report = client.schema().check(&Documents::new().value(&document)?).await?;
    let warning = report.warnings.first().ok_or("no warning")?;
    assert_eq!((warning.category.as_str(), warning.kinds[0].kind.as_str()), ("deprecation", "SchemaapiBook"));
    Ok(())
}

#[tokio::test]
async fn choices_and_values_are_added_and_removed() -> Outcome {
    let (_sandbox, client) = started().await;
    let add = "mutation { SchemaDropdownAdd(data: {kind: \"InfraCircuit\", attribute: \"status\", dropdown: \"broken\", \
        color: \"#ff0000\"}) { ok object { value label } } }";
    let added = execute(&client, add, json!({})).await?;
    assert_eq!(added["SchemaDropdownAdd"]["object"]["value"], "broken");
    assert!(execute(&client, add, json!({})).await.is_err(), "it is there");
    let circuit = client.schema().get("InfraCircuit").await?;
    let choices = circuit.attribute("status").and_then(|status| status.choices.clone()).unwrap_or_default();
    assert!(choices.iter().any(|choice| choice.name == "broken"), "{choices:?}");

    let write = "mutation { OrganizationProviderCreate(data: {name: {value: \"p\"}}) { ok } \
        InfraCircuitCreate(data: {circuit_id: {value: \"c\"}, status: {value: \"broken\"}, provider: {hfid: [\"p\"]}}) { ok } }";
    execute(&client, write, json!({})).await?;
    let remove = "mutation { SchemaDropdownRemove(data: {kind: \"InfraCircuit\", attribute: \"status\", \
        dropdown: \"broken\"}) { ok } }";
    let error = execute(&client, remove, json!({})).await.expect_err("it is used");
    assert_eq!(error.http_status(), Some(422), "{error}");
    let values = |verb: &str| {
        format!(
            "mutation {{ SchemaEnum{verb}(data: {{kind: \"InfraJournalEntry\", attribute: \"severity\", enum: \"9\"}}) {{ ok }} }}"
        )
    };
    execute(&client, &values("Add"), json!({})).await?;
    execute(
        &client,
        "mutation { InfraJournalEntryCreate(data: {message: {value: \"m\"}, severity: {value: 9}}) { ok } }",
        json!({}),
    )
    .await?;
    assert!(execute(&client, &values("Remove"), json!({})).await.is_err());
    Ok(())
}
