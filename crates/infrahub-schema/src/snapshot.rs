//! The committed folder that builds read instead of asking a server.

use crate::pretty::one_field_a_line;
use crate::read::FORMAT;
use crate::{KindSchema, Schema, SchemaError, read, sdl};
use fnv::FnvHasher;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::hash::Hasher;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A schema as it is kept in version control: the folder `schema/`.
///
/// | file | content |
/// | --- | --- |
/// | `nodes.json` | the node schema, normalised, one attribute or relationship a line |
/// | `schema.graphql` | the GraphQL SDL, sorted |
/// | `source.json` | where it came from, with the server's own hashes |
///
/// The first two change only when the schema does. The third says what changes from server to
/// server, and is rewritten only together with them.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The node schema.
    pub schema: Schema,
    /// The GraphQL SDL; from a server, with everything in it sorted by name.
    pub sdl: String,
    /// Where it came from.
    pub source: Source,
}

/// Where a snapshot came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Version of the server (`1.11.9`).
    pub server_version: String,
    /// The branch (`main`).
    pub branch: String,
    /// The server's hash of the whole schema of the branch.
    pub schema_hash: String,
    /// The server's hash of each kind, by kind.
    pub kinds: BTreeMap<String, String>,
}

/// The answers of a server that make up a snapshot, each as it came.
#[derive(Debug, Clone, Copy)]
pub struct Responses<'a> {
    /// `GET /api/schema`.
    pub schema: &'a [u8],
    /// `GET /schema.graphql`.
    pub sdl: &'a str,
    /// `GET /api/info`.
    pub info: &'a [u8],
}

/// The files that a write changed; none if the folder already held this schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Written {
    /// The files, in the order of the table at [`Snapshot`].
    pub files: Vec<PathBuf>,
}

impl Written {
    /// Whether the folder already held this schema.
    pub fn is_unchanged(&self) -> bool {
        self.files.is_empty()
    }
}

/// What `/api/schema` says about itself; `/api/schema/summary` says the same.
#[derive(Deserialize)]
struct Hashes {
    #[serde(default)]
    main: String,
    #[serde(default)]
    nodes: Vec<KindHash>,
    #[serde(default)]
    generics: Vec<KindHash>,
}

#[derive(Deserialize)]
struct KindHash {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    hash: String,
}

#[derive(Deserialize)]
struct Info {
    version: String,
}

const NODES: &str = "nodes.json";
const SDL: &str = "schema.graphql";
const SOURCE: &str = "source.json";

impl Snapshot {
    /// Builds a snapshot from a server's answers; `address` names the server in errors.
    pub fn from_responses(
        responses: Responses<'_>,
        branch: &str,
        address: &str,
    ) -> Result<Snapshot, SchemaError> {
        let at = |path: &str| format!("{}{path}", address.trim_end_matches('/'));
        let schema = Schema::from_api(responses.schema, &at("/api/schema"))?;
        let hashes: Hashes = read::small(responses.schema, &at("/api/schema"))?;
        let info: Info = read::small(responses.info, &at("/api/info"))?;
        let kinds = hashes.nodes.into_iter().chain(hashes.generics).map(|entry| (entry.kind, entry.hash));
        let sdl = sdl::normalise(responses.sdl).map_err(|error| {
            read::invalid_answer(
                &at("/schema.graphql"),
                error.line,
                format!("this is no GraphQL SDL: {}", error.message),
            )
        })?;
        Ok(Snapshot {
            schema,
            sdl,
            source: Source {
                server_version: info.version,
                branch: branch.to_owned(),
                schema_hash: hashes.main,
                kinds: kinds.collect(),
            },
        })
    }

    /// Reads the folder. Errors name the file, and in it the line, kind and field.
    pub fn read(folder: impl AsRef<Path>) -> Result<Snapshot, SchemaError> {
        let folder = folder.as_ref();
        let schema = Schema::read(&folder.join(NODES))?;
        let sdl_path = folder.join(SDL);
        let sdl =
            fs::read_to_string(&sdl_path).map_err(|source| SchemaError::Read { path: sdl_path, source })?;
        let source = Source::read(folder)?;
        Ok(Snapshot { schema, sdl: unix_lines(&sdl), source })
    }

    /// Writes the folder, creating it if it is absent.
    ///
    /// Nothing is written if the schema is the one that the folder holds, even where the server's
    /// hashes and version are others. Each file is replaced as a whole, never written in place.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<Written, SchemaError> {
        let folder = folder.as_ref();
        replace(folder, &self.stale(folder))
    }

    /// The files that [`Snapshot::write`] would change; none if the folder already holds this schema.
    pub fn would_write(&self, folder: impl AsRef<Path>) -> Written {
        let folder = folder.as_ref();
        Written { files: self.stale(folder).iter().map(|(name, _)| folder.join(name)).collect() }
    }

    /// The files that are not as they should be, with what belongs there.
    fn stale(&self, folder: &Path) -> Vec<(&'static str, String)> {
        let nodes = self.schema.to_nodes_json();
        let changed = |name: &str, text: &str| {
            fs::read_to_string(folder.join(name)).map_or(true, |old| unix_lines(&old) != text)
        };
        let source = SourceFile { nodes: checksum(&nodes), source: self.source.clone() };
        let is_of_other_nodes = SourceFile::read(folder).map_or(true, |known| known.nodes != source.nodes);
        let source = source.to_json();
        let mut files = Vec::new();
        if changed(NODES, &nodes) {
            files.push((NODES, nodes));
        }
        if changed(SDL, &self.sdl) {
            files.push((SDL, self.sdl.clone()));
        }
        if is_of_other_nodes || (!files.is_empty() && changed(SOURCE, &source)) {
            files.push((SOURCE, source));
        }
        files
    }
}

impl Source {
    /// Reads `source.json` of a snapshot's folder. Its hashes are left out where `nodes.json` is not the one that they
    /// are of, as after an edit by hand or a merge of two pulls.
    pub fn read(folder: impl AsRef<Path>) -> Result<Source, SchemaError> {
        let folder = folder.as_ref();
        let SourceFile { nodes, source } = SourceFile::read(folder)?;
        let held = read_file(&folder.join(NODES))?;
        if nodes == checksum(&unix_lines(&String::from_utf8_lossy(&held))) {
            return Ok(source);
        }
        Ok(Source { schema_hash: String::new(), kinds: BTreeMap::new(), ..source })
    }
}

/// The content of `source.json`.
#[derive(Serialize, Deserialize)]
struct SourceFile {
    /// A checksum of `nodes.json`, whose hashes these are.
    #[serde(default)]
    nodes: String,
    #[serde(flatten)]
    source: Source,
}

impl SourceFile {
    fn read(folder: &Path) -> Result<Self, SchemaError> {
        let path = folder.join(SOURCE);
        read::small_file(&read_file(&path)?, &path.display().to_string())
    }

    fn to_json(&self) -> String {
        // Strings and a map of strings: serialising them cannot fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Schema {
    /// Reads `nodes.json`. Errors name the file, line, kind and field.
    pub fn read(path: &Path) -> Result<Schema, SchemaError> {
        Schema::from_nodes_json(&read_file(path)?, &path.display().to_string())
    }

    /// Reads the content of `nodes.json`; `origin` names it in errors.
    pub fn from_nodes_json(json: &[u8], origin: &str) -> Result<Schema, SchemaError> {
        read::nodes_file(json, origin)
    }

    /// Where a kind, or an attribute or relationship of it, begins in the content of `nodes.json`: line, and column in
    /// bytes, both from 1. `None` where the text has no such kind; the place of the kind where that has no such field.
    ///
    /// ```
    /// # use infrahub_schema::Schema;
    /// let json = r#"{"format": 1, "kinds": [
    ///   {"kind": "InfraRack", "namespace": "Infra", "name": "Rack", "attributes": [
    ///     {"name": "height", "kind": "Number"}]}]}"#;
    /// assert_eq!(Schema::locate(json, "InfraRack", Some("height")), Some((3, 5)));
    /// assert_eq!(Schema::locate(json, "InfraRow", None), None);
    /// ```
    pub fn locate(nodes_json: &str, kind: &str, field: Option<&str>) -> Option<(usize, usize)> {
        read::locate(nodes_json, kind, field).map(|position| (position.line, position.column))
    }

    /// The content of `nodes.json`: the same bytes for the same schema.
    pub fn to_nodes_json(&self) -> String {
        #[derive(Serialize)]
        struct NodesFile<'a> {
            format: u64,
            namespaces: &'a BTreeMap<String, bool>,
            kinds: Vec<&'a KindSchema>,
        }
        let kinds = self.kinds.values().collect();
        one_field_a_line(&NodesFile { format: FORMAT, namespaces: &self.namespaces, kinds })
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, SchemaError> {
    fs::read(path).map_err(|source| SchemaError::Read { path: path.to_owned(), source })
}

/// Tells one text from another, where nobody tries to deceive.
fn checksum(text: &str) -> String {
    let mut hasher = FnvHasher::default();
    hasher.write(text.as_bytes());
    format!("{:016x}", hasher.finish())
}

/// Undoes what a checkout on Windows may do to the line ends.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Writes every file beside its place, then moves all of them there.
fn replace(folder: &Path, files: &[(&str, String)]) -> Result<Written, SchemaError> {
    let failed = |path: &Path, source: io::Error| SchemaError::Write { path: path.to_owned(), source };
    if !files.is_empty() {
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    let temporary = |name: &str| folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let write_all = || {
        for (name, text) in files {
            let path = temporary(name);
            let mut file = fs::File::create(&path).map_err(|error| failed(&path, error))?;
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| failed(&path, error))?;
        }
        let mut written = Written::default();
        for (name, _) in files {
            let path = folder.join(name);
            fs::rename(temporary(name), &path).map_err(|error| failed(&path, error))?;
            written.files.push(path);
        }
        Ok(written)
    };
    let result = write_all();
    if result.is_err() {
        for (name, _) in files {
            // What was not written or has been moved is not there: nothing to report.
            let _ = fs::remove_file(temporary(name));
        }
    }
    result
}
