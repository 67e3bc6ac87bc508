//! What can be typed.

#[cfg(feature = "sandbox")]
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
#[cfg(feature = "sandbox")]
use std::net::IpAddr;
use std::path::PathBuf;

/// Cargo starts `cargo-infrahub infrahub …` for `cargo infrahub …`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo")]
pub(crate) enum Cargo {
    /// From the schema of an Infrahub server to Rust types, and again when it changes
    #[command(
        version,
        after_help = "Exit codes: 0 nothing differs, 1 something differs or is wrong, 2 it could not be told.\n\
                      The server and its credentials are those of the client: INFRAHUB_ADDRESS, INFRAHUB_API_TOKEN, …, or infrahub.toml."
    )]
    Infrahub {
        #[command(subcommand)]
        command: Command,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a crate one whose kinds come from a server's schema
    Init(Init),
    /// Writes the snapshot of a server's schema, and tells what changed
    Pull(Pull),
    /// Compares two snapshots
    Diff(Diff),
    /// Compares the snapshot with the server's schema
    Check(Check),
    /// Writes the generated Rust into the crate, for those who vendor it
    Generate(Generate),
    /// Lists the kinds of the snapshot with their Rust names
    Kinds(Kinds),
    /// Tells all about a kind: its fields with their Rust names and types
    Describe(Describe),
    /// What concerns hand-written documents
    Queries {
        #[command(subcommand)]
        command: QueriesCommand,
    },
    /// What concerns schema files in YAML or JSON
    Schema {
        #[command(subcommand)]
        command: SchemaCommand,
    },
    /// Runs an Infrahub in this process until Ctrl-C, for clients in any language
    #[cfg(feature = "sandbox")]
    Sandbox(Sandbox),
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueriesCommand {
    /// Checks the documents against the snapshot
    Check(QueriesCheck),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Loads schema files into a branch
    Load(SchemaFiles),
    /// Tells what a load would change
    Check(SchemaFiles),
}

/// Which server and branch.
#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// The server's address, instead of INFRAHUB_ADDRESS
    #[arg(long, value_name = "URL")]
    pub(crate) address: Option<String>,
    /// The branch, instead of INFRAHUB_DEFAULT_BRANCH
    #[arg(long, value_name = "NAME")]
    pub(crate) branch: Option<String>,
}

/// Where the snapshot is.
#[derive(Debug, Args)]
pub(crate) struct SnapshotArguments {
    /// The folder of the snapshot
    #[arg(long, value_name = "FOLDER", default_value = "schema")]
    pub(crate) schema_dir: PathBuf,
}

/// How differences are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For machines
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// Which differences count, and how they are shown.
#[derive(Debug, Args)]
pub(crate) struct DifferenceArguments {
    /// How the differences are shown
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Only what breaks compiled programs
    #[arg(long)]
    pub(crate) breaking_only: bool,
    /// Only these kinds: names, or patterns in which `*` stands for any text
    #[arg(long, value_name = "PATTERN", num_args = 1.., value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder of the crate; it is made if it does not exist
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    /// The kinds to generate; all outside the server's own namespaces unless it is said
    #[arg(long, value_name = "PATTERN", num_args = 1.., value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Pull {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArguments,
    /// Writes nothing, and ends with 1 where it would have
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The older snapshot: its folder, or its nodes.json
    pub(crate) old: PathBuf,
    /// The newer one
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) differences: DifferenceArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArguments,
    #[command(flatten)]
    pub(crate) differences: DifferenceArguments,
    /// Only kinds and fields that the crate in the current folder uses
    #[arg(long)]
    pub(crate) used: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArguments,
    /// The folder to write, a module of the crate
    #[arg(long, value_name = "FOLDER", default_value = "src/kinds")]
    pub(crate) out: PathBuf,
    /// The kinds to generate; all outside the server's own namespaces unless it is said
    #[arg(long, value_name = "PATTERN", num_args = 1.., value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,
    /// Writes nothing, and ends with 1 where the folder is stale
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Kinds {
    /// A kind's name, or a pattern in which `*` stands for any text; all but the server's own unless it is said
    pub(crate) pattern: Option<String>,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// The kind's full name (`InfraDevice`), or a pattern in which `*` stands for any text
    pub(crate) kind: String,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArguments,
}

#[derive(Debug, Args)]
pub(crate) struct QueriesCheck {
    /// The folder of the documents
    #[arg(long, value_name = "FOLDER", default_value = "queries")]
    pub(crate) queries: PathBuf,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaFiles {
    /// Schema files in YAML or JSON, or folders of files that end in `.yml` or `.yaml`
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
}

#[cfg(feature = "sandbox")]
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The folder of a snapshot; or schema files, or folders of them, which are loaded on top of the stock schema
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) schema: Vec<PathBuf>,
    /// Files of objects, or folders of them, in the format that `infrahubctl object load` takes
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) data: Vec<PathBuf>,
    /// The port to listen on; any that is free unless it is said
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// The API token of the account `admin`; a random one unless it is said
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) token: Option<String>,
    /// The address to listen on; programs of other machines reach none unless it is said
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<IpAddr>,
}
