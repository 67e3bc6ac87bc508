//! Values of variables and arguments in the form that their type asks for, with the server's words for those that have
//! no such form.

use super::literal;
use super::types::{Argument, Shape, TypeSystem};
use async_graphql::dynamic::TypeRef;
use serde_json::{Map, Value};
use std::fmt::Write;

/// Why a value does not fit, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// Names and indexes down to what does not fit (`.name.value`, `[0]`).
    pub(super) path: String,
    /// What does not fit, as the server prints it.
    pub(super) found: String,
    pub(super) reason: String,
}

impl Mismatch {
    fn new(value: &Value, reason: impl Into<String>) -> Self {
        Self { path: String::new(), found: shown(value), reason: reason.into() }
    }

    fn below(mut self, step: &str) -> Self {
        self.path.insert_str(0, step);
        self
    }

    /// The message about a variable.
    pub(super) fn of_variable(&self, name: &str) -> String {
        let place = if self.path.is_empty() { String::new() } else { format!(" at '{name}{}'", self.path) };
        format!("Variable '${name}' got invalid value {}{place}; {}", self.found, self.reason)
    }
}

/// Brings a value into the form of a type: one value for a list is a list of it, a number in a text is a number.
pub(super) fn coerce(types: &TypeSystem, ty: &TypeRef, value: Value) -> Result<Value, Mismatch> {
    match ty {
        TypeRef::NonNull(_) if value.is_null() => {
            Err(Mismatch::new(&value, format!("Expected non-nullable type '{ty}' not to be None.")))
        }
        TypeRef::NonNull(inner) => coerce(types, inner, value),
        _ if value.is_null() => Ok(Value::Null),
        TypeRef::List(inner) => match value {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    coerce(types, inner, item).map_err(|mismatch| mismatch.below(&format!("[{index}]")))
                })
                .collect::<Result<_, _>>()
                .map(Value::Array),
            single => Ok(Value::Array(vec![coerce(types, inner, single)?])),
        },
        TypeRef::Named(name) => match types.shape(name) {
            Some(Shape::Input { fields }) => input(types, name, fields, value),
            Some(Shape::Enum { values }) => match value.as_str() {
                Some(text) if values.iter().any(|value| value.name == text) => Ok(value),
                Some(text) => {
                    let reason = format!("Value '{text}' does not exist in '{name}' enum.");
                    Err(Mismatch::new(&value, reason))
                }
                None => Err(Mismatch::new(
                    &value,
                    format!("Enum '{name}' cannot represent non-string value: {}.", shown(&value)),
                )),
            },
            _ => scalar(name, value),
        },
    }
}

/// The arguments of a field or the fields of an input object, each in its form. What is absent stays absent.
pub(super) fn coerce_arguments(
    types: &TypeSystem,
    arguments: &[Argument],
    mut values: Map<String, Value>,
) -> Result<Map<String, Value>, Mismatch> {
    let mut out = Map::with_capacity(values.len());
    for argument in arguments {
        if let Some(value) = values.remove(&argument.name) {
            let value = coerce(types, &argument.ty, value)
                .map_err(|mismatch| mismatch.below(&format!(".{}", argument.name)))?;
            out.insert(argument.name.clone(), value);
        } else if let Some(default) = &argument.default
            && *default != async_graphql::Value::Null
            && let Ok(default) = default.clone().into_json()
        {
            out.insert(argument.name.clone(), default);
        }
    }
    Ok(out)
}

fn input(types: &TypeSystem, name: &str, fields: &[Argument], value: Value) -> Result<Value, Mismatch> {
    let found = shown(&value);
    let Value::Object(values) = value else {
        return Err(Mismatch::new(&value, format!("Expected type '{name}' to be a mapping.")));
    };
    let missing = fields.iter().find(|field| {
        matches!(field.ty, TypeRef::NonNull(_))
            && field.default.is_none()
            && !values.contains_key(&field.name)
    });
    if let Some(field) = missing {
        let reason = format!("Field '{}' of required type '{}' was not provided.", field.name, field.ty);
        return Err(Mismatch { path: String::new(), found, reason });
    }
    if let Some(unknown) = values.keys().find(|key| !fields.iter().any(|field| field.name == **key)) {
        let reason = format!("Field '{unknown}' is not defined by type '{name}'.");
        return Err(Mismatch { path: String::new(), found, reason });
    }
    coerce_arguments(types, fields, values).map(Value::Object)
}

fn scalar(name: &str, value: Value) -> Result<Value, Mismatch> {
    let refuse = |value: &Value, what: &str| Err(Mismatch::new(value, format!("{what}: {}", shown(value))));
    match (name, &value) {
        ("String", Value::String(_)) | ("ID", Value::String(_)) | ("Boolean", Value::Bool(_)) => Ok(value),
        ("String", _) => refuse(&value, "String cannot represent a non string value"),
        ("ID", Value::Number(number)) if !number.is_f64() => Ok(Value::String(number.to_string())),
        ("ID", _) => refuse(&value, "ID cannot represent value"),
        ("Boolean", _) => refuse(&value, "Boolean cannot represent a non boolean value"),
        ("Int", Value::Number(number)) => match whole(number) {
            Some(int) if i32::try_from(int).is_ok() => Ok(int.into()),
            Some(_) => refuse(&value, "Int cannot represent non 32-bit signed integer value"),
            None => refuse(&value, "Int cannot represent non-integer value"),
        },
        ("Int", _) => refuse(&value, "Int cannot represent non-integer value"),
        ("Float", Value::Number(_)) => Ok(value),
        ("Float", _) => refuse(&value, "Float cannot represent non numeric value"),
        // fractions are cut off, and a number may stand in a text
        ("BigInt", Value::Number(number)) => match (number.is_i64() || number.is_u64(), number.as_f64()) {
            (true, _) | (_, None) => Ok(value),
            (false, Some(float)) => Ok(Value::from(float.trunc() as i64)),
        },
        ("BigInt", Value::String(text)) => {
            let whole = text.trim().parse::<i64>().ok();
            let fraction = || Some(text.trim().parse::<f64>().ok()?.trunc() as i64);
            match whole.or_else(fraction) {
                Some(number) => Ok(number.into()),
                None => Err(Mismatch::new(&value, "Expected type 'BigInt'.")),
            }
        }
        ("BigInt", Value::Bool(flag)) => Ok(i64::from(*flag).into()),
        ("BigInt", _) => {
            let found = if value.is_array() { "list" } else { "dict" };
            let reason = format!(
                "Expected type 'BigInt'. int() argument must be a string, a bytes-like object or a real number, not \
                 '{found}'"
            );
            Err(Mismatch::new(&value, reason))
        }
        ("DateTime", Value::String(text)) if literal::is_time(text) => Ok(value),
        ("DateTime", Value::String(_)) => refuse(&value, "DateTime cannot represent value"),
        ("DateTime", _) => refuse(&value, "DateTime cannot represent non-string value"),
        ("Upload", Value::Object(_)) => Ok(value),
        ("Upload", _) => refuse(&value, "Upload cannot represent what is no uploaded file"),
        _ => Ok(value),
    }
}

fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().filter(|float| float.fract() == 0.0).map(|float| float as i64))
}

/// A value as the server prints it in messages: as Python would.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let mut out = String::from("{");
            for (index, (name, value)) in fields.iter().enumerate() {
                let comma = if index == 0 { "" } else { ", " };
                // writing to a string cannot fail
                let _ = write!(out, "{comma}'{name}': {}", shown(value));
            }
            out.push('}');
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::sdl;
    use serde_json::json;

    fn types() -> TypeSystem {
        sdl::read(
            "input Data { name: Text, ids: [ID], flag: Boolean! }
             input Text { value: String, size: BigInt, way: Way = ASC }
             enum Way { ASC DESC }",
        )
        .unwrap()
    }

    fn coerced(ty: &str, value: Value) -> Result<Value, Mismatch> {
        coerce(&types(), &TypeRef::Named(ty.to_owned().into()), value)
    }

    #[test]
    fn values_take_the_form_of_their_type() {
        let data = json!({ "name": { "value": "x", "size": 2.9 }, "ids": 5, "flag": true });
        assert_eq!(
            coerced("Data", data),
            Ok(json!({ "name": { "value": "x", "size": 2, "way": "ASC" }, "ids": ["5"], "flag": true }))
        );
        assert_eq!(coerced("BigInt", json!("65001")), Ok(json!(65001)));
        assert_eq!(coerced("BigInt", json!(i64::MAX)), Ok(json!(i64::MAX)));
        assert_eq!(coerced("GenericScalar", json!({ "a": [1, null] })), Ok(json!({ "a": [1, null] })));
    }

    #[test]
    fn what_has_no_such_form_is_refused_in_the_words_of_the_server() {
        for (value, message) in [
            (
                json!({ "flag": true, "name": { "value": 5 } }),
                "Variable '$data' got invalid value 5 at 'data.name.value'; String cannot represent a non string value: 5",
            ),
            (
                json!({ "flag": true, "bogus": 1 }),
                "Variable '$data' got invalid value {'bogus': 1, 'flag': True}; Field 'bogus' is not defined by type 'Data'.",
            ),
            (
                json!({}),
                "Variable '$data' got invalid value {}; Field 'flag' of required type 'Boolean!' was not provided.",
            ),
            (
                json!({ "flag": true, "name": { "way": "UP" } }),
                "Variable '$data' got invalid value 'UP' at 'data.name.way'; Value 'UP' does not exist in 'Way' enum.",
            ),
            (
                json!({ "flag": null }),
                "Variable '$data' got invalid value None at 'data.flag'; Expected non-nullable type 'Boolean!' not to be None.",
            ),
        ] {
            assert_eq!(coerced("Data", value).unwrap_err().of_variable("data"), message);
        }
    }
}
