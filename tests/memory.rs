//! R11: a stream of a hundred thousand objects holds a few pages, however many it has read.

use futures_util::StreamExt;
use infrahub_client::id::Id;
use infrahub_client::kind::Kind;
use infrahub_client::{Client, Config};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROWS: u64 = 100_000;

enum Thing {}

impl Kind for Thing {
    const KIND: &'static str = "TestThing";
}

/// Answers every request on the connection with the page that it asks for.
async fn serve(mut socket: TcpStream) {
    let mut buffer = Vec::new();
    let mut chunk = [0_u8; 16 * 1024];
    loop {
        let body = loop {
            if let Some(end) = body_end(&buffer) {
                let rest = buffer.split_off(end);
                break std::mem::replace(&mut buffer, rest);
            }
            match socket.read(&mut chunk).await {
                Ok(0) | Err(_) => return,
                Ok(read) => buffer.extend_from_slice(&chunk[..read]),
            }
        };
        let text = String::from_utf8(body).expect("UTF-8");
        let (offset, limit) = (number(&text, "\"offset\":"), number(&text, "\"limit\":"));
        let rows: Vec<String> = (offset..ROWS.min(offset + limit))
            .map(|row| format!(r#"{{"node":{{"id":"{row:036}"}}}}"#))
            .collect();
        let answer = format!(r#"{{"data":{{"TestThing":{{"count":{ROWS},"edges":[{}]}}}}}}"#, rows.join(","));
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if socket.write_all(format!("{head}{answer}").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Where the first request in the buffer ends, once it is complete.
fn body_end(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).ok()?.to_ascii_lowercase();
    let end = head + usize::try_from(number(&text, "content-length: ")).ok()?;
    (buffer.len() >= end).then_some(end)
}

fn number(text: &str, after: &str) -> u64 {
    let (_, rest) = text.split_once(after).expect(after);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r11_a_stream_holds_a_few_pages() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });

    let client = Client::new(Config::new(address)).expect("a client");
    let region = Region::new(ALLOCATOR);
    let held = || {
        let change = region.change();
        change.bytes_allocated as i64 - change.bytes_deallocated as i64
    };
    let mut stream = client.all::<Id<Thing>>().stream();
    let (mut rows, mut after_ten_pages, mut most_after) = (0_u64, 0_i64, 0_i64);
    while let Some(row) = stream.next().await {
        row.expect("a row");
        rows += 1;
        if rows == 500 {
            after_ten_pages = held();
        } else if rows % 5_000 == 0 {
            most_after = most_after.max(held());
        }
    }
    assert_eq!(rows, ROWS);
    // What varies is how many of the five pages ahead, and buffers of the connections, are held at that
    // moment; a hundred thousand ids would be 5 MB.
    let growth = most_after - after_ten_pages;
    assert!(growth < 1024 * 1024, "the stream grew by {growth} bytes after its tenth page");
}
