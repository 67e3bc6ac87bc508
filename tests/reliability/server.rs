//! A server on loopback that fails in every way a network and an HTTP server can.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A request as the server read it.
pub(crate) struct Request {
    /// Its number on this server, from 0.
    pub(crate) number: usize,
    /// The path and query.
    pub(crate) target: String,
    /// The headers, with names in lower case.
    pub(crate) headers: HashMap<String, String>,
    /// The body as text.
    pub(crate) body: String,
}

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Action {
    /// Answers properly.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Headers beside content type and length.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Answers, and resets the connection 10 ms later without having said so.
    AnswerAndClose(u16, &'static str),
    /// Resets the connection.
    Reset,
    /// Closes the connection.
    Close,
    /// Sends this much of an answer with a body of `ok`, then closes.
    Part(usize),
    /// Announces a body longer than the one that it sends.
    TooShort,
    /// Sends an answer one byte at a time, with this pause.
    Drip(Duration),
    /// Sends the head and half of the body, then nothing more.
    Stall,
    /// Sends nothing, and leaves the connection open.
    Silence,
    /// Sends a body in chunks without end.
    Endless,
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Action {
    Action::Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// A 429 with these headers.
pub(crate) fn too_many(marked: bool, retry_after: Option<&str>) -> Action {
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    if marked {
        headers.push(("X-Infrahub-Admission", "shed".to_owned()));
    }
    headers.extend(retry_after.map(|wait| ("Retry-After", wait.to_owned())));
    let body = br#"{"data":null,"errors":[{"message":"busy","extensions":{"code":429}}]}"#.to_vec();
    Action::Answer { status: 429, headers, body }
}

/// The answer of a call that goes well.
pub(crate) fn ok() -> Action {
    json(200, OK)
}

const OK: &str = r#"{"data":{"ok":true}}"#;

type Script = dyn Fn(&Request) -> Action + Send + Sync;

/// A running server; it stops when it is dropped.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts a server that asks `script` what to do with each request.
    pub(crate) async fn start<F>(script: F) -> Self
    where
        F: Fn(&Request) -> Action + Send + Sync + 'static,
    {
        Self::start_with(|_| false, script).await
    }

    /// Starts a server that resets those connections, numbered from 0, for which `refuses` says so.
    pub(crate) async fn start_with<R, F>(refuses: R, script: F) -> Self
    where
        R: Fn(usize) -> bool + Send + 'static,
        F: Fn(&Request) -> Action + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(AtomicUsize::new(0));
        let (opened, served) = (Arc::clone(&connections), Arc::clone(&requests));
        let script: Arc<Script> = Arc::new(script);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if refuses(opened.fetch_add(1, Ordering::SeqCst)) {
                    will_reset(&stream);
                    continue;
                }
                let (served, script) = (Arc::clone(&served), Arc::clone(&script));
                tokio::spawn(async move {
                    let _ = serve(stream, &served, &*script).await;
                });
            }
        });
        Self { address, connections, requests, accepting }
    }

    /// The address as a URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Requests read so far.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A port on which nothing listens.
pub(crate) fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// What was sent to a server by some id, for counting.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<HashMap<u64, usize>>>);

impl Tally {
    /// Counts one for this id.
    pub(crate) fn count(&self, id: u64) {
        *self.0.lock().unwrap().entry(id).or_default() += 1;
    }

    /// How often an id was counted.
    pub(crate) fn of(&self, id: u64) -> usize {
        self.0.lock().unwrap().get(&id).copied().unwrap_or_default()
    }
}

/// What happens when the stream is dropped: a reset.
fn will_reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

async fn serve(mut stream: TcpStream, served: &AtomicUsize, script: &Script) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    loop {
        let Some(request) = read(&mut stream, &mut buffer, served).await? else {
            return Ok(());
        };
        match script(&request) {
            Action::Answer { status, headers, body } => {
                let mut head = head(status, body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                stream.write_all(format!("{head}\r\n").as_bytes()).await?;
                stream.write_all(&body).await?;
            }
            Action::AnswerAndClose(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all(format!("{head}{body}").as_bytes()).await?;
                // Late enough for a hasty client to have sent its next request on this connection.
                sleep(Duration::from_millis(10)).await;
                will_reset(&stream);
                return Ok(());
            }
            Action::Reset => {
                will_reset(&stream);
                return Ok(());
            }
            Action::Close => return Ok(()),
            Action::Part(length) => {
                let whole = whole();
                return stream.write_all(&whole.as_bytes()[..length.min(whole.len() - 1)]).await;
            }
            Action::TooShort => {
                return stream.write_all(format!("{}\r\n{OK}", head(200, OK.len() + 1)).as_bytes()).await;
            }
            Action::Drip(pause) => {
                for byte in whole().as_bytes() {
                    stream.write_all(&[*byte]).await?;
                    sleep(pause).await;
                }
            }
            Action::Stall => {
                let whole = whole();
                stream.write_all(&whole.as_bytes()[..whole.len() - OK.len() / 2]).await?;
                return wait_for_close(stream).await;
            }
            Action::Silence => return wait_for_close(stream).await,
            Action::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
                let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
                loop {
                    stream.write_all(&chunk).await?;
                }
            }
        }
    }
}

fn head(status: u16, length: usize) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n")
}

fn whole() -> String {
    format!("{}\r\n{OK}", head(200, OK.len()))
}

async fn wait_for_close(mut stream: TcpStream) -> io::Result<()> {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// Reads one request; `None` where the client closed the connection between two.
async fn read(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    served: &AtomicUsize,
) -> io::Result<Option<Request>> {
    let head_end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    let mut lines = head.lines();
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let body_start = head_end + 4;
    while buffer.len() < body_start + length {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = String::from_utf8_lossy(&buffer[body_start..body_start + length]).into_owned();
    buffer.drain(..body_start + length);
    let number = served.fetch_add(1, Ordering::SeqCst);
    Ok(Some(Request { number, target, headers, body }))
}
