//! `cargo infrahub sandbox`: an Infrahub in this process, for clients in any language.

use super::schema;
use crate::failure::Failure;
use crate::{Outcome, arguments, server, snapshot, text};
use infrahub_client::schema::{Documents, Schema};
use infrahub_client::{Client, Config};
use infrahub_sandbox::Sandbox;
use std::path::{Path, PathBuf};
use tokio::runtime::Builder;

pub(crate) fn run(arguments: &arguments::Sandbox) -> Result<Outcome, Failure> {
    let (snapshots, files): (Vec<&PathBuf>, Vec<&PathBuf>) =
        arguments.schema.iter().partition(|path| is_snapshot(path));
    let schema = match snapshots[..] {
        [] => infrahub_sandbox::stock_schema(),
        [snapshot] => snapshot::schema(snapshot)?,
        [first, second, ..] => {
            return Err(Failure::Other(format!(
                "{} and {} are snapshots, and a sandbox starts with one: name one of them",
                first.display(),
                second.display()
            )));
        }
    };
    let documents = schema::documents(&files)?;
    server::runtime(&mut Builder::new_multi_thread())?.block_on(serve(arguments, schema, &documents))
}

/// Whether it is what `cargo infrahub pull` writes, rather than schema files.
fn is_snapshot(path: &Path) -> bool {
    path.ends_with("nodes.json") || path.join("nodes.json").is_file()
}

async fn serve(
    arguments: &arguments::Sandbox,
    schema: Schema,
    documents: &Documents,
) -> Result<Outcome, Failure> {
    let mut builder = Sandbox::builder(schema).port(arguments.port).journal_length(0);
    if let Some(address) = arguments.listen {
        builder = builder.listen(address);
    }
    if let Some(token) = &arguments.token {
        builder = builder.token(token);
    }
    let sandbox = builder.start().await?;
    if !documents.is_empty() {
        let client = Client::new(Config::new(sandbox.address()).with_api_token(sandbox.token()))?;
        match client.schema().load(documents).await {
            Ok(report) => schema::warn(&report.warnings),
            Err(error) => return schema::refused(error.into()),
        }
    }
    for file in &arguments.data {
        sandbox.load_objects(file)?;
    }
    text::print(&exports(&sandbox))?;
    eprintln!(
        "a sandbox answers on {}; its account is `admin` with the password `infrahub`; Ctrl-C ends it",
        sandbox.address()
    );
    let interrupted = tokio::signal::ctrl_c().await;
    interrupted.map_err(|error| Failure::Other(format!("cannot wait for Ctrl-C: {error}")))?;
    Ok(Outcome::Same)
}

/// One line, so that `read` takes all of it from a sandbox that goes on.
fn exports(sandbox: &Sandbox) -> String {
    format!("export INFRAHUB_ADDRESS={} INFRAHUB_API_TOKEN={}\n", sandbox.address(), quoted(sandbox.token()))
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_the_shell_would_obey_is_quoted() {
        assert_eq!(quoted("7d2c5a0e-3f41_x.y"), "7d2c5a0e-3f41_x.y");
        assert_eq!(quoted("a$(b) c"), "'a$(b) c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
