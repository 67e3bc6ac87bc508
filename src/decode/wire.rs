//! A value as it stands in an answer.

use crate::value::Json;
use std::borrow::Cow;

/// A value as it stands in an answer, null excepted.
#[derive(Debug)]
pub enum Wire<'de> {
    /// A text.
    Text(Cow<'de, str>),
    /// A number without a fraction.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A list, an object, or a number that is no `i64`.
    Json(Json),
}

impl<'de> Wire<'de> {
    /// The text; otherwise why it is not what was expected.
    pub fn text(self, expected: &str) -> Result<Cow<'de, str>, String> {
        match self {
            Wire::Text(text) => Ok(text),
            other => Err(other.is_not(expected)),
        }
    }

    /// A value that is known as JSON; `None` for null.
    pub(super) fn of(json: Json) -> Option<Self> {
        match json {
            Json::Null => None,
            Json::String(text) => Some(Wire::Text(text.into())),
            Json::Bool(truth) => Some(Wire::Boolean(truth)),
            Json::Number(number) => Some(number.as_i64().map_or(Wire::Json(number.into()), Wire::Integer)),
            other => Some(Wire::Json(other)),
        }
    }

    /// Why this is not what was expected, without the value.
    pub fn is_not(&self, expected: &str) -> String {
        let found = match self {
            Wire::Text(_) => "string",
            Wire::Integer(_) => "integer",
            Wire::Boolean(_) => "boolean",
            Wire::Json(Json::Array(_)) => "sequence",
            Wire::Json(Json::Object(_)) => "map",
            Wire::Json(_) => "number",
        };
        format!("invalid type: {found}, expected {expected}")
    }
}

impl From<Wire<'_>> for Json {
    fn from(value: Wire<'_>) -> Self {
        match value {
            Wire::Text(text) => Json::String(text.into_owned()),
            Wire::Integer(number) => number.into(),
            Wire::Boolean(truth) => truth.into(),
            Wire::Json(json) => json,
        }
    }
}
