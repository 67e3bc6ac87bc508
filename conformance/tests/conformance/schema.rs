//! The schema API: read, check, load, wait until the workers serve it.

use infrahub_client::schema::{Change, Documents, Schema, Snapshot};
use infrahub_client::{Client, Config, Error};
use infrahub_conformance::{Outcome, address, client, delete_branch, execute, on_a_branch, refused, unique};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

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
fn documents() -> Result<Documents, Error> {
    let reader = json!({"version": "1.0", "nodes": [{"name": "Reader", "namespace": "Schemaapi",
        "attributes": [{"name": "name", "kind": "Text"}]}]});
    Documents::new().text("books.yml", KINDS)?.value(&reader)
}

#[tokio::test]
async fn a_schema_is_checked_loaded_and_served() -> Outcome {
    let branch = on_a_branch(&unique("schema-api")).await?;
    let schema = branch.schema();

    let before = schema.hash().await?;
    let check = schema.check(&documents()?).await?;
    assert!(check.is_change() && check.kinds.values().all(|kind| kind.change == Change::Added), "{check:?}");
    assert!(check.kinds.contains_key("SchemaapiBook"), "{check:?}");
    assert_eq!(schema.hash().await?, before, "a check changes nothing");
    assert!(matches!(schema.get("SchemaapiBook").await, Err(Error::NotFound { .. })));

    let report = schema.load(&documents()?).await?;
    assert!(report.updated && report.previous_hash == before && report.hash != before, "{report:?}");
    assert_eq!(report.kinds["SchemaapiReader"].change, Change::Added);
    schema.wait_until_converged().await?;
    assert!(schema.is_converged().await?);

    let book = schema.get("SchemaapiBook").await?;
    assert_eq!(book.human_friendly_id.as_deref(), Some(&["name__value".to_owned()][..]));
    assert!(book.attribute("name").is_some_and(|name| name.inherited && name.unique && !name.optional));
    let choices = book.attribute("status").and_then(|status| status.choices.as_ref()).map(Vec::len);
    assert_eq!(choices, Some(2));
    assert!(book.relationship("readers").is_some_and(|readers| readers.peer == "SchemaapiReader"));
    let all = schema.all().await?;
    assert!(all.kinds_of("SchemaapiShelf").iter().any(|kind| kind.kind == "SchemaapiBook"));
    // The branch's own GraphQL has the kind, the default branch has not.
    let create =
        "mutation { SchemaapiBookCreate(data: { name: { value: \"x\" }, status: { value: \"lent\" } }) {
        object { hfid } } }";
    let made = execute(&branch, create, json!({})).await?;
    assert_eq!(made["SchemaapiBookCreate"]["object"]["hfid"], json!(["x"]));
    assert!(client().schema().all().await?.kind("SchemaapiBook").is_none());

    let again = schema.load(&documents()?).await?;
    assert!(!again.updated && again.kinds.is_empty() && again.hash == again.previous_hash, "{again:?}");

    let more = KINDS.replace(
        "    relationships:",
        "      - {name: pages, kind: Number, optional: true}\n    relationships:",
    );
    let report = schema.load(&Documents::new().text("books.yml", &more)?).await?;
    let book = &report.kinds["SchemaapiBook"];
    assert_eq!(
        (book.change, book.fields.get("attributes.pages")),
        (Change::Changed, Some(&Change::Added)),
        "{report:?}"
    );
    assert!(schema.get("SchemaapiBook").await?.attribute("pages").is_some(), "the cache follows the server");
    delete_branch(&branch).await
}

#[tokio::test]
async fn choices_and_values_are_added_and_removed_but_not_while_used() -> Outcome {
    let branch = on_a_branch(&unique("schema-api")).await?;
    let dropdown = |verb: &str| {
        let object = if verb == "Add" { "object { value label color description }" } else { "" };
        format!(
            "mutation {{ SchemaDropdown{verb}(data: {{
                kind: \"InfraCircuit\", attribute: \"status\", dropdown: \"broken\" }}) {{ ok {object} }} }}"
        )
    };
    let added = execute(&branch, &dropdown("Add"), json!({})).await?;
    let choice = json!({ "value": "broken", "label": "Broken", "color": "#5ca4a9", "description": "" });
    assert_eq!(added["SchemaDropdownAdd"]["object"], choice, "the colour is the first that no other has");
    refused(&branch, &dropdown("Add"), json!({})).await;
    let circuit = branch.schema().get("InfraCircuit").await?;
    let choices = circuit.attribute("status").and_then(|status| status.choices.clone()).unwrap_or_default();
    assert!(choices.iter().any(|choice| choice.name == "broken"), "{choices:?}");

    let name = unique("schema-api");
    let write = "mutation ($name: String!) {
        OrganizationProviderCreate(data: { name: { value: $name } }) { ok }
        InfraCircuitCreate(data: {
            circuit_id: { value: $name }, status: { value: \"broken\" }, provider: { hfid: [$name] } }) { ok } }";
    execute(&branch, write, json!({ "name": name })).await?;
    let error = refused(&branch, &dropdown("Remove"), json!({})).await;
    assert_eq!(error.http_status(), Some(422), "{error}");

    let value = |verb: &str, kind: &str, attribute: &str, value: &str| {
        format!(
            "mutation {{ SchemaEnum{verb}(data: {{
                kind: \"{kind}\", attribute: \"{attribute}\", enum: \"{value}\" }}) {{ ok }} }}"
        )
    };
    execute(&branch, &value("Add", "InfraPlatform", "type", "nxos"), json!({})).await?;
    let platform = branch.schema().get("InfraPlatform").await?;
    let values = platform.attribute("type").and_then(|value| value.allowed_values.clone());
    assert!(values.is_some_and(|values| values.contains(&json!("nxos"))), "{platform:?}");
    for (document, message) in [
        (
            value("Remove", "InfraPlatform", "type", "no"),
            "The enum value no does not exists on InfraPlatform in attribute type",
        ),
        // The value comes as a text, also where the others are numbers.
        (
            value("Add", "InfraJournalEntry", "severity", "9"),
            "'<' not supported between instances of 'str' and 'int'",
        ),
        (value("Add", "InfraCircuit", "status", "x"), "Attribute status on InfraCircuit is not an enum"),
        (value("Add", "InfraCircuit", "no", "x"), "Attribute no does not exist on InfraCircuit"),
        (value("Add", "InfraNo", "no", "x"), "Unable to find the schema 'InfraNo' in the registry"),
        (
            value("Add", "BuiltinTag", "name", "x"),
            "Operation not allowed for BuiltinTag in restricted namespace Builtin",
        ),
    ] {
        let error = refused(&branch, &document, json!({})).await;
        assert!(error.to_string().starts_with(message), "{error}");
    }
    delete_branch(&branch).await
}

#[tokio::test]
async fn a_refused_schema_names_file_line_kind_and_field() -> Outcome {
    let client = client();
    let schema = client.schema();
    // The structure is wrong: the server lists every field that it does not know.
    let wrong = KINDS
        .replace("kind: Dropdown", "bogus: 1\n        kind: Dropdown")
        .replace("    human_friendly_id", "    bogus: 1\n    human_friendly_id");
    let error = schema.check(&Documents::new().text("books.yml", &wrong)?).await.expect_err("a refusal");
    let Error::SchemaRejected { reasons, .. } = &error else { panic!("{error}") };
    let mut shown: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    shown.sort();
    assert_eq!(shown.len(), 2, "{shown:#?}");
    assert!(shown[0].starts_with("books.yml, line 11: SchemaapiBook.bogus: "), "{shown:#?}");
    assert!(shown[1].starts_with("books.yml, line 15: SchemaapiBook.status: `bogus`: "), "{shown:#?}");
    assert!(!error.may_have_run());

    // Of what is wrong otherwise it names the first, mostly in words.
    for (from, to, place) in [
        ("kind: Dropdown", "kind: Drop", "books.yml, line 13: SchemaapiBook.status: "),
        ("[name__value]", "[nope__value]", "books.yml, line 11: SchemaapiBook.human_friendly_id: "),
        ("peer: SchemaapiReader", "peer: SchemaapiNope", "books.yml, line 18: SchemaapiBook.readers: "),
        ("[SchemaapiShelf]", "[SchemaapiNope]", "books.yml, line 8: SchemaapiBook: "),
        ("name: readers", "name: hfid", "books.yml, line 18: SchemaapiBook.hfid: "),
    ] {
        let wrong = KINDS.replace(from, to);
        let reader = json!({"version": "1.0", "nodes": [{"name": "Reader", "namespace": "Schemaapi",
            "attributes": [{"name": "name", "kind": "Text"}]}]});
        let documents = Documents::new().text("books.yml", &wrong)?.value(&reader)?;
        let error = schema.check(&documents).await.expect_err(to);
        let Error::SchemaRejected { reasons, .. } = &error else { panic!("{error}") };
        assert!(reasons[0].to_string().starts_with(place), "{to}: {}", reasons[0]);
    }
    Ok(())
}

#[tokio::test]
async fn a_warning_names_the_kind() -> Outcome {
    let document = json!({"version": "1.0", "nodes": [{"name": "Book", "namespace": "Schemaapi", "hash": "read-only",
        "attributes": [{"name": "name", "kind": "Text"}]}]});
    let report = client().schema().check(&Documents::new().value(&document)?).await?;
    let warning = report.warnings.first().ok_or("no warning")?;
    assert_eq!((warning.category.as_str(), warning.kinds[0].kind.as_str()), ("deprecation", "SchemaapiBook"));
    assert!(warning.message.contains("'hash' is a read-only field"), "{warning:?}");
    Ok(())
}

#[tokio::test]
async fn yaml_means_what_it_means_to_the_server() -> Outcome {
    // The demo schema was loaded by Infrahub's own reader of YAML: with ours nothing would change.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../live/demo-schema");
    let documents = Documents::new().path(folder)?;
    let report = client().schema().check(&documents).await?;
    assert!(!report.is_change(), "{:#?}", report.kinds);
    Ok(())
}

#[tokio::test]
async fn the_schema_is_read_again_only_when_it_changed() -> Outcome {
    let client = client();
    let first = client.schema().all().await?;
    let after_first = client.counters();
    let second: Arc<Schema> = client.clone().schema().all().await?;
    assert!(first.kinds.len() >= 91, "{} kinds", first.kinds.len());
    assert!(Arc::ptr_eq(&first, &second) || first != second, "an equal schema is not read twice");
    assert!(client.counters().requests > after_first.requests, "the hash is compared");
    Ok(())
}

#[tokio::test]
async fn a_snapshot_of_the_server_is_written_once() -> Outcome {
    let folder = std::env::temp_dir().join(unique("infrahub-snapshot"));
    let schema = client().schema();
    let snapshot = schema.snapshot().await?;
    assert_eq!(snapshot.write(&folder)?.files.len(), 3);
    assert_eq!(Snapshot::read(&folder)?, snapshot);
    // Another pull finds another answer in another order only if the schema changed meanwhile.
    let again = schema.snapshot().await?;
    if again.source.schema_hash == snapshot.source.schema_hash {
        assert!(again.write(&folder)?.is_unchanged());
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

#[tokio::test]
async fn nobody_loads_a_schema_without_credentials() -> Outcome {
    let anonymous = Client::new(Config::new(address()))?;
    let error = anonymous.schema().check(&documents()?).await.expect_err("a refusal");
    assert!(matches!(error, Error::Authentication { .. }), "{error}");
    assert!(!anonymous.schema().hash().await?.is_empty(), "everybody may read it");
    Ok(())
}

#[tokio::test]
async fn an_unknown_branch_is_named() -> Outcome {
    let error = client().on("no/such-branch").schema().all().await.expect_err("no branch");
    assert!(error.to_string().contains("Branch: no/such-branch not found."), "{error}");
    Ok(())
}

#[tokio::test]
async fn inheritance_is_told_on_one_end_only() -> Outcome {
    let schema = client().schema().all().await?;
    let kind = |name: &str| schema.kind(name).ok_or_else(|| format!("no kind {name}"));
    let (node, tag) = ("CoreNode".to_owned(), "BuiltinTag".to_owned());
    assert!(kind(&node)?.used_by.contains(&tag) && !kind(&tag)?.inherit_from.contains(&node));
    let (source, profile) = ("LineageSource".to_owned(), "ProfileBuiltinTag".to_owned());
    assert!(kind(&profile)?.inherit_from.contains(&source) && !kind(&source)?.used_by.contains(&profile));
    for (generic, kind) in [(&node, &tag), (&source, &profile)] {
        assert!(schema.kinds_of(generic).iter().any(|found| found.kind == *kind), "{kind} of {generic}");
        assert!(schema.generics_of(kind).iter().any(|found| found.kind == *generic), "{generic} of {kind}");
    }
    Ok(())
}

#[tokio::test]
async fn relationships_of_a_template_may_have_no_weight() -> Outcome {
    let template = client().schema().get("TemplateInfraDevice").await?;
    let weights: Vec<_> =
        template.relationships.iter().map(|relationship| relationship.order_weight).collect();
    assert!(
        weights.first().is_some_and(Option::is_some) && weights.last().is_some_and(Option::is_none),
        "{weights:?}"
    );
    Ok(())
}
