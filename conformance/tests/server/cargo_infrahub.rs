//! The whole loop as a user goes it: a schema on a branch, a crate made from it, a change of the schema, the difference
//! told, the build that fails at exactly the lines that it touches, and the program that refuses to run.

use infrahub_client::Client;
use infrahub_conformance::{Outcome, client, unique};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const SCHEMA: &str = "\
version: '1.0'
nodes:
  - name: Rack
    namespace: Workflow
    human_friendly_id: [name__value]
    attributes:
      - {name: name, kind: Text, unique: true}
      - {name: height, kind: Number, optional: true}
      - {name: owner, kind: Text, optional: true}
";

/// What becomes of it: one attribute goes, another must be given, a new one hurts nobody.
const CHANGED: &str = "\
version: '1.0'
nodes:
  - name: Rack
    namespace: Workflow
    human_friendly_id: [name__value]
    attributes:
      - {name: name, kind: Text, unique: true}
      - {name: height, kind: Number, optional: true, state: absent}
      - {name: owner, kind: Text, optional: true}
      - {name: row, kind: Text, default_value: A}
      - {name: colour, kind: Text, optional: true}
";

const PROGRAM: &str = r#"mod kinds {
    infrahub_client::include_schema!();
}

use infrahub_client::schema::SchemaPolicy;
use infrahub_client::{Client, Config, Error};
use kinds::{WorkflowRack, WorkflowRackCreate};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let config = Config::load()?.with_schema(kinds::SCHEMA).with_schema_policy(SchemaPolicy::Refuse);
    let client = Client::new(config)?;
    if let Err(Error::SchemaDrift { differences, .. }) = client.verify().await {
        for difference in differences {
            println!("drift: {difference}");
        }
    }
    let rack = WorkflowRackCreate::new("rack 1")
        .height(42)
        .owner("network");
    client.upsert(rack).await?;
    for rack in client.all::<WorkflowRack>().filter(WorkflowRack::NAME.eq("rack 1")).await? {
        println!("{}: {:?}", rack.name, rack.height);
    }
    Ok(())
}
"#;

/// What the tests write goes into the suite's own target folder, where what the program depends on is built already.
struct Workshop {
    folder: TempDir,
    branch: String,
    tool: PathBuf,
}

struct Ended {
    code: Option<i32>,
    output: String,
    errors: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

fn target() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let debug = test.ancestors().find(|folder| folder.ends_with("debug")).expect("a target folder");
    debug.parent().expect("a target folder").to_owned()
}

impl Workshop {
    fn new(branch: &str) -> Self {
        // Not in the target folder, which may stand in this workspace.
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join(".cargo")).expect("a folder");
        // Until the crates are published, they are those of this repository.
        let root = root();
        let patches = [
            ("infrahub-client", ""),
            ("infrahub-build", "crates/infrahub-build"),
            ("infrahub-schema", "crates/infrahub-schema"),
            ("infrahub-macros", "crates/infrahub-macros"),
        ]
        .map(|(name, path)| format!("{name} = {{ path = \"{}\" }}\n", root.join(path).display()));
        let patches = format!("[patch.crates-io]\n{}", patches.concat());
        fs::write(folder.path().join(".cargo/config.toml"), patches).expect("a file");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "cargo-infrahub", "--manifest-path"])
            .arg(root.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", target())
            .stderr(Stdio::inherit())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "cargo-infrahub does not build");
        let tool = target().join("debug/cargo-infrahub");
        Self { folder, branch: branch.to_owned(), tool }
    }

    fn run(&self, command: &mut Command, folder: &Path) -> Ended {
        let ended = command
            .current_dir(folder)
            .env("INFRAHUB_DEFAULT_BRANCH", &self.branch)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("RUST_BACKTRACE")
            .output()
            .expect("the program runs");
        Ended {
            code: ended.status.code(),
            output: String::from_utf8_lossy(&ended.stdout).into_owned(),
            errors: String::from_utf8_lossy(&ended.stderr).into_owned(),
        }
    }

    /// Runs `cargo infrahub …` and gives what it printed; it must end with this code.
    fn infrahub(&self, folder: &Path, arguments: &[&str], code: i32) -> String {
        let ended = self.run(Command::new(&self.tool).arg("infrahub").args(arguments), folder);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {}{}", ended.output, ended.errors);
        ended.output
    }

    fn cargo(&self, folder: &Path, arguments: &[&str]) -> Ended {
        self.run(Command::new(env!("CARGO")).args(arguments), folder)
    }

    fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(file);
        fs::write(&path, text).expect("a file");
        path
    }
}

/// Line and column of every error of a check, as cargo tells them to machines.
fn mistakes(messages: &str) -> BTreeSet<(u64, u64)> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let errors = messages.filter(|message| message["message"]["level"] == "error");
    let spans = errors.flat_map(|error| error["message"]["spans"].as_array().cloned().unwrap_or_default());
    spans
        .filter(|span| span["is_primary"] == true)
        .filter_map(|span| Some((span["line_start"].as_u64()?, span["column_start"].as_u64()?)))
        .collect()
}

/// Where each of these stands in the program.
fn places(program: &str, texts: &[&str]) -> BTreeSet<(u64, u64)> {
    let place = |text: &&str| {
        let at = program.find(text).unwrap_or_else(|| panic!("{text} is in the program"));
        let line = program[..at].matches('\n').count();
        let column = at - program[..at].rfind('\n').map_or(0, |newline| newline + 1);
        (line as u64 + 1, column as u64 + 1)
    };
    texts.iter().map(place).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_changes_under_a_program_is_told_and_stops_its_build() -> Outcome {
    let client = client();
    let branch = client.branches().create(unique("workflow")).await?;
    let outcome = the_loop(&client, &branch.name);
    client.branches().delete(&branch.name).await?;
    outcome
}

fn the_loop(client: &Client, branch: &str) -> Outcome {
    let _ = client;
    let workshop = Workshop::new(branch);
    let here = workshop.folder.path();
    let file = workshop.write("rack.yml", SCHEMA);
    let file = file.to_str().expect("text");

    let told = workshop.infrahub(here, &["schema", "check", file], 1);
    assert!(told.contains("WorkflowRack"), "{told}");
    let told = workshop.infrahub(here, &["schema", "load", file], 0);
    assert!(told.contains("WorkflowRack"), "{told}");
    workshop.infrahub(here, &["schema", "check", file], 0);

    // A crate, made from the branch, whose example runs at once.
    let told = workshop.infrahub(here, &["init", "racks", "--kinds", "Workflow*"], 0);
    assert!(told.contains("build.rs") && told.contains("schema"), "{told}");
    let user = here.join("racks");
    workshop.infrahub(here, &["init", "racks", "--kinds", "Workflow*"], 0);
    let token = std::env::var("INFRAHUB_API_TOKEN")?;
    for file in ["Cargo.toml", "build.rs", "examples/infrahub.rs", "schema/source.json"] {
        assert!(!fs::read_to_string(user.join(file))?.contains(&token), "{file} holds no credential");
    }
    let ran = workshop.cargo(&user, &["run", "--quiet", "--offline", "--example", "infrahub"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);

    let described = workshop.infrahub(&user, &["describe", "WorkflowRack"], 0);
    assert!(described.contains("WorkflowRackCreate::new(") && described.contains("height"), "{described}");
    let kinds = workshop.infrahub(&user, &["kinds", "Workflow*"], 0);
    assert!(kinds.contains("WorkflowRack"), "{kinds}");

    fs::create_dir_all(user.join("src"))?;
    fs::write(user.join("src/main.rs"), PROGRAM)?;
    let ran = workshop.cargo(&user, &["run", "--quiet", "--offline"]);
    assert_eq!((ran.code, ran.output.as_str()), (Some(0), "rack 1: Some(42)\n"), "{}", ran.errors);
    workshop.infrahub(&user, &["check"], 0);
    workshop.infrahub(&user, &["pull", "--check"], 0);

    // The schema changes under it.
    let changed = workshop.write("changed.yml", CHANGED);
    workshop.infrahub(here, &["schema", "load", changed.to_str().expect("text")], 0);
    let told = workshop.infrahub(&user, &["check"], 1);
    for field in ["height", "row", "colour"] {
        assert!(told.contains(field), "{told}");
    }
    let told = workshop.infrahub(&user, &["check", "--breaking-only", "--used"], 1);
    assert!(told.contains("height") && !told.contains("colour"), "{told}");
    workshop.infrahub(&user, &["check", "--kinds", "Core*"], 0);
    let json = workshop.infrahub(&user, &["check", "--format", "json", "--breaking-only"], 1);
    let json: serde_json::Value = serde_json::from_str(&json)?;
    assert!(
        json.to_string().contains("\"WorkflowRack\"") && json.to_string().contains("\"height\""),
        "{json}"
    );
    let table = workshop.infrahub(&user, &["check", "--format", "markdown"], 1);
    assert!(table.contains("WorkflowRack") && table.contains('|'), "{table}");

    // The program that was compiled before says so, and writes nothing.
    let binary = target().join("debug/racks");
    let ran = workshop.run(&mut Command::new(binary), &user);
    assert_eq!(ran.code, Some(1), "{}", ran.output);
    let drift: Vec<&str> = ran.output.lines().collect();
    assert!(drift.iter().any(|line| line.starts_with("drift: WorkflowRack.height: ")), "{drift:?}");
    assert!(drift.iter().all(|line| line.starts_with("drift: WorkflowRack.")), "{drift:?}");
    assert!(ran.errors.contains("WorkflowRack.height"), "{}", ran.errors);

    // The new snapshot, and the build that fails where the program uses what is gone.
    let before = here.join("before");
    fs::create_dir_all(&before)?;
    for file in ["nodes.json", "schema.graphql", "source.json"] {
        fs::copy(user.join("schema").join(file), before.join(file))?;
    }
    let told = workshop.infrahub(&user, &["pull"], 0);
    assert!(told.contains("height"), "{told}");
    let told = workshop.infrahub(&user, &["diff", before.to_str().expect("text"), "schema"], 1);
    assert!(told.contains("WorkflowRack") && told.contains("height"), "{told}");
    workshop.infrahub(&user, &["check"], 0);
    let checked = workshop.cargo(&user, &["check", "--quiet", "--offline", "--message-format=json"]);
    assert_eq!(checked.code, Some(101), "{}", checked.errors);
    assert_eq!(mistakes(&checked.output), places(PROGRAM, &["height(42)", "height);"]), "{}", checked.output);

    let mended = PROGRAM.replace("        .height(42)\n", "").replace("rack.height", "rack.row");
    fs::write(user.join("src/main.rs"), mended)?;
    let ran = workshop.cargo(&user, &["run", "--quiet", "--offline"]);
    assert_eq!((ran.code, ran.output.as_str()), (Some(0), "rack 1: Some(\"A\")\n"), "{}", ran.errors);

    // Vendored: the folder is a module of the crate, and stale after another pull of another schema.
    workshop.infrahub(&user, &["generate", "--kinds", "Workflow*"], 0);
    workshop.infrahub(&user, &["generate", "--kinds", "Workflow*", "--check"], 0);
    fs::copy(before.join("nodes.json"), user.join("schema/nodes.json"))?;
    let told = workshop.infrahub(&user, &["generate", "--kinds", "Workflow*", "--check"], 1);
    assert!(told.contains("workflow_rack.rs"), "{told}");
    Ok(())
}
