//! A schema whose names and texts are as bad as they can be.

use serde_json::{Value, json};

const TEXTS: [&str; 14] = [
    "*/ fn evil() {} /*",
    "\"; fn evil() {} //",
    "\\",
    "```\n#[evil]\n```\n~~~",
    "<script>alert(1)</script> <b>open",
    "https://example.com <https://example.com> www.example.com [a](b) [`c`] [d] [e]: f",
    "{{ evil }} {} {0}",
    "\u{202e}evil\u{2066}\u{200b}",
    "}\n} mutation { Evil }",
    "    indented\n\n\n\ttabbed",
    "a\rb\u{0}c",
    "# title\n===\n- a\n+ b\n1. c\n> d\n| e | f |\n|---|---|",
    "a `b` ``c *d _e & &amp; ~f~ $g$ ^h",
    "größe ß 中文 🦀",
];

const KEYWORDS: [&str; 58] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield", "union", "auto", "raw", "safe", "dyn_", "str", "bool",
];

const KINDS: [&str; 26] = [
    "Option",
    "String",
    "Vec",
    "Box",
    "Self",
    "Result",
    "Some",
    "Ok",
    "Mod",
    "Peers",
    "Queries",
    "Con",
    "Type",
    "LabDevice",
    "LABDevice",
    "lab_device",
    "LabDeviceCreate",
    "LabDeviceUpdate",
    "LabDeviceRole",
    "AnyLabThing",
    "Other",
    "i64",
    "bool",
    "str",
    "Debug",
    "Is",
];

/// Its kinds, by name.
pub(crate) fn kinds() -> Value {
    let mut kinds = serde_json::Map::new();
    for (index, name) in KINDS.into_iter().enumerate() {
        let text = TEXTS[index % TEXTS.len()];
        let mut attributes = texts_as_attributes();
        if name == "LabDevice" {
            attributes.extend(KEYWORDS.into_iter().map(|name| attribute(name, "Text", text)));
            let own = [
                "new",
                "with_id",
                "into_data",
                "typename",
                "key",
                "data",
                "value",
                "clone",
                "from",
                "ids",
                "select",
            ];
            attributes.extend(own.into_iter().map(|name| attribute(name, "Text", text)));
            let alike =
                ["name", "Name", "NAME", "naMe", "_name", "name_", "clear_name", "reset_name", "clear_name_"];
            attributes.extend(alike.into_iter().map(|name| attribute(name, "Text", text)));
        }
        let peers = KINDS.into_iter().enumerate().map(|(index, peer)| {
            let cardinality = if index % 2 == 0 { "one" } else { "many" };
            json!({
                "name": format!("peer{index}"), "peer": peer, "kind": "Generic", "cardinality": cardinality,
                "optional": index % 3 == 0, "description": text, "deprecation": text, "branch": "aware",
                "direction": "bidirectional", "read_only": false,
            })
        });
        kinds.insert(name.to_owned(), json!({
            "kind": name, "namespace": "", "name": name, "flavour": "node", "label": text, "description": text,
            "branch": "aware", "human_friendly_id": [text, text], "inherit_from": ["LabThing"],
            "attributes": attributes, "relationships": peers.collect::<Vec<_>>(),
        }));
    }
    kinds.insert("LabThing".to_owned(), json!({
        "kind": "LabThing", "namespace": "Lab", "name": "Thing", "flavour": "generic", "description": TEXTS[0],
        "branch": "aware", "hierarchical": true, "used_by": KINDS, "attributes": [attribute("text0", "Text", TEXTS[0])],
        "relationships": [],
    }));
    Value::Object(kinds)
}

/// An attribute for each text, and a dropdown with every text as a choice.
fn texts_as_attributes() -> Vec<Value> {
    let mut attributes: Vec<Value> = TEXTS
        .into_iter()
        .enumerate()
        .map(|(index, text)| attribute(&format!("text{index}"), "Text", text))
        .collect();
    let names = [
        "", "Other", "other", "Self", "self", "10g", "10-g", "a b", "a-b", "A_B", "+", "++", "type", "Ok",
        "None",
    ];
    let choices = names.into_iter().chain(TEXTS).zip(TEXTS.into_iter().cycle());
    let choices: Vec<Value> = choices
        .map(|(name, text)| json!({"name": name, "label": text, "color": text, "description": text}))
        .collect();
    let mut role = attribute("role", "Dropdown", TEXTS[1]);
    role["choices"] = Value::Array(choices);
    attributes.push(role);
    attributes
}

fn attribute(name: &str, kind: &str, text: &str) -> Value {
    json!({
        "name": name, "kind": kind, "label": text, "description": text, "optional": true, "read_only": false,
        "unique": true, "deprecation": text, "default_value": text, "branch": "aware", "inherited": false,
        "parameters": {"regex": text, "excluded_values": text},
    })
}
