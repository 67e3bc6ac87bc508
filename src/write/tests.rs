//! Writes against a scripted server: creates and allocations whose answer is lost, peers that are looked up.

use crate::batch::tests::{Node1, Node1Create};
use crate::column::{Optional, ToMany};
use crate::error::Error;
use crate::id::{Hfid, Id, Related};
use crate::input::{IntoAttribute, IntoPeer, PeerInput};
use crate::pool::{CoreIPAddressPool, CoreNumberPool, from_pool};
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

#[tokio::test]
async fn a_write_of_which_the_server_says_nothing_may_have_run() {
    for answer in [json!({"ok": false}), json!({"ok": true, "object": null})] {
        let (client, _) = client(move |_, _| Ok(json!({"data": {"TestNodeCreate": answer}})));
        let error = client.create(Node1Create::new("x")).await.expect_err("no object");
        assert!(matches!(error, Error::Decode { .. }) && error.may_have_run(), "{error}");
    }
}

/// A pool that gives an address for each identifier, and loses the first answers.
fn lossy_pool(lost: usize) -> (crate::client::Client, Arc<Mutex<BTreeSet<String>>>) {
    let given = Arc::<Mutex<BTreeSet<String>>>::default();
    let store = given.clone();
    let (client, _) = client(move |number, body| {
        let data = &body["variables"]["data"];
        let identifier = data["identifier"].as_str().expect("an identifier").to_owned();
        store.lock().expect("the store").insert(identifier.clone());
        if number < lost {
            return Err(WireFailure::Lost("connection reset".to_owned()));
        }
        let node = json!({"id": identifier, "kind": "TestAddress", "display_label": "10.0.0.1/32"});
        Ok(json!({"data": {"InfrahubIPAddressPoolGetResource": {"ok": true, "node": node}}}))
    });
    (client, given)
}

#[derive(Debug)]
enum Address {}
crate::__kind!(Address = "TestAddress");
impl crate::pool::AllocatedFrom<crate::pool::IpAddresses> for Address {}

#[derive(Debug)]
enum OtherAddress {}
crate::__kind!(OtherAddress = "TestOtherAddress");
impl crate::pool::AllocatedFrom<crate::pool::IpAddresses> for OtherAddress {}

#[tokio::test(start_paused = true)]
async fn r8_an_allocation_whose_answer_was_lost_is_made_once() {
    let pool = Id::<CoreIPAddressPool>::new("a pool");
    let (client, given) = lossy_pool(2);
    let first: Related<Address> = client.allocate(from_pool(&pool)).await.expect("an address");
    assert_eq!(given.lock().expect("the store").len(), 1, "one identifier for all attempts");
    let second: Related<Address> = client.allocate(from_pool(&pool)).await.expect("an address");
    assert_ne!(first.id, second.id, "another call is another address");

    for (name, repeatable) in [(Some("one"), true), (None, false)] {
        let (client, _) = lossy_pool(usize::MAX);
        let from = from_pool(&pool);
        let from = name.iter().fold(from, |from, name| from.identifier(*name));
        let error = client.allocate::<Address, _, _>(from).await.expect_err("every answer is lost");
        assert!(error.may_have_run(), "{error}");
        assert_eq!(error.is_retryable(), repeatable, "{error}");
    }
}

#[tokio::test]
async fn an_identifier_of_an_object_of_another_kind_is_an_error() {
    let pool = Id::<CoreIPAddressPool>::new("a pool");
    let (client, _) = lossy_pool(0);
    let take = client.allocate::<OtherAddress, _, _>(from_pool(&pool).identifier("one"));
    let error = take.await.expect_err("a `TestAddress`");
    assert!(error.to_string().contains("a TestAddress under the identifier `one`"), "{error}");
}

#[test]
fn what_is_taken_from_a_pool_goes_on_the_wire_as_the_server_reads_it() {
    let address = || from_pool(&Hfid::<CoreIPAddressPool>::new(["a"])).identifier("x").prefix_length(30);
    let peer: PeerInput<Address> = PeerInput::new(address()).is_protected(true);
    assert_eq!(
        serde_json::to_value(&peer.wire).expect("JSON"),
        json!({"from_pool": {"id": "a", "identifier": "x", "prefixlen": 30,
            "data": {"address_type": "TestAddress"}}, "_relation__is_protected": true})
    );
    assert_eq!(
        serde_json::to_value(peer.wire.into_generic()).expect("JSON")["from_pool"],
        json!({"id": "a", "identifier": "x", "data": {"address_type": "TestAddress", "prefixlen": 30}})
    );
    let number = from_pool(&Id::<CoreNumberPool>::new("n")).into_attribute();
    assert_eq!(serde_json::to_value(number).expect("JSON"), json!({"from_pool": {"id": "n"}}));
    let unnamed = || -> PeerInput<Address> { from_pool(&Id::<CoreIPAddressPool>::new("a")).into_peer() };
    let identifier = |peer: PeerInput<Address>| {
        serde_json::to_value(peer.wire).expect("JSON")["from_pool"]["identifier"].to_string()
    };
    assert_ne!(identifier(unnamed()), identifier(unnamed()), "each takes one of its own");
}

#[tokio::test]
async fn peers_by_hfid_are_looked_up_before_they_are_added_or_removed() {
    let (client, received) = client(|_, body| {
        let variables = body["variables"].as_object().expect("variables");
        if variables.contains_key("data") {
            let mutation = body["operationName"].as_str().expect("a name");
            return Ok(json!({"data": {mutation: {"ok": true}}}));
        }
        let found = variables.iter().map(|(alias, hfid)| {
            let nodes = if hfid[0] == "missing" { vec![] } else { vec![json!({"node": {"id": hfid[0]}})] };
            (alias.clone(), json!({"count": nodes.len(), "edges": nodes}))
        });
        Ok(json!({"data": found.collect::<serde_json::Map<_, _>>()}))
    });
    let device = Id::<Node1>::new("device");
    let tags = || client.relationship(&device, ToMany::<Node1, Tag>::new("tags"));
    let named = |name: &str| Hfid::<Tag>::new([name]);
    let peers = [
        PeerInput::new(named("red")),
        PeerInput::new(Id::<Tag>::new("blue")),
        PeerInput::new(named("green")),
    ];
    tags().add(peers).await.expect("added");
    let error = tags().remove([named("missing")]).await.expect_err("there is none");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let received = received.lock().expect("the log");
    assert_eq!(
        received[0]["query"],
        "query ids_of_peers($p0: [String!], $p1: [String!]) { \
         p0: TestTag(hfid: $p0, limit: 1) { count edges { node { id } } } \
         p1: TestTag(hfid: $p1, limit: 1) { count edges { node { id } } } }"
    );
    assert_eq!(
        received[1]["variables"]["data"],
        json!({"id": "device", "name": "tags", "nodes": [{"id": "red"}, {"id": "blue"}, {"id": "green"}]})
    );
    assert_eq!(received.len(), 3, "what cannot be found is not sent");
}

#[derive(Debug)]
enum Tag {}
crate::__kind!(Tag = "TestTag");
impl crate::kind::HumanFriendlyId for Tag {
    type Parts<S> = [S; 1];
}

#[test]
fn an_option_is_its_value_or_null() {
    fn wire(input: impl IntoAttribute<String, Optional>) -> Value {
        serde_json::to_value(input.into_attribute()).expect("an input is JSON")
    }
    assert_eq!(wire(Some("a")), json!({"value": "a"}));
    assert_eq!(wire(None::<&str>), json!({"value": null}));
    assert_eq!(wire(None::<String>), json!({"value": null}));
    assert_eq!(wire("a"), json!({"value": "a"}));
}
