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
    constraint: Constraint,
    violation: Violation,
}

impl Broken {
    /// What does not comply, as a load and a merge tell it.
    pub(crate) fn message(&self) -> String {
        self.violation.message.clone()
    }

    /// The same with the constraint and the object, as a rebase tells it.
    pub(crate) fn at_its_place(&self) -> String {
        let Constraint { field, rule, .. } = &self.constraint;
        let Violation { node, kind, message } = &self.violation;
        let (name, property) = (rule.name(), rule.property().unwrap_or("None"));
        format!("{message} for constraint {name} {field} {property} and node {node} {kind}")
    }
}

/// Everything that is broken.
fn broken(case: &Case<'_>, constraints: Vec<Constraint>) -> Outcome<Vec<Broken>> {
    let mut broken = Vec::new();
    for constraint in constraints {
        for violation in case.violations(&constraint)? {
            broken.push(Broken { constraint: constraint.clone(), violation });
        }
    }
    Ok(broken)
}

fn refuse(broken: &[Broken], told: fn(&Broken) -> String) -> Outcome<()> {
    if broken.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = broken.iter().map(told).collect();
    Err(Refused::invalid(told.join(",\n")).into())
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
        refuse(&broken(&case, constraints)?, Broken::message)
    }

    /// Whether the changes of a branch comply once they are together with those of the default branch. What moves data
    /// is not looked at where the schema asks for it, as the server forgets it.
    ///
    /// # Errors
    /// All that does not comply, in one message.
    pub(crate) fn check_together(
        &self,
        line: &Line,
        merged: &State,
        told: fn(&Broken) -> String,
    ) -> Outcome<()> {
        let before = line.base.catalogue.schema();
        let mut constraints = compliance::asked_of_changes(&line.base, line.latest(), &merged.catalogue);
        for after in [line.latest(), self.line(MAIN)?.latest()] {
            let anew = compliance::asked_anew(before, after.catalogue.schema());
            let anew = anew.into_iter().filter(|constraint| !constraint.rule.is_migration());
            for constraint in anew {
                if !constraints.contains(&constraint) {
                    constraints.push(constraint);
                }
            }
        }
        let wanted = &merged.catalogue;
        let case = Case { own: line.latest(), wide: merged, base: Some(&line.base), wanted };
        refuse(&broken(&case, constraints)?, told)
    }

    /// What a branch shows with what is newer on the default branch.
    fn with_newer(&self, line: &Line) -> Outcome<State> {
        if line.branch.is_default {
            return Ok(line.latest().clone());
        }
        // where both have another schema, the branch as it is must do
        let merged = merge::onto(&line.base, self.line(MAIN)?.latest(), line.latest());
        Ok(merged.unwrap_or_else(|_| line.latest().clone()))
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
