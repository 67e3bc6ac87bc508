//! One call from its start to its result: GraphQL, REST or login.

mod answer;
mod attempts;

pub(crate) use answer::{Answer, Sent};
pub(crate) use attempts::{BeginAgain, Payload, wire_error};

use crate::address;
use crate::auth::Access;
use crate::client::Client;
use crate::envelope::{self, Malformed};
use crate::error::{Error, GraphQlError};
use crate::file::Form;
use crate::operation::{Effect, Operation, Upload};
use crate::rest::{self, RestRequest, RestResponse};
use crate::schema;
use crate::transport::WireResponse;
use attempts::{Authentication, Call, Sending, Subject, Verdict};
use bytes::Bytes;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::pin::Pin;

/// Decodes a body into a place that the caller keeps, and gives the errors that stand beside the data.
pub(crate) type Decode<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<Vec<GraphQlError>, Malformed> + Send);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    query: &'a str,
    variables: &'a RawValue,
    #[serde(skip_serializing_if = "str::is_empty")]
    operation_name: &'a str,
}

/// Sends a GraphQL operation.
pub(crate) async fn graphql(
    client: &Client,
    operation: &Operation<'_>,
    decode: Decode<'_>,
) -> Result<Answer, Error> {
    refuse_write(client, operation.effect)?;
    if operation.is_compiled {
        schema::before_sending(client).await?;
    }
    let url =
        address::graphql(&client.shared().address, client.branch_in_path(), client.scope().at.as_deref())?;
    let body =
        Body { query: &operation.document, variables: &operation.variables, operation_name: &operation.name };
    let body = serde_json::to_vec(&body)
        .map_err(|error| Error::invalid_request(format!("the request cannot be written as JSON: {error}")))?;
    let payload = match &operation.upload {
        None => Payload::Json(body.into()),
        Some(Upload { variable, file }) => {
            Payload::Form(Form::of_graphql(body.into(), variable, file.clone()))
        }
    };
    let subject = Subject {
        operation: &operation.name,
        tracker: &operation.tracker,
        kind: operation.kind,
        object: operation.object.as_deref(),
        effect: operation.effect,
        variables: Some(&operation.variables),
    };
    let mut decoded = Err(Malformed::NoEnvelope);
    let mut judge = |response: &WireResponse| {
        decoded = if response.status == 200 {
            decode(&response.body)
        } else {
            envelope::decode::<IgnoredAny>(&response.body).map(|envelope| envelope.errors)
        };
        match &decoded {
            Ok(errors)
                if response.status == 200
                    && (server_failed(client, operation.effect, errors)
                        || answer::all_outdated(errors, &response.body)) =>
            {
                Verdict::Failing
            }
            Ok(errors) if answer::nothing_done(errors, &response.body) => Verdict::Blocked,
            Err(Malformed::NoEnvelope) if response.status != 200 => Verdict::Refused,
            _ => Verdict::Answer,
        }
    };
    let call = Call::new(client, &subject, Authentication::Configured);
    let variables = || Some(operation.variables.clone());
    let sending = Sending { url, payload: Some(&payload), streamed: false };
    let (response, mut context) = call.send(&sending, &mut judge).await?;
    let errors = match decoded {
        Ok(errors) if errors.is_empty() => errors,
        Ok(errors) => {
            context.variables = variables();
            errors
        }
        Err(malformed) => {
            context.variables = variables();
            context.may_have_run = operation.effect.is_write();
            let error = match malformed {
                Malformed::NoEnvelope => Error::Http {
                    status: response.status,
                    message: rest::summary(&response.body),
                    context: None,
                },
                Malformed::Data { path, reason } => Error::decode(path, reason),
            };
            return Err(error.in_call(context));
        }
    };
    Ok(Answer { errors, body: response.body, context, sent_checksum: payload.sent_checksum() })
}

/// Whether the errors of a read all say that the server failed while it ran.
///
/// The server files a mistake in the document under status 500 too, but gives it no path.
fn server_failed(client: &Client, effect: Effect, errors: &[GraphQlError]) -> bool {
    let failing = |error: &GraphQlError| {
        let status = error.http_status.unwrap_or_default();
        !error.path.is_empty() && client.config().retry_status_codes.contains(&status)
    };
    effect == Effect::Read && GraphQlError::all_are(errors, failing)
}

/// Sends a REST call.
pub(crate) async fn rest(client: &Client, request: RestRequest<'_>) -> Result<RestResponse, Error> {
    refuse_write(client, request.effect)?;
    let mut query = vec![("branch", client.branch())];
    query.extend_from_slice(request.query);
    if let Some(at) = client.scope().at.as_deref() {
        query.push(("at", at));
    }
    let url = address::rest(&client.shared().address, request.path, &query);
    let subject = Subject::rest(request.path, request.effect);
    let call = Call::new(client, &subject, Authentication::Configured);
    let sending = Sending { url, payload: request.payload, streamed: request.streamed };
    let (response, context) = call.send(&sending, &mut |_| Verdict::Answer).await?;
    Ok(RestResponse::new(response, context))
}

/// Sends a login or a refresh: as its own call, with the client's limits rather than the caller's.
pub(crate) fn login<'a>(
    client: &'a Client,
    path: &'a str,
    body: Bytes,
    access: Option<Access>,
) -> Pin<Box<dyn Future<Output = Result<RestResponse, Error>> + Send + 'a>> {
    Box::pin(async move {
        let client = client.unscoped();
        client.shared().counters.logins.count();
        let url = address::rest(&client.shared().address, path, &[]);
        let subject = Subject::rest(path, Effect::RepeatableWrite);
        let call = Call::new(&client, &subject, Authentication::Given(access));
        let payload = Payload::Json(body);
        let sending = Sending { url, payload: Some(&payload), streamed: false };
        let (response, context) = call.send(&sending, &mut |_| Verdict::Answer).await?;
        Ok(RestResponse::new(response, context))
    })
}

/// Refuses a write that the server would do elsewhere or that the configuration forbids.
fn refuse_write(client: &Client, effect: Effect) -> Result<(), Error> {
    if !effect.is_write() {
        return Ok(());
    }
    if client.scope().at.is_some() {
        return Err(Error::write_refused(
            "the handle reads as of a point in time, and the server would write now",
        ));
    }
    let config = client.config();
    if config.protect_default_branch
        && !client.scope().server_wide
        && client.branch() == config.default_branch
    {
        return Err(Error::write_refused(format!(
            "`protect_default_branch` keeps branch {} from writes",
            client.branch()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
