//! What the programs of this benchmark share: their arguments and how they report.
//!
//! `PROGRAM read KIND PREFIX` reads every object of the kind whose name contains the prefix,
//! `PROGRAM create KIND PREFIX COUNT` creates some; KIND is `tag` or `device`. The address and the token come
//! from the environment. One line of JSON says how many objects there were and how long it took, from before
//! the client is made until the last object is decoded.

use std::time::Instant;

/// What to do.
pub struct Task {
    /// Devices, or else tags.
    pub devices: bool,
    /// What the names start with.
    pub prefix: String,
    /// How many to create; `None` reads.
    pub create: Option<usize>,
}

/// Reads the task from the command line; ends the program with a usage message if there is none.
pub fn task() -> Task {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, prefix, create) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", kind, prefix] => (kind, prefix, None),
        ["create", kind, prefix, count] => (kind, prefix, count.parse().ok()),
        _ => {
            eprintln!("usage: read tag|device PREFIX | create tag|device PREFIX COUNT");
            std::process::exit(2);
        }
    };
    Task { devices: kind == "device", prefix: prefix.to_owned(), create }
}

/// The site of every device.
pub const SITE: &str = "versus";

/// The values of one object; a tag has the name and the description only.
pub struct Values {
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// A choice of the demo schema.
    pub role: &'static str,
    /// Rack units.
    pub height: i64,
    /// AS number.
    pub asn: i64,
}

/// The values of the object with that number; the same in every program.
pub fn values(prefix: &str, number: usize) -> Values {
    Values {
        name: format!("{prefix}-{number:04}"),
        description: format!("number {number}"),
        role: ["spine", "leaf", "edge"][number % 3],
        height: 1 + (number % 4) as i64,
        asn: 65_000 + number as i64,
    }
}

/// Prints the line that the runner reads.
pub fn report(began: Instant, nodes: usize) {
    println!("{}", serde_json::json!({ "nodes": nodes, "seconds": began.elapsed().as_secs_f64() }));
}
