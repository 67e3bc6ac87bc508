//! Where in a text something stands.

use serde_json::value::RawValue;

/// Line and column, both from 1; the column counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// Where a raw value that was borrowed from `text` begins.
    pub(crate) fn of(text: &str, raw: &RawValue) -> Position {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        let before = &text.as_bytes()[..offset];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        Position {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + offset - line_start,
        }
    }

    /// The position of an error inside a part of the text that begins here.
    pub(crate) fn of_error(self, error: &serde_json::Error) -> Position {
        match error.line() {
            0 => self,
            1 => Position { line: self.line, column: self.column + error.column().saturating_sub(1) },
            line => Position { line: self.line + line - 1, column: error.column() },
        }
    }
}
