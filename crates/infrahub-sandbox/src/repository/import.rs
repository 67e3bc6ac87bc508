//! From what a repository declares to objects of the store.

use super::contents::Contents;
use super::settings::{Definition, Transform};
use crate::artifact::DEFINITION;
use crate::loading::{self, Rejected};
use crate::store::{Arguments, NodeId, Object, Outcome, Store, Write};
use crate::tasks::Failure;
use serde_json::{Value, json};

const QUERY: &str = "CoreGraphQLQuery";
const TRANSFORM: &str = "CoreTransformJinja2";

/// Puts contents into a branch.
pub(super) struct Importer<'a> {
    pub(super) store: &'a mut Store,
    pub(super) branch: &'a str,
    pub(super) repository: NodeId,
    pub(super) name: &'a str,
    pub(super) author: Option<NodeId>,
}

/// An object of a repository that is in the store now.
pub(super) struct Put {
    pub(super) id: NodeId,
    pub(super) is_changed: bool,
}

impl Importer<'_> {
    /// Makes what is new, changes what differs, and deletes what is not declared any more, save definitions. Gives the
    /// definitions.
    pub(super) fn put(mut self, contents: &Contents) -> Result<Vec<Put>, Failure> {
        let Contents { settings, schemas, queries } = contents;
        if !schemas.is_empty() {
            self.load(schemas)?;
        }
        let mut stale_queries = self.own(QUERY)?;
        for (declared, text) in settings.queries.iter().zip(queries) {
            let existing = take(&mut stale_queries, &declared.name);
            let values = [("name", json!(declared.name)), ("query", json!(text))];
            self.write(QUERY, existing.as_ref(), &values, &[("repository", self.name)])?;
        }
        let mut stale_transforms = self.own(TRANSFORM)?;
        for declared in &settings.transforms {
            let existing = take(&mut stale_transforms, &declared.name);
            self.transform(declared, existing.as_ref())?;
        }
        let mut definitions = Vec::new();
        for declared in &settings.definitions {
            definitions.push(self.definition(declared)?);
        }
        self.delete(TRANSFORM, &stale_transforms)?;
        self.delete(QUERY, &stale_queries)?;
        Ok(definitions)
    }

    /// Loads schema files.
    fn load(&mut self, files: &[Value]) -> Result<(), Failure> {
        let view = self.store.view(self.branch)?;
        let loaded = loading::load(view.schema(), &json!({ "schemas": files })).map_err(|rejected| {
            let words = match rejected {
                Rejected::Structure(places) => Value::Array(places).to_string(),
                Rejected::Words(words) => words,
            };
            Failure::new("ValidationError", format!("Unable to load the schema : {words}"))
        })?;
        if loaded.is_changed() {
            let outcome = self.store.load_schema(self.branch, loaded.schema, None);
            let refused =
                |words| Failure::new("ValidationError", format!("Unable to load the schema : {words}"));
            outcome.map_err(refused)?;
        }
        Ok(())
    }

    fn transform(&mut self, declared: &Transform, existing: Option<&Object>) -> Outcome<Put> {
        let values = [
            ("name", json!(declared.name)),
            ("template_path", json!(declared.template_path)),
            ("description", json!(declared.description)),
        ];
        let peers = [("query", declared.query.as_str()), ("repository", self.name)];
        self.write(TRANSFORM, existing, &values, &peers)
    }

    fn definition(&mut self, declared: &Definition) -> Outcome<Put> {
        let existing = self.find(DEFINITION, "name__value", json!(declared.name))?.into_iter().next();
        let values = [
            ("name", json!(declared.name)),
            ("artifact_name", json!(declared.artifact_name)),
            ("parameters", declared.parameters.clone()),
            ("content_type", json!(declared.content_type)),
        ];
        let peers =
            [("targets", declared.targets.as_str()), ("transformation", declared.transformation.as_str())];
        self.write(DEFINITION, existing.as_ref(), &values, &peers)
    }

    /// Makes an object, or changes what of it differs. Peers are given by their names.
    fn write(
        &mut self,
        kind: &str,
        existing: Option<&Object>,
        values: &[(&str, Value)],
        peers: &[(&str, &str)],
    ) -> Outcome<Put> {
        let source = self.repository.to_string();
        let mut data = Arguments::new();
        for (field, value) in values {
            let now = existing.and_then(|object| object.attribute(field));
            if now.is_none_or(|now| now.value != *value) {
                let said = json!({ "value": value, "source": source, "is_protected": true });
                data.insert((*field).to_owned(), said);
            }
        }
        for (field, peer) in peers {
            let now = existing.and_then(|object| object.peer(field));
            if now.is_none_or(|now| now.object.text("name") != *peer) {
                let said =
                    json!({ "id": peer, "_relation__source": source, "_relation__is_protected": true });
                data.insert((*field).to_owned(), said);
            }
        }
        let (branch, author) = (self.branch, self.author);
        let Some(existing) = existing else {
            let made = self.store.create(&Write { branch, kind, data: &data, author, file: None })?;
            return Ok(Put { id: made.id, is_changed: true });
        };
        let is_changed = !data.is_empty();
        if is_changed {
            data.insert("id".to_owned(), existing.id().into());
            self.store.update(&Write { branch, kind, data: &data, author, file: None })?;
        }
        Ok(Put { id: existing.id(), is_changed })
    }

    fn delete(&mut self, kind: &str, stale: &[Object]) -> Outcome<()> {
        for object in stale {
            let data = Arguments::from_iter([("id".to_owned(), Value::from(object.id()))]);
            let (branch, author) = (self.branch, self.author);
            self.store.delete(&Write { branch, kind, data: &data, author, file: None })?;
        }
        Ok(())
    }

    /// What the store has of the repository.
    fn own(&self, kind: &str) -> Outcome<Vec<Object>> {
        self.find(kind, "repository__ids", json!([self.repository.to_string()]))
    }

    fn find(&self, kind: &str, filter: &str, value: Value) -> Outcome<Vec<Object>> {
        let arguments = Arguments::from_iter([(filter.to_owned(), value)]);
        Ok(self.store.view(self.branch)?.find(kind, &arguments)?.items)
    }
}

/// Takes the object of that name out of a list.
fn take(objects: &mut Vec<Object>, name: &str) -> Option<Object> {
    let place = objects.iter().position(|object| object.text("name") == name)?;
    Some(objects.remove(place))
}
