//! Schemas that mean harm: whatever stands in one, the output is Rust, lies in its folder and says nothing that
//! was not meant; or there is no output and the error says why.

use infrahub_build::{Error, Generator};
use infrahub_schema::Schema;
use proc_macro2::{TokenStream, TokenTree};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Component, Path};

/// Text of every sort: plain, unicode, and what would break out of a comment, a string or a document.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "*/ fn evil() {}",
            "\"; fn evil() {} //",
            "\\",
            "```\n#[evil]\n```",
            "<script>alert(1)</script>",
            "https://example.com [a](b) [`c`]",
            "{{ evil }}",
            "\u{202e}evil\u{2066}",
            "}\n} mutation { Evil }",
            "    indented",
            "\r",
            "\0",
            "",
            "r#\"#",
            "#",
            "- a\n- b\n1. c",
            "\u{feff}",
        ])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

/// Names that a server accepts, those that Rust or this crate keeps for itself among them.
fn field_name() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z][a-z0-9]{0,3}(_[a-z0-9]{1,3}){0,2}"
            .prop_filter("a field of every object", |name| name != "id" && name != "hfid"),
        prop::sample::select(vec![
            "self",
            "super",
            "crate",
            "type",
            "match",
            "new",
            "with_id",
            "into_data",
            "typename",
            "async",
            "gen",
            "kind",
            "id_",
            "data",
            "value",
            "key",
            "clone",
            "clear_a",
            "reset_a",
            "ancestors",
            "descendants",
            "_a",
            "name",
            "NAME",
            "Name",
            "naMe",
        ])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

fn kind_name() -> BoxedStrategy<String> {
    prop_oneof![
        "[A-Z][a-z]{1,3}[A-Z][A-Za-z0-9]{0,4}",
        prop::sample::select(vec![
            "Option",
            "String",
            "Vec",
            "Self",
            "Result",
            "Mod",
            "Peers",
            "Queries",
            "Con",
            "LabDevice",
            "LABDevice",
            "LabDeviceCreate",
            "LabDeviceUpdate",
            "AnyLabDevice",
            "LabDeviceRole",
            "lab_device",
            "i64",
            "bool",
            "Other",
            "Box",
            "Type",
            "Fn",
        ])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

/// Names that no server accepts.
fn any_name() -> BoxedStrategy<String> {
    prop_oneof![4 => field_name(), 1 => text(), 1 => Just("../../evil".to_owned()), 1 => Just("id".to_owned())]
    .boxed()
}

fn attribute(name: impl Strategy<Value = String>) -> impl Strategy<Value = Value> {
    let kinds = vec![
        "ID",
        "Dropdown",
        "Text",
        "TextArea",
        "DateTime",
        "Email",
        "Password",
        "HashedPassword",
        "URL",
        "File",
        "MacAddress",
        "Color",
        "Number",
        "NumberPool",
        "Bandwidth",
        "IPHost",
        "IPNetwork",
        "IPAddress",
        "Boolean",
        "Checkbox",
        "List",
        "JSON",
        "Any",
        "Unheard",
    ];
    (
        (name, prop::sample::select(kinds), text(), text(), text()),
        (any::<bool>(), any::<bool>(), any::<bool>(), any::<Option<i64>>()),
        prop::option::of(prop::collection::btree_set(text(), 0..5)),
        prop::option::of(prop::collection::vec(text(), 0..3)),
        prop::option::of(text()),
    )
        .prop_map(|((name, kind, label, description, regex), flags, choices, values, other)| {
            let (optional, read_only, inherited, order_weight) = flags;
            let choices = choices.map(|names| {
                let choice = |name: &String| json!({"name": name, "label": label, "color": regex, "description": description});
                names.iter().map(choice).collect::<Vec<_>>()
            });
            json!({
                "name": name, "kind": kind, "label": label, "description": description, "optional": optional,
                "read_only": read_only, "inherited": inherited, "order_weight": order_weight, "choices": choices,
                "enum": values, "deprecation": other, "default_value": other, "branch": "aware", "unique": optional,
                "parameters": {"regex": regex, "min_length": order_weight},
            })
        })
}

fn relationship(
    name: impl Strategy<Value = String>,
    peer: impl Strategy<Value = String>,
) -> impl Strategy<Value = Value> {
    let kinds = vec![
        "Generic",
        "Attribute",
        "Component",
        "Parent",
        "Group",
        "Hierarchy",
        "Profile",
        "Template",
        "New",
    ];
    (name, peer, prop::sample::select(kinds), any::<(bool, bool, bool)>(), text()).prop_map(
        |(name, peer, kind, (one, optional, read_only), text)| {
            json!({
                "name": name, "peer": peer, "kind": kind, "cardinality": if one { "one" } else { "many" },
                "optional": optional, "read_only": read_only, "label": text, "description": text,
                "deprecation": text, "branch": "aware", "direction": "bidirectional", "min_count": 1, "max_count": 3,
            })
        },
    )
}

fn kind(field: BoxedStrategy<String>, name: BoxedStrategy<String>) -> impl Strategy<Value = Value> {
    (
        name.clone(),
        prop::sample::select(vec!["node", "generic", "profile", "template"]),
        prop::collection::vec(attribute(field.clone()), 0..5),
        prop::collection::vec(relationship(field, name.clone()), 0..4),
        prop::collection::vec(name, 0..2),
        (text(), text(), any::<bool>()),
    )
        .prop_map(
            |(kind, flavour, attributes, relationships, generics, (label, description, hierarchical))| {
                json!({
                    "kind": kind, "namespace": "Lab", "name": kind, "flavour": flavour, "label": label,
                    "description": description, "branch": "aware", "attributes": attributes,
                    "relationships": relationships, "inherit_from": generics, "used_by": generics,
                    "human_friendly_id": [label], "hierarchical": hierarchical,
                })
            },
        )
}

/// A schema as it could never pass the reader, so that the generator stands alone.
fn schema(kinds: Vec<Value>, unique: bool) -> Schema {
    let mut by_name = serde_json::Map::new();
    for mut kind in kinds {
        if unique {
            let mut seen = BTreeSet::new();
            for list in ["attributes", "relationships"] {
                if let Some(fields) = kind[list].as_array_mut() {
                    fields.retain(|field| seen.insert(field["name"].to_string()));
                }
            }
        }
        by_name.insert(kind["kind"].as_str().unwrap_or_default().to_owned(), kind);
    }
    serde_json::from_value(json!({"kinds": by_name, "namespaces": {}})).expect("the form of a schema")
}

/// Whether text of the schema has become code: `evil` then stands outside of literals and comments.
fn has_evil(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "evil",
        TokenTree::Group(group) => has_evil(group.stream()),
        _ => false,
    })
}

fn check(files: &std::collections::BTreeMap<std::path::PathBuf, String>) {
    let mut folded = BTreeSet::new();
    // The schema beside the code is data, in which a name may be anything.
    for (name, text) in files.iter().filter(|(name, _)| !name.ends_with("schema.json")) {
        let plain = matches!(name.components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
        assert!(plain && name.extension().is_some_and(|extension| extension == "rs"), "{}", name.display());
        assert!(folded.insert(name.to_string_lossy().to_lowercase()), "{} twice", name.display());
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(!parsed.items.is_empty() || text.lines().count() < 3, "{text}");
        let tokens: TokenStream = text.parse().expect("tokens");
        assert!(!has_evil(tokens), "{text}");
        assert!(!text.contains(['\u{202e}', '\u{2066}', '\0', '\r']), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_server_could_name_has_a_form(kinds in prop::collection::vec(kind(field_name(), kind_name()), 1..5)) {
        let generator = Generator::new(schema(kinds, true)).kinds(["*"]);
        check(&generator.files().expect("every name has a form"));
    }

    #[test]
    fn what_nobody_could_name_has_a_form_or_an_error(
        kinds in prop::collection::vec(kind(any_name(), prop_oneof![kind_name(), any_name()].boxed()), 1..4)
    ) {
        match Generator::new(schema(kinds, false)).kinds(["*"]).files() {
            Ok(files) => check(&files),
            Err(Error::Impossible(problems)) => {
                for problem in problems {
                    prop_assert!(problem.kind.is_some(), "{problem}");
                    prop_assert!(!problem.to_string().contains('\n'), "{problem}");
                }
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

#[test]
fn nothing_is_written_outside_the_folder() {
    let outer = tempfile::tempdir().expect("a folder");
    let inner = outer.path().join("a/b");
    let kind = json!({
        "kind": "../../evil", "namespace": "Lab", "name": "../../evil", "flavour": "node", "branch": "aware",
        "attributes": [], "relationships": [],
    });
    let error = Generator::new(schema(vec![kind], false)).kinds(["*"]).write_to(&inner).expect_err("no name");
    assert!(matches!(error, Error::Impossible(_)), "{error}");
    assert!(!Path::new(&inner).exists());
    assert_eq!(std::fs::read_dir(outer.path()).expect("the folder").count(), 0);
}
