//! A crate whose build script generates builds wherever cargo builds crates. No test has a network.

mod user_crate;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use user_crate::{Said, UserCrate, repository};

fn succeeds(said: &Said) {
    assert!(said.succeeded, "{}", said.text);
}

#[test]
fn cargo_package_takes_the_snapshot_along_and_builds_what_it_packed() {
    let user = UserCrate::new("packaged");
    // A crate that is published names versions; until these are, they are those of this repository.
    let repository = repository();
    let root = repository.display();
    user.edit("Cargo.toml", |text| {
        text.replace(&format!("{{ path = \"{root}\" }}"), "\"0.1\"")
            .replace(&format!("{{ path = \"{root}/crates/infrahub-build\" }}"), "\"0.1\"")
    });
    let patches: Vec<String> = [
        ("infrahub-client", ""),
        ("infrahub-build", "crates/infrahub-build"),
        ("infrahub-schema", "crates/infrahub-schema"),
        ("infrahub-macros", "crates/infrahub-macros"),
    ]
    .map(|(name, path)| format!("patch.crates-io.{name}.path=\"{}\"", repository.join(path).display()))
    .to_vec();
    let mut arguments = vec!["package", "--allow-dirty"];
    for patch in &patches {
        arguments.extend(["--config", patch]);
    }
    let said = user.cargo(&arguments);
    succeeds(&said);
    assert!(said.text.contains("Verifying packaged v0.1.0"), "{}", said.text);
    let packed = user.target.join("package/packaged-0.1.0");
    assert!(packed.join("schema/nodes.json").is_file(), "{}", said.text);
    assert!(!packed.join("src/kinds").exists() && !packed.join("infrahub").exists());
}

#[test]
fn cargo_doc_shows_the_kinds() {
    let user = UserCrate::new("documented");
    user.edit("src/main.rs", |text| text.replace("mod kinds {", "pub mod kinds {"));
    succeeds(&user.cargo(&["doc", "--no-deps", "--document-private-items"]));
    let page = user.target.join("doc/documented/kinds/infra_device/struct.InfraDevice.html");
    let page = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    assert!(page.contains("How the server shows the object to people"), "the page describes the fields");
}

#[test]
fn a_member_of_a_workspace_builds_from_its_root_and_for_a_named_target() {
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspace");
    let _ = fs::remove_dir_all(&workspace);
    let user = UserCrate::in_folder("member", &workspace.join("tools/member"));
    user.only_generates();
    user.edit("Cargo.toml", |text| text.replace("[workspace]", ""));
    // Members are named by a pattern, as where a part of a repository is checked out; this one is not a member.
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"tools/*\"]\n[profile.dev]\ndebug = \"line-tables-only\"\n";
    fs::write(workspace.join("Cargo.toml"), manifest).expect("a file");
    fs::rename(user.folder.join("Cargo.lock"), workspace.join("Cargo.lock")).expect("the lock file");
    succeeds(&user.cargo_in(&workspace, &["check", "--package", "member"]));

    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8(version.stdout).expect("text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    succeeds(&user.cargo_in(&workspace, &["check", "--package", "member", "--target", host]));
    assert!(user.target.join(host).join("debug/build").is_dir(), "it is a build for a named target");
}

/// Each file below a folder with what it holds.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(content(&path));
        } else {
            let bytes = fs::read(&path).expect("a file");
            files.insert(path, bytes);
        }
    }
    files
}

#[test]
fn nothing_is_written_into_the_sources() {
    let user = UserCrate::new("readonly");
    succeeds(&user.cargo(&["update", "--workspace"]));
    let before = content(&user.folder);
    for path in before.keys() {
        let mut permissions = fs::metadata(path).expect("a file").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions).expect("permissions");
    }
    succeeds(&user.cargo(&["check", "--locked"]));
    assert!(content(&user.folder) == before, "no file was added, changed or removed");
}

#[test]
fn vendored_dependencies_are_enough() {
    let user = UserCrate::new("vendored");
    user.only_generates();
    let vendor = user.cargo(&["vendor", "vendor"]);
    succeeds(&vendor);
    user.write(".cargo/config.toml", &vendor.output);
    assert!(vendor.output.contains("replace-with = \"vendored-sources\""), "{}", vendor.output);
    let run = user.cargo(&["run", "--quiet"]);
    succeeds(&run);
    assert!(run.output.contains("pub struct InfraDevice"), "{}", run.output);
}

#[test]
fn what_the_user_chose_of_names_and_derives_compiles() {
    let user = UserCrate::new("renamed");
    user.edit("Cargo.toml", |text| {
        text.replace("[build-dependencies]", "serde = \"1\"\nserde_json = \"1\"\n\n[build-dependencies]")
    });
    user.write(
        "build.rs",
        "fn main() {
            infrahub_build::configure()
                .kinds([\"InfraDevice\", \"InfraInterface*\", \"LocationSite\"])
                .rename_kind(\"InfraDevice\", \"Device\")
                .rename_field(\"InfraDevice\", \"asn\", \"as_number\")
                .derive([\"serde::Serialize\"])
                .generate();
        }\n",
    );
    user.write(
        "src/main.rs",
        "mod kinds {
            infrahub_client::include_schema!();
        }
        use infrahub_client::{Client, Config, Projection};
        use kinds::{AnyInfraInterface, Device, DeviceUpdate};

        #[derive(Projection)]
        #[infrahub(kind = Device)]
        struct Row {
            as_number: Option<i64>,
        }

        #[tokio::main]
        async fn main() -> Result<(), infrahub_client::Error> {
            let client = Client::new(Config::load()?.with_schema(kinds::SCHEMA))?;
            let rows: Vec<Row> = client.all().filter(Device::AS_NUMBER.is_in([65001])).await?;
            println!(\"{:?}\", rows.iter().map(|row| row.as_number).collect::<Vec<_>>());
            for device in client.all::<Device>().await? {
                println!(\"{}\", serde_json::to_string(&device).unwrap());
                client.update(&device).set(DeviceUpdate::new().as_number(65002)).await?;
            }
            let ports: Vec<AnyInfraInterface> = client.all().await?;
            println!(\"{}\", serde_json::to_string(&ports).unwrap());
            Ok(())
        }\n",
    );
    succeeds(&user.cargo(&["check"]));
}

#[test]
fn a_mistake_in_the_snapshot_is_shown_where_it_stands() {
    let user = UserCrate::new("mistaken");
    user.edit("schema/nodes.json", |text| {
        text.replacen("\"name\": \"asn\", \"kind\": \"Number\"", "\"name\": \"asn\", \"kind\": 5", 1)
    });
    let said = user.cargo(&["check"]);
    assert!(!said.succeeded && !said.text.contains("panicked"), "{}", said.text);
    let told: Vec<&str> =
        said.text.lines().filter_map(|line| line.strip_prefix("error: mistaken@0.1.0: ")).collect();
    let text = fs::read_to_string(user.folder.join("schema/nodes.json")).expect("the snapshot");
    let line = 1 + text.lines().position(|line| line.contains("\"kind\": 5")).expect("the mistake");
    assert!(told[0].starts_with(&format!("schema/nodes.json:{line}:")), "{told:#?}");
    assert!(told[0].contains("InfraDevice.asn: "), "{told:#?}");
    let shown = told.iter().position(|shown| shown.starts_with(&format!("{line} | "))).expect("the line");
    let mark = told[shown + 1].find('^').expect("a mark");
    assert!(told[shown][mark..].starts_with('5'), "{told:#?}");
    assert!(told.last().is_some_and(|advice| advice.contains("cargo infrahub pull")), "{told:#?}");
}

#[test]
fn a_field_that_has_no_rust_form_is_shown_where_it_stands() {
    let user = UserCrate::new("impossible");
    user.edit("schema/nodes.json", |text| text.replace("\"name\": \"asn\"", "\"name\": \"display_label\""));
    let said = user.cargo(&["check"]);
    assert!(!said.succeeded, "{}", said.text);
    let told: Vec<&str> =
        said.text.lines().filter_map(|line| line.strip_prefix("error: impossible@0.1.0: ")).collect();
    assert!(told[0].starts_with("schema/nodes.json:"), "{told:#?}");
    let marks = told.iter().find(|line| line.contains('^')).expect("marks");
    assert_eq!(marks.matches('^').count(), "\"display_label\"".len(), "{told:#?}");
}
