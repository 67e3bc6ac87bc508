//! The crate that `cargo infrahub init` makes compiles and runs at once.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::json;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Loopback, TOKEN, cargo_infrahub};

/// The folder of the build that this test is of: dependencies are those of the workspace.
fn target() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().find(|folder| folder.ends_with("debug")).and_then(Path::parent).unwrap().to_owned()
}

#[test]
fn the_crate_compiles_and_its_example_runs() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    // Not in the target folder, which may stand in this workspace.
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("initiated");
    fs::create_dir_all(folder.join("schema")).unwrap();
    for file in ["nodes.json", "schema.graphql", "source.json"] {
        fs::copy(repository.join("live/demo-schema/snapshot").join(file), folder.join("schema").join(file))
            .unwrap();
    }
    let told = cargo_infrahub(&folder, &[], &["init"]);
    assert_eq!(told.code, Some(0), "{told:?}");

    // The versions are not published yet.
    let paths = format!(
        "\n[patch.crates-io]\ninfrahub-client = {{ path = {:?} }}\ninfrahub-build = {{ path = {:?} }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n",
        repository,
        repository.join("crates/infrahub-build")
    );
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap() + &paths;
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let server = Loopback::start(|seen| {
        assert_eq!((seen.method(), seen.path()), ("POST", "/graphql/main"));
        let site = json!({
            "display_label": null, "name": {"value": "atl1"}, "address": {"value": "1 Main St"},
        });
        (200, json!({"data": {"LocationSite": {"count": 1, "edges": [{"node": site}]}}}).to_string())
    });
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // A user's shell has none of what cargo tells a test about its crate; some build scripts run again for it.
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "INFRAHUB_"]
            .iter()
            .any(|own| name.to_string_lossy().starts_with(own))
        {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["run", "--offline", "--color=never", "--example", "infrahub"])
        .current_dir(&folder)
        .envs([("INFRAHUB_ADDRESS", server.address.as_str()), ("INFRAHUB_API_TOKEN", TOKEN)])
        .env("CARGO_TARGET_DIR", target())
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let (printed, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(!told.contains("warning"), "{told}");
    assert_eq!(printed, "-  atl1  1 Main St\n1 of kind LocationSite\n", "{told}");

    let again = cargo_infrahub(&folder, &[], &["init"]);
    assert!(again.code == Some(0) && again.stdout.ends_with("nothing to do\n"), "{again:?}");
}
