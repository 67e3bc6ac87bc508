//! One entry of a GraphQL answer's `errors`.

use super::code::ErrorCode;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::fmt;

/// One step of the path to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathSegment {
    /// A field, or the alias that the document gave it.
    Field(String),
    /// A position in a list, from 0.
    Index(u64),
}

/// One error of a GraphQL answer.
#[derive(Clone)]
pub struct GraphQlError {
    pub(crate) message: String,
    pub(crate) path: Vec<PathSegment>,
    pub(crate) code: Option<ErrorCode>,
    pub(crate) http_status: Option<u16>,
    pub(crate) data: Option<Box<RawValue>>,
}

impl GraphQlError {
    /// What the server says, in its own words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The path from the operation's root to the field; empty where the error is about no field.
    pub fn path(&self) -> &[PathSegment] {
        &self.path
    }

    /// The root field (or its alias) that the error is about.
    pub fn root(&self) -> Option<&str> {
        match self.path.first() {
            Some(PathSegment::Field(name)) => Some(name),
            _ => None,
        }
    }

    /// The server's code, if it gave one.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.code.as_ref()
    }

    /// The HTTP status that the server files the error under, which is not the status of the answer.
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// The code's own data as JSON, such as `{"node_kind": …, "identifier": …}`.
    pub fn data(&self) -> Option<&RawValue> {
        self.data.as_deref()
    }

    /// Whether the object would have been a second one with the same unique value.
    ///
    /// The server has no code for it; this reads its message.
    pub fn is_uniqueness_violation(&self) -> bool {
        self.message.starts_with("Violates uniqueness constraint")
    }

    /// Whether a resource pool has nothing left to give. Nothing of the write was stored but what other pools gave
    /// for it.
    ///
    /// The server has no code for it, and other words for each kind of pool; this reads them.
    pub fn is_pool_exhausted(&self) -> bool {
        const WORDS: [&str; 2] =
            ["No more resources available", "There are no more addresses available in this pool."];
        WORDS.contains(&self.message.as_str())
            || (self.message.starts_with("The pool ") && self.message.contains(" is exhausted."))
    }

    /// Whether the write was kept from running, or was rolled back, for the sake of another: a merge was
    /// running, or the database broke a deadlock. Nothing of it was stored.
    ///
    /// The server has a code for the merge and passes the database's own words on for the deadlock.
    pub fn is_undone(&self) -> bool {
        let deadlock = self.message.contains("deadlock") && self.message.contains("can't acquire");
        deadlock || self.code == Some(ErrorCode::MergeInProgress)
    }

    /// Whether the database gave up, because another write changed what it was reading.
    ///
    /// The server passes the database's own words on. They do not say whether that was before or after a write was
    /// stored, so this is no proof that nothing was.
    pub fn is_outdated_read(&self) -> bool {
        self.message.starts_with("The transaction read outdated data")
    }

    /// Whether there are errors, and all are of one sort.
    pub(crate) fn all_are(errors: &[Self], is: impl Fn(&Self) -> bool) -> bool {
        !errors.is_empty() && errors.iter().all(is)
    }

    /// Whether the server blames the request, or says that nothing of it was stored.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.http_status, Some(400..=499)) || self.is_undone() || self.is_pool_exhausted()
    }

    /// Whether a create was refused because an object with the id that the client chose exists already.
    ///
    /// The server has no code for it; this reads its message.
    pub fn is_id_in_use(&self) -> bool {
        self.message.ends_with("is already in use at id")
    }

    /// Whether the document does not fit the server's schema: a kind, field, argument or type that it names is
    /// not there, or is another.
    ///
    /// The server validates before it runs anything; its words are those of graphql-core. `Unable to find the
    /// schema` is its own word for a fragment on a kind that it does not have.
    pub(crate) fn is_schema_mismatch(&self) -> bool {
        const BEGINNINGS: [&str; 3] = ["Cannot query field '", "Unknown argument '", "Unknown type '"];
        const PARTS: [&str; 4] = [
            "' is not defined by type '",
            "' used in position expecting type '",
            " must have a selection of subfields.",
            " must not have a selection since type '",
        ];
        let message = self.message.as_str();
        // Before the last `; ` stands the value that was sent, which may say anything.
        let reason = match message.strip_prefix("Variable '$") {
            Some(variable) => variable.rsplit_once("; ").map_or(variable, |(_, reason)| reason),
            None => message,
        };
        self.path.is_empty()
            && (self.code == Some(ErrorCode::SchemaNotFound)
                || BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
                || PARTS.iter().any(|part| reason.contains(part)))
    }

    /// An error of which only the text is known.
    pub(crate) fn from_message(message: String) -> Self {
        let code = is_unknown_branch(&message).then_some(ErrorCode::BranchNotFound);
        Self { message, path: Vec::new(), code, http_status: None, data: None }
    }

    /// Reads an entry of `errors`, whatever it looks like.
    fn from_value(value: Value) -> Self {
        let mut entry = match value {
            Value::String(message) => return Self::from_message(message),
            Value::Object(entry) => entry,
            other => return Self::from_message(other.to_string()),
        };
        let message = match entry.remove("message") {
            Some(Value::String(message)) => message,
            Some(other) => other.to_string(),
            None => "the server gave no message".to_owned(),
        };
        let mut error = Self::from_message(message);
        if let Some(Value::Array(path)) = entry.remove("path") {
            error.path = path.into_iter().filter_map(segment).collect();
        }
        if let Some(Value::Object(mut extensions)) = entry.remove("extensions") {
            error.http_status = extensions.get("http_status").and_then(status);
            match extensions.remove("code") {
                Some(Value::String(code)) => error.code = Some(ErrorCode::from(code.as_str())),
                Some(number @ Value::Number(_)) => error.http_status = error.http_status.or(status(&number)),
                _ => {}
            }
            error.data = extensions
                .remove("data")
                .filter(|data| !data.is_null())
                .and_then(|data| to_raw_value(&data).ok());
        }
        error
    }
}

impl<'de> Deserialize<'de> for GraphQlError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_value)
    }
}

impl fmt::Debug for GraphQlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphQlError")
            .field("message", &super::text::shown(&self.message))
            .field("path", &self.path)
            .field("code", &self.code)
            .field("http_status", &self.http_status)
            .finish_non_exhaustive()
    }
}

/// The data of an answer that has errors too: what did succeed.
#[derive(Clone)]
pub struct RawData(pub(crate) Box<RawValue>);

impl RawData {
    /// The data as JSON.
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl fmt::Debug for RawData {
    /// Shows the size only: the server may send back a secret that was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.get().len())
    }
}

/// The branch that the URL names does not exist: the server says so without a code.
fn is_unknown_branch(message: &str) -> bool {
    message.starts_with("Branch: ") && message.ends_with(" not found.")
}

fn status(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|status| u16::try_from(status).ok())
}

fn segment(value: Value) -> Option<PathSegment> {
    match value {
        Value::String(name) => Some(PathSegment::Field(name)),
        Value::Number(index) => index.as_u64().map(PathSegment::Index),
        _ => None,
    }
}
