//! An error with the lines of the files that it is about.

use crate::error::{Error, Problem};
use crate::excerpt::{excerpt, offset};
use infrahub_schema::{Schema, SchemaError};
use std::fs;
use std::ops::Range;
use std::path::Path;

impl Error {
    /// The error as text for people: below each problem the line of the snapshot or document that it is about, with
    /// marks under it, as rustc shows a mistake. Where a file is no longer there to be shown, the text is that of
    /// `Display`.
    pub fn report(&self) -> String {
        match self {
            Error::Schema(error) => schema(error),
            Error::Impossible(problems) => join(problems.iter().map(impossible)),
            // These have their lines with them.
            other => other.to_string(),
        }
    }
}

fn schema(error: &SchemaError) -> String {
    let SchemaError::Invalid { origin, problems, advice, .. } = error else { return error.to_string() };
    let Ok(text) = fs::read_to_string(origin) else { return error.to_string() };
    let problems = problems.iter().map(|problem| {
        if problem.line == 0 {
            return format!("{origin}: {problem}");
        }
        let what = problem.to_string();
        // The problem says its place in words of its own.
        let what = what.strip_prefix(&format!("line {}", problem.line)).unwrap_or(&what);
        let what = what.split_once(": ").map_or(what, |(_, what)| what);
        let part = value(&text, offset(&text, problem.line, problem.column), None);
        at(origin, (problem.line, problem.column.max(1)), what, &text, part)
    });
    join(problems.chain([(*advice).to_owned()]))
}

fn impossible(problem: &Problem) -> String {
    let shown = || {
        let (file, kind) = (problem.file.as_deref()?, problem.kind.as_deref()?);
        let text = fs::read_to_string(file).ok()?;
        let place = Schema::locate(&text, kind, problem.field.as_deref())?;
        let part =
            value(&text, offset(&text, place.0, place.1), Some(problem.field.as_deref().unwrap_or(kind)));
        let what = Problem { file: None, ..problem.clone() }.to_string();
        Some(at(&Path::new(file).display().to_string(), place, &what, &text, part))
    };
    shown().unwrap_or_else(|| problem.to_string())
}

fn at(file: &str, (line, column): (usize, usize), what: &str, text: &str, part: Range<usize>) -> String {
    format!("{file}:{line}:{column}: {what}\n{}", excerpt(text, part))
}

/// The JSON value that begins at a byte. Of an object, the name in it that is asked for, so that a mark does not run
/// over the whole of it.
fn value(text: &str, at: usize, name: Option<&str>) -> Range<usize> {
    let rest = &text[at..];
    let length = match rest.bytes().next() {
        Some(b'{' | b'[') => {
            let name = name.map(|name| format!("\"{name}\""));
            let line = rest.lines().next().unwrap_or_default();
            return match name.and_then(|name| Some((line.find(&name)?, name.len()))) {
                Some((start, length)) => at + start..at + start + length,
                None => at..at + 1,
            };
        }
        Some(b'"') => rest[1..].find('"').map_or(1, |end| end + 2),
        _ => rest.find([',', '}', ']', '\n', ' ']).unwrap_or(rest.len()),
    };
    at..at + length
}

fn join(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join("\n")
}
