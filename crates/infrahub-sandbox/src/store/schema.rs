//! The schema of a branch, and another in its place.

use super::branch::Line;
use super::catalogue::Catalogue;
use super::compliance::{self, Case, Constraint, Violation};
use super::migrate::Migration;
use super::state::State;
use super::{MAIN, NodeId, Outcome, Refused, Store, merge, seed};
use infrahub_schema::Schema;
use std::sync::Arc;

/// A constraint that is not kept.
pub(crate) struct Broken {
    pub(crate) constraint: Constraint,
    pub(crate) violation: Violation,
}

impl Broken {
    /// All about it, as the server tells where a branch is not rebased.
    pub(crate) fn told(&self) -> String {
        let Constraint { field, rule, .. } = &self.constraint;
        let Violation { node, kind, message } = &self.violation;
        let (name, property) = (rule.name(), rule.property().unwrap_or("None"));
        format!("{message} for constraint {name} {field} {property} and node {node} {kind}")
    }
}

impl Store {
    /// Says what a schema would break if it were loaded into a branch.
    ///
    /// # Errors
    /// All that is wrong, in one message: changes that no schema can have, or else the objects that do not comply.
    pub(crate) fn check_schema(&self, branch: &str, schema: &Schema) -> Outcome<()> {
        let line = self.line(branch)?;
        let before = line.latest().catalogue.schema();
        let unsupported = compliance::unsupported(before, schema);
        if !unsupported.is_empty() {
            return Err(Refused::invalid(unsupported.join(", ")).into());
        }
        let constraints = compliance::asked_anew(before, schema);
        if constraints.is_empty() {
            return Ok(());
        }
        let wide = self.with_newer(line)?;
        let wanted = Catalogue::new(schema.clone());
        let base = (!line.branch.is_default).then_some(&line.base);
        let case = Case { own: line.latest(), wide: &wide, base, wanted: &wanted };
        let mut messages = Vec::new();
        for constraint in &constraints {
            messages.extend(case.violations(constraint)?.into_iter().map(|violation| violation.message));
        }
        if messages.is_empty() { Ok(()) } else { Err(Refused::invalid(messages.join(",\n")).into()) }
    }

    /// What does not comply once the changes of a branch come together with those of the default branch. What moves data
    /// is not looked at where the schema asks for it, as the server forgets it.
    pub(crate) fn broken_together(&self, line: &Line, merged: &State) -> Outcome<Vec<Broken>> {
        let schema = |state: &State| state.catalogue.schema().clone();
        let before = schema(&line.base);
        let mut constraints = compliance::asked_of_changes(&line.base, line.latest(), &merged.catalogue);
        for after in [schema(line.latest()), schema(self.line(MAIN)?.latest())] {
            let anew = compliance::asked_anew(&before, &after);
            constraints.extend(anew.into_iter().filter(|constraint| !constraint.rule.is_migration()));
        }
        let case =
            Case { own: line.latest(), wide: merged, base: Some(&line.base), wanted: &merged.catalogue };
        let mut broken = Vec::new();
        let mut seen = Vec::new();
        for constraint in constraints {
            if seen.contains(&constraint) {
                continue;
            }
            for violation in case.violations(&constraint)? {
                broken.push(Broken { constraint: constraint.clone(), violation });
            }
            seen.push(constraint);
        }
        Ok(broken)
    }

    /// What a branch shows with what is newer on the default branch.
    fn with_newer(&self, line: &Line) -> Outcome<State> {
        let main = self.line(MAIN)?.latest();
        // where both have another schema, the branch as it is must do
        let merged = merge::onto(&line.base, main, line.latest());
        Ok(if line.branch.is_default {
            main.clone()
        } else {
            merged.unwrap_or_else(|_| line.latest().clone())
        })
    }

    /// Loads a schema into a branch: the objects there are migrated.
    ///
    /// # Errors
    /// As [`Store::check_schema`]; nothing is changed then.
    pub(crate) fn load_schema(
        &mut self,
        branch: &str,
        schema: Schema,
        author: Option<NodeId>,
    ) -> Outcome<()> {
        self.writable(branch)?;
        self.check_schema(branch, &schema)?;
        self.set_schema(branch, schema, author)
    }

    /// Gives a branch another schema, whether its objects comply or not.
    pub(crate) fn set_schema(&mut self, branch: &str, schema: Schema, author: Option<NodeId>) -> Outcome<()> {
        let before = self.writable(branch)?.clone();
        let now = self.clock.time();
        let mut state = before.under(Arc::new(Catalogue::new(schema)));
        let mut migration = Migration { before: &before.catalogue, clock: &mut self.clock, now, author };
        migration.run(&mut state);
        if let Some(line) = self.lines.get_mut(branch) {
            Arc::make_mut(line).push(now, state);
        }
        if branch == MAIN {
            seed::plant_number_pools(self);
            self.number_objects(author);
        }
        Ok(())
    }
}
