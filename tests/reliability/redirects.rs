//! S1: the key never leaves the origin.

use crate::server::{Action, Server, ok};
use crate::{MUTATION, QUERY, config, send};
use infrahub_client::{Client, Error};

#[tokio::test]
async fn s1_no_redirect_is_followed_and_the_error_names_only_the_new_host() {
    let other = Server::start(|_| ok()).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://user:canary@{}/graphql?token=canary", other.address);
        let server = Server::start(move |_| Action::Answer {
            status,
            headers: vec![("Location", location.clone())],
            body: Vec::new(),
        })
        .await;
        let client = Client::new(config(&server.url()).with_api_token("canary")).unwrap();
        for document in [QUERY, MUTATION] {
            let error = send(&client, document, 1).await.unwrap_err();
            let Error::Redirected { host: Some(host), .. } = &error else { panic!("{error:?}") };
            assert_eq!(host, "127.0.0.1");
            assert!(!format!("{error} {error:?}").contains("canary"));
            assert!(!error.may_have_run() && !error.is_retryable());
        }
        assert_eq!(server.requests(), 2);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn s1_no_cookie_is_kept() {
    let server = Server::start(|request| {
        assert!(!request.headers.contains_key("cookie"));
        let headers = vec![("Set-Cookie", "access_token=canary; Path=/".to_owned())];
        Action::Answer { status: 200, headers, body: br#"{"data":{"ok":true}}"#.to_vec() }
    })
    .await;
    let client = Client::new(config(&server.url())).unwrap();
    for id in 0..2 {
        send(&client, QUERY, id).await.unwrap();
    }
    assert_eq!(server.requests(), 2);
}
