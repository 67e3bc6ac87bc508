//! What a sandbox costs. `benches/sandbox/run` says more.

mod load;
mod server;

use infrahub_sandbox::{Sandbox, stock_schema};
use infrahub_schema::Schema;
use server::Server;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// How often a start is measured, each in a process of its own.
const STARTS: usize = 21;

/// How many objects memory and snapshots are measured with.
const MANY: usize = 100_000;

/// How many devices requests are measured with.
const DEVICES: usize = 1000;

#[tokio::main]
async fn main() -> Outcome {
    match std::env::args().nth(1).as_deref() {
        Some("start") => start_once().await,
        Some(other) => Err(format!("usage: sandbox-bench; there is no `{other}`").into()),
        None => {
            starts()?;
            requests().await?;
            memory_and_snapshots().await
        }
    }
}

/// Prints how long a start takes, the first one of the process and the next.
async fn start_once() -> Outcome {
    for _ in 0..2 {
        let began = Instant::now();
        let sandbox = Sandbox::start(stock_schema()).await?;
        println!("{}", began.elapsed().as_micros());
        drop(sandbox);
    }
    Ok(())
}

fn starts() -> Outcome {
    let (mut first, mut next) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let output = Command::new(std::env::current_exe()?).arg("start").output()?;
        let text = String::from_utf8(output.stdout)?;
        let mut lines = text.lines().map(str::parse::<u64>);
        let mut duration = || Outcome::Ok(Duration::from_micros(lines.next().ok_or("a start failed")??));
        first.push(duration()?);
        next.push(duration()?);
    }
    println!("| start with the stock schema, first in a process | {} |", spread(first, 1e3, "ms"));
    println!("| start with the stock schema, next in a process | {} |", spread(next, 1e3, "ms"));
    Ok(())
}

/// Requests a second for one page of devices, of a sandbox and of the server that the environment names.
async fn requests() -> Outcome {
    let sandbox = Sandbox::start(demo_schema()?).await?;
    let ours = Server::new(sandbox.address(), sandbox.token());
    load::devices(&ours, DEVICES).await?;
    let ours = load::requests_a_second(&ours).await?;
    println!("| requests a second, sandbox | {ours:.0} |");
    if let (Ok(address), Ok(token)) = (std::env::var("INFRAHUB_ADDRESS"), std::env::var("INFRAHUB_API_TOKEN")) {
        let theirs = Server::new(&address, &token);
        load::devices(&theirs, DEVICES).await?;
        let theirs = load::requests_a_second(&theirs).await?;
        println!("| requests a second, server | {theirs:.1} |");
        println!("| sandbox to server | {:.0} |", ours / theirs);
    }
    Ok(())
}

async fn memory_and_snapshots() -> Outcome {
    let before = resident_megabytes()?;
    let sandbox = Sandbox::start(demo_schema()?).await?;
    let server = Server::new(sandbox.address(), sandbox.token());
    let began = Instant::now();
    load::devices(&server, MANY).await?;
    let seconds = began.elapsed().as_secs_f64();
    sandbox.clear_journal();
    println!("| {MANY} devices in a site each: seconds to write | {seconds:.1} |");
    println!("| {MANY} devices in a site each: MB resident | {:.0} |", resident_megabytes()? - before);
    let (mut taken, mut restored) = (Vec::new(), Vec::new());
    for _ in 0..1001 {
        let began = Instant::now();
        let snapshot = sandbox.snapshot();
        taken.push(began.elapsed());
        let began = Instant::now();
        sandbox.restore(&snapshot);
        restored.push(began.elapsed());
    }
    println!("| {MANY} devices: snapshot | {} |", spread(taken, 1.0, "µs"));
    println!("| {MANY} devices: restore | {} |", spread(restored, 1.0, "µs"));
    let (mut written, mut restored) = (Vec::new(), Vec::new());
    let snapshot = sandbox.snapshot();
    for number in 0..101 {
        let began = Instant::now();
        load::tag(&server, number).await?;
        written.push(began.elapsed());
        let began = Instant::now();
        sandbox.restore(&snapshot);
        restored.push(began.elapsed());
    }
    println!("| {MANY} devices: a write after a snapshot, over HTTP | {} |", spread(written, 1.0, "µs"));
    println!("| {MANY} devices: restore after a write | {} |", spread(restored, 1.0, "µs"));
    Ok(())
}

fn demo_schema() -> Outcome<Schema> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot/nodes.json");
    Ok(Schema::read(&file)?)
}

/// The median, the least and the most; `unit` has so many microseconds.
fn spread(mut durations: Vec<Duration>, microseconds: f64, unit: &str) -> String {
    durations.sort();
    let shown = |duration: Option<&Duration>| {
        duration.map_or(0.0, |duration| duration.as_secs_f64() * 1e6 / microseconds)
    };
    let (median, least, most) =
        (shown(durations.get(durations.len() / 2)), shown(durations.first()), shown(durations.last()));
    format!("{median:.1} {unit} ({least:.1} to {most:.1})")
}

/// What this process has in memory.
fn resident_megabytes() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc/self/status")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1000.0)
}
