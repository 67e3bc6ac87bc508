//! Files that a crate of generated kinds has: made where they are missing, never overwritten.

use super::step::{State, Step};
use crate::failure::Failure;
use proc_macro2::TokenStream;
use similar::TextDiff;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A Rust file as `init` writes it, beside what is there.
pub(super) struct Wanted {
    path: PathBuf,
    text: String,
    found: Option<String>,
}

impl Wanted {
    /// Looks at what is there.
    pub(super) fn new(path: PathBuf, text: String) -> Result<Self, Failure> {
        let found = match fs::read(&path) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::read(&path, error)),
        };
        Ok(Self { path, text, found })
    }

    fn state(&self) -> State {
        match &self.found {
            None => State::Created,
            Some(found) if *found == self.text || is_same_code(found, &self.text) => State::There,
            Some(_) => State::Kept,
        }
    }

    pub(super) fn step(&self) -> Step {
        Step::new(self.state(), self.path.display().to_string())
    }

    /// Writes it where there is none.
    pub(super) fn write(&self) -> Result<(), Failure> {
        if self.found.is_some() {
            return Ok(());
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(|error| Failure::write(folder, error))?;
        }
        replace(&self.path, &self.text)
    }

    /// What would have to change in a file that was kept for it to be as `init` writes it.
    pub(super) fn difference(&self) -> Option<String> {
        let found = self.found.as_ref().filter(|_| self.state() == State::Kept)?;
        let shown = self.path.display();
        let difference = TextDiff::from_lines(found, &self.text);
        let (old, new) = (shown.to_string(), format!("{shown} as init writes it"));
        Some(difference.unified_diff().header(&old, &new).to_string())
    }
}

/// Whether two texts are the same Rust, laid out and commented differently.
fn is_same_code(one: &str, other: &str) -> bool {
    match (plain_code(one), plain_code(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The code without what `cargo fmt` may change: white space, and commas behind the last of a list.
fn plain_code(text: &str) -> Option<String> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut code: String = tokens.to_string().split_whitespace().collect();
    for (with_comma, without) in [(",)", ")"), (",]", "]"), (",}", "}")] {
        code = code.replace(with_comma, without);
    }
    Some(code)
}

/// Replaces a file as a whole: whoever reads it meanwhile sees the old text or the new one.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    // A link stays one, and a file keeps who may read it.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = fs::metadata(&path).ok().map(|file| file.permissions());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let write = || {
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        fs::rename(&beside, &path)
    };
    write().map_err(|error| {
        // It may not be there at all.
        let _ = fs::remove_file(&beside);
        Failure::write(&path, error)
    })
}

#[cfg(test)]
mod tests {
    use super::is_same_code;

    #[test]
    fn layout_is_no_difference() {
        let one_line = "fn main() { call([\"Infra*\", \"BuiltinTag\"]); }";
        let formatted = "fn main() {\n    // Kinds.\n    call([\n        \"Infra*\",\n        \"BuiltinTag\",\n    ]);\n}\n";
        assert!(is_same_code(one_line, formatted));
        assert!(!is_same_code(one_line, &formatted.replace("Tag", "Flag")));
        assert!(!is_same_code("fn main() {", "fn main() {"), "this is no Rust");
    }
}
