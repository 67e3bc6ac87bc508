//! The same requests go to a server and to a sandbox, and what they answer is compared.
//!
//! The requests are scripted cases, `conformance/cases/*.case` (`case.rs` says how they are written), and random
//! sequences of reads and writes (`sequence/`). Each is a test of its own. `DIFFERENTIAL_SEQUENCES=n` runs `n`
//! sequences, and `DIFFERENTIAL_SEED=n` another first one; without them the same ones run each time.
//!
//! The real server is right. Where the sandbox cannot follow it, a case says so with `differs: reason`, and the reason
//! stands in `docs/sandbox-differences.md`.

#![allow(clippy::unwrap_used)]

mod answer;
mod case;
mod conversation;
mod request;
mod sequence;
mod servers;

use libtest_mimic::{Arguments, Failed, Trial};
use servers::Servers;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::LazyLock;

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));

/// How many sequences run where `DIFFERENTIAL_SEQUENCES` does not say.
const SEQUENCES: u64 = 12;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // more at once only wait for the server, and each other's locks in its database
    arguments.test_threads.get_or_insert(4);
    libtest_mimic::run(&arguments, trials()).exit_code()
}

fn trials() -> Vec<Trial> {
    let scripted = case::all().into_iter().map(|case| {
        let name = format!("{}::{}", case.topic, case.title);
        Trial::test(name, move || run(async |servers| case::run(&case, servers).await))
    });
    let first: u64 = setting("DIFFERENTIAL_SEED", 0);
    let random = (first..first + setting("DIFFERENTIAL_SEQUENCES", SEQUENCES)).map(|seed| {
        Trial::test(format!("sequence::seed {seed}"), move || sequence::run(seed).map_err(Failed::from))
    });
    scripted.chain(random).collect()
}

fn run(test: impl AsyncFnOnce(&'static Servers) -> Result<(), String>) -> Result<(), Failed> {
    let servers = Servers::get()?;
    RUNTIME.block_on(test(servers)).map_err(Failed::from)
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}
