//! One call from the first attempt to its result.

use crate::address;
use crate::client::Client;
use crate::envelope::{self, Malformed};
use crate::error::{Context, Error, ErrorCode, GraphQlError};
use crate::operation::{Effect, Operation, Partial};
use crate::rest::{self, RestRequest, RestResponse};
use crate::transport::{WireFailure, WireRequest, WireResponse};
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tokio::time::Instant;

const API_KEY: HeaderName = HeaderName::from_static("x-infrahub-key");
const PRIORITY: HeaderName = HeaderName::from_static("x-priority");
const TRACKER: HeaderName = HeaderName::from_static("x-infrahub-tracker");

/// Decodes a body into a place that the caller keeps, and gives the errors that stand beside the data.
pub(crate) type Decode<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<Vec<GraphQlError>, Malformed> + Send);

/// A GraphQL answer whose data was decoded.
pub(crate) struct Answer {
    errors: Vec<GraphQlError>,
    body: Bytes,
    context: Context,
}

impl Answer {
    /// The data of an answer without errors.
    pub(crate) fn complete<T>(self, data: Option<T>) -> Result<T, Error> {
        match data {
            Some(data) if self.errors.is_empty() => Ok(data),
            _ => Err(self.into_error()),
        }
    }

    /// Data and errors side by side.
    pub(crate) fn partial<T>(self, data: Option<T>) -> Result<Partial<T>, Error> {
        let lost = data.is_none() && envelope::raw_data(&self.body).is_some();
        if lost || (data.is_none() && self.errors.is_empty()) {
            return Err(self.into_error());
        }
        let Context { attempts, earlier_attempt_may_have_run: ambiguous, .. } = self.context;
        Ok(Partial { data, errors: self.errors, attempts, ambiguous })
    }

    fn into_error(self) -> Error {
        if self.errors.is_empty() {
            return Error::decode("data", "the answer has neither data nor errors").in_call(self.context);
        }
        let data = envelope::raw_data(&self.body);
        let mut context = self.context;
        context.may_have_run = context.effect.is_write() && may_have_run(&self.errors, data.as_deref());
        let all = |code: &ErrorCode| self.errors.iter().all(|error| error.code() == Some(code));
        let error = if data.is_none() && all(&ErrorCode::PermissionDenied) {
            Error::Permission { message: first_message(&self.errors), context: None }
        } else if data.is_none() && all(&ErrorCode::AuthenticationRequired) {
            Error::Authentication { message: first_message(&self.errors), context: None }
        } else {
            Error::GraphQl { errors: self.errors, data, context: None }
        };
        error.in_call(context)
    }
}

fn first_message(errors: &[GraphQlError]) -> String {
    errors.first().map(|error| error.message.clone()).unwrap_or_default()
}

/// Whether a write whose answer has errors may have changed something nevertheless.
///
/// It has not where execution never began (no data, no error with a path), nor where every field came back
/// null with an error that blames the request.
fn may_have_run(errors: &[GraphQlError], data: Option<&RawValue>) -> bool {
    let Some(data) = data else {
        return errors.iter().any(|error| !error.path.is_empty() && !blames_request(error));
    };
    type Fields = std::collections::BTreeMap<String, Option<IgnoredAny>>;
    let all_null =
        serde_json::from_str::<Fields>(data.get()).is_ok_and(|fields| fields.values().all(Option::is_none));
    !(all_null && errors.iter().all(blames_request))
}

fn blames_request(error: &GraphQlError) -> bool {
    matches!(error.http_status, Some(400..=499))
}

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
    let url = address::graphql(&client.shared().address, client.branch(), client.scope().at.as_deref())?;
    let body =
        Body { query: &operation.document, variables: &operation.variables, operation_name: &operation.name };
    let body = serde_json::to_vec(&body)
        .map_err(|error| Error::invalid_request(format!("the request cannot be written as JSON: {error}")))?;
    let mut call = Call::new(client, &operation.name, &operation.tracker, operation.effect);
    call.context.kind = operation.kind;
    call.context.variables = Some(operation.variables.clone());
    let response = call.send(url, Some(body.into())).await?;
    let decoded = if response.status == 200 {
        decode(&response.body)
    } else {
        envelope::decode::<IgnoredAny>(&response.body).map(|envelope| envelope.errors)
    };
    match decoded {
        Ok(errors) => Ok(Answer { errors, body: response.body, context: call.finish() }),
        Err(Malformed::NoEnvelope) => Err(call.fail(http_error(&response))),
        Err(Malformed::Data { path, reason }) => Err(call.fail(Error::decode(path, reason))),
    }
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
    let mut call = Call::new(client, request.path, "", request.effect);
    let response = call.send(url, request.body).await?;
    Ok(RestResponse { status: response.status, body: response.body, context: call.finish() })
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
        && !client.scope().unprotected
        && client.branch() == config.default_branch
    {
        return Err(Error::write_refused(format!(
            "`protect_default_branch` keeps branch {} from writes",
            client.branch()
        )));
    }
    Ok(())
}

/// A call under way.
struct Call<'a> {
    client: &'a Client,
    started: Instant,
    context: Context,
}

impl<'a> Call<'a> {
    fn new(client: &'a Client, operation: &str, tracker: &str, effect: Effect) -> Self {
        let context = Context {
            operation: operation.to_owned(),
            branch: client.branch().to_owned(),
            tracker: tracker.to_owned(),
            kind: None,
            effect,
            attempts: 0,
            elapsed: std::time::Duration::ZERO,
            may_have_run: false,
            earlier_attempt_may_have_run: false,
            variables: None,
        };
        Self { client, started: Instant::now(), context }
    }

    fn finish(mut self) -> Context {
        self.context.elapsed = self.started.elapsed();
        self.context
    }

    fn fail(mut self, error: Error) -> Error {
        self.context.may_have_run = self.context.effect.is_write();
        error.in_call(self.finish())
    }

    fn headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        let config = self.client.config();
        if let Some(token) = &config.api_token {
            let mut value = HeaderValue::from_str(token.expose_secret()).map_err(|_| {
                Error::configuration(
                    "INFRAHUB_API_TOKEN (`api_token`) has characters that no header can carry",
                )
            })?;
            value.set_sensitive(true);
            headers.insert(API_KEY, value);
        }
        if let Some(priority) = self.client.scope().priority.or(config.priority) {
            headers.insert(PRIORITY, HeaderValue::from_static(priority.as_str()));
        }
        if let Ok(tracker) = HeaderValue::from_str(&self.context.tracker)
            && !tracker.is_empty()
        {
            headers.insert(TRACKER, tracker);
        }
        Ok(headers)
    }

    async fn send(&mut self, url: url::Url, body: Option<Bytes>) -> Result<WireResponse, Error> {
        let request = WireRequest {
            body,
            url,
            headers: self.headers()?,
            timeout: self.client.scope().timeout.or(self.client.config().timeout),
        };
        let shared = self.client.shared();
        let permit = shared.permits.acquire().await;
        self.context.attempts += 1;
        let result = shared.transport.send(request).await;
        drop(permit);
        self.context.elapsed = self.started.elapsed();
        match result {
            Ok(response) => match refusal(&response) {
                Some(error) => Err(error.in_call(self.context.clone())),
                None => Ok(response),
            },
            Err(failure) => {
                self.context.may_have_run = self.context.effect.is_write() && !failure.proves_not_run();
                Err(wire_error(failure).in_call(self.context.clone()))
            }
        }
    }
}

/// Answers that speak for the whole request: credentials, permission, overload, redirect, a failing server.
fn refusal(response: &WireResponse) -> Option<Error> {
    let message = || rest::messages(&response.body).join(", ");
    match response.status {
        300..=399 => {
            let location = response.headers.get(LOCATION).and_then(|to| to.to_str().ok());
            let host = location
                .and_then(|to| url::Url::parse(to).ok())
                .and_then(|to| to.host_str().map(str::to_owned));
            Some(Error::Redirected { host, context: None })
        }
        401 => Some(Error::Authentication { message: message(), context: None }),
        403 => Some(Error::Permission { message: message(), context: None }),
        429 => Some(Error::RateLimited { retry_after: None, context: None }),
        500..=599 => Some(http_error(response)),
        _ => None,
    }
}

fn http_error(response: &WireResponse) -> Error {
    Error::Http { status: response.status, message: rest::messages(&response.body).join(", "), context: None }
}

fn wire_error(failure: WireFailure) -> Error {
    match failure {
        WireFailure::NotSent(message) | WireFailure::Lost(message) => {
            Error::Unreachable { message, context: None }
        }
        WireFailure::ConnectTimeout(after) => {
            Error::Timeout { limit: crate::error::TimeLimit::Connect, after, context: None }
        }
        WireFailure::Timeout(limit, after) => Error::Timeout { limit, after, context: None },
        WireFailure::TooLarge(limit) => Error::BodyTooLarge { limit, context: None },
        WireFailure::Invalid(message) => Error::InvalidRequest { message },
    }
}
