//! Looking for a text in the attributes of all objects.

use super::{Asked, Given, count, text};
use crate::graphql::request::Request;
use crate::store::{Arguments, Outcome};
use serde_json::{Value, json};

/// How many objects are given if nobody says.
const USUAL: usize = 10;

pub(super) fn anywhere(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let view = request.view()?;
    let wanted = text(asked, "q").unwrap_or_default();
    let found = match view.get_text(wanted) {
        Some(object) => vec![object],
        None => {
            let partial = asked.arguments.get("partial_match").and_then(Value::as_bool).unwrap_or(true);
            let mut filter = Arguments::new();
            filter.insert("any__value".to_owned(), wanted.into());
            filter.insert("partial_match".to_owned(), partial.into());
            filter.insert("limit".to_owned(), count(asked, "limit").unwrap_or(USUAL).into());
            view.find("CoreNode", &filter)?.items
        }
    };
    let edges: Vec<Value> = found
        .iter()
        .map(|object| json!({ "node": { "id": object.id().to_string(), "kind": object.kind() } }))
        .collect();
    Ok(Given::Json(json!({ "count": found.len(), "edges": edges, "parent_prefixes": [] })))
}
