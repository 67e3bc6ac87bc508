//! Text for a terminal.

use crate::failure::Failure;
use std::io::{self, Write};
use std::path::Path;

/// What others wrote as one line: characters that a terminal obeys or does not show are spelled out.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            '"' | '\'' | '\\' => line.push(character),
            character if character.is_whitespace() => line.push(' '),
            character => line.extend(character.escape_debug()),
        }
    }
    line
}

/// Rows whose cells stand below each other. The last cell of a row may have several lines.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row).take(N - 1) {
            *width = line(cell).chars().count().max(*width);
        }
    }
    let mut table = String::new();
    for row in rows {
        let mut text = String::new();
        for (cell, width) in row.iter().zip(widths).take(N - 1) {
            text.push_str(&format!("{:width$}  ", line(cell)));
        }
        let margin = " ".repeat(text.chars().count());
        let mut last = row.iter().skip(N - 1).flat_map(|cell| cell.lines());
        text.push_str(&line(last.next().unwrap_or_default()));
        table.push_str(text.trim_end());
        table.push('\n');
        for more in last {
            table.push_str(&format!("{margin}{}\n", line(more)));
        }
    }
    table
}

/// The lines of a text, each a step to the right.
pub(crate) fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// `1 document`, `2 documents`.
pub(crate) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Writes to standard output. A reader that has seen enough, as `head` has, is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::write(Path::new("to standard output"), error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(
            line("a\u{1b}[31m\tb\n\u{202e}c \"d\\e\" größe"),
            "a\\u{1b}[31m b \\u{202e}c \"d\\e\" größe"
        );
    }

    #[test]
    fn cells_stand_below_each_other() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        assert_eq!(
            table(&[row(["a", "größe", "one\ntwo"]), row(["bc", "", ""]), row(["", "", "three"])]),
            "a   größe  one\n           two\nbc\n           three\n"
        );
    }
}
