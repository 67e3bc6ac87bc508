//! Pulling a schema from a server on the loopback interface.
#![allow(clippy::unwrap_used)]

use infrahub_build::pull::{self, PullError, Server};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A request as the server saw it: the line with method and path, the headers, the body.
#[derive(Debug, Clone)]
struct Seen {
    line: String,
    headers: String,
    body: String,
}

/// A server that answers each request with a function; it ends with the test.
struct Loopback {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Loopback {
    fn start(answer: impl Fn(&Seen, usize, &mut TcpStream) + Send + Sync + 'static) -> Loopback {
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

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// One request a connection.
fn serve(mut stream: TcpStream, record: &Mutex<Vec<Seen>>, answer: &dyn Fn(&Seen, usize, &mut TcpStream)) {
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
    let seen = Seen { line: line.to_owned(), headers, body: String::from_utf8(body).unwrap() };
    let index = {
        let mut record = record.lock().unwrap();
        record.push(seen.clone());
        record.len() - 1
    };
    answer(&seen, index, &mut stream);
}

fn reply(stream: &mut TcpStream, status: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Answers as an Infrahub server whose schema has this hash.
fn infrahub(seen: &Seen, stream: &mut TcpStream, hash: &str) {
    let path = seen.line.split(['?', ' ']).nth(1).unwrap();
    let body = match path {
        "/api/info" => json!({"version": "1.11.9"}).to_string(),
        "/api/schema" => json!({"main": hash, "nodes": [
            {"namespace": "Infra", "name": "Site", "kind": "InfraSite", "hash": "abc", "attributes": [{"name": "name", "kind": "Text"}]},
        ]})
        .to_string(),
        "/api/schema/summary" => json!({"main": hash, "nodes": {"InfraSite": "abc"}}).to_string(),
        "/schema.graphql" => "type Query {\n  InfraSite: Int\n}\n".to_owned(),
        "/api/auth/login" if seen.body.contains("right") => json!({"access_token": "the-jwt"}).to_string(),
        "/api/auth/login" => {
            let body = json!({"data": null, "errors": [{"message": "Incorrect password", "extensions": {"code": 401}}]});
            return reply(stream, "401 Unauthorized", &body.to_string());
        }
        _ => return reply(stream, "404 Not Found", "{}"),
    };
    reply(stream, "200 OK", &body);
}

fn server(loopback: &Loopback) -> Server {
    Server::new(&loopback.address).unwrap().with_api_token("the-key")
}

#[test]
fn the_schema_of_a_branch_is_pulled_with_the_key() {
    let loopback = Loopback::start(|seen, _, stream| infrahub(seen, stream, "h1"));
    let snapshot = pull::snapshot(&server(&loopback).with_branch("a/b#c&d é")).unwrap();
    assert!(snapshot.schema.kind("InfraSite").is_some());
    assert_eq!((snapshot.source.branch.as_str(), snapshot.source.schema_hash.as_str()), ("a/b#c&d é", "h1"));
    assert!(snapshot.sdl.starts_with("type Query"));

    let seen = loopback.seen();
    assert_eq!(seen.len(), 4);
    for request in &seen {
        assert!(request.headers.contains("x-infrahub-key: the-key"), "{request:?}");
        // The branch is one value, whatever characters it has.
        let query = request.line.split(['?', ' ']).nth(2).unwrap();
        let branch = query.split('&').find_map(|pair| pair.strip_prefix("branch=")).unwrap();
        assert!(branch == "a%2Fb%23c%26d%20%C3%A9" || branch == "a/b%23c%26d%20%C3%A9", "{branch}");
    }
    assert!(seen.iter().any(|request| request.line.contains("sorted=true")));
}

#[test]
fn a_login_comes_first_where_there_is_a_password() {
    let loopback = Loopback::start(|seen, _, stream| infrahub(seen, stream, "h1"));
    let with = |password: &str| Server::new(&loopback.address).unwrap().with_login("admin", password);
    assert!(pull::snapshot(&with("right")).is_ok());
    let seen = loopback.seen();
    assert!(seen[0].line.starts_with("POST /api/auth/login"));
    assert!(seen[1..].iter().all(|request| request.headers.contains("authorization: bearer the-jwt")));

    let error = pull::snapshot(&with("hunter2")).unwrap_err();
    assert!(matches!(error, PullError::Status { status: 401, .. }) && !error.is_unreachable());
    let (shown, debug) = (error.to_string(), format!("{error:?}"));
    assert!(shown.contains("Incorrect password") && shown.contains("INFRAHUB_PASSWORD"), "{shown}");
    assert!(!shown.contains("hunter2") && !debug.contains("hunter2"));
    assert_eq!(loopback.seen().len(), seen.len() + 1);
}

#[test]
fn s1_a_redirect_is_not_followed() {
    let other = Loopback::start(|_, _, stream| reply(stream, "200 OK", "{}"));
    let target = format!("{}/api/info?token=secret", other.address);
    let loopback = Loopback::start(move |_, _, stream| {
        let _ = write!(
            stream,
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        );
    });
    for server in [server(&loopback), Server::new(&loopback.address).unwrap().with_login("admin", "hunter2")]
    {
        let error = pull::snapshot(&server).unwrap_err();
        assert!(matches!(error, PullError::Redirected { .. }), "{error}");
        assert!(
            error.to_string().contains(&other.address) && !error.to_string().contains("secret"),
            "{error}"
        );
    }
    assert!(other.seen().is_empty(), "{:?}", other.seen());
}

#[test]
fn parts_of_two_schemas_are_never_put_together() {
    // Each round asks for three things that depend on the schema, after one that does not.
    let always = Loopback::start(|seen, index, stream| infrahub(seen, stream, &format!("h{index}")));
    let error = pull::snapshot(&server(&always)).unwrap_err();
    assert!(matches!(error, PullError::Unsettled { .. }) && error.is_unreachable(), "{error}");
    assert_eq!(always.seen().len(), 1 + 3 * 3);

    let once =
        Loopback::start(|seen, index, stream| infrahub(seen, stream, if index < 2 { "old" } else { "new" }));
    assert_eq!(pull::snapshot(&server(&once)).unwrap().source.schema_hash, "new");
    assert_eq!(once.seen().len(), 1 + 2 * 3);
}

#[test]
fn a_failing_server_is_told_apart_from_a_wrong_request() {
    for (status, body, unreachable, expected) in [
        ("503 Service Unavailable", "busy", true, "try again later"),
        (
            "400 Bad Request",
            r#"{"data":null,"errors":[{"message":"Branch: nope not found."}]}"#,
            false,
            "Branch: nope not found.",
        ),
        ("403 Forbidden", r#"{"detail":"no"}"#, false, "INFRAHUB_API_TOKEN"),
        ("404 Not Found", "<html>", false, "is the address of an Infrahub server"),
    ] {
        let loopback = Loopback::start(move |_, _, stream| reply(stream, status, body));
        let error = pull::snapshot(&server(&loopback)).unwrap_err();
        assert_eq!(error.is_unreachable(), unreachable, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error} {error:?}").contains("the-key"));
    }
    let page = Loopback::start(|_, _, stream| reply(stream, "200 OK", "<html>log in</html>"));
    let error = pull::snapshot(&server(&page)).unwrap_err();
    assert!(!error.is_unreachable() && error.to_string().contains("INFRAHUB_ADDRESS"), "{error}");
}

#[test]
fn every_pull_ends() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = pull::snapshot(&Server::new(format!("http://{closed}")).unwrap()).unwrap_err();
    assert!(matches!(error, PullError::Unreachable { .. }) && error.is_unreachable(), "{error}");
    assert!(error.to_string().contains("check INFRAHUB_ADDRESS"), "{error}");

    let silent = Loopback::start(|_, _, _| thread::sleep(Duration::from_secs(30)));
    let started = Instant::now();
    let error = pull::snapshot(&server(&silent).with_timeout(Duration::from_millis(300))).unwrap_err();
    assert!(matches!(error, PullError::Unreachable { .. }), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[test]
fn r10_an_endless_answer_is_cut() {
    let endless = Loopback::start(|_, _, stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        let chunk = vec![b' '; 1 << 20];
        while stream.write_all(&chunk).is_ok() {}
    });
    let error = pull::snapshot(&server(&endless)).unwrap_err();
    assert!(error.to_string().contains("more than 67108864 bytes"), "{error}");
}
