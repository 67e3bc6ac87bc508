//! YAML as a tree that knows its lines, so that what is wrong can be shown where it stands.
//!
//! It means what it means to Infrahub's own tools, which read YAML 1.1.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A value and the line where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From 1; 0 where it is not known.
    pub line: usize,
    /// The value.
    pub data: Data,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A text, a number, true, false or null.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// The entries of a map, in their order.
    Map(Vec<(String, Node)>),
}

/// What is wrong in a text, and in which line.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// The files of a folder and of those in it that are wanted, in the order of their names.
///
/// # Errors
/// The folder that cannot be read, and why.
pub fn files(
    folder: &Path,
    is_wanted: &impl Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let entries = fs::read_dir(folder).and_then(|all| all.map(|entry| Ok(entry?.path())).collect());
    let mut entries: Vec<PathBuf> = entries.map_err(|error| (folder.to_owned(), error))?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            found.extend(files(&entry, is_wanted)?);
        } else if is_wanted(&entry) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Deeper nesting is refused.
const DEEPEST: usize = 64;

/// More values, those that aliases repeat counted each time, are refused.
const MOST_NODES: usize = 1_000_000;

impl Node {
    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.data {
            Data::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The items of a list; none where it is no list.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON, without lines.
    pub fn to_json(&self) -> Value {
        match &self.data {
            Data::Scalar(value) => value.clone(),
            Data::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Data::Map(entries) => {
                let entries = entries.iter().map(|(key, node)| (key.clone(), node.to_json()));
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }

    /// A JSON value, whose lines are not known.
    pub fn from_json(value: Value) -> Node {
        let data = match value {
            Value::Array(items) => Data::List(items.into_iter().map(Node::from_json).collect()),
            Value::Object(map) => {
                Data::Map(map.into_iter().map(|(key, value)| (key, Node::from_json(value))).collect())
            }
            scalar => Data::Scalar(scalar),
        };
        Node { line: 0, data }
    }

    fn size(&self) -> usize {
        1 + match &self.data {
            Data::Scalar(_) => 0,
            Data::List(items) => items.iter().map(Node::size).sum(),
            Data::Map(entries) => entries.iter().map(|(_, node)| node.size()).sum(),
        }
    }
}

/// The documents of a YAML text; an empty document is none.
///
/// Plain scalars mean what they mean to Infrahub's own tools, which read YAML 1.1: `yes` and `on` are
/// true. Numbers that YAML 1.1 and 1.2 read differently (`010`) are refused.
///
/// # Errors
/// [`Malformed`] names the first line in which something is wrong.
///
/// ```
/// let documents = infrahub_schema::yaml::parse("kind: Object\nspec:\n  data: [yes]\n").unwrap();
/// let data = documents[0].get("spec").and_then(|spec| spec.get("data")).unwrap();
/// assert_eq!((data.line, data.items()[0].to_json()), (3, true.into()));
/// ```
pub fn parse(text: &str) -> Result<Vec<Node>, Malformed> {
    let mut builder =
        Builder { parser: Parser::new_from_str(text), anchors: HashMap::new(), left: MOST_NODES };
    let mut documents = Vec::new();
    while let Some((event, span)) = builder.next()? {
        if matches!(event, Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..)) {
            let document = builder.node(event, span, 0)?;
            if document.data != Data::Scalar(Value::Null) {
                documents.push(document);
            }
        }
    }
    Ok(documents)
}

struct Builder<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    left: usize,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Malformed> {
        self.parser.next_event().transpose().map_err(|error: ScanError| Malformed {
            line: error.marker().line(),
            message: error.info().to_owned(),
        })
    }

    fn expect(&mut self, line: usize) -> Result<(Event<'a>, Span), Malformed> {
        self.next()?.ok_or_else(|| malformed(line, "the text ends too early"))
    }

    /// The node that begins with `event`.
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Malformed> {
        let line = span.start.line();
        if depth > DEEPEST {
            return Err(malformed(line, format!("nested deeper than {DEEPEST} levels")));
        }
        self.spend(1, line)?;
        let (anchor, data) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, Data::Scalar(scalar(&text, style, tag, line)?))
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag, line)?;
                (anchor, Data::List(self.list(line, depth)?))
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag, line)?;
                (anchor, Data::Map(self.map(line, depth)?))
            }
            Event::Alias(anchor) => {
                let node = self
                    .anchors
                    .get(&anchor)
                    .ok_or_else(|| malformed(line, "an alias without its anchor"))?;
                let node = Node { line, data: node.data.clone() };
                self.spend(node.size(), line)?;
                return Ok(node);
            }
            _ => return Err(malformed(line, "a value is missing")),
        };
        let node = Node { line, data };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn spend(&mut self, nodes: usize, line: usize) -> Result<(), Malformed> {
        self.left = self
            .left
            .checked_sub(nodes)
            .ok_or_else(|| malformed(line, format!("more than {MOST_NODES} values")))?;
        Ok(())
    }

    fn list(&mut self, line: usize, depth: usize) -> Result<Vec<Node>, Malformed> {
        let mut items = Vec::new();
        loop {
            match self.expect(line)? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, line: usize, depth: usize) -> Result<Vec<(String, Node)>, Malformed> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut merged = Vec::new();
        loop {
            let (key, key_line) = match self.expect(line)? {
                (Event::MappingEnd, _) => break,
                (Event::Scalar(key, ..), span) => (key.into_owned(), span.start.line()),
                (_, span) => return Err(malformed(span.start.line(), "the key of an entry must be a text")),
            };
            let (event, span) = self.expect(key_line)?;
            let mut value = self.node(event, span, depth + 1)?;
            // A value that is a block of its own begins a line later than what names it.
            value.line = key_line;
            if key == "<<" {
                merged.push(value);
            } else if entries.iter().any(|(name, _)| *name == key) {
                return Err(malformed(key_line, format!("`{key}` stands here twice")));
            } else {
                entries.push((key, value));
            }
        }
        for source in merged {
            merge(&mut entries, source)?;
        }
        Ok(entries)
    }
}

/// `<<: *anchor`: entries of another map (or of several) that this one does not have itself.
fn merge(entries: &mut Vec<(String, Node)>, source: Node) -> Result<(), Malformed> {
    match source.data {
        Data::Map(others) => {
            for (key, node) in others {
                if !entries.iter().any(|(name, _)| *name == key) {
                    entries.push((key, node));
                }
            }
            Ok(())
        }
        Data::List(sources) => sources.into_iter().try_for_each(|source| merge(entries, source)),
        Data::Scalar(_) => Err(malformed(source.line, "`<<` takes a map or a list of maps")),
    }
}

fn malformed(line: usize, message: impl Into<String>) -> Malformed {
    Malformed { line, message: message.into() }
}

fn refuse_tag(tag: Option<Cow<'_, Tag>>, line: usize) -> Result<(), Malformed> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema() => {
            Err(malformed(line, format!("the tag `{}{}` is not known", tag.handle, tag.suffix)))
        }
        _ => Ok(()),
    }
}

fn scalar(
    text: &str,
    style: ScalarStyle,
    tag: Option<Cow<'_, Tag>>,
    line: usize,
) -> Result<Value, Malformed> {
    let is_text = style != ScalarStyle::Plain
        || tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    refuse_tag(tag, line)?;
    if is_text { Ok(text.into()) } else { plain(text, line) }
}

/// What a scalar without quotes means.
fn plain(text: &str, line: usize) -> Result<Value, Malformed> {
    let lower = text.to_ascii_lowercase();
    // `yEs` is a text: only these three spellings of a word mean something.
    let capitalised = text.get(..1).is_some_and(|first| {
        let rest = &text[first.len()..];
        rest == &lower[first.len()..] || text == text.to_ascii_uppercase()
    });
    if text.is_empty() || text == "~" {
        return Ok(Value::Null);
    }
    if capitalised {
        match lower.as_str() {
            "null" => return Ok(Value::Null),
            "true" | "yes" | "on" => return Ok(Value::Bool(true)),
            "false" | "no" | "off" => return Ok(Value::Bool(false)),
            _ => {}
        }
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(digits.to_ascii_lowercase().as_str(), ".inf" | ".nan") {
        return Err(malformed(line, format!("`{text}` is no number that JSON knows")));
    }
    let hex = digits.strip_prefix("0x").filter(|hex| !hex.is_empty());
    let number = if let Some(hex) = hex.filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        let signed = format!("{sign}{hex}");
        let number = i64::from_str_radix(&signed, 16)
            .map(Number::from)
            .or_else(|_| u64::from_str_radix(&signed, 16).map(Number::from));
        return number.map(Value::Number).map_err(|_| malformed(line, format!("`{text}` is too large")));
    } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        if digits.len() > 1 && digits.starts_with('0') {
            let message = format!(
                "`{text}` is 8 or 10 to the base, depending on the reader: leave out the leading zero, or quote it"
            );
            return Err(malformed(line, message));
        }
        let signed = format!("{sign}{digits}");
        let number =
            signed.parse::<i64>().map(Number::from).or_else(|_| signed.parse::<u64>().map(Number::from));
        return number.map(Value::Number).map_err(|_| malformed(line, format!("`{text}` is too large")));
    } else if is_float(digits) {
        format!("{sign}{digits}").parse().ok().and_then(Number::from_f64)
    } else {
        None
    };
    Ok(number.map_or_else(|| text.into(), Value::Number))
}

/// `1.5`, `.5`, `1.`, `1.5e3`, `1e3`.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty()),
        None => exponent.is_some() && !mantissa.is_empty() && digits(mantissa),
    };
    mantissa_fits && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(text: &str) -> Value {
        let documents = parse(text).unwrap();
        assert_eq!(documents.len(), 1, "{text}");
        documents[0].to_json()
    }

    #[test]
    fn scalars_mean_what_they_mean_to_infrahubs_own_tools() {
        let text = "[yes, Yes, YES, yEs, on, no, Off, true, ~, null, '', 'yes', \"on\", 1, -2, +3, 0, 0x1F, \
                    1.5, -.5, 1., 1e3, 1.5E-3, 1:30, 1.2.3, 00:11:22, '010', !!str 5, 18446744073709551615, e5, ., \
                    -0x1f, -0x8000000000000000, 0xffffffffffffffff, 0x-5, -0x-8000000000000000, 0x+5, 0xg]";
        let expected = json!([
            true,
            true,
            true,
            "yEs",
            true,
            false,
            false,
            true,
            null,
            null,
            "",
            "yes",
            "on",
            1,
            -2,
            3,
            0,
            31,
            1.5,
            -0.5,
            1.0,
            1000.0,
            0.0015,
            "1:30",
            "1.2.3",
            "00:11:22",
            "010",
            "5",
            18446744073709551615u64,
            "e5",
            ".",
            -31,
            i64::MIN,
            u64::MAX,
            "0x-5",
            "-0x-8000000000000000",
            "0x+5",
            "0xg"
        ]);
        assert_eq!(one(text), expected);
    }

    #[test]
    fn blocks_anchors_and_merges() {
        let text = "base: &base {kind: Text, optional: true}\nlist:\n  - <<: *base\n    kind: Number\n  - *base\n\
                    text: |\n  a\n  b\nfolded: >-\n  a\n  b\n";
        assert_eq!(
            one(text),
            json!({"base": {"kind": "Text", "optional": true},
                "list": [{"kind": "Number", "optional": true}, {"kind": "Text", "optional": true}],
                "text": "a\nb\n", "folded": "a b"})
        );
    }

    #[test]
    fn documents_and_lines() {
        let documents = parse("# nothing\n---\na: 1\n---\n---\nb:\n  - c\n  -\n    d: 2\n").unwrap();
        assert_eq!(documents.len(), 2);
        let list = documents[1].get("b").unwrap();
        assert_eq!((documents[0].get("a").unwrap().line, list.line), (3, 6));
        assert_eq!(list.items()[0].line, 7);
        assert_eq!(list.items()[1].get("d").unwrap().line, 9);
        assert!(parse("").unwrap().is_empty() && parse("# only a comment\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        let bomb = format!(
            "a: &a [{}]\n{}",
            "x,".repeat(100),
            (0..5)
                .map(|level| format!(
                    "{0}: &{0} [{1}]\n",
                    char::from(b'b' + level),
                    format!("*{},", char::from(b'a' + level)).repeat(100)
                ))
                .collect::<String>()
        );
        let deep = format!("a:\n {}", "[".repeat(100));
        for (text, line, message) in [
            ("a: 1\nb: 2\na: 3\n", 3, "`a` stands here twice"),
            ("a: 1\nb: [1, 2\nc: 3\n", 3, ""),
            ("a: 1\n? [x]\n: 2\n", 2, "must be a text"),
            ("a: 1\nb: 010\n", 2, "leading zero"),
            ("a: !include other.yml\n", 1, "the tag `!include`"),
            ("a: .inf\n", 1, "no number"),
            ("a: 99999999999999999999\n", 1, "too large"),
            ("a: -0x8000000000000001\n", 1, "too large"),
            ("a: *nothing\n", 1, ""),
            ("a:\n  <<: text\n", 2, "takes a map"),
            (&bomb, 3, "more than 1000000 values"),
            (&deep, 2, "nested deeper"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text:.60}: {error:?}");
            assert!(error.message.contains(message), "{text:.60}: {error:?}");
        }
    }
}
