//! `cargo infrahub`: from the schema of an Infrahub server to Rust types, and again when it changes.
//!
//! Every command ends with 0 where nothing is amiss, with 1 where something differs or is wrong in what it looked
//! at, and with 2 where it could not tell.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod arguments;
mod commands;
mod failure;
mod report;
mod server;
mod snapshot;
mod text;
mod used;

use arguments::{Cargo, Command, QueriesCommand, SchemaCommand};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

/// What a command found, as its exit code tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is as it should be: 0.
    Same,
    /// Something differs or is wrong: 1.
    Drift,
}

fn run(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Init(arguments) => commands::init::run(&arguments),
        Command::Pull(arguments) => commands::pull::run(&arguments),
        Command::Diff(arguments) => commands::diff::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Generate(arguments) => commands::generate::run(&arguments),
        Command::Kinds(arguments) => commands::kinds::run(&arguments),
        Command::Describe(arguments) => commands::describe::run(&arguments),
        Command::Queries { command: QueriesCommand::Check(arguments) } => {
            commands::queries::check(&arguments)
        }
        Command::Schema { command: SchemaCommand::Load(arguments) } => commands::schema::load(&arguments),
        Command::Schema { command: SchemaCommand::Check(arguments) } => commands::schema::check(&arguments),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(arguments) => commands::sandbox::run(&arguments),
    }
}

fn main() -> ExitCode {
    // Help, and what clap refuses, end here: with 0 and with 2.
    let Cargo::Infrahub { command } = Cargo::parse();
    match run(command) {
        Ok(Outcome::Same) => ExitCode::SUCCESS,
        Ok(Outcome::Drift) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}
