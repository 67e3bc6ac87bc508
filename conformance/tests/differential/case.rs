//! Scripted cases: `conformance/cases/<topic>.case`.
//!
//! `== title` begins a case, and `--` on a line of its own the next request of it; `request.rs` says how a request is
//! written, and `conversation.rs` what may stand for ids, names and times. What stands before the first case of a file
//! are the requests that each of its cases begins with. No answer is written down: both servers are asked.
//!
//! A line `differs: reason` below the title says that the answers must differ, and why: the reason has to stand in
//! `docs/sandbox-differences.md`.

use crate::conversation::Conversation;
use crate::servers::Servers;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, mem};

pub(crate) struct Case {
    /// The name of the file.
    pub(crate) topic: String,
    pub(crate) title: String,
    differs: Option<String>,
    requests: Vec<String>,
}

/// The cases of all files.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "case"))
        .collect();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

fn read(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let topic = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = format!("\n{text}");
    let mut parts = text.split("\n== ");
    let first = requests(parts.next().unwrap_or_default());
    let case = |part: &str| {
        let (title, mut rest) = part.split_once('\n').unwrap_or((part, ""));
        let mut differs = None;
        if let Some(below) = rest.strip_prefix("differs: ") {
            let (reason, below) = below.split_once('\n').unwrap_or((below, ""));
            differs = Some(reason.trim().to_owned());
            rest = below;
        }
        let requests = first.iter().cloned().chain(requests(rest)).collect();
        Case { topic: topic.clone(), title: title.trim().to_owned(), differs, requests }
    };
    parts.map(case).collect()
}

/// The requests of a text, without lines that begin with `#`.
pub(crate) fn requests(text: &str) -> Vec<String> {
    let mut requests = Vec::new();
    let mut request = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).chain(["--"]) {
        if line.trim_end() != "--" {
            request = request + line + "\n";
        } else if !request.trim().is_empty() {
            requests.push(mem::take(&mut request).trim().to_owned());
        }
    }
    requests
}

/// Sends the requests of a case and holds the answers to each other.
pub(crate) async fn run(case: &Case, servers: &'static Servers) -> Result<(), String> {
    let mut conversation = Conversation::new(servers);
    let mut differences = String::new();
    for (index, request) in case.requests.iter().enumerate() {
        let reply =
            conversation.ask(request).await.map_err(|error| format!("{request}\n{error}\n{differences}"))?;
        if let Some(difference) = reply.difference {
            let _ = writeln!(differences, "request {}:\n{request}\n{difference}", index + 1);
        }
    }
    match &case.differs {
        None if differences.is_empty() => Ok(()),
        None => Err(differences),
        Some(reason) if differences.is_empty() => Err(format!(
            "the answers no longer differ: take away `differs: {reason}` and what the documentation says"
        )),
        Some(reason) => is_documented(reason),
    }
}

fn is_documented(reason: &str) -> Result<(), String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sandbox-differences.md");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words(&text).contains(&words(reason)) {
        return Ok(());
    }
    Err(format!("docs/sandbox-differences.md does not say: {reason}"))
}
