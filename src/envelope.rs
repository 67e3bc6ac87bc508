//! A GraphQL answer: `data` and `errors` in one pass, straight into the caller's type.

use crate::decode::{Failed, Read, Source, read_object};
use crate::error::GraphQlError;
use crate::json_path;
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// A decoded answer.
#[derive(Debug)]
pub(crate) struct Envelope<T> {
    /// `None` where the answer has no data or null.
    pub(crate) data: Option<T>,
    /// Empty where the answer has no errors.
    pub(crate) errors: Vec<GraphQlError>,
}

/// An answer that is not what was expected.
#[derive(Debug)]
pub(crate) enum Malformed {
    /// Not a GraphQL answer: neither `data` nor `errors`, or no JSON at all.
    NoEnvelope,
    /// `data` does not decode into the type.
    Data {
        /// The path within `data`.
        path: String,
        /// What is wrong there, without the value.
        reason: String,
    },
}

/// Decodes an answer. `data` that does not decode is no failure where there are errors: then it is `None`.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<Envelope<T>, Malformed> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Malformed::NoEnvelope);
    };
    match serde_json::from_str(text) {
        Ok(envelope) => Ok(envelope),
        Err(error) => {
            let errors = explain(text, &error)?;
            Ok(Envelope { data: None, errors })
        }
    }
}

/// Decodes an answer whose `data` is read by `read`, and gives its errors. `data` that is not what `read` expects
/// is no failure where there are errors.
pub(crate) fn decode_with(body: &[u8], read: ReadData<'_>) -> Result<Vec<GraphQlError>, Malformed> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Malformed::NoEnvelope);
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let visitor = EnvelopeVisitor(DataWith(&mut |data| read(data)));
    let decoded = parser.deserialize_map(visitor).and_then(|decoded| parser.end().map(|()| decoded));
    decoded.map_or_else(|error| explain(text, &error), |decoded| Ok(decoded.errors))
}

/// Reads the `data` of an answer.
pub(crate) type ReadData<'r> =
    &'r mut (dyn for<'de> FnMut(&mut dyn Source<'de>) -> Result<(), Failed> + Send);

struct DataWith<'r, 'de>(Read<'r, 'de>);

impl<'de> DeserializeSeed<'de> for DataWith<'_, 'de> {
    type Value = Option<()>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<()>, D::Error> {
        read_object(deserializer, self.0).map(|is_there| is_there.then_some(()))
    }
}

/// The second look at an answer that did not decode: were there errors, and where is the data wrong?
fn explain(text: &str, error: &serde_json::Error) -> Result<Vec<GraphQlError>, Malformed> {
    let raw: Envelope<Box<RawValue>> = serde_json::from_str(text).map_err(|_| Malformed::NoEnvelope)?;
    if !raw.errors.is_empty() {
        return Ok(raw.errors);
    }
    let path = json_path::at(text, error.line(), error.column());
    match path.strip_prefix("data") {
        Some(path) if raw.data.is_some() => {
            let reason = without_value(&error.to_string());
            let (path, reason) = crate::query::inside(path.trim_start_matches('.'), &reason);
            Err(Malformed::Data { path, reason })
        }
        _ => Err(Malformed::NoEnvelope),
    }
}

/// The `data` of an answer as it came, for an error that carries it.
pub(crate) fn raw_data(body: &[u8]) -> Option<Box<RawValue>> {
    serde_json::from_slice::<Envelope<Box<RawValue>>>(body).ok()?.data
}

/// What serde says, without the value that it quotes and the position that means nothing to a reader.
pub(crate) fn without_value(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    for prefix in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) =
            message.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "))
        {
            let found = found.split(['"', '`']).next().unwrap_or(found).trim_end();
            return format!("expected {expected}, found {found}");
        }
    }
    message.to_owned()
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Envelope<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor(PhantomData::<Option<T>>))
    }
}

/// `S` reads the data; it gives `None` for null.
struct EnvelopeVisitor<S>(S);

impl<'de, T, S: DeserializeSeed<'de, Value = Option<T>>> Visitor<'de> for EnvelopeVisitor<S> {
    type Value = Envelope<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `data` or `errors`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seed = Some(self.0);
        let mut data = None;
        let mut errors = None;
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Data if seed.is_some() => {
                    if let Some(seed) = seed.take() {
                        data = map.next_value_seed(seed)?;
                    }
                }
                Key::Errors => {
                    errors = map.next_value::<Option<Vec<GraphQlError>>>()?;
                }
                Key::Data | Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if seed.is_some() && errors.is_none() {
            return Err(serde::de::Error::missing_field("data"));
        }
        Ok(Envelope { data, errors: errors.unwrap_or_default() })
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Data,
    Errors,
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ErrorCode, PathSegment};
    use std::collections::HashMap;

    type Counts = HashMap<String, Option<i64>>;

    #[test]
    fn data_and_errors_come_side_by_side_in_any_order() {
        for body in [
            r#"{"data":{"a":1,"b":null},"errors":[{"message":"no","path":["b",0],"extensions":{"code":"NODE_NOT_FOUND","http_status":404,"data":{"identifier":"x"}}}],"extensions":{}}"#,
            r#"{"errors":[{"message":"no","path":["b",0],"extensions":{"code":"NODE_NOT_FOUND","http_status":404,"data":{"identifier":"x"}}}],"data":{"a":1,"b":null}}"#,
        ] {
            let envelope: Envelope<Counts> = decode(body.as_bytes()).unwrap();
            assert_eq!(envelope.data.unwrap()["a"], Some(1));
            let error = &envelope.errors[0];
            assert_eq!(error.code(), Some(&ErrorCode::NodeNotFound));
            assert_eq!(error.http_status(), Some(404));
            assert_eq!(error.path(), [PathSegment::Field("b".into()), PathSegment::Index(0)]);
            assert_eq!(error.data().unwrap().get(), r#"{"identifier":"x"}"#);
        }
    }

    #[test]
    fn r17_errors_of_any_shape_are_read() {
        let body = r#"{"data":null,"errors":["Branch: nope not found.",{"message":"busy","extensions":{"code":429}},
            {"message":5,"path":null,"extensions":null},{"extensions":{"code":"NEW_CODE","http_status":"x"},"more":1},7]}"#;
        let errors = decode::<Counts>(body.as_bytes()).unwrap().errors;
        assert_eq!(errors[0].code(), Some(&ErrorCode::BranchNotFound));
        assert_eq!((errors[1].code(), errors[1].http_status()), (None, Some(429)));
        assert_eq!(errors[2].message(), "5");
        assert_eq!(errors[3].code(), Some(&ErrorCode::Unknown("NEW_CODE".into())));
        assert_eq!(errors[4].message(), "7");
    }

    #[test]
    fn errors_win_over_data_that_does_not_decode() {
        let envelope: Envelope<HashMap<String, i64>> =
            decode(br#"{"data":{"a":null},"errors":[{"message":"no"}]}"#).unwrap();
        assert!(envelope.data.is_none());
        assert_eq!(envelope.errors[0].message(), "no");
    }

    #[test]
    fn data_that_does_not_decode_names_its_path_and_not_its_value() {
        let body = br#"{"data":{"a":{"b":[1,"hunter2, expected x"]}}}"#;
        let error = decode::<HashMap<String, HashMap<String, Vec<i64>>>>(body).unwrap_err();
        let Malformed::Data { path, reason } = error else { panic!("{error:?}") };
        assert_eq!((path.as_str(), reason.as_str()), ("a.b[1]", "expected i64, found string"));
    }

    #[test]
    fn what_is_no_envelope_is_told_apart() {
        for body in ["", "Internal Server Error", "[]", "{}", r#"{"detail":"x"}"#, r#"{"data":{"a":1}"#] {
            assert!(matches!(decode::<Counts>(body.as_bytes()), Err(Malformed::NoEnvelope)), "{body:.40}");
        }
        let too_deep = format!("{{\"data\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let error = decode::<serde_json::Value>(too_deep.as_bytes()).unwrap_err();
        assert!(matches!(error, Malformed::Data { .. }), "{error:?}");
        assert!(matches!(decode::<Counts>(b"{\"data\":{\"\xff\":1}}"), Err(Malformed::NoEnvelope)));
    }
}
