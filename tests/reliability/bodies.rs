//! R10: no answer is held beyond its limit.

use crate::server::{Action, Server, json};
use crate::{MUTATION, QUERY, client, config, send};
use flate2::Compression;
use flate2::write::GzEncoder;
use infrahub_client::{Client, Error};
use std::io::Write;

/// A JSON text of zeros, 1,000 times smaller on the wire.
fn bomb(bytes: usize) -> Action {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(b"{\"data\":\"").unwrap();
    for _ in 0..bytes / 65_536 {
        gzip.write_all(&[b'0'; 65_536]).unwrap();
    }
    gzip.write_all(b"\"}").unwrap();
    let body = gzip.finish().unwrap();
    assert!(body.len() * 900 < bytes, "{} bytes are no bomb", body.len());
    Action::Answer { status: 200, headers: vec![("Content-Encoding", "gzip".to_owned())], body }
}

#[tokio::test]
async fn r10_a_gzip_bomb_is_a_typed_error() {
    let bomb = bomb(16 << 20);
    let server = Server::start(move |_| bomb.clone()).await;
    let client = Client::new(config(&server.url()).with_max_response_bytes(1 << 20)).unwrap();
    let error = send(&client, QUERY, 1).await.unwrap_err();
    assert!(matches!(error, Error::BodyTooLarge { limit: 1_048_576, .. }), "{error:?}");
    assert_eq!(server.requests(), 1);
    let error = send(&client, MUTATION, 1).await.unwrap_err();
    assert!(error.may_have_run());
}

#[tokio::test]
async fn r10_an_answer_of_exactly_the_limit_is_read() {
    let body = r#"{"data":{"ok":true}}"#;
    let server = Server::start(move |_| json(200, body)).await;
    let limited = |bytes| Client::new(config(&server.url()).with_max_response_bytes(bytes)).unwrap();
    send(&limited(body.len()), QUERY, 1).await.unwrap();
    let error = send(&limited(body.len() - 1), QUERY, 1).await.unwrap_err();
    assert!(matches!(error, Error::BodyTooLarge { .. }));
}

#[tokio::test]
async fn r10_an_error_shows_at_most_4_kib_of_a_large_answer() {
    let page = "<p>".repeat(1 << 20);
    let server = Server::start(move |_| json(400, &page)).await;
    let error = send(&client(&server.url()), QUERY, 1).await.unwrap_err();
    let Error::Http { status: 400, message, .. } = &error else { panic!("{error:?}") };
    assert!(message.len() <= 4 << 10 && format!("{error:?}").len() <= 5 << 10);
    assert!(error.to_string().len() <= 1 << 10);
}
