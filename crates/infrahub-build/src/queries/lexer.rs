//! The tokens of GraphQL, for schema and documents alike.

use std::fmt;
use std::ops::Range;

/// What is wrong with a text, and at which byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    /// `! $ & ( ) : = @ [ ] { | }`
    Punctuation(u8),
    /// `...`
    Spread,
    Int(&'a str),
    Float(&'a str),
    /// A string, with its quotes and escapes as written.
    String(&'a str),
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) | Self::Int(text) | Self::Float(text) => write!(f, "`{text}`"),
            Self::String(_) => f.write_str("a string"),
            Self::Punctuation(byte) => write!(f, "`{}`", char::from(*byte)),
            Self::Spread => f.write_str("`...`"),
            Self::End => f.write_str("the end of the file"),
        }
    }
}

/// How deep brackets may stand in each other. What people write stays far below, and no text overflows the stack.
const MAX_DEPTH: usize = 100;

/// Reads tokens front to back, one ahead.
pub(super) struct Lexer<'a> {
    text: &'a str,
    offset: usize,
    next: Token<'a>,
    next_at: usize,
    /// The byte after the token that was taken last.
    end: usize,
    /// How many brackets are open.
    depth: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, Problem> {
        Self::within(text, 0..text.len())
    }

    /// Reads a part of a text; places are those in the whole.
    pub(super) fn within(text: &'a str, part: Range<usize>) -> Result<Self, Problem> {
        let Range { start, end } = part;
        let mut lexer = Self {
            text: &text[..end],
            offset: start,
            next: Token::End,
            next_at: start,
            end: start,
            depth: 0,
        };
        lexer.advance()?;
        Ok(lexer)
    }

    /// The next token, which stays.
    pub(super) fn peek(&self) -> Token<'a> {
        self.next
    }

    /// Where the next token starts.
    pub(super) fn at(&self) -> usize {
        self.next_at
    }

    /// The byte after the token that was taken last.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// The text from a byte to the end of the token that was taken last.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text[start..self.end].trim()
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Result<Token<'a>, Problem> {
        let token = self.next;
        match token {
            Token::Punctuation(b'{' | b'[' | b'(') if self.depth == MAX_DEPTH => {
                return Err(Problem::new(self.next_at, format!("this is nested more than {MAX_DEPTH} deep")));
            }
            Token::Punctuation(b'{' | b'[' | b'(') => self.depth += 1,
            Token::Punctuation(b'}' | b']' | b')') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.end = self.offset;
        self.advance()?;
        Ok(token)
    }

    /// Takes the next token if it is this punctuation.
    pub(super) fn accept(&mut self, punctuation: u8) -> Result<bool, Problem> {
        let found = self.next == Token::Punctuation(punctuation);
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// Takes the next token if it is this name.
    pub(super) fn accept_name(&mut self, name: &str) -> Result<bool, Problem> {
        let found = self.next == Token::Name(name);
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// Takes this punctuation.
    pub(super) fn expect(&mut self, punctuation: u8) -> Result<(), Problem> {
        if self.accept(punctuation)? {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{}`", char::from(punctuation))))
        }
    }

    /// Takes a name; `what` says which, for the error.
    pub(super) fn name(&mut self, what: &str) -> Result<&'a str, Problem> {
        match self.next {
            Token::Name(name) => {
                self.take()?;
                Ok(name)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// The error that the next token is not what was expected.
    pub(super) fn unexpected(&self, expected: &str) -> Problem {
        Problem::new(self.next_at, format!("expected {expected}, found {}", self.next))
    }

    fn advance(&mut self) -> Result<(), Problem> {
        let bytes = self.text.as_bytes();
        let mut at = self.offset;
        loop {
            match bytes.get(at) {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => at += 1,
                Some(b'#') => {
                    at += bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count();
                }
                Some(0xEF) if self.text[at..].starts_with('\u{FEFF}') => at += 3,
                _ => break,
            }
        }
        self.next_at = at;
        let Some(&first) = bytes.get(at) else {
            self.next = Token::End;
            self.offset = at;
            return Ok(());
        };
        let length;
        self.next = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                length = bytes[at..].iter().take_while(|byte| is_name_byte(**byte)).count();
                Token::Name(&self.text[at..at + length])
            }
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' => {
                length = 1;
                Token::Punctuation(first)
            }
            b'.' if bytes[at..].starts_with(b"...") => {
                length = 3;
                Token::Spread
            }
            b'-' | b'0'..=b'9' => {
                length = 1 + bytes[at + 1..].iter().take_while(|byte| is_number_byte(**byte)).count();
                let text = &self.text[at..at + length];
                number(text).ok_or_else(|| Problem::new(at, format!("`{text}` is not a number")))?
            }
            b'"' => {
                length = string_length(self.text, at)?;
                Token::String(&self.text[at..at + length])
            }
            _ => {
                let character = self.text[at..].chars().next().unwrap_or_default();
                return Err(Problem::new(at, format!("`{character}` has no meaning here")));
            }
        };
        self.offset = at + length;
        Ok(())
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')
}

/// A number of GraphQL's grammar: no leading zero or plus, and digits on both sides of the point.
fn number(text: &str) -> Option<Token<'_>> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(are_digits);
    let is_whole = fraction.is_none() && exponent.is_none();
    is_number.then_some(if is_whole { Token::Int(text) } else { Token::Float(text) })
}

/// The bytes of the string that starts at `at`, quotes included.
fn string_length(text: &str, at: usize) -> Result<usize, Problem> {
    let rest = &text.as_bytes()[at..];
    let unclosed = || Problem::new(at, "this string is not closed");
    if rest.starts_with(b"\"\"\"") {
        let mut end = 3;
        loop {
            match rest.get(end) {
                None => return Err(unclosed()),
                Some(b'\\') if rest[end..].starts_with(b"\\\"\"\"") => end += 4,
                Some(b'"') if rest[end..].starts_with(b"\"\"\"") => return Ok(end + 3),
                Some(_) => end += 1,
            }
        }
    }
    let mut end = 1;
    loop {
        match rest.get(end) {
            None | Some(b'\n' | b'\r') => return Err(unclosed()),
            Some(b'\\') => {
                end += escape_length(&rest[end..])
                    .ok_or_else(|| Problem::new(at + end, "this is no escape that GraphQL has"))?;
            }
            Some(b'"') => return Ok(end + 1),
            Some(_) => end += 1,
        }
    }
}

/// The bytes of an escape in a string: `\n`, `\u00e9`.
fn escape_length(rest: &[u8]) -> Option<usize> {
    match rest.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => rest.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, Problem> {
        let mut lexer = Lexer::new(text)?;
        let mut tokens = Vec::new();
        while lexer.peek() != Token::End {
            tokens.push(lexer.take()?);
        }
        Ok(tokens)
    }

    #[test]
    fn every_token_is_read() {
        let text = "query Q($a: [Int!]) # comment\n{ x(y: -1.5, z: 3, s: \"a\\\"b\", b: \"\"\"c \\\"\"\" d\"\"\") ...F @skip(if: $a) }";
        let read = tokens(text).unwrap();
        assert!(read.contains(&Token::Float("-1.5")));
        assert!(read.contains(&Token::Int("3")));
        assert!(read.contains(&Token::String("\"a\\\"b\"")));
        assert!(read.contains(&Token::String("\"\"\"c \\\"\"\" d\"\"\"")));
        assert!(read.contains(&Token::Spread));
        assert!(!read.contains(&Token::Name("comment")));
    }

    #[test]
    fn what_is_not_graphql_is_a_problem_with_a_place() {
        for (text, at) in [
            ("a ; b", 2),
            ("\"open", 0),
            ("\"\"\"open\"", 0),
            ("x 1.2.3", 2),
            ("007", 0),
            ("1.", 0),
            ("+1", 0),
            ("\u{1F600}", 0),
            (r#""\q""#, 1),
        ] {
            assert_eq!(tokens(text).unwrap_err().at, at, "{text}");
        }
    }
}
