//! What is said to the two servers, one request after the other.
//!
//! A request may hold placeholders: `<id-2>` is the second id that appeared in the answers, of each server its own;
//! `<name>` and `<name:x>` are names that nothing else has; `<time-2>` is the time after the second request.

use crate::answer::Answer;
use crate::request::Request;
use crate::servers::Servers;
use infrahub_conformance::{Server, unique};
use jiff::Timestamp;
use regex::{Captures, Regex};
use std::sync::LazyLock;
use std::time::Duration;

pub(crate) struct Conversation {
    real: Side,
    sandbox: Side,
    /// What makes the names of this conversation its own.
    run: String,
    times: Vec<Timestamp>,
}

/// One server, and the ids that it gave.
struct Side {
    server: &'static Server,
    client: reqwest::Client,
    ids: Vec<String>,
}

/// What both answered.
pub(crate) struct Reply {
    /// The real server's answer.
    pub(crate) answer: Answer,
    /// What the sandbox answered otherwise.
    pub(crate) difference: Option<String>,
}

static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<(id|name|time)(?:-(\d+))?(?::(\w+))?>").unwrap());

/// What a server says where two writes waited for each other, or its task manager has no time. It did nothing then.
const BUSY: [&str; 2] = ["DeadlockDetected", "503 Service Unavailable"];

impl Conversation {
    pub(crate) fn new(servers: &'static Servers) -> Self {
        let (real, sandbox) = (Side::new(&servers.real), Side::new(&servers.sandbox));
        Self { real, sandbox, run: unique(""), times: Vec::new() }
    }

    /// Sends a request, written as in a case, to both servers.
    pub(crate) async fn ask(&mut self, text: &str) -> Result<Reply, String> {
        let request = Request::parse(text)?;
        let (real, sandbox) = tokio::join!(
            self.real.ask(&request, &self.run, &self.times),
            self.sandbox.ask(&request, &self.run, &self.times)
        );
        let (answer, ours) = (real?, sandbox?);
        self.times.push(Timestamp::now());
        let difference = Answer::difference(&answer, &ours);
        Ok(Reply { answer, difference })
    }
}

impl Side {
    fn new(server: &'static Server) -> Self {
        // reqwest is built without a TLS provider of its own; an error says that one is installed already
        let _ = rustls::crypto::ring::default_provider().install_default();
        // a server drops the connection after a crash without saying so, so none is used twice
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(Duration::from_secs(180));
        Self { server, client: client.build().expect("a client"), ids: Vec::new() }
    }

    async fn ask(&mut self, request: &Request, run: &str, times: &[Timestamp]) -> Result<Answer, String> {
        let fill = |text: &str| fill(text, &self.ids, run, times);
        let (path, body) = (fill(&request.path)?, fill(&request.body)?);
        let failed = |error: reqwest::Error| format!("{} {path}: {error}", self.server.address);
        for _ in 0..10 {
            let url = format!("{}{path}", self.server.address);
            let mut sent = self.client.request(request.method.clone(), url);
            if request.has_token {
                sent = sent.header("X-INFRAHUB-KEY", &self.server.token);
            }
            if !body.is_empty() {
                sent = sent.header("content-type", &request.content).body(body.clone());
            }
            let answer = sent.send().await.map_err(failed)?;
            let status = answer.status().as_u16();
            let text = answer.text().await.map_err(failed)?;
            if !BUSY.iter().any(|busy| text.contains(busy)) {
                return Ok(Answer::normal(status, &text, &mut self.ids, run));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Err(format!("{} {path}: the server was busy ten times", self.server.address))
    }
}

/// A text with what its placeholders stand for on one server.
fn fill(text: &str, ids: &[String], run: &str, times: &[Timestamp]) -> Result<String, String> {
    let mut missing = None;
    let filled = PLACEHOLDER.replace_all(text, |found: &Captures<'_>| {
        let number = found.get(2).and_then(|number| number.as_str().parse::<usize>().ok());
        let index = number.unwrap_or_default().wrapping_sub(1);
        let value = match &found[1] {
            "name" => Some(format!("{}{run}", found.get(3).map_or("name", |label| label.as_str()))),
            "id" => ids.get(index).cloned(),
            _ => times.get(index).map(Timestamp::to_string),
        };
        value.unwrap_or_else(|| {
            missing = Some(found[0].to_owned());
            String::new()
        })
    });
    match missing {
        Some(placeholder) => Err(format!("nothing was seen that {placeholder} could stand for")),
        None => Ok(filled.into_owned()),
    }
}
