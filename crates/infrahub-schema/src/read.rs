//! From JSON text to a schema, with every problem named by line, kind and field.

use crate::position::Position;
use crate::{
    Attribute, Flavour, KindSchema, Problem, Relationship, Schema, SchemaError, normalise, validate,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The format of `nodes.json` that this version reads and writes.
pub(crate) const FORMAT: u64 = 1;

const API_ADVICE: &str = "The text is not the node schema of a supported Infrahub server: \
    check the address and the version of the server.";
const FILE_ADVICE: &str = "Restore the file from version control, or pull again with `cargo infrahub pull`.";

/// The answer of `GET /api/schema`.
#[derive(Deserialize)]
struct ApiAnswer<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    generics: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    profiles: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    templates: Vec<&'a RawValue>,
    #[serde(default)]
    namespaces: Vec<Namespace>,
}

#[derive(Deserialize)]
struct Namespace {
    name: String,
    #[serde(default)]
    user_editable: bool,
}

/// The content of `nodes.json`.
#[derive(Deserialize)]
struct NodesFile<'a> {
    #[serde(default)]
    namespaces: BTreeMap<String, bool>,
    #[serde(borrow)]
    kinds: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct FormatOnly {
    format: u64,
}

/// Limits that servers before the introduction of `parameters` put beside the attribute's name.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OldLimits {
    regex: Option<String>,
    min_length: Option<i64>,
    max_length: Option<i64>,
}

#[derive(Deserialize)]
struct WithOldLimits {
    #[serde(default)]
    attributes: Option<Vec<OldLimits>>,
}

/// The fields of a kind as text, to find one by name or to check each alone.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    attributes: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    relationships: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct FieldName {
    name: String,
}

/// The names of a kind, whatever else is wrong with it.
#[derive(Deserialize)]
struct KindNames {
    #[serde(default)]
    kind: Value,
    #[serde(default)]
    namespace: Value,
    #[serde(default)]
    name: Value,
}

impl KindNames {
    fn full(&self) -> Option<String> {
        match (self.kind.as_str(), self.namespace.as_str(), self.name.as_str()) {
            (Some(kind), ..) if !kind.is_empty() => Some(kind.to_owned()),
            (_, Some(namespace), Some(name)) => {
                Some(format!("{namespace}{name}")).filter(|kind| !kind.is_empty())
            }
            _ => None,
        }
    }
}

/// Reads the answer of `GET /api/schema`.
pub(crate) fn api(json: &[u8], origin: &str) -> Result<Schema, SchemaError> {
    let reader = Reader { text: utf8(json, origin, API_ADVICE)?, origin, advice: API_ADVICE };
    let answer: ApiAnswer<'_> = reader.top()?;
    let sections = [
        (Flavour::Node, answer.nodes),
        (Flavour::Generic, answer.generics),
        (Flavour::Profile, answer.profiles),
        (Flavour::Template, answer.templates),
    ];
    let raws = sections
        .into_iter()
        .flat_map(|(flavour, raws)| raws.into_iter().map(move |raw| (Some(flavour), raw)));
    let namespaces = answer.namespaces.into_iter().map(|entry| (entry.name, entry.user_editable)).collect();
    reader.schema(&raws.collect::<Vec<_>>(), namespaces)
}

/// Reads the content of `nodes.json`.
pub(crate) fn nodes_file(json: &[u8], origin: &str) -> Result<Schema, SchemaError> {
    let reader = Reader { text: utf8(json, origin, FILE_ADVICE)?, origin, advice: FILE_ADVICE };
    let FormatOnly { format } = reader.top()?;
    if format != FORMAT {
        return Err(SchemaError::Format { origin: origin.to_owned(), found: format, known: FORMAT });
    }
    let file: NodesFile<'_> = reader.top()?;
    let raws: Vec<_> = file.kinds.into_iter().map(|raw| (None, raw)).collect();
    reader.schema(&raws, file.namespaces)
}

/// Where a kind, or its last field of that name, stands in the content of `nodes.json`.
pub(crate) fn locate(json: &str, kind: &str, field: Option<&str>) -> Option<Position> {
    let reader = Reader { text: json, origin: "", advice: FILE_ADVICE };
    let file: NodesFile<'_> = reader.top().ok()?;
    let named =
        |raw: &&RawValue| parse::<KindNames>(raw).is_ok_and(|names| names.full().as_deref() == Some(kind));
    file.kinds.into_iter().find(named).map(|raw| reader.locate(raw, field))
}

/// Reads a small answer of the server whose fields are all at the top.
pub(crate) fn small<T: DeserializeOwned>(json: &[u8], origin: &str) -> Result<T, SchemaError> {
    Reader { text: utf8(json, origin, API_ADVICE)?, origin, advice: API_ADVICE }.top()
}

/// Reads a small file of the snapshot.
pub(crate) fn small_file<T: DeserializeOwned>(json: &[u8], origin: &str) -> Result<T, SchemaError> {
    Reader { text: utf8(json, origin, FILE_ADVICE)?, origin, advice: FILE_ADVICE }.top()
}

/// The error for an answer that is not what it should be, in one line of it; 0 where it is not known.
pub(crate) fn invalid_answer(origin: &str, line: usize, message: String) -> SchemaError {
    invalid_text(origin, line, message, API_ADVICE)
}

fn invalid_text(origin: &str, line: usize, message: String, advice: &'static str) -> SchemaError {
    let problem = Problem { line, column: 0, kind: None, field: None, message };
    SchemaError::Invalid { origin: origin.to_owned(), problems: vec![problem], advice }
}

fn utf8<'a>(bytes: &'a [u8], origin: &str, advice: &'static str) -> Result<&'a str, SchemaError> {
    std::str::from_utf8(bytes)
        .map_err(|error| invalid_text(origin, 0, format!("the text is not UTF-8: {error}"), advice))
}

struct Reader<'a> {
    text: &'a str,
    origin: &'a str,
    advice: &'static str,
}

impl<'a> Reader<'a> {
    fn top<T: Deserialize<'a>>(&self) -> Result<T, SchemaError> {
        let mut deserializer = serde_json::Deserializer::from_str(self.text);
        let failed = |path: Option<String>, error: &serde_json::Error| {
            let position = Position { line: 1, column: 1 }.of_error(error);
            self.invalid(vec![problem(position, None, path, message_of(error))])
        };
        let value: T = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| failed(path_of(&error), error.inner()))?;
        deserializer.end().map_err(|error| failed(None, &error))?;
        Ok(value)
    }

    fn schema(
        &self,
        raws: &[(Option<Flavour>, &'a RawValue)],
        namespaces: BTreeMap<String, bool>,
    ) -> Result<Schema, SchemaError> {
        let mut problems = Vec::new();
        let mut kinds = Vec::with_capacity(raws.len());
        for (flavour, raw) in raws {
            match parse::<KindSchema>(raw) {
                Ok(mut kind) => {
                    kind.flavour = flavour.unwrap_or(kind.flavour);
                    if flavour.is_some() {
                        take_old_limits(&mut kind, raw);
                    }
                    normalise::kind(&mut kind);
                    kinds.push(kind);
                }
                Err(error) => self.explain(raw, &error, &mut problems),
            }
        }
        // Rules across kinds make sense only where every kind could be read.
        if problems.is_empty() {
            for fault in validate::faults(&kinds) {
                let position = self.locate(raws[fault.kind].1, fault.field.as_deref());
                problems.push(problem(
                    position,
                    Some(kinds[fault.kind].kind.clone()),
                    fault.field,
                    fault.message,
                ));
            }
        }
        if !problems.is_empty() {
            problems.sort_by_key(|problem| (problem.line, problem.column));
            return Err(self.invalid(problems));
        }
        let kinds = kinds.into_iter().map(|kind| (kind.kind.clone(), kind)).collect();
        Ok(Schema { kinds, namespaces })
    }

    /// Adds a problem for each field of the kind that cannot be read, or one for the kind itself.
    fn explain(&self, raw: &RawValue, error: &ParseError, problems: &mut Vec<Problem>) {
        let kind = parse::<KindNames>(raw).ok().and_then(|names| names.full());
        let before = problems.len();
        if let Ok(fields) = parse::<Fields<'_>>(raw) {
            for field in fields.attributes.iter().flatten() {
                self.explain_field::<Attribute>(field, "attribute", kind.as_deref(), problems);
            }
            for field in fields.relationships.iter().flatten() {
                self.explain_field::<Relationship>(field, "relationship", kind.as_deref(), problems);
            }
        }
        let path = path_of(error);
        let in_a_field = path
            .as_deref()
            .is_some_and(|path| path.starts_with("attributes[") || path.starts_with("relationships["));
        if problems.len() == before || !in_a_field {
            let position = Position::of(self.text, raw).of_error(error.inner());
            problems.push(problem(position, kind, path, message_of(error.inner())));
        }
    }

    fn explain_field<T: DeserializeOwned>(
        &self,
        raw: &RawValue,
        what: &str,
        kind: Option<&str>,
        problems: &mut Vec<Problem>,
    ) {
        let Err(error) = parse::<T>(raw) else { return };
        let position = Position::of(self.text, raw).of_error(error.inner());
        let field =
            parse::<FieldName>(raw).map_or_else(|_| format!("{what} without a name"), |field| field.name);
        let message = match path_of(&error) {
            Some(path) => format!("`{path}` of the {what}: {}", message_of(error.inner())),
            None => message_of(error.inner()),
        };
        problems.push(problem(position, kind.map(str::to_owned), Some(field), message));
    }

    /// Where a kind, or its last field of that name, stands.
    fn locate(&self, raw: &RawValue, field: Option<&str>) -> Position {
        let found = field.and_then(|name| {
            let fields = parse::<Fields<'_>>(raw).ok()?;
            let named = |raw: &&RawValue| parse::<FieldName>(raw).is_ok_and(|field| field.name == name);
            let mut both = fields
                .attributes
                .unwrap_or_default()
                .into_iter()
                .chain(fields.relationships.unwrap_or_default());
            both.rfind(named).map(|raw| Position::of(self.text, raw))
        });
        found.unwrap_or_else(|| Position::of(self.text, raw))
    }

    fn invalid(&self, problems: Vec<Problem>) -> SchemaError {
        SchemaError::Invalid { origin: self.origin.to_owned(), problems, advice: self.advice }
    }
}

type ParseError = serde_path_to_error::Error<serde_json::Error>;

fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, ParseError> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(raw.get()))
}

fn take_old_limits(kind: &mut KindSchema, raw: &RawValue) {
    let Ok(WithOldLimits { attributes: Some(limits) }) = parse::<WithOldLimits>(raw) else { return };
    for (attribute, old) in kind.attributes.iter_mut().zip(limits) {
        let parameters = &mut attribute.parameters;
        parameters.regex = parameters.regex.take().or(old.regex);
        parameters.min_length = parameters.min_length.or(old.min_length);
        parameters.max_length = parameters.max_length.or(old.max_length);
    }
}

fn problem(position: Position, kind: Option<String>, field: Option<String>, message: String) -> Problem {
    Problem { line: position.line, column: position.column, kind, field, message }
}

/// The path of a failed value, unless it is the whole text.
fn path_of(error: &ParseError) -> Option<String> {
    let path = error.path().to_string();
    (path != "." && path != "?").then_some(path)
}

/// The message without the position, which is relative to the part that was read.
fn message_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}
