//! GraphQL SDL in one form: definitions, fields, arguments and members sorted by name, one way to print.
//!
//! The server prints definitions and fields in the order in which it made them, which differs from
//! start to start. This reads the grammar of type systems, and nothing more of GraphQL.

use std::fmt::Write;

/// What is wrong in a text, and in which line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// Brings SDL into its one form. The form of that form is itself.
pub(crate) fn normalise(sdl: &str) -> Result<String, Malformed> {
    let mut parser = Parser { sdl, at: 0, token: "", depth: 0 };
    parser.advance()?;
    let mut definitions = Vec::new();
    while !parser.token.is_empty() {
        definitions.push(parser.definition()?);
    }
    if definitions.is_empty() {
        return Err(parser.malformed("there is no definition"));
    }
    definitions.sort();
    let texts: Vec<String> = definitions.into_iter().map(|(_, _, text)| text).collect();
    Ok(texts.join("\n\n") + "\n")
}

/// Name, keyword and text of a definition: what definitions are sorted by, in this order.
type Definition = (String, String, String);

struct Parser<'a> {
    sdl: &'a str,
    /// Where the text after `token` begins.
    at: usize,
    /// The token that is next; empty at the end.
    token: &'a str,
    /// How deep in lists and objects.
    depth: usize,
}

/// Deeper nesting is refused.
const DEEPEST: usize = 64;

impl<'a> Parser<'a> {
    fn malformed(&self, message: impl Into<String>) -> Malformed {
        malformed(&self.sdl[..self.at.saturating_sub(self.token.len())], message)
    }

    /// Goes one level deeper into a type or value.
    fn deeper(&mut self) -> Result<(), Malformed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            Err(self.malformed(format!("nested deeper than {DEEPEST} levels")))
        } else {
            Ok(())
        }
    }

    /// Takes the next token.
    fn advance(&mut self) -> Result<&'a str, Malformed> {
        let taken = self.token;
        let mut rest = &self.sdl[self.at..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == '\u{feff}');
            if !rest.starts_with('#') {
                break;
            }
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        }
        let length = match rest.chars().next() {
            None => 0,
            Some('"') => self.string_length(rest)?,
            Some(first) if is_word(first) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            Some(_) if rest.starts_with("...") => 3,
            Some(first) => first.len_utf8(),
        };
        self.token = &rest[..length];
        self.at = self.sdl.len() - rest.len() + length;
        Ok(taken)
    }

    fn string_length(&self, text: &str) -> Result<usize, Malformed> {
        let quote = if text.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
        let escape = if quote.len() == 3 { "\\\"\"\"" } else { "\\" };
        let mut length = quote.len();
        loop {
            let rest = &text[length..];
            if rest.starts_with(quote) {
                return Ok(length + quote.len());
            }
            let step = match rest.chars().next() {
                Some(_) if quote.len() == 3 && rest.starts_with(escape) => escape.len(),
                Some('\\') if quote.len() == 1 => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                Some('\n') if quote.len() == 1 => 0,
                Some(other) => other.len_utf8(),
                None => 0,
            };
            if step == 0 {
                let before = &self.sdl[..self.sdl.len() - text.len()];
                return Err(malformed(before, "a text does not end"));
            }
            length += step;
        }
    }

    fn take(&mut self, expected: &str) -> Result<(), Malformed> {
        if self.token != expected {
            return Err(self.malformed(format!("expected `{expected}`, found `{}`", self.token)));
        }
        self.advance().map(|_| ())
    }

    fn takes(&mut self, optional: &str) -> Result<bool, Malformed> {
        let there = self.token == optional;
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    fn name(&mut self) -> Result<&'a str, Malformed> {
        if !self.token.starts_with(is_word) {
            return Err(self.malformed(format!("expected a name, found `{}`", self.token)));
        }
        self.advance()
    }

    /// Names with a separator between them and perhaps before the first, sorted.
    fn names(&mut self, separator: &str) -> Result<String, Malformed> {
        self.takes(separator)?;
        let mut names = vec![self.name()?];
        while self.takes(separator)? {
            names.push(self.name()?);
        }
        names.sort_unstable();
        Ok(names.join(&format!(" {separator} ")))
    }

    fn description(&mut self, indent: &str) -> Result<String, Malformed> {
        if !self.token.starts_with('"') {
            return Ok(String::new());
        }
        let token = self.advance()?;
        match token.strip_prefix("\"\"\"") {
            Some(block) => Ok(print_block(&dedent(&block[..block.len() - 3]), indent)),
            None => Ok(format!("{indent}{token}\n")),
        }
    }

    fn definition(&mut self) -> Result<Definition, Malformed> {
        let mut text = self.description("")?;
        let extends = self.takes("extend")?;
        let keyword = self.name()?;
        if extends {
            text.push_str("extend ");
        }
        text.push_str(keyword);
        let mut name = String::new();
        match keyword {
            "schema" => text.push_str(&self.directives()?),
            "directive" => {
                self.take("@")?;
                name = format!("@{}", self.name()?);
                let arguments = self.arguments("")?;
                let repeatable = if self.takes("repeatable")? { " repeatable" } else { "" };
                self.take("on")?;
                let places = self.names("|")?;
                let _ = write!(text, " {name}{arguments}{repeatable} on {places}");
            }
            "type" | "interface" | "input" | "enum" | "scalar" | "union" => {
                name = self.name()?.to_owned();
                let _ = write!(text, " {name}");
                if self.takes("implements")? {
                    let _ = write!(text, " implements {}", self.names("&")?);
                }
                text.push_str(&self.directives()?);
                if self.takes("=")? {
                    let _ = write!(text, " = {}", self.names("|")?);
                }
            }
            other => return Err(self.malformed(format!("`{other}` begins no definition"))),
        }
        if self.takes("{")? {
            let items = self.items("}", "  ")?;
            let _ = write!(text, " {{\n{}\n}}", items.join("\n"));
        }
        Ok((name, format!("{extends}{keyword}"), text))
    }

    /// Fields, arguments or values up to the closing token, sorted by name.
    fn items(&mut self, close: &str, indent: &str) -> Result<Vec<String>, Malformed> {
        let mut items = Vec::new();
        while !self.takes(close)? {
            let description = self.description(indent)?;
            let name = self.name()?;
            let arguments = self.arguments(indent)?;
            let mut text = format!("{description}{indent}{name}{arguments}");
            if self.takes(":")? {
                let _ = write!(text, ": {}", self.type_reference()?);
            }
            if self.takes("=")? {
                let _ = write!(text, " = {}", self.value()?);
            }
            text.push_str(&self.directives()?);
            items.push((name, text));
        }
        items.sort();
        Ok(items.into_iter().map(|(_, text)| text).collect())
    }

    /// On one line, unless one of them has a description.
    fn arguments(&mut self, indent: &str) -> Result<String, Malformed> {
        if !self.takes("(")? {
            return Ok(String::new());
        }
        let inner = format!("{indent}  ");
        let items = self.items(")", &inner)?;
        if items.iter().any(|item| item.contains('\n')) {
            return Ok(format!("(\n{}\n{indent})", items.join("\n")));
        }
        let items: Vec<&str> = items.iter().map(|item| item.trim_start()).collect();
        Ok(format!("({})", items.join(", ")))
    }

    fn type_reference(&mut self) -> Result<String, Malformed> {
        let mut text = if self.takes("[")? {
            self.deeper()?;
            let inner = self.type_reference()?;
            self.take("]")?;
            self.depth -= 1;
            format!("[{inner}]")
        } else {
            self.name()?.to_owned()
        };
        if self.takes("!")? {
            text.push('!');
        }
        Ok(text)
    }

    fn value(&mut self) -> Result<String, Malformed> {
        self.deeper()?;
        let value = self.value_inside();
        self.depth -= 1;
        value
    }

    fn value_inside(&mut self) -> Result<String, Malformed> {
        let mut parts = Vec::new();
        if self.takes("[")? {
            while !self.takes("]")? {
                parts.push(self.value()?);
            }
            return Ok(format!("[{}]", parts.join(", ")));
        }
        if self.takes("{")? {
            while !self.takes("}")? {
                let name = self.name()?;
                self.take(":")?;
                parts.push(format!("{name}: {}", self.value()?));
            }
            return Ok(format!("{{{}}}", parts.join(", ")));
        }
        match self.token.chars().next() {
            Some(first) if first == '"' || is_word(first) => self.advance().map(str::to_owned),
            _ => Err(self.malformed(format!("expected a value, found `{}`", self.token))),
        }
    }

    fn directives(&mut self) -> Result<String, Malformed> {
        let mut text = String::new();
        while self.takes("@")? {
            let _ = write!(text, " @{}", self.name()?);
            if self.takes("(")? {
                let mut arguments = Vec::new();
                while !self.takes(")")? {
                    let name = self.name()?;
                    self.take(":")?;
                    arguments.push(format!("{name}: {}", self.value()?));
                }
                let _ = write!(text, "({})", arguments.join(", "));
            }
        }
        Ok(text)
    }
}

/// The error behind what was read already.
fn malformed(before: &str, message: impl Into<String>) -> Malformed {
    Malformed { line: 1 + before.matches('\n').count(), message: message.into() }
}

/// Part of a name or a number.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+')
}

/// The text of a block string: without the indentation that its lines share and the empty lines around.
fn dedent(block: &str) -> String {
    let lines: Vec<&str> = block.lines().collect();
    let indent_of = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared =
        lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(indent_of).min().unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| if number == 0 { line } else { line.get(shared..).unwrap_or("") })
        .map(|line| if line.trim().is_empty() { "" } else { line })
        .collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    lines[first..last].join("\n")
}

/// One line where it fits, else a line for each of the text's.
fn print_block(text: &str, indent: &str) -> String {
    let one_line = !text.contains('\n')
        && text.len() <= 80
        && !text.ends_with(['"', '\\'])
        && !text.starts_with([' ', '\t']);
    if one_line {
        return format!("{indent}\"\"\"{text}\"\"\"\n");
    }
    let mut printed = format!("{indent}\"\"\"\n");
    for line in text.lines() {
        let _ = writeln!(printed, "{}{line}", if line.is_empty() { "" } else { indent });
    }
    printed + indent + "\"\"\"\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_sorted_and_printed_one_way() {
        let sdl = r#"
            # a comment
            schema { query: Query }
            union Zed @tag = | B | A
            """Two
               lines """ type B implements Z & A @key(fields: "id", n: [1, -2.5, {a: $x}]) { b: Int }
            "#;
        assert!(normalise(sdl).is_err(), "a variable is no constant");
        let sdl = sdl.replace("$x", "ENUM");
        let more = r#"
            type A {
              "short"
              z(b: [Int!]! = [1,2], a: String = "x, \"y\"" @deprecated(reason: "no")): [A!]!
              """doc""" y(second: Int, "with text" first: Int): Int @a @b
            }
            enum E { Z, """why""" A @deprecated } input I { b: Int = 3 a: I = {a: {b: 1}} }
            directive @tag(b: Int, a: Int) repeatable on UNION | OBJECT
            scalar Date @specifiedBy(url: "https://example.com")
            extend type A { more: Int }
            interface Z { id: ID! }
        "#;
        let expected = "\
schema {
  query: Query
}

directive @tag(a: Int, b: Int) repeatable on OBJECT | UNION

type A {
  \"\"\"doc\"\"\"
  y(
    \"with text\"
    first: Int
    second: Int
  ): Int @a @b
  \"short\"
  z(a: String = \"x, \\\"y\\\"\" @deprecated(reason: \"no\"), b: [Int!]! = [1, 2]): [A!]!
}

extend type A {
  more: Int
}

\"\"\"
Two
lines
\"\"\"
type B implements A & Z @key(fields: \"id\", n: [1, -2.5, {a: ENUM}]) {
  b: Int
}

scalar Date @specifiedBy(url: \"https://example.com\")

enum E {
  \"\"\"why\"\"\"
  A @deprecated
  Z
}

input I {
  a: I = {a: {b: 1}}
  b: Int = 3
}

interface Z {
  id: ID!
}

union Zed @tag = A | B
";
        let once = normalise(&(sdl + more)).unwrap();
        // A text's last line has no space behind it.
        assert_eq!(once.replace("lines \n", "lines\n"), expected);
        assert_eq!(normalise(&once).unwrap(), once);
    }

    #[test]
    fn the_stock_snapshot_is_in_that_form() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/schema.graphql");
        let sdl = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        assert!(normalise(&sdl).unwrap() == sdl);
    }

    #[test]
    fn a_description_keeps_its_text() {
        let long = "x".repeat(100);
        for (block, text) in [
            ("", ""),
            ("one", "one"),
            ("\n    a\n      b\n\n    c\n  ", "a\n  b\n\nc"),
            ("first\n    second", "first\nsecond"),
            ("ends with \\\"\"\" ", "ends with \\\"\"\" "),
            ("\n  quote\"\n  ", "quote\""),
            (&long, &long),
        ] {
            assert_eq!(dedent(block), text);
            for indent in ["", "  ", "    "] {
                let printed = print_block(text, indent);
                let inner = printed
                    .trim_start()
                    .strip_prefix("\"\"\"")
                    .unwrap()
                    .trim_end()
                    .strip_suffix("\"\"\"")
                    .unwrap();
                assert_eq!(dedent(inner), text, "{printed}");
            }
        }
    }

    #[test]
    fn what_is_no_sdl_is_refused_with_its_line() {
        for (sdl, line) in [
            ("", 1),
            ("<html>\n</html>", 1),
            ("type A {\n  a: Int\n", 3),
            ("type A {\n  a: \n}", 3),
            ("type A\n\nquery { a }", 3),
            ("type A {\n  \"open\n}", 2),
            ("\"\"\"open", 1),
            ("type A {\n a: [Int\n}", 3),
            (&format!("type A {{\n a: {}", "[".repeat(100_000)), 2),
            (&format!("input A {{\n a: Int = {}", "[".repeat(100_000)), 2),
        ] {
            let error = normalise(sdl).unwrap_err();
            assert_eq!(error.line, line, "{sdl}: {error:?}");
        }
    }
}
