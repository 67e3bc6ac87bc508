//! R10: a file of 100 MiB goes up and comes down in a few MiB of memory. Alone in its program, to be measured.
#![allow(clippy::unwrap_used)]

use infrahub_client::file::File;
use infrahub_client::storage::StoredObject;
use infrahub_client::{Client, Config};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SIZE: usize = 100 << 20;

/// MD5 of 100 MiB of zeros.
const CHECKSUM: &str = "2f282b84e7e608d5852449ed940bfc51";

/// What may be held at any moment: pieces of 64 KiB, buffers of the connection at both of its ends, and the program.
const MOST: i64 = 4 << 20;

/// Takes an upload, or sends a download, with one buffer for either.
async fn serve(mut socket: TcpStream) -> std::io::Result<()> {
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    if head.starts_with("get") {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n");
        socket.write_all(answer.as_bytes()).await?;
        buffer.fill(0);
        for _ in 0..SIZE / buffer.len() {
            socket.write_all(&buffer).await?;
        }
        return Ok(());
    }
    let (_, length) = head.split_once("content-length: ").unwrap();
    let mut left: usize = length.lines().next().unwrap().trim().parse().unwrap();
    assert!(left > SIZE);
    while left > 0 {
        left -= socket.read(&mut buffer).await?;
    }
    let body = format!(r#"{{"identifier":"x","checksum":"{CHECKSUM}"}}"#);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(format!("{head}{body}").as_bytes()).await
}

/// The most that is held, beside what was held before, while the future runs.
async fn peak<F: Future>(future: F) -> (i64, F::Output) {
    let (most, ended) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let (noted, stop) = (Arc::clone(&most), Arc::clone(&ended));
    let region = Region::new(ALLOCATOR);
    let watching = std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let change = region.change();
            noted.fetch_max(
                change.bytes_allocated as i64 - change.bytes_deallocated as i64,
                Ordering::Relaxed,
            );
            std::thread::sleep(Duration::from_micros(200));
        }
    });
    let output = future.await;
    ended.store(true, Ordering::Relaxed);
    watching.join().unwrap();
    (most.load(Ordering::Relaxed), output)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r10_a_large_file_needs_little_memory() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    let client = Client::new(Config::new(address)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("zeros.bin"), folder.path().join("copy.bin"));
    std::fs::File::create(&source).unwrap().set_len(SIZE as u64).unwrap();

    let file = File::from_path(&source).await.unwrap();
    let (held, stored) = peak(client.storage().upload(file).into_future()).await;
    let stored: StoredObject = stored.unwrap();
    assert_eq!(stored.checksum.as_deref(), Some(CHECKSUM));
    assert!(held < MOST, "the upload held {} KiB", held >> 10);

    let (held, size) = peak(client.storage().download(&stored).to_path(&target)).await;
    assert_eq!(size.unwrap(), SIZE as u64);
    assert_eq!(std::fs::metadata(&target).unwrap().len(), SIZE as u64);
    assert!(held < MOST, "the download held {} KiB", held >> 10);
}
