//! Documents with everything that GraphQL has, and the Rust that they become. `BLESS=1` accepts what differs.
#![allow(clippy::unwrap_used)]

use infrahub_build::compile_queries;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn documents_become_the_rust_of_the_golden_files() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("queries-golden");
    let _ = fs::remove_dir_all(&out);
    let queries = tests.join("queries");
    let compiled = compile_queries(
        &queries.join("documents"),
        &queries.join("schema.graphql"),
        &out,
        "::infrahub_client",
    );
    let compiled = compiled.unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(compiled.warnings, []);
    let golden = queries.join("golden");
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(&golden);
        fs::create_dir_all(&golden).unwrap();
        for (name, text) in texts(&out) {
            fs::write(golden.join(name), text).unwrap();
        }
    }
    let (expected, found) = (texts(&golden), texts(&out));
    assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    for (name, text) in &found {
        assert!(expected[name] == *text, "{name} differs; look at it with BLESS=1 and git diff");
    }
}
