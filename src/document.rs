//! Just enough reading of a GraphQL document to know what sending it does.

use crate::operation::Effect;

/// What a document's operations are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outline<'a> {
    /// The name of the first operation; empty for an anonymous one.
    pub(crate) name: &'a str,
    /// [`Effect::Read`] only where every operation is a query.
    pub(crate) effect: Effect,
    /// Whether an operation is a subscription.
    pub(crate) subscription: bool,
}

/// Reads the top level of a document. What it does not understand counts as a write.
pub(crate) fn outline(document: &str) -> Outline<'_> {
    let mut outline = Outline { name: "", effect: Effect::Read, subscription: false };
    let mut operations = 0;
    let mut depth = 0usize;
    let mut at_definition = true;
    let mut tokens = Tokens { rest: document };
    while let Some(token) = tokens.next() {
        match token {
            "{" | "(" | "[" => {
                if at_definition && token == "{" {
                    operations += 1;
                }
                at_definition = false;
                depth += 1;
            }
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                at_definition = depth == 0 && token == "}";
            }
            keyword if at_definition => {
                at_definition = false;
                match keyword {
                    "fragment" => continue,
                    "query" => {}
                    "subscription" => outline.subscription = true,
                    _ => outline.effect = Effect::Write,
                }
                operations += 1;
                if operations == 1 {
                    outline.name = tokens.peek().filter(|name| is_name(name)).unwrap_or("");
                }
            }
            _ => {}
        }
    }
    if operations == 0 || depth != 0 {
        outline.effect = Effect::Write;
    }
    outline
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// The tokens of a document: names, and every other character alone. Comments and strings are skipped.
#[derive(Clone)]
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.clone().next()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        token
    }

    fn skip_string(&mut self) {
        let (quote, start) = if self.rest.starts_with("\"\"\"") { ("\"\"\"", 3) } else { ("\"", 1) };
        self.take(start);
        while !self.rest.is_empty() && !self.rest.starts_with(quote) {
            let escaped = if quote.len() == 3 {
                self.rest.starts_with("\\\"\"\"")
            } else {
                self.rest.starts_with('\\')
            };
            if escaped {
                self.take(1);
                let step =
                    if quote.len() == 3 { 3 } else { self.rest.chars().next().map_or(0, char::len_utf8) };
                self.take(step);
            } else {
                let step = self.rest.chars().next().map_or(0, char::len_utf8);
                self.take(step);
            }
        }
        self.take(quote.len().min(self.rest.len()));
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.rest =
                self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == '\u{feff}');
            let first = self.rest.chars().next()?;
            if first == '#' {
                let end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
                self.take(end);
            } else if first == '"' {
                self.skip_string();
            } else {
                let name = self
                    .rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(self.rest.len());
                return Some(self.take(if name == 0 { first.len_utf8() } else { name }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_reads_and_everything_else_is_a_write() {
        let cases = [
            ("{ InfraSite { count } }", "", Effect::Read),
            (
                "query Sites($n: String = \"}\") { InfraSite(name__value: $n) { count } }",
                "Sites",
                Effect::Read,
            ),
            ("query { a }", "", Effect::Read),
            ("query @live { a }", "", Effect::Read),
            ("# mutation\nquery Q { a(x: \"mutation {\") { b } }", "Q", Effect::Read),
            ("fragment F on X { a } query Q { ...F }", "Q", Effect::Read),
            ("\u{feff}mutation M { a }", "M", Effect::Write),
            ("query Q { a } mutation M { b }", "Q", Effect::Write),
            ("fragment F on X { a(s: \"\"\"}} \\\"\"\" \"\"\") } mutation { ...F }", "", Effect::Write),
            ("{ a(s: \"\\\"}\") } mutation M { b }", "", Effect::Write),
            ("{ a } mutation M { b }", "", Effect::Write),
            ("QUERY Q { a }", "Q", Effect::Write),
            ("", "", Effect::Write),
            ("{ InfraSite { count }", "", Effect::Write),
            ("fragment F on X { a }", "", Effect::Write),
            ("\"unterminated", "", Effect::Write),
        ];
        for (document, name, effect) in cases {
            let outline = outline(document);
            assert_eq!((outline.name, outline.effect), (name, effect), "{document}");
        }
        assert!(outline("subscription S { query(name: \"q\") }").subscription);
    }
}
