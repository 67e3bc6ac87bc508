//! A GraphQL answer, as the caller wants it: whole, or data and errors side by side.

use crate::envelope;
use crate::error::text::shown;
use crate::error::{Context, Error, ErrorCode, GraphQlError, RawData, SchemaReason};
use crate::operation::Partial;
use bytes::Bytes;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A GraphQL answer whose data was decoded.
pub(crate) struct Answer {
    pub(super) errors: Vec<GraphQlError>,
    pub(super) body: Bytes,
    pub(crate) context: Context,
    /// The checksum of the file that went with the request.
    pub(super) sent_checksum: Option<String>,
}

/// A file that went with a request, and the call.
#[derive(Debug)]
pub(crate) struct Sent {
    checksum: String,
    context: Context,
}

impl Sent {
    /// An error where the server says another checksum than that of what was sent: the write ran with a damaged file.
    pub(crate) fn check(self, stored: Option<&str>) -> Result<(), Error> {
        if stored == Some(&*self.checksum) {
            return Ok(());
        }
        let error = Error::checksum("the uploaded file", &self.checksum, stored.unwrap_or_default());
        Err(error.in_call(Context { may_have_run: true, ..self.context }))
    }
}

impl Answer {
    /// The data of an answer without errors.
    pub(crate) fn complete<T>(self, data: Option<T>) -> Result<T, Error> {
        match data {
            Some(data) if self.errors.is_empty() => Ok(data),
            _ => Err(self.into_error()),
        }
    }

    /// What checks that the server has the file that was sent.
    pub(crate) fn sent(&mut self) -> Option<Sent> {
        let checksum = self.sent_checksum.take()?;
        Some(Sent { checksum, context: self.context.clone() })
    }

    /// Data and errors side by side. Data that is there but did not decode is an error: it must not be taken
    /// for null.
    pub(crate) fn partial<T>(mut self, data: Option<T>) -> Result<Partial<T>, Error> {
        let lost = data.is_none() && envelope::raw_data(&self.body).is_some();
        if lost || (data.is_none() && self.errors.is_empty()) {
            return Err(self.into_error());
        }
        let sent = self.sent();
        let Self { errors, mut context, .. } = self;
        context.may_have_run = data.is_none() && context.effect.is_write() && may_have_run(&errors, None);
        Ok(Partial { data, errors, ambiguous: context.earlier_attempt_may_have_run, context, sent })
    }

    fn into_error(self) -> Error {
        let mut context = self.context;
        if self.errors.is_empty() {
            context.may_have_run = context.effect.is_write();
            return Error::decode("data", "the answer has neither data nor errors").in_call(context);
        }
        let data = envelope::raw_data(&self.body);
        context.may_have_run = context.effect.is_write() && may_have_run(&self.errors, data.as_deref());
        if let (Some(_), None) = (context.kind, &data)
            && self.errors.iter().all(GraphQlError::is_schema_mismatch)
        {
            let difference = |error: &GraphQlError| SchemaReason {
                message: shown(&error.message),
                ..SchemaReason::default()
            };
            let differences = self.errors.iter().map(difference).collect();
            let branch = context.branch.clone();
            return Error::schema_drift(branch, differences).in_call(context);
        }
        let all = |code: &ErrorCode| self.errors.iter().all(|error| error.code() == Some(code));
        let error = if data.is_none() && all(&ErrorCode::PermissionDenied) {
            Error::Permission { message: first_message(&self.errors), context: None }
        } else if data.is_none() && all(&ErrorCode::AuthenticationRequired) {
            Error::Authentication { message: first_message(&self.errors), context: None }
        } else {
            Error::GraphQl { errors: self.errors, data: data.map(RawData), context: None }
        };
        error.in_call(context)
    }
}

fn first_message(errors: &[GraphQlError]) -> String {
    errors.first().map(|error| error.message.clone()).unwrap_or_default()
}

/// Whether another write or a merge kept the server from doing any part of a write.
pub(super) fn nothing_done(errors: &[GraphQlError], body: &[u8]) -> bool {
    GraphQlError::all_are(errors, GraphQlError::is_undone)
        && !may_have_run(errors, envelope::raw_data(body).as_deref())
}

/// Whether all parts of an operation ended where another write changed what they were reading.
pub(super) fn all_outdated(errors: &[GraphQlError], body: &[u8]) -> bool {
    GraphQlError::all_are(errors, GraphQlError::is_outdated_read)
        && envelope::raw_data(body).is_none_or(|data| all_null(&data))
}

/// Whether data has nothing in any of its fields.
fn all_null(data: &RawValue) -> bool {
    let fields: Option<BTreeMap<String, Option<IgnoredAny>>> = serde_json::from_str(data.get()).ok();
    fields.is_some_and(|fields| fields.values().all(Option::is_none))
}

/// Whether a write whose answer has errors may have changed something nevertheless.
///
/// It has not where execution never began (no data, no error with a path), nor where every field came back
/// null with an error that blames the request or says that it was undone.
fn may_have_run(errors: &[GraphQlError], data: Option<&RawValue>) -> bool {
    let Some(data) = data else {
        return errors.iter().any(|error| !error.path.is_empty() && !error.is_refusal());
    };
    !(all_null(data) && errors.iter().all(GraphQlError::is_refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o2_a_write_with_errors_may_have_run_unless_every_field_was_refused() {
        let error = |path: &str, status: u16| -> GraphQlError {
            serde_json::from_str(&format!(
                r#"{{"message":"m","path":{path},"extensions":{{"code":"UNDEFINED_ERROR","http_status":{status}}}}}"#
            ))
            .unwrap()
        };
        for (errors, data, expected) in [
            (vec![error("null", 500)], None, false),
            (vec![error("[\"a\"]", 500)], None, true),
            (vec![error("[\"a\"]", 422)], Some(r#"{"a":null}"#), false),
            (vec![error("[\"a\"]", 500)], Some(r#"{"a":null}"#), true),
            (vec![error("[\"a\"]", 422)], Some(r#"{"a":null,"b":{"ok":true}}"#), true),
        ] {
            let data = data.map(|data| RawValue::from_string(data.to_owned()).unwrap());
            assert_eq!(may_have_run(&errors, data.as_deref()), expected, "{errors:?} {data:?}");
        }
    }
}
