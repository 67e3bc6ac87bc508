//! For unit tests: a client whose server is a function from request to answer.

use crate::client::Client;
use crate::config::Config;
use crate::transport::scripted::Scripted;
use crate::transport::{WireFailure, WireRequest, WireResponse};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// The JSON bodies that a scripted server received, in order.
pub(crate) type Received = Arc<Mutex<Vec<Value>>>;

/// A client, and what it sends. The function gets each request's number, from 0, and its JSON body.
pub(crate) fn client<F>(answer: F) -> (Client, Received)
where
    F: Fn(usize, &Value) -> Result<Value, WireFailure> + Send + Sync + 'static,
{
    let received = Received::default();
    let log = received.clone();
    let scripted = Scripted::new(move |request: WireRequest| {
        let body: Value = serde_json::from_slice(request.json()).expect("a JSON body");
        let number = {
            let mut log = log.lock().expect("the log");
            log.push(body.clone());
            log.len() - 1
        };
        let answer = answer(number, &body);
        async move {
            // Lets other requests of the client start meanwhile.
            tokio::task::yield_now().await;
            let body = serde_json::to_vec(&answer?).expect("JSON");
            Ok(WireResponse { status: 200, body: body.into(), ..WireResponse::default() })
        }
    });
    let config = Config::new("http://127.0.0.1:1");
    (Client::scripted(config, scripted), received)
}

/// The marker of a kind for tests.
#[derive(Debug)]
pub(crate) enum Thing {}

impl crate::kind::Kind for Thing {
    const KIND: &'static str = "TestThing";
}

impl crate::kind::Is<Thing> for Thing {}
