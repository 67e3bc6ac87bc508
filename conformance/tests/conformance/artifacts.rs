//! Artifacts, from a repository that the test makes on this machine: the server must run on it, too.

use infrahub_client::artifact::ArtifactStatus;
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

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
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let name = unique("artifact").replace('-', "_");
        let folder = std::env::temp_dir().join(&name);
        for part in ["queries", "templates"] {
            std::fs::create_dir_all(folder.join(part))?;
        }
        let settings = format!(
            "---\n\
             queries:\n  - name: {name}\n    file_path: queries/device.gql\n\
             jinja2_transforms:\n  - name: {name}\n    query: {name}\n    template_path: templates/device.j2\n\
             artifact_definitions:\n  - name: {name}\n    artifact_name: {name}\n    parameters:\n      \
             device: name__value\n    content_type: text/plain\n    targets: {name}\n    transformation: {name}\n"
        );
        std::fs::write(folder.join(".infrahub.yml"), settings)?;
        let query = format!(
            "query {name}($device: String!) {{ InfraDevice(name__value: $device) \
             {{ edges {{ node {{ name {{ value }} description {{ value }} }} }} }} }}\n"
        );
        std::fs::write(folder.join("queries/device.gql"), query)?;
        let template = "{% set device = data.InfraDevice.edges[0].node %}\
                        {% if device.description.value == 'broken' %}{{ device.no.such.field }}{% endif %}\
                        hostname {{ device.name.value }}\n! {{ device.description.value }}\n";
        std::fs::write(folder.join("templates/device.j2"), template)?;
        git(&folder, &["init", "-q", "-b", "main"])?;
        git(&folder, &["add", "-A"])?;
        git(&folder, &["commit", "-q", "-m", "Render devices"])?;
        Ok(Self { folder, name })
    }

    /// Has the server read the repository.
    async fn add(&self, client: &Client) -> Result<CoreReadOnlyRepository, Box<dyn std::error::Error>> {
        let location = self.folder.display().to_string();
        let create = CoreReadOnlyRepositoryCreate::new(location, &self.name).r#ref("main");
        let repository: CoreReadOnlyRepository = client.create(create).select().await?;
        // A worker with other things to do takes minutes for it.
        for _ in 0..300 {
            let filter = CoreArtifactDefinition::NAME.eq(&self.name);
            if client.all::<CoreArtifactDefinition>().filter(filter).count().await? > 0 {
                return Ok(repository);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        client.delete(&repository).await?;
        Err("the server did not read the repository in five minutes".into())
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn an_artifact_is_generated_and_fetched() -> Outcome {
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

    client.delete(&repository).await?;
    Ok(())
}
