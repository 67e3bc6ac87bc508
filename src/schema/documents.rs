//! Schema files and values, before they are sent.

use crate::error::Error;
use infrahub_schema::yaml::{self, Data, Node};
use serde::Serialize;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Schema documents to load or check: from YAML or JSON files, from texts, from values.
///
/// All documents of one value are loaded together, so they may refer to each other.
///
/// ```no_run
/// use infrahub_client::schema::Documents;
///
/// # fn run() -> Result<(), infrahub_client::Error> {
/// let documents = Documents::new().path("schemas/")?.path("extra.yml")?;
/// # Ok(())
/// # }
/// ```
///
/// YAML means what it means to Infrahub's own tools: a file may hold several documents, and `yes`, `no`,
/// `on` and `off` without quotes are booleans.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    documents: Vec<Document>,
}

#[derive(Debug, Clone)]
struct Document {
    file: Option<PathBuf>,
    root: Node,
}

/// A kind that a document describes or extends.
pub(super) struct Declared<'a> {
    pub(super) kind: String,
    pub(super) file: Option<&'a Path>,
    pub(super) node: &'a Node,
}

impl Documents {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, JSON if its name ends in `.json` and YAML otherwise, or all `.yml` and `.yaml` files of a
    /// folder and of those in it, in the order of their names.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] names the file and the line.
    pub fn path(mut self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let files = if path.is_dir() {
            yaml::files(path, &|file| has_extension(file, &["yml", "yaml"]))
                .map_err(|(folder, error)| invalid(&folder, 0, error.to_string()))?
        } else {
            vec![path.to_owned()]
        };
        if files.is_empty() {
            return Err(invalid(path, 0, "the folder holds no .yml or .yaml file"));
        }
        for file in files {
            let text = fs::read_to_string(&file).map_err(|error| invalid(&file, 0, error.to_string()))?;
            self = self.text(&file, &text)?;
        }
        Ok(self)
    }

    /// Adds a text; `name` names it in errors, and one that ends in `.json` is read as JSON.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] names the text and the line.
    pub fn text(mut self, name: impl AsRef<Path>, text: &str) -> Result<Self, Error> {
        let name = name.as_ref();
        let roots = if has_extension(name, &["json"]) {
            let value =
                serde_json::from_str(text).map_err(|error| invalid(name, error.line(), error.to_string()))?;
            vec![Node::from_json(value)]
        } else {
            yaml::parse(text).map_err(|error| invalid(name, error.line, error.message))?
        };
        for root in roots {
            if !matches!(root.data, Data::Map(_)) {
                return Err(invalid(
                    name,
                    root.line,
                    "a schema is a map with `version`, `nodes`, `generics` or `extensions`",
                ));
            }
            self.documents.push(Document { file: Some(name.to_owned()), root });
        }
        Ok(self)
    }

    /// Adds a value that serializes to a schema document, such as `serde_json::json!({"version": "1.0", …})`.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] where it does not serialize to a map.
    pub fn value(mut self, value: &impl Serialize) -> Result<Self, Error> {
        let value = serde_json::to_value(value).map_err(|error| Error::invalid_request(error.to_string()))?;
        if !value.is_object() {
            return Err(Error::invalid_request(
                "a schema is a map with `version`, `nodes`, `generics` or `extensions`",
            ));
        }
        self.documents.push(Document { file: None, root: Node::from_json(value) });
        Ok(self)
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The body of a load or check.
    pub(super) fn body(&self) -> Value {
        let schemas: Vec<Value> = self.documents.iter().map(|document| document.root.to_json()).collect();
        json!({"schemas": schemas})
    }

    /// The file and content of a document, by its position in the body.
    pub(super) fn document(&self, index: usize) -> Option<(Option<&Path>, &Node)> {
        self.documents.get(index).map(|document| (document.file.as_deref(), &document.root))
    }

    /// Every kind that the documents describe or extend.
    pub(super) fn declared(&self) -> impl Iterator<Item = Declared<'_>> {
        self.documents.iter().flat_map(|document| {
            let extensions = document.root.get("extensions");
            let lists = [
                document.root.get("nodes"),
                document.root.get("generics"),
                extensions.and_then(|all| all.get("nodes")),
            ];
            lists.into_iter().flatten().flat_map(Node::items).filter_map(|node| {
                kind_of(node).map(|kind| Declared { kind, file: document.file.as_deref(), node })
            })
        })
    }
}

/// The full name of the kind that a node of a document is about.
pub(super) fn kind_of(node: &Node) -> Option<String> {
    let text = |key| node.get(key).and_then(Node::text);
    match (text("kind"), text("namespace"), text("name")) {
        (Some(kind), ..) => Some(kind.to_owned()),
        (None, Some(namespace), Some(name)) => Some(format!("{namespace}{name}")),
        _ => None,
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|found| extensions.iter().any(|extension| found.eq_ignore_ascii_case(extension)))
}

fn invalid(file: &Path, line: usize, message: impl Into<String>) -> Error {
    let (file, message) = (file.display(), message.into());
    match line {
        0 => Error::invalid_request(format!("{file}: {message}")),
        line => Error::invalid_request(format!("{file}, line {line}: {message}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_folder_come_in_order_and_with_their_documents() {
        let folder = std::env::temp_dir().join(format!("infrahub-client-documents-{}", std::process::id()));
        fs::create_dir_all(folder.join("b")).unwrap();
        for (name, text) in [
            ("a.yml", "version: '1.0'\n---\nversion: '2.0'\n"),
            ("b/c.YML", r#"{"version": "3.0"}"#),
            ("d.yaml", "version: '4.0'"),
            ("README.md", "no: [schema"),
            ("nodes.json", r#"{"no": "schema"}"#),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        let documents = Documents::new().path(&folder).unwrap().value(&json!({"version": "5.0"})).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let versions: Vec<_> = documents.body()["schemas"]
            .as_array()
            .unwrap()
            .iter()
            .map(|schema| schema["version"].clone())
            .collect();
        assert_eq!(versions, ["1.0", "2.0", "3.0", "4.0", "5.0"]);
        assert_eq!((documents.len(), documents.is_empty()), (5, false));
    }

    #[test]
    fn a_bad_file_is_named_with_its_line() {
        let says = |result: Result<Documents, Error>| match result {
            Err(Error::InvalidRequest { message, .. }) => message,
            other => panic!("{other:?}"),
        };
        assert!(says(Documents::new().path("no/such.yml")).starts_with("no/such.yml: "));
        assert_eq!(
            says(Documents::new().text("a.yml", "a: 1\na: 2")),
            "a.yml, line 2: `a` stands here twice"
        );
        assert!(says(Documents::new().text("a.json", "{\n\"a\": }")).starts_with("a.json, line 2: "));
        assert!(
            says(Documents::new().text("a.yml", "- a\n- b\n"))
                .starts_with("a.yml, line 1: a schema is a map")
        );
        assert!(says(Documents::new().value(&[1, 2])).contains("a schema is a map"));
    }
}
