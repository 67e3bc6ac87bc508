//! The structure of schema files: which properties there are, and which values some of them take.

use super::Rejected;
use serde_json::{Value, json};

const KIND: &[&str] = &[
    "id",
    "state",
    "name",
    "namespace",
    "description",
    "label",
    "branch",
    "default_filter",
    "human_friendly_id",
    "display_label",
    "display_labels",
    "include_in_menu",
    "menu_placement",
    "icon",
    "order_by",
    "uniqueness_constraints",
    "documentation",
    "attributes",
    "relationships",
    "inherit_from",
    "generate_profile",
    "generate_template",
    "hierarchy",
    "hierarchical",
    "parent",
    "children",
    "restricted_namespaces",
    "used_by",
    "filters",
    "kind",
    "hash",
    "deprecation",
];

/// Properties of a kind that a server gives and does not take.
const READ_ONLY: &[&str] = &["kind", "hash", "filters"];

const ATTRIBUTE: &[&str] = &[
    "id",
    "state",
    "name",
    "kind",
    "enum",
    "computed_attribute",
    "choices",
    "regex",
    "max_length",
    "min_length",
    "label",
    "description",
    "read_only",
    "unique",
    "optional",
    "branch",
    "order_weight",
    "ordered",
    "default_value",
    "inherited",
    "allow_override",
    "deprecation",
    "display",
    "parameters",
    "filters",
    "hash",
];

const RELATIONSHIP: &[&str] = &[
    "id",
    "state",
    "name",
    "peer",
    "kind",
    "label",
    "description",
    "identifier",
    "cardinality",
    "min_count",
    "max_count",
    "common_parent",
    "common_relatives",
    "order_weight",
    "optional",
    "branch",
    "inherited",
    "direction",
    "hierarchical",
    "on_delete",
    "allow_override",
    "read_only",
    "deprecation",
    "display",
];

/// In the order in which the server lists them.
const ATTRIBUTE_KINDS: &[&str] = &[
    "Text",
    "TextArea",
    "Number",
    "List",
    "NumberPool",
    "ID",
    "Dropdown",
    "DateTime",
    "Email",
    "Password",
    "HashedPassword",
    "URL",
    "File",
    "MacAddress",
    "Color",
    "Bandwidth",
    "IPHost",
    "IPNetwork",
    "IPAddress",
    "Boolean",
    "Checkbox",
    "JSON",
    "Any",
];

const RELATIONSHIP_KINDS: &[&str] =
    &["Generic", "Attribute", "Component", "Parent", "Group", "Hierarchy", "Profile", "Template"];

const NAME: &str = "^[A-Z][a-zA-Z0-9]+$";

const NAMESPACE: &str = "^[A-Z][a-z0-9]+$";

/// Names that fields may not have: they have a meaning of their own in GraphQL or in a client.
const RESERVED: &[&str] = &[
    "any",
    "attribute",
    "attributes",
    "attr",
    "attrs",
    "relationship",
    "relationships",
    "rel",
    "rels",
    "save",
    "hfid",
    "process_pools",
    "node_metadata",
    "id",
];

/// Checks the files, and gives the warnings.
pub(super) fn check(body: &Value) -> Result<Vec<Value>, Rejected> {
    let mut found = Found { problems: Vec::new(), warnings: Vec::new() };
    let Some(files) = body["schemas"].as_array() else {
        found.missing(&json!(["body", "schemas"]), body);
        return Err(Rejected::Structure(found.problems));
    };
    for (index, file) in files.iter().enumerate() {
        let place = json!(["body", "schemas", index]);
        if file.get("version").is_none_or(Value::is_null) {
            found.absent(&below(&place, &["version".into()]), file);
        }
        for list in ["generics", "nodes"] {
            for (index, kind) in items(&file[list]) {
                found.kind(&below(&place, &[list.into(), index.into()]), kind);
            }
        }
        for (index, kind) in items(&file["extensions"]["nodes"]) {
            let place = below(&place, &["extensions".into(), "nodes".into(), index.into()]);
            if kind["kind"].as_str().is_none() {
                found.absent(&below(&place, &["kind".into()]), kind);
            }
            found.parts(&place, kind);
        }
    }
    if found.problems.is_empty() { Ok(found.warnings) } else { Err(Rejected::Structure(found.problems)) }
}

struct Found {
    problems: Vec<Value>,
    warnings: Vec<Value>,
}

impl Found {
    fn missing(&mut self, place: &Value, input: &Value) {
        self.problems
            .push(json!({ "type": "missing", "loc": place, "msg": "Field required", "input": input }));
    }

    fn absent(&mut self, place: &Value, input: &Value) {
        self.wrong(place, "Field required", input);
    }

    fn wrong(&mut self, place: &Value, message: &str, input: &Value) {
        self.problems.push(json!({
            "type": "value_error", "loc": place, "msg": message, "input": input, "ctx": { "reason": message },
        }));
    }

    fn kind(&mut self, place: &Value, kind: &Value) {
        for name in ["name", "namespace"] {
            match kind[name].as_str() {
                None => self.absent(&below(place, &[name.into()]), kind),
                Some(text) => {
                    if let Some(message) = misfit(text, name == "name") {
                        self.wrong(&below(place, &[name.into()]), &message, &kind[name]);
                    }
                }
            }
        }
        let full =
            format!("{}{}", kind["namespace"].as_str().unwrap_or(""), kind["name"].as_str().unwrap_or(""));
        for (name, value) in kind.as_object().into_iter().flatten() {
            if READ_ONLY.contains(&name.as_str()) {
                self.warnings.push(json!({
                    "type": "deprecation",
                    "kinds": [{ "kind": full, "field": name }],
                    "message": format!("'{name}' is a read-only field, the submitted value is ignored"),
                }));
            } else if !KIND.contains(&name.as_str()) {
                self.unknown(&below(place, &[name.as_str().into()]), value);
            }
        }
        self.parts(place, kind);
    }

    fn parts(&mut self, place: &Value, kind: &Value) {
        for (list, known, kinds) in
            [("attributes", ATTRIBUTE, ATTRIBUTE_KINDS), ("relationships", RELATIONSHIP, RELATIONSHIP_KINDS)]
        {
            for (index, part) in items(&kind[list]) {
                let place = below(place, &[list.into(), index.into()]);
                if list == "attributes" && part["kind"].as_str().is_none() {
                    self.wrong(&place, "Unable to extract tag using discriminator 'kind'", part);
                    continue;
                }
                let mandatory: &[&str] = if list == "attributes" { &["name"] } else { &["name", "peer"] };
                for name in mandatory {
                    if part[*name].as_str().is_none() {
                        self.absent(&below(&place, &[(*name).into()]), part);
                    }
                }
                if let Some(name) = part["name"].as_str().filter(|name| RESERVED.contains(name)) {
                    let what = &list[..list.len() - 1];
                    let message = format!("Value error, {name} isn't allowed as {what} name.");
                    self.wrong(&place, &message, part);
                }
                for (name, value) in part.as_object().into_iter().flatten() {
                    if !known.contains(&name.as_str()) {
                        self.unknown(&below(&place, &[name.as_str().into()]), value);
                    }
                }
                if let Some(kind) = part["kind"].as_str()
                    && !kinds.contains(&kind)
                {
                    let expected: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
                    let message = if list == "attributes" {
                        format!(
                            "Input tag '{kind}' found using 'kind' does not match any of the expected tags: {}",
                            kinds.iter().map(|kind| in_python(kind)).collect::<Vec<_>>().join(", ")
                        )
                    } else {
                        format!("'{kind}' is no kind of {list}, it should be one of {}", expected.join(", "))
                    };
                    self.wrong(&place, &message, part);
                }
            }
        }
    }

    fn unknown(&mut self, place: &Value, value: &Value) {
        self.wrong(place, "Unknown field, it is not part of the schema", value);
    }
}

/// Why a text is no name of a kind, or of a namespace.
fn misfit(text: &str, is_name: bool) -> Option<String> {
    let (pattern, least, most) = if is_name { (NAME, 2, 32) } else { (NAMESPACE, 3, 64) };
    let length = text.chars().count();
    if length < least {
        return Some(format!("String should have at least {least} characters"));
    }
    if length > most {
        return Some(format!("String should have at most {most} characters"));
    }
    (!fits(text, is_name)).then(|| format!("String should match pattern '{pattern}'"))
}

/// Whether a text is of the letters of a name of a kind, or of a namespace.
fn fits(text: &str, is_name: bool) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && text.len() > 1
        && letters.all(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || (is_name && letter.is_ascii_uppercase())
        })
}

/// A kind of attributes as Python shows a member of an enum: `<AttributeKind.TEXT: 'Text'>`.
fn in_python(kind: &str) -> String {
    let name = if kind == "MacAddress" { "MAC_ADDRESS".to_owned() } else { kind.to_uppercase() };
    format!("<AttributeKind.{name}: '{kind}'>")
}

fn items(list: &Value) -> impl Iterator<Item = (usize, &Value)> {
    list.as_array().into_iter().flatten().enumerate()
}

fn below(place: &Value, steps: &[Value]) -> Value {
    place.as_array().into_iter().flatten().chain(steps).cloned().collect()
}
