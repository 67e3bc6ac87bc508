//! The code that is generated for a small schema, feature by feature.
//!
//! The files in `golden/` are compiled by `tests/consumer`. After a change that is meant, rewrite them with
//! `BLESS=1 cargo test -p infrahub-build --test golden` and read the difference.

use infrahub_build::Generator;
use infrahub_schema::Schema;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn generator() -> Generator {
    let nodes = folder().join("nodes.json");
    Generator::new(Schema::read(&nodes).expect("the golden schema")).origin(nodes)
}

#[test]
fn generated_code_is_as_it_was() {
    if std::env::var_os("BLESS").is_some() {
        generator().write_to(folder()).expect("golden files");
    }
    let files = generator().files().expect("generated files");
    let mut golden = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let path = entry.expect("an entry").path();
        let is_generated =
            path.extension().is_some_and(|extension| extension == "rs") || path.ends_with("schema.json");
        if is_generated {
            let name = PathBuf::from(path.file_name().expect("a name"));
            golden.insert(name, std::fs::read_to_string(&path).expect("a golden file"));
        }
    }
    assert_eq!(files.keys().collect::<Vec<_>>(), golden.keys().collect::<Vec<_>>(), "the files themselves");
    for (name, text) in &files {
        let before = golden[name].lines();
        if let Some((line, (now, before))) =
            text.lines().zip(before).enumerate().find(|(_, (now, before))| now != before)
        {
            panic!(
                "{}:{}\n  was: {before}\n  is:  {now}\nrewrite the files with BLESS=1 if this is meant",
                name.display(),
                line + 1
            );
        }
        assert_eq!(text, &golden[name], "{}", name.display());
    }
}

#[test]
fn an_attribute_kind_of_a_newer_server_is_json_and_a_warning() {
    let warnings = generator().generate().expect("generated files").warnings;
    let texts: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("nodes.json: LabDevice.shiny: the attribute kind `Hologram`"), "{texts:?}");
}
