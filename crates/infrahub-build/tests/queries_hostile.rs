//! Documents that mean harm or are half right: whatever stands in one, there is an error that says where, or Rust
//! that parses and a text that a full GraphQL compiler takes.
#![allow(clippy::unwrap_used)]

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use infrahub_build::{QueryError, QueryErrors, compile_queries};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static FOLDER: LazyLock<PathBuf> =
    LazyLock::new(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries"));

static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let text = fs::read_to_string(FOLDER.join("schema.graphql")).unwrap();
    Schema::parse_and_validate(text, "schema.graphql").unwrap_or_else(|errors| panic!("{}", errors.errors))
});

/// The documents of the golden files, as one text.
static DOCUMENTS: LazyLock<String> = LazyLock::new(|| {
    let mut files: Vec<_> =
        fs::read_dir(FOLDER.join("documents")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
});

/// The tokens of a text, roughly: words, and every other character alone.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut is_word = false;
    for character in text.chars() {
        let continues = is_word && (character.is_ascii_alphanumeric() || character == '_');
        match tokens.last_mut() {
            Some(last) if continues => last.push(character),
            _ => tokens.push(character.to_string()),
        }
        is_word = character.is_ascii_alphanumeric() || character == '_';
    }
    tokens
}

/// Compiles one document.
fn compile(text: &str) -> Result<PathBuf, QueryErrors> {
    let folder = tempfile::tempdir().unwrap().keep();
    fs::create_dir(folder.join("queries")).unwrap();
    fs::write(folder.join("queries/q.graphql"), text).unwrap();
    let out = folder.join("out");
    compile_queries(&folder.join("queries"), &FOLDER.join("schema.graphql"), &out, "::infrahub_client")
        .map(|_| out)
        .inspect_err(|_| fs::remove_dir_all(&folder).unwrap())
}

/// The texts that generated code sends.
fn sent(file: &syn::File) -> Vec<String> {
    let members = file.items.iter().flat_map(|item| match item {
        syn::Item::Impl(item) => item.items.as_slice(),
        _ => &[],
    });
    let texts = members.filter_map(|member| match member {
        syn::ImplItem::Const(item) if item.ident == "DOCUMENT" => match &item.expr {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    texts.collect()
}

/// Checks the outcome for a document.
fn check(text: &str) {
    let out = match compile(text) {
        Err(errors) => {
            assert!(!errors.errors().is_empty());
            for error in errors.errors() {
                assert!(error.place().is_some(), "{error}\n{text}");
                assert!(!error.message().is_empty());
            }
            let is_about_rust = |error: &QueryError| {
                ["in Rust", "cannot be called", "GraphQL keeps names", "subscriptions are not"]
                    .iter()
                    .any(|why| error.message().contains(why))
            };
            if !errors.errors().iter().any(is_about_rust) {
                let validated = ExecutableDocument::parse_and_validate(&SCHEMA, text, "refused.graphql");
                assert!(validated.is_err(), "refused, but valid:\n{text}\n{errors}");
            }
            return;
        }
        Ok(out) => out,
    };
    let mut documents = Vec::new();
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "rs", "{}", path.display());
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        documents.extend(sent(&file));
    }
    fs::remove_dir_all(out.parent().unwrap()).unwrap();
    for document in &documents {
        // Commas mean nothing to GraphQL; the compiler takes what follows one behind `...` for a field.
        let document = document.replace(',', " ");
        if let Err(errors) = ExecutableDocument::parse_and_validate(&SCHEMA, &document, "sent.graphql") {
            panic!("accepted, but not valid:\n{document}\n{}", errors.errors);
        }
    }
}

#[test]
fn the_golden_documents_pass() {
    assert!(compile(&DOCUMENTS).is_ok());
    check(&DOCUMENTS);
}

#[test]
fn what_is_nested_too_deep_is_an_error() {
    for (open, middle, close) in [
        ("query Q { Node { edges { node { ", "peer { ", "} } } }"),
        ("query Q($x: ", "[", "]) { Status { ok } }"),
        ("query Q { Device(name: ", "[", "]) { count } }"),
        ("query Q { Device(name: ", "{ a: ", "}) { count } }"),
        ("query Q { ", "... { ", "}"),
    ] {
        let text = format!("{open}{}id{close}", middle.repeat(100_000));
        let error = compile(&text).unwrap_err().to_string();
        assert!(error.contains("nested more than 100 deep"), "{error:.200}");
        check(&text);
    }
}

#[test]
fn fragments_that_multiply_are_an_error() {
    let mut text = "query Q { Node { edges { node { ...F0 } } } } fragment F40 on Node { id }\n".to_owned();
    for number in 0..40 {
        let next = number + 1;
        text.push_str(&format!(
            "fragment F{number} on Node {{ a: peer {{ ...F{next} }} b: peer {{ ...F{next} }} }}\n"
        ));
    }
    let error = compile(&text).unwrap_err().to_string();
    assert!(error.contains("this asks for more than 100000 fields"), "{error}");
}

/// Words that give a document a new meaning.
const WORDS: [&str; 52] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "$",
    "@",
    ":",
    "!",
    "...",
    "\"",
    "#",
    "=",
    "|",
    "&",
    ",",
    " ",
    "\n",
    "\u{feff}",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "true",
    "null",
    "1",
    "-2.5e3",
    "\"text\"",
    "__typename",
    "id",
    "label",
    "peer",
    "place",
    "name",
    "value",
    "count",
    "Device",
    "Site",
    "Node",
    "Located",
    "Target",
    "Rack",
    "$ids",
    "$details",
    "@skip(if: $brief)",
    "@include(if: true)",
    "... on Node",
    "...Label",
    "x: id",
    "gen",
];

fn word() -> BoxedStrategy<String> {
    prop_oneof![
        8 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-zA-Z_][a-zA-Z0-9_]{0,6}",
    ]
    .boxed()
}

/// A change of one place in a list of tokens.
#[derive(Debug, Clone)]
enum Change {
    Remove,
    Repeat,
    Replace(String),
    Insert(String),
    /// Takes the token of another place.
    Copy(prop::sample::Index),
}

fn change() -> impl Strategy<Value = (prop::sample::Index, Change)> {
    let change = prop_oneof![
        Just(Change::Remove),
        Just(Change::Repeat),
        word().prop_map(Change::Replace),
        word().prop_map(Change::Insert),
        any::<prop::sample::Index>().prop_map(Change::Copy),
    ];
    (any::<prop::sample::Index>(), change)
}

/// A selection on a type of the schema: mostly right, but for what stands twice in it.
fn selection(on: &'static str, depth: u32) -> BoxedStrategy<String> {
    let (leaves, inner): (&[&str], &[(&str, &str)]) = match on {
        "Node" => (&[], &[("peer", "Node"), ("x: peer", "Node")]),
        "Located" => (&["place", "y: place"], &[("site", "Site"), ("x: site", "Site")]),
        "Device" => (
            &[
                "place",
                "state",
                "grid",
                "y: type",
                "gen",
                "name { value }",
                "address { value }",
                "...Addresses",
            ],
            &[("peer", "Node"), ("site", "Site"), ("x: site", "Site"), ("x: peer", "Node")],
        ),
        "Rack" => (&["place", "height", "y: height"], &[("peer", "Node"), ("site", "Site")]),
        "Site" => (&["name { value }"], &[("peer", "Node")]),
        _ => (&["...Addresses"], &[]),
    };
    let shared: &[&str] =
        &["id", "label", "y: label", "__typename", "...Label", "...Neighbour", "...Label @skip(if: true)"];
    let shared = if matches!(on, "Located" | "Target") { &shared[3..] } else { shared };
    let leaf = prop::sample::select([leaves, shared].concat()).prop_map(str::to_owned).boxed();
    if depth == 0 {
        return leaf;
    }
    let fragments = [
        ("... on Device", "Device"),
        ("... on Rack", "Rack"),
        ("... on Site", "Site"),
        ("... on Node", "Node"),
        ("... on Located", "Located"),
        ("...", on),
    ];
    let inner = [inner, &fragments].concat();
    let condition = prop::sample::select(vec!["", "", "", "@include(if: true)"]);
    let open = (prop::sample::select(inner), condition).prop_flat_map(move |((open, on), condition)| {
        let inner = prop::collection::vec(selection(on, depth - 1), 1..4);
        inner.prop_map(move |inner| format!("{open} {condition} {{ {} }}", inner.join(" ")))
    });
    prop_oneof![2 => leaf, 3 => open].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_an_error_or_compiles(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_words_are_an_error_or_compile(words in prop::collection::vec(word(), 0..40)) {
        check(&words.join(" "));
    }

    #[test]
    fn a_document_with_a_few_changes_is_an_error_or_compiles(changes in prop::collection::vec(change(), 1..4)) {
        let mut tokens = tokens(&DOCUMENTS);
        for (place, change) in changes {
            let at = place.index(tokens.len());
            match change {
                Change::Remove => { tokens.remove(at); }
                Change::Repeat => { let token = tokens[at].clone(); tokens.insert(at, token); }
                Change::Replace(word) => tokens[at] = word,
                Change::Insert(word) => tokens.insert(at, word),
                Change::Copy(other) => tokens[at] = tokens[other.index(tokens.len())].clone(),
            }
        }
        check(&tokens.concat());
    }

    #[test]
    fn selections_of_any_shape_are_an_error_or_compile(
        node in prop::collection::vec(selection("Node", 3), 1..4),
        target in prop::collection::vec(selection("Target", 2), 1..3),
    ) {
        let fragments = fs::read_to_string(FOLDER.join("documents/fragments.graphql")).unwrap();
        let (node, target) = (node.join("\n"), target.join("\n"));
        check(&format!("query Q {{ Node {{ edges {{ node {{ {node} }} }} }} }}\n{fragments}"));
        check(&format!("query Q {{ Target(id: 1) {{ {target} }} }}\n{fragments}"));
    }
}
