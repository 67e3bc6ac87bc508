//! A user's crate that keeps the generated Rust among its sources: it compiles, with the calls that `describe` shows,
//! and `cargo fmt` leaves the generated files as they are.
#![allow(clippy::unwrap_used)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the generated code must not need: a strict crate of its own, in which the kinds are not all used.
const HEAD: &str = "\
//! A program of a user.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]
#![allow(unused_imports)]

mod kinds;

use infrahub_client::column::Optional;
use infrahub_client::file::File;
use infrahub_client::input::{IntoAttribute, IntoPeer};
use infrahub_client::value::*;
use infrahub_client::{Client, Error};
use kinds::*;
use std::net::IpAddr;

fn main() {
    let _ = std::mem::size_of::<InfraDevice>();
}
";

struct Crate {
    folder: PathBuf,
    target: PathBuf,
    snapshot: PathBuf,
}

impl Crate {
    fn new() -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vendored");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src")).unwrap();
        // The dependencies are those of an example, so its build of them serves.
        let manifest = fs::read_to_string(repository.join("examples/inventory/Cargo.toml")).unwrap();
        let manifest = manifest.replace("\"../..", &format!("\"{}", repository.display()));
        let manifest = manifest.replace("name = \"inventory\"", "name = \"vendored\"");
        let (before, after) = manifest.split_once("[build-dependencies]").unwrap();
        let (_, after) = after.split_once("\n[").unwrap();
        fs::write(folder.join("Cargo.toml"), format!("{before}[{after}")).unwrap();
        fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let test = env::current_exe().unwrap();
        let target = test.ancestors().find(|folder| folder.ends_with("debug")).and_then(Path::parent);
        let target = target.map_or_else(|| folder.join("target"), Path::to_path_buf);
        Self { folder, target, snapshot: repository.join("live/demo-schema/snapshot") }
    }

    /// What a command prints, which must end well.
    fn infrahub(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-infrahub"));
        command.arg("infrahub").args(arguments).arg("--schema-dir").arg(&self.snapshot);
        let output = command.current_dir(&self.folder).env_clear().output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn cargo(&self, arguments: &[&str]) {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // A user's shell has none of what cargo tells a test about its crate; some build scripts run again for it.
        for (name, _) in env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", &self.target).env_remove("RUSTFLAGS");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The code that stands under a title of a page.
fn code<'a>(page: &'a str, title: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("\n{title}\n\n"))?;
    Some(rest.split_once("\n\n").map_or(rest, |(code, _)| code))
}

/// A function around each piece of code of a page; what a create takes are its arguments.
fn functions(page: &str) -> String {
    let kind = page.lines().next().unwrap();
    let mut functions = String::new();
    for title in ["Create", "Read"] {
        let Some(code) = code(page, title) else { continue };
        let argument = |line: &str| {
            let (name, taken) = line.split_once(" // ")?;
            Some(format!(", {}: {taken}", name.trim().strip_suffix(',')?))
        };
        let arguments: String = code.lines().filter_map(argument).collect();
        let used = if title == "Create" { "created" } else { "(one, all)" };
        functions.push_str(&format!(
            "#[allow(dead_code, non_snake_case)]\nasync fn {title}{kind}(client: Client{arguments}) -> Result<(), Error> {{\n{code}\nlet _ = {used};\nOk(())\n}}\n"
        ));
    }
    functions
}

#[test]
fn vendored_kinds_and_what_describe_shows_compile() {
    let user = Crate::new();
    user.infrahub(&["generate"]);
    let mut program = HEAD.to_owned();
    let mut pages = 0;
    for pattern in ["Infra*", "Location*", "Organization*", "Ipam*", "BuiltinTag", "TemplateInfraDevice"] {
        for page in user.infrahub(&["describe", pattern]).split("\n\n\n") {
            program.push_str(&functions(page));
            pages += 1;
        }
    }
    assert_eq!(pages, 25);
    fs::write(user.folder.join("src/main.rs"), program).unwrap();
    user.cargo(&["build", "--offline"]);

    user.cargo(&["fmt"]);
    let told = user.infrahub(&["generate", "--check"]);
    assert!(told.starts_with("src/kinds is up to date with "), "{told}");
}
