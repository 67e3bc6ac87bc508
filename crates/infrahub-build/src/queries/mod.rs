//! Typed Rust for the hand-written GraphQL documents of `queries/*.graphql`.
//!
//! The documents are checked against the schema snapshot's SDL here, because the code generator behind them
//! names no line, ignores arguments and drops what it cannot express. Then they are lowered to what it
//! understands, and what it makes is shared out to a file for each operation.

mod check;
mod document;
mod emit;
mod lexer;
mod lower;
mod merge;
mod names;
mod paging;
mod sdl;
mod sources;

use crate::write;
use document::Document;
use emit::Emitter;
use lexer::Problem;
use quote::{format_ident, quote};
use sdl::Sdl;
use sources::Sources;
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
    fn new(mut errors: Vec<QueryError>) -> Self {
        errors.sort_by(|left, right| (&left.file, left.place).cmp(&(&right.file, right.place)));
        Self { errors }
    }

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

/// One mistake: `queries/report.graphql:3:5: …`, and below that the line with the mistake marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    file: PathBuf,
    place: Option<(usize, usize)>,
    message: String,
    excerpt: Option<String>,
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

    /// The line that it is in, with its number and marks under the mistake; `None` where it is about the file
    /// as a whole.
    pub fn excerpt(&self) -> Option<&str> {
        self.excerpt.as_deref()
    }

    fn whole(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), excerpt: None }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.excerpt {
            Some(excerpt) => write!(f, "\n{excerpt}"),
            None => Ok(()),
        }
    }
}

/// What [`compile_queries`] did.
#[derive(Debug)]
pub struct CompiledQueries {
    /// The file to include: it declares a module for each document.
    pub module: PathBuf,
    /// What cargo must watch.
    pub inputs: Vec<PathBuf>,
    /// How many documents there are.
    pub documents: usize,
    /// How many operations they hold.
    pub operations: usize,
    /// What the author of the documents should know, each with file, line and column.
    pub warnings: Vec<QueryError>,
}

/// Turns the `*.graphql` documents of a folder into typed Rust.
///
/// `directory` holds the documents, `sdl` is the GraphQL schema that they are for, and `out` is the folder
/// that is written: `mod.rs`, a file for each operation, and `types.rs` with the fragments, input objects and
/// enums, which all operations share. Files are rewritten only where they change. `runtime` is the path by which
/// generated code reaches the runtime crate, `::infrahub_client` unless it was renamed.
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
    let mut schema_source = Sources::default();
    schema_source.read(sdl).map_err(fail)?;
    let schema = Sdl::read(schema_source.text()).map_err(|problem| fail(schema_source.error(problem)))?;
    let runtime: syn::Path = syn::parse_str(runtime).map_err(|_| {
        fail(QueryError::whole(directory, format!("`{runtime}` is no path to the runtime crate")))
    })?;
    let files = documents(directory).map_err(fail)?;

    let mut sources = Sources::default();
    let mut errors: Vec<_> = files.iter().filter_map(|file| sources.read(file).err()).collect();
    let mut document = Document::default();
    for (_, part) in sources.files() {
        errors.extend(document.read(sources.text(), part).err().map(|problem| sources.error(problem)));
    }
    let mut checked = check::check(&schema, &document, errors.is_empty());
    checked.problems.extend(same_module(&document, &sources));
    errors.extend(checked.problems.into_iter().map(|problem| sources.error(problem)));
    if !errors.is_empty() {
        return Err(QueryErrors::new(errors));
    }
    let lowered = lower::lower(&schema, &document, checked.leaves.keys().copied());
    if !lowered.problems.is_empty() {
        let errors = lowered.problems.into_iter().map(|problem| sources.error(problem));
        return Err(QueryErrors::new(errors.collect()));
    }
    for (name, at) in &checked.leaves {
        if emit::is_unknown_scalar(&schema, name) {
            let message = format!("the scalar `{name}` is not known; it is read as JSON");
            checked.warnings.push(Problem::new(*at, message));
        }
    }
    checked.warnings.sort_by_key(|warning| warning.at);

    let emitter = Emitter {
        runtime: &runtime,
        sdl: &schema,
        document: &document,
        text: sources.text(),
        lowered: &lowered,
        paging: &checked.paging,
    };
    let written = emitted(&emitter, &sources, out).map_err(|why| fail(QueryError::whole(directory, why)))?;
    write::folder(out, &written).map_err(|error| fail(QueryError::whole(out, error.to_string())))?;
    Ok(CompiledQueries {
        module: out.join("mod.rs"),
        documents: files.len(),
        operations: document.operations.len(),
        inputs: [directory.to_owned(), sdl.to_owned()].into_iter().chain(files).collect(),
        warnings: checked.warnings.into_iter().map(|warning| sources.error(warning)).collect(),
    })
}

/// Operations whose names would be one module, as `report` and `Report` would.
fn same_module(document: &Document<'_>, sources: &Sources) -> Vec<Problem> {
    let mut seen = BTreeMap::new();
    let again = |operation: &document::Operation<'_>| {
        let earlier = seen.insert(names::module_name(operation.name), operation.at)?;
        let file = sources.file_of(earlier).display().to_string();
        Some(Problem::new(operation.at, format!("an operation of this name is in {file} already")))
    };
    document.operations.iter().filter_map(again).collect()
}

/// The generated files.
fn emitted(
    emitter: &Emitter<'_>,
    sources: &Sources,
    out: &Path,
) -> Result<BTreeMap<PathBuf, String>, String> {
    let mut files = BTreeMap::new();
    let mut modules = proc_macro2::TokenStream::new();
    let mut add = |module: &str, doc: String, made_from: &str, code: proc_macro2::TokenStream| {
        let text = write::file(module, made_from, code).map_err(|error| error.to_string())?;
        let file = format!("{module}.rs");
        let name = format_ident!("{module}");
        modules.extend(quote! {
            #[doc = #doc]
            #[allow(missing_docs, deprecated, dead_code, unreachable_pub, unused_imports, non_camel_case_types)]
            #[allow(clippy::all, clippy::pedantic)]
            #[path = #file]
            pub mod #name;
        });
        files.insert(PathBuf::from(file), text);
        Ok::<_, String>(())
    };
    let emitted = with_schema_file(&emitter.lowered.schema, out, |schema| emitter.emit(schema))?;
    for (module, code) in emitted.operations {
        let operation = emitter.document.operations.iter().find(|it| names::module_name(it.name) == module);
        let Some(operation) = operation else { continue };
        let file = sources.file_of(operation.at).file_name().unwrap_or_default().to_string_lossy();
        let doc =
            format!(" Variables and data of the {} `{}` of `{file}`.", operation.keyword, operation.name);
        add(&module, doc, &file.escape_debug().to_string(), code)?;
    }
    if !emitted.types.is_empty() {
        let code = emitter.with_imports(&emitted.types);
        let doc = " Fragments, input objects and enums of the documents.".to_owned();
        add("types", doc, "GraphQL documents", code)?;
    }
    let index = write::file("mod", "GraphQL documents", modules).map_err(|error| error.to_string())?;
    files.insert(PathBuf::from("mod.rs"), index);
    Ok(files)
}

/// The code generator takes its schema from a file, and keeps what it read under the file's name for as long as
/// it runs.
fn with_schema_file<T>(
    schema: &str,
    folder: &Path,
    generate: impl FnOnce(&Path) -> Result<T, String>,
) -> Result<T, String> {
    let mut hash = DefaultHasher::new();
    schema.hash(&mut hash);
    let file = folder.join(format!("lowered-{:016x}.graphql", hash.finish()));
    let failed = |error: io::Error| format!("{} cannot be written: {error}", file.display());
    fs::create_dir_all(folder).and_then(|()| fs::write(&file, schema)).map_err(failed)?;
    let generated = generate(&file);
    fs::remove_file(&file).map_err(failed)?;
    generated
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
