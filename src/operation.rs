//! One GraphQL operation, ready to send: a constant document, its variables and what may be done with it.

use crate::error::{Context, Error};
use crate::file::File;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;

/// What sending an operation does to the server, which decides when it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something, and a second run would change it again.
    Write,
    /// Changes something, and the caller says that a second run does no harm.
    RepeatableWrite,
    /// Makes an object under an id that the client chose: sending the same request again does no harm, calling
    /// again makes another object.
    NewObject,
}

impl Effect {
    /// Whether it changes anything on the server.
    pub(crate) fn is_write(self) -> bool {
        self != Self::Read
    }

    /// Whether it may be sent again although an earlier attempt may have run.
    pub(crate) fn is_repeatable(self) -> bool {
        self != Self::Write
    }

    /// Whether the caller may make the same call again although this one may have run.
    pub(crate) fn is_repeatable_by_caller(self) -> bool {
        matches!(self, Self::Read | Self::RepeatableWrite)
    }
}

/// A file that goes with an operation.
#[derive(Debug)]
pub(crate) struct Upload<'a> {
    /// The variable that stands for it, null among the variables.
    pub(crate) variable: Cow<'a, str>,
    pub(crate) file: File,
}

/// One GraphQL operation.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    /// The operation's name in the document; empty for an anonymous one.
    pub(crate) name: Cow<'a, str>,
    /// The GraphQL text, without any value in it.
    pub(crate) document: Cow<'a, str>,
    /// The variables, as a JSON object.
    pub(crate) variables: Box<RawValue>,
    /// What it does to the server.
    pub(crate) effect: Effect,
    /// What the `X-Infrahub-Tracker` header says (`query-infradevice-page1`).
    pub(crate) tracker: Cow<'a, str>,
    /// The kind that it is about, for errors.
    pub(crate) kind: Option<&'static str>,
    /// Whether it stands on the schema that the program was compiled for.
    pub(crate) is_compiled: bool,
    /// The id of the object that it writes, where the client knows it; for errors.
    pub(crate) object: Option<String>,
    /// The file that goes with it.
    pub(crate) upload: Option<Upload<'a>>,
}

impl Operation<'_> {
    /// Serializes variables; the error names what cannot be JSON.
    pub(crate) fn variables(variables: impl Serialize) -> Result<Box<RawValue>, Error> {
        let json = to_raw_value(&variables).map_err(|error| {
            Error::invalid_request(format!("the variables cannot be written as JSON: {error}"))
        })?;
        match json.get() {
            "null" => Ok(to_raw_value(&serde_json::Map::new()).unwrap_or(json)),
            object if object.starts_with('{') => Ok(json),
            _ => Err(Error::invalid_request("the variables must be an object: a struct, a map or `()`")),
        }
    }
}

/// The answer to an operation without errors.
#[derive(Debug)]
pub(crate) struct Answered<T> {
    pub(crate) data: T,
    /// The call, for errors that the caller makes of the data.
    pub(crate) context: Context,
    /// What checks that the server has the file that went with it.
    pub(crate) sent: Option<crate::call::Sent>,
}

/// The answer to an operation, with the errors beside the data.
#[derive(Debug)]
pub(crate) struct Partial<T> {
    /// What the server answered; `None` where it answered null.
    pub(crate) data: Option<T>,
    /// The errors, each with the path to the field that it is about.
    pub(crate) errors: Vec<crate::error::GraphQlError>,
    /// Whether an earlier attempt got no answer and so may have run too.
    pub(crate) ambiguous: bool,
    /// The call, for errors that the caller makes of these. Where there is data, it does not say whether the
    /// last attempt may have run: that differs from field to field.
    pub(crate) context: Context,
    /// What checks that the server has the file that went with it.
    pub(crate) sent: Option<crate::call::Sent>,
}
