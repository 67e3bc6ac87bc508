//! Artifacts, from a repository that the test makes on this machine: the server must run on it, too.

use infrahub_client::artifact::ArtifactStatus;
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a repository and all that the server makes from it are named by.
struct Repository {
    folder: PathBuf,
    /// The name of the artifact, its definition, transformation, query and group.
    name: String,
}

fn git(folder: &Path, arguments: &[&str]) -> Outcome {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.net"];
    let done = Command::new("git").args(identity).args(arguments).current_dir(folder).output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr)).into())
}

impl Repository {
    /// One that renders devices.
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let name = unique("artifact").replace('-', "_");
        let settings = format!(
            "---\n\
             queries:\n  - name: {name}\n    file_path: queries/device.gql\n\
             jinja2_transforms:\n  - name: {name}\n    query: {name}\n    template_path: templates/device.j2\n\
             artifact_definitions:\n  - name: {name}\n    artifact_name: {name}\n    parameters:\n      \
             device: name__value\n    content_type: text/plain\n    targets: {name}\n    transformation: {name}\n"
        );
        let repository = Self::with(name, &settings)?;
        let (folder, name) = (&repository.folder, &repository.name);
        for part in ["queries", "templates"] {
            std::fs::create_dir_all(folder.join(part))?;
        }
        let query = format!(
            "query {name}($device: String!) {{ InfraDevice(name__value: $device) \
             {{ edges {{ node {{ name {{ value }} description {{ value }} }} }} }} }}\n"
        );
        std::fs::write(folder.join("queries/device.gql"), query)?;
        let template = "{% set device = data.InfraDevice.edges[0].node %}\
                        {% if device.description.value == 'broken' %}{{ device.no.such.field }}{% endif %}\
                        hostname {{ device.name.value }}\n! {{ device.description.value }}\n";
        std::fs::write(folder.join("templates/device.j2"), template)?;
        repository.commit()?;
        Ok(repository)
    }

    /// One that has only a file with settings.
    fn with(name: String, settings: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let repository = Self { folder: std::env::temp_dir().join(&name), name };
        std::fs::create_dir_all(&repository.folder)?;
        git(&repository.folder, &["init", "-q", "-b", "main"])?;
        std::fs::write(repository.folder.join(".infrahub.yml"), settings)?;
        repository.commit()?;
        Ok(repository)
    }

    fn commit(&self) -> Outcome {
        git(&self.folder, &["add", "-A"])?;
        git(&self.folder, &["commit", "-q", "-m", "Render devices"])
    }

    fn create(&self) -> CoreReadOnlyRepositoryCreate {
        CoreReadOnlyRepositoryCreate::new(self.folder.display().to_string(), &self.name).r#ref("main")
    }

    /// Has the server read the repository.
    async fn add(&self, client: &Client) -> Result<CoreReadOnlyRepository, Box<dyn std::error::Error>> {
        let repository: CoreReadOnlyRepository = client.create(self.create()).select().await?;
        let filter = CoreArtifactDefinition::NAME.eq(&self.name);
        let read = eventually(|| async {
            let found = client.all::<CoreArtifactDefinition>().filter(filter.clone()).count().await?;
            Ok::<_, Error>((found > 0).then_some(()))
        });
        if let Err(error) = read.await {
            client.delete(&repository).await?;
            return Err(error);
        }
        Ok(repository)
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn an_artifact_is_generated_and_fetched() -> Outcome {
    let _no_merge = MERGES.read().await;
    let client = client();
    let source = Repository::new()?;
    let name = source.name.as_str();
    let device = device(&client).await?;
    let other = infrahub_conformance::device(&client).await?;
    let group = client.create(CoreStandardGroupCreate::new(name)).await?;
    let repository = source.add(&client).await?;

    let artifact = client.artifact(&device, name);
    let error = artifact.get().await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    // The device is no target of the definition yet.
    let error = artifact.generate().await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }) && error.to_string().contains("definition"), "{error}");

    client.relationship(&group, CoreStandardGroup::MEMBERS).add([&device]).await?;
    let made = artifact.generate().await?;
    assert_eq!((made.name.as_str(), &made.status), (name, &ArtifactStatus::Ready));
    assert_eq!(made.content_type, "text/plain");
    let text = artifact.download().bytes().await?;
    assert_eq!(text, format!("hostname {}\n! None", device.name));
    assert_eq!(artifact.download().await?.content_type(), Some("text/plain"));

    let response = http::get(&format!("/api/artifact/{}", made.id)).send().await?;
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    assert!(content_type.is_some_and(|found| found.starts_with("text/plain")), "{content_type:?}");
    assert_eq!(response.text().await?, format!("hostname {}\n! None", device.name));
    let path = format!("/api/transform/jinja2/{name}?device={}", device.name);
    let response = http::get(&path).send().await?;
    assert_eq!(response.text().await?, format!("hostname {}\n! None", device.name));
    let response = http::get(&format!("/api/transform/jinja2/{name}")).send().await?;
    assert_eq!(response.status().as_u16(), 502);
    let answer: Value = serde_json::from_str(&response.text().await?)?;
    let message = "Variable '$device' of required type 'String!' was not provided.";
    let message = json!({
        "message": format!("GraphQLQuery {name}: {message}"),
        "path": null,
        "locations": [{ "line": 1, "column": format!("query {name}($").len() }],
    });
    assert_eq!(answer["errors"], json!([{ "message": message, "extensions": { "code": 502 } }]));

    // Rendered anew, with a change and without one.
    client.update(&device).set(InfraDeviceUpdate::new().description("changed")).await?;
    let changed = artifact.generate().await?;
    assert_eq!(changed.id, made.id);
    assert_ne!(changed.checksum, made.checksum);
    assert_eq!(artifact.download().bytes().await?, format!("hostname {}\n! changed", device.name));
    assert_eq!(artifact.generate().await?.checksum, changed.checksum);

    // A template that fails: the task says why, and the last good content stays.
    client.update(&device).set(InfraDeviceUpdate::new().description("broken")).await?;
    let error = artifact.generate().await.unwrap_err();
    assert!(matches!(error, Error::JobFailed { .. }), "{error}");
    assert_eq!(artifact.get().await?.status, ArtifactStatus::Error);
    assert_eq!(artifact.download().bytes().await?, format!("hostname {}\n! changed", device.name));

    let error = client.artifact(&other, name).download().bytes().await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");

    // An object that is no target any more loses its artifact when all are rendered.
    client.relationship(&group, CoreStandardGroup::MEMBERS).remove([&device]).await?;
    let definition: CoreArtifactDefinition = client.get().hfid([name]).await?;
    let path = format!("/api/artifact/generate/{}", definition.id);
    assert_eq!(http::post_with_token(&path, "{}").send().await?.text().await?, "null");
    eventually(|| async {
        match artifact.get().await {
            Err(Error::NotFound { .. }) => Ok(Some(())),
            found => found.map(|_| None),
        }
    })
    .await?;
    let response = http::get(&format!("/api/artifact/{}", made.id)).send().await?;
    assert_eq!(response.status(), 404);
    let expected = format!("Unable to find the node {} / CoreArtifact in the database.", made.id);
    assert!(response.text().await?.contains(&expected));

    client.delete(&repository).await?;
    Ok(())
}

#[tokio::test]
async fn a_repository_that_cannot_be_imported_says_so() -> Outcome {
    let _no_merge = MERGES.read().await;
    let client = client();
    let source = Repository::with(unique("artifact"), "no_such_section: []\n")?;
    let mut missing = CoreReadOnlyRepositoryCreate::new("/no/such/folder", &source.name);
    missing = missing.r#ref("main");
    let error = client.create(missing).await.unwrap_err();
    let expected = format!("Unable to clone the repository {}, please check", source.name);
    assert!(error.to_string().contains(&expected), "{error}");

    // It was refused, so that its name is free.
    let repository = client.create(source.create()).await?;
    let document = "query($id: ID!) { CoreReadOnlyRepository(ids: [$id]) { edges { node {
        internal_status { value } sync_status { value } } } } }";
    let variables = || serde_json::json!({ "id": repository.id.as_str() });
    let node = eventually(|| async {
        let data = execute(&client, document, variables()).await?;
        let node = data["CoreReadOnlyRepository"]["edges"][0]["node"].clone();
        Ok::<_, Error>((node["sync_status"]["value"] == "error-import").then_some(node))
    })
    .await?;
    assert_eq!(node["internal_status"]["value"], "active");
    let log = eventually(|| async {
        let tasks = client.tasks().list().workflow("git-repository-add-read-only").related_to(&repository.id);
        let tasks = tasks.with_log().await?;
        let log: String = tasks.into_iter().flat_map(|task| task.log).map(|line| line.message).collect();
        Ok::<_, Error>(log.contains("RepositoryConfigurationError").then_some(log))
    })
    .await?;
    assert!(log.contains("no_such_section"), "{log}");
    client.delete(&repository).await?;
    Ok(())
}
