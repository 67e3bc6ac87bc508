//! The schema and the SDL that the sandbox serves are those of a real server, but for what
//! `docs/sandbox-differences.md` lists.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::{Outcome, demo, started};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

/// Each definition of a normalised SDL by its name, with its description.
fn definitions(sdl: &str) -> BTreeMap<String, String> {
    let mut definitions = BTreeMap::new();
    let (mut text, mut name, mut in_description) = (String::new(), None, false);
    for line in sdl.lines() {
        let at_the_top = name.is_none() && !in_description;
        if at_the_top && line.is_empty() {
            continue;
        }
        text.push_str(line);
        text.push('\n');
        if name.is_none() && line.starts_with("\"\"\"") {
            let is_whole = line.len() > 5 && line.ends_with("\"\"\"");
            in_description = !in_description && !is_whole;
            continue;
        }
        if at_the_top {
            let mut words = line.split([' ', '(']).filter(|word| !word.is_empty());
            name = words.nth(1).map(str::to_owned);
        }
        let ends =
            line.starts_with('}') || line.starts_with(") on") || (at_the_top && !line.ends_with(['{', '(']));
        if let Some(name) = name.take_if(|_| ends) {
            definitions.insert(name, std::mem::take(&mut text));
        }
    }
    definitions
}

/// The types that the list of differences names in its section on the SDL.
fn accepted() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sandbox-differences.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("SDL")).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("- `"));
    rows.filter_map(|row| row.split_once('`')).map(|(name, _)| name.to_owned()).collect()
}

#[tokio::test]
async fn the_sdl_is_that_of_a_real_server_type_by_type() -> Outcome {
    let (_sandbox, client) = started().await;
    let served = definitions(&client.schema().snapshot().await?.sdl);
    let real = definitions(&demo().sdl);
    assert!(real.len() > 1700, "{} definitions were found", real.len());
    let accepted = accepted();
    let names: BTreeSet<&String> = served.keys().chain(real.keys()).collect();
    let different: Vec<&String> =
        names.into_iter().filter(|name| served.get(*name) != real.get(*name)).collect();
    let mut report = String::new();
    for name in different.iter().filter(|name| !accepted.contains(**name)) {
        let lines = |text: Option<&String>| -> BTreeSet<String> {
            text.map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
        };
        let (ours, theirs) = (lines(served.get(*name)), lines(real.get(*name)));
        report.push_str(&format!("{name}\n"));
        for line in theirs.difference(&ours) {
            report.push_str(&format!("  - {line}\n"));
        }
        for line in ours.difference(&theirs) {
            report.push_str(&format!("  + {line}\n"));
        }
    }
    assert!(report.is_empty(), "-: the server has it, +: the sandbox has it\n{report}");
    for name in accepted {
        assert!(different.contains(&&name), "{name} is equal: take it off the list of differences");
    }
    Ok(())
}

#[tokio::test]
async fn the_node_schema_is_served_as_it_was_given() -> Outcome {
    let (_sandbox, client) = started().await;
    let snapshot = client.schema().snapshot().await?;
    assert_eq!(snapshot.schema, demo().schema);
    assert_eq!(snapshot.source.kinds.len(), snapshot.source.kinds.values().collect::<BTreeSet<_>>().len());
    assert_eq!(client.schema().hash().await?, snapshot.source.schema_hash);
    Ok(())
}

#[tokio::test]
async fn it_starts_in_no_time() -> Outcome {
    let schema = demo().schema;
    let before = Instant::now();
    let sandbox = infrahub_sandbox::Sandbox::start(schema).await?;
    println!("started in {:?} at {}", before.elapsed(), sandbox.address());
    Ok(())
}
