//! The GraphQL endpoint: bodies as JSON and as multipart forms.

use super::answers::{Answer, crash};
use super::auth;
use crate::accounts::Denied;
use crate::graphql::{self, GraphError, Operation, Request};
use crate::objects::Upload;
use crate::state::State;
use crate::store::MAIN;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Path, Query, Request as HttpRequest, State as Shared};
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Parameters = Query<BTreeMap<String, String>>;

pub(super) async fn on_main(
    Shared(state): Shared<Arc<State>>,
    parameters: Parameters,
    headers: HeaderMap,
    request: HttpRequest,
) -> Answer {
    answer(state, MAIN.to_owned(), &parameters.0, &headers, request).await
}

pub(super) async fn on_branch(
    Shared(state): Shared<Arc<State>>,
    Path(branch): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
    request: HttpRequest,
) -> Answer {
    answer(state, branch, &parameters.0, &headers, request).await
}

async fn answer(
    state: Arc<State>,
    branch: String,
    parameters: &BTreeMap<String, String>,
    headers: &HeaderMap,
    request: HttpRequest,
) -> Answer {
    let caller = match auth::caller(&state, headers) {
        Ok(caller) => caller,
        Err(denied) => return refused(denied),
    };
    let served = match state.served(&branch) {
        Ok(served) => served,
        Err(refusals) => return Answer::plain_error(404, refusals.to_string()),
    };
    let at = match parameters.get("at").filter(|text| text.is_empty()) {
        // elsewhere that is no point in time
        Some(_) => Err("Invalid time format for ".to_owned()),
        None => super::at(parameters),
    };
    let at = match at {
        Ok(at) => at,
        Err(message) => return refused(Denied { status: 400, code: "UNDEFINED_ERROR", message }),
    };
    let (operation, files) = match read(headers, request).await {
        Ok(read) => read,
        Err(answer) => return answer,
    };
    let request = Request::new(state, served, branch, at, caller).with_files(files);
    let (status, body) = graphql::execute(request, operation).await.body();
    body.map_or_else(crash, |body| Answer::json_text(status, body))
}

/// A refusal before anything is executed.
fn refused(denied: Denied) -> Answer {
    let mut error = GraphError::of_document(denied.message, None);
    (error.code, error.http_status) = (denied.code.to_owned(), denied.status);
    if denied.code == "TOKEN_EXPIRED" {
        error.data = json!({ "expired_at": null });
    }
    Answer::json(denied.status, &json!({ "data": null, "errors": [error.to_json()] }))
}

async fn read(headers: &HeaderMap, request: HttpRequest) -> Result<(Operation, Vec<Upload>), Answer> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match content_type.unwrap_or_default() {
        json if json.starts_with("application/json") => {
            let bytes = Bytes::from_request(request, &()).await;
            let bytes = bytes.map_err(|error| Answer::plain_error(400, error.body_text()))?;
            let body = serde_json::from_slice(&bytes);
            let body = body.map_err(|_| Answer::plain_error(400, "Request body is not a valid JSON"))?;
            Ok((operation(body)?, Vec::new()))
        }
        form if form.starts_with("multipart/form-data") => multipart(request).await,
        _ => Err(Answer::plain_error(
            400,
            "Content-type must be application/json or multipart/form-data".to_owned(),
        )),
    }
}

fn operation(body: Value) -> Result<Operation, Answer> {
    let Value::Object(mut body) = body else {
        return Err(match body {
            Value::Array(_) => Answer::plain_error(400, "This server does not support batching"),
            _ => crash(),
        });
    };
    let Some(Value::String(query)) = body.remove("query").filter(|query| *query != "") else {
        return Err(crash());
    };
    let name = match body.remove("operationName") {
        Some(Value::String(name)) => Some(name),
        _ => None,
    };
    let variables = match body.remove("variables") {
        Some(Value::Object(variables)) => variables,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(crash()),
    };
    Ok(Operation { query, name, variables })
}

/// An operation with files, by the GraphQL multipart request specification. A file takes the place of its variable.
async fn multipart(request: HttpRequest) -> Result<(Operation, Vec<Upload>), Answer> {
    let wrong = |message: &str| Answer::plain_error(400, message);
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|error| wrong(&error.body_text()))?;
    let mut operations = Value::Null;
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| wrong(&error.body_text()))? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name =
            field.headers().get(header::CONTENT_DISPOSITION).and_then(file_name).unwrap_or_default();
        let bytes = field.bytes().await.map_err(|error| wrong(&error.body_text()))?;
        match name.as_str() {
            "operations" => {
                operations = serde_json::from_slice(&bytes).map_err(|_| wrong("`operations` is no JSON"))?;
            }
            "map" => places = serde_json::from_slice(&bytes).map_err(|_| wrong("`map` is no JSON"))?,
            _ => {
                for place in places.get(&name).into_iter().flatten() {
                    put(&mut operations, place, files.len());
                }
                files.push(Upload { name: file_name, bytes: bytes.to_vec().into() });
            }
        }
    }
    Ok((operation(operations)?, files))
}

/// The name of a file as a form has it, without the backslashes that escape quotes and backslashes in it.
fn file_name(disposition: &HeaderValue) -> Option<String> {
    let text = std::str::from_utf8(disposition.as_bytes()).ok()?;
    let (_, rest) = text.split_once("filename=")?;
    let Some(quoted) = rest.strip_prefix('"') else {
        return rest.split(';').next().map(|name| name.trim().to_owned());
    };
    let mut name = String::new();
    let mut letters = quoted.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => name.push(letters.next_if(|next| matches!(next, '"' | '\\')).unwrap_or('\\')),
            other => name.push(other),
        }
    }
    Some(name)
}

/// Puts the number of a file where the form says that it belongs (`variables.file`).
fn put(operations: &mut Value, place: &str, number: usize) {
    let pointer = format!("/{}", place.replace('.', "/"));
    if let Some(variable) = operations.pointer_mut(&pointer) {
        *variable = json!({ "upload": number });
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;
    use axum::http::HeaderValue;

    #[test]
    fn names_of_files_are_read_as_they_were_before_the_form() {
        for (header, expected) in [
            (r#"form-data; name="0"; filename="a b.txt""#, Some("a b.txt")),
            (r#"form-data; name="0"; filename="Vertrag \"ü\\1\".txt""#, Some(r#"Vertrag "ü\1".txt"#)),
            (r#"form-data; name="0"; filename="a\\"; more=1"#, Some(r"a\")),
            (r#"form-data; name="0"; filename="a\b""#, Some(r"a\b")),
            ("form-data; filename=plain.txt; name=0", Some("plain.txt")),
            (r#"form-data; name="map""#, None),
        ] {
            let header = HeaderValue::from_bytes(header.as_bytes()).unwrap();
            assert_eq!(file_name(&header).as_deref(), expected, "{header:?}");
        }
    }
}
