//! Typed Rust for the hand-written GraphQL documents of `queries/*.graphql`.
//!
//! Each document is checked against the schema snapshot's SDL here, because the code generator behind it
//! names no line, ignores arguments and drops what it cannot express. Then it gets the small part of the
//! schema that the document touches.

mod check;
mod document;
mod emit;
mod lexer;
mod prune;
mod sdl;

use document::Document;
use lexer::{Problem, line_and_column};
use sdl::Sdl;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// What is wrong with the documents or their schema, everything at once.
#[derive(Debug)]
pub struct QueryErrors {
    errors: Vec<QueryError>,
}

impl QueryErrors {
    /// Each mistake.
    pub fn errors(&self) -> &[QueryError] {
        &self.errors
    }
}

impl fmt::Display for QueryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for QueryErrors {}

/// One mistake: `queries/report.graphql:3:5: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    file: PathBuf,
    place: Option<(usize, usize)>,
    message: String,
}

impl QueryError {
    /// The file it is in.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Line and column, both from 1; `None` where it is about the file as a whole.
    pub fn place(&self) -> Option<(usize, usize)> {
        self.place
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn whole(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into() }
    }

    fn at(file: &Path, text: &str, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            place: Some(line_and_column(text, problem.at)),
            message: problem.message,
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// What [`compile_queries`] did.
#[derive(Debug)]
pub struct CompiledQueries {
    /// The file to include: it declares a module for each document.
    pub module: PathBuf,
    /// What cargo must watch.
    pub inputs: Vec<PathBuf>,
    /// What the author of the documents should know, each with file, line and column.
    pub warnings: Vec<QueryError>,
}

/// Turns the `*.graphql` documents of a folder into typed Rust.
///
/// `directory` holds the documents, `sdl` is the GraphQL schema that they are for, and `out` is the folder
/// that is written: `mod.rs` and a file for each document. Files are rewritten only where they change.
/// `runtime` is the path by which generated code reaches the runtime crate, `::infrahub_client` unless it was
/// renamed.
///
/// # Errors
/// Every mistake in every document, with file, line and column; a file that cannot be read or written.
pub fn compile_queries(
    directory: &Path,
    sdl: &Path,
    out: &Path,
    runtime: &str,
) -> Result<CompiledQueries, QueryErrors> {
    let fail = |error: QueryError| QueryErrors { errors: vec![error] };
    let schema_text = read(sdl).map_err(fail)?;
    let schema =
        Sdl::read(&schema_text).map_err(|problem| fail(QueryError::at(sdl, &schema_text, problem)))?;
    let runtime: syn::Path = syn::parse_str(runtime).map_err(|_| {
        fail(QueryError::whole(directory, format!("`{runtime}` is no path to the runtime crate")))
    })?;
    let files = documents(directory).map_err(fail)?;

    let mut errors = Vec::new();
    let mut warnings = Vec::new();
    let mut modules = Vec::new();
    let mut operations: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in &files {
        match one_document(file, &schema, out, &runtime, &mut operations) {
            Ok(compiled) => {
                warnings.extend(compiled.warnings);
                modules.push(compiled.module);
            }
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(QueryErrors { errors });
    }
    let module = out.join("mod.rs");
    write(&module, &index(&modules)).map_err(fail)?;
    let mut inputs = vec![directory.to_owned(), sdl.to_owned()];
    inputs.extend(files);
    Ok(CompiledQueries { module, inputs, warnings })
}

struct OneDocument {
    module: String,
    warnings: Vec<QueryError>,
}

fn one_document(
    file: &Path,
    schema: &Sdl<'_>,
    out: &Path,
    runtime: &syn::Path,
    operations: &mut BTreeMap<String, PathBuf>,
) -> Result<OneDocument, Vec<QueryError>> {
    let fail = |error: QueryError| vec![error];
    let module = module_name(file).map_err(fail)?;
    let text = read(file).map_err(fail)?;
    let place = |problem| QueryError::at(file, &text, problem);
    let document = Document::read(&text).map_err(|problem| vec![place(problem)])?;
    let mut checked = check::check(schema, &document);
    for operation in &document.operations {
        // `report` and `Report` would be one module.
        let folded = operation.name.replace('_', "").to_lowercase();
        if let Some(other) = operations.insert(folded, file.to_owned()) {
            checked.problems.push(Problem::new(
                operation.at,
                format!("an operation of this name is in {} already", other.display()),
            ));
        }
    }
    if document.operations.is_empty() {
        checked.problems.push(Problem::new(0, "the file has no operation"));
    }
    if !checked.problems.is_empty() {
        return Err(checked.problems.into_iter().map(place).collect());
    }

    let touched = checked.touched;
    let mut warnings: Vec<_> = checked.warnings.into_iter().map(place).collect();
    for name in &touched.leaves {
        if emit::is_unknown_scalar(schema, name) {
            warnings.push(QueryError::whole(
                file,
                format!("the scalar `{name}` is not known; it is read as JSON"),
            ));
        }
    }
    // The code generator takes a file, and keeps what it read under the file's name for as long as it runs.
    let part = prune::prune(schema, &touched);
    let mut hash = DefaultHasher::new();
    part.hash(&mut hash);
    let part_file = out.join(format!("{module}-{:016x}.graphql", hash.finish()));
    write(&part_file, &part).map_err(fail)?;
    let sent = emit::with_typenames(&text, &touched);
    let mutations: Vec<_> = document
        .operations
        .iter()
        .filter(|operation| operation.keyword == "mutation")
        .map(|operation| operation.name)
        .collect();
    let source = emit::Emitter {
        file_name: &file.file_name().unwrap_or_default().to_string_lossy(),
        runtime,
        sdl: schema,
        mutations: &mutations,
        schema_file: &part_file,
    };
    let rust = source.module(&sent, &touched).map_err(|message| fail(QueryError::whole(file, message)))?;
    fs::remove_file(&part_file)
        .map_err(|error| fail(QueryError::whole(&part_file, format!("cannot be removed: {error}"))))?;
    write(&out.join(format!("{module}.rs")), &rust).map_err(fail)?;
    Ok(OneDocument { module, warnings })
}

/// The file that declares the modules of all documents.
fn index(modules: &[String]) -> String {
    let mut text = String::from("// Generated; changes here are lost.\n");
    for module in modules {
        text.push_str(&format!(
            "\n#[allow(missing_docs, deprecated, dead_code, unreachable_pub, unused_imports, clippy::all, clippy::pedantic)]\n\
             #[path = \"{module}.rs\"]\nmod {module}_document;\n#[allow(unused_imports, unreachable_pub)]\npub use {module}_document::*;\n"
        ));
    }
    text
}

/// The `.graphql` files of a folder, by name.
fn documents(directory: &Path) -> Result<Vec<PathBuf>, QueryError> {
    let unreadable = |error: io::Error| QueryError::whole(directory, format!("cannot be read: {error}"));
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "graphql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The file's name as a Rust name.
fn module_name(file: &Path) -> Result<String, QueryError> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let legal = stem.starts_with(|first: char| first.is_ascii_lowercase())
        && stem.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if legal {
        Ok(stem.into_owned())
    } else {
        Err(QueryError::whole(
            file,
            "the file's name must be lower-case letters, digits and `_`, a letter first",
        ))
    }
}

fn read(file: &Path) -> Result<String, QueryError> {
    fs::read_to_string(file).map_err(|error| QueryError::whole(file, format!("cannot be read: {error}")))
}

/// Writes a file unless it has this text already, so that nothing is compiled again for nothing.
fn write(file: &Path, text: &str) -> Result<(), QueryError> {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let written = match file.parent() {
        Some(folder) => fs::create_dir_all(folder).and_then(|()| fs::write(file, text)),
        None => fs::write(file, text),
    };
    written.map_err(|error| QueryError::whole(file, format!("cannot be written: {error}")))
}
