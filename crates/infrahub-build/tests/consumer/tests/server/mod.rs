//! A GraphQL server that validates what it receives against a schema, and answers everything with one error.

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

const ANSWER: &str = r#"{"data":null,"errors":[{"message":"validated","extensions":{"code":"UNDEFINED_ERROR","http_status":422,"data":{}}}]}"#;

/// The running server; it ends with the test.
pub(crate) struct Server {
    address: String,
    seen: Arc<Seen>,
}

struct Seen {
    schema: Valid<Schema>,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    requests: usize,
    documents: BTreeMap<String, Option<Valid<ExecutableDocument>>>,
    mistakes: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Request {
    query: String,
    #[serde(default)]
    variables: JsonMap,
}

impl Server {
    /// Starts the server with the SDL in a file.
    pub(crate) fn start(sdl: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(sdl);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let schema =
            Schema::parse_and_validate(text, sdl).unwrap_or_else(|errors| panic!("{}", errors.errors));
        let seen = Arc::new(Seen { schema, log: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let handler = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = handler.clone();
                thread::spawn(move || serve(&seen, stream));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Fails with every mistake that was found, or if fewer documents than this were seen.
    pub(crate) fn finish(&self, least: usize) {
        let log = self.seen.log.lock().expect("the log");
        let mistakes: Vec<&str> = log.mistakes.iter().map(String::as_str).collect();
        assert!(mistakes.is_empty(), "{} mistakes:\n{}", mistakes.len(), mistakes.join("\n"));
        let documents = log.documents.len();
        assert!(documents >= least, "{documents} documents in {} requests", log.requests);
    }
}

/// Answers the requests of one connection.
fn serve(seen: &Seen, stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            line.clear();
        }
        if length == 0 {
            return Ok(());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        seen.check(&body);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            ANSWER.len()
        );
        reader.get_mut().write_all((head + ANSWER).as_bytes())?;
    }
}

/// The request in a form with a file, with the file's name in the place of the file.
fn with_file(body: &[u8]) -> serde_json::Result<Request> {
    let text = String::from_utf8_lossy(body);
    let boundary = text.lines().next().unwrap_or_default();
    let part = |name: &str| {
        let start = format!("\r\ncontent-disposition: form-data; name=\"{name}\"");
        let part = text.split(boundary).find(|part| part.starts_with(&start)).expect("the part");
        let (head, content) = part.split_once("\r\n\r\n").expect("a head");
        (head, content.strip_suffix("\r\n").expect("an end"))
    };
    let mut request: Request = serde_json::from_str(part("operations").1)?;
    let map: BTreeMap<String, Vec<String>> = serde_json::from_str(part("map").1)?;
    for (name, paths) in map {
        let (head, _) = part(&name);
        let (_, file_name) = head.split_once("filename=\"").expect("a file");
        for path in paths {
            let variable = path.strip_prefix("variables.").expect("a variable");
            let value = request.variables.get_mut(variable).expect("the variable");
            assert!(value.is_null(), "{path} is not null in the request");
            *value = file_name.into();
        }
    }
    Ok(request)
}

impl Seen {
    fn check(&self, body: &[u8]) {
        let mut log = self.log.lock().expect("the log");
        log.requests += 1;
        let request = if body.starts_with(b"--") { with_file(body) } else { serde_json::from_slice(body) };
        let request: Request = match request {
            Ok(request) => request,
            Err(error) => {
                log.mistakes.insert(format!("no request: {error}"));
                return;
            }
        };
        let Log { documents, mistakes, .. } = &mut *log;
        let document = documents.entry(request.query.clone()).or_insert_with(|| {
            let document = ExecutableDocument::parse_and_validate(&self.schema, &request.query, "document");
            document
                .map_err(|errors| {
                    let name = request.query.split(['(', '{']).next().unwrap_or_default();
                    let messages =
                        errors.errors.iter().map(|error| format!("{name}: {}", error.to_json().message));
                    mistakes.extend(messages);
                })
                .ok()
        });
        let Some(document) = document else { return };
        let operation = document.operations.get(None).expect("one operation");
        if let Err(error) = coerce_variable_values(&self.schema, operation, &request.variables) {
            let name = operation.name.as_ref().map_or("", |name| name.as_str());
            mistakes.insert(format!("{name}: {}", error.to_graphql_error(&document.sources).message));
        }
    }
}
