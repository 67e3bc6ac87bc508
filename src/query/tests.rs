//! Documents that page, held against a server that pages and changes, and objects that are read in parts.

use super::{Object, PagedVariables, QueryVariables, inside};
use crate::client::Client;
use crate::error::Error;
use crate::scripted_client::{Received, client};
use futures_util::StreamExt;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use std::num::NonZeroU32;

/// As generated code has it for an operation with `$limit: Int` and `$offset: Int!`.
#[derive(Debug, Clone, Default, Serialize)]
struct Rows {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<i64>,
    offset: i64,
}

#[derive(Debug, Deserialize)]
struct Data {
    rows: Page,
}

#[derive(Debug, Deserialize)]
struct Page {
    count: i64,
    edges: Vec<i64>,
}

impl QueryVariables for Rows {
    type Data = Data;
    const OPERATION: &'static str = "Rows";
    const DOCUMENT: &'static str = "query Rows { rows { count edges } }";
    const WRITES: bool = false;
}

impl PagedVariables for Rows {
    type Item = i64;

    fn limit(&self) -> Option<i64> {
        self.limit
    }

    fn offset(&self) -> Option<i64> {
        Some(self.offset)
    }

    fn slice(&self, offset: i64, limit: i64) -> Self {
        Self { limit: Some(limit), offset, ..self.clone() }
    }

    fn page(data: Data) -> (i64, Vec<i64>) {
        (data.rows.count, data.rows.edges)
    }
}

fn page(rows: i64, body: &Value) -> Value {
    let variable = |name: &str| body["variables"][name].as_i64().expect(name);
    let edges: Vec<i64> = (variable("offset")..rows.min(variable("offset") + variable("limit"))).collect();
    json!({"data": {"rows": {"count": rows, "edges": edges}}})
}

fn server(rows: i64) -> (Client, Received) {
    client(move |_, body| Ok(page(rows, body)))
}

#[tokio::test]
async fn r12_every_edge_comes_once_and_in_order() {
    for rows in [0, 1, 50, 51, 1234] {
        let (client, received) = server(rows);
        let edges = client.query(Rows { name: "x", ..Rows::default() }).all().await.expect("rows");
        assert_eq!(edges, (0..rows).collect::<Vec<_>>());
        let received = received.lock().expect("the log");
        assert_eq!(received.len() as i64, (rows as u64).div_ceil(50).max(1) as i64, "{rows} rows");
        assert!(received.iter().all(|body| body["variables"]["name"] == "x"));
    }
}

#[tokio::test]
async fn limit_and_offset_cut_a_part_out_and_a_page_has_its_size() {
    let (client, received) = server(500);
    let rows = Rows { limit: Some(25), offset: 120, ..Rows::default() };
    let size = NonZeroU32::new(10).expect("ten");
    let edges = client.query(rows.clone()).page_size(size).all().await.expect("rows");
    assert_eq!(edges, (120..145).collect::<Vec<_>>());
    assert_eq!(received.lock().expect("the log").len(), 3);
    let none = client.query(Rows { limit: Some(0), ..rows.clone() }).all().await.expect("rows");
    assert_eq!(none, Vec::<i64>::new());
    assert_eq!(received.lock().expect("the log").len(), 3, "a limit of zero asks nothing");
    // Awaited, it is one request with just these variables.
    assert_eq!(client.query(rows.clone()).await.expect("data").rows.edges.len(), 25);
    for wrong in [Rows { limit: Some(-1), ..rows.clone() }, Rows { offset: -1, ..rows }] {
        let error = client.query(wrong).all().await.expect_err("negative");
        assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    }
    assert_eq!(received.lock().expect("the log").len(), 4);
}

#[tokio::test]
async fn r12_a_list_that_changes_while_it_is_read_is_an_error() {
    let (client, _) = client(|number, body| Ok(page(if number == 0 { 500 } else { 499 }, body)));
    let mut stream = client.query(Rows::default()).stream();
    let mut read = 0;
    let error = loop {
        match stream.next().await.expect("an error before the end") {
            Ok(_) => read += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(read, 50);
    assert!(matches!(&error, Error::ResultsChanged { kind, .. } if kind == "Rows"), "{error}");
    assert!(stream.next().await.is_none());
}

/// As generated code reads an object with a fragment.
#[derive(Debug)]
struct WithFragment {
    own: Own,
    fragment: Fragment,
}

#[derive(Debug, Deserialize)]
struct Own {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Fragment {
    id: String,
    site: Site,
}

#[derive(Debug, Deserialize)]
struct Site {
    levels: Vec<i64>,
}

impl<'de> Deserialize<'de> for WithFragment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::read(deserializer, |object| Ok(Self { own: object.part()?, fragment: object.part()? }))
    }
}

#[test]
fn an_object_is_read_in_parts() {
    let text = r#"{"id": "1", "site": {"levels": [1]}, "more": null}"#;
    let object: WithFragment = serde_json::from_str(text).expect("an object");
    assert_eq!(
        (object.own.id, object.fragment.id, object.fragment.site.levels[0]),
        ("1".into(), "1".into(), 1)
    );
}

#[tokio::test]
async fn the_path_of_what_does_not_fit_leads_into_the_parts() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is never read")]
    struct List {
        nodes: Vec<WithFragment>,
    }
    let (client, _) = client(|_, _| {
        Ok(json!({"data": {"nodes": [
            {"id": "0", "site": {"levels": []}}, {"id": "1", "site": {"levels": [1, "secret, expected x"]}},
            {"id": "2", "site": null},
        ]}}))
    });
    let error = client.execute::<List>("query Q { nodes }", ()).await.expect_err("a text");
    let Error::Decode { path, reason, .. } = &error else { panic!("{error}") };
    assert_eq!((path.as_str(), reason.as_str()), ("nodes[1].site.levels[1]", "expected i64, found string"));
}

#[test]
fn paths_are_joined() {
    assert_eq!(inside("a[0]", "in `b.c`: no"), ("a[0].b.c".to_owned(), "no".to_owned()));
    assert_eq!(inside("", "in `[1]`: no"), ("[1]".to_owned(), "no".to_owned()));
    assert_eq!(inside("a", "in `[1]`: no"), ("a[1]".to_owned(), "no".to_owned()));
    assert_eq!(inside("a", "in short"), ("a".to_owned(), "in short".to_owned()));
}
