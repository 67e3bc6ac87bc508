//! The promises about attempts, on a scripted transport and a paused clock.

mod at_most_once;
mod cancellation;
mod limits;
mod logins;
mod partial_answers;
mod retries;
mod schema_drift;
mod sheds;

use crate::client::Client;
use crate::config::Config;
use crate::error::Error;
use crate::operation::{Effect, Operation};
use crate::transport::scripted::Scripted;
use crate::transport::{WireFailure, WireRequest, WireResponse};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ADDRESS: &str = "http://127.0.0.1:1";

/// An answer with a JSON body.
fn answer(status: u16, body: &str) -> Result<WireResponse, WireFailure> {
    answer_with(status, &[], body)
}

fn answer_with(status: u16, headers: &[(&str, &str)], body: &str) -> Result<WireResponse, WireFailure> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    Ok(WireResponse { status, headers: map, body: body.to_owned().into(), ..WireResponse::default() })
}

fn ok() -> Result<WireResponse, WireFailure> {
    answer(200, r#"{"data":{"ok":true}}"#)
}

/// A 429 that promises that nothing ran.
fn shed(retry_after: &str) -> Result<WireResponse, WireFailure> {
    let headers = [("retry-after", retry_after), ("x-infrahub-admission", "shed")];
    answer_with(429, &headers, r#"{"data":null,"errors":[{"message":"busy","extensions":{"code":429}}]}"#)
}

fn lost() -> Result<WireResponse, WireFailure> {
    Err(WireFailure::Lost("connection reset".to_owned()))
}

fn refused() -> Result<WireResponse, WireFailure> {
    Err(WireFailure::NotSent("connection refused".to_owned()))
}

/// Counts the requests that a scripted server got.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A client whose server answers each request, numbered from 0, at once.
fn client<F>(config: Config, answer: F) -> (Client, Count)
where
    F: Fn(usize, &WireRequest) -> Result<WireResponse, WireFailure> + Send + Sync + 'static,
{
    let count = Count::default();
    let counter = count.clone();
    let scripted = Scripted::new(move |request| {
        let result = answer(counter.next(), &request);
        async move {
            tokio::task::yield_now().await;
            result
        }
    });
    (Client::scripted(config, scripted), count)
}

fn operation(effect: Effect) -> Operation<'static> {
    Operation {
        name: Cow::Borrowed("Test"),
        document: Cow::Borrowed("mutation Test { ok }"),
        variables: Operation::variables(()).unwrap(),
        effect,
        tracker: Cow::Borrowed("test"),
        kind: None,
        is_compiled: false,
        object: None,
        upload: None,
    }
}

async fn run(client: &Client, effect: Effect) -> Result<Value, Error> {
    client.run(&operation(effect)).await
}
