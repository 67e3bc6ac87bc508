//! The dependencies of a crate of generated kinds.

use super::step::State;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// What dependencies on this project's crates ask for.
const OWN_VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// A dependency that is needed.
pub(super) struct Needed {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    features: &'static [&'static str],
    /// The tables in which it serves an example. It is added to the first.
    tables: &'static [&'static str],
}

pub(super) const NEEDED: [Needed; 3] = [
    Needed {
        name: "infrahub-client",
        version: OWN_VERSION,
        features: &[],
        tables: &["dependencies", "dev-dependencies"],
    },
    Needed {
        name: "tokio",
        version: "1",
        features: &["macros", "rt-multi-thread"],
        tables: &["dependencies", "dev-dependencies"],
    },
    Needed { name: "infrahub-build", version: OWN_VERSION, features: &[], tables: &["build-dependencies"] },
];

/// A dependency that is there already, maybe in several tables.
pub(super) struct Found {
    /// How it is written in the first, without addresses: they may hold credentials.
    pub(super) form: String,
    /// Whether that is as it would be added.
    is_wanted: bool,
    /// Features that no table has, as far as can be seen.
    lacks: Vec<&'static str>,
}

impl Found {
    pub(super) fn state(&self) -> State {
        if self.is_wanted && self.lacks.is_empty() { State::There } else { State::Kept }
    }

    /// What the user has to add to it.
    pub(super) fn advice(&self, needed: &Needed) -> Option<String> {
        let features: Vec<String> = self.lacks.iter().map(|feature| format!("`{feature}`")).collect();
        (!features.is_empty())
            .then(|| format!("the example needs more features of {}: {}", needed.name, features.join(", ")))
    }
}

impl Needed {
    /// `dependency` or `build-dependency`.
    pub(super) fn what(&self) -> &'static str {
        if self.tables[0] == "dependencies" { "dependency" } else { "build-dependency" }
    }

    /// Looks for it; the error says why the crate cannot have it.
    pub(super) fn find(&self, document: &DocumentMut) -> Result<Option<Found>, String> {
        let mut items = Vec::new();
        for table in self.tables.iter().flat_map(|name| tables(document, name)) {
            for (key, item) in table.iter() {
                let renamed = item.as_table_like().and_then(|table| table.get("package")?.as_str());
                if is_same(renamed.unwrap_or(key), self.name) && !is_same(key, self.name) {
                    let key = key.escape_debug();
                    return Err(format!(
                        "{name} is called `{key}` here, and what `init` writes calls it {name}; give it its own name",
                        name = self.name
                    ));
                }
                if is_same(key, self.name) {
                    items.push(item);
                }
            }
        }
        let Some(first) = items.first() else { return Ok(None) };
        let is_unseen = items.iter().any(|item| has(item, "workspace"));
        let features: Vec<&str> = items.iter().flat_map(|item| features(item)).collect();
        let is_lacking =
            |wanted: &&str| !is_unseen && !features.contains(wanted) && !features.contains(&"full");
        Ok(Some(Found {
            form: form(first),
            is_wanted: self.is_wanted(first),
            lacks: self.features.iter().copied().filter(is_lacking).collect(),
        }))
    }

    /// Whether it is the version that would be added, from where that would come.
    fn is_wanted(&self, item: &Item) -> bool {
        let is_plain = !["workspace", "path", "git", "registry", "optional"].iter().any(|key| has(item, key));
        let version = version(item).unwrap_or_default().trim_start_matches('^');
        let rest = version.strip_prefix(self.version);
        is_plain && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Adds it; the error says why it cannot be.
    pub(super) fn add(&self, document: &mut DocumentMut) -> Result<(), String> {
        let name = self.tables[0];
        let table = document.entry(name).or_insert_with(|| Item::Table(Table::new()));
        let Some(table) = table.as_table_like_mut() else { return Err(format!("`{name}` is no table")) };
        let was_sorted = table.iter().map(|(key, _)| key).is_sorted();
        table.insert(self.name, Item::Value(self.value()));
        if was_sorted {
            table.sort_values();
        }
        Ok(())
    }

    fn value(&self) -> Value {
        if self.features.is_empty() {
            return Value::from(self.version);
        }
        let features: Array = self.features.iter().copied().collect();
        let mut table = InlineTable::new();
        table.insert("version", Value::from(self.version));
        table.insert("features", Value::Array(features));
        Value::InlineTable(table)
    }
}

/// All tables of this name: the crate's own, and those for some targets only.
fn tables<'d>(document: &'d DocumentMut, name: &str) -> Vec<&'d dyn TableLike> {
    let targets = document.get("target").and_then(Item::as_table_like);
    let of_targets = targets.into_iter().flat_map(TableLike::iter);
    let of_targets = of_targets.filter_map(|(_, target)| target.as_table_like()?.get(name));
    document.get(name).into_iter().chain(of_targets).filter_map(Item::as_table_like).collect()
}

/// Whether two names are of one package.
fn is_same(one: &str, other: &str) -> bool {
    one.replace('_', "-") == other.replace('_', "-")
}

fn has(item: &Item, key: &str) -> bool {
    item.as_table_like().is_some_and(|table| table.contains_key(key))
}

fn version(item: &Item) -> Option<&str> {
    item.as_str().or_else(|| item.as_table_like()?.get("version")?.as_str())
}

fn features(item: &Item) -> Vec<&str> {
    let features = item.as_table_like().and_then(|table| table.get("features")?.as_array());
    features.map(|features| features.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// How a dependency is written.
fn form(item: &Item) -> String {
    let known = [("workspace", "of the workspace"), ("path", "by its path"), ("git", "from git")];
    match (known.iter().find(|(key, _)| has(item, key)), version(item)) {
        (Some((_, form)), _) => (*form).to_owned(),
        (None, Some(version)) => format!("version {}", version.escape_debug()),
        (None, None) => "in a form of its own".to_owned(),
    }
}
