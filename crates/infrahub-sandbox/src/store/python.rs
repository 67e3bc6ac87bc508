//! How the server, a Python program, writes values into its messages and templates.

use serde_json::Value;

/// `str(value)`.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// `repr(value)`.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => list(items),
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", quoted(key), repr(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// `type(value).__name__`.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// `repr` of a list.
pub(crate) fn list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(repr).collect();
    format!("[{}]", items.join(", "))
}

/// `repr` of a list of texts.
pub(crate) fn texts<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// `repr` of a text.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut written = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            letter if letter == quote => written.extend(['\\', letter]),
            letter if letter.is_control() => written.push_str(&format!("\\x{:02x}", u32::from(letter))),
            letter => written.push(letter),
        }
    }
    written.push(quote);
    written
}

/// `text.title()`: each run of letters begins with a capital.
pub(crate) fn title(text: &str) -> String {
    let mut inside = false;
    let mut written = String::new();
    for letter in text.chars() {
        match (letter.is_alphabetic(), inside) {
            (true, false) => written.extend(letter.to_uppercase()),
            (true, true) => written.extend(letter.to_lowercase()),
            (false, _) => written.push(letter),
        }
        inside = letter.is_alphabetic();
    }
    written
}

/// `str` of the member of the enum that the server makes of an attribute's values: `SideEnum.A`.
pub(crate) fn member(attribute: &str, value: &Value) -> String {
    let text = text(value);
    let words = text.split(|letter: char| !(letter == '_' || letter.is_ascii_alphanumeric()));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("{}Enum.{}", title(attribute), words.join("_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_python_does() {
        for (value, expected) in [
            (json!(null), "None"),
            (json!(true), "True"),
            (json!(5), "5"),
            (json!("it's"), "\"it's\""),
            (json!("a\\d"), "'a\\\\d'"),
            (json!(["a", 1, {"b": false}]), "['a', 1, {'b': False}]"),
        ] {
            assert_eq!(repr(&value), expected);
        }
        assert_eq!(text(&json!("plain")), "plain");
        assert_eq!(title("stock-a1b NAME"), "Stock-A1B Name");
        assert_eq!(member("console_side", &json!("a b-c")), "Console_SideEnum.A_B_C");
    }
}
