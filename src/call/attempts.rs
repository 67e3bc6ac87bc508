//! The attempts of one call: waits, limits, credentials, and whether to try again.

use crate::address;
use crate::auth::Access;
use crate::client::{Client, Shared};
use crate::config::Priority;
use crate::error::{Context, Error, TimeLimit};
use crate::file::Form;
use crate::operation::Effect;
use crate::policy::bucket::Loan;
use crate::policy::decision::{Decision, Failure, Used};
use crate::policy::{backoff, retry_after};
use crate::rest;
use crate::transport::{Body, WireFailure, WireRequest, WireResponse};
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use serde_json::value::RawValue;
use std::time::{Duration, SystemTime};
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::{Instrument, field};
use url::Url;

const PRIORITY: HeaderName = HeaderName::from_static("x-priority");
const TRACKER: HeaderName = HeaderName::from_static("x-infrahub-tracker");

/// The header, and its value, with which the server promises that a 429 did not reach any handler.
const ADMISSION: HeaderName = HeaderName::from_static("x-infrahub-admission");
const SHED: &str = "shed";

/// What a call is about.
pub(super) struct Subject<'a> {
    pub(super) operation: &'a str,
    pub(super) tracker: &'a str,
    pub(super) kind: Option<&'static str>,
    pub(super) object: Option<&'a str>,
    pub(super) effect: Effect,
    /// For the error, if there is one.
    pub(super) variables: Option<&'a RawValue>,
}

impl<'a> Subject<'a> {
    pub(super) fn rest(path: &'a str, effect: Effect) -> Self {
        Self { operation: path, tracker: "", kind: None, object: None, effect, variables: None }
    }
}

/// What a call sends, as often as it takes.
pub(crate) enum Payload {
    Json(Bytes),
    Form(Form),
}

impl Payload {
    /// The checksum of the file, once that was sent whole.
    pub(crate) fn sent_checksum(&self) -> Option<String> {
        match self {
            Self::Form(form) => form.sent_checksum(),
            Self::Json(_) => None,
        }
    }
}

/// Where a call goes, with what, and how its answer is read.
pub(super) struct Sending<'a> {
    pub(super) url: Url,
    pub(super) payload: Option<&'a Payload>,
    /// Whether the body of a good answer is left to be read.
    pub(super) streamed: bool,
}

impl Sending<'_> {
    /// Whether a file is sent. Its size says nothing about how long that may take, so the limit of an attempt holds for
    /// the answer only, and that of the call for the waits and for when an attempt may begin.
    fn is_upload(&self) -> bool {
        matches!(self.payload, Some(Payload::Form(_)))
    }

    /// Whether there is still something to send.
    fn can_be_sent(&self) -> bool {
        match self.payload {
            Some(Payload::Form(form)) => form.can_be_opened(),
            _ => true,
        }
    }
}

/// Whose credentials a call carries.
pub(super) enum Authentication {
    /// The client's.
    Configured,
    /// These, or none: the call is part of a login.
    Given(Option<Access>),
}

/// What a caller makes of an answer that is neither overload nor a refusal.
pub(super) enum Verdict {
    /// It is the result.
    Answer,
    /// It says that the server failed; it is the result if that does not pass.
    Failing,
    /// It says that a merge keeps the server from writing anything now; it is the result if that does not pass.
    Blocked,
    /// It is an error that its status explains.
    Refused,
}

/// A call under way.
pub(super) struct Call<'a> {
    client: &'a Client,
    authentication: Authentication,
    started: Instant,
    limit: Option<Duration>,
    used: Used,
    variables: Option<&'a RawValue>,
    context: Context,
}

impl<'a> Call<'a> {
    pub(super) fn new(client: &'a Client, subject: &Subject<'a>, authentication: Authentication) -> Self {
        let context = Context {
            server: address::host_and_port(&client.shared().address),
            tracker: subject.tracker.to_owned(),
            kind: subject.kind,
            object: subject.object.map(str::to_owned),
            ..Context::unsent(subject.operation, client.branch(), subject.effect)
        };
        let limit = client.scope().timeout.or_else(|| client.config().call_limit());
        Self {
            client,
            authentication,
            started: Instant::now(),
            limit,
            used: Used::default(),
            variables: subject.variables,
            context,
        }
    }

    /// Sends the request until there is an answer to give back or no sense in trying again.
    pub(super) async fn send(
        mut self,
        sending: &Sending<'_>,
        judge: &mut (dyn FnMut(&WireResponse) -> Verdict + Send),
    ) -> Result<(WireResponse, Context), Error> {
        let span = tracing::info_span!(
            "infrahub",
            operation = self.context.operation,
            kind = self.context.kind,
            branch = self.context.branch,
            tracker = self.context.tracker,
            attempts = field::Empty,
            bytes = field::Empty,
            outcome = field::Empty,
        );
        let result = self.attempts(sending, judge).instrument(span.clone()).await;
        self.context.elapsed = self.started.elapsed();
        span.record("attempts", self.context.attempts);
        span.record("outcome", if result.is_ok() { "answered" } else { "failed" });
        match result {
            Ok(response) => {
                span.record("bytes", response.body.len());
                Ok((response, self.context))
            }
            Err(error) => {
                self.context.variables = self.variables.map(ToOwned::to_owned);
                Err(error.in_call(self.context))
            }
        }
    }

    async fn attempts(
        &mut self,
        sending: &Sending<'_>,
        judge: &mut (dyn FnMut(&WireResponse) -> Verdict + Send),
    ) -> Result<WireResponse, Error> {
        let shared = self.client.shared();
        let mut loan = None;
        let mut rejected = None;
        loop {
            let access = match &self.authentication {
                Authentication::Given(access) => access.clone(),
                Authentication::Configured => {
                    self.within(shared.auth.access(self.client, rejected)).await??
                }
            };
            let headers = self.headers(access.as_ref());
            let permit = self.admission().await?;
            let timeout = self.attempt_limit(sending)?;
            let body = self.body(sending).await?;
            self.context.attempts += 1;
            shared.counters.requests.count();
            let (url, streamed) = (sending.url.clone(), sending.streamed);
            let request = WireRequest { body, url, headers, timeout, streamed };
            let result = shared.transport.send(request).await;
            drop(permit);

            let Some(failure) = self.failure(&result, judge) else {
                if self.context.attempts == 1 {
                    shared.bucket.reward();
                }
                self.report(None, &result, None);
                return result.map_err(wire_error);
            };
            // A retry that got a definite refusal reached a working server: its loan goes back.
            if let Some(loan) = loan.take().filter(|_: &Loan<'_>| failure != Failure::Final) {
                loan.spend();
            }
            let random = shared.random();
            self.hold_back(&failure, random);
            let (effect, left) = (self.context.effect, self.left());
            let decision = if sending.can_be_sent() {
                shared.retry.decide(&failure, effect, &mut self.used, left, random)
            } else {
                Decision::Stop
            };
            let ambiguous = self.context.effect.is_write() && may_have_run(&failure, &result);
            if let Decision::Again { delay, cost } = decision {
                loan = shared.bucket.borrow(cost);
                if loan.is_some() {
                    self.report(Some(&failure), &result, Some(delay));
                    shared.counters.retries.count();
                    self.context.earlier_attempt_may_have_run |= ambiguous;
                    if matches!(failure, Failure::Unauthenticated { .. }) {
                        rejected = access.and_then(|access| access.flight);
                    }
                    sleep(delay).await;
                    continue;
                }
                shared.counters.budget_refusals.count();
            }
            self.report(Some(&failure), &result, None);
            self.context.may_have_run = ambiguous;
            return match result {
                Ok(response) if failure == Failure::Blocked => Ok(response),
                Ok(response) if response.status == 200 && failure == Failure::Failing => Ok(response),
                result => Err(self.error(result, &failure, &sending.url)),
            };
        }
    }

    /// What went wrong, or `None` where there is an answer to give back.
    fn failure(
        &self,
        result: &Result<WireResponse, WireFailure>,
        judge: &mut (dyn FnMut(&WireResponse) -> Verdict + Send),
    ) -> Option<Failure> {
        let response = match result {
            Ok(response) => response,
            Err(WireFailure::NotSent(_) | WireFailure::ConnectTimeout(_) | WireFailure::Stalled(_)) => {
                return Some(Failure::NotSent);
            }
            Err(WireFailure::Lost(_) | WireFailure::Timeout(..)) => return Some(Failure::NoAnswer),
            Err(WireFailure::TooLarge(_) | WireFailure::Unreadable(_) | WireFailure::Invalid(_)) => {
                return Some(Failure::Final);
            }
        };
        let configured = matches!(self.authentication, Authentication::Configured);
        match response.status {
            401 if configured => Some(if self.client.shared().auth.is_login() {
                Failure::Unauthenticated { expired: says_expired(&response.body) }
            } else {
                Failure::Final
            }),
            403 if configured => Some(Failure::Final),
            429 => Some(Failure::Throttled { shed: is_marked(response), wait: asked_wait(response) }),
            300..=399 => Some(Failure::Final),
            status if self.client.config().retry_status_codes.contains(&status) => Some(Failure::Failing),
            500..=599 => Some(Failure::Final),
            _ => match judge(response) {
                Verdict::Answer => None,
                Verdict::Failing => Some(Failure::Failing),
                Verdict::Blocked => Some(Failure::Blocked),
                Verdict::Refused => Some(Failure::Final),
            },
        }
    }

    /// Closes the gate where the server asked to wait.
    fn hold_back(&self, failure: &Failure, random: f64) {
        let shared = self.client.shared();
        if let Failure::Throttled { wait, .. } = failure {
            shared.counters.sheds.count();
            if let Some(hint) = wait {
                shared.gate.close(self.priority(), Instant::now() + backoff::hinted(*hint, random));
            }
        }
    }

    /// Waits until the gate is open and fewer requests than allowed are in flight.
    async fn admission(&self) -> Result<Option<SemaphorePermit<'a>>, Error> {
        let shared: &'a Shared = self.client.shared();
        loop {
            if let Some(opens) = shared.gate.opens(self.priority()) {
                if self.deadline().is_some_and(|deadline| deadline <= opens) {
                    let wait = opens.saturating_duration_since(Instant::now());
                    return Err(Error::RateLimited { retry_after: Some(wait), context: None });
                }
                sleep_until(opens).await;
                continue;
            }
            let permit = self.within(shared.permits.acquire()).await?;
            if shared.gate.opens(self.priority()).is_none() {
                return Ok(permit.ok());
            }
        }
    }

    fn priority(&self) -> Priority {
        self.client.scope().priority.or(self.client.config().priority).unwrap_or(Priority::Medium)
    }

    fn deadline(&self) -> Option<Instant> {
        self.limit.and_then(|limit| self.started.checked_add(limit))
    }

    fn left(&self) -> Option<Duration> {
        self.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// What the next attempt sends.
    async fn body(&self, sending: &Sending<'_>) -> Result<Option<Body>, Error> {
        Ok(match sending.payload {
            None => None,
            Some(Payload::Json(json)) => Some(Body::Json(json.clone())),
            Some(Payload::Form(form)) => {
                Some(Body::Upload { upload: form.open().await?, answer: self.own_attempt_limit() })
            }
        })
    }

    /// How long an attempt may take, unless the caller limits the call.
    fn own_attempt_limit(&self) -> Option<Duration> {
        match self.client.scope().timeout {
            Some(_) => None,
            None => self.client.config().timeout.duration(),
        }
    }

    /// How long the next attempt may take: no longer than the call has left.
    fn attempt_limit(&self, sending: &Sending<'_>) -> Result<Option<Duration>, Error> {
        let left = self.left();
        if left == Some(Duration::ZERO) {
            return Err(self.out_of_time());
        }
        if sending.is_upload() {
            return Ok(left.filter(|_| self.client.scope().timeout.is_some()));
        }
        Ok(match (self.own_attempt_limit(), left) {
            (Some(attempt), Some(left)) => Some(attempt.min(left)),
            (attempt, left) => attempt.or(left),
        })
    }

    async fn within<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        match self.deadline() {
            Some(deadline) => timeout_at(deadline, future).await.map_err(|_| self.out_of_time()),
            None => Ok(future.await),
        }
    }

    fn out_of_time(&self) -> Error {
        Error::Timeout { limit: TimeLimit::Operation, after: self.limit.unwrap_or_default(), context: None }
    }

    fn headers(&self, access: Option<&Access>) -> HeaderMap {
        let mut headers = self.client.shared().headers.clone();
        if let Some(access) = access {
            headers.insert(access.name.clone(), access.value.clone());
        }
        if matches!(self.authentication, Authentication::Configured)
            && let Some(priority) = self.client.scope().priority.or(self.client.config().priority)
        {
            headers.insert(PRIORITY, HeaderValue::from_static(priority.as_str()));
        }
        if self.client.config().insert_tracker
            && !self.context.tracker.is_empty()
            && let Ok(tracker) = HeaderValue::from_str(&self.context.tracker)
        {
            headers.insert(TRACKER, tracker);
        }
        headers
    }

    /// The error of a failure that ends the call.
    fn error(&self, result: Result<WireResponse, WireFailure>, failure: &Failure, url: &Url) -> Error {
        let response = match result {
            Err(WireFailure::Timeout(TimeLimit::Attempt, _)) if self.left() == Some(Duration::ZERO) => {
                return self.out_of_time();
            }
            Err(failure) => return wire_error(failure),
            Ok(response) => response,
        };
        let message = rest::summary(&response.body);
        match (response.status, failure) {
            (_, Failure::Throttled { wait, .. }) => Error::RateLimited { retry_after: *wait, context: None },
            (300..=399, _) => Error::Redirected { host: new_host(&response, url), context: None },
            (401, _) => Error::Authentication { message, context: None },
            (403, _) => Error::Permission { message, context: None },
            (status, _) => Error::Http { status, message, context: None },
        }
    }

    /// One event an attempt: a warning where it is tried again, since the caller never learns of it.
    fn report(
        &self,
        failure: Option<&Failure>,
        result: &Result<WireResponse, WireFailure>,
        delay: Option<Duration>,
    ) {
        let attempt = self.context.attempts;
        let reason = failure.map_or("answered", Failure::class);
        let status = result.as_ref().ok().map(|response| response.status);
        let tracker = self.context.tracker.as_str();
        match delay {
            Some(delay) => {
                let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(attempt, reason, status, delay_ms, tracker, "attempt failed, trying again");
            }
            None => tracing::debug!(attempt, reason, status, tracker, "attempt ended"),
        }
    }
}

/// Whether, and when, a download is begun again whose body was cut. It may be as often as a call is tried again.
pub(crate) struct BeginAgain<'a> {
    client: &'a Client,
    started: Instant,
    used: Used,
    loan: Option<Loan<'a>>,
}

impl<'a> BeginAgain<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client, started: Instant::now(), used: Used::default(), loan: None }
    }

    /// Waits until it is time to begin again; false where it is to be given up.
    pub(crate) async fn wait(&mut self) -> bool {
        let shared = self.client.shared();
        if let Some(loan) = self.loan.take() {
            loan.spend();
        }
        // The size of a file says nothing about how long it may take, so only limits that were asked for count.
        let outage =
            || self.client.config().call_limit().filter(|_| shared.retry.transient_retries.is_none());
        let limit = self.client.scope().timeout.or_else(outage);
        let left = limit.map(|limit| limit.saturating_sub(self.started.elapsed()));
        let decision =
            shared.retry.decide(&Failure::NoAnswer, Effect::Read, &mut self.used, left, shared.random());
        let Decision::Again { delay, cost } = decision else { return false };
        self.loan = shared.bucket.borrow(cost);
        if self.loan.is_none() {
            shared.counters.budget_refusals.count();
            return false;
        }
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(delay_ms, "a download was cut, beginning again");
        shared.counters.retries.count();
        sleep(delay).await;
        true
    }
}

/// Whether the server may have run a write whose attempt failed so.
fn may_have_run(failure: &Failure, result: &Result<WireResponse, WireFailure>) -> bool {
    match result {
        Err(wire) => !wire.proves_not_run(),
        Ok(response) => !failure.proves_not_run() && !matches!(response.status, 300..=399 | 401 | 403),
    }
}

fn is_marked(response: &WireResponse) -> bool {
    response
        .headers
        .get(ADMISSION)
        .is_some_and(|marker| marker.as_bytes().eq_ignore_ascii_case(SHED.as_bytes()))
}

fn asked_wait(response: &WireResponse) -> Option<Duration> {
    let header = response.headers.get(RETRY_AFTER)?.to_str().ok()?;
    retry_after::parse(header, SystemTime::now())
}

/// GraphQL says so by a code, REST by a message only.
fn says_expired(body: &[u8]) -> bool {
    rest::errors(body).iter().any(|error| {
        error.code() == Some(&crate::error::ErrorCode::TokenExpired) || error.message() == "Expired Signature"
    })
}

/// The host that a redirect points to, without path and query.
fn new_host(response: &WireResponse, url: &Url) -> Option<String> {
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    url.join(location).ok()?.host_str().map(str::to_owned)
}

/// The error of a request without an answer.
pub(crate) fn wire_error(failure: WireFailure) -> Error {
    match failure {
        WireFailure::NotSent(message) | WireFailure::Lost(message) => {
            Error::Unreachable { message, context: None }
        }
        WireFailure::ConnectTimeout(after) => {
            Error::Timeout { limit: TimeLimit::Connect, after, context: None }
        }
        WireFailure::Timeout(limit, after) => Error::Timeout { limit, after, context: None },
        WireFailure::Stalled(after) => Error::Timeout { limit: TimeLimit::Idle, after, context: None },
        WireFailure::TooLarge(limit) => Error::BodyTooLarge { limit, context: None },
        WireFailure::Unreadable(message) | WireFailure::Invalid(message) => {
            Error::InvalidRequest { message, context: None }
        }
    }
}
