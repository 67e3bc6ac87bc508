//! Uploads and downloads: R1 for files, R6 for transfers, and no part of a file that is taken for the whole.

use crate::server::{Action, Server, json, too_many};
use crate::{client, config};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use infrahub_client::file::File;
use infrahub_client::storage::StoredObject;
use infrahub_client::{Client, Error, Limit, TimeLimit};
use infrahub_demo_kinds::{InfraContract, InfraContractCreate};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// More than the buffers of a connection hold.
const SIZE: usize = 8 << 20;
const HELLO_MD5: &str = "5d41402abc4b2a76b9719d911017c592";
const HELLO_SHA1: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

/// Serves each connection, numbered from 0, by a function. It gives its URL and the number of connections.
async fn serve<F, A>(answer: F) -> (String, Arc<AtomicUsize>)
where
    F: Fn(usize, TcpStream) -> A + Send + 'static,
    A: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(counter.fetch_add(1, Ordering::SeqCst), stream));
        }
    });
    (url, connections)
}

/// Reads the head of a request and says how long its body is.
async fn head(stream: &mut TcpStream) -> io::Result<usize> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next());
    Ok(length.and_then(|length| length.trim().parse().ok()).unwrap_or(0))
}

/// Reads a request to its end, and answers.
async fn answer(stream: &mut TcpStream, status: u16, body: &str) -> io::Result<()> {
    let mut body_of_request = vec![0; head(stream).await?];
    stream.read_exact(&mut body_of_request).await?;
    respond(stream, status, body).await
}

async fn respond(stream: &mut TcpStream, status: u16, body: &str) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).await
}

fn stored(checksum: &str) -> String {
    format!(r#"{{"identifier":"x","checksum":"{checksum}"}}"#)
}

fn zeros() -> (File, String) {
    (File::from_bytes("zeros", vec![0; SIZE]), "96995b58d4cbf6aaa9041b4f00c7f6ae".to_owned())
}

fn once() -> File {
    File::from_reader("zeros", tokio::io::repeat(0).take(SIZE as u64)).with_length(SIZE as u64)
}

#[tokio::test]
async fn r1_an_upload_that_is_cut_is_sent_again_from_its_start() {
    let (file, checksum) = zeros();
    let (url, connections) = serve(move |number, mut stream| {
        let checksum = checksum.clone();
        async move {
            if number < 2 {
                head(&mut stream).await?;
                let mut part = vec![0; 100_000];
                stream.read_exact(&mut part).await?;
                return stream.set_zero_linger();
            }
            answer(&mut stream, 200, &stored(&checksum)).await
        }
    })
    .await;
    // Not declared repeatable: the server cannot have taken a part for the whole.
    let object = client(&url).storage().upload(file).await.unwrap();
    assert_eq!(object.id, "x");
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn r1_what_can_be_read_once_is_sent_once() {
    let (url, connections) = serve(|_, mut stream| async move {
        head(&mut stream).await?;
        stream.set_zero_linger()
    })
    .await;
    let error = client(&url).storage().upload(once()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }) && !error.may_have_run(), "{error}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn r1_an_upload_without_an_answer_is_sent_again_only_if_it_may_be() {
    let server =
        Server::start(
            |request| {
                if request.number % 2 == 0 { Action::Reset } else { json(200, &stored(HELLO_MD5)) }
            },
        )
        .await;
    let client = client(&server.url());
    let error = client.storage().upload(File::from_bytes("x", "hello")).await.unwrap_err();
    assert!(error.may_have_run() && !error.is_retryable(), "{error}");
    assert_eq!(server.requests(), 1);
    let server =
        Server::start(
            |request| {
                if request.number == 0 { Action::Reset } else { json(200, &stored(HELLO_MD5)) }
            },
        )
        .await;
    let client = self::client(&server.url());
    client.storage().upload(File::from_bytes("x", "hello")).repeatable().await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn r1_no_upload_arrives_whole_twice_in_200_random_fault_schedules() {
    const SCHEDULES: usize = 200;
    let whole: Arc<Vec<AtomicUsize>> = Arc::new((0..SCHEDULES).map(|_| AtomicUsize::new(0)).collect());
    let arrived = Arc::clone(&whole);
    let (url, _) = serve(move |number, mut stream| {
        let arrived = Arc::clone(&arrived);
        async move {
            let mut random = fastrand::Rng::with_seed(number as u64);
            let fate = random.u8(0..8);
            let length = head(&mut stream).await?;
            let mut body = vec![0; if fate < 4 { random.usize(..length) } else { length }];
            stream.read_exact(&mut body).await?;
            if fate >= 4 {
                let text = String::from_utf8_lossy(&body);
                let (_, id) = text.split_once("upload ").unwrap();
                let id: usize = id.split(' ').next().unwrap().parse().unwrap();
                let shed = fate == 4;
                if shed {
                    let marked = "HTTP/1.1 429 X\r\nX-Infrahub-Admission: shed\r\nRetry-After: 0\r\ncontent-length: 0\r\n\r\n";
                    stream.write_all(marked.as_bytes()).await?;
                    return stream.shutdown().await;
                }
                arrived[id].fetch_add(1, Ordering::SeqCst);
            }
            match fate {
                5 => respond(&mut stream, 503, "").await?,
                6 => respond(&mut stream, 200, &stored("wrong")).await?,
                7 => respond(&mut stream, 200, "garbage").await?,
                _ => return stream.set_zero_linger(),
            }
            stream.shutdown().await
        }
    })
    .await;
    let config = config(&url)
        .with_rate_limit_backoff(Duration::from_millis(1), Duration::from_millis(5))
        .with_max_concurrent_execution(16);
    let client = Client::new(config).unwrap();
    let outcomes: Vec<(usize, Error)> = stream::iter(0..SCHEDULES)
        .map(|id| {
            let client = client.clone();
            async move {
                let content = format!("upload {id} {}", "x".repeat(300_000));
                (id, client.storage().upload(File::from_bytes("x", content)).await.unwrap_err())
            }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    let mut ran = 0;
    for (id, error) in outcomes {
        let times = whole[id].load(Ordering::SeqCst);
        assert!(times <= 1, "upload {id} arrived {times} times: {error}");
        assert!(times == 0 || error.may_have_run(), "upload {id} arrived, but: {error}");
        ran += times;
    }
    assert!(ran > SCHEDULES / 4, "only {ran} arrived: the schedules are too hostile to show anything");
}

#[tokio::test]
async fn r6_an_upload_that_nobody_takes_ends_with_the_idle_limit_and_did_not_run() {
    let (url, _) = serve(|_, mut stream| async move {
        head(&mut stream).await?;
        sleep(Duration::from_secs(60)).await;
        Ok(())
    })
    .await;
    let limit = Duration::from_secs(1);
    let config = config(&url).with_idle_timeout(limit).with_retry_on_failure(false);
    let started = Instant::now();
    let error = Client::new(config).unwrap().storage().upload(once()).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { limit: TimeLimit::Idle, .. }) && !error.may_have_run(),
        "{error}"
    );
    assert!(started.elapsed() < limit.mul_f64(1.5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn r6_an_upload_takes_as_long_as_it_moves_and_its_answer_has_the_attempts_limit() {
    let limit = Duration::from_millis(600);
    let slow = || {
        let pieces = stream::iter(["h", "e", "l", "l", "o"]).then(|piece| async move {
            sleep(Duration::from_millis(250)).await;
            io::Result::Ok(Bytes::from(piece))
        });
        File::from_stream("x", pieces.boxed()).with_length(5)
    };
    let server = Server::start(|_| json(200, &stored(HELLO_MD5))).await;
    let config = config(&server.url()).with_timeout(limit).with_operation_timeout(limit);
    let client = Client::new(config.clone()).unwrap();
    client.storage().upload(slow()).await.unwrap();
    let error = client.with_timeout(limit).storage().upload(slow()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { limit: TimeLimit::Operation, .. }), "{error}");

    let silent = Server::start(|_| Action::Silence).await;
    let client = Client::new(crate::config(&silent.url()).with_timeout(limit)).unwrap();
    let started = Instant::now();
    let error = client.storage().upload(File::from_bytes("x", "hello")).await.unwrap_err();
    assert!(
        matches!(error, Error::Timeout { limit: TimeLimit::Attempt, .. }) && error.may_have_run(),
        "{error}"
    );
    assert!(started.elapsed() < limit * 2);
}

#[tokio::test]
async fn a_new_login_and_a_shed_send_the_file_again_from_its_start() {
    let server = Server::start(|request| {
        assert!(request.target.starts_with("/api/auth") || request.body.contains("\r\n\r\nhello\r\n"));
        match (
            request.target.split('?').next().unwrap(),
            request.headers.get("authorization").map(|value| &**value),
        ) {
            ("/api/auth/login", _) => json(200, r#"{"access_token":"old","refresh_token":"r"}"#),
            ("/api/auth/refresh", _) => json(200, r#"{"access_token":"new"}"#),
            (_, Some("Bearer old")) => json(
                401,
                r#"{"data":null,"errors":[{"message":"Expired Signature","extensions":{"code":401}}]}"#,
            ),
            _ if request.number == 3 => too_many(true, Some("0")),
            _ => json(200, &stored(HELLO_MD5)),
        }
    })
    .await;
    let config = config(&server.url()).with_login("admin", "infrahub");
    let client = Client::new(config).unwrap();
    client.storage().upload(File::from_bytes("x", "hello")).await.unwrap();
    assert_eq!(server.requests(), 5);
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_upload_is_the_answer() {
    let (url, connections) = serve(|_, mut stream| async move {
        head(&mut stream).await?;
        respond(&mut stream, 413, r#"{"detail":"too large for the proxy"}"#).await?;
        // The rest is taken, so that the answer is not lost in a reset.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop)
    })
    .await;
    let error = client(&url).storage().upload(zeros().0).await.unwrap_err();
    assert_eq!(error.http_status(), Some(413), "{error}");
    assert!(error.to_string().contains("too large for the proxy"));
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_not_sent_whole() {
    let (url, connections) =
        serve(|_, mut stream| async move { answer(&mut stream, 200, &stored(HELLO_MD5)).await }).await;
    let broken = || {
        let pieces = [Ok(Bytes::from("he")), Err(io::Error::other("disk on fire"))];
        File::from_stream("x", stream::iter(pieces))
    };
    for file in [broken(), broken().with_length(5), File::from_bytes("x", "hello").with_length(6)] {
        let told = format!("{file:?}");
        let error = client(&url).storage().upload(file).await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest { .. }) && !error.may_have_run(), "{told}: {error}");
        assert!(error.to_string().contains("`x` cannot be sent"), "{error}");
    }
    assert!(connections.load(Ordering::SeqCst) <= 3);
    let gone = tempfile::NamedTempFile::new().unwrap();
    let file = File::from_path(gone.path()).await.unwrap();
    let path = gone.path().to_owned();
    drop(gone);
    let error = client(&url).storage().upload(file).await.unwrap_err();
    assert!(matches!(&error, Error::File { path: named, .. } if *named == path), "{error}");
}

#[tokio::test]
async fn a_server_that_has_another_file_than_was_sent_is_told_on() {
    let server = Server::start(|_| json(200, &stored("0123"))).await;
    let error = client(&server.url()).storage().upload(File::from_bytes("x", "hello")).await.unwrap_err();
    assert!(matches!(error, Error::ChecksumMismatch { .. }) && error.may_have_run(), "{error}");
    assert!(error.to_string().contains("is 0123 and should be 5d41402abc4b2a76b9719d911017c592"), "{error}");

    let server = Server::start(|_| json(200, &created("InfraContractCreate", "0123"))).await;
    let create = InfraContractCreate::new(File::from_bytes("x", "hello"), "c-1");
    let error = client(&server.url()).create(create).await.unwrap_err();
    assert!(matches!(error, Error::ChecksumMismatch { .. }) && error.may_have_run(), "{error}");

    let server = Server::start(|_| json(200, &created("w0", "0123"))).await;
    let mut batch = client(&server.url()).batch();
    batch.create(InfraContractCreate::new(File::from_bytes("x", "hello"), "c-1"));
    let report = batch.run().await;
    let errors: Vec<&Error> = report.failures().map(|(_, error)| error).collect();
    assert!(matches!(errors[..], [Error::ChecksumMismatch { .. }]), "{errors:?}");
}

/// What the server answers to a create.
fn created(field: &str, checksum: &str) -> String {
    let object = format!(
        r#"{{"id":"1","hfid":["c-1"],"display_label":"c-1","__typename":"InfraContract","checksum":{{"value":"{checksum}"}}}}"#
    );
    let outcome = format!(r#"{{"ok":true,"object":{object}}}"#);
    format!(r#"{{"data":{{"{field}":{outcome}}}}}"#)
}

#[tokio::test]
async fn r1_a_create_with_a_file_whose_answer_is_lost_makes_one_object() {
    let taken = r#"{"data":{"InfraContractCreate":null},"errors":[{"message":"already in use at id","path":["InfraContractCreate"],
        "extensions":{"code":"ATTRIBUTE_CONSTRAINT_VIOLATION","http_status":422}}]}"#;
    let found = r#"{"data":{"InfraContract":{"count":1,"edges":[{"node":{"id":"1","hfid":["c-1"],"display_label":"c-1","__typename":"InfraContract"}}]}}}"#;
    let server = Server::start(move |request| match request.number {
        0 => Action::Reset,
        1 => json(200, taken),
        _ => json(200, found),
    })
    .await;
    let create = InfraContractCreate::new(File::from_bytes("x", "hello"), "c-1");
    let made = client(&server.url()).create(create).await.unwrap();
    assert_eq!(made.id.as_str(), "1");
    assert_eq!(server.requests(), 3);

    let server = Server::start(|request| {
        assert!(request.headers["content-type"].starts_with("multipart/form-data; boundary="));
        json(200, &created("InfraContractCreate", HELLO_SHA1))
    })
    .await;
    let create = InfraContractCreate::new(File::from_bytes("x", "hello"), "c-1");
    client(&server.url()).create(create).await.unwrap();
}

/// A server of one object `hello`, whose first answers go wrong.
async fn download_server(
    wrong: usize,
    fault: impl Fn(TcpStream) -> futures_core::future::BoxFuture<'static, io::Result<()>> + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let fault = Arc::new(fault);
    serve(move |number, mut stream| {
        let fault = Arc::clone(&fault);
        async move {
            head(&mut stream).await?;
            if number < wrong {
                return fault(stream).await;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello").await
        }
    })
    .await
}

fn cut(mut stream: TcpStream) -> futures_core::future::BoxFuture<'static, io::Result<()>> {
    Box::pin(async move { stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel").await })
}

fn hello() -> StoredObject {
    StoredObject { id: "x".to_owned(), checksum: Some(HELLO_MD5.to_owned()) }
}

#[tokio::test]
async fn a_download_that_is_cut_is_an_error_of_its_stream_and_begun_again_where_it_is_taken_whole() {
    let (url, _) = download_server(1, cut).await;
    let mut download = client(&url).storage().download("x").await.unwrap();
    assert_eq!(download.try_next().await.unwrap().unwrap(), "hel");
    let error = download.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }) && error.is_retryable(), "{error}");
    assert!(download.next().await.is_none());

    let (url, connections) = download_server(2, cut).await;
    assert_eq!(client(&url).storage().download("x").bytes().await.unwrap(), "hello");
    assert_eq!(connections.load(Ordering::SeqCst), 3);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hello");
    let (url, _) = download_server(2, cut).await;
    assert_eq!(client(&url).storage().download("x").to_path(&path).await.unwrap(), 5);
    assert_eq!(std::fs::read(&path).unwrap(), b"hello");

    let (url, connections) = download_server(9, cut).await;
    let error = client(&url).storage().download("x").to_path(&path).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(connections.load(Ordering::SeqCst), 3);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no part is left");
}

#[tokio::test]
async fn a_download_with_a_wrong_checksum_is_an_error_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hello");
    std::fs::write(&path, "before").unwrap();
    let (url, connections) = download_server(0, cut).await;
    let wrong = StoredObject { checksum: Some("0123".to_owned()), ..hello() };
    let error = client(&url).storage().download(&wrong).to_path(&path).await.unwrap_err();
    assert!(matches!(error, Error::ChecksumMismatch { .. }) && !error.may_have_run(), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    let pieces: Vec<_> = client(&url).storage().download(&wrong).await.unwrap().collect().await;
    assert!(matches!(pieces[..], [Ok(_), Err(Error::ChecksumMismatch { .. })]));
}

#[tokio::test]
async fn a_body_that_does_not_say_where_it_ends_needs_a_checksum() {
    let until_close = |body: &'static str| {
        move |mut stream: TcpStream| -> futures_core::future::BoxFuture<'static, io::Result<()>> {
            Box::pin(
                async move { stream.write_all(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes()).await },
            )
        }
    };
    let (url, _) = download_server(9, until_close("hello")).await;
    let error = client(&url).storage().download("x").bytes().await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    assert_eq!(client(&url).storage().download(hello()).bytes().await.unwrap(), "hello");
    let (url, _) = download_server(9, until_close("hel")).await;
    let error = client(&url).storage().download(hello()).bytes().await.unwrap_err();
    assert!(matches!(error, Error::ChecksumMismatch { .. }), "{error}");
}

#[tokio::test]
async fn r6_a_download_ends_with_the_idle_limit_or_that_of_its_handle_but_not_with_the_attempts() {
    let limit = Duration::from_millis(500);
    let stalled = Server::start(|_| Action::Stall).await;
    let config = config(&stalled.url()).with_idle_timeout(limit).with_retry_on_failure(false);
    let error = Client::new(config).unwrap().storage().download("x").bytes().await.unwrap_err();
    assert!(matches!(error, Error::Timeout { limit: TimeLimit::Idle, .. }), "{error}");

    let (url, _) = serve(|_, mut stream| async move {
        head(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n").await?;
        for _ in 0..10 {
            sleep(Duration::from_millis(100)).await;
            stream.write_all(b"x").await?;
        }
        Ok(())
    })
    .await;
    let config = crate::config(&url).with_timeout(limit).with_operation_timeout(limit);
    let client = Client::new(config).unwrap();
    assert_eq!(client.storage().download("x").bytes().await.unwrap().len(), 10);
    let error = client.with_timeout(limit).storage().download("x").bytes().await.unwrap_err();
    assert!(matches!(error, Error::Timeout { limit: TimeLimit::Operation, .. }), "{error}");
}

#[tokio::test]
async fn r13_a_download_that_is_given_up_leaves_no_part_and_holds_no_place_in_the_queue() {
    let (url, _) = serve(|_, mut stream| async move {
        head(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello").await?;
        sleep(Duration::from_secs(60)).await;
        Ok(())
    })
    .await;
    let config = config(&url).with_max_concurrent_execution(1).with_idle_timeout(Limit::None);
    let client = Client::new(config).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hello");
    let waiting = client.storage().download("x").to_path(&path);
    assert!(tokio::time::timeout(Duration::from_millis(300), waiting).await.is_err());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);

    // One that is open does not keep another from being opened, though only one request may be in flight.
    let mut first = client.storage().download("x").await.unwrap();
    let mut second = client.storage().download("x").await.unwrap();
    assert_eq!(first.try_next().await.unwrap().unwrap(), "hello");
    assert_eq!(second.try_next().await.unwrap().unwrap(), "hello");
}

#[tokio::test]
async fn a_download_is_retried_until_it_begins_and_asks_for_the_bytes_as_they_are() {
    let server = Server::start(|request| {
        assert_eq!(request.headers["accept-encoding"], "identity");
        match request.number {
            0 => too_many(true, Some("0")),
            1 => json(503, ""),
            _ => Action::Answer { status: 200, headers: Vec::new(), body: b"hello".to_vec() },
        }
    })
    .await;
    assert_eq!(client(&server.url()).storage().download(hello()).bytes().await.unwrap(), "hello");
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn the_file_of_an_object_is_checked_against_what_the_object_says() {
    let object = |checksum: &str| {
        let value = |value: &str| format!(r#"{{"value":{value}}}"#);
        format!(
            r#"{{"data":{{"InfraContract":{{"count":1,"edges":[{{"node":{{"file_name":{},"file_size":{},"file_type":{},"checksum":{},"storage_id":{}}}}}]}}}}}}"#,
            value("\"../x\""),
            value("5"),
            value("\"text/plain\""),
            value(&format!("\"{checksum}\"")),
            value("\"s/1\"")
        )
    };
    for (checksum, is_right) in [(HELLO_SHA1, true), ("0123", false)] {
        let answer = object(checksum);
        let server = Server::start(move |request| {
            if request.target.starts_with("/graphql") {
                return json(200, &answer);
            }
            assert!(request.target.starts_with("/api/storage/files/by-storage-id/s%2F1?branch=main"));
            Action::Answer { status: 200, headers: Vec::new(), body: b"hello".to_vec() }
        })
        .await;
        let contract = infrahub_client::id::Id::<InfraContract>::new("1");
        match client(&server.url()).file(&contract).download().bytes().await {
            Ok(bytes) => assert!(is_right && bytes == "hello"),
            Err(error) => {
                assert!(!is_right && matches!(error, Error::ChecksumMismatch { .. }), "{error}");
                assert!(error.to_string().contains("the file `../x` of InfraContract"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn s1_neither_a_file_nor_the_key_goes_where_a_redirect_points() {
    let elsewhere = Server::start(|_| json(200, &stored(HELLO_MD5))).await;
    let location = format!("{}/stolen", elsewhere.url());
    let server = Server::start(move |_| Action::Answer {
        status: 307,
        headers: vec![("Location", location.clone())],
        body: Vec::new(),
    })
    .await;
    let client = Client::new(config(&server.url()).with_api_token("canary")).unwrap();
    let upload = client.storage().upload(File::from_bytes("x", "hello")).await.unwrap_err();
    let download = client.storage().download("x").bytes().await.unwrap_err();
    for error in [upload, download] {
        assert!(matches!(error, Error::Redirected { .. }), "{error}");
    }
    assert_eq!(elsewhere.requests(), 0);
}
