//! The server's complaints about a schema, each where it belongs: document, kind, field.

use super::documents::{Declared, Documents, kind_of};
use crate::error::SchemaReason;
use crate::rest;
use infrahub_schema::yaml::{Data, Node};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// The answer where the documents do not have the structure of a schema.
#[derive(Deserialize)]
struct Structure {
    detail: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    loc: Vec<Value>,
    #[serde(default)]
    msg: String,
}

/// Reads the body of a 422.
pub(super) fn reasons(documents: &Documents, body: &[u8]) -> Vec<SchemaReason> {
    match serde_json::from_slice::<Structure>(body) {
        Ok(structure) => structure.detail.iter().map(|complaint| from_place(documents, complaint)).collect(),
        // Several complaints may stand in one message.
        Err(_) => rest::messages(body)
            .iter()
            .flat_map(|message| message.split(",\n"))
            .map(|message| from_message(documents, message.trim()))
            .collect(),
    }
}

fn reason(
    kind: Option<String>,
    field: Option<String>,
    file: Option<&Path>,
    line: usize,
    message: &str,
) -> SchemaReason {
    let line = Some(line).filter(|line| *line > 0);
    SchemaReason { kind, field, file: file.map(Path::to_owned), line, message: message.to_owned() }
}

/// A complaint that names its place: `["body", "schemas", 0, "nodes", 1, "attributes", 0, "bogus"]`.
fn from_place(documents: &Documents, complaint: &Complaint) -> SchemaReason {
    let steps: Vec<Step<'_>> = complaint.loc.iter().filter_map(Step::of).collect();
    let message = tidy(&complaint.msg);
    let [Step::Name("body"), Step::Name("schemas"), Step::Index(document), steps @ ..] = steps.as_slice()
    else {
        return reason(None, None, None, 0, &message);
    };
    let Some((file, mut node)) = documents.document(*document) else {
        return reason(None, None, None, 0, &message);
    };
    let (mut kind, mut field, mut property) = (None, None, None);
    for step in steps {
        let next = match step {
            Step::Index(index) => node.items().get(*index),
            Step::Name(name) => node.get(name),
        };
        match (step, next) {
            (_, Some(next)) => node = next,
            // The server puts the kind of an attribute between it and its property.
            (Step::Name(name), None) if node.get("kind").and_then(Node::text) == Some(name) => continue,
            (_, None) => {}
        }
        match step {
            Step::Index(_) if kind.is_none() => kind = kind_of(node),
            Step::Index(_) if field.is_none() && matches!(property, Some("attributes" | "relationships")) => {
                field = node.get("name").and_then(Node::text).map(str::to_owned);
                property = None;
            }
            Step::Index(_) => {}
            Step::Name(name) => property = Some(*name),
        }
    }
    match (property.filter(|_| kind.is_some()), &field) {
        (Some(property), None) => reason(kind, Some(property.to_owned()), file, node.line, &message),
        (Some(property), Some(_)) => {
            reason(kind, field, file, node.line, &format!("`{property}`: {message}"))
        }
        (None, _) => {
            let message = match steps.last() {
                Some(Step::Name(name)) if kind.is_none() => format!("`{name}`: {message}"),
                _ => message,
            };
            reason(kind, field, file, node.line, &message)
        }
    }
}

enum Step<'a> {
    Index(usize),
    Name(&'a str),
}

impl Step<'_> {
    fn of(value: &Value) -> Option<Step<'_>> {
        match value {
            Value::String(name) => Some(Step::Name(name)),
            Value::Number(index) => {
                index.as_u64().and_then(|index| usize::try_from(index).ok()).map(Step::Index)
            }
            _ => None,
        }
    }
}

/// The server spells out its enums as `<AttributeKind.TEXT: 'Text'>`; the value alone is enough.
fn tidy(message: &str) -> String {
    let mut tidied = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('<') {
        match after.split_once('>') {
            Some((inside, after)) if inside.contains(": '") && inside.ends_with('\'') => {
                let value = inside.split_once(": '").map_or(inside, |(_, value)| value);
                tidied.extend([before, value.trim_end_matches('\'')]);
                rest = after;
            }
            _ => {
                tidied.extend([before, "<"]);
                rest = after;
            }
        }
    }
    tidied + rest
}

/// A complaint in words only: finds the kind and the field that it speaks of in the documents.
fn from_message(documents: &Documents, message: &str) -> SchemaReason {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.find_map(|word| documents.declared().find(|declared| declared.kind == word));
    if let Some(Declared { kind, file, node }) = named {
        // `InfraDevice.human_friendly_id: …` names the field itself.
        let after = message.split_once(&format!("{kind}.")).map(|(_, after)| after);
        let property = after
            .map(|after| after.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(""));
        let property = property.filter(|name| !name.is_empty()).map(str::to_owned);
        let found = match &property {
            Some(name) => field(node, name).or_else(|| node.get(name)),
            None => fields(node).find(|(name, _)| speaks_of(message, name)).map(|(_, node)| node),
        };
        let name = property.or_else(|| found.and_then(|node| node.get("name")?.text().map(str::to_owned)));
        let message = without_place(message, &kind, name.as_deref());
        return reason(Some(kind), name, file, found.unwrap_or(node).line, message);
    }
    // The message quotes something that stands in the documents, such as a peer that does not exist.
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    for text in quoted.into_iter().rev() {
        for Declared { kind, file, node } in documents.declared() {
            if let Some((name, found)) = fields(node).find(|(_, field)| holds(field, text)) {
                return reason(Some(kind), Some(name.to_owned()), file, found.line, message);
            }
            if holds(node, text) {
                return reason(Some(kind), None, file, node.line, message);
            }
        }
    }
    reason(None, None, None, 0, message)
}

/// The message without `InfraDevice.role: ` at its beginning, which the reason says itself.
fn without_place<'a>(message: &'a str, kind: &str, field: Option<&str>) -> &'a str {
    let Some(rest) = message.strip_prefix(kind) else { return message };
    let rest = field.and_then(|field| rest.strip_prefix('.')?.strip_prefix(field)).unwrap_or(rest);
    match rest.trim_start_matches([':', ' ']) {
        "" => message,
        text if rest.starts_with([':', ' ']) => text,
        _ => message,
    }
}

/// Attributes and relationships of a kind, by name.
fn fields(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    [node.get("attributes"), node.get("relationships")]
        .into_iter()
        .flatten()
        .flat_map(Node::items)
        .filter_map(|field| field.get("name").and_then(Node::text).map(|name| (name, field)))
}

fn field<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    fields(node).find(|(found, _)| *found == name).map(|(_, field)| field)
}

fn speaks_of(message: &str, name: &str) -> bool {
    message.contains(&format!("'{name}'")) || message.ends_with(&format!(" at {name}"))
}

/// Whether the text is a value somewhere in the node.
fn holds(node: &Node, text: &str) -> bool {
    match &node.data {
        Data::Scalar(value) => value.as_str() == Some(text),
        Data::List(items) => items.iter().any(|item| holds(item, text)),
        Data::Map(entries) => entries.iter().any(|(_, node)| holds(node, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FILE: &str = "\
version: '1.0'
generics:
  - {name: Gen, namespace: Infra}
nodes:
  - name: Device
    namespace: Infra
    human_friendly_id: [zzz__value]
    bogus: 2
    attributes:
      - name: name
        kind: Txt
      - name: height
        kind: Number
        default_value: x
    relationships:
      - name: site
        peer: InfraNope
extensions:
  nodes:
    - kind: BuiltinTag
      attributes:
        - name: more
          kind: Text
          bogus: 1
";

    fn documents() -> Documents {
        let first = json!({"version": "1.0", "nodes": [{"name": "First", "namespace": "Infra"}]});
        Documents::new().value(&first).unwrap().text("devices.yml", FILE).unwrap()
    }

    fn shown(body: &Value) -> Vec<String> {
        reasons(&documents(), body.to_string().as_bytes()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_complaint_about_the_structure_is_told_where_it_stands() {
        let at =
            |loc: Value, msg: &str| json!({"type": "value_error", "loc": loc, "msg": msg, "input": "secret"});
        let body = json!({"detail": [
            at(json!(["body", "schemas", 1, "nodes", 0, "bogus"]), "Unknown field"),
            at(json!(["body", "schemas", 1, "nodes", 0, "attributes", 0]),
                "Input tag 'Txt' does not match any of the expected tags: <AttributeKind.TEXT: 'Text'>, <AttributeKind.ANY: 'Any'>"),
            at(json!(["body", "schemas", 1, "nodes", 0, "attributes", 1, "Number", "default_value"]), "Input should be a number"),
            at(json!(["body", "schemas", 1, "nodes", 0, "relationships", 0, "name"]), "too short"),
            at(json!(["body", "schemas", 1, "extensions", "nodes", 0, "attributes", 0, "bogus"]), "Unknown field"),
            at(json!(["body", "schemas", 1, "version"]), "Field required"),
            at(json!(["body", "schemas", 0, "nodes", 0, "description"]), "Field required"),
            at(json!(["body", "schemas", 7, "nodes", 0]), "no such document"),
            at(json!(["body", "schemas"]), "Input should be a valid list"),
        ]});
        assert_eq!(
            shown(&body),
            [
                "devices.yml, line 8: InfraDevice.bogus: Unknown field",
                "devices.yml, line 10: InfraDevice.name: Input tag 'Txt' does not match any of the expected tags: Text, Any",
                "devices.yml, line 14: InfraDevice.height: `default_value`: Input should be a number",
                "devices.yml, line 16: InfraDevice.site: `name`: too short",
                "devices.yml, line 24: BuiltinTag.more: `bogus`: Unknown field",
                "devices.yml, line 1: `version`: Field required",
                "InfraFirst.description: Field required",
                "no such document",
                "Input should be a valid list",
            ]
        );
    }

    #[test]
    fn a_complaint_in_words_is_told_by_what_it_speaks_of() {
        let envelope = |message: &str| json!({"data": null, "errors": [{"message": message, "extensions": {"code": 422}}]});
        for (message, expected) in [
            (
                "InfraDevice.human_friendly_id: zzz__value is invalid on schema InfraDevice",
                "devices.yml, line 7: InfraDevice.human_friendly_id: zzz__value is invalid on schema InfraDevice",
            ),
            (
                "InfraDevice: default value x is not a valid Number at height",
                "devices.yml, line 12: InfraDevice.height: default value x is not a valid Number at height",
            ),
            (
                "InfraDevice: 'site' is a reserved name (attribute: 'site').",
                "devices.yml, line 16: InfraDevice.site: 'site' is a reserved name (attribute: 'site').",
            ),
            (
                "InfraDevice Unable to find the generic NopeGen",
                "devices.yml, line 5: InfraDevice: Unable to find the generic NopeGen",
            ),
            (
                "Unable to find the schema 'InfraNope' in the registry",
                "devices.yml, line 16: InfraDevice.site: Unable to find the schema 'InfraNope' in the registry",
            ),
            (
                "Restricted namespace 'Core' used on 'Device'",
                "devices.yml, line 5: InfraDevice: Restricted namespace 'Core' used on 'Device'",
            ),
            ("InfraDevices: no kind of ours", "InfraDevices: no kind of ours"),
            ("something else", "something else"),
        ] {
            assert_eq!(shown(&envelope(message)), [expected]);
        }
        let two = envelope("InfraDevice: one,\nInfraFirst: two");
        assert_eq!(shown(&two), ["devices.yml, line 5: InfraDevice: one", "InfraFirst: two"]);
        assert_eq!(shown(&json!("Internal Server Error")).len(), 1);
    }
}
