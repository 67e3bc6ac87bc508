//! Why the store refuses something, with the server's own codes and words.

use super::NodeId;
use serde_json::{Value, json};
use std::fmt;

/// One error as the server would answer it.
///
/// In GraphQL it becomes `{message, path: [root field, ..path], extensions: {code, http_status, data}}`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refused {
    /// No object has that id or human-friendly id, or it has another kind.
    NodeNotFound { kind: String, identifier: String, message: String },
    /// Something is wrong with one field of the data.
    Field { kind: String, field: String, problem: Problem },
    /// Another object has the same value or values.
    Taken {
        /// The fields, joined by hyphens, and what computed ones among them are made from.
        fields: String,
        /// Whether the human-friendly id is what is taken, and by which objects.
        holders: Option<Vec<NodeId>>,
    },
    /// No branch has that name.
    BranchNotFound { name: String },
    /// The branch was merged and takes no more writes.
    BranchAlreadyMerged { name: String },
    /// The schema of the branch has no such kind.
    SchemaNotFound { kind: String, message: String },
    /// The caller lacks a permission.
    Denied { message: String },
    /// What the server has no code for.
    Other { http_status: u16, message: String },
    /// A peer that an attribute is computed from is not there, of which the server says no more than that.
    Uninitialized { cause: Box<Refused> },
    /// What the server can do and the sandbox cannot.
    Lacking { what: String },
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Problem {
    /// It is mandatory and has no value.
    Missing,
    /// The value is no value of the field's kind.
    Type { received: String, expected: String },
    /// The value breaks a rule; this is the server's sentence about it.
    Rule(String),
}

impl Refused {
    /// No object of the kind has that identifier.
    pub(crate) fn not_found(kind: &str, identifier: impl fmt::Display) -> Self {
        let identifier = identifier.to_string();
        let message = format!("Unable to find the node {identifier} / {kind} in the database.");
        Self::NodeNotFound { kind: kind.to_owned(), identifier, message }
    }

    /// A mandatory field was left out.
    pub(crate) fn missing(kind: &str, field: &str) -> Self {
        Self::Field { kind: kind.to_owned(), field: field.to_owned(), problem: Problem::Missing }
    }

    /// A field has a value of the wrong type. The server knows it by its message, in which the value must be one line.
    pub(crate) fn wrong_type(kind: &str, field: &str, received: String, expected: &str) -> Self {
        if received.is_empty() || received.contains('\n') {
            return Self::rule(kind, field, format!("{received} is not a valid {expected}"));
        }
        let problem = Problem::Type { received, expected: expected.to_owned() };
        Self::Field { kind: kind.to_owned(), field: field.to_owned(), problem }
    }

    /// A field breaks a rule.
    pub(crate) fn rule(kind: &str, field: &str, sentence: impl Into<String>) -> Self {
        Self::Field {
            kind: kind.to_owned(),
            field: field.to_owned(),
            problem: Problem::Rule(sentence.into()),
        }
    }

    /// The data are wrong as a whole, in words without a code.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Other { http_status: 422, message: message.into() }
    }

    /// The server would fail.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Self::Other { http_status: 500, message: message.into() }
    }

    /// The sandbox lacks what was asked for.
    pub(crate) fn lacking(what: impl Into<String>) -> Self {
        Self::Lacking { what: what.into() }
    }

    /// `extensions.code`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NodeNotFound { .. } => "NODE_NOT_FOUND",
            Self::Field { problem: Problem::Missing, .. } => "ATTRIBUTE_REQUIRED",
            Self::Field { problem: Problem::Type { .. }, .. } => "ATTRIBUTE_INVALID_TYPE",
            Self::Field { problem: Problem::Rule(_), .. } => "ATTRIBUTE_CONSTRAINT_VIOLATION",
            Self::BranchNotFound { .. } => "BRANCH_NOT_FOUND",
            Self::BranchAlreadyMerged { .. } => "BRANCH_ALREADY_MERGED",
            Self::SchemaNotFound { .. } => "SCHEMA_NOT_FOUND",
            Self::Denied { .. } => "PERMISSION_DENIED",
            Self::Taken { .. } | Self::Other { .. } | Self::Uninitialized { .. } | Self::Lacking { .. } => {
                "UNDEFINED_ERROR"
            }
        }
    }

    /// `extensions.http_status`, which is not the status of the answer.
    pub(crate) fn http_status(&self) -> u16 {
        match self {
            Self::NodeNotFound { .. } => 404,
            Self::BranchNotFound { .. } | Self::BranchAlreadyMerged { .. } => 400,
            Self::Denied { .. } => 403,
            Self::Other { http_status, .. } => *http_status,
            Self::Uninitialized { .. } => 500,
            Self::Lacking { .. } => 501,
            Self::Field { .. } | Self::Taken { .. } | Self::SchemaNotFound { .. } => 422,
        }
    }

    /// `extensions.data`.
    pub(crate) fn data(&self) -> Value {
        match self {
            Self::NodeNotFound { kind, identifier, .. } => {
                json!({ "node_kind": kind, "identifier": identifier })
            }
            Self::Field { kind, field, problem } => {
                let mut data = json!({ "node_kind": kind, "field_name": field });
                match problem {
                    Problem::Missing => {}
                    Problem::Type { received, expected } => {
                        data["expected_type"] = json!(expected);
                        data["received_type"] = json!(received);
                    }
                    Problem::Rule(sentence) => {
                        data["constraint"] = json!(sentence);
                        data["detail"] = Value::Null;
                    }
                }
                data
            }
            Self::BranchNotFound { name } | Self::BranchAlreadyMerged { name } => {
                json!({ "branch_name": name })
            }
            Self::SchemaNotFound { kind, .. } => json!({ "kind": kind }),
            Self::Denied { .. } => json!({ "action": null, "resource_kind": null }),
            Self::Taken { .. } | Self::Other { .. } | Self::Uninitialized { .. } | Self::Lacking { .. } => {
                json!({})
            }
        }
    }

    /// What is wrong, where the server says less.
    pub(crate) fn cause(&self) -> &Refused {
        match self {
            Self::Uninitialized { cause } => cause,
            refused => refused,
        }
    }

    /// The field of the data that the error is about, if it is about one.
    pub(crate) fn field(&self) -> Option<&str> {
        match self {
            Self::Field { field, .. } => Some(field),
            _ => None,
        }
    }

    /// What names no object, if the error is about that.
    pub(crate) fn identifier(&self) -> Option<&str> {
        match self {
            Self::NodeNotFound { identifier, .. } => Some(identifier),
            _ => None,
        }
    }
}

impl fmt::Display for Refused {
    /// The message, in the server's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeNotFound { message, .. }
            | Self::SchemaNotFound { message, .. }
            | Self::Denied { message }
            | Self::Other { message, .. } => f.write_str(message),
            Self::Field { kind, field, problem } => {
                match problem {
                    Problem::Missing => write!(f, "{field} is mandatory for {kind}")?,
                    Problem::Type { received, expected } => {
                        write!(f, "{received} is not a valid {expected}")?;
                    }
                    Problem::Rule(sentence) => f.write_str(sentence)?,
                }
                write!(f, " at {field}")
            }
            Self::Taken { fields, .. } => write!(f, "Violates uniqueness constraint {fields}"),
            Self::BranchNotFound { name } => write!(f, "Branch: {name} not found."),
            Self::BranchAlreadyMerged { name } => {
                write!(f, "Branch '{name}' has been merged and is read-only. No modifications are allowed.")
            }
            Self::Uninitialized { .. } => f.write_str("Relationship has not been initialized yet"),
            Self::Lacking { what } => write!(f, "The sandbox lacks {what}; a real Infrahub has it."),
        }
    }
}

impl std::error::Error for Refused {}

/// Everything that is wrong with one call: one error, or one for each field that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusals {
    first: Box<Refused>,
    others: Vec<Refused>,
}

impl Refusals {
    /// Gives an error if there is anything in the list. Of several problems of one field the last stands, as the server
    /// keeps them by field; a problem of no field makes one message of all.
    pub(crate) fn check(all: Vec<Refused>) -> Result<(), Self> {
        if all.len() > 1 && all.iter().any(|refused| refused.field().is_none()) {
            let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
            return Err(Refused::invalid(texts.join(", ")).into());
        }
        let mut kept: Vec<Refused> = Vec::new();
        for refused in all {
            match kept.iter_mut().find(|other| other.field() == refused.field()) {
                Some(other) => *other = refused,
                None => kept.push(refused),
            }
        }
        let mut kept = kept.into_iter();
        match kept.next() {
            Some(first) => Err(Self { first: Box::new(first), others: kept.collect() }),
            None => Ok(()),
        }
    }

    /// The first.
    pub(crate) fn first(&self) -> &Refused {
        &self.first
    }

    /// Each error with the rest of its path below the root field: nothing, or `data` and the field where several are
    /// wrong.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&Refused, Vec<&str>)> {
        let several = !self.others.is_empty();
        std::iter::once(&*self.first).chain(&self.others).map(move |refused| {
            let path = match refused.field() {
                Some(field) if several => vec!["data", field],
                _ => Vec::new(),
            };
            (refused, path)
        })
    }
}

impl From<Refused> for Refusals {
    fn from(first: Refused) -> Self {
        Self { first: Box::new(first), others: Vec::new() }
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.each().map(|(refused, _)| refused.to_string()).collect();
        f.write_str(&texts.join(", "))
    }
}
