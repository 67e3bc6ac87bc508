//! An error as one line: what happened, in which call, what to do next.

use super::text::shown;
use super::{Error, ErrorCode, GraphQlError, PathSegment, TimeLimit};
use std::borrow::Cow;
use std::fmt;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        what(self, f)?;
        if let Some(call) = self.context() {
            let name = if call.operation.is_empty() { "the request" } else { &call.operation };
            write!(f, " [{name} on branch {}", shown(&call.branch))?;
            let unsent = call.attempts == 0 && call.elapsed.is_zero();
            if call.attempts != 1 && !unsent {
                write!(f, ", {} attempts", call.attempts)?;
            }
            if !unsent {
                write!(f, ", {:.1} s", call.elapsed.as_secs_f64())?;
            }
            f.write_str("]")?;
        }
        write!(f, "; {}", self.advice())
    }
}

impl fmt::Debug for Error {
    /// The same line: it is what a `main` that returns the error prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What happened, without the call and the advice.
pub(super) fn cause(error: &Error) -> String {
    struct Cause<'a>(&'a Error);
    impl fmt::Display for Cause<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            what(self.0, f)
        }
    }
    Cause(error).to_string()
}

fn what(error: &Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match error {
        Error::Configuration { message } => write!(f, "configuration: {}", shown(message)),
        Error::Authentication { message, .. } => write!(f, "not authenticated: {}", shown(message)),
        Error::Permission { message, .. } => write!(f, "not permitted: {}", shown(message)),
        Error::Unreachable { message, .. } => {
            write!(f, "server{} not reachable: {}", server(error), shown(message))
        }
        Error::Timeout { limit: TimeLimit::Connect, after, .. } => {
            let server = server(error);
            let to = if server.is_empty() { "" } else { " to" };
            write!(f, "opening a connection{to}{server} took longer than {after:?}")
        }
        Error::Timeout { limit, after, .. } => write!(f, "{} took longer than {after:?}", took(*limit)),
        Error::RateLimited { retry_after: Some(wait), .. } => {
            write!(f, "the server is overloaded and asks to wait {wait:?}")
        }
        Error::RateLimited { retry_after: None, .. } => {
            f.write_str("the server answers that there are too many requests")
        }
        Error::Http { status, message, .. } if message.is_empty() => {
            write!(f, "the server answered HTTP {status}")
        }
        Error::Http { status: status @ 200..=299, message, .. } => {
            write!(f, "the answer (HTTP {status}) is not one of an Infrahub server: {}", shown(message))
        }
        Error::Http { status, message, .. } => {
            write!(f, "the server answered HTTP {status}: {}", shown(message))
        }
        Error::GraphQl { errors, .. } => graphql(errors, f),
        Error::Decode { path, reason, context } => {
            let of_kind = context.as_ref().and_then(|call| call.kind).map(|kind| format!(" of {kind}"));
            let of_kind = of_kind.unwrap_or_default();
            write!(
                f,
                "the answer does not fit the Rust type{of_kind} at `{}`: {}",
                shown(path),
                shown(reason)
            )
        }
        Error::NotFound { kind, what, .. } => write!(f, "no {kind} with {}", shown(what)),
        Error::MoreThanOne { kind, what, .. } => write!(f, "more than one {kind} with {}", shown(what)),
        Error::ResultsChanged { kind, what, .. } => {
            write!(f, "the list of {kind} changed while it was read: {}", shown(what))
        }
        Error::SchemaDrift { branch, differences, .. } => {
            write!(f, "the schema of branch {} is not the compiled one: ", shown(branch))?;
            list(differences.iter().map(ToString::to_string), f)
        }
        Error::SchemaRejected { reasons, .. } => {
            f.write_str("the server refused the schema: ")?;
            list(reasons.iter().map(ToString::to_string), f)
        }
        Error::WriteRefused { reason } => write!(f, "write not sent: {}", shown(reason)),
        Error::Redirected { host: Some(host), .. } => write!(f, "the server redirects to {}", shown(host)),
        Error::Redirected { host: None, .. } => f.write_str("the server answers with a redirect"),
        Error::BodyTooLarge { limit, .. } => write!(f, "the answer is larger than {limit} bytes"),
        Error::ChecksumMismatch { what, expected, actual, .. } => write!(
            f,
            "{} is damaged: its checksum is {} and should be {}",
            shown(what),
            shown(actual),
            shown(expected)
        ),
        Error::File { path, message } => {
            write!(f, "the file {}: {}", shown(&path.display().to_string()), shown(message))
        }
        Error::JobFailed { task, message } => write!(f, "task {task} failed: {}", shown(message)),
        Error::JobPending { task, after, cause } => {
            write!(f, "task {task} has not ended after {:.0} s", after.as_secs_f64())?;
            match cause {
                Some(cause) => {
                    f.write_str(", as far as is known: ")?;
                    what(cause, f)
                }
                None => Ok(()),
            }
        }
        Error::Cancelled { task } => write!(f, "task {task} was cancelled"),
        Error::InvalidRequest { message, .. } => write!(f, "request not sent: {}", shown(message)),
    }
}

/// The server's host and port, with a space before it; empty where they are not known.
fn server(error: &Error) -> String {
    match error.context() {
        Some(call) if !call.server.is_empty() => format!(" {}", shown(&call.server)),
        _ => String::new(),
    }
}

fn took(limit: TimeLimit) -> &'static str {
    match limit {
        TimeLimit::Connect => "opening a connection",
        TimeLimit::Attempt => "the answer",
        TimeLimit::Idle => "a pause within the transfer",
        TimeLimit::Operation => "the whole call",
        TimeLimit::SchemaConverge => "the server's workers taking over the schema",
        TimeLimit::ArtifactGeneration => "the server's generation of the artifact",
    }
}

fn list(items: impl ExactSizeIterator<Item: AsRef<str>>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const SHOWN: usize = 3;
    let more = items.len().saturating_sub(SHOWN);
    for (position, item) in items.take(SHOWN).enumerate() {
        write!(f, "{}{}", if position == 0 { "" } else { ", " }, shown(item.as_ref()))?;
    }
    match more {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

fn graphql(errors: &[GraphQlError], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(first) = errors.first() else {
        return f.write_str("the server reported an error without saying which");
    };
    write!(f, "{}", shown(&first.message))?;
    if !first.path.is_empty() {
        write!(f, " at `{}`", path(&first.path))?;
    }
    if let Some(code) = &first.code {
        write!(f, " ({code})")?;
    }
    match errors.len() - 1 {
        0 => Ok(()),
        1 => f.write_str(" and 1 more error"),
        more => write!(f, " and {more} more errors"),
    }
}

fn path(segments: &[PathSegment]) -> String {
    let mut text = String::new();
    for segment in segments {
        match segment {
            PathSegment::Field(name) if text.is_empty() => text.push_str(name),
            PathSegment::Field(name) => text.extend([".", name]),
            PathSegment::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    shown(&text)
}

/// The server fails without a word on a document that does not parse.
const UNREADABLE: &str =
    "check that the document is valid GraphQL, or look at the server's log and try again later";
const UNREADABLE_WRITE: &str = "check that the document is valid GraphQL; if it is, the write may have run: \
                                read the object before writing it again";

pub(super) fn advice(error: &Error) -> Cow<'static, str> {
    if let Error::JobPending { .. } = error {
        return "attach to the task to wait on, and do not start the job again before it has ended".into();
    }
    if let Error::Http { status: 500, context: Some(call), .. } = error
        && call.is_raw()
    {
        return if error.may_have_run() { UNREADABLE_WRITE } else { UNREADABLE }.into();
    }
    if error.may_have_run() && !matches!(error, Error::GraphQl { .. }) {
        return match error.context().and_then(|call| call.object_id()) {
            Some(id) => {
                format!("the write may have run: read the object {} before writing it again", shown(id))
                    .into()
            }
            None => "the write may have run: read the object before writing it again".into(),
        };
    }
    match error {
        Error::Configuration { .. } => "correct the setting",
        Error::Authentication { .. } => {
            "check INFRAHUB_API_TOKEN, or INFRAHUB_USERNAME and INFRAHUB_PASSWORD, and that the account is active"
        }
        Error::Permission { .. } => "use an account with that permission, or have an administrator grant it",
        Error::Unreachable { .. } => "check INFRAHUB_ADDRESS, the proxy and TLS settings, and that the server runs",
        Error::Timeout { limit, .. } => match limit {
            TimeLimit::Connect => "check INFRAHUB_ADDRESS and the network, or raise `connect_timeout`",
            TimeLimit::Attempt => "ask for less at once, or raise `timeout`",
            TimeLimit::Idle => "check the network and the server's load, or raise `idle_timeout`",
            TimeLimit::Operation => "check the server's load, or raise `operation_timeout`",
            TimeLimit::SchemaConverge => {
                "check that every worker of the server is alive, or raise `schema_converge_timeout`"
            }
            TimeLimit::ArtifactGeneration => {
                "look at the server's tasks for why it was not generated, or wait longer with `.within(…)`"
            }
        },
        Error::RateLimited { .. } => "send fewer requests at once (`max_concurrent_execution`) or at a lower priority",
        Error::Http { status, .. } => match status {
            200..=299 => {
                "check that INFRAHUB_ADDRESS is an Infrahub server, and that no proxy or login page answers in its place"
            }
            404 => "check that INFRAHUB_ADDRESS is an Infrahub server and that the object exists",
            500..=599 => "look at the server's log, and try again later",
            _ => "correct the request as the message says",
        },
        Error::GraphQl { context: Some(call), .. } if error.is_pool_exhausted() && call.allocates() => {
            let pool = shown(call.object_id().unwrap_or_default());
            return format!("give pool {pool} more to give, or delete what it gave and nothing uses").into();
        }
        Error::GraphQl { errors, .. } => return graphql_advice(errors).into(),
        Error::Decode { .. } => {
            "pull the schema of this branch and rebuild, or correct the type if it is your own"
        }
        Error::NotFound { .. } => "check the value, the branch and the point in time",
        Error::MoreThanOne { .. } => "narrow it down until one is left, or read a list",
        Error::ResultsChanged { .. } => "read again, or read a point in time with `client.at(…)`",
        Error::SchemaDrift { .. } => "pull the schema of this branch and rebuild",
        Error::SchemaRejected { .. } => "correct the schema file as the message says and load it again",
        Error::WriteRefused { .. } => "write through a handle that may write, on a branch that takes writes",
        Error::Redirected { .. } => {
            "set INFRAHUB_ADDRESS to the final address: redirects are not followed, to keep the credentials"
        }
        Error::BodyTooLarge { .. } => "read in pages or select less, or raise `max_response_bytes`",
        Error::ChecksumMismatch { .. } => {
            "download it again; if that does not help, it is damaged on the server and must be uploaded again"
        }
        Error::File { .. } => "check the path, the permissions and the space on the disk",
        Error::JobPending { .. } => "attach to the task to wait on",
        Error::JobFailed { .. } => "read the task's log, correct the cause and start it again",
        Error::Cancelled { .. } => "start it again if it is still wanted",
        Error::InvalidRequest { .. } => "correct the call",
    }
    .into()
}

fn graphql_advice(errors: &[GraphQlError]) -> &'static str {
    if errors.iter().any(GraphQlError::is_uniqueness_violation) {
        return "choose another value, or upsert to change the object that has it";
    }
    if errors.iter().any(GraphQlError::is_pool_exhausted) {
        return "give the pool more to give, or delete what it gave and nothing uses";
    }
    let any = |is: &dyn Fn(&GraphQlError) -> bool| errors.iter().any(is);
    if any(&GraphQlError::is_undone) {
        return "try again when the other write, or the merge, has ended";
    }
    if any(&GraphQlError::is_outdated_read) {
        return "look whether it was written, and try again";
    }
    match errors.iter().find_map(GraphQlError::code) {
        Some(ErrorCode::NodeNotFound) => "check the id, the branch and that the object still exists",
        Some(ErrorCode::AttributeRequired) => "give the attribute a value",
        Some(ErrorCode::AttributeInvalidType) => "send a value of the type that the schema says",
        Some(ErrorCode::AttributeConstraintViolation) => "send a value that the schema allows",
        Some(ErrorCode::BranchNotFound) => "check the branch's name, or create it first",
        Some(ErrorCode::SchemaNotFound) => "load the kind's schema into this branch first",
        Some(ErrorCode::BranchAlreadyMerged) => "write to another branch: this one was merged",
        Some(ErrorCode::BranchNeedsRebase) => "rebase the branch first",
        Some(ErrorCode::MergeRecoveryRequired) => {
            "have an administrator recover the merge that stopped half way"
        }
        Some(ErrorCode::PermissionDenied) => "use an account with that permission",
        _ if any(&GraphQlError::is_schema_mismatch) => {
            "pull the schema of this branch and rebuild, or correct the document: the branch's schema is another"
        }
        _ if any(&|error| error.message.contains("Relationship has not been initialized yet")) => {
            "check the peers: one that is named by its human-friendly id does not exist"
        }
        _ => "correct the request as the message says",
    }
}
