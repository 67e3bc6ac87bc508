//! What the programs of this benchmark share: their arguments and how they report.
//!
//! `PROGRAM read SITE` reads every device of a site, `PROGRAM create SITE COUNT` creates devices there.
//! The address and the token come from the environment. One line of JSON says how many nodes there were and
//! how long it took, from before the client is made until the last node is decoded.

use std::time::Instant;

/// What to do.
pub enum Task {
    /// Read every device of the site.
    Read {
        /// Name of the site.
        site: String,
    },
    /// Create devices in the site, named after it and numbered from 0.
    Create {
        /// Name of the site.
        site: String,
        /// How many.
        count: usize,
    },
}

/// Reads the task from the command line; ends the program with a usage message if there is none.
pub fn task() -> Task {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read", site] => Task::Read { site: (*site).to_owned() },
        ["create", site, count] if count.parse::<usize>().is_ok() => {
            Task::Create { site: (*site).to_owned(), count: count.parse().unwrap_or_default() }
        }
        _ => {
            eprintln!("usage: read SITE | create SITE COUNT");
            std::process::exit(2);
        }
    }
}

/// The values of the device with that number.
pub struct Device {
    /// Unique name.
    pub name: String,
    /// A choice of the demo schema.
    pub role: &'static str,
    /// Rack units.
    pub height: i64,
    /// AS number.
    pub asn: i64,
    /// Free text.
    pub description: String,
}

/// The device with that number; the same values in every program.
pub fn device(site: &str, number: usize) -> Device {
    Device {
        name: format!("{site}-{number:04}"),
        role: ["spine", "leaf", "edge"][number % 3],
        height: 1 + (number % 4) as i64,
        asn: 65_000 + number as i64,
        description: format!("Device {number} of {site}"),
    }
}

/// Prints the line that the runner reads.
pub fn report(began: Instant, nodes: usize) {
    println!("{}", serde_json::json!({ "nodes": nodes, "seconds": began.elapsed().as_secs_f64() }));
}
