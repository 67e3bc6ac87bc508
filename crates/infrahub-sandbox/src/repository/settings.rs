//! The file `.infrahub.yml` of a repository: what is imported of it.

use crate::object_files::{Wrong, entries, items};
use infrahub_schema::yaml::{self, Data, Node};
use serde_json::Value;
use std::collections::BTreeSet;

/// The names that the file may have.
pub(super) const FILES: [&str; 2] = [".infrahub.yml", ".infrahub.yaml"];

/// Sections that the server imports, and the sandbox does not.
const LACKING: [&str; 6] = [
    "check_definitions",
    "generator_definitions",
    "graphql_fragments",
    "menus",
    "objects",
    "python_transforms",
];

/// What the file declares.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Settings {
    /// Paths of files and folders.
    pub(super) schemas: Vec<String>,
    pub(super) queries: Vec<Query>,
    pub(super) transforms: Vec<Transform>,
    pub(super) definitions: Vec<Definition>,
}

/// A query to store.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    pub(super) name: String,
    pub(super) file_path: String,
}

/// A Jinja2 template, and the query that gives it its data.
#[derive(Debug, PartialEq)]
pub(super) struct Transform {
    pub(super) name: String,
    pub(super) query: String,
    pub(super) template_path: String,
    pub(super) description: Option<String>,
}

/// What is rendered for each member of a group.
#[derive(Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) artifact_name: String,
    pub(super) parameters: Value,
    pub(super) content_type: String,
    pub(super) targets: String,
    pub(super) transformation: String,
}

/// Reads the text of the file.
pub(super) fn parse(text: &str) -> Result<Settings, Wrong> {
    let documents = yaml::parse(text).map_err(|error| Wrong::new(error.line, error.message))?;
    let mut settings = Settings::default();
    if let Some(second) = documents.get(1) {
        return Err(Wrong::new(second.line, "a second document, where one is expected"));
    }
    let Some(document) = documents.first() else { return Ok(settings) };
    for (section, node) in entries(document, "the file")? {
        match section.as_str() {
            "schemas" => {
                let path = |node: &Node| {
                    let path = node.text().map(str::to_owned);
                    path.ok_or_else(|| Wrong::new(node.line, "an item of `schemas` is a path"))
                };
                settings.schemas = items(node, "`schemas`")?.iter().map(path).collect::<Result<_, _>>()?;
            }
            "queries" => {
                settings.queries = all(section, node, &["name", "file_path"], |item| {
                    Ok(Query { name: item.text("name")?, file_path: item.text("file_path")? })
                })?;
            }
            "jinja2_transforms" => {
                let fields = ["name", "query", "template_path", "description", "watch"];
                settings.transforms = all(section, node, &fields, |item| {
                    Ok(Transform {
                        name: item.text("name")?,
                        query: item.text("query")?,
                        template_path: item.text("template_path")?,
                        description: item.optional("description")?,
                    })
                })?;
            }
            "artifact_definitions" => {
                let fields =
                    ["name", "artifact_name", "parameters", "content_type", "targets", "transformation"];
                settings.definitions = all(section, node, &fields, |item| {
                    Ok(Definition {
                        name: item.text("name")?,
                        artifact_name: item.text("artifact_name")?,
                        parameters: item.map("parameters")?,
                        content_type: item.text("content_type")?,
                        targets: item.text("targets")?,
                        transformation: item.text("transformation")?,
                    })
                })?;
            }
            lacking if LACKING.contains(&lacking) => {
                if !items(node, &format!("`{section}`"))?.is_empty() {
                    let message = format!("the sandbox does not import `{section}`; a real Infrahub does");
                    return Err(Wrong::new(node.line, message));
                }
            }
            _ => return Err(Wrong::new(node.line, format!("there is no section `{section}`"))),
        }
    }
    Ok(settings)
}

/// The items of a section, each with a name of its own.
fn all<T>(
    section: &str,
    node: &Node,
    fields: &[&str],
    read: impl Fn(Item<'_>) -> Result<T, Wrong>,
) -> Result<Vec<T>, Wrong> {
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    for node in items(node, &format!("`{section}`"))? {
        let item = Item { section, node };
        for (field, value) in entries(node, &format!("an item of `{section}`"))? {
            if !fields.contains(&field.as_str()) {
                return Err(Wrong::new(value.line, format!("`{section}` have no `{field}`")));
            }
        }
        let name = item.text("name")?;
        if !names.insert(name.clone()) {
            return Err(Wrong::new(node.line, format!("two of `{section}` have the name `{name}`")));
        }
        found.push(read(item)?);
    }
    Ok(found)
}

/// One item of a section.
struct Item<'n> {
    section: &'n str,
    node: &'n Node,
}

impl<'n> Item<'n> {
    fn field(&self, name: &str) -> Result<&'n Node, Wrong> {
        let missing = || Wrong::new(self.node.line, format!("`{name}` is missing in `{}`", self.section));
        self.node.get(name).ok_or_else(missing)
    }

    fn text(&self, name: &str) -> Result<String, Wrong> {
        let field = self.field(name)?;
        let text = field.text().map(str::to_owned);
        text.ok_or_else(|| Wrong::new(field.line, format!("`{name}` of `{}` is a text", self.section)))
    }

    fn optional(&self, name: &str) -> Result<Option<String>, Wrong> {
        match self.node.get(name) {
            None | Some(Node { data: Data::Scalar(Value::Null), .. }) => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    fn map(&self, name: &str) -> Result<Value, Wrong> {
        let field = self.field(name)?;
        entries(field, &format!("`{name}` of `{}`", self.section))?;
        Ok(field.to_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const WHOLE: &str = "\
queries:
  - name: devices
    file_path: queries/devices.gql
jinja2_transforms:
  - name: startup
    query: devices
    template_path: templates/startup.j2
    watch: {files: [templates]}
artifact_definitions:
  - name: startup of devices
    artifact_name: startup
    parameters: {device: name__value}
    content_type: text/plain
    targets: devices
    transformation: startup
python_transforms: []
";

    #[test]
    fn what_is_declared_is_read() {
        let settings = parse(WHOLE).unwrap();
        assert_eq!(settings.queries[0].file_path, "queries/devices.gql");
        assert_eq!(settings.transforms[0].description, None);
        assert_eq!(settings.definitions[0].parameters, json!({ "device": "name__value" }));
        assert_eq!(parse("---\n").unwrap(), Settings::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (from, to, line, message) in [
            ("queries:\n", "queries: [\n", 2, "only valid inside a block"),
            ("queries:", "query:", 1, "there is no section `query`"),
            (
                "python_transforms: []",
                "python_transforms: [{name: a}]",
                16,
                "does not import `python_transforms`",
            ),
            ("python_transforms: []", "schemas: [{name: a}]", 16, "an item of `schemas` is a path"),
            ("python_transforms: []", "python_transforms:", 16, "`python_transforms` is a list"),
            ("    query: devices\n", "", 5, "`query` is missing in `jinja2_transforms`"),
            ("    query: devices", "    query: [devices]", 6, "`query` of `jinja2_transforms` is a text"),
            ("targets: devices", "target: devices", 14, "`artifact_definitions` have no `target`"),
            ("{device: name__value}", "name__value", 12, "`parameters` of `artifact_definitions` is a map"),
            (
                "jinja2",
                "  - {name: devices, file_path: a}\njinja2",
                4,
                "two of `queries` have the name `devices`",
            ),
            ("queries:\n", "---\na: 1\n---\nqueries:\n", 4, "a second document"),
        ] {
            let wrong = parse(&WHOLE.replacen(from, to, 1)).unwrap_err();
            assert!(wrong.message.contains(message), "{wrong:?}");
            assert_eq!(wrong.line, line, "{wrong:?}");
        }
    }
}
