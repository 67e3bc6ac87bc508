//! Batches, held against a server that keeps what it created and refuses what it is told to.

use crate::client::Client;
use crate::column::Mandatory;
use crate::decode::{Failed, Fields, Reader, Source};
use crate::error::Error;
use crate::id::Id;
use crate::input::{Create, Data};
use crate::kind::{Kind, Node};
use crate::projection::{FromEdge, Projection, Selection};
use crate::scripted_client::{Received, client};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// A node of one attribute and one peer.
#[derive(Debug)]
pub(crate) struct Node1 {
    id: Id<Node1>,
}

impl Kind for Node1 {
    const KIND: &'static str = "TestNode";
}

impl crate::kind::Is<Node1> for Node1 {}

impl Projection for Node1 {
    type Kind = Node1;

    fn select(selection: &mut Selection) {
        selection.push("id");
    }
}

impl FromEdge for Node1 {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        crate::decode::edge(edge)
    }
}

impl Fields for Node1 {
    fn read(mut object: Reader<'_, '_>) -> Result<Self, Failed> {
        object.skip_all()?;
        Ok(Self { id: object.id()? })
    }
}

impl Node for Node1 {
    fn id(&self) -> &Id<Node1> {
        &self.id
    }
}

pub(crate) struct Node1Create(Data<Node1>);

impl Node1Create {
    pub(crate) fn new(name: &str) -> Self {
        Self(Data::default().attribute::<String, Mandatory>("name", name))
    }

    pub(crate) fn with_id(self, id: Id<Node1>) -> Self {
        Self(self.0.with_id(id))
    }

    fn parent(self, parent: &Id<Node1>) -> Self {
        Self(self.0.peer("parent", parent))
    }
}

impl Create for Node1Create {
    type Kind = Node1;

    fn into_data(self) -> Data<Node1> {
        self.0
    }
}

/// How often each name was created.
type Created = Arc<Mutex<BTreeMap<String, usize>>>;

/// A server that refuses the name `bad`, and a whole document that holds the name `poison`.
fn server() -> (Client, Received, Created) {
    let created = Created::default();
    let store = created.clone();
    let (client, received) = client(move |_, body| {
        let variables = body["variables"].as_object().expect("variables");
        let name = |data: &Value| data["name"]["value"].as_str().expect("a name").to_owned();
        if variables.values().any(|data| name(data) == "poison") {
            return Ok(json!({"data": null, "errors": [{"message": "Variable '$w0' got invalid value"}]}));
        }
        let (mut data, mut errors) = (serde_json::Map::new(), Vec::new());
        for (alias, value) in variables {
            let name = name(value);
            if name == "bad" {
                data.insert(alias.clone(), Value::Null);
                errors.push(json!({"message": "Violates uniqueness constraint 'name'", "path": [alias],
                    "extensions": {"code": "UNDEFINED_ERROR", "http_status": 422}}));
            } else {
                data.insert(
                    alias.clone(),
                    json!({"ok": true, "object": {"id": value["id"], "display_label": name}}),
                );
                *store.lock().expect("the store").entry(name).or_default() += 1;
            }
        }
        Ok(if errors.is_empty() { json!({"data": data}) } else { json!({"data": data, "errors": errors}) })
    });
    (client, received, created)
}

#[tokio::test]
async fn one_bad_write_hides_no_other() {
    let (client, received, created) = server();
    let mut batch = client.batch();
    for name in ["a", "bad", "b", "c"] {
        batch.create(Node1Create::new(name));
    }
    let report = batch.run().await;
    assert_eq!(received.lock().expect("the log").len(), 1);
    assert_eq!(report.failures().map(|(index, _)| index).collect::<Vec<_>>(), [1]);
    let (_, error) = report.failures().next().expect("a failure");
    assert!(error.is_uniqueness_violation(), "{error}");
    assert!(error.to_string().contains("at `TestNodeCreate`"), "{error}");
    let context = error.context().expect("the call");
    assert_eq!((context.kind(), context.branch(), context.attempts()), (Some("TestNode"), "main", 1));
    assert!(!error.may_have_run(), "it was refused");
    let labels: Vec<_> =
        report.results().iter().map(|item| item.result.as_ref().ok()?.display_label.clone()).collect();
    assert_eq!(labels, [Some("a".into()), None, Some("b".into()), Some("c".into())]);
    assert_eq!(created.lock().expect("the store").values().sum::<usize>(), 3);
}

#[tokio::test]
async fn a_document_that_is_refused_as_a_whole_is_sent_by_item() {
    let (client, _, created) = server();
    let mut batch = client.batch();
    for name in ["a", "poison", "b"] {
        batch.create(Node1Create::new(name));
    }
    let report = batch.run().await;
    assert_eq!(report.failures().map(|(index, _)| index).collect::<Vec<_>>(), [1]);
    let created = created.lock().expect("the store");
    assert_eq!(created.get("a"), Some(&1), "nothing is written twice");
    assert_eq!(created.get("b"), Some(&1));
}

#[tokio::test]
async fn what_refers_to_a_new_object_is_sent_after_it() {
    let (client, received, _) = server();
    let mut batch = client.batch().documents_in_flight(NonZeroUsize::new(8).expect("eight"));
    let parent = batch.create(Node1Create::new("parent"));
    batch.create(Node1Create::new("child").parent(&parent));
    batch.create(Node1Create::new("other"));
    let written = batch.run().await.into_written().expect("all written");
    assert_eq!(written[0].id_of::<Node1>(), Some(parent));
    let names: Vec<Vec<String>> = received
        .lock()
        .expect("the log")
        .iter()
        .map(|body| {
            let variables = body["variables"].as_object().expect("variables");
            variables
                .values()
                .map(|data| data["name"]["value"].as_str().expect("a name").to_owned())
                .collect()
        })
        .collect();
    assert_eq!(names, [vec!["parent".to_owned(), "other".to_owned()], vec!["child".to_owned()]]);
}

#[tokio::test(start_paused = true)]
async fn a_write_of_a_document_that_was_rolled_back_is_sent_again_by_itself() {
    let (client, received) = client(|number, body| {
        let mut data = serde_json::Map::new();
        for (alias, value) in body["variables"].as_object().expect("variables") {
            data.insert(alias.clone(), json!({"ok": true, "object": {"id": value["id"]}}));
        }
        if number > 0 {
            return Ok(json!({"data": data}));
        }
        data["w1"] = Value::Null;
        let message = "ForsetiClient can't acquire EXCLUSIVE NODE(1): it would form this deadlock wait cycle";
        Ok(json!({"data": data, "errors": [{"message": message, "path": ["w1"]}]}))
    });
    let mut batch = client.batch();
    batch.extend(["a", "b", "c"].map(Node1Create::new));
    batch.run().await.into_written().expect("all written");
    let sent: Vec<usize> = received
        .lock()
        .expect("the log")
        .iter()
        .map(|body| body["variables"].as_object().map_or(0, |v| v.len()))
        .collect();
    assert_eq!(sent, [3, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_create_of_a_document_that_read_outdated_data_is_looked_for_and_sent_again() {
    let (client, received) = client(|number, body| {
        let Some(variables) = body["variables"].as_object().filter(|variables| variables.contains_key("w0"))
        else {
            // the second was stored before the database gave up, the third was not
            let stored = json!({"node": {"id": "b", "hfid": null, "display_label": "b"}});
            return Ok(json!({"data": {"TestNode": {"count": 1, "edges": [stored]}}}));
        };
        let mut data = serde_json::Map::new();
        for (alias, value) in variables {
            data.insert(alias.clone(), json!({"ok": true, "object": {"id": value["id"]}}));
        }
        if number > 0 {
            return Ok(json!({"data": data}));
        }
        let mut errors = Vec::new();
        for alias in ["w1", "w2"] {
            data[alias] = Value::Null;
            let message = "The transaction read outdated data and cannot be recovered due to […].";
            errors.push(json!({"message": message, "path": [alias]}));
        }
        Ok(json!({"data": data, "errors": errors}))
    });
    let mut batch = client.batch();
    batch.extend(["a", "b", "c"].map(|name| Node1Create::new(name).with_id(Id::new(name))));
    batch.run().await.into_written().expect("all written");
    let log = received.lock().expect("the log");
    let sent: Vec<&Value> = log.iter().map(|body| &body["variables"]).collect();
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert_eq!(sent[2]["w0"]["name"]["value"], "c", "{sent:?}");
}

#[tokio::test]
async fn documents_are_bounded() {
    let (client, received, _) = server();
    let mut batch = client.batch().document_items(NonZeroUsize::new(7).expect("seven"));
    batch.extend((0..50).map(|number| Node1Create::new(&number.to_string())));
    assert_eq!(batch.len(), 50);
    let report = batch.run().await;
    assert_eq!(report.results().len(), 50);
    assert!(report.results().iter().enumerate().all(|(index, item)| item.index == index));
    assert_eq!(received.lock().expect("the log").len(), 8);
    let empty = client.batch();
    assert!(empty.is_empty());
    assert_eq!(empty.run().await.results().len(), 0);
}

#[tokio::test]
async fn an_answer_that_leaves_a_write_out_is_an_error_of_that_write() {
    for answer in [json!({"w0": null}), json!({"w0": {"ok": false}}), json!({"w0": {"ok": true}})] {
        let (client, _) = client(move |_, _| Ok(json!({"data": answer})));
        let mut batch = client.batch();
        batch.create(Node1Create::new("a"));
        let report = batch.run().await;
        let (_, error) = report.failures().next().expect("a failure");
        assert!(matches!(error, Error::Decode { .. }), "{error}");
        assert!(error.may_have_run(), "nothing says that it did not: {error}");
    }
}

#[tokio::test]
async fn an_error_of_no_write_in_particular_explains_the_writes_that_nothing_else_is_said_of() {
    let (client, _) = client(|_, _| {
        let written = json!({"ok": true, "object": {"id": "1"}});
        Ok(json!({"data": {"w0": written, "w1": null}, "errors": [{"message": "the worker is gone"}]}))
    });
    let mut batch = client.batch();
    batch.extend(["a", "b"].map(Node1Create::new));
    let report = batch.run().await;
    let failures: Vec<_> = report.failures().map(|(index, error)| (index, error.to_string())).collect();
    assert!(matches!(&failures[..], [(1, error)] if error.contains("the worker is gone")), "{failures:?}");
}
