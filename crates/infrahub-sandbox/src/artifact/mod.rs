//! Artifacts: texts that are rendered for each member of a group, from a query and a template of a repository.

mod render;

pub(crate) use render::{Template, Unrendered};

use crate::objects::hexadecimal;
use crate::state::{State, World};
use crate::store::{Arguments, NodeId, Object, Outcome, Refused, Store, Write};
use crate::tasks::{About, Failure, Purpose};
use crate::work::Job;
use md5::{Digest, Md5};
use render::Variables;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const ARTIFACT: &str = "CoreArtifact";
pub(crate) const DEFINITION: &str = "CoreArtifactDefinition";

/// What begins the rendering of the artifacts of a definition: all of them, or some.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    branch: String,
    definition: NodeId,
    name: String,
    /// Ids of artifacts; empty for all.
    only: Vec<String>,
    author: Option<NodeId>,
}

/// The rendering of the artifact of one object.
#[derive(Debug, Clone)]
pub(crate) struct Rendering {
    branch: String,
    definition: NodeId,
    name: String,
    content_type: String,
    target: About,
    template: Template,
    variables: Variables,
    author: Option<NodeId>,
}

impl Targets {
    pub(crate) fn all(definition: &Object, branch: &str, author: Option<NodeId>) -> Self {
        Self::only(definition, branch, Vec::new(), author)
    }

    /// Of the artifacts with these ids; of all where there are none.
    pub(crate) fn only(definition: &Object, branch: &str, only: Vec<String>, author: Option<NodeId>) -> Self {
        let (definition, name) = (definition.id(), definition.text("name"));
        Self { branch: branch.to_owned(), definition, name, only, author }
    }

    pub(crate) fn purpose(&self) -> Purpose {
        let title = format!("Trigger Generation of Artifacts for {}", self.name);
        let workflow = "request_artifact_definitions_generate";
        Purpose { title, workflow, branch: self.branch.clone(), about: None }
    }

    /// Begins a task for each artifact. Those of objects that are no targets any more are deleted.
    pub(crate) fn perform(self, world: &mut World) -> Result<(), Failure> {
        let view = world.store.view(&self.branch)?;
        let definition = view.get(self.definition);
        let definition =
            definition.ok_or_else(|| Failure::from(Refused::not_found(DEFINITION, self.definition)))?;
        let artifacts = definition.peers("artifacts", &Arguments::new())?.items.into_iter();
        let mut by_target: BTreeMap<NodeId, Object> = artifacts
            .filter_map(|artifact| Some((artifact.object.peer("object")?.object.id(), artifact.object)))
            .collect();
        let members = match definition.peer("targets") {
            Some(group) => group.object.peers("members", &Arguments::new())?.items,
            None => Vec::new(),
        };
        for member in members {
            let member = member.object;
            let artifact = by_target.remove(&member.id()).map(|artifact| artifact.id().to_string());
            if self.only.is_empty() || artifact.is_some_and(|artifact| self.only.contains(&artifact)) {
                world.submit(Job::Render(self.rendering(&definition, &member)?));
            }
        }
        if self.only.is_empty() {
            for stale in by_target.into_values() {
                let data = Arguments::from_iter([("id".to_owned(), Value::from(stale.id()))]);
                world.store.delete(&self.write(ARTIFACT, &data))?;
            }
        }
        Ok(())
    }

    fn rendering(&self, definition: &Object, target: &Object) -> Result<Rendering, Failure> {
        let transformation = definition.peer("transformation");
        let transformation = transformation
            .ok_or_else(|| Failure::new("ValidationError", "the definition has no transformation"))?;
        let parameters = definition.attribute("parameters").map(|attribute| attribute.value);
        let parameters = parameters.and_then(|parameters| parameters.as_object().cloned());
        let value = |path: &Value| path.as_str().map_or(Value::Null, |path| target.at_path(path));
        let variables = parameters.unwrap_or_default();
        let variables = variables.iter().map(|(name, path)| (name.clone(), value(path))).collect();
        Ok(Rendering {
            branch: self.branch.clone(),
            definition: self.definition,
            name: definition.text("artifact_name"),
            content_type: definition.text("content_type"),
            target: target.into(),
            template: Template::of(&transformation.object)?,
            variables,
            author: self.author,
        })
    }

    fn write<'a>(&'a self, kind: &'a str, data: &'a Arguments) -> Write<'a> {
        Write { branch: &self.branch, kind, data, author: self.author, file: None }
    }
}

impl Rendering {
    pub(crate) fn purpose(&self) -> Purpose {
        Purpose {
            title: format!("Generate artifact {}", self.name),
            workflow: "artifact-generate",
            branch: self.branch.clone(),
            about: Some(self.target.clone()),
        }
    }

    pub(crate) async fn perform(self, state: &Arc<State>) -> Result<(), Failure> {
        let artifact = self.artifact(&mut state.world().store)?;
        let rendered = self.template.render(state, &self.branch, None, self.variables.clone()).await;
        let mut world = state.world();
        match rendered {
            Ok(content) => Ok(self.keep(&mut world, &artifact, content)?),
            Err(unrendered) => {
                self.change(&mut world.store, &artifact, &[("status", "Error")])?;
                Err(unrendered.into())
            }
        }
    }

    /// The artifact, which is made where there is none.
    fn artifact(&self, store: &mut Store) -> Outcome<Object> {
        let filter = json!({
            "definition__ids": [self.definition.to_string()], "object__ids": [self.target.id.to_string()],
        });
        let filter = filter.as_object().cloned().unwrap_or_default();
        let found = store.view(&self.branch)?.find(ARTIFACT, &filter)?.items.into_iter().next();
        if let Some(artifact) = found {
            return Ok(artifact);
        }
        let mut data =
            values(&[("name", &self.name), ("status", "Pending"), ("content_type", &self.content_type)]);
        data.insert("object".to_owned(), json!({ "id": self.target.id.to_string() }));
        data.insert("definition".to_owned(), json!({ "id": self.definition.to_string() }));
        let made = store.create(&self.write(&data))?;
        Ok(made.object().ok_or_else(|| Refused::not_found(ARTIFACT, made.id))?)
    }

    /// Stores the content, unless it is what is stored already.
    fn keep(&self, world: &mut World, artifact: &Object, content: String) -> Outcome<()> {
        let checksum = hexadecimal(&Md5::digest(&content));
        let is_stored = world.objects.get(&artifact.text("storage_id")).is_some();
        if is_stored && artifact.text("checksum") == checksum {
            return Ok(());
        }
        let storage_id = world.objects.put(content.into_bytes());
        let changes = [
            ("name", self.name.as_str()),
            ("status", "Ready"),
            ("content_type", &self.content_type),
            ("checksum", &checksum),
            ("storage_id", &storage_id),
        ];
        self.change(&mut world.store, artifact, &changes)
    }

    fn change(&self, store: &mut Store, artifact: &Object, changes: &[(&str, &str)]) -> Outcome<()> {
        let mut data = values(changes);
        data.insert("id".to_owned(), artifact.id().into());
        store.update(&self.write(&data))?;
        Ok(())
    }

    fn write<'a>(&'a self, data: &'a Arguments) -> Write<'a> {
        Write { branch: &self.branch, kind: ARTIFACT, data, author: self.author, file: None }
    }
}

fn values(values: &[(&str, &str)]) -> Map<String, Value> {
    values.iter().map(|(name, value)| ((*name).to_owned(), json!({ "value": value }))).collect()
}
