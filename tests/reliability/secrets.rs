//! S2, S3: no secret and no variable in errors, `Debug` forms and logs, those of the HTTP library included.

use crate::server::{Action, Request, Server, closed_port, json, ok, too_many};
use crate::{MUTATION, QUERY, config, logs};
use infrahub_client::{Client, Config, Error};
use std::time::Duration;

const SECRET: &str = "canary-secret-7f3a";
const VARIABLE: &str = "canary-variable-91bd";

/// What a server may do to a call, some of it echoing what was sent.
fn fates() -> Vec<Action> {
    let echo = format!(
        r#"{{"data":null,"errors":[{{"message":"Variable '$data' got invalid value {{'secret': '{VARIABLE}'}} at 'data.secret'; String cannot represent a non string value: '{VARIABLE}'","extensions":{{"code":"UNDEFINED_ERROR","http_status":500}}}}]}}"#
    );
    let partial = format!(
        r#"{{"data":{{"ok":"{VARIABLE}"}},"errors":[{{"message":"m","path":["other"],"extensions":{{"code":"ATTRIBUTE_INVALID_TYPE","http_status":422,"data":{{"received_type":"{VARIABLE}"}}}}}}]}}"#
    );
    let redirect = Action::Answer {
        status: 307,
        headers: vec![("Location", format!("http://u:{SECRET}@elsewhere.example/?{SECRET}"))],
        body: Vec::new(),
    };
    vec![
        ok(),
        json(200, &echo),
        json(200, &partial),
        json(200, &format!(r#"{{"data":{{"ok":["{VARIABLE}"]}}}}"#)),
        json(200, "no JSON"),
        json(400, r#"{"detail":"bad"}"#),
        json(401, r#"{"data":null,"errors":[{"message":"Invalid token"}]}"#),
        json(401, r#"{"data":null,"errors":[{"message":"Expired Signature"}]}"#),
        json(403, r#"{"data":null,"errors":[{"message":"no"}]}"#),
        json(404, r#"{"errors":["Branch: x not found."]}"#),
        Action::AnswerAndClose(500, "Internal Server Error"),
        too_many(true, Some("0")),
        too_many(false, None),
        redirect,
        Action::Reset,
        Action::Part(30),
        Action::Stall,
        Action::Silence,
        Action::Endless,
    ]
}

/// A client for each kind of secret that a configuration can hold.
fn configs(url: &str) -> Vec<Config> {
    let short = || {
        config(url)
            .with_timeout(Duration::from_millis(150))
            .with_idle_timeout(Duration::from_millis(100))
            .with_max_response_bytes(1 << 20)
            .with_rate_limit_max_retries(1)
    };
    vec![
        short().with_api_token(SECRET).with_header("X-Custom", SECRET),
        short().with_login("user", SECRET),
        // The server stands in for the proxy too.
        Config::new("http://infrahub.example")
            .with_proxy(url.replace("http://", &format!("http://u:{SECRET}@"))),
    ]
}

fn answer(request: &Request, fate: &Action) -> Action {
    match request.target.as_str() {
        target if target.ends_with("/api/auth/login") || target.ends_with("/api/auth/refresh") => {
            json(200, &format!(r#"{{"access_token":"{SECRET}-a","refresh_token":"{SECRET}-r"}}"#))
        }
        _ => fate.clone(),
    }
}

/// Everything that an error shows by itself, its causes included.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {}", error.advice());
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(&format!(" {inner} {inner:?}"));
        cause = inner.source();
    }
    text
}

#[tokio::test]
async fn s2_s3_no_secret_and_no_variable_is_shown_or_logged() {
    let logs = logs::captured();
    let mut errors = Vec::new();
    let mut debug = String::new();
    let variables = serde_json::json!({"data": {"secret": VARIABLE}});
    for fate in fates() {
        let server = Server::start(move |request| answer(request, &fate)).await;
        for config in configs(&server.url()) {
            debug.push_str(&format!("{config:?} {config:#?}"));
            let client = Client::new(config).unwrap().with_timeout(Duration::from_millis(600));
            debug.push_str(&format!("{client:?} {client:#?}"));
            for document in [QUERY, MUTATION] {
                let result: Result<std::collections::BTreeMap<String, bool>, Error> =
                    client.execute(document, &variables).await;
                errors.extend(result.err());
            }
        }
    }
    for url in [closed_port(), "http://no-such-host.invalid".to_owned()] {
        let client = Client::new(config(&url).with_api_token(SECRET)).unwrap();
        errors.extend(client.execute::<serde_json::Value>(MUTATION, &variables).await.err());
    }
    for wrong in [
        Config::new(format!("http://u:{SECRET}@host")),
        Config::new("http://host").with_proxy(format!("not a url {SECRET}")),
        Config::new("http://host").with_api_token(format!("{SECRET}\n")),
        Config::new("http://host").with_header("x-bad", format!("{SECRET}\u{0}")),
        Config::new("http://host").with_api_token(SECRET).with_login("u", SECRET),
    ] {
        debug.push_str(&format!("{wrong:?}"));
        errors.push(Client::new(wrong).unwrap_err());
    }
    assert!(errors.len() > 90, "only {} errors came about", errors.len());
    for error in &errors {
        let text = shown(error);
        assert!(!text.contains(SECRET), "{text}");
        assert!(!text.contains(VARIABLE), "{text}");
    }
    let with_variables = errors.iter().filter_map(Error::context).filter_map(|call| call.variables());
    assert!(with_variables.filter(|variables| variables.get().contains(VARIABLE)).count() > 90);
    assert!(!debug.contains(SECRET), "{debug}");

    let logs = logs.everything();
    assert!(logs.contains("attempt"), "nothing was logged");
    assert!(logs.contains("reqwest") || logs.contains("hyper"), "the HTTP library logged nothing");
    for canary in [SECRET, VARIABLE] {
        let line = logs.lines().find(|line| line.contains(canary));
        assert_eq!(line, None);
    }
}
