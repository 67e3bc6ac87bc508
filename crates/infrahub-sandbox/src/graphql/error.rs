//! Errors as they stand in an answer.

use crate::store::{Refusals, Refused};
use serde_json::{Value, json};

/// One error of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GraphError {
    pub(crate) message: String,
    /// Line and column in the document.
    pub(crate) location: Option<(usize, usize)>,
    /// Names of the answer and indexes down to the field that failed; empty before anything ran.
    pub(crate) path: Vec<Value>,
    pub(crate) code: String,
    pub(crate) http_status: u16,
    pub(crate) data: Value,
    /// How much of the path leads to what becomes null for it: the whole data if nothing.
    pub(crate) null_at: Option<usize>,
}

impl GraphError {
    /// An error in the document or its variables, found before anything ran.
    pub(crate) fn of_document(message: impl Into<String>, location: Option<(usize, usize)>) -> Self {
        Self {
            message: message.into(),
            location,
            path: Vec::new(),
            code: "UNDEFINED_ERROR".to_owned(),
            http_status: 500,
            data: json!({}),
            null_at: Some(0),
        }
    }

    /// The errors for what the store refused, at a field of the answer.
    pub(crate) fn of_refusals(
        refusals: &Refusals,
        path: &[Value],
        location: Option<(usize, usize)>,
        null_at: Option<usize>,
    ) -> Vec<Self> {
        refusals
            .each()
            .map(|(refused, below)| {
                let below = below.into_iter().map(Value::from);
                Self::of_refused(refused, path.iter().cloned().chain(below).collect(), location, null_at)
            })
            .collect()
    }

    fn of_refused(
        refused: &Refused,
        path: Vec<Value>,
        location: Option<(usize, usize)>,
        null_at: Option<usize>,
    ) -> Self {
        Self {
            message: refused.to_string(),
            location,
            path,
            code: refused.code().to_owned(),
            http_status: refused.http_status(),
            data: refused.data(),
            null_at,
        }
    }

    /// The error as JSON.
    pub(crate) fn to_json(&self) -> Value {
        let mut out = json!({
            "message": self.message,
            "extensions": { "code": self.code, "http_status": self.http_status, "data": self.data },
        });
        if let Some((line, column)) = self.location {
            out["locations"] = json!([{ "line": line, "column": column }]);
        }
        if !self.path.is_empty() {
            out["path"] = Value::Array(self.path.clone());
        }
        out
    }
}

/// The server's words for what async-graphql found wrong with a document.
pub(super) fn in_the_servers_words(message: &str) -> String {
    let quoted: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    match (message, quoted.as_slice()) {
        (text, [field, ty, ..]) if text.starts_with("Unknown field ") => {
            format!("Cannot query field '{field}' on type '{ty}'.")
        }
        (text, [argument, field, ty, ..]) if text.starts_with("Unknown argument ") => {
            format!("Unknown argument '{argument}' on field '{ty}.{field}'.")
        }
        (text, [fragment, ..]) if text.starts_with("Unknown fragment") => {
            format!("Unknown fragment '{fragment}'.")
        }
        (text, [_, field, ty, ..])
            if text.starts_with("Invalid value") && text.contains("unknown field ") =>
        {
            format!("Field '{field}' is not defined by type '{ty}'.")
        }
        (text, _) => {
            let text = text.replace('"', "'").replace("Variable '", "Variable '$");
            if text.ends_with('.') { text } else { text + "." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_the_servers_words;

    #[test]
    fn mistakes_are_told_in_the_servers_words() {
        for (ours, theirs) in [
            (
                r#"Unknown field "zone" on type "InfraSite"."#,
                "Cannot query field 'zone' on type 'InfraSite'.",
            ),
            (
                r#"Unknown argument "zone" on field "InfraSite" of type "Query"."#,
                "Unknown argument 'zone' on field 'Query.InfraSite'.",
            ),
            (
                r#"Invalid value for argument "data", unknown field "zone" of type "InfraSiteCreateInput""#,
                "Field 'zone' is not defined by type 'InfraSiteCreateInput'.",
            ),
            (
                r#"Variable "n" of type "Int" used in position expecting type "String""#,
                "Variable '$n' of type 'Int' used in position expecting type 'String'.",
            ),
            (
                r#"Field "site" of type "NestedEdgedSite!" must have a selection of subfields"#,
                "Field 'site' of type 'NestedEdgedSite!' must have a selection of subfields.",
            ),
        ] {
            assert_eq!(in_the_servers_words(ours), theirs);
        }
    }
}
