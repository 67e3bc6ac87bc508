//! The path to a place in a JSON text, for errors that know only line and column.
//!
//! It is looked for once decoding has failed. So no type is decoded twice, and what a type costs to compile
//! is its decoding alone.

use std::fmt::Write;

/// Where the walk stands inside an object or a list.
enum Frame<'t> {
    Object { key: Option<&'t str>, expects_key: bool },
    List { index: usize },
}

/// The path of the value at, or that ends just before, this position. Line and column are those of
/// `serde_json`: lines from 1, columns in bytes.
pub(crate) fn at(text: &str, line: usize, column: usize) -> String {
    let begin: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    shown(&frames(text, (begin + column).min(text.len())))
}

/// The objects and lists that are open at `end`.
fn frames(text: &str, end: usize) -> Vec<Frame<'_>> {
    let bytes = text.as_bytes();
    let mut frames = Vec::new();
    let mut position = 0;
    while position < end {
        match bytes[position] {
            b'{' => frames.push(Frame::Object { key: None, expects_key: true }),
            b'[' => frames.push(Frame::List { index: 0 }),
            b'}' | b']' => {
                frames.pop();
            }
            b',' => match frames.last_mut() {
                Some(Frame::Object { expects_key, .. }) => *expects_key = true,
                Some(Frame::List { index }) => *index += 1,
                None => {}
            },
            b'"' => {
                let inside = position + 1;
                position = string_end(bytes, inside);
                if let Some(Frame::Object { key, expects_key: expects_key @ true }) = frames.last_mut() {
                    *key = text.get(inside..position);
                    *expects_key = false;
                }
            }
            _ => {}
        }
        position += 1;
    }
    frames
}

/// The position of the quote that ends the string.
fn string_end(bytes: &[u8], mut position: usize) -> usize {
    while position < bytes.len() && bytes[position] != b'"' {
        position += if bytes[position] == b'\\' { 2 } else { 1 };
    }
    position.min(bytes.len())
}

fn shown(frames: &[Frame<'_>]) -> String {
    let mut path = String::new();
    for frame in frames {
        // Writing to a String cannot fail.
        let _ = match frame {
            Frame::Object { key: Some(key), .. } if path.is_empty() => write!(path, "{key}"),
            Frame::Object { key: Some(key), .. } => write!(path, ".{key}"),
            Frame::Object { key: None, .. } => Ok(()),
            Frame::List { index } => write!(path, "[{index}]"),
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::at;

    const TEXT: &str = "{\"a\": {\"x\": \"},]\\\"\", \"b\": [1,\n {\"c\": 2, \"d\": {\"e\": 3}}]}, \"f\": 4}";

    #[test]
    fn every_value_has_its_path() {
        for (needle, path) in [
            ("\"},]", "a.x"),
            ("1", "a.b[0]"),
            ("2", "a.b[1].c"),
            ("3", "a.b[1].d.e"),
            ("}}]", "a.b[1].d"),
            ("}]}", "a.b[1]"),
            ("4", "f"),
        ] {
            let end = TEXT.find(needle).expect(needle) + 1;
            let line = TEXT[..end].matches('\n').count() + 1;
            let column = end - TEXT[..end].rfind('\n').map_or(0, |position| position + 1);
            assert_eq!(at(TEXT, line, column), path, "{needle}");
        }
    }

    #[test]
    fn any_position_of_any_text_is_fine() {
        for text in ["", "\"", "{\"a", "[[[[", "}}]]", "{\"\\", "{\"ä\": [\"ö\"", TEXT] {
            for line in 0..4 {
                for column in 0..80 {
                    let _ = at(text, line, column);
                }
            }
        }
    }
}
