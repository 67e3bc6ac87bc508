//! Decodes one answer of 10,000 devices, about 6 MB, with each library in turn, and prints for each the median time
//! and the memory that it holds at most, beside those of structs written by hand.
//!
//! `benches/decode/run` runs it, and the Python SDK on the same answer.

mod answer;
mod handwritten;
mod ours;
mod with_cynic;
mod with_graphql_client;

use graphql_client::GraphQLQuery;
use peak_alloc::PeakAlloc;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const DEVICES: usize = 10_000;
const ROUNDS: usize = 41;

/// A library's name, and how it decodes: it gives the number of devices and their heights together.
struct Contender {
    name: &'static str,
    decode: fn(&[u8]) -> (usize, i64),
    times: Vec<Duration>,
    peak: usize,
}

fn contender(name: &'static str, decode: fn(&[u8]) -> (usize, i64)) -> Contender {
    Contender { name, decode, times: Vec::new(), peak: 0 }
}

fn by_hand(body: &[u8]) -> (usize, i64) {
    let answer: handwritten::Answer = serde_json::from_slice(body).expect("an answer");
    let page = black_box(answer).data.devices;
    (page.edges.len(), page.edges.iter().filter_map(|edge| edge.node.height.value).sum())
}

fn ours(body: &[u8]) -> (usize, i64) {
    let devices: Vec<ours::Device> = infrahub_client::__private::decode_page(body).expect("an answer");
    let devices = black_box(devices);
    (devices.len(), devices.iter().filter_map(|device| device.height).sum())
}

fn with_graphql_client(body: &[u8]) -> (usize, i64) {
    type Answer = graphql_client::Response<<with_graphql_client::Devices as GraphQLQuery>::ResponseData>;
    let answer: Answer = serde_json::from_slice(body).expect("an answer");
    let edges = black_box(answer).data.expect("data").infra_device.edges;
    let heights = edges.iter().filter_map(|edge| edge.node.as_ref()?.height.as_ref()?.value);
    (edges.len(), heights.sum())
}

fn with_cynic(body: &[u8]) -> (usize, i64) {
    let answer: cynic::GraphQlResponse<with_cynic::Devices> =
        serde_json::from_slice(body).expect("an answer");
    let edges = black_box(answer).data.expect("data").devices.edges;
    let heights = edges.iter().filter_map(|edge| edge.node.as_ref()?.height.as_ref()?.value.as_ref());
    (edges.len(), heights.map(|height| height.0).sum())
}

fn main() {
    let text = answer::of(DEVICES);
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
        return;
    }
    let mut contenders = [
        contender("structs by hand", by_hand),
        contender("infrahub-client", ours),
        contender("graphql_client", with_graphql_client),
        contender("cynic", with_cynic),
    ];
    for contender in &mut contenders {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        assert_eq!((contender.decode)(text.as_bytes()), (DEVICES, 25_000), "{}", contender.name);
        contender.peak = ALLOCATOR.peak_usage() - before;
    }
    // In turns, each round beginning with another one, so that a slow moment hits them all alike.
    for round in 0..ROUNDS {
        for turn in 0..contenders.len() {
            let place = (round + turn) % contenders.len();
            let contender = &mut contenders[place];
            let began = Instant::now();
            black_box((contender.decode)(black_box(text.as_bytes())));
            contender.times.push(began.elapsed());
        }
    }
    println!("{DEVICES} devices, {:.1} MB, median of {ROUNDS} rounds\n", text.len() as f64 / 1e6);
    println!("| decoder | ms | of by hand | MB held at most | of by hand |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let results = contenders.each_mut().map(|contender| {
        contender.times.sort();
        (contender.name, contender.times[ROUNDS / 2].as_secs_f64() * 1e3, contender.peak as f64 / 1e6)
    });
    let (_, least, held) = results[0];
    for (name, time, peak) in results {
        println!("| {name} | {time:.1} | {:.2} | {peak:.1} | {:.2} |", time / least, peak / held);
    }
}
