//! Documents that would overrun the stack or keep a thread busy: they are refused before anything walks them. No honest
//! document comes near.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;

/// How many brackets may be open at once in the text of a document. The parser itself takes no more selections in each
/// other.
const BRACKETS: usize = 64;

/// How many selections may be in each other once fragments stand where they are used.
pub(super) const DEPTH: usize = 256;

/// How many selections there may be once fragments stand where they are used.
const SELECTIONS: usize = 200_000;

/// How much stack one selection in another takes at most: 26 kB were measured without optimisation.
const STACK: usize = 64 << 10;

/// Checks a text before it is parsed.
///
/// # Errors
/// What the sandbox says about one that is nested too deep.
pub(super) fn check_text(text: &str) -> Result<(), String> {
    if nesting(text) <= BRACKETS {
        return Ok(());
    }
    Err(format!("This document has more than {BRACKETS} brackets in each other; the sandbox reads no more."))
}

/// Checks a document with its fragments, whose text has passed, and gives how many selections are in each other where
/// most are.
///
/// # Errors
/// What the sandbox says about one that is too large.
pub(super) fn check(document: &ExecutableDocument) -> Result<usize, String> {
    let mut measured = Measured { document, fragments: HashMap::new() };
    for name in document.fragments.keys() {
        measured.fragment(name, 0)?;
    }
    let mut depth = 0;
    for (_, operation) in document.operations.iter() {
        depth = depth.max(measured.selection(&operation.node.selection_set.node, 0)?.depth);
    }
    Ok(depth)
}

/// Executes a document of that depth, on a stack that suffices.
pub(super) async fn execute<T>(depth: usize, execution: impl Future<Output = T>) -> T {
    let mut execution = pin!(execution);
    let needed = (depth + 1) * STACK;
    poll_fn(|context| stacker::maybe_grow(needed, needed, || execution.as_mut().poll(context))).await
}

/// How many brackets are open at once where most are, but for those in texts and comments.
fn nesting(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    let mut rest = text;
    while let Some(place) = rest.find(['{', '[', '(', '}', ']', ')', '"', '#']) {
        let (_, found) = rest.split_at(place);
        rest = &found[1..];
        match found.as_bytes()[0] {
            b'{' | b'[' | b'(' => {
                open += 1;
                most = most.max(open);
            }
            b'#' => rest = rest.find(['\n', '\r']).map_or("", |end| &rest[end..]),
            b'"' => rest = after_string(found),
            _ => open = open.saturating_sub(1),
        }
    }
    most
}

/// What follows a string that stands at the beginning. A block string that does not end is an empty one to the parser.
fn after_string(text: &str) -> &str {
    const BLOCK: &str = "\"\"\"";
    if let Some(block) = text.strip_prefix(BLOCK) {
        let ends = block.match_indices(BLOCK).map(|(place, _)| place);
        let mut ends = ends.filter(|place| !block[..*place].ends_with('\\'));
        return ends.next().map_or(&text[2..], |end| &block[end + BLOCK.len()..]);
    }
    let mut is_escaped = false;
    let end = text[1..].find(|character| {
        let ends = matches!(character, '\n' | '\r') || character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    });
    end.map_or("", |end| &text[end + 2..])
}

/// How large a selection is.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    selections: usize,
    /// How many selections are in each other below it.
    depth: usize,
}

struct Measured<'d> {
    document: &'d ExecutableDocument,
    /// Nothing while a fragment is measured: of one that uses itself the validation tells.
    fragments: HashMap<&'d str, Option<Size>>,
}

impl<'d> Measured<'d> {
    /// The size of a selection that stands in so many others.
    fn selection(&mut self, selection: &'d SelectionSet, level: usize) -> Result<Size, String> {
        let mut size = Size::default();
        check_depth(level)?;
        for item in &selection.items {
            let below = match &item.node {
                Selection::Field(field) if field.node.selection_set.node.items.is_empty() => None,
                Selection::Field(field) => Some(self.selection(&field.node.selection_set.node, level + 1)?),
                Selection::InlineFragment(fragment) => {
                    Some(self.selection(&fragment.node.selection_set.node, level + 1)?)
                }
                Selection::FragmentSpread(spread) => {
                    Some(self.fragment(&spread.node.fragment_name.node, level + 1)?)
                }
            };
            size.selections += 1 + below.map_or(0, |below| below.selections);
            size.depth = size.depth.max(below.map_or(0, |below| below.depth + 1));
            if size.selections > SELECTIONS {
                return Err(format!(
                    "This document has more than {SELECTIONS} selections with those of its fragments; the sandbox runs \
                     no more at once."
                ));
            }
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &str, level: usize) -> Result<Size, String> {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Size::default());
        };
        let size = match self.fragments.get(name.as_str()) {
            Some(known) => known.unwrap_or_default(),
            None => {
                self.fragments.insert(name, None);
                let size = self.selection(&fragment.node.selection_set.node, level)?;
                self.fragments.insert(name, Some(size));
                size
            }
        };
        check_depth(level + size.depth)?;
        Ok(size)
    }
}

fn check_depth(depth: usize) -> Result<(), String> {
    if depth <= DEPTH {
        return Ok(());
    }
    Err(format!(
        "This document has more than {DEPTH} selections in each other with those of its fragments; the sandbox runs no \
         more."
    ))
}

#[cfg(test)]
mod tests {
    use super::{check, nesting};
    use async_graphql::parser::parse_query;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        for (text, expected) in [
            ("{ a(b: [{ c: 1 }]) { d } }", 4),
            ("{ a } { b }", 1),
            ("}}} { a }", 1),
            ("{ a(b: \"[[[\\\"[[[\") }", 2),
            ("{ a # [[[[ \" \n (b: 1) }", 2),
            ("{ a(b: \"\"\" [[[ \" \\\"\"\" [[[ \"\"\", c: [1]) }", 3),
            // strings that do not end where it looks like it
            ("{ a(b: [\"\"\" \" [[1]]]) }", 5),
            ("{ a(b: \"[[[ \n [1]) }", 3),
            ("\"", 0),
        ] {
            assert_eq!(nesting(text), expected, "{text}");
        }
    }

    #[test]
    fn fragments_count_wherever_they_are_used() {
        let doubling = |levels: usize| {
            let mut text = "{ ...F0 }".to_owned();
            for level in 0..levels {
                let next = level + 1;
                text += &format!(" fragment F{level} on Query {{ ...F{next} ...F{next} }}");
            }
            parse_query(text + &format!(" fragment F{levels} on Query {{ a }}")).unwrap()
        };
        assert_eq!(check(&doubling(10)), Ok(11));
        let error = check(&doubling(20)).unwrap_err();
        assert!(error.contains("more than 200000 selections"), "{error}");
        let cycle =
            parse_query("{ ...A } fragment A on Query { a ...B } fragment B on Query { ...A }").unwrap();
        assert!(check(&cycle).is_ok());
    }
}
