//! `cargo infrahub sandbox`, as a user starts it, with requests from outside and the signal of Ctrl-C.
#![cfg(all(unix, feature = "sandbox"))]
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::cargo_infrahub;

const SITES: &str = "\
version: '1.0'
nodes:
  - name: Site
    namespace: Infra
    attributes:
      - {name: name, kind: Text, unique: true}
";

/// A sandbox in a process of its own, after it said where it is.
struct Started {
    child: Child,
    /// What it printed for `eval`.
    exports: String,
}

impl Started {
    fn new(folder: &Path, arguments: &[&str]) -> Started {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-infrahub"));
        command.env_clear().current_dir(folder).args(["infrahub", "sandbox"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut exports = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut exports).unwrap();
        Started { child, exports }
    }

    /// What a shell has in a variable after it evaluated the line.
    fn variable(&self, name: &str) -> String {
        let script = format!("{}printf %s \"${name}\"", self.exports);
        let output = Command::new("sh").env_clear().args(["-c", &script]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn authority(&self) -> String {
        self.variable("INFRAHUB_ADDRESS").strip_prefix("http://").unwrap().to_owned()
    }

    /// The status and the body of an answer.
    fn post(&self, path: &str, token: &str, body: &Value) -> (String, Value) {
        let body = body.to_string();
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nX-INFRAHUB-KEY: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn get(&self, path: &str) -> (String, Value) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n"))
    }

    fn send(&self, request: &str) -> (String, Value) {
        let mut stream = TcpStream::connect(self.authority()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(body).unwrap())
    }

    /// Presses Ctrl-C, and gives the exit code and what was told to people.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (code, told)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // A test that failed before it interrupted leaves it running; one that did not has nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_the_stock_schema_until_ctrl_c_and_frees_its_port() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Started::new(folder.path(), &[]);
    let (authority, token) = (sandbox.authority(), sandbox.variable("INFRAHUB_API_TOKEN"));
    assert!(authority.starts_with("127.0.0.1:"), "{authority}");

    let create = json!({"query": "mutation { BuiltinTagCreate(data: {name: {value: \"red\"}}) { ok } }"});
    let (status, answer) = sandbox.post("/graphql", &token, &create);
    assert_eq!(
        (status.as_str(), &answer["data"]["BuiltinTagCreate"]["ok"]),
        ("200", &json!(true)),
        "{answer}"
    );
    let (status, _) = sandbox.post("/graphql", "another", &create);
    assert_eq!(status, "401");
    let (_, answer) = sandbox.post("/graphql/main", &token, &json!({"query": "{ BuiltinTag { count } }"}));
    assert_eq!(answer["data"]["BuiltinTag"]["count"], 1);
    assert_eq!(sandbox.get("/api/info").1["version"], "1.11.9");

    let (code, told) = sandbox.interrupt();
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains(&authority) && told.contains("Ctrl-C") && !told.contains(&token), "{told}");
    drop(TcpListener::bind(authority).unwrap());
}

#[test]
fn it_takes_the_port_and_the_token_that_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let sandbox = Started::new(folder.path(), &["--port", &port, "--token", "a$(exit) 'b'"]);
    assert_eq!(sandbox.authority(), format!("127.0.0.1:{port}"));
    assert_eq!(sandbox.variable("INFRAHUB_API_TOKEN"), "a$(exit) 'b'");
    let (_, answer) =
        sandbox.post("/graphql", "a$(exit) 'b'", &json!({"query": "{ AccountProfile { display_label } }"}));
    assert_eq!(answer["data"]["AccountProfile"]["display_label"], "Admin");
}

#[test]
fn it_listens_to_other_machines_only_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Started::new(folder.path(), &["--listen", "0.0.0.0"]);
    let (_, port) =
        sandbox.authority().rsplit_once(':').map(|(ip, port)| (ip.to_owned(), port.to_owned())).unwrap();
    // the whole of 127.0.0.0/8 is this machine, and only a listener on every address answers on all of it
    assert!(TcpStream::connect(format!("127.0.0.2:{port}")).is_ok());
    assert_eq!(sandbox.authority(), format!("127.0.0.1:{port}"));

    let local = Started::new(folder.path(), &[]);
    let (_, port) =
        local.authority().rsplit_once(':').map(|(ip, port)| (ip.to_owned(), port.to_owned())).unwrap();
    assert!(TcpStream::connect(format!("127.0.0.2:{port}")).is_err());
}

#[test]
fn it_serves_a_snapshot_and_schema_files_on_top() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("schemas")).unwrap();
    fs::write(folder.path().join("schemas/sites.yml"), SITES).unwrap();
    let stock = Started::new(folder.path(), &["--schema", "schemas"]);
    assert_eq!(stock.get("/api/schema/InfraSite").1["kind"], "InfraSite");
    assert_eq!(stock.get("/api/schema/InfraDevice").0, "422");

    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot");
    let both = ["--schema", snapshot.to_str().unwrap(), "schemas/sites.yml"];
    let demo = Started::new(folder.path(), &both);
    assert_eq!(demo.get("/api/schema/InfraSite").1["kind"], "InfraSite");
    assert_eq!(demo.get("/api/schema/InfraDevice").1["kind"], "InfraDevice");
    assert_eq!(demo.interrupt().0, Some(0));
}

#[test]
fn it_begins_with_the_objects_of_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.yml"), SITES).unwrap();
    let objects = |name: &str| {
        format!(
            "apiVersion: infrahub.app/v1\nkind: Object\nspec:\n  kind: InfraSite\n  data:\n    - name: {name}\n"
        )
    };
    fs::create_dir(folder.path().join("objects")).unwrap();
    fs::write(folder.path().join("objects/sites.yml"), objects("atl1")).unwrap();
    fs::write(folder.path().join("more.yml"), objects("ord1")).unwrap();
    let sandbox = Started::new(folder.path(), &["--schema", "schema.yml", "--data", "objects", "more.yml"]);
    let query = json!({"query": "{ InfraSite { edges { node { display_label } } } }"});
    let (_, answer) = sandbox.post("/graphql", &sandbox.variable("INFRAHUB_API_TOKEN"), &query);
    let names: Vec<_> = answer["data"]["InfraSite"]["edges"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 2, "{answer}");

    fs::write(folder.path().join("wrong.yml"), objects("atl1").replace("name:", "colour:")).unwrap();
    let arguments = ["sandbox", "--schema", "schema.yml", "--data", "wrong.yml"];
    let told = cargo_infrahub(folder.path(), &[], &arguments);
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    assert!(
        told.stderr.contains("wrong.yml, line 6: InfraSite: mandatory and missing: name"),
        "{}",
        told.stderr
    );
}

#[test]
fn a_port_that_is_taken_and_a_schema_that_cannot_be_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let told = cargo_infrahub(folder.path(), &[], &[&["sandbox"], arguments].concat());
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
        told.stderr
    };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let problem = run(&["--port", &port]);
    let expected = format!("error: cannot listen on 127.0.0.1:{port}: Address already in use");
    assert!(problem.starts_with(&expected), "{problem}");
    assert!(problem.ends_with("; name another port, or 0 for any that is free\n"), "{problem}");

    let problem = run(&["--schema", "gone.yml"]);
    assert!(problem.starts_with("error: gone.yml: No such file"), "{problem}");
    fs::write(folder.path().join("wrong.yml"), "version: '1.0'\nversion: '1.0'\n").unwrap();
    assert_eq!(run(&["--schema", "wrong.yml"]), "error: wrong.yml, line 2: `version` stands here twice\n");

    for name in ["a", "b"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("nodes.json"), "{\"format\": 1, \"kinds\": 7}").unwrap();
    }
    assert!(run(&["--schema", "a"]).starts_with("error: a/nodes.json"), "{}", run(&["--schema", "a"]));
    assert_eq!(
        run(&["--schema", "a", "b"]),
        "error: a and b are snapshots, and a sandbox starts with one: name one of them\n"
    );
}

#[test]
fn what_is_wrong_in_schema_files_is_told_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sites.yml"), SITES.replace("kind: Text", "kind: Txt")).unwrap();
    let told = cargo_infrahub(folder.path(), &[], &["sandbox", "--schema", "sites.yml"]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(1), ""), "{told:?}");
    assert!(told.stderr.contains(" --> sites.yml:6\n"), "{}", told.stderr);
    assert!(told.stderr.ends_with("error: the server refuses the schema: 1 objection\n"), "{}", told.stderr);
}
