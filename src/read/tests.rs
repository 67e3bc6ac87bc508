//! Paging, held against a server that pages, changes and breaks off.

use crate::client::Client;
use crate::error::Error;
use crate::id::Id;
use crate::read::All;
use crate::scripted_client::{Received, Thing, client};
use crate::transport::WireFailure;
use futures_util::StreamExt;
use serde_json::{Value, json};

fn page(rows: u64, body: &Value) -> Value {
    let variable = |name: &str| body["variables"][name].as_u64().expect(name);
    let (offset, limit) = (variable("offset"), variable("limit"));
    let edges: Vec<Value> =
        (offset..rows.min(offset + limit)).map(|row| json!({"node": {"id": format!("{row}")}})).collect();
    json!({"data": {"TestThing": {"count": rows, "edges": edges}}})
}

fn server(rows: u64) -> (Client, Received) {
    client(move |_, body| Ok(page(rows, body)))
}

fn all(client: &Client) -> All<Id<Thing>> {
    client.all()
}

fn numbers(ids: &[Id<Thing>]) -> Vec<u64> {
    ids.iter().map(|id| id.as_str().parse().expect("a number")).collect()
}

#[tokio::test]
async fn r12_every_row_comes_once_and_in_order() {
    for rows in [0, 1, 49, 50, 51, 100, 1234] {
        let (client, received) = server(rows);
        let ids = all(&client).await.expect("rows");
        assert_eq!(numbers(&ids), (0..rows).collect::<Vec<_>>());
        // A last page that is full is the last: no request finds out that nothing follows.
        let requests = received.lock().expect("the log").len() as u64;
        assert_eq!(requests, rows.div_ceil(50).max(1), "{rows} rows");
    }
}

#[tokio::test]
async fn limit_and_offset_cut_a_part_out() {
    let (client, received) = server(500);
    let ids = all(&client).offset(120).limit(130).await.expect("rows");
    assert_eq!(numbers(&ids), (120..250).collect::<Vec<_>>());
    assert_eq!(received.lock().expect("the log").len(), 3);
    assert_eq!(all(&client).limit(0).await.expect("rows").len(), 0);
    assert_eq!(received.lock().expect("the log").len(), 3, "a limit of zero asks nothing");
    assert_eq!(
        numbers(&all(&client).offset(490).limit(100).await.expect("rows")),
        (490..500).collect::<Vec<_>>()
    );
    assert_eq!(all(&client).offset(600).await.expect("rows").len(), 0);
}

#[tokio::test]
async fn r12_a_list_that_changes_while_it_is_read_is_an_error() {
    let (client, _) = client(|number, body| Ok(page(if number == 0 { 500 } else { 499 }, body)));
    let error = all(&client).await.expect_err("it changed");
    assert!(matches!(error, Error::ResultsChanged { .. }), "{error}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn r12_an_empty_page_before_the_end_is_an_error_and_no_endless_loop() {
    let (client, received) = client(|number, body| {
        let mut answer = page(500, body);
        if number > 0 {
            answer["data"]["TestThing"]["edges"] = json!([]);
        }
        Ok(answer)
    });
    let error = all(&client).await.expect_err("a page is missing");
    assert!(error.to_string().contains("a page of 50 objects holds 0"), "{error}");
    assert!(received.lock().expect("the log").len() <= 10);
}

#[tokio::test]
async fn r11_pages_are_read_ahead_within_the_window() {
    let (client, received) = server(5_000);
    let mut stream = all(&client).stream();
    assert!(stream.next().await.expect("a row").is_ok());
    assert_eq!(received.lock().expect("the log").len(), 1, "the first page is read alone");
    for row in 1..=50 {
        assert_eq!(stream.next().await.expect("a row").expect("a row").as_str(), row.to_string());
    }
    let requests = received.lock().expect("the log").len();
    assert!(requests <= 1 + 5 + 1, "{requests} requests for the first two pages");
}

#[tokio::test]
async fn r13_dropping_a_stream_stops_its_requests() {
    let (client, received) = server(5_000);
    let mut stream = all(&client).stream();
    for _ in 0..60 {
        stream.next().await.expect("a row").expect("a row");
    }
    drop(stream);
    let requests = received.lock().expect("the log").len();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(received.lock().expect("the log").len(), requests);
    assert_eq!(all(&client).limit(10).await.expect("rows").len(), 10, "the client still works");
}

#[tokio::test]
async fn get_tells_none_from_many() {
    let found = |rows| move |_: usize, body: &Value| -> Result<Value, WireFailure> { Ok(page(rows, body)) };
    let get = |client: &Client| client.get::<Id<Thing>>().id("1");
    let (none, _) = client(found(0));
    let error = get(&none).await.expect_err("nothing there");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(get(&none).optional().await.expect("none is fine"), None);
    let (many, received) = client(found(1000));
    let error = get(&many).optional().await.expect_err("too many");
    assert!(matches!(error, Error::MoreThanOne { .. }), "{error}");
    assert_eq!(received.lock().expect("the log")[0]["variables"]["limit"], 2, "two are enough to know");
}
