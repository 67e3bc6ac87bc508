//! Writes the snapshot of a server's schema, which builds read: `infrahub-pull [FOLDER] [--branch BRANCH]`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use infrahub_build::pull::{self, Server};
use infrahub_schema::Snapshot;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: infrahub-pull [FOLDER] [--branch BRANCH]

Writes the snapshot of a server's schema to FOLDER (default: schema). Commit it: builds read it.

  INFRAHUB_ADDRESS                       the server (default: http://localhost:8000)
  INFRAHUB_API_TOKEN                     its API token, or:
  INFRAHUB_USERNAME, INFRAHUB_PASSWORD   a user of the server
  INFRAHUB_DEFAULT_BRANCH                the branch where --branch is not given (default: main)

INFRAHUB_TIMEOUT, INFRAHUB_CONNECT_TIMEOUT, INFRAHUB_TLS_CA_FILE, INFRAHUB_TLS_INSECURE and INFRAHUB_PROXY count too;
infrahub.toml is not read.";

struct Arguments {
    folder: PathBuf,
    branch: Option<String>,
}

/// `None` where help is asked for.
fn arguments(mut given: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let (mut folder, mut branch) = (None, None);
    while let Some(argument) = given.next() {
        if argument == "--help" || argument == "-h" {
            return Ok(None);
        } else if argument == "--branch" {
            branch = Some(given.next().ok_or("--branch needs the name of a branch after it")?);
        } else if let Some(name) = argument.strip_prefix("--branch=") {
            branch = Some(name.to_owned());
        } else if argument.starts_with('-') || folder.is_some() {
            return Err(format!("`{argument}` is one argument too many; `infrahub-pull --help` lists them"));
        } else {
            folder = Some(PathBuf::from(argument));
        }
    }
    if branch.as_ref().is_some_and(String::is_empty) {
        return Err("--branch needs the name of a branch after it".to_owned());
    }
    Ok(Some(Arguments { folder: folder.unwrap_or_else(|| PathBuf::from("schema")), branch }))
}

fn pull(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { folder, branch } = arguments;
    let mut server = Server::from_env()?;
    if let Some(branch) = branch {
        server = server.with_branch(branch);
    }
    let before = Snapshot::read(&folder).ok();
    let snapshot = pull::snapshot(&server)?;
    let written = snapshot.write(&folder)?;
    let origin = format!("branch {} of {}", server.branch(), server.address());
    if written.is_unchanged() {
        println!("{} is up to date with {origin}", folder.display());
        return Ok(());
    }
    println!("{} now holds the {} kinds of {origin}", folder.display(), snapshot.schema.kinds.len());
    for file in &written.files {
        println!("  wrote {}", file.display());
    }
    if let Some(before) = before {
        for line in changes(&before, &snapshot) {
            println!("  {line}");
        }
    }
    Ok(())
}

/// What became of each kind that is not as before.
fn changes(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let (before, after) = (&before.schema.kinds, &after.schema.kinds);
    let gone = before.keys().filter(|kind| !after.contains_key(*kind)).map(|kind| format!("removed {kind}"));
    let other = after.iter().filter_map(|(kind, now)| match before.get(kind) {
        None => Some(format!("added {kind}")),
        Some(then) => (then != now).then(|| format!("changed {kind}")),
    });
    gone.chain(other).collect()
}

fn main() -> ExitCode {
    let result = match arguments(std::env::args().skip(1)) {
        Ok(None) => {
            println!("{USAGE}");
            Ok(())
        }
        Ok(Some(arguments)) => pull(arguments),
        Err(problem) => Err(problem.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("infrahub-pull: {error}");
            ExitCode::FAILURE
        }
    }
}
