//! For a comment on a pull request: the count, and a table.

use super::{Entry, Report, Summary, listed, mark, unseen_origin};
use crate::text::line;

/// The longest comment of a pull request has 65536 characters.
const LONGEST: usize = 60_000;

pub(super) fn render(report: &Report) -> String {
    let entries = Entry::all(&report.diff);
    let mut text = format!("**Schema: {}**\n", Summary::of(&entries, report).line());
    if entries.is_empty() {
        return text;
    }
    text.push_str("\n| | where | what | programs | data |\n|---|---|---|---|---|\n");
    for (place, entry) in entries.iter().enumerate() {
        let row = row(entry);
        if text.len() + row.len() > LONGEST {
            text.push_str(&format!("\n{} more are left out here.\n", entries.len() - place));
            break;
        }
        text.push_str(&row);
    }
    text
}

fn row(entry: &Entry<'_>) -> String {
    let change = entry.change;
    let name = |name: &str| code(&line(name));
    let place = match &change.field {
        Some(field) => name(&format!("{}.{field}", change.kind)),
        None => name(&change.kind),
    };
    let following = entry.following_kinds();
    let following = match following.as_slice() {
        [] => String::new(),
        kinds => format!("<br>follows in {}", listed(kinds, name)),
    };
    let broken = |reason: Option<&str>| {
        reason.map_or_else(String::new, |reason| format!("**breaks:** {}", reason.replace('|', "\\|")))
    };
    format!(
        "| {} | {place} | {}{}{following} | {} | {} |\n",
        // A minus alone would begin a list.
        mark(&change.what).to_string().replace('-', "−"),
        change.what.words(code),
        unseen_origin(change, name),
        broken(entry.breaks_programs()),
        broken(entry.breaks_data())
    )
}

/// A code span in a cell of a table: nothing in it is markup, a mention or the end of the cell.
fn code(text: &str) -> String {
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let text = text.replace('|', "\\|");
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
