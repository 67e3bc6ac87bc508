//! For people at a terminal: grouped by kind, what breaks first explained, the count last.

use super::{Entry, Report, Summary, listed, mark, unseen_origin};
use crate::text::line;
use infrahub_schema::Difference;

pub(super) fn render(report: &Report) -> String {
    let entries = Entry::all(&report.diff);
    let mut text = String::new();
    let mut shown = None;
    for entry in &entries {
        let kind = entry.change.kind.as_str();
        // A kind that came or went is told in one line, the others have a line of their own first.
        let is_whole = entry.change.field.is_none()
            && matches!(
                entry.change.what,
                Difference::KindAdded { .. } | Difference::KindRemoved { .. } | Difference::Namespace { .. }
            );
        if !is_whole && shown != Some(kind) {
            text.push_str(&format!("~ {}\n", line(kind)));
        }
        shown = (!is_whole).then_some(kind);
        add(&mut text, entry, if is_whole { "" } else { "  " }, is_whole);
    }
    if !entries.is_empty() {
        text.push('\n');
    }
    text.push_str(&Summary::of(&entries, report).line());
    text.push('\n');
    text
}

fn add(text: &mut String, entry: &Entry<'_>, indent: &str, names_kind: bool) {
    let change = entry.change;
    let name = if names_kind { Some(&change.kind) } else { change.field.as_ref() };
    let name = name.map_or_else(String::new, |name| format!("{}: ", line(name)));
    let origin = unseen_origin(change, line);
    let broken = match (entry.breaks_programs(), entry.breaks_data()) {
        (Some(_), Some(_)) => " [breaks programs and data]",
        (Some(_), None) => " [breaks programs]",
        (None, Some(_)) => " [breaks data]",
        (None, None) => "",
    };
    text.push_str(&format!("{indent}{} {name}{}{origin}{broken}\n", mark(&change.what), change.what));
    for (whom, reason) in [("programs", entry.breaks_programs()), ("data", entry.breaks_data())] {
        if let Some(reason) = reason {
            text.push_str(&format!("{indent}    {whom}: {reason}\n"));
        }
    }
    let following = entry.following_kinds();
    if !following.is_empty() {
        text.push_str(&format!("{indent}    follows in {}\n", listed(&following, line)));
    }
}
