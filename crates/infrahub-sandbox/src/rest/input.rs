//! What is sent, with the server's answers where something is missing or something else.

use super::Parameters;
use super::answers::Answer;
use serde_json::{Map, Value, json};

/// The texts of these names in a JSON body.
///
/// # Errors
/// An answer that lists what is wrong.
pub(super) fn texts<const N: usize>(body: &[u8], names: [&str; N]) -> Result<[String; N], Answer> {
    if body.is_empty() {
        return Err(refused(&[problem("missing", &json!(["body"]), "Field required", &Value::Null)]));
    }
    let body = json(body)?;
    let wrong = names.iter().filter_map(|name| match body.get(name) {
        Some(Value::String(_)) => None,
        Some(other) => {
            Some(problem("string_type", &json!(["body", name]), "Input should be a valid string", other))
        }
        None => Some(missing(name, &body)),
    });
    let wrong: Vec<Value> = wrong.collect();
    if !wrong.is_empty() {
        return Err(refused(&wrong));
    }
    Ok(names.map(|name| body[name].as_str().unwrap_or_default().to_owned()))
}

/// The map of that name in a JSON body; an empty one where there is none, or no body.
///
/// # Errors
/// An answer that says what is wrong.
pub(super) fn map(body: &[u8], name: &str) -> Result<Map<String, Value>, Answer> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match json(body)?.get_mut(name).map(Value::take) {
        None => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(other) => Err(refused(&[problem(
            "dict_type",
            &json!(["body", name]),
            "Input should be a valid dictionary",
            &other,
        )])),
    }
}

/// A truth value among the parameters of a request, in one of the words that the server takes for it.
///
/// # Errors
/// An answer that says what is wrong.
pub(super) fn truth(parameters: &Parameters, name: &str) -> Result<bool, Answer> {
    let Some(text) = parameters.get(name) else { return Ok(false) };
    match text.to_lowercase().as_str() {
        "1" | "on" | "t" | "true" | "y" | "yes" => Ok(true),
        "0" | "off" | "f" | "false" | "n" | "no" => Ok(false),
        _ => Err(refused(&[problem(
            "bool_parsing",
            &json!(["query", name]),
            "Input should be a valid boolean, unable to interpret input",
            &json!(text),
        )])),
    }
}

/// What is wrong where a body lacks a field.
pub(super) fn missing(name: &str, input: &Value) -> Value {
    problem("missing", &json!(["body", name]), "Field required", input)
}

/// The answer that lists what is wrong.
pub(super) fn refused(problems: &[Value]) -> Answer {
    Answer::json(422, &json!({ "detail": problems }))
}

fn json(body: &[u8]) -> Result<Value, Answer> {
    serde_json::from_slice(body).map_err(|_| {
        let mut problem = problem("json_invalid", &json!(["body", 0]), "JSON decode error", &json!({}));
        problem["ctx"] = json!({ "error": "Expecting value" });
        refused(&[problem])
    })
}

fn problem(kind: &str, place: &Value, message: &str, input: &Value) -> Value {
    json!({ "type": kind, "loc": place, "msg": message, "input": input })
}
