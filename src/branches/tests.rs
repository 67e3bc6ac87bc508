//! R14: jobs against a scripted server on a paused clock, with a fault at each step.

use super::*;
use crate::config::Config;
use crate::error::TimeLimit;
use crate::job::Progress;
use crate::task::TaskState;
use crate::transport::scripted::Scripted;
use crate::transport::{WireFailure, WireRequest, WireResponse};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const TASK: &str = "5a249da8-0520-4d21-8156-24168a589acb";

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// No connection: the server never sees it.
    NotSent,
    /// The connection breaks before the server sees it, which the client cannot tell.
    LostOnTheWay,
    /// The server does what was asked, and the answer is lost.
    AnswerLost,
    /// The same, by a time limit.
    TimedOut,
    /// The server refuses it for now.
    Busy,
}

/// Which fault, if any, meets a request: by its number and what it asks for.
type Faults = Box<dyn Fn(usize, &str) -> Option<Fault> + Send>;

/// A server with one branch, whose tasks end at the n-th look at them.
struct Server {
    /// The operations that arrived, with the time; those lost on the way among them.
    requests: Vec<(String, Instant)>,
    paths: Vec<String>,
    /// How many jobs were started in truth.
    started: u32,
    looks: u32,
    ends_at_look: u32,
    end: &'static str,
    status: &'static str,
    default: bool,
    gone: bool,
    /// Looks after the end until the log is there.
    log_delay: u32,
    log: Vec<Value>,
    /// From this look on the server knows no task.
    forgets_at_look: u32,
    /// The fault of the n-th request.
    faults: Faults,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            requests: Vec::new(),
            paths: Vec::new(),
            started: 0,
            looks: 0,
            ends_at_look: 2,
            end: "COMPLETED",
            status: "OPEN",
            default: false,
            gone: false,
            log_delay: 0,
            log: Vec::new(),
            forgets_at_look: u32::MAX,
            faults: Box::new(|_, _| None),
        }
    }
}

type Shared = Arc<Mutex<Server>>;

impl Server {
    fn answer(&mut self, request: &WireRequest) -> Result<Value, WireFailure> {
        let body: Value = serde_json::from_slice(request.json()).unwrap();
        let operation = body["operationName"].as_str().unwrap().to_owned();
        let fault = (self.faults)(self.requests.len(), &operation);
        self.requests.push((operation.clone(), Instant::now()));
        self.paths.push(request.url.path().to_owned());
        match fault {
            Some(Fault::NotSent) => return Err(WireFailure::NotSent("refused".into())),
            Some(Fault::Busy) => {
                let error = json!({
                    "message": "A merge is currently in progress", "path": [operation],
                    "extensions": { "code": "MERGE_IN_PROGRESS", "http_status": 423 },
                });
                return Ok(json!({ "data": { operation: null }, "errors": [error] }));
            }
            Some(Fault::LostOnTheWay) => return Err(WireFailure::Lost("reset".into())),
            _ => {}
        }
        let data = self.data(&operation, &body["variables"]);
        match fault {
            Some(Fault::AnswerLost) => Err(WireFailure::Lost("reset".into())),
            Some(Fault::TimedOut) => Err(WireFailure::Timeout(TimeLimit::Attempt, Duration::from_secs(60))),
            _ => Ok(json!({ "data": data })),
        }
    }

    fn data(&mut self, operation: &str, variables: &Value) -> Value {
        match operation {
            "BranchList" if self.gone => json!({ "Branch": [] }),
            "BranchList" => json!({ "Branch": [{
                "id": "1", "name": "change", "description": null, "status": self.status,
                "is_default": self.default, "sync_with_git": false,
                "schema_differs_from_default_branch": false, "origin_branch": "main",
                "branched_from": "2026-11-24T07:11:13.655479Z", "created_at": "2026-11-24T07:11:13.655479Z",
            }]}),
            "TaskList" if variables["ids"].is_null() => {
                let ids = if self.started > 0 { vec![TASK] } else { vec![] };
                tasks(ids.into_iter().map(|id| self.task(id, "RUNNING", variables)))
            }
            "TaskList" => {
                self.looks += 1;
                if self.looks >= self.forgets_at_look {
                    return tasks(None.into_iter());
                }
                let state = if self.looks >= self.ends_at_look { self.end } else { "RUNNING" };
                tasks(Some(self.task(TASK, state, variables)).into_iter())
            }
            _ => {
                self.started += 1;
                json!({ operation: { "task": { "id": TASK } } })
            }
        }
    }

    fn task(&self, id: &str, state: &str, variables: &Value) -> Value {
        let written = if self.looks > self.ends_at_look + self.log_delay || state == "RUNNING" {
            self.log.len()
        } else {
            0
        };
        let from = variables["log_offset"].as_u64().unwrap_or(0) as usize;
        let most = variables["log_limit"].as_u64().unwrap_or(10_000) as usize;
        let log: Vec<_> =
            self.log[..written].iter().skip(from).take(most).map(|line| json!({ "node": line })).collect();
        json!({ "node": {
            "id": id, "title": "Merge branch", "state": state, "workflow": "merge-branch-mutation",
            "branch": "change", "progress": null, "created_at": "2026-11-24T07:11:13Z", "start_time": null,
            "updated_at": "2026-11-24T07:11:13Z", "related_nodes": [], "error": null, "logs": { "edges": log },
        }})
    }
}

fn tasks(nodes: impl Iterator<Item = Value>) -> Value {
    json!({ "InfrahubTask": { "edges": nodes.collect::<Vec<_>>() } })
}

fn line(severity: &str, message: &str) -> Value {
    json!({ "severity": severity, "message": message, "timestamp": "2026-11-24T07:11:13Z" })
}

fn client(server: Server) -> (Client, Shared) {
    client_with(Config::new("http://127.0.0.1:1"), server)
}

fn client_with(config: Config, server: Server) -> (Client, Shared) {
    let server = Arc::new(Mutex::new(server));
    let shared = server.clone();
    let scripted = Scripted::new(move |request: WireRequest| {
        let answer = shared.lock().unwrap().answer(&request);
        async move {
            tokio::task::yield_now().await;
            let body = serde_json::to_vec(&answer?).unwrap();
            Ok(WireResponse { status: 200, body: body.into(), ..WireResponse::default() })
        }
    });
    (Client::scripted(config, scripted), server)
}

fn sent(server: &Shared, operation: &str) -> usize {
    server.lock().unwrap().requests.iter().filter(|(name, _)| name == operation).count()
}

#[tokio::test(start_paused = true)]
async fn r14_a_job_is_awaited_by_its_task_and_gives_what_it_made() {
    let (client, server) = client(Server::default());
    let branch = client.branches().create("change").description("why").await.unwrap();
    assert_eq!((branch.name.as_str(), &branch.status), ("change", &BranchStatus::Open));
    assert_eq!(branch.branched_from.unwrap().as_str(), "2026-11-24T07:11:13.655479Z");
    let merged = client.branches().merge("change").await.unwrap();
    assert_eq!(merged.unwrap().name, "change");
    assert_eq!(server.lock().unwrap().started, 2);
}

#[tokio::test(start_paused = true)]
async fn r14_a_fault_at_any_step_never_merges_twice_and_never_hides_a_merge() {
    for fault in [Fault::NotSent, Fault::LostOnTheWay, Fault::AnswerLost, Fault::TimedOut] {
        for step in 0..7 {
            let (client, server) = client(Server {
                faults: Box::new(move |number, _| (number == step).then_some(fault)),
                ..Server::default()
            });
            let result = client.branches().merge("change").await;
            let case = format!("{fault:?} at request {step}: {result:?}");
            let started = server.lock().unwrap().started;
            assert!(started <= 1, "{case}");
            match result {
                Ok(_) => assert_eq!(started, 1, "{case}"),
                // Only a request that is lost without a trace gives up, and says what may be.
                Err(error) => {
                    assert!(error.may_have_run() && started == 0 && fault != Fault::NotSent, "{case}");
                }
            }
            let expected = if fault == Fault::NotSent && step == 2 { 2 } else { 1 };
            assert_eq!(sent(&server, "BranchMerge"), expected, "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r14_a_server_that_is_gone_for_good_leaves_the_task_id() {
    for fault in [Fault::NotSent, Fault::AnswerLost, Fault::TimedOut] {
        for step in 0..6 {
            let (client, server) = client(Server {
                faults: Box::new(move |number, _| (number >= step).then_some(fault)),
                ..Server::default()
            });
            let before = Instant::now();
            let error = client.branches().merge("change").await.unwrap_err();
            let case = format!("{fault:?} from request {step}: {error}");
            let started = server.lock().unwrap().started;
            assert!(started <= 1, "{case}");
            assert!(sent(&server, "BranchMerge") <= if fault == Fault::NotSent { 3 } else { 1 }, "{case}");
            if step > 2 {
                assert!(matches!(error, Error::JobPending { cause: Some(_), .. }), "{case}");
                assert_eq!(error.task(), Some(TASK), "{case}");
                assert!(error.to_string().contains(TASK) && error.may_have_run(), "{case}");
                let waited = before.elapsed();
                assert!((300..345).contains(&waited.as_secs()), "{case}: {waited:?}");
            } else {
                assert_eq!(error.may_have_run(), started == 1, "{case}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r14_an_outage_while_waiting_is_waited_out() {
    let begin = Instant::now();
    let (client, server) = client(Server {
        ends_at_look: 4,
        faults: Box::new(move |_, operation| {
            let outage = (3..120).contains(&begin.elapsed().as_secs());
            (operation == "TaskList" && outage).then_some(Fault::NotSent)
        }),
        ..Server::default()
    });
    client.branches().rebase("change").await.unwrap();
    assert!(begin.elapsed().as_secs() >= 120);
    assert_eq!(server.lock().unwrap().started, 1);
}

#[tokio::test(start_paused = true)]
async fn r14_a_deadline_leaves_a_job_that_can_be_waited_for_again_and_attached_to() {
    let (client, _) = client(Server { ends_at_look: 60, ..Server::default() });
    let mut job = client.branches().merge("change").within(Duration::from_secs(20)).start().await.unwrap();
    let begin = Instant::now();
    let error = job.wait().await.unwrap_err();
    assert_eq!(begin.elapsed(), Duration::from_secs(20));
    assert!(
        matches!(error, Error::JobPending { cause: None, after, .. } if after == begin.elapsed()),
        "{error}"
    );
    assert_eq!(error.task(), Some(job.task_id()));
    job.wait().await.unwrap_err();

    let written = serde_json::to_string(&job.handle()).unwrap();
    drop(job);
    let handle: JobHandle<MergeBranch> = serde_json::from_str(&written).unwrap();
    assert!(client.branches().attach(handle).wait().await.unwrap().is_some());
    let other = serde_json::from_str::<JobHandle<DeleteBranch>>(&written).unwrap_err();
    assert!(
        other.to_string().starts_with("the handle is of a job `merge`, and one of a job `delete`"),
        "{other}"
    );
    let read: JobHandle<MergeBranch> =
        serde_json::from_value(serde_json::from_str(&written).unwrap()).unwrap();
    assert_eq!(read.task_id(), TASK);
}

#[tokio::test(start_paused = true)]
async fn r14_looks_begin_a_second_apart_and_end_five() {
    let (client, server) = client(Server { ends_at_look: 9, ..Server::default() });
    client.branches().validate("change").await.unwrap();
    let server = server.lock().unwrap();
    let looks: Vec<_> =
        server.requests.iter().filter(|(name, _)| name == "TaskList").map(|(_, at)| *at).collect();
    let pauses: Vec<_> = looks[1..].windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
    assert_eq!(pauses, [1000, 1500, 2250, 3375, 5000, 5000, 5000, 5000]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_job_says_why_once_its_log_is_there() {
    let traceback = "Encountered exception during execution: ValidationError('no')\n  File \"tasks.py\", line 34\n\
                     infrahub.exceptions.ValidationError: Branch change contains conflicts";
    let finished = "Finished in state Failed('Flow run encountered an exception: ValidationError: Branch change contains conflicts')";
    for (log, reason) in [
        (
            vec![line("info", "Beginning"), line("error", traceback), line("error", finished)],
            "Branch change contains conflicts",
        ),
        (vec![line("error", traceback)], "Branch change contains conflicts"),
        (
            vec![line("error", "Finished in state Failed(\"branch has some conflicts\")")],
            "branch has some conflicts",
        ),
        (
            vec![line("error", "Finished in state Failed(\"Flow run encountered an exception: it's: odd\")")],
            "it's: odd",
        ),
        (
            vec![line(
                "error",
                "Finished in state Failed('Ann\\'s is \"double\",\\nBob\\'s, too: C:\\\\new \\x07')",
            )],
            "Ann's is \"double\",\nBob's, too: C:\\new \\x07",
        ),
        (vec![], "its log gives no reason"),
    ] {
        let (client, _) = client(Server { end: "FAILED", log, log_delay: 2, ..Server::default() });
        let error = client.branches().merge("change").await.unwrap_err();
        assert!(
            matches!(&error, Error::JobFailed { task, message, .. } if task == TASK && *message == format!("Merge branch: {reason}")),
            "{error}"
        );
        assert!(!error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_and_a_crashed_job_are_told_apart() {
    let (cancelled, _) = client(Server { end: "CANCELLED", ..Server::default() });
    assert!(matches!(cancelled.branches().rebase("change").await, Err(Error::Cancelled { .. })));
    let (crashed, _) = client(Server { end: "CRASHED", ..Server::default() });
    let error = crashed.branches().rebase("change").await.unwrap_err();
    assert!(error.to_string().contains("its worker was lost"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_the_server_forgot_is_judged_by_the_branch() {
    let (deleted, _) = client(Server { forgets_at_look: 2, gone: true, ..Server::default() });
    deleted.branches().delete("change").await.unwrap();
    let (merged, _) = client(Server { forgets_at_look: 1, status: "MERGED", ..Server::default() });
    assert_eq!(merged.branches().merge("change").await.unwrap().unwrap().status, BranchStatus::Merged);
    let (unknown, _) = client(Server { forgets_at_look: 2, ..Server::default() });
    let error = unknown.branches().rebase("change").await.unwrap_err();
    assert!(
        matches!(&error, Error::JobPending { cause: Some(cause), .. } if matches!(**cause, Error::NotFound { .. })),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_that_failed_after_its_work_was_done_is_judged_by_the_branch() {
    let (merged, _) = client(Server { end: "FAILED", status: "MERGED", ..Server::default() });
    assert!(merged.branches().merge("change").await.unwrap().is_some());
    let (deleted, _) = client(Server { end: "FAILED", gone: true, ..Server::default() });
    deleted.branches().delete("change").await.unwrap();
    // The work goes on under a task of its own, and this one waits for it.
    let (merging, _) = client(Server { end: "CRASHED", status: "MERGING", ..Server::default() });
    let error = merging.branches().merge("change").await.unwrap_err();
    assert!(matches!(error, Error::JobPending { cause: None, .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_job_waits_for_the_merge_of_another_branch_to_end() {
    let begin = Instant::now();
    let busy_for = |seconds| Server {
        faults: Box::new(move |_, operation| {
            let busy = operation == "BranchRebase" && begin.elapsed().as_secs() < seconds;
            busy.then_some(Fault::Busy)
        }),
        ..Server::default()
    };
    let (client, server) = client(busy_for(30));
    client.branches().rebase("change").await.unwrap();
    assert!(begin.elapsed().as_secs() >= 30);
    assert_eq!(server.lock().unwrap().started, 1);

    let (client, server) = self::client(busy_for(10_000));
    let error = client.branches().rebase("change").await.unwrap_err();
    assert_eq!(error.code(), Some(&crate::ErrorCode::MergeInProgress), "{error}");
    assert!(error.is_retryable() && !error.may_have_run(), "{error}");
    assert_eq!(server.lock().unwrap().started, 0);
}

#[tokio::test(start_paused = true)]
async fn the_default_branch_is_never_rebased_merged_or_deleted() {
    let (client, server) = client(Server { default: true, ..Server::default() });
    let branches = client.branches();
    for result in [
        branches.rebase("change").await.map(drop),
        branches.merge("change").await.map(drop),
        branches.delete("change").await,
    ] {
        assert!(matches!(result, Err(Error::InvalidRequest { .. })), "{result:?}");
    }
    assert_eq!(server.lock().unwrap().started, 0);
}

#[tokio::test(start_paused = true)]
async fn a_protected_default_branch_stops_no_merge_and_no_new_branch() {
    let config = Config::new("http://127.0.0.1:1").with_protect_default_branch(true);
    let (client, server) = client_with(config, Server::default());
    client.branches().create("change").await.unwrap();
    client.branches().merge("change").await.unwrap();
    client.branches().set_description("change", "why").await.unwrap();
    let write =
        client.execute::<Value>("mutation M { BuiltinTagDelete(data: {id: \"1\"}) { ok } }", ()).await;
    assert!(matches!(write, Err(Error::WriteRefused { .. })), "{write:?}");
    assert_eq!(server.lock().unwrap().started, 3);
}

#[tokio::test(start_paused = true)]
async fn operations_on_branches_work_from_a_branch_that_does_not_exist() {
    let (client, server) = client(Server::default());
    client.on("change").branches().create("change").await.unwrap();
    client.on("change").tasks().get(TASK).await.unwrap();
    assert!(server.lock().unwrap().paths.iter().all(|path| path == "/graphql"));
}

#[tokio::test(start_paused = true)]
async fn r13_waiting_can_be_given_up_at_any_moment_and_holds_no_permit() {
    let config = Config::new("http://127.0.0.1:1").with_max_concurrent_execution(1);
    let (client, server) = client_with(config, Server { ends_at_look: 200, ..Server::default() });
    let mut job = client.branches().merge("change").start().await.unwrap();
    for millis in [0, 1, 500, 999, 1000, 1001, 2600, 7000] {
        let given_up = tokio::time::timeout(Duration::from_millis(millis), job.wait()).await;
        assert!(given_up.is_err(), "{millis}");
        // The one permit is free while the job is waited for and after.
        client.branches().all().await.unwrap();
    }
    let mut second = client.branches().attach(job.handle());
    let branches = client.branches();
    let both = async { tokio::join!(job.wait(), second.wait(), branches.all()) };
    let (one, two, all) = tokio::time::timeout(Duration::from_secs(400), both).await.unwrap();
    assert!(all.is_ok());
    assert!(matches!(one, Err(Error::JobPending { .. })) && matches!(two, Err(Error::JobPending { .. })));
    assert_eq!(server.lock().unwrap().started, 1);
}

#[tokio::test(start_paused = true)]
async fn progress_tells_each_look_and_each_line_once() {
    let log = vec![line("info", "one"), line("info", "two")];
    let (client, _) = client(Server { ends_at_look: 3, log, ..Server::default() });
    let seen = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let told = seen.clone();
    client
        .branches()
        .rebase("change")
        .on_progress(move |progress| told.lock().unwrap().push(progress.clone()))
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.iter().map(|progress| progress.waited.as_millis()).collect::<Vec<_>>(), [0, 1000, 2500]);
    assert_eq!(seen.last().unwrap().state, TaskState::Completed);
    let lines: Vec<_> =
        seen.iter().flat_map(|progress| &progress.log).map(|line| line.message.as_str()).collect();
    assert_eq!(lines, ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn r17_a_state_and_a_status_of_a_newer_server_are_kept() {
    let (client, _) =
        client(Server { ends_at_look: 1, end: "HIBERNATING", status: "FROZEN", ..Server::default() });
    let task = client.tasks().get(TASK).await.unwrap();
    assert_eq!(task.state, TaskState::Other("HIBERNATING".into()));
    assert!(!task.state.is_final());
    assert_eq!(client.branches().get("change").await.unwrap().status, BranchStatus::Other("FROZEN".into()));
}

#[tokio::test(start_paused = true)]
async fn more_tasks_than_the_server_gives_are_not_asked_for() {
    let (client, server) = client(Server::default());
    let many = client.tasks().list().limit(201).await;
    assert!(matches!(many, Err(Error::InvalidRequest { .. })), "{many:?}");
    assert!(server.lock().unwrap().requests.is_empty());
    client.tasks().list().limit(200).await.unwrap();
}
