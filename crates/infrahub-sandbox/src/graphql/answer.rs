//! The answer to an operation.

use super::error::GraphError;
use async_graphql::Value;
use serde::Serialize;

/// What an operation is answered with.
pub(crate) enum Answer {
    /// Data and errors, with status 200 whatever they say.
    Executed { data: Value, errors: Vec<GraphError> },
    /// It was not executed.
    Refused { status: u16, error: GraphError },
    /// The server fails on it.
    Crash,
}

#[derive(Serialize)]
struct Body<'a> {
    data: &'a Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<serde_json::Value>,
}

impl Answer {
    /// The answer of an execution. Where a field failed that cannot be null, what holds it is null.
    pub(super) fn executed(mut data: Value, errors: Vec<GraphError>) -> Self {
        for error in &errors {
            if let Some(length) = error.null_at {
                let length = length.min(error.path.len());
                nullify(&mut data, &error.path[..length]);
            }
        }
        Self::Executed { data, errors }
    }

    /// Status and JSON of the answer; no JSON where the server crashes.
    pub(crate) fn body(&self) -> (u16, Option<String>) {
        let (status, data, errors) = match self {
            Self::Executed { data, errors } => (200, data, errors.as_slice()),
            Self::Refused { status, error } => (*status, &Value::Null, std::slice::from_ref(error)),
            Self::Crash => return (500, None),
        };
        let errors = errors.iter().map(GraphError::to_json).collect();
        (status, serde_json::to_string(&Body { data, errors }).ok())
    }
}

/// Makes null what a path leads to, if it leads anywhere.
fn nullify(data: &mut Value, path: &[serde_json::Value]) {
    let Some((step, rest)) = path.split_first() else {
        *data = Value::Null;
        return;
    };
    let below = match (data, step) {
        (Value::Object(fields), serde_json::Value::String(name)) => fields.get_mut(name.as_str()),
        (Value::List(items), serde_json::Value::Number(index)) => index
            .as_u64()
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| items.get_mut(index)),
        _ => None,
    };
    if let Some(below) = below {
        nullify(below, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::value;
    use serde_json::json;

    #[test]
    fn what_holds_a_failed_field_is_null() {
        let path = [json!("a"), json!("edges"), json!(1), json!("node"), json!("tags")];
        let error = |null_at| {
            let mut error = GraphError::of_document("no", None);
            (error.path, error.null_at) = (path.to_vec(), Some(null_at));
            error
        };
        let data =
            value!({ "a": { "edges": [{ "node": { "tags": 1 } }, { "node": { "tags": 2 } }] }, "b": 1 });
        for (null_at, expected) in [
            (4, value!({ "a": { "edges": [{ "node": { "tags": 1 } }, { "node": null }] }, "b": 1 })),
            (0, Value::Null),
        ] {
            let Answer::Executed { data, .. } = Answer::executed(data.clone(), vec![error(null_at)]) else {
                panic!("not executed");
            };
            assert_eq!(data, expected);
        }
    }
}
