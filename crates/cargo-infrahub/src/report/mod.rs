//! Differences between two schemas as they are shown.

mod json;
mod markdown;
mod text;

use crate::Outcome;
use crate::arguments::{DifferenceArguments, Format};
use crate::failure::Failure;
use crate::text::line;
use infrahub_schema::{Change, Difference, Schema, SchemaDiff, kind_matches};

/// The differences that are asked for.
pub(crate) fn differences(
    old: &Schema,
    new: &Schema,
    arguments: &DifferenceArguments,
) -> Result<SchemaDiff, Failure> {
    for pattern in &arguments.kinds {
        if !old.kinds.keys().chain(new.kinds.keys()).any(|kind| kind_matches(pattern, kind)) {
            return Err(Failure::Other(format!(
                "no kind of either schema matches `{}`; `cargo infrahub kinds` lists those of the snapshot",
                line(pattern)
            )));
        }
    }
    let mut diff = SchemaDiff::between(old, new);
    if arguments.breaking_only {
        diff = diff.breaking_only();
    }
    if !arguments.kinds.is_empty() {
        diff = diff.only_kinds(&arguments.kinds);
    }
    Ok(diff)
}

/// Prints the differences, and says whether there are any.
pub(crate) fn show(diff: &SchemaDiff, format: Format) -> Result<Outcome, Failure> {
    crate::text::print(&render(diff, format))?;
    Ok(if diff.is_empty() { Outcome::Same } else { Outcome::Drift })
}

/// The differences as text that ends with a line end.
pub(crate) fn render(diff: &SchemaDiff, format: Format) -> String {
    match format {
        Format::Text => text::render(diff),
        Format::Json => json::render(diff),
        Format::Markdown => markdown::render(diff),
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
}

impl Summary {
    fn of(entries: &[Entry<'_>]) -> Summary {
        Summary {
            changes: entries.len(),
            following: entries.iter().map(|entry| entry.followers.len()).sum(),
            break_programs: entries.iter().filter(|entry| entry.breaks_programs().is_some()).count(),
            break_data: entries.iter().filter(|entry| entry.breaks_data().is_some()).count(),
        }
    }

    fn line(&self) -> String {
        if self.changes == 0 {
            return "no differences".to_owned();
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
            "{} {changes}{following}: {}, {}",
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
