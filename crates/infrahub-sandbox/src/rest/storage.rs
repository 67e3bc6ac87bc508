//! The object storage, and the files of objects.

use super::answers::{Answer, crash};
use super::{Parameters, input};
use crate::objects::hexadecimal;
use crate::state::State;
use crate::store::{Object, View};
use axum::body::{Body, Bytes};
use axum::extract::{Multipart, Path, Query, RawQuery, State as Shared};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

pub(super) async fn upload_content(Shared(state): Shared<Arc<State>>, body: Bytes) -> Answer {
    match input::texts(&body, ["content"]) {
        Ok([content]) => store(&state, content.into_bytes()),
        Err(answer) => answer,
    }
}

pub(super) async fn upload_file(Shared(state): Shared<Arc<State>>, mut form: Multipart) -> Answer {
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("file") {
            return match field.bytes().await {
                Ok(bytes) => store(&state, bytes.to_vec()),
                Err(_) => crash(),
            };
        }
    }
    input::refused(&[input::missing("file", &Value::Null)])
}

fn store(state: &State, bytes: Vec<u8>) -> Answer {
    let checksum = hexadecimal(&Md5::digest(&bytes));
    let identifier = state.world().objects.put(bytes);
    Answer::json(200, &json!({ "identifier": identifier, "checksum": checksum }))
}

/// The bytes of a stored object, without a content type.
pub(super) async fn object(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    let world = state.world();
    if let Some(bytes) = world.objects.get(&id) {
        return Response::new(Body::from(Bytes::from_owner(bytes)));
    }
    if world.objects.file(&id).is_some() {
        let message = format!(
            "The object {id} is the file of a file object: use /api/storage/files/by-storage-id/{id} instead"
        );
        return Answer::error(403, message).into_response();
    }
    Answer::error(404, format!("Unable to find the node {id} / StorageObject in the database."))
        .into_response()
}

pub(super) async fn file(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Response {
    answer(&state, &parameters, &id, |view| view.get_text(&id))
}

pub(super) async fn file_by_storage_id(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Response {
    answer(&state, &parameters, &id, |view| {
        let filter = json!({ "storage_id__value": id });
        let found = view.find("CoreFileObject", filter.as_object()?).ok()?;
        found.items.into_iter().next()
    })
}

pub(super) async fn file_by_hfid(
    Shared(state): Shared<Arc<State>>,
    Path(kind): Path<String>,
    query: RawQuery,
) -> Response {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(&query.0.unwrap_or_default()).unwrap_or_default();
    let hfid: Vec<String> =
        pairs.iter().filter(|(name, _)| name == "hfid").map(|(_, value)| value.clone()).collect();
    let parameters = pairs.into_iter().collect();
    answer(&state, &parameters, &hfid.join(", "), |view| view.by_hfid(&kind, &hfid).ok().flatten())
}

/// The file of an object on a branch, at a time.
fn answer(
    state: &State,
    parameters: &Parameters,
    wanted: &str,
    find: impl FnOnce(&View) -> Option<Object>,
) -> Response {
    let view = match super::view(state, parameters) {
        Ok(view) => view,
        Err(answer) => return answer.into_response(),
    };
    let text = |object: &Object, name: &str| {
        object.attribute(name).and_then(|attribute| attribute.value.as_str().map(str::to_owned))
    };
    let found = find(&view).and_then(|object| {
        let content = state.world().objects.file(&text(&object, "storage_id")?)?;
        Some((text(&object, "file_name")?, text(&object, "file_type"), content))
    });
    let Some((name, content_type, content)) = found else {
        let message = format!("Unable to find the node {wanted} / CoreFileObject in the database.");
        return Answer::error(404, message).into_response();
    };
    let mut response = Response::new(Body::from(Bytes::from_owner(content)));
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(content_type.as_deref().unwrap_or("application/octet-stream")) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    let preview = parameters.get("preview").is_some_and(|preview| preview == "true");
    if let Ok(value) = HeaderValue::from_str(&disposition(&name, preview)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The header that names the file; a name beyond ASCII is encoded.
fn disposition(name: &str, preview: bool) -> String {
    let how = if preview { "inline" } else { "attachment" };
    let plain = name.chars().all(|c| c.is_ascii_graphic() && !"\"\\%'();,<>@:/[]?={}".contains(c));
    if plain {
        return format!("{how}; filename=\"{name}\"");
    }
    let encoded = name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // writing to a string cannot fail
            let _ = write!(out, "%{byte:02X}");
        }
        out
    });
    format!("{how}; filename*=utf-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn names_of_files_are_encoded_where_they_must_be() {
        assert_eq!(disposition("a.txt", false), "attachment; filename=\"a.txt\"");
        assert_eq!(disposition("ü 1.txt", true), "inline; filename*=utf-8''%C3%BC%201.txt");
    }
}
