//! What the server begins of itself after a write.

use super::Job;
use crate::artifact::{DEFINITION, Targets};
use crate::repository::{self, Cause, Import};
use crate::state::World;
use crate::store::{Arguments, MAIN, NodeId, Object, Outcome, Refused, Write, Written};
use serde_json::{Value, json};

impl World {
    /// Does what follows from the write of an object, which was as in `before` if it was there.
    ///
    /// # Errors
    /// A new repository that is not there is refused, and gone again.
    pub(crate) fn follow(
        &mut self,
        write: &Write<'_>,
        before: Option<&Object>,
        written: &mut Written,
    ) -> Outcome<()> {
        let Some(object) = written.object() else { return Ok(()) };
        match object.kind() {
            repository::READ_WRITE | repository::READ_ONLY if written.created => {
                self.add_repository(write, &object, written)
            }
            repository::READ_ONLY => {
                let reference = |object: &Object| object.attribute("ref").map(|attribute| attribute.value);
                if before.and_then(reference) != reference(&object) {
                    let (branch, author) = (write.branch, write.author);
                    self.submit(Job::Import(Import::of(&object, branch, Cause::OtherReference, author)));
                }
                Ok(())
            }
            DEFINITION => {
                self.submit(Job::Generate(Targets::all(&object, write.branch, write.author)));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn add_repository(&mut self, write: &Write<'_>, object: &Object, written: &mut Written) -> Outcome<()> {
        let (branch, kind, author) = (write.branch, object.kind(), write.author);
        let id = ("id".to_owned(), Value::from(object.id()));
        if let Err(why) = repository::check(object) {
            let data = Arguments::from_iter([id]);
            self.store.delete(&Write { branch, kind, data: &data, author, file: None })?;
            return Err(Refused::invalid(why.failure(&object.text("name")).message).into());
        }
        let status = if branch == MAIN { "active" } else { "staging" };
        let data = Arguments::from_iter([id, ("internal_status".to_owned(), json!({ "value": status }))]);
        written.view = self.store.update(&Write { branch, kind, data: &data, author, file: None })?.view;
        self.submit(Job::Import(Import::of(object, branch, Cause::New, author)));
        Ok(())
    }

    /// Begins the rendering of all artifacts of a branch.
    pub(super) fn generate_all(&mut self, branch: &str, author: Option<NodeId>) {
        let view = self.store.view(branch);
        let definitions = view.and_then(|view| view.find(DEFINITION, &Arguments::new()));
        // a branch without such a kind has no artifacts
        for definition in definitions.into_iter().flat_map(|found| found.items) {
            self.submit(Job::Generate(Targets::all(&definition, branch, author)));
        }
    }
}
