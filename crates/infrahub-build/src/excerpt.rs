//! Lines of a file with a mistake marked in them, as rustc shows them.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;

/// The widest line that is shown; more of it is cut on either side of the mistake.
const WIDTH: usize = 120;

/// The line around a byte of the text with marks under the part that is wrong, at least one character.
pub(crate) fn excerpt(text: &str, part: Range<usize>) -> String {
    let at = floor(text, part.start);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    let line = text[start..end].trim_end();
    let from = (at - start).min(line.len());
    let to = floor(line, part.end.saturating_sub(start)).clamp(from, line.len());
    // A mark needs a character to stand under; the end of a line has none of its own.
    let line = format!("{line} ");
    let to = to.max(from + line[from..].chars().next().map_or(0, char::len_utf8));
    let snippet = Snippet::source(&line)
        .line_start(1 + text[..start].matches('\n').count())
        .annotation(AnnotationKind::Primary.span(from..to));
    let report = [Level::ERROR.primary_title("").element(snippet)];
    let rendered = Renderer::plain().term_width(WIDTH).render(&report);
    // The first line is the title, which stands elsewhere.
    let below = rendered.split_once('\n').map_or("", |(_, below)| below);
    below.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The word of a GraphQL document that begins at a byte, with the sign before it.
pub(crate) fn word(text: &str, at: usize) -> Range<usize> {
    let at = floor(text, at);
    let rest = &text[at..];
    let sign = rest.len() - rest.trim_start_matches(['$', '@', '.']).len();
    let letters =
        rest[sign..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    at..at + sign + letters
}

/// The byte of a line and column, both from 1; the column counts bytes.
pub(crate) fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    floor(text, before + column.saturating_sub(1))
}

/// The end of the text, or the start of the character that a byte is in.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_marked() {
        let text = "query Q($a: Int) {\n\tDevice(name: $nam) { edgs }\r\n}";
        let shown = |wanted: &str| excerpt(text, word(text, text.find(wanted).unwrap()));
        assert_eq!(
            shown("edgs"),
            "  |\n2 |     Device(name: $nam) { edgs }\n  |                          ^^^^"
        );
        assert_eq!(shown("$nam"), "  |\n2 |     Device(name: $nam) { edgs }\n  |                  ^^^^");
        assert_eq!(excerpt(text, text.len()..text.len()), "  |\n3 | }\n  |  ^");
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("{}edgs{}", "é ".repeat(200), " x".repeat(200));
        let shown = excerpt(&text, word(&text, text.find("edgs").unwrap()));
        assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
        let lines: Vec<_> = shown.lines().collect();
        let column = lines[2].find('^').unwrap();
        assert_eq!(lines[1].chars().skip(column).take(4).collect::<String>(), "edgs", "{shown}");
    }

    #[test]
    fn places_are_bytes_of_the_text() {
        let text = "a\nöb\n  c";
        assert_eq!(offset(text, 2, 3), text.find('b').unwrap());
        assert_eq!(offset(text, 3, 3), text.find('c').unwrap());
        assert_eq!(offset(text, 2, 2), text.find('ö').unwrap(), "inside of a character");
        assert_eq!(offset(text, 9, 9), text.len());
    }
}
