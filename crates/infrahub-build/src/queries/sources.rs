//! The text of all documents, so that one number says a place in any of them.

use super::QueryError;
use super::lexer::Problem;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How much of a line an excerpt shows on each side of a mistake.
const SHOWN: usize = 60;

/// Files, one behind the other in one text.
#[derive(Debug, Default)]
pub(super) struct Sources {
    text: String,
    files: Vec<(PathBuf, Range<usize>)>,
}

impl Sources {
    /// Reads a file behind the others.
    pub(super) fn read(&mut self, file: &Path) -> Result<(), QueryError> {
        let text = fs::read_to_string(file)
            .map_err(|error| QueryError::whole(file, format!("cannot be read: {error}")))?;
        let start = self.text.len();
        self.text.push_str(&text);
        self.files.push((file.to_owned(), start..self.text.len()));
        // A place at the end of this file is not one at the start of the next.
        self.text.push('\n');
        Ok(())
    }

    /// All of it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The files in the order in which they were read, and the part of the text that each is.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, Range<usize>)> {
        self.files.iter().map(|(file, part)| (file.as_path(), part.clone()))
    }

    /// The file that a place is in.
    pub(super) fn file_of(&self, at: usize) -> &Path {
        self.files
            .iter()
            .find(|(_, part)| at <= part.end)
            .map_or_else(|| Path::new(""), |(file, _)| file.as_path())
    }

    /// A problem with its file, line, column and the line itself.
    pub(super) fn error(&self, problem: Problem) -> QueryError {
        let file = self.file_of(problem.at);
        let part =
            self.files.iter().find(|(_, part)| problem.at <= part.end).map_or(0..0, |(_, part)| part.clone());
        let text = &self.text[part.clone()];
        let at = problem.at.saturating_sub(part.start).min(text.len());
        let place = line_and_column(text, at);
        QueryError {
            file: file.to_owned(),
            place: Some(place),
            message: problem.message,
            excerpt: Some(excerpt(text, at, place.0)),
        }
    }
}

/// Line and column of a byte of a text, both from 1; the column counts characters.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The line of a byte with marks under the word that stands there.
fn excerpt(text: &str, at: usize, line: usize) -> String {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    let before: Vec<char> = text[start..at].chars().collect();
    let after = text[at..end].trim_end();
    let cut = before.len().saturating_sub(SHOWN);
    let (left, right) =
        (if cut > 0 { "…" } else { "" }, if after.chars().count() > SHOWN { "…" } else { "" });
    let shown = |character: &char| if character.is_control() { ' ' } else { *character };
    let before: String = before[cut..].iter().map(shown).collect();
    let after: String = after.chars().take(SHOWN).map(|character| shown(&character)).collect();
    let word = after.trim_start_matches(['$', '@', '.']);
    let length = after.len() - word.len()
        + word.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let indent = " ".repeat(left.chars().count() + before.chars().count());
    let marks = "^".repeat(length.max(1));
    format!("{margin} |\n{number} | {left}{before}{after}{right}\n{margin} | {indent}{marks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "a\nöb\n  c";
        assert_eq!(line_and_column(text, text.find('b').unwrap()), (2, 2));
        assert_eq!(line_and_column(text, text.find('c').unwrap()), (3, 3));
    }

    #[test]
    fn an_excerpt_marks_the_word() {
        let text = "query Q($a: Int) {\n\tDevice(name: $nam) { edgs }\r\n}";
        let at = |word: &str| text.find(word).unwrap();
        assert_eq!(
            excerpt(text, at("edgs"), 2),
            "  |\n2 |  Device(name: $nam) { edgs }\n  |                       ^^^^"
        );
        assert_eq!(
            excerpt(text, at("$nam"), 2),
            "  |\n2 |  Device(name: $nam) { edgs }\n  |               ^^^^"
        );
        assert_eq!(excerpt(text, text.len(), 3), "  |\n3 | }\n  |  ^");
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("{}edgs{}", "é ".repeat(200), " x".repeat(200));
        let shown = excerpt(&text, text.find("edgs").unwrap(), 1);
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines[1].starts_with("1 | …é") && lines[1].ends_with("x…"), "{shown}");
        let column = lines[2].find('^').unwrap();
        assert_eq!(lines[1].chars().skip(column).take(4).collect::<String>(), "edgs");
    }
}
