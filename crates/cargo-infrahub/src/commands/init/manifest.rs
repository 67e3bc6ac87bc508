//! The crate's `Cargo.toml`: dependencies are added to it, and all else stays as it is written.

use super::dependency::NEEDED;
use super::files::replace;
use super::step::{State, Step};
use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item};

/// A `Cargo.toml` with what it lacks.
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    /// The text to write, where something is missing.
    text: Option<String>,
    /// What became of each dependency, and of the file where it is new.
    pub(super) steps: Vec<Step>,
    /// What the user has to do to it.
    pub(super) advice: Vec<String>,
    /// Whether there was none.
    pub(super) is_new: bool,
    /// The build script, relative to the crate.
    pub(super) build_script: PathBuf,
}

impl Manifest {
    /// Reads the `Cargo.toml` of a folder, or begins one, and adds what is missing. Nothing is written yet.
    pub(super) fn plan(folder: &Path, path: PathBuf) -> Result<Self, Failure> {
        let found = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::read(&path, error)),
        };
        let is_new = found.is_none();
        let old = match found {
            Some(text) => text,
            None => new_package(&package_name(folder)?),
        };
        let mut document = parse(&path, &old)?;
        let build_script = check_package(&path, &document)?;
        let shown = path.display();
        let mut steps = Vec::new();
        let mut advice = Vec::new();
        if is_new {
            steps.push(Step::new(State::Created, shown.to_string()));
        }
        for needed in &NEEDED {
            let refuse = |why| Failure::Other(format!("{shown}: {why}"));
            let (state, form) = match needed.find(&document).map_err(refuse)? {
                Some(found) => {
                    advice.extend(found.advice(needed).map(|advice| format!("{shown}: {advice}")));
                    (found.state(), found.form)
                }
                None => {
                    needed.add(&mut document).map_err(refuse)?;
                    (State::Created, format!("version {}", needed.version))
                }
            };
            steps.push(Step::new(state, format!("{shown}: {} {}, {form}", needed.what(), needed.name)));
        }
        let is_changed = steps.iter().any(|step| step.state == State::Created);
        let text = is_changed.then(|| with_line_ends_of(&old, document.to_string()));
        Ok(Self { path, text, steps, advice, is_new, build_script })
    }

    /// Writes it where something was added.
    pub(super) fn write(&self) -> Result<(), Failure> {
        self.text.as_ref().map_or(Ok(()), |text| replace(&self.path, text))
    }
}

/// The name of the package that a folder becomes.
fn package_name(folder: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(folder).map_err(|error| Failure::read(folder, error))?;
    let name = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_name && NEEDED.iter().all(|needed| needed.name != name) {
        return Ok(name);
    }
    Err(Failure::Other(format!(
        "a new package is named for its folder, and `{}` cannot be the name of this one; \
         make the package with `cargo new --name NAME`, and run this in it",
        name.escape_debug()
    )))
}

fn new_package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
}

/// The error says where, and quotes nothing of the file.
fn parse(path: &Path, text: &str) -> Result<DocumentMut, Failure> {
    text.parse::<DocumentMut>().map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
        let message = error.message().escape_debug().to_string();
        Failure::Other(format!("{}, line {line}: this is not TOML: {message}", path.display()))
    })
}

/// Whether the package can have generated kinds; returns the path of its build script.
fn check_package(path: &Path, document: &DocumentMut) -> Result<PathBuf, Failure> {
    let refuse = |why: &str| Err(Failure::Other(format!("{}: {why}", path.display())));
    let Some(package) = document.get("package").and_then(Item::as_table_like) else {
        return refuse("this is no package; name the folder of a member of the workspace, or of a new crate");
    };
    // Without an edition it is that of 2015, in which `::infrahub_client` is something else.
    if package.get("edition").is_none_or(|edition| edition.as_str() == Some("2015")) {
        return refuse(
            "generated code needs edition 2018 or a later one; add `edition = \"2024\"` to [package]",
        );
    }
    match package.get("build") {
        Some(build) if build.as_bool() == Some(false) => refuse(
            "`build = false` in [package] forbids the build script that generates the kinds; remove it",
        ),
        Some(build) => Ok(PathBuf::from(build.as_str().unwrap_or("build.rs"))),
        None => Ok(PathBuf::from("build.rs")),
    }
}

/// The new text with the line ends of the old one, which a change of a line must not change everywhere.
fn with_line_ends_of(old: &str, new: String) -> String {
    if old.contains("\r\n") { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new }
}
