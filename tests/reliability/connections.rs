//! R19: few connections, and none that the server has given up.

use crate::server::{Action, Server, ok};
use crate::{MUTATION, QUERY, client, config, send};
use infrahub_client::Client;
use std::time::Duration;

#[tokio::test]
async fn r19_1_000_sequential_queries_use_at_most_two_connections() {
    let server = Server::start(|_| ok()).await;
    let client = client(&server.url());
    for id in 0..1_000 {
        send(&client, QUERY, id).await.unwrap();
    }
    assert_eq!(server.requests(), 1_000);
    assert!(server.connections() <= 2, "{} connections", server.connections());
}

#[tokio::test]
async fn r19_200_concurrent_queries_of_clones_use_no_more_connections_than_allowed() {
    let server = Server::start(|_| ok()).await;
    let client = Client::new(config(&server.url()).with_max_concurrent_execution(3)).unwrap();
    let clones: Vec<Client> = (0..200).map(|number| client.on(format!("b{number}"))).collect();
    futures_util::future::join_all(clones.iter().map(|client| send(client, QUERY, 1)))
        .await
        .into_iter()
        .for_each(|result| drop(result.unwrap()));
    assert!(server.connections() <= 3, "{} connections", server.connections());
}

#[tokio::test]
async fn a_mutation_after_an_unhandled_error_does_not_meet_the_connection_that_the_server_dropped() {
    let server = Server::start(|request| match request.number % 2 {
        0 => Action::AnswerAndClose(500, "Internal Server Error"),
        _ => ok(),
    })
    .await;
    let client = client(&server.url());
    for id in 0..50 {
        send(&client, MUTATION, id).await.unwrap_err();
        send(&client, MUTATION, id).await.unwrap();
    }
    assert_eq!(server.requests(), 100);
}

#[tokio::test]
async fn a_mutation_does_not_meet_a_connection_that_the_server_closed_while_it_was_unused() {
    let server = Server::start(|_| Action::AnswerAndClose(200, r#"{"data":{"ok":true}}"#)).await;
    let client = client(&server.url());
    for id in 0..10 {
        send(&client, MUTATION, id).await.unwrap();
        // Time for the end of the connection to arrive, on a busy machine too.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
