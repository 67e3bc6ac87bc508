//! The attempts of one call: waits, limits, credentials, and whether to try again.

use crate::address;
use crate::auth::Access;
use crate::client::{Client, Shared};
use crate::config::Priority;
use crate::error::{Context, Error, TimeLimit};
use crate::operation::Effect;
use crate::policy::bucket::Loan;
use crate::policy::decision::{Decision, Failure, Used};
use crate::policy::{backoff, retry_after};
use crate::rest;
use crate::transport::{WireFailure, WireRequest, WireResponse};
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
        url: Url,
        body: Option<Bytes>,
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
        let result = self.attempts(url, body, judge).instrument(span.clone()).await;
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
        url: Url,
        body: Option<Bytes>,
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
            let timeout = self.attempt_limit()?;
            self.context.attempts += 1;
            shared.counters.requests.count();
            let request = WireRequest { body: body.clone(), url: url.clone(), headers, timeout };
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
            let decision = shared.retry.decide(&failure, effect, &mut self.used, left, random);
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
                result => Err(self.error(result, &failure, &url)),
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
            Err(WireFailure::NotSent(_) | WireFailure::ConnectTimeout(_)) => return Some(Failure::NotSent),
            Err(WireFailure::Lost(_) | WireFailure::Timeout(..)) => return Some(Failure::NoAnswer),
            Err(WireFailure::TooLarge(_) | WireFailure::Invalid(_)) => return Some(Failure::Final),
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

    /// How long the next attempt may take: no longer than the call has left.
    fn attempt_limit(&self) -> Result<Option<Duration>, Error> {
        let left = self.left();
        if left == Some(Duration::ZERO) {
            return Err(self.out_of_time());
        }
        let attempt = if self.client.scope().timeout.is_some() {
            None
        } else {
            self.client.config().timeout.duration()
        };
        Ok(match (attempt, left) {
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

fn wire_error(failure: WireFailure) -> Error {
    match failure {
        WireFailure::NotSent(message) | WireFailure::Lost(message) => {
            Error::Unreachable { message, context: None }
        }
        WireFailure::ConnectTimeout(after) => {
            Error::Timeout { limit: TimeLimit::Connect, after, context: None }
        }
        WireFailure::Timeout(limit, after) => Error::Timeout { limit, after, context: None },
        WireFailure::TooLarge(limit) => Error::BodyTooLarge { limit, context: None },
        WireFailure::Invalid(message) => Error::InvalidRequest { message, context: None },
    }
}
