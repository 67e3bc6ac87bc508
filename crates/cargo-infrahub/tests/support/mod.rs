//! What the tests of the commands share: the real binary, and a server on the loopback interface.
// Each test file uses a part of it.
#![allow(dead_code)]

use serde_json::{Value, json};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

/// The token that the binary is given; it must never be told.
pub(crate) const TOKEN: &str = "06438eb2-hunter2";

/// What the binary told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// What cargo needs of the environment.
const CARGO: [&str; 6] = ["CARGO", "CARGO_HOME", "HOME", "PATH", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

/// Runs `cargo infrahub` in a folder with nothing of the test's own environment but what cargo needs.
pub(crate) fn cargo_infrahub(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Told {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-infrahub"))
        .env_clear()
        .envs(CARGO.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .envs(environment.iter().copied())
        .current_dir(folder)
        .arg("infrahub")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let told = Told { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
    assert!(!told.stdout.contains(TOKEN) && !told.stderr.contains(TOKEN), "the token is told: {told:?}");
    told
}

/// A request as the server saw it: the line with method and path, the headers in lower case, the body.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Seen {
    /// `GET` or `POST`.
    pub(crate) fn method(&self) -> &str {
        self.line.split(' ').next().unwrap()
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.line.split(['?', ' ']).nth(1).unwrap()
    }
}

/// The status and body of an answer.
pub(crate) type Answer = (u16, String);

/// A server that answers each request with a function; it ends with the test.
pub(crate) struct Loopback {
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Loopback {
    pub(crate) fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Loopback {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (record, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (record, answer) = (Arc::clone(&record), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &record, &*answer));
            }
        });
        Loopback { address, seen }
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Forgets the requests so far, and gives their paths.
    pub(crate) fn take_paths(&self) -> Vec<String> {
        self.seen.lock().unwrap().drain(..).map(|seen| seen.path().to_owned()).collect()
    }
}

/// A server with a schema, which a test may change, and the environment that names it.
pub(crate) struct Infrahub {
    pub(crate) loopback: Loopback,
    schema: Arc<Mutex<Value>>,
}

impl Infrahub {
    /// `schema` is the answer of `/api/schema` without its hash.
    pub(crate) fn start(schema: Value) -> Infrahub {
        let schema = Arc::new(Mutex::new(schema));
        let served = Arc::clone(&schema);
        let loopback = Loopback::start(move |seen| schema_answer(&served.lock().unwrap(), seen));
        Infrahub { loopback, schema }
    }

    /// Serves another schema from now on.
    pub(crate) fn set_schema(&self, schema: Value) {
        *self.schema.lock().unwrap() = schema;
    }

    /// Runs `cargo infrahub` in a folder, with this server and the token in its environment.
    pub(crate) fn run(&self, folder: &Path, arguments: &[&str]) -> Told {
        let environment =
            [("INFRAHUB_ADDRESS", self.loopback.address.as_str()), ("INFRAHUB_API_TOKEN", TOKEN)];
        cargo_infrahub(folder, &environment, arguments)
    }
}

/// What an Infrahub server with this schema answers to a request about it; other requests are not found.
pub(crate) fn schema_answer(schema: &Value, seen: &Seen) -> Answer {
    let mut hasher = DefaultHasher::new();
    schema.to_string().hash(&mut hasher);
    let hash = format!("{:016x}", hasher.finish());
    let body = match seen.path() {
        "/api/info" => json!({"deployment_id": "x", "version": "1.11.9"}).to_string(),
        "/api/schema" => {
            let mut answer = schema.clone();
            answer["main"] = json!(hash);
            answer.to_string()
        }
        "/api/schema/summary" => json!({"main": hash}).to_string(),
        "/schema.graphql" => sdl(schema),
        path => return (404, json!({"detail": format!("{path} Not Found")}).to_string()),
    };
    (200, body)
}

/// An SDL that has a type for each kind.
fn sdl(schema: &Value) -> String {
    let lists = ["nodes", "generics", "profiles", "templates"].map(|list| schema[list].as_array());
    let kinds = lists.into_iter().flatten().flatten();
    let name =
        |kind: &Value| format!("{}{}", kind["namespace"].as_str().unwrap(), kind["name"].as_str().unwrap());
    let types: Vec<String> =
        kinds.map(|kind| format!("type {} {{\n  id: String\n}}\n", name(kind))).collect();
    format!("type Query {{\n  x: Int\n}}\n{}", types.concat())
}

/// One request a connection.
fn serve(mut stream: TcpStream, record: &Mutex<Vec<Seen>>, answer: &dyn Fn(&Seen) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let (line, headers) = head.split_once("\r\n").unwrap();
    let headers = headers.to_lowercase();
    let length = headers.lines().find_map(|header| header.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.trim().parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let seen = Seen { line: line.to_owned(), headers, body: String::from_utf8_lossy(&body).into_owned() };
    record.lock().unwrap().push(seen.clone());
    let (status, body) = answer(&seen);
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
