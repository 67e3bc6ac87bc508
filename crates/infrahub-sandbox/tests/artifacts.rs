//! Repositories in folders, what is imported of them, and the artifacts that come of it.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Outcome, device, execute, started};
use infrahub_client::artifact::ArtifactStatus;
use infrahub_client::file::File;
use infrahub_client::{Client, Error};
use infrahub_demo_kinds::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SETTINGS: &str = "\
queries:
  - name: device
    file_path: queries/device.gql
jinja2_transforms:
  - name: startup
    query: device
    template_path: ./templates/startup.j2
artifact_definitions:
  - name: startup of devices
    artifact_name: startup
    parameters: {device: name__value, site: site__name__value}
    content_type: text/plain
    targets: all devices
    transformation: startup
";

const QUERY: &str = "\
query device($device: String!, $site: String!) {
  InfraDevice(name__value: $device, site__name__value: $site) {
    edges { node { name { value } role { value } tags { edges { node { name { value } } } } } }
  }
}
";

const TEMPLATE: &str = "\
{% import 'templates/lines.j2' as lines %}
{% set device = data.InfraDevice.edges[0].node %}
{{ lines.hostname(device.name.value.upper()) }}
  {% for key, value in device.role.items() %}
{{ key }}: {{ value }}
  {% endfor %}
{{ ['a', none, true, 1] }} {{ device.no_such_field }}
";

const WIDGET: &str = "\
version: '1.0'
nodes:
  - name: Widget
    namespace: Test
    attributes:
      - {name: name, kind: Text}
";

/// A git repository that goes away with the test.
struct Repository(TempDir);

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.net"];
    let done = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

impl Repository {
    fn new() -> Self {
        Self::with(SETTINGS)
    }

    /// With these settings.
    fn with(settings: &str) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        for folder in ["queries", "templates"] {
            fs::create_dir(repository.folder().join(folder)).unwrap();
        }
        git(repository.folder(), &["init", "-q", "-b", "main"]);
        repository.write("queries/device.gql", QUERY);
        repository.write("templates/startup.j2", TEMPLATE);
        repository.write("templates/lines.j2", "{% macro hostname(name) %}hostname {{ name }}{% endmacro %}");
        repository.commit(".infrahub.yml", settings);
        repository
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn location(&self) -> String {
        self.folder().display().to_string()
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder().join(path), text).unwrap();
    }

    /// Writes a file and commits all.
    fn commit(&self, path: &str, text: &str) {
        self.write(path, text);
        git(self.folder(), &["add", "-A"]);
        git(self.folder(), &["commit", "-q", "-m", "Change"]);
    }
}

/// Makes an object of one of the server's own kinds, and gives its id.
async fn make(client: &Client, kind: &str, data: Value) -> Result<String, Error> {
    let document =
        format!("mutation($data: {kind}CreateInput!) {{ {kind}Create(data: $data) {{ object {{ id }} }} }}");
    let made = execute(client, &document, json!({ "data": data })).await?;
    Ok(made[format!("{kind}Create")]["object"]["id"].as_str().unwrap_or_default().to_owned())
}

/// How many objects of a kind there are.
async fn count(client: &Client, kind: &str) -> Result<Value, Error> {
    let data = execute(client, &format!("{{ {kind} {{ count }} }}"), json!({})).await?;
    Ok(data[kind]["count"].clone())
}

/// Adds a repository that is read from a location, and gives its id.
async fn add(client: &Client, location: &str) -> Result<String, Error> {
    let data = json!({ "name": { "value": "templates" }, "location": { "value": location } });
    make(client, "CoreReadOnlyRepository", data).await
}

/// How a repository stands: whether it was reached, and whether it was imported.
async fn standing(client: &Client, id: &str) -> Result<[Value; 2], Error> {
    let document = "query($id: ID!) { CoreReadOnlyRepository(ids: [$id]) { edges { node {
        operational_status { value } sync_status { value } } } } }";
    let data = execute(client, document, json!({ "id": id })).await?;
    let node = &data["CoreReadOnlyRepository"]["edges"][0]["node"];
    Ok(["operational_status", "sync_status"].map(|name| node[name]["value"].clone()))
}

/// What the log of the last task of a kind says.
async fn log(client: &Client, workflow: &str) -> Result<String, Error> {
    let tasks = client.tasks().list().workflow(workflow).limit(1).with_log().await?;
    let lines = tasks.into_iter().flat_map(|task| task.log).map(|line| line.message);
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// A device in the group that the artifacts are rendered for.
async fn target(client: &Client) -> Result<InfraDevice, Error> {
    let device = device(client, "leaf-1").await?;
    let data = json!({ "name": { "value": "all devices" }, "members": [{ "id": device.id.as_str() }] });
    make(client, "CoreStandardGroup", data).await?;
    Ok(device)
}

#[tokio::test]
async fn what_a_repository_declares_is_rendered_as_soon_as_it_is_added() -> Outcome {
    let (_sandbox, client) = started().await;
    let (repository, device) = (Repository::new(), target(&client).await?);
    let id = add(&client, &format!("file://{}", repository.location())).await?;
    assert_eq!(standing(&client, &id).await?, ["online", "in-sync"]);
    let artifact = client.artifact(&device, "startup");
    let expected = "hostname LEAF-1\nvalue: None\n['a', None, True, 1] ";
    assert_eq!(artifact.download().bytes().await?, expected);

    // Later commits come in when they are asked for: with a schema, then with another template and one query less.
    repository.write("queries/other.gql", QUERY);
    let other = "schemas: [schemas]\nqueries:\n  - {name: other, file_path: queries/other.gql}\n";
    fs::create_dir(repository.folder().join("schemas"))?;
    repository.write("schemas/widget.yml", WIDGET);
    repository.commit(".infrahub.yml", &SETTINGS.replace("queries:\n", other));
    let import = "mutation($id: String!) {
        InfrahubReadOnlyRepositoryImportLastCommit(data: { id: $id }) { ok task { id } } }";
    execute(&client, import, json!({ "id": id })).await?;
    assert_eq!(count(&client, "CoreGraphQLQuery").await?, 2);
    assert_eq!(count(&client, "TestWidget").await?, 0);
    repository.write(".infrahub.yml", SETTINGS);
    repository.commit("templates/startup.j2", "version 2");
    execute(&client, import, json!({ "id": id })).await?;
    assert_eq!(count(&client, "CoreGraphQLQuery").await?, 1);
    assert_eq!(artifact.download().bytes().await?, "version 2");
    Ok(())
}

#[tokio::test]
async fn a_repository_that_is_not_there_is_refused() -> Outcome {
    let (_sandbox, client) = started().await;
    let outer = Repository::new();
    for location in ["/no/such/folder".to_owned(), outer.folder().join("queries").display().to_string()] {
        let error = add(&client, &location).await.unwrap_err();
        assert!(error.to_string().contains("Unable to clone the repository templates"), "{error}");
    }
    assert_eq!(count(&client, "CoreReadOnlyRepository").await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_fails_in_the_task() -> Outcome {
    let (_sandbox, client) = started().await;
    let id = add(&client, "https://git.example.net/templates.git").await?;
    assert_eq!(standing(&client, &id).await?, ["error-connection", "unknown"]);
    let said = log(&client, "git-repository-add-read-only").await?;
    assert!(said.contains("only from folders of its own machine"), "{said}");

    let (_sandbox, client) = started().await;
    let repository = Repository::new();
    let data = json!({
        "name": { "value": "templates" },
        "location": { "value": repository.location() },
        "ref": { "value": "--all" },
    });
    let id = make(&client, "CoreReadOnlyRepository", data).await?;
    assert_eq!(standing(&client, &id).await?, ["error", "unknown"]);
    let said = log(&client, "git-repository-add-read-only").await?;
    assert!(said.contains("The branch --all isn't a valid branch"), "{said}");
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_in_a_repository_is_told_with_its_place() -> Outcome {
    let not_a_file = SETTINGS.replace("device.gql", "../../secret.gql");
    for (settings, expected) in [
        ("queries: [\n", "'.infrahub.yml', line 2: "),
        ("queries:\n  - name: device\n", "'.infrahub.yml', line 2: `file_path` is missing in `queries`"),
        ("python_transforms:\n  - name: a\n", "line 1: the sandbox does not import `python_transforms`"),
        (SETTINGS, "Unable to find the node all devices / CoreGroup"),
        (&not_a_file, "::queries/../../secret.gql'"),
        ("schemas: [no/such.yml]\n", "::no/such.yml'"),
    ] {
        let (_sandbox, client) = started().await;
        let repository = Repository::with(settings);
        let id = add(&client, &repository.location()).await?;
        assert_eq!(standing(&client, &id).await?[1], "error-import");
        let said = log(&client, "git-repository-add-read-only").await?;
        assert!(said.contains(expected), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_template_that_fails_says_where_and_whose_fault_it_may_be() -> Outcome {
    let (_sandbox, client) = started().await;
    let (repository, device) = (Repository::new(), target(&client).await?);
    repository.commit("templates/startup.j2", "first\n{{ data | ipaddr }}");
    add(&client, &repository.location()).await?;
    let artifact = client.artifact(&device, "startup");
    assert_eq!(artifact.get().await?.status, ArtifactStatus::Error);
    let error = artifact.generate().await.unwrap_err();
    let text = error.to_string();
    for part in ["templates/startup.j2:2", "ipaddr", "the sandbox lacks it"] {
        assert!(text.contains(part), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn artifacts_of_a_branch_are_its_own_until_they_are_merged() -> Outcome {
    let (_sandbox, client) = started().await;
    let (repository, device) = (Repository::new(), target(&client).await?);
    add(&client, &repository.location()).await?;
    client.branches().create("feature").await?;
    let feature = client.on("feature");
    feature.update(&device).set(InfraDeviceUpdate::new().role(InfraDeviceRole::Leaf)).await?;
    feature.artifact(&device, "startup").generate().await?;
    let text = async |client: &Client| client.artifact(&device, "startup").download().bytes().await;
    assert!(String::from_utf8(text(&feature).await?.to_vec())?.contains("value: leaf"));
    assert!(String::from_utf8(text(&client).await?.to_vec())?.contains("value: None"));
    client.branches().merge("feature").await?;
    assert!(String::from_utf8(text(&client).await?.to_vec())?.contains("value: leaf"));
    Ok(())
}

/// What a test needs no git for: a program that reads artifacts is given some that were never rendered.
#[tokio::test]
async fn an_artifact_may_have_content_that_the_test_stored() -> Outcome {
    let (_sandbox, client) = started().await;
    let device = target(&client).await?;
    let repository = add(&client, "https://git.example.net/templates.git").await?;
    let data = json!({ "name": { "value": "device" }, "query": { "value": "{ InfraDevice { count } }" } });
    let query = make(&client, "CoreGraphQLQuery", data).await?;
    let data = json!({
        "name": { "value": "startup" },
        "template_path": { "value": "startup.j2" },
        "query": { "id": query },
        "repository": { "id": repository },
    });
    let transformation = make(&client, "CoreTransformJinja2", data).await?;
    let group = make(&client, "CoreStandardGroup", json!({ "name": { "value": "none" } })).await?;
    let data = json!({
        "name": { "value": "startup" },
        "artifact_name": { "value": "startup" },
        "parameters": { "value": {} },
        "content_type": { "value": "text/plain" },
        "targets": { "id": group },
        "transformation": { "id": transformation },
    });
    let definition = make(&client, "CoreArtifactDefinition", data).await?;
    let stored = client.storage().upload(File::from_bytes("startup", "hostname leaf-1")).await?;
    let data = json!({
        "name": { "value": "startup" },
        "status": { "value": "Ready" },
        "content_type": { "value": "text/plain" },
        "checksum": { "value": "b22411c39cf9c4ab4c982118eb502d43" },
        "storage_id": { "value": stored.id },
        "object": { "id": device.id.as_str() },
        "definition": { "id": definition },
    });
    make(&client, "CoreArtifact", data).await?;
    let read = client.artifact(&device, "startup").download().bytes().await?;
    assert_eq!(read, "hostname leaf-1");
    Ok(())
}
