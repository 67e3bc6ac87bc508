//! The texts of a JSON body, with the server's answers where one is missing or something else.

use super::answers::Answer;
use serde_json::{Value, json};

/// The texts of these names.
///
/// # Errors
/// An answer that lists what is wrong.
pub(super) fn texts<const N: usize>(body: &[u8], names: [&str; N]) -> Result<[String; N], Answer> {
    let refused = |details: Vec<Value>| Answer::json(422, &json!({ "detail": details }));
    if body.is_empty() {
        return Err(refused(vec![problem("missing", &json!(["body"]), "Field required", &Value::Null)]));
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        let mut detail = problem("json_invalid", &json!(["body", 0]), "JSON decode error", &json!({}));
        detail["ctx"] = json!({ "error": "Expecting value" });
        return Err(refused(vec![detail]));
    };
    let wrong = names.iter().filter_map(|name| match body.get(name) {
        Some(Value::String(_)) => None,
        Some(other) => {
            Some(problem("string_type", &json!(["body", name]), "Input should be a valid string", other))
        }
        None => Some(problem("missing", &json!(["body", name]), "Field required", &body)),
    });
    let wrong: Vec<Value> = wrong.collect();
    if !wrong.is_empty() {
        return Err(refused(wrong));
    }
    Ok(names.map(|name| body[name].as_str().unwrap_or_default().to_owned()))
}

fn problem(kind: &str, place: &Value, message: &str, input: &Value) -> Value {
    json!({ "type": kind, "loc": place, "msg": message, "input": input })
}
