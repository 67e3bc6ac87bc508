//! Branches: what they are called, where they come from, what became of them.

use super::history::History;
use super::migrate::Migration;
use super::record::Node;
use super::schema::Broken;
use super::state::State;
use super::{MAIN, NodeId, Outcome, Refused, Store, merge};
use jiff::Timestamp;
use std::sync::Arc;

/// A branch as the server tells of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) id: NodeId,
    pub(crate) name: Arc<str>,
    pub(crate) description: String,
    pub(crate) status: BranchStatus,
    pub(crate) sync_with_git: bool,
    pub(crate) is_default: bool,
    /// Whether its schema is another than that of the default branch.
    pub(crate) has_schema_changes: bool,
    /// The moment of the default branch that it shows.
    pub(crate) branched_from: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Option<NodeId>,
}

/// What may be done with a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BranchStatus {
    /// Everything.
    Open,
    /// It was merged, and is only read.
    Merged,
}

impl BranchStatus {
    /// The status as the server spells it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Merged => "MERGED",
        }
    }
}

/// What a client says of a new branch.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewBranch {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) sync_with_git: bool,
    pub(crate) author: Option<NodeId>,
}

/// A branch with all that was ever on it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) branch: Branch,
    /// What the default branch was when the branch left it.
    pub(crate) base: State,
    /// Whether there were conflicts when the difference from the default branch was worked out last.
    has_known_conflicts: bool,
    history: History,
    latest: State,
}

impl Line {
    /// A branch that begins with this state.
    pub(crate) fn new(branch: Branch, state: State) -> Self {
        let history = History::new(branch.created_at, state.clone());
        Self { branch, base: state.clone(), has_known_conflicts: false, history, latest: state }
    }

    /// What is on it now.
    pub(crate) fn latest(&self) -> &State {
        &self.latest
    }

    /// What was on it at a moment; `None` before it was made.
    pub(crate) fn at(&self, time: Timestamp) -> Option<State> {
        self.history.at(time)
    }

    /// Puts a new state on it.
    pub(crate) fn push(&mut self, time: Timestamp, state: State) {
        self.history.add(time, &self.latest, &state);
        self.latest = state;
    }
}

/// Something that was changed on a branch and on the default branch, differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// Where, as the server writes it: `data/<id>/description/value`.
    pub(crate) path: String,
    /// The object.
    pub(crate) node: NodeId,
    /// Its kind.
    pub(crate) kind: Arc<str>,
}

impl Store {
    /// Every branch, the default branch first, the others by name.
    pub(crate) fn branches(&self) -> Vec<Branch> {
        let mut branches: Vec<Branch> = self.lines.values().map(|line| self.described(line)).collect();
        branches.sort_by_key(|branch| (!branch.is_default, branch.name.clone()));
        branches
    }

    /// The branch of that name.
    pub(crate) fn branch(&self, name: &str) -> Outcome<Branch> {
        Ok(self.described(self.line(name)?))
    }

    fn described(&self, line: &Line) -> Branch {
        let has_schema_changes =
            self.line(MAIN).is_ok_and(|main| !merge::same_schema(&main.latest, &line.latest));
        Branch { has_schema_changes, ..line.branch.clone() }
    }

    /// Makes a branch of the default branch.
    pub(crate) fn create_branch(&mut self, new: NewBranch) -> Outcome<Branch> {
        check_name(&new.name)?;
        if self.lines.contains_key(new.name.as_str()) {
            return Err(Refused::invalid(format!("The branch {} already exists", new.name)).into());
        }
        let state = self.line(MAIN)?.latest.clone();
        let now = self.clock.time();
        let branch = Branch {
            id: self.clock.id(),
            name: Arc::from(new.name),
            description: new.description,
            status: BranchStatus::Open,
            sync_with_git: new.sync_with_git,
            is_default: false,
            has_schema_changes: false,
            branched_from: now,
            created_at: now,
            created_by: new.author,
        };
        self.lines.insert(branch.name.clone(), Arc::new(Line::new(branch.clone(), state)));
        Ok(branch)
    }

    /// Changes the description of a branch; `None` leaves it.
    pub(crate) fn describe_branch(&mut self, name: &str, description: Option<String>) -> Outcome<Branch> {
        self.line(name)?;
        if let (Some(description), Some(line)) = (description, self.lines.get_mut(name)) {
            Arc::make_mut(line).branch.description = description;
        }
        self.branch(name)
    }

    /// Deletes a branch.
    pub(crate) fn delete_branch(&mut self, name: &str) -> Outcome<()> {
        if self.line(name)?.branch.is_default {
            return Err(Refused::invalid(format!("Unable to delete {name} it is the default branch.")).into());
        }
        self.lines.remove(name);
        Ok(())
    }

    /// What a branch and the default branch changed differently since the branch left it.
    pub(crate) fn conflicts(&self, name: &str) -> Outcome<Vec<Conflict>> {
        let line = self.line(name)?;
        Ok(merge::conflicts(&line.base, self.line(MAIN)?.latest(), line.latest()))
    }

    /// The paths of the conflicts; what was found is what a validation looks at from now on.
    fn work_out_conflicts(&mut self, name: &str) -> Outcome<Vec<String>> {
        let paths: Vec<String> = self.conflicts(name)?.into_iter().map(|conflict| conflict.path).collect();
        if let Some(line) = self.lines.get_mut(name) {
            Arc::make_mut(line).has_known_conflicts = !paths.is_empty();
        }
        Ok(paths)
    }

    /// Says whether a branch has conflicts, as far as a rebase or a merge has found out: the server works out no
    /// difference for it.
    pub(crate) fn validate_branch(&self, name: &str) -> Outcome<Branch> {
        if self.line(name)?.has_known_conflicts {
            return Err(Refused::invalid("branch has some conflicts").into());
        }
        self.branch(name)
    }

    /// Brings a branch to where the default branch is now, and keeps its changes.
    pub(crate) fn rebase_branch(&mut self, name: &str) -> Outcome<Branch> {
        let line = self.line(name)?;
        refuse_default(line, "rebase")?;
        if line.branch.status == BranchStatus::Merged {
            let message = format!("Branch '{name}' has been merged and is read-only. Rebase is not allowed.");
            return Err(Refused::invalid(message).into());
        }
        let paths = self.work_out_conflicts(name)?;
        if !paths.is_empty() {
            return Err(Refused::invalid(format!(
                "Branch {name} contains conflicts with the default branch that must be addressed before rebasing. \
                 Resolve these conflicts in favor of the branch, in a proposed change or with the ResolveDiffConflict \
                 mutation: {}.",
                paths.join(", ")
            ))
            .into());
        }
        let (line, main) = (self.line(name)?, self.line(MAIN)?.latest().clone());
        let mut rebased = merge::onto(&line.base, &main, line.latest())?;
        self.check_together(line, &rebased, Broken::at_its_place)?;
        let before = line.base.catalogue.clone();
        let now = self.clock.time();
        Migration { before: &before, clock: &mut self.clock, now, author: None }.run(&mut rebased);
        if let Some(line) = self.lines.get_mut(name) {
            let line = Arc::make_mut(line);
            line.base = main;
            line.branch.branched_from = now;
            line.push(now, rebased);
        }
        self.branch(name)
    }

    /// Brings the changes of a branch to the default branch. The branch stays, and takes no more writes.
    pub(crate) fn merge_branch(&mut self, name: &str, author: Option<NodeId>) -> Outcome<Branch> {
        let line = self.line(name)?;
        refuse_default(line, "merge")?;
        if line.branch.status == BranchStatus::Merged {
            return Err(Refused::invalid(format!("Branch '{name}' has already been merged")).into());
        }
        if !self.work_out_conflicts(name)?.is_empty() {
            return Err(Refused::invalid(format!(
                "Branch {name} contains conflicts with the default branch. Please create a Proposed Change to resolve \
                 the conflicts or manually update them before merging."
            ))
            .into());
        }
        let line = self.line(name)?;
        let main = self.line(MAIN)?;
        let mut merged = merge::onto(&line.base, main.latest(), line.latest())?;
        self.check_together(line, &merged, Broken::message)?;
        let (main, before) = (main.latest().clone(), line.base.catalogue.clone());
        let now = self.clock.time();
        Migration { before: &before, clock: &mut self.clock, now, author }.run(&mut merged);
        for id in merge::changed_nodes(&main, &merged) {
            if let Some(node) = merged.node(id).cloned() {
                let metadata = node.metadata.updated(now, author);
                merged.put_node(Node { metadata, ..Node::clone(&node) });
            }
        }
        for (name, is_source) in [(MAIN, false), (name, true)] {
            let Some(line) = self.lines.get_mut(name) else { continue };
            let line = Arc::make_mut(line);
            if is_source {
                line.branch.status = BranchStatus::Merged;
            } else {
                line.push(now, merged.clone());
            }
        }
        self.branch(name)
    }
}

fn refuse_default(line: &Line, what: &str) -> Result<(), Refused> {
    if line.branch.is_default {
        return Err(Refused::lacking(format!("the {what} of the default branch")));
    }
    Ok(())
}

/// A branch has a name that git could have.
fn check_name(name: &str) -> Result<(), Refused> {
    let is_odd = |letter: char| letter.is_ascii_control() || " ~^:?*[".contains(letter);
    let rules = [
        (name.contains("/."), "/."),
        (name.contains(".."), ".."),
        (name.starts_with('/'), "starts with /"),
        (name.contains("//"), "//"),
        (name.contains("@{"), "@{"),
        (name.contains('\\'), "backslash (\\)"),
        (name.contains(is_odd), "disallowed ASCII characters/patterns"),
        (name.ends_with(".lock"), "ends with .lock"),
        (name.ends_with('/'), "ends with /"),
        (name.ends_with('.'), "ends with ."),
    ];
    let broken: Vec<&str> = rules.iter().filter(|(is_broken, _)| *is_broken).map(|(_, what)| *what).collect();
    if !broken.is_empty() {
        let message = format!("Branch name contains invalid patterns or characters: {}", broken.join(", "));
        return Err(Refused::invalid(message));
    }
    let length = name.chars().count();
    if !(3..=250).contains(&length) {
        let limit = if length < 3 { "least 3" } else { "most 250" };
        let message = format!("invalid field name: String should have at {limit} characters");
        return Err(Refused::invalid(message));
    }
    Ok(())
}
