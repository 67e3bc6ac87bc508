//! The text of all documents, so that one number says a place in any of them.

use super::QueryError;
use super::lexer::Problem;
use crate::excerpt::{excerpt, word};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

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
        self.part_of(at).map_or_else(|| Path::new(""), |(file, _)| file.as_path())
    }

    /// The end of the whole text is one of the last file.
    fn part_of(&self, at: usize) -> Option<&(PathBuf, Range<usize>)> {
        self.files.iter().find(|(_, part)| at <= part.end).or(self.files.last())
    }

    /// A problem with its file, line, column and the line itself.
    pub(super) fn error(&self, problem: Problem) -> QueryError {
        let file = self.file_of(problem.at);
        let part = self.part_of(problem.at).map_or(0..0, |(_, part)| part.clone());
        let text = &self.text[part.clone()];
        let at = problem.at.saturating_sub(part.start).min(text.len());
        let place = line_and_column(text, at);
        QueryError {
            file: file.to_owned(),
            place: Some(place),
            message: problem.message,
            excerpt: Some(excerpt(text, word(text, at))),
        }
    }
}

/// Line and column of a byte of a text, both from 1; the column counts characters.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
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
}
