//! REST calls: those parts of the server that are not GraphQL.

use crate::call::Payload;
use crate::envelope;
use crate::error::{Context, Error, GraphQlError};
use crate::operation::Effect;
use crate::transport::{Rest, WireResponse};
use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// A REST call before it is sent.
pub(crate) struct RestRequest<'a> {
    /// The path from the address on (`/api/schema`).
    pub(crate) path: &'a str,
    /// Query parameters beside the branch.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// What to POST; a GET without.
    pub(crate) payload: Option<&'a Payload>,
    /// Whether the body of a good answer is left to be read.
    pub(crate) streamed: bool,
    pub(crate) effect: Effect,
}

/// An answer that is neither overload, nor refusal of the credentials, nor a failing server.
#[derive(Debug)]
pub(crate) struct RestResponse {
    /// The HTTP status: 2xx, or a 4xx that speaks of the request.
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body, where it was left to be read.
    pub(crate) rest: Rest,
    pub(crate) context: Context,
}

impl RestResponse {
    pub(crate) fn new(response: WireResponse, context: Context) -> Self {
        let WireResponse { status, headers, body, rest } = response;
        Self { status, headers, body, rest, context }
    }

    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Decodes a 2xx answer; any other is [`Error::Http`] with the server's words.
    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        if !self.is_success() {
            return Err(self.into_error());
        }
        serde_json::from_slice(&self.body).or_else(|_| {
            let mut json = serde_json::Deserializer::from_slice(&self.body);
            serde_path_to_error::deserialize(&mut json).map_err(|error| {
                Error::decode(error.path().to_string(), envelope::without_value(&error.inner().to_string()))
                    .in_call(self.context)
            })
        })
    }

    /// The answer as an error.
    pub(crate) fn into_error(self) -> Error {
        let message = summary(&self.body);
        Error::Http { status: self.status, message, context: None }.in_call(self.context)
    }
}

/// The server's words in a failing answer as one text, at most 4 KiB.
pub(crate) fn summary(body: &[u8]) -> String {
    excerpt(messages(body).join(", ").as_bytes())
}

/// The errors of an answer that has them.
pub(crate) fn errors(body: &[u8]) -> Vec<GraphQlError> {
    envelope::decode::<IgnoredAny>(body).map(|envelope| envelope.errors).unwrap_or_default()
}

/// The server's words in a failing answer, whichever of its shapes it has.
pub(crate) fn messages(body: &[u8]) -> Vec<String> {
    let errors = errors(body);
    if !errors.is_empty() {
        return errors.into_iter().map(|error| error.message).collect();
    }
    match serde_json::from_slice::<Detail>(body) {
        Ok(Detail { detail: DetailText::One(message) }) => vec![message],
        Ok(Detail { detail: DetailText::Many(items) }) => items.into_iter().map(DetailItem::text).collect(),
        Err(_) => {
            let excerpt = excerpt(body);
            if excerpt.is_empty() { Vec::new() } else { vec![excerpt] }
        }
    }
}

/// The first 4 KiB of a body, as text.
fn excerpt(body: &[u8]) -> String {
    const LONGEST: usize = 4 << 10;
    let mut text = String::from_utf8_lossy(&body[..body.len().min(LONGEST)]).into_owned();
    while text.len() > LONGEST {
        text.pop();
    }
    text.trim().to_owned()
}

/// How the web framework itself reports an error.
#[derive(Deserialize)]
struct Detail {
    detail: DetailText,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DetailText {
    One(String),
    Many(Vec<DetailItem>),
}

#[derive(Deserialize)]
struct DetailItem {
    #[serde(default)]
    loc: Vec<serde_json::Value>,
    #[serde(default)]
    msg: String,
}

impl DetailItem {
    fn text(self) -> String {
        let place: Vec<String> = self
            .loc
            .iter()
            .map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned))
            .collect();
        format!("{}: {}", place.join("."), self.msg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_a_failing_answer_is_read() {
        let cases: [(&[u8], &[&str]); 7] = [
            (
                br#"{"data":null,"errors":[{"message":"Branch: x not found.","extensions":{"code":400}}]}"#,
                &["Branch: x not found."],
            ),
            (
                br#"{"errors":["This server does not support batching"]}"#,
                &["This server does not support batching"],
            ),
            (br#"{"detail":"Method Not Allowed"}"#, &["Method Not Allowed"]),
            (
                br#"{"detail":[{"type":"t","loc":["body","schemas",0],"msg":"Unknown field","input":2}]}"#,
                &["body.schemas.0: Unknown field"],
            ),
            (b"Internal Server Error", &["Internal Server Error"]),
            (b"<html>bad gateway</html>", &["<html>bad gateway</html>"]),
            (b"", &[]),
        ];
        for (body, expected) in cases {
            assert_eq!(messages(body), expected);
        }
    }

    #[test]
    fn r10_an_excerpt_is_at_most_4_kib() {
        assert_eq!(messages(&vec![b'x'; 1 << 20])[0].len(), 4 << 10);
        assert!(messages(&vec![0xff; 1 << 20])[0].len() <= 4 << 10);
    }
}
