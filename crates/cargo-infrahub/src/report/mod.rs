//! Differences between two schemas as they are shown.

mod json;
mod markdown;
mod text;

use crate::Outcome;
use crate::arguments::{DifferenceArguments, Format};
use crate::failure::Failure;
use crate::text::line;
use infrahub_schema::{Change, Difference, Schema, SchemaDiff, kind_matches};

/// Differences that are shown.
pub(crate) struct Report {
    diff: SchemaDiff,
    /// How many others there are.
    left_out: usize,
}

impl Report {
    /// All differences.
    pub(crate) fn all(old: &Schema, new: &Schema) -> Self {
        Self { diff: SchemaDiff::between(old, new), left_out: 0 }
    }

    /// The differences that are asked for.
    pub(crate) fn asked_for(
        old: &Schema,
        new: &Schema,
        arguments: &DifferenceArguments,
    ) -> Result<Self, Failure> {
        for pattern in &arguments.kinds {
            if !old.kinds.keys().chain(new.kinds.keys()).any(|kind| kind_matches(pattern, kind)) {
                return Err(Failure::Other(format!(
                    "no kind of either schema matches `{}`; `cargo infrahub kinds` lists those of the snapshot",
                    line(pattern)
                )));
            }
        }
        let mut diff = SchemaDiff::between(old, new);
        let all = diff.len();
        if arguments.breaking_only {
            diff = diff.breaking_only();
        }
        if !arguments.kinds.is_empty() {
            diff = diff.only_kinds(&arguments.kinds);
        }
        Ok(Self { left_out: all - diff.len(), diff })
    }

    /// Leaves out the other changes.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Change) -> bool) {
        let before = self.diff.len();
        self.diff.retain(keep);
        self.left_out += before - self.diff.len();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.diff.is_empty()
    }

    /// Prints the differences, and says whether there are any.
    pub(crate) fn show(&self, format: Format) -> Result<Outcome, Failure> {
        crate::text::print(&self.render(format))?;
        Ok(if self.is_empty() { Outcome::Same } else { Outcome::Drift })
    }

    /// The differences as text that ends with a line end.
    pub(crate) fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Json => json::render(self),
            Format::Markdown => markdown::render(self),
        }
    }
}

/// A change with those that only follow from it.
struct Entry<'d> {
    change: &'d Change,
    followers: Vec<&'d Change>,
}

impl<'d> Entry<'d> {
    /// The entries of a difference in the order of their changes.
    fn all(diff: &'d SchemaDiff) -> Vec<Entry<'d>> {
        let mut entries: Vec<Entry<'d>> = Vec::new();
        let is_origin = |change: &Change| diff.origin_of(change).is_none();
        entries.extend(
            diff.iter()
                .filter(|change| is_origin(change))
                .map(|change| Entry { change, followers: Vec::new() }),
        );
        for change in diff {
            let Some(origin) = diff.origin_of(change) else { continue };
            if let Some(entry) = entries.iter_mut().find(|entry| std::ptr::eq(entry.change, origin)) {
                entry.followers.push(change);
            }
        }
        entries
    }

    /// The change and those that follow from it.
    fn changes(&self) -> impl Iterator<Item = &'d Change> {
        std::iter::once(self.change).chain(self.followers.iter().copied())
    }

    /// Why it breaks programs, if it does.
    fn breaks_programs(&self) -> Option<&'d str> {
        self.changes()
            .map(|change| &change.programs)
            .find(|impact| impact.breaking)
            .map(|impact| impact.reason.as_ref())
    }

    /// Why it breaks data, if it does.
    fn breaks_data(&self) -> Option<&'d str> {
        self.changes()
            .map(|change| &change.data)
            .find(|impact| impact.breaking)
            .map(|impact| impact.reason.as_ref())
    }

    /// The kinds of the changes that follow, each once.
    fn following_kinds(&self) -> Vec<&'d str> {
        let mut kinds: Vec<&str> = self.followers.iter().map(|change| change.kind.as_str()).collect();
        kinds.dedup();
        kinds
    }
}

/// How many changes there are.
struct Summary {
    /// Those that follow from no other.
    changes: usize,
    /// Those that follow from another.
    following: usize,
    /// Of the first, how many break programs, be it through those that follow.
    break_programs: usize,
    /// The same for data.
    break_data: usize,
    /// How many more there are that are not shown, with those that follow.
    left_out: usize,
}

impl Summary {
    fn of(entries: &[Entry<'_>], report: &Report) -> Summary {
        Summary {
            changes: entries.len(),
            following: entries.iter().map(|entry| entry.followers.len()).sum(),
            break_programs: entries.iter().filter(|entry| entry.breaks_programs().is_some()).count(),
            break_data: entries.iter().filter(|entry| entry.breaks_data().is_some()).count(),
            left_out: report.left_out,
        }
    }

    fn line(&self) -> String {
        let left_out = match self.left_out {
            0 => String::new(),
            1 => "; 1 other is left out".to_owned(),
            count => format!("; {count} others are left out"),
        };
        if self.changes == 0 {
            let asked_for = if self.left_out == 0 { "" } else { " of those asked for" };
            return format!("no differences{asked_for}{left_out}");
        }
        let following = match self.following {
            0 => String::new(),
            1 => " and 1 that follows from them".to_owned(),
            count => format!(" and {count} that follow from them"),
        };
        let broken = |count: usize, what: &str| match count {
            0 => format!("none breaks {what}"),
            1 => format!("1 breaks {what}"),
            count => format!("{count} break {what}"),
        };
        let changes = if self.changes == 1 { "change" } else { "changes" };
        format!(
            "{} {changes}{following}: {}, {}{left_out}",
            self.changes,
            broken(self.break_programs, "programs"),
            broken(self.break_data, "data")
        )
    }
}

/// `+` for what came, `-` for what went, `~` for the rest.
fn mark(what: &Difference) -> char {
    match what {
        Difference::KindAdded { .. }
        | Difference::AttributeAdded { .. }
        | Difference::RelationshipAdded { .. }
        | Difference::ChoiceAdded { .. }
        | Difference::ValueAdded { .. }
        | Difference::Namespace { old: None, .. } => '+',
        Difference::KindRemoved { .. }
        | Difference::AttributeRemoved { .. }
        | Difference::RelationshipRemoved { .. }
        | Difference::ChoiceRemoved { .. }
        | Difference::ValueRemoved { .. }
        | Difference::Namespace { new: None, .. } => '-',
        _ => '~',
    }
}

/// Where a change that follows from one that is not shown was made.
fn unseen_origin(change: &Change, quote: impl Fn(&str) -> String) -> String {
    change.follows_from.as_deref().map_or_else(String::new, |kind| format!(", as in {}", quote(kind)))
}

/// At most this many kinds are named where changes follow in them.
const NAMED_KINDS: usize = 6;

/// `A, B and 3 more`.
fn listed(kinds: &[&str], quote: impl Fn(&str) -> String) -> String {
    let named: Vec<String> = kinds.iter().take(NAMED_KINDS).map(|kind| quote(kind)).collect();
    match kinds.len().saturating_sub(NAMED_KINDS) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
