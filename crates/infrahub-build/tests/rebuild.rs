//! What a user's crate builds again: nothing when nothing changed, and no more than needed when something did.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of `examples/inventory` with a snapshot of its own, which a test may change.
struct Crate {
    folder: PathBuf,
    target: PathBuf,
}

impl Crate {
    fn new() -> Self {
        let repository =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuild");
        // The dependencies are those of the workspace, so its build of them serves.
        let target = env::current_exe().expect("this test");
        let target = target.ancestors().find(|folder| folder.ends_with("debug")).and_then(Path::parent);
        let target = target.map_or_else(|| folder.join("target"), Path::to_path_buf);
        let example = repository.join("examples/inventory");
        let copy = |from: &Path, to: &str, edit: &dyn Fn(String) -> String| {
            let text = fs::read_to_string(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
            let to = folder.join(to);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            fs::write(to, edit(text)).expect("a file");
        };
        let absolute = |text: String| text.replace("\"../..", &format!("\"{}", repository.display()));
        // A name of its own: in one target folder cargo does not tell two packages of one name apart, each of which is
        // the root of its workspace.
        let renamed = |text: String| absolute(text).replace("\"inventory\"", "\"rebuilt\"");
        copy(&example.join("Cargo.toml"), "Cargo.toml", &renamed);
        copy(&repository.join("Cargo.lock"), "Cargo.lock", &|text| text);
        copy(&example.join("src/main.rs"), "src/main.rs", &|text| text);
        copy(&example.join("build.rs"), "build.rs", &|text| {
            text.replace("../../live/demo-schema/snapshot", "schema")
        });
        let snapshot = repository.join("live/demo-schema/snapshot/nodes.json");
        copy(&snapshot, "schema/nodes.json", &|text| text);
        Self { folder, target }
    }

    /// Builds, and returns what cargo compiled or ran.
    fn build(&self) -> Vec<String> {
        let (succeeded, text) = self.cargo_build();
        assert!(succeeded, "{text}");
        let is_work = |line: &&str| {
            ["Compiling", "Dirty", "Running"].iter().any(|word| line.trim_start().starts_with(word))
        };
        text.lines().filter(is_work).map(|line| line.trim().to_owned()).collect()
    }

    /// Whether the build succeeded, and what it said.
    fn cargo_build(&self) -> (bool, String) {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // A user's shell has none of what cargo tells a test about its crate; some build scripts run again for it.
        for (name, _) in env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
                command.env_remove(name);
            }
        }
        let output = command
            .args(["build", "--offline", "--verbose", "--color=never"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn edit(&self, file: &str, edit: impl Fn(String) -> String) {
        let path = self.folder.join(file);
        fs::write(&path, edit(fs::read_to_string(&path).expect("a file"))).expect("a file");
    }

    fn generated(&self, file: &str) -> String {
        let builds = fs::read_dir(self.target.join("debug/build")).expect("build scripts");
        let ours = builds.map(|entry| entry.expect("an entry").path()).filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rebuilt-"))
                && path.join("out/infrahub").exists()
        });
        let newest =
            ours.max_by_key(|path| fs::metadata(path.join("output")).and_then(|file| file.modified()).ok());
        let path = newest.expect("an output folder").join("out/infrahub").join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

fn ran_build_script(work: &[String]) -> bool {
    work.iter().any(|line| line.starts_with("Running") && line.contains("build-script-build`"))
}

#[test]
fn a_second_build_does_nothing_and_a_mistake_is_told_in_a_line() {
    let user = Crate::new();
    user.build();
    assert_eq!(user.build(), Vec::<String>::new());

    user.edit("src/main.rs", |text| text + "\n// changed\n");
    let work = user.build();
    assert!(work.iter().any(|line| line.contains("--crate-name rebuilt")), "{work:#?}");
    assert!(!ran_build_script(&work), "a change to the program generates nothing: {work:#?}");

    assert!(user.generated("infra_device.rs").contains("Rack units."));
    user.edit("schema/nodes.json", |text| text.replace("Rack units.", "Height in rack units."));
    let work = user.build();
    assert!(ran_build_script(&work), "a change to the schema generates: {work:#?}");
    assert!(user.generated("infra_device.rs").contains("Height in rack units."));
    assert_eq!(user.build(), Vec::<String>::new());

    user.edit("build.rs", |text| text.replace("\"LocationSite\"", "\"LocationSight\", \"InfraDevise\""));
    let (succeeded, text) = user.cargo_build();
    assert!(!succeeded, "{text}");
    for (wanted, meant) in [("LocationSight", "LocationSite"), ("InfraDevise", "InfraDevice")] {
        let told = text.lines().any(|line| {
            line.starts_with("error: rebuilt@0.1.0: ")
                && line
                    .contains(&format!("no kind of the schema matches `{wanted}`; did you mean `{meant}`?"))
        });
        assert!(told, "{text}");
    }
    assert!(!text.contains("panicked") && !text.contains("backtrace:"), "{text}");
}
