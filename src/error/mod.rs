//! Errors: what went wrong, where, whether a write may have happened, and what to do next.

mod code;
mod context;
mod graphql;
mod reason;
mod show;
pub(crate) mod text;

pub use code::ErrorCode;
pub use context::Context;
pub use graphql::{GraphQlError, PathSegment, RawData};
pub use reason::SchemaReason;

use crate::operation::Effect;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which limit a call ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeLimit {
    /// Opening the connection (`connect_timeout`).
    Connect,
    /// One HTTP request and its answer (`timeout`).
    Attempt,
    /// The pause between two pieces of an answer, or of a file that is sent (`idle_timeout`).
    Idle,
    /// The whole call with all its attempts and waits (`operation_timeout`).
    Operation,
    /// All workers of the server taking over a schema (`schema_converge_timeout`).
    SchemaConverge,
    /// The server's generation of an artifact.
    ArtifactGeneration,
}

/// Everything that can go wrong with a call.
///
/// Each error says in one line what happened and what to do next. None shows a credential, a query or a
/// variable; [`Context::variables`] has the variables for the program that wants them.
///
/// ```
/// use infrahub_client::Error;
///
/// fn report(error: &Error) -> &'static str {
///     match error {
///         Error::NotFound { .. } => "there is none",
///         error if error.may_have_run() => "look whether it happened before trying again",
///         error if error.is_retryable() => "try again later",
///         _ => "give up",
///     }
/// }
/// # let error = Error::not_found("InfraSite", "name `atl1`");
/// # assert_eq!(report(&error), "there is none");
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing, malformed or contradicts another.
    #[non_exhaustive]
    Configuration {
        /// Which setting, where it was read and what is wrong with it.
        message: String,
    },
    /// The server does not accept the credentials, or needs some.
    #[non_exhaustive]
    Authentication {
        /// The server's words.
        message: String,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// The account may not do that.
    #[non_exhaustive]
    Permission {
        /// The server's words.
        message: String,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// No connection to the server, or it broke before the answer was complete.
    #[non_exhaustive]
    Unreachable {
        /// What failed, without the URL.
        message: String,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// A time limit was reached.
    #[non_exhaustive]
    Timeout {
        /// Which one.
        limit: TimeLimit,
        /// How long it is.
        after: Duration,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// The server, or something in front of it, keeps answering that there are too many requests.
    #[non_exhaustive]
    RateLimited {
        /// How long the last answer asked to wait.
        retry_after: Option<Duration>,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// An HTTP status that says failure, from a REST call or from something in front of the server.
    #[non_exhaustive]
    Http {
        /// The HTTP status.
        status: u16,
        /// What the body says, at most 4 KiB.
        message: String,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// The answer carries GraphQL errors.
    #[non_exhaustive]
    GraphQl {
        /// The errors, at least one.
        errors: Vec<GraphQlError>,
        /// The data that came with them, unless it was null: fields without an error did run.
        data: Option<RawData>,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// The answer is not of the shape that the program was compiled for.
    #[non_exhaustive]
    Decode {
        /// The path to the field (`InfraDevice.edges[3].node.height`).
        path: String,
        /// What stands there and what was expected.
        reason: String,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// No object matches.
    #[non_exhaustive]
    NotFound {
        /// The kind that was looked for.
        kind: String,
        /// How it was looked for.
        what: String,
        /// The call, where it is known.
        context: Option<Box<Context>>,
    },
    /// More than one object matches where at most one may.
    #[non_exhaustive]
    MoreThanOne {
        /// The kind that was looked for.
        kind: String,
        /// How it was looked for.
        what: String,
        /// The call, where it is known.
        context: Option<Box<Context>>,
    },
    /// The objects that match changed while their pages were read: one may be missing or doubled.
    #[non_exhaustive]
    ResultsChanged {
        /// The kind that was read.
        kind: String,
        /// What does not fit together.
        what: String,
        /// The call, where it is known.
        context: Option<Box<Context>>,
    },
    /// The program was compiled for another schema than the branch serves. Nothing ran.
    #[non_exhaustive]
    SchemaDrift {
        /// The branch.
        branch: String,
        /// What differs, with kind and field; where a call met it, in the server's words.
        differences: Vec<SchemaReason>,
        /// The call, where it is known.
        context: Option<Box<Context>>,
    },
    /// The server refused a schema.
    #[non_exhaustive]
    SchemaRejected {
        /// What the server objects to, an entry each, at least one.
        reasons: Vec<SchemaReason>,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// This client does not send such a write.
    #[non_exhaustive]
    WriteRefused {
        /// Why.
        reason: String,
    },
    /// The server answered with a redirect. It is not followed: the key would go along.
    #[non_exhaustive]
    Redirected {
        /// The host that it points to, if it names one.
        host: Option<String>,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// The answer is larger than `max_response_bytes`.
    #[non_exhaustive]
    BodyTooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// A file is not the one that it should be: it was damaged on its way or in the server's storage.
    #[non_exhaustive]
    ChecksumMismatch {
        /// Which file.
        what: Box<str>,
        /// The checksum that it should have.
        expected: Box<str>,
        /// The checksum that it has.
        actual: Box<str>,
        /// The call.
        context: Option<Box<Context>>,
    },
    /// A file on this machine cannot be read or written.
    #[non_exhaustive]
    File {
        /// The file, or the name of what should have been sent.
        path: PathBuf,
        /// What the operating system says.
        message: String,
    },
    /// A background job ended without success.
    #[non_exhaustive]
    JobFailed {
        /// The task's id on the server.
        task: String,
        /// How it ended, and the last lines of its log.
        message: String,
    },
    /// A background job was started, and it is not known how it ended: it goes on without this program.
    #[non_exhaustive]
    JobPending {
        /// The task's id on the server, to attach to later.
        task: String,
        /// How long it was waited for.
        after: Duration,
        /// What stood in the way; `None` where only the time was over.
        cause: Option<Box<Error>>,
    },
    /// A background job was cancelled.
    #[non_exhaustive]
    Cancelled {
        /// The task's id on the server.
        task: String,
    },
    /// The call itself is wrong; nothing was sent.
    #[non_exhaustive]
    InvalidRequest {
        /// What is wrong with it.
        message: String,
        /// The call, where it is known.
        context: Option<Box<Context>>,
    },
}

impl Error {
    /// A setting is wrong.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::Configuration { message: message.into() }
    }

    /// No object of `kind` matches `what` (`name "atl1"`).
    pub fn not_found(kind: impl Into<String>, what: impl Into<String>) -> Self {
        Self::NotFound { kind: kind.into(), what: what.into(), context: None }
    }

    /// More than one object of `kind` matches `what`.
    pub fn more_than_one(kind: impl Into<String>, what: impl Into<String>) -> Self {
        Self::MoreThanOne { kind: kind.into(), what: what.into(), context: None }
    }

    /// The pages of a read of `kind` do not fit together.
    pub fn results_changed(kind: impl Into<String>, what: impl Into<String>) -> Self {
        Self::ResultsChanged { kind: kind.into(), what: what.into(), context: None }
    }

    /// The call is wrong and was not sent.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::InvalidRequest { message: message.into(), context: None }
    }

    /// This client does not send that write.
    pub fn write_refused(reason: impl Into<String>) -> Self {
        Self::WriteRefused { reason: reason.into() }
    }

    /// The server's answer has an unexpected shape at `path`.
    pub fn decode(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Decode { path: path.into(), reason: reason.into(), context: None }
    }

    /// The branch's schema differs from the compiled one.
    pub fn schema_drift(branch: impl Into<String>, differences: Vec<SchemaReason>) -> Self {
        Self::SchemaDrift { branch: branch.into(), differences, context: None }
    }

    /// The server refused a schema.
    pub fn schema_rejected(reasons: Vec<SchemaReason>) -> Self {
        Self::SchemaRejected { reasons, context: None }
    }

    /// A background job failed.
    pub fn job_failed(task: impl Into<String>, message: impl Into<String>) -> Self {
        Self::JobFailed { task: task.into(), message: message.into() }
    }

    /// A background job was cancelled.
    pub fn cancelled(task: impl Into<String>) -> Self {
        Self::Cancelled { task: task.into() }
    }

    /// A file has another checksum than it should have.
    pub(crate) fn checksum(what: &str, expected: &str, actual: &str) -> Self {
        Self::ChecksumMismatch {
            what: what.into(),
            expected: expected.into(),
            actual: actual.into(),
            context: None,
        }
    }

    /// A file of this machine cannot be read or written.
    pub(crate) fn file(path: impl AsRef<Path>, error: &std::io::Error) -> Self {
        Self::File { path: path.as_ref().to_owned(), message: error.to_string() }
    }

    /// GraphQL errors that a call kept for itself, such as those of one item of a batch.
    pub(crate) fn graphql(errors: Vec<GraphQlError>, context: Option<Context>) -> Self {
        Self::GraphQl { errors, data: None, context: context.map(Box::new) }
    }

    /// The call that failed; `None` where none was sent or the error was made from an answer.
    pub fn context(&self) -> Option<&Context> {
        match self {
            Self::Authentication { context, .. }
            | Self::Permission { context, .. }
            | Self::Unreachable { context, .. }
            | Self::Timeout { context, .. }
            | Self::RateLimited { context, .. }
            | Self::Http { context, .. }
            | Self::GraphQl { context, .. }
            | Self::Decode { context, .. }
            | Self::NotFound { context, .. }
            | Self::MoreThanOne { context, .. }
            | Self::ResultsChanged { context, .. }
            | Self::SchemaDrift { context, .. }
            | Self::SchemaRejected { context, .. }
            | Self::Redirected { context, .. }
            | Self::BodyTooLarge { context, .. }
            | Self::ChecksumMismatch { context, .. }
            | Self::InvalidRequest { context, .. } => context.as_deref(),
            Self::Configuration { .. }
            | Self::WriteRefused { .. }
            | Self::File { .. }
            | Self::JobFailed { .. }
            | Self::JobPending { .. }
            | Self::Cancelled { .. } => None,
        }
    }

    /// The same error, as one of this call.
    pub(crate) fn in_call(mut self, call: Context) -> Self {
        match &mut self {
            Self::Authentication { context, .. }
            | Self::Permission { context, .. }
            | Self::Unreachable { context, .. }
            | Self::Timeout { context, .. }
            | Self::RateLimited { context, .. }
            | Self::Http { context, .. }
            | Self::GraphQl { context, .. }
            | Self::Decode { context, .. }
            | Self::NotFound { context, .. }
            | Self::MoreThanOne { context, .. }
            | Self::ResultsChanged { context, .. }
            | Self::SchemaDrift { context, .. }
            | Self::SchemaRejected { context, .. }
            | Self::Redirected { context, .. }
            | Self::BodyTooLarge { context, .. }
            | Self::ChecksumMismatch { context, .. }
            | Self::InvalidRequest { context, .. } => *context = Some(Box::new(call)),
            Self::Configuration { .. }
            | Self::WriteRefused { .. }
            | Self::File { .. }
            | Self::JobFailed { .. }
            | Self::JobPending { .. }
            | Self::Cancelled { .. } => {}
        }
        self
    }

    /// The id of the background task that the error is about, for `client.tasks()` or to attach to the job.
    pub fn task(&self) -> Option<&str> {
        match self {
            Self::JobFailed { task, .. } | Self::JobPending { task, .. } | Self::Cancelled { task } => {
                Some(task)
            }
            _ => None,
        }
    }

    /// The same error, as that of a read of this kind on this branch.
    pub(crate) fn on_branch(self, kind: &str, branch: &str) -> Self {
        self.in_call(Context::unsent(kind, branch, Effect::Read))
    }

    /// The same error, as that of a read after a write of this object that succeeded.
    pub(crate) fn after_write(self, operation: &str, branch: &str, object: &str) -> Self {
        let read = match self.context() {
            Some(context) => context.clone(),
            None => Context::unsent(operation, branch, Effect::Write),
        };
        let call =
            Context { effect: Effect::Write, object: Some(object.to_owned()), may_have_run: true, ..read };
        match self.in_call(call.clone()) {
            error if error.may_have_run() => error,
            error => Self::InvalidRequest { message: show::cause(&error), context: Some(Box::new(call)) },
        }
    }

    /// The GraphQL errors of the answer; empty for every other error.
    pub fn graphql_errors(&self) -> &[GraphQlError] {
        match self {
            Self::GraphQl { errors, .. } => errors,
            _ => &[],
        }
    }

    /// The server's code: that of the first GraphQL error that has one.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.graphql_errors().iter().find_map(GraphQlError::code)
    }

    /// The HTTP status of the failure: of the answer, or the one under which the server files its first GraphQL
    /// error that has one.
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::Authentication { .. } => Some(401),
            Self::Permission { .. } => Some(403),
            Self::RateLimited { .. } => Some(429),
            Self::Http { status, .. } => Some(*status),
            _ => self.graphql_errors().iter().find_map(GraphQlError::http_status),
        }
    }

    /// Whether the write failed because an object with the same unique value exists.
    pub fn is_uniqueness_violation(&self) -> bool {
        self.graphql_errors().iter().any(GraphQlError::is_uniqueness_violation)
    }

    /// Whether the write failed because a resource pool has nothing left to give.
    pub fn is_pool_exhausted(&self) -> bool {
        self.graphql_errors().iter().any(GraphQlError::is_pool_exhausted)
    }

    /// Whether the failed call may nevertheless have changed something on the server.
    ///
    /// False for reads, and for writes that are proven not to have run.
    pub fn may_have_run(&self) -> bool {
        matches!(self, Self::JobPending { .. })
            || self.context().is_some_and(|call| call.may_have_run || call.earlier_attempt_may_have_run)
    }

    /// Whether an attempt before the last one may have changed something: a repeatable write was sent again
    /// because no answer came. The last answer may then speak of what the earlier attempt did.
    pub fn earlier_attempt_may_have_run(&self) -> bool {
        self.context().is_some_and(|call| call.earlier_attempt_may_have_run)
    }

    /// Whether the same call may succeed later and making it again does no harm.
    ///
    /// A write that [may have run](Error::may_have_run) is not retryable, unless the caller said that it is
    /// repeatable or chose the new object's id.
    pub fn is_retryable(&self) -> bool {
        let passes = match self {
            Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::RateLimited { .. }
            | Self::ResultsChanged { .. } => true,
            Self::Http { status, .. } => matches!(status, 500 | 502 | 503 | 504),
            Self::GraphQl { errors, .. } => errors.iter().all(GraphQlError::passes),
            _ => false,
        };
        let harmless = match self.context() {
            Some(call) => call.effect.is_repeatable_by_caller() || !self.may_have_run(),
            None => true,
        };
        passes && harmless
    }

    /// What to do next, as one sentence.
    pub fn advice(&self) -> Cow<'static, str> {
        show::advice(self)
    }
}

impl GraphQlError {
    /// Whether the cause goes away by itself.
    pub(crate) fn passes(&self) -> bool {
        match self.code {
            _ if self.is_undone() || self.is_outdated_read() => true,
            Some(ErrorCode::Undefined) | None => matches!(self.http_status, Some(429 | 502 | 503 | 504)),
            _ => false,
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::JobPending { cause: Some(cause), .. } => Some(&**cause),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
