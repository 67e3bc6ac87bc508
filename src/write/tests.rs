//! A create whose answer is lost, held against a server that refuses the second use of an id.

use crate::batch::tests::{Node1, Node1Create};
use crate::error::Error;
use crate::id::Related;
use crate::scripted_client::client;
use crate::transport::WireFailure;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

fn object(id: &Value) -> Value {
    json!({"id": id, "hfid": null, "display_label": "x", "__typename": "TestNode"})
}

/// Loses the first answers; whether the create ran before its answer was lost is `ran`.
fn lossy(lost: usize, ran: bool) -> (crate::client::Client, Arc<Mutex<BTreeSet<String>>>) {
    let objects = Arc::<Mutex<BTreeSet<String>>>::default();
    let store = objects.clone();
    let (client, _) = client(move |number, body| {
        let variables = &body["variables"];
        if let Some(ids) = variables["ids"].as_array() {
            if lost == usize::MAX {
                return Err(WireFailure::Lost("connection reset".to_owned()));
            }
            let found = store.lock().expect("the store").contains(ids[0].as_str().expect("an id"));
            let edges = if found { vec![json!({"node": object(&ids[0])})] } else { Vec::new() };
            return Ok(json!({"data": {"TestNode": {"count": edges.len(), "edges": edges}}}));
        }
        let id = &variables["data"]["id"];
        let fresh = (number >= lost || ran)
            && store.lock().expect("the store").insert(id.as_str().expect("an id").to_owned());
        if number < lost {
            return Err(WireFailure::Lost("connection reset".to_owned()));
        }
        let message = format!("{} is already in use at id", id.as_str().expect("an id"));
        Ok(if fresh {
            json!({"data": {"TestNodeCreate": {"ok": true, "object": object(id)}}})
        } else {
            json!({"data": {"TestNodeCreate": null}, "errors": [{"message": message, "path": ["TestNodeCreate"]}]})
        })
    });
    (client, objects)
}

#[tokio::test(start_paused = true)]
async fn r1_a_create_whose_answer_was_lost_is_made_once() {
    for ran in [false, true] {
        let (client, objects) = lossy(2, ran);
        let created: Related<Node1> = client.create(Node1Create::new("x")).await.expect("created");
        let objects = objects.lock().expect("the store");
        assert_eq!(objects.len(), 1, "ran: {ran}");
        assert!(objects.contains(created.id.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn r1_a_create_that_stays_lost_says_that_it_may_have_run() {
    let (client, _) = lossy(usize::MAX, true);
    let error = client.create(Node1Create::new("x")).repeatable().await.expect_err("every answer is lost");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.may_have_run() && !error.is_retryable(), "calling again makes a second object");
    let id = error.context().and_then(|call| call.object_id()).expect("the id that the client chose");
    assert!(error.advice().contains(id), "{error}");

    let id = crate::id::Id::<Node1>::generate();
    let error = client.create(Node1Create::new("x").with_id(id)).await.expect_err("every answer is lost");
    assert!(error.may_have_run() && error.is_retryable(), "calling again uses the same id");
}

#[tokio::test(start_paused = true)]
async fn r1_a_create_of_an_id_that_is_taken_is_an_error() {
    let (client, objects) = lossy(0, true);
    let id = crate::id::Id::<Node1>::generate();
    objects.lock().expect("the store").insert(id.to_string());
    let error = client.create(Node1Create::new("x").with_id(id)).await.expect_err("taken");
    assert!(error.graphql_errors()[0].is_id_in_use(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn r1_what_fails_after_a_write_says_that_the_write_ran() {
    for read in [Ok(json!({"data": {"TestNode": {"count": 0, "edges": []}}})), Err("connection reset")] {
        let (client, _) = client(move |_, body| match &read {
            _ if body["variables"]["ids"].is_null() => {
                let object = object(&body["variables"]["data"]["id"]);
                Ok(json!({"data": {"TestNodeCreate": {"ok": true, "object": object}}}))
            }
            Ok(read) => Ok(read.clone()),
            Err(lost) => Err(WireFailure::Lost((*lost).to_owned())),
        });
        let id = crate::id::Id::<Node1>::generate();
        let create = client.create(Node1Create::new("x").with_id(id.clone()));
        let error = create.select::<Related<Node1>>().await.expect_err("cannot be read");
        assert!(error.may_have_run() && !error.is_retryable(), "{error}");
        let call = error.context().expect("a call");
        assert_eq!((call.object_id(), call.branch()), (Some(id.as_str()), "main"), "{error}");
    }
}
