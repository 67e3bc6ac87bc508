//! Artifacts: texts that the server renders for an object, such as a device's configuration.

use crate::address::escaped;
use crate::client::Client;
use crate::error::{Context, Error, TimeLimit};
use crate::file::{Algorithm, DownloadRequest, Located, What};
use crate::id::{Key, Reference};
use crate::kind::{ArtifactTarget, Kind};
use crate::operation::Effect;
use crate::queries::{artifact_of_target, task_list};
use crate::read::id_of_key;
use crate::task::{self, Task};
use futures_core::future::BoxFuture;
use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The kind of task that renders one artifact.
const WORKFLOW: &str = "artifact-generate";

/// How long a generation is waited for unless it is said.
const DEADLINE: Duration = Duration::from_secs(300);

/// The pause between two looks for the task.
const PAUSE: Duration = Duration::from_secs(1);

/// The artifact of this name of one object; from [`Client::artifact`].
#[derive(Debug, Clone)]
pub struct ArtifactOf {
    client: Client,
    kind: &'static str,
    key: Key,
    name: String,
}

/// How an artifact stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArtifactStatus {
    /// It was never rendered.
    Pending,
    /// It is being rendered.
    Processing,
    /// It is as it was rendered last.
    Ready,
    /// The last rendering failed. What is stored is older.
    Error,
    /// A status of a newer server.
    Other(String),
}

/// What the server says of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Artifact {
    /// The artifact's id.
    pub id: String,
    /// Its name, which its definition gives it.
    pub name: String,
    /// How it stands.
    pub status: ArtifactStatus,
    /// The type of its content (`text/plain`).
    pub content_type: String,
    /// The MD5 checksum of its content in hexadecimal, once it was rendered.
    pub checksum: Option<String>,
    /// The id under which its content lies in the server's storage, once it was rendered.
    pub storage_id: Option<String>,
}

impl Artifact {
    /// Under its storage id: what lies there never changes, so it fits the checksum.
    pub(crate) fn located(self) -> Result<Located, Error> {
        let what = format!("the artifact `{}`", self.name);
        let (Some(storage_id), Some(checksum)) = (self.storage_id, self.checksum) else {
            return Err(Error::not_found("artifact", format!("name `{}` that was rendered", self.name)));
        };
        Ok(Located {
            path: format!("/api/storage/object/{}", escaped(&storage_id)),
            what,
            name: None,
            content_type: Some(self.content_type),
            size: None,
            checksum: Some((Algorithm::Md5, checksum)),
        })
    }
}

/// What there is of an artifact.
struct Found {
    artifact: Option<Artifact>,
    /// The definitions that render it.
    definitions: Vec<String>,
}

impl ArtifactOf {
    /// What the server says of the artifact.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the object has no such artifact: it was not generated yet, or no definition of that
    /// name has the object among its targets.
    pub async fn get(&self) -> Result<Artifact, Error> {
        let target = id_of_key(&self.client, self.kind, &self.key).await?;
        let found = self.find(&target).await?;
        found.artifact.ok_or_else(|| self.not_found("artifact"))
    }

    /// The artifact's content as it was rendered last, from `/api/storage/object/…`: checked against the checksum of the
    /// artifact.
    pub fn download(&self) -> DownloadRequest {
        DownloadRequest::new(self.client.clone(), What::Artifact(self.clone()))
    }

    /// Renders the artifact anew, through `/api/artifact/generate/…`, and waits until that is done.
    ///
    /// Where the object has no such artifact yet, the server renders those of all targets of the definition: it can be
    /// asked for a single one only by the artifact's id.
    pub fn generate(&self) -> GenerateArtifact {
        GenerateArtifact { artifact: self.clone(), deadline: DEADLINE }
    }

    async fn find(&self, target: &str) -> Result<Found, Error> {
        let variables =
            artifact_of_target::Variables { name: self.name.clone(), target: vec![Some(target.to_owned())] };
        let data = self.client.query(variables).await?;
        let mut artifacts = data.core_artifact.edges.into_iter().filter_map(|edge| edge.node);
        let artifact = artifacts.next();
        if artifacts.next().is_some() {
            let what = format!("name `{}` of {} {target}", self.name, self.kind);
            return Err(Error::more_than_one("artifact", what));
        }
        let definition_of_artifact = artifact
            .as_ref()
            .and_then(|artifact| artifact.definition.node.as_ref())
            .map(|node| node.id.clone());
        let definitions = match definition_of_artifact {
            Some(id) => vec![id],
            None => {
                let all = data.core_artifact_definition.edges.into_iter().filter_map(|edge| edge.node);
                let of_target = all.filter(|definition| {
                    definition.targets.node.as_ref().is_some_and(|group| group.members.count > 0)
                });
                of_target.map(|definition| definition.id).collect()
            }
        };
        Ok(Found { artifact: artifact.map(Artifact::from), definitions })
    }

    fn not_found(&self, what: &str) -> Error {
        let named = match &self.key {
            Key::Id(id) => format!("{} {id}", self.kind),
            Key::Hfid(parts) => format!("{} {}", self.kind, parts.join("__")),
        };
        let error = Error::not_found(what, format!("name `{}` for {named}", self.name));
        error.on_branch(what, self.client.branch())
    }
}

impl From<artifact_of_target::ArtifactOfTargetCoreArtifactEdgesNode> for Artifact {
    fn from(node: artifact_of_target::ArtifactOfTargetCoreArtifactEdgesNode) -> Self {
        let status = node.status.and_then(|status| status.value).unwrap_or_default();
        Self {
            id: node.id,
            name: node.name.and_then(|name| name.value).unwrap_or_default(),
            status: match status.as_str() {
                "Pending" => ArtifactStatus::Pending,
                "Processing" => ArtifactStatus::Processing,
                "Ready" => ArtifactStatus::Ready,
                "Error" => ArtifactStatus::Error,
                _ => ArtifactStatus::Other(status),
            },
            content_type: node.content_type.and_then(|content_type| content_type.value).unwrap_or_default(),
            checksum: node.checksum.and_then(|checksum| checksum.value),
            storage_id: node.storage_id.and_then(|storage_id| storage_id.value),
        }
    }
}

/// Renders an artifact when awaited, and gives what the server then says of it.
///
/// The server gives no task for this, so the client looks for the one that begins after it asked. The server goes on
/// where the waiting is given up.
#[must_use = "an artifact is generated when this is awaited"]
#[derive(Debug)]
pub struct GenerateArtifact {
    artifact: ArtifactOf,
    deadline: Duration,
}

#[derive(serde::Serialize)]
struct Nodes<'a> {
    /// Ids of artifacts; empty for all.
    nodes: &'a [&'a str],
}

impl GenerateArtifact {
    /// How long to wait for the end; 300 s unless it is said.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    async fn send(self) -> Result<Artifact, Error> {
        let Self { artifact: of, deadline } = self;
        let client = &of.client;
        let target = id_of_key(client, of.kind, &of.key).await?;
        let Found { artifact, definitions } = of.find(&target).await?;
        let definition = match definitions.as_slice() {
            [definition] => definition,
            [] => return Err(of.not_found("artifact definition")),
            _ => {
                let what = format!("artifact name `{}` for {} {target}", of.name, of.kind);
                return Err(Error::more_than_one("artifact definition", what));
            }
        };

        let known: BTreeSet<String> = tasks(client, &target).await?.into_iter().map(|task| task.id).collect();
        let only: Vec<&str> = artifact.iter().map(|artifact| artifact.id.as_str()).collect();
        let path = format!("/api/artifact/generate/{}", escaped(definition));
        let response = client.rest_post(&path, &[], &Nodes { nodes: &only }, Effect::RepeatableWrite).await?;
        if !response.is_success() {
            return Err(response.into_error());
        }

        let started = Instant::now();
        let task = loop {
            let new = tasks(client, &target).await?.into_iter().find(|task| !known.contains(&task.id));
            match new {
                Some(task) => break task.id,
                None if started.elapsed() + PAUSE >= deadline => {
                    let limit = TimeLimit::ArtifactGeneration;
                    let call = Context { may_have_run: false, ..response.context };
                    return Err(Error::Timeout { limit, after: deadline, context: None }.in_call(call));
                }
                None => sleep(PAUSE).await,
            }
        };
        let left = deadline.saturating_sub(started.elapsed());
        client.tasks().attach(task).within(left).wait().await?;
        of.get().await
    }
}

impl IntoFuture for GenerateArtifact {
    type Output = Result<Artifact, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// The last tasks that rendered artifacts of the object on the branch.
async fn tasks(client: &Client, target: &str) -> Result<Vec<Task>, Error> {
    let variables = task_list::Variables {
        workflows: Some(vec![Some(WORKFLOW.to_owned())]),
        related: Some(vec![Some(target.to_owned())]),
        branch: Some(client.branch().to_owned()),
        limit: Some(200),
        ..task::no_filter()
    };
    task::read(&client.server_wide(), variables).await
}

impl Client {
    /// The artifact of this name of an object: `client.artifact(&device, "startup-config").download().bytes().await?`.
    ///
    /// Artifacts are defined in a repository; the name is the definition's `artifact_name`.
    pub fn artifact<R: Reference>(&self, target: &R, name: impl Into<String>) -> ArtifactOf
    where
        R::Kind: ArtifactTarget,
    {
        ArtifactOf { client: self.clone(), kind: R::Kind::KIND, key: target.key().0, name: name.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted_client::{Thing, client};
    use serde_json::{Value, json};

    impl ArtifactTarget for Thing {}

    const TARGET: &str = "18e00000-0000-0000-0000-000000000001";

    fn artifact(status: &str, checksum: Option<&str>) -> Value {
        json!({ "node": {
            "id": "artifact-1", "name": { "value": "config" }, "status": { "value": status },
            "content_type": { "value": "text/plain" }, "checksum": { "value": checksum },
            "storage_id": { "value": checksum.map(|_| "stored-1") }, "definition": { "node": { "id": "definition-1" } },
        }})
    }

    /// A definition, and how many of its targets are the object.
    fn definition(id: &str, members: u64) -> Value {
        json!({ "node": { "id": id, "targets": { "node": { "__typename": "CoreStandardGroup", "id": "group-1", "members": { "count": members } } } }})
    }

    fn found(artifacts: &[Value], definitions: &[Value]) -> Value {
        json!({ "data": {
            "CoreArtifact": { "edges": artifacts }, "CoreArtifactDefinition": { "edges": definitions },
        }})
    }

    fn tasks(tasks: &[(&str, &str)]) -> Value {
        let edges = tasks.iter().map(|(id, state)| {
            json!({ "node": {
                "id": id, "title": "Generate artifact", "state": state, "workflow": WORKFLOW, "branch": "main",
                "progress": null, "created_at": "2026-11-24T07:11:13Z", "start_time": null,
                "updated_at": "2026-11-24T07:11:13Z", "related_nodes": [], "error": null, "logs": { "edges": [] },
            }})
        });
        json!({ "data": { "InfrahubTask": { "edges": edges.collect::<Vec<_>>() } }})
    }

    fn of(client: &Client) -> ArtifactOf {
        client.artifact(&crate::id::Id::<Thing>::new(TARGET), "config")
    }

    /// What a request is about.
    fn about(body: &Value) -> &'static str {
        match body["operationName"].as_str() {
            Some("ArtifactOfTarget") => "artifact",
            Some("TaskList") => "tasks",
            _ => "generate",
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_generation_is_awaited_by_the_task_that_was_not_there_before() {
        let (client, received) = client(|number, body| {
            Ok(match (number, about(body)) {
                (0, "artifact") => found(&[artifact("Ready", Some("old"))], &[]),
                (_, "artifact") => found(&[artifact("Ready", Some("new"))], &[]),
                (1, _) | (3, _) => tasks(&[("earlier", "COMPLETED")]),
                (2, "generate") => Value::Null,
                (4, _) => tasks(&[("new", "RUNNING"), ("earlier", "COMPLETED")]),
                _ => tasks(&[("new", "COMPLETED")]),
            })
        });
        let made = of(&client).generate().await.unwrap();
        assert_eq!(made.checksum.as_deref(), Some("new"));
        let received = received.lock().unwrap();
        assert_eq!(received[2], json!({ "nodes": ["artifact-1"] }));
        let asked = &received[3]["variables"];
        assert_eq!((&asked["related"], &asked["workflows"]), (&json!([TARGET]), &json!([WORKFLOW])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_generation_that_never_begins_ends_with_the_time_for_it() {
        let (client, received) = client(|_, body| {
            Ok(match about(body) {
                "artifact" => found(&[], &[definition("definition-2", 0), definition("definition-1", 1)]),
                "tasks" => tasks(&[]),
                _ => Value::Null,
            })
        });
        let error = of(&client).generate().within(Duration::from_secs(10)).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { limit: TimeLimit::ArtifactGeneration, .. }), "{error}");
        let received = received.lock().unwrap();
        // There is none yet, so all of the definition are asked for.
        assert_eq!(received[2], json!({ "nodes": [] }));
        assert_eq!(received.iter().filter(|body| about(body) == "generate").count(), 1);
    }

    #[tokio::test]
    async fn what_no_single_definition_renders_is_not_asked_for() {
        for (definitions, is_none) in [
            (vec![], true),
            (vec![definition("definition-1", 0)], true),
            (vec![definition("definition-1", 1), definition("definition-2", 1)], false),
        ] {
            let (client, received) = client(move |_, _| Ok(found(&[], &definitions)));
            let error = of(&client).generate().await.unwrap_err();
            match error {
                Error::NotFound { .. } => assert!(is_none),
                Error::MoreThanOne { .. } => assert!(!is_none),
                error => panic!("{error}"),
            }
            assert_eq!(received.lock().unwrap().len(), 1);
        }
    }

    #[tokio::test]
    async fn an_artifact_that_was_never_rendered_has_no_content() {
        let (client, _) = client(|_, _| Ok(found(&[artifact("Pending", None)], &[])));
        assert_eq!(of(&client).get().await.unwrap().status, ArtifactStatus::Pending);
        let error = of(&client).download().bytes().await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
        let (client, _) = self::client(|_, _| {
            Ok(found(&[artifact("Ready", Some("a")), artifact("Ready", Some("b"))], &[]))
        });
        let error = of(&client).get().await.unwrap_err();
        assert!(matches!(error, Error::MoreThanOne { .. }), "{error}");
        let (client, _) = self::client(|_, _| Ok(found(&[artifact("Archived", Some("a"))], &[])));
        assert_eq!(of(&client).get().await.unwrap().status, ArtifactStatus::Other("Archived".to_owned()));
    }
}
