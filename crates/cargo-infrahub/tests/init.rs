//! `cargo infrahub init`, as a user types it.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use support::{Infrahub, TOKEN, Told, cargo_infrahub};

/// Devices at sites, and the tags that every server has.
fn schema() -> Value {
    let attribute =
        |name: &str, kind: &str, optional: bool| json!({"name": name, "kind": kind, "optional": optional});
    json!({
        "namespaces": [
            {"name": "Infra", "user_editable": true},
            {"name": "Builtin", "user_editable": false},
        ],
        "nodes": [
            {
                "namespace": "Infra", "name": "Device", "human_friendly_id": ["name__value"],
                "attributes": [attribute("name", "Text", false), attribute("height", "Number", true)],
                "relationships": [
                    {"name": "site", "peer": "InfraSite", "cardinality": "one", "optional": false},
                    {"name": "tags", "peer": "BuiltinTag", "cardinality": "many", "optional": true},
                ],
            },
            {
                "namespace": "Infra", "name": "Site", "human_friendly_id": ["name__value"],
                "attributes": [
                    attribute("type", "Text", true),
                    attribute("asn", "Number", false),
                    attribute("name", "Text", false),
                ],
            },
            {
                "namespace": "Builtin", "name": "Tag", "human_friendly_id": ["name__value"],
                "attributes": [attribute("name", "Text", false)],
            },
        ],
    })
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// A folder with a crate of its own.
struct Crate(tempfile::TempDir);

impl Crate {
    fn new(manifest: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("Cargo.toml", manifest);
        folder.write("src/main.rs", "fn main() {}\n");
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn init(&self, arguments: &[&str]) -> Told {
        Infrahub::start(schema()).run(self.path(), &[&["init"], arguments].concat())
    }
}

/// What a package holds that has all that is needed.
const COMPLETE: &str = "\
[package]
name = \"report\"
edition = \"2024\"

[dependencies]
infrahub-client = \"0.1\"
tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }

[build-dependencies]
infrahub-build = \"0.1\"
";

#[test]
fn a_new_crate_is_made_and_a_second_run_changes_no_byte() {
    let server = Infrahub::start(schema());
    let folder = tempfile::tempdir().unwrap();
    let init = || server.run(folder.path(), &["init", "site-report"]);
    let Told { code, stdout, stderr } = init();
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    insta::assert_snapshot!(stdout, @r"
    created        site-report/Cargo.toml
    created        site-report/Cargo.toml: dependency infrahub-client, version 0.1
    created        site-report/Cargo.toml: dependency tokio, version 1
    created        site-report/Cargo.toml: build-dependency infrahub-build, version 0.1
    created        site-report/schema with 3 kinds of branch main, Infrahub 1.11.9
    created        site-report/build.rs
    created        site-report/examples/infrahub.rs
    created        site-report/src/main.rs
    created        site-report/.gitignore

    All of it belongs into version control; it holds no credential. Next:
        cd site-report && cargo run --example infrahub
    ");

    let made = folder.path().join("site-report");
    let read = |file: &str| fs::read_to_string(made.join(file)).unwrap();
    assert_eq!(
        read("build.rs"),
        "fn main() {\n    infrahub_build::configure().kinds([\"Infra*\"]).generate();\n}\n"
    );
    insta::assert_snapshot!(read("Cargo.toml"), @r#"
    [package]
    name = "site-report"
    version = "0.1.0"
    edition = "2024"

    [dependencies]
    infrahub-client = "0.1"
    tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

    [build-dependencies]
    infrahub-build = "0.1"
    "#);
    insta::assert_snapshot!(read("examples/infrahub.rs"), @r#"
    //! Lists the objects of kind `InfraSite`.
    //!
    //! ```sh
    //! cargo run --example infrahub   # INFRAHUB_ADDRESS and INFRAHUB_API_TOKEN, or infrahub.toml, say where
    //! ```

    /// The kinds that `build.rs` names, generated from the snapshot in `schema/`.
    mod kinds {
        infrahub_client::include_schema!();
    }

    use infrahub_client::{Client, Error, Projection};

    /// The server is asked for just these fields; a wrong name, type or missing `Option` does not compile.
    #[derive(Projection)]
    #[infrahub(kind = kinds::InfraSite)]
    struct Row {
        display_label: Option<String>,
        name: String,
        r#type: Option<String>,
    }

    #[tokio::main]
    async fn main() -> Result<(), Error> {
        let client = Client::from_env()?;
        let order = kinds::InfraSite::NAME.asc();
        let rows: Vec<Row> = client.all().order_by(order).await?;
        for row in &rows {
            println!("{}  {}  {}", text(&row.display_label), row.name, text(&row.r#type));
        }
        println!("{} of kind InfraSite", rows.len());
        Ok(())
    }

    fn text(value: &Option<String>) -> &str {
        value.as_deref().unwrap_or("-")
    }
    "#);
    let before = files(&made);
    let names: Vec<String> =
        before.keys().map(|path| path.strip_prefix(&made).unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(
        names,
        [
            ".gitignore",
            "Cargo.toml",
            "build.rs",
            "examples/infrahub.rs",
            "schema/nodes.json",
            "schema/schema.graphql",
            "schema/source.json",
            "src/main.rs",
        ]
    );
    let holds_token = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(TOKEN);
    assert!(!before.values().any(holds_token), "no file holds the token");

    server.loopback.take_paths();
    let Told { code, stdout, stderr } = init();
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.ends_with("nothing to do\n") && !stdout.contains("created"), "{stdout}");
    assert_eq!(files(&made), before);
    assert!(server.loopback.take_paths().is_empty(), "the snapshot is there already");
}

#[test]
fn what_stands_in_cargo_toml_stays_as_it_is_written() {
    let manifest = "\
# A report.
[package]
name   = \"report\"   # its name
edition = \"2021\"

[[bin]]
name = \"report\"
path = \"src/main.rs\"

[dependencies]
anyhow = { version=\"1\" } # errors
serde=\"1\"

[profile.dev]
debug = 1 # line tables
";
    let folder = Crate::new(manifest);
    assert_eq!(folder.init(&[]).code, Some(0));
    let expected = manifest.replace("# errors\n", "# errors\ninfrahub-client = \"0.1\"\n").replace(
        "serde=\"1\"\n",
        "serde=\"1\"\ntokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n",
    ) + "\n[build-dependencies]\ninfrahub-build = \"0.1\"\n";
    assert_eq!(folder.read("Cargo.toml"), expected);
    assert_eq!(folder.read("src/main.rs"), "fn main() {}\n");

    let windows = Crate::new(&manifest.replace('\n', "\r\n"));
    assert_eq!(windows.init(&[]).code, Some(0));
    assert_eq!(windows.read("Cargo.toml"), expected.replace('\n', "\r\n"));
}

#[test]
fn a_dependency_in_another_form_is_left() {
    let manifest = "\
[package]
name = \"report\"
edition.workspace = true

[dependencies]
tokio.workspace = true

[target.'cfg(unix)'.dependencies.infrahub-client]
git = \"https://user:secret-in-url@git.example/client\"

[build-dependencies]
infrahub_build = { path = \"../build\" }
";
    let folder = Crate::new(manifest);
    let Told { code, stdout, stderr } = folder.init(&[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    for kept in [
        "kept as it is  Cargo.toml: dependency infrahub-client, from git\n",
        "kept as it is  Cargo.toml: dependency tokio, of the workspace\n",
        "kept as it is  Cargo.toml: build-dependency infrahub-build, by its path\n",
    ] {
        assert!(stdout.contains(kept), "{stdout}");
    }
    assert!(!stdout.contains("secret-in-url"), "{stdout}");
    assert_eq!(folder.read("Cargo.toml"), manifest);

    let other_version =
        Crate::new(&COMPLETE.replace("infrahub-client = \"0.1\"", "infrahub-client = \"0.2\""));
    let Told { code, stdout, .. } = other_version.init(&[]);
    assert!(
        code == Some(0)
            && stdout.contains("kept as it is  Cargo.toml: dependency infrahub-client, version 0.2")
    );
    let exact = Crate::new(&COMPLETE.replace("infrahub-client = \"0.1\"", "infrahub-client = \"0.1.7\""));
    assert!(
        exact
            .init(&[])
            .stdout
            .contains("already there  Cargo.toml: dependency infrahub-client, version 0.1.7")
    );
}

#[test]
fn features_that_the_example_lacks_are_told() {
    let manifest = COMPLETE.replace(", \"rt-multi-thread\"", "");
    let folder = Crate::new(&manifest);
    let Told { code, stdout, .. } = folder.init(&[]);
    assert_eq!(code, Some(1), "{stdout}");
    let advice = "Cargo.toml: the example needs more features of tokio: `rt-multi-thread`\n";
    assert!(stdout.ends_with(advice), "{stdout}");
    assert_eq!(folder.read("Cargo.toml"), manifest);

    // Of an example's own dependencies all tables give features.
    let elsewhere =
        format!("{manifest}\n[dev-dependencies]\ntokio = {{ version = \"1\", features = [\"full\"] }}\n");
    assert_eq!(Crate::new(&elsewhere).init(&[]).code, Some(0));
}

#[test]
fn an_edited_build_script_is_kept_and_shown() {
    let folder = Crate::new(COMPLETE);
    let edited = "fn main() {\n    println!(\"cargo::rerun-if-changed=x\");\n    infrahub_build::configure().generate();\n}\n";
    folder.write("build.rs", edited);
    let Told { code, stdout, stderr } = folder.init(&[]);
    assert_eq!((code, stderr.as_str()), (Some(1), ""), "{stdout}");
    insta::assert_snapshot!(stdout, @r#"
    already there  Cargo.toml: dependency infrahub-client, version 0.1
    already there  Cargo.toml: dependency tokio, version 1
    already there  Cargo.toml: build-dependency infrahub-build, version 0.1
    created        schema with 3 kinds of branch main, Infrahub 1.11.9
    kept as it is  build.rs
    created        examples/infrahub.rs

    --- build.rs
    +++ build.rs as init writes it
    @@ -1,4 +1,3 @@
     fn main() {
    -    println!("cargo::rerun-if-changed=x");
    -    infrahub_build::configure().generate();
    +    infrahub_build::configure().kinds(["Infra*"]).generate();
     }

    Take over what you need of the lines marked `+`; what you wrote was kept.
    "#);
    assert_eq!(folder.read("build.rs"), edited);
    assert!(folder.read("examples/infrahub.rs").contains("kinds::InfraSite"), "the rest is made");
    let before = files(folder.path());
    assert_eq!(folder.init(&[]).code, Some(1), "as long as it differs");
    assert_eq!(files(folder.path()), before);

    // Laid out and commented differently it is the same.
    folder.write(
        "build.rs",
        "fn main() {\n  // Our kinds.\n  infrahub_build::configure()\n    .kinds([\n      \"Infra*\",\n    ])\n    .generate();\n}\n",
    );
    let Told { code, stdout, .. } = folder.init(&[]);
    assert!(code == Some(0) && stdout.ends_with("nothing to do\n"), "{stdout}");
}

#[test]
fn the_build_script_is_the_one_that_cargo_toml_names() {
    let folder = Crate::new(&COMPLETE.replace("edition", "build = \"build/main.rs\"\nedition"));
    assert_eq!(folder.init(&[]).code, Some(0));
    assert!(folder.read("build/main.rs").contains("infrahub_build::configure()"));
    assert!(!folder.path().join("build.rs").exists());
}

#[test]
fn the_example_lists_a_kind_that_is_generated() {
    let listed = |schema: Value, arguments: &[&str]| {
        let folder = Crate::new(COMPLETE);
        let told = Infrahub::start(schema).run(folder.path(), &[&["init"], arguments].concat());
        assert_eq!(told.code, Some(0), "{told:?}");
        (folder.read("build.rs"), folder.read("examples/infrahub.rs"))
    };
    let (build, example) = listed(schema(), &["--kinds", "InfraDevice,BuiltinTag"]);
    assert!(build.contains(".kinds([\"InfraDevice\", \"BuiltinTag\"])"), "{build}");
    assert!(example.contains("#[infrahub(kind = kinds::InfraDevice)]"), "{example}");

    let mut only_tags = schema();
    only_tags["nodes"].as_array_mut().unwrap().retain(|node| node["namespace"] == "Builtin");
    let (build, example) = listed(only_tags, &[]);
    assert!(build.contains(".kinds([\"BuiltinTag\"])"), "{build}");
    assert!(example.contains("#[infrahub(kind = kinds::BuiltinTag)]"), "{example}");

    // `Co*` would choose all of `Core` too.
    let mut short = schema();
    short["nodes"][1]["namespace"] = json!("Co");
    short["nodes"][0]["relationships"][0]["peer"] = json!("CoSite");
    short["nodes"][2] = json!({"namespace": "Core", "name": "Thing", "attributes": []});
    short["nodes"][0]["relationships"].as_array_mut().unwrap().pop();
    let (build, _) = listed(short, &[]);
    assert!(build.contains(".kinds([\"CoSite\", \"Infra*\"])"), "{build}");
}

#[test]
fn where_something_is_wrong_nothing_is_written() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{closed}");
    let check = |manifest: Option<&str>, address: &str, arguments: &[&str], expected: &str| {
        let folder = tempfile::tempdir().unwrap();
        if let Some(manifest) = manifest {
            fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        }
        let before = files(folder.path());
        let environment = [("INFRAHUB_ADDRESS", address), ("INFRAHUB_API_TOKEN", TOKEN)];
        let told = cargo_infrahub(folder.path(), &environment, &[&["init"], arguments].concat());
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
        assert!(told.stderr.contains(expected), "{told:?}");
        assert_eq!(files(folder.path()), before);
        assert!(fs::read_dir(folder.path()).unwrap().count() == before.len(), "no folder is made");
    };
    let server = Infrahub::start(schema());
    let address = server.loopback.address.as_str();
    check(Some(COMPLETE), &closed, &[], "check INFRAHUB_ADDRESS");
    check(None, &closed, &["new"], "check INFRAHUB_ADDRESS");
    check(Some(COMPLETE), address, &["--kinds", "InfraDevise"], "did you mean `InfraDevice`?");
    server.loopback.take_paths();

    // These are told before the server is asked.
    check(Some("[package]\nname = \"secret-in-file\n"), address, &[], "Cargo.toml, line 2: this is not TOML");
    check(Some("[workspace]\n"), address, &[], "this is no package");
    check(Some("[package]\nname = \"a\"\n"), address, &[], "edition");
    check(Some(&COMPLETE.replace("edition", "build = false\nedition")), address, &[], "`build = false`");
    check(
        Some("dependencies = 1\n[package]\nedition = \"2024\"\n"),
        address,
        &[],
        "`dependencies` is no table",
    );
    let renamed =
        COMPLETE.replace("infrahub-client = ", "client = { package = \"infrahub-client\", version = ");
    let renamed = renamed.replace("version = \"0.1\"", "version = \"0.1\" }");
    check(Some(&renamed), address, &[], "infrahub-client is called `client` here");
    check(None, address, &["1 crate"], "`1 crate` cannot be the name of this one");
    check(None, address, &["tokio"], "`tokio` cannot be the name of this one");
    assert!(server.loopback.take_paths().is_empty());
}

#[test]
fn a_folder_that_is_no_snapshot_is_left_alone() {
    let folder = Crate::new(COMPLETE);
    folder.write("schema/tables.sql", "");
    let before = files(folder.path());
    let Told { code, stdout, stderr } = folder.init(&[]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("cannot read schema/nodes.json"), "{stderr}");
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_crate_that_its_workspace_does_not_know_is_told_with_the_way_to_mend_it() {
    let server = Infrahub::start(schema());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\nresolver = \"3\"\n").unwrap();
    let init = || server.run(folder.path(), &["init", "report"]);
    for told in [init(), init()] {
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.stdout.contains("cargo does not build the package where it stands"), "{told:?}");
        assert!(told.stdout.contains("`workspace.members`"), "{told:?}");
        assert!(!told.stdout.contains("nothing to do") && !told.stdout.contains("Next"), "{told:?}");
    }
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"report\"]\n";
    fs::write(folder.path().join("Cargo.toml"), workspace).unwrap();
    let told = init();
    assert!(told.code == Some(0) && told.stdout.ends_with("nothing to do\n"), "{told:?}");
}
