//! Text of the schema as documentation: it always renders as the text that it is.

/// Lines of documentation for a description: one a line, without empty ones at either end.
///
/// Markup, HTML, links and code fences of the text lose their meaning; characters that do not
/// print are left out.
pub(crate) fn prose(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| escape(&printable(line))).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    lines.drain(..first);
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines
}

/// A line that the compiler shows as it is and the documentation as Markdown: only what would become a
/// link, HTML or an open code span is escaped.
pub(crate) fn note(text: &str) -> String {
    let line = printable(text);
    let has_spans = line.matches('`').count().is_multiple_of(2) && !line.contains("``");
    let mut escaped = String::with_capacity(line.len());
    for (index, character) in line.char_indices() {
        let is_markup = matches!(character, '\\' | '[' | ']' | '<' | '>' | '&')
            || (character == '`' && !has_spans)
            || line[index..].starts_with("//");
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A value as code in documentation, on one line.
pub(crate) fn code(text: &str) -> String {
    let text = printable(text);
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// One line without characters that do not print, and without spaces at its ends.
fn printable(text: &str) -> String {
    let cleaned: String = text
        .chars()
        .map(|character| if character.is_whitespace() || character.is_control() { ' ' } else { character })
        .filter(|character| *character == ' ' || !is_invisible(*character))
        .collect();
    cleaned.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Characters that change how others show, or do not show at all.
fn is_invisible(character: char) -> bool {
    matches!(u32::from(character),
        0x00ad | 0x061c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
        | 0xfe00..=0xfe0f | 0xfeff | 0xfff0..=0xfffb | 0xe0000..=0xe0fff)
}

/// Escapes what Markdown would read as markup.
fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let marks_block = line.starts_with(['#', '+', '-', '=', ':', '~'])
        || line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')']);
    let mut at_start = marks_block;
    for (index, character) in line.char_indices() {
        let is_markup =
            matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' | '^')
                || (character == '/' && line[index..].starts_with("//"));
        let ends_start = at_start && !character.is_ascii_digit();
        if is_markup || ends_start {
            escaped.push('\\');
        }
        at_start = at_start && character.is_ascii_digit();
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_loses_its_meaning() {
        assert_eq!(
            prose("See https://example.com/<x>, `a` and [b](c)."),
            [r"See https:\//example.com/\<x\>, \`a\` and \[b\](c)."]
        );
        assert_eq!(
            prose("# Title\n\n\n- item\n1. one\n    code\n```rust\n"),
            [r"\# Title", "", r"\- item", r"1\. one", "code", r"\`\`\`rust"]
        );
        assert_eq!(prose(" \n\n"), Vec::<String>::new());
    }

    #[test]
    fn a_note_stays_readable_where_nobody_renders_it() {
        assert_eq!(note("Use `serial_number` instead.\n"), "Use `serial_number` instead.");
        assert_eq!(note("<b> [x](y) `open https://a"), r"\<b\> \[x\](y) \`open https:\//a");
    }

    #[test]
    fn nothing_invisible_is_left() {
        assert_eq!(prose("a\u{202e}b\r\u{7}c\u{200b}"), ["ab c"]);
        assert_eq!(code("a\nb"), "`a b`");
    }

    #[test]
    fn code_keeps_its_backticks() {
        assert_eq!(code("^[a`]+$"), "`` ^[a`]+$ ``");
        assert_eq!(code("``"), "``` `` ```");
    }
}
