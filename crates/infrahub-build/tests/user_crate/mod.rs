//! A crate as a user would have it: a copy of `examples/inventory` with a snapshot of its own, which a test may change.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate in a folder of its own. Its dependencies are those of the workspace, so that the workspace's build of them
/// serves.
pub struct UserCrate {
    pub name: &'static str,
    pub folder: PathBuf,
    pub target: PathBuf,
}

/// What cargo said.
#[derive(Debug)]
pub struct Said {
    pub succeeded: bool,
    pub output: String,
    pub text: String,
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

impl UserCrate {
    /// A crate of this name: in one target folder cargo does not tell two packages of one name apart, each of which is
    /// the root of its workspace.
    pub fn new(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        Self::in_folder(name, &folder)
    }

    pub fn in_folder(name: &'static str, folder: &Path) -> Self {
        let repository = repository();
        let target = env::current_exe().expect("this test");
        let target = target.ancestors().find(|folder| folder.ends_with("debug")).and_then(Path::parent);
        let target = target.map_or_else(|| folder.join("target"), Path::to_path_buf);
        let _ = fs::remove_dir_all(folder);
        let user = Self { name, folder: folder.to_owned(), target };
        let example = repository.join("examples/inventory");
        let read = |path: &Path| {
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let manifest = read(&example.join("Cargo.toml"))
            .replace("\"../..", &format!("\"{}", repository.display()))
            .replace("\"inventory\"", &format!("\"{name}\""));
        user.write("Cargo.toml", &manifest);
        user.write("Cargo.lock", &read(&repository.join("Cargo.lock")));
        user.write("src/main.rs", &read(&example.join("src/main.rs")));
        let script = read(&example.join("build.rs")).replace("../../live/demo-schema/snapshot", "schema");
        user.write("build.rs", &script);
        for file in ["nodes.json", "source.json"] {
            let path = format!("schema/{file}");
            user.write(&path, &read(&repository.join("live/demo-schema/snapshot").join(file)));
        }
        user
    }

    /// Leaves the runtime out: the program prints what was generated. Building the runtime once more, for another target
    /// or from other sources, would show nothing and take minutes.
    pub fn only_generates(&self) {
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [build-dependencies]\ninfrahub-build = {{ path = \"{}\" }}\n\n[workspace]\n",
            self.name,
            repository().join("crates/infrahub-build").display()
        );
        self.write("Cargo.toml", &manifest);
        let main = "fn main() { print!(\"{}\", include_str!(concat!(env!(\"OUT_DIR\"), \"/infrahub/infra_device.rs\"))); }\n";
        self.write("src/main.rs", main);
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub fn edit(&self, file: &str, edit: impl Fn(String) -> String) {
        let path = self.folder.join(file);
        let before = fs::read_to_string(&path).expect("a file");
        let after = edit(before.clone());
        assert_ne!(before, after, "{file} is edited");
        fs::write(&path, after).expect("a file");
    }

    /// Runs cargo in the crate's folder, as a user's shell would, without network.
    pub fn cargo(&self, arguments: &[&str]) -> Said {
        self.cargo_in(&self.folder, arguments)
    }

    pub fn cargo_in(&self, folder: &Path, arguments: &[&str]) -> Said {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // A user's shell has none of what cargo tells a test about its crate; some build scripts run again for it.
        for (name, _) in env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
                command.env_remove(name);
            }
        }
        let output = command
            .args(arguments)
            .args(["--offline", "--color=never"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .envs(["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
            .env_remove("RUSTFLAGS")
            // Cargo adds a note about it to what a build script says.
            .env_remove("RUST_BACKTRACE")
            .output()
            .expect("cargo runs");
        Said {
            succeeded: output.status.success(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            text: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The folder of the newest run of the build script.
    pub fn build_folder(&self) -> PathBuf {
        let prefix = format!("{}-", self.name);
        let builds = fs::read_dir(self.target.join("debug/build")).expect("build scripts");
        let ours = builds.map(|entry| entry.expect("an entry").path()).filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
                && path.join("out/infrahub").exists()
        });
        let newest =
            ours.max_by_key(|path| fs::metadata(path.join("output")).and_then(|file| file.modified()).ok());
        newest.expect("an output folder")
    }

    pub fn generated(&self, file: &str) -> String {
        let path = self.build_folder().join("out/infrahub").join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}
