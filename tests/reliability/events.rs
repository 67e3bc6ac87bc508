//! O1: one span a call, one event an attempt.

use crate::server::{Action, Server, json, ok, too_many};
use crate::{MUTATION, QUERY, config, logs, send};
use infrahub_client::Client;

#[tokio::test]
async fn o1_every_attempt_is_an_event_in_the_span_of_its_call() {
    let logs = logs::captured();
    let server = Server::start(|request| match request.number {
        0 => json(503, ""),
        1 | 5 => Action::Reset,
        3 => too_many(true, Some("0")),
        _ => ok(),
    })
    .await;
    let client = Client::new(config(&server.url())).unwrap().on(logs::BRANCH);
    send(&client, QUERY, 1).await.unwrap();
    send(&client, MUTATION, 2).await.unwrap();
    send(&client, MUTATION, 3).await.unwrap_err();
    let counters = client.counters();
    assert_eq!((counters.requests, counters.retries, counters.sheds), (6, 3, 1));
    insta::assert_snapshot!(logs.calls());
}
