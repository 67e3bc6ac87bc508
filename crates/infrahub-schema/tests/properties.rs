//! Whatever a server sends: no panic, no churn, and what was written is what is read.
#![allow(clippy::unwrap_used)]

use infrahub_schema::{Responses, Schema, Snapshot};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::fs;

const API: &str = include_str!("data/api-schema.json");

/// Numbers that follow from a seed, so that a failure can be repeated.
struct Shuffler(u64);

impl Shuffler {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

/// Lists of the answer whose order means nothing.
const UNORDERED: [&str; 11] = [
    "nodes",
    "generics",
    "profiles",
    "templates",
    "namespaces",
    "attributes",
    "relationships",
    "choices",
    "enum",
    "inherit_from",
    "used_by",
];

/// What a server makes up anew for the same schema.
const VOLATILE: [&str; 5] = ["id", "hash", "main", "number_pool_id", "menu_placement"];

/// The same answer as another server might write it.
fn shuffled(value: &Value, key: &str, by: &mut Shuffler) -> String {
    match value {
        _ if VOLATILE.contains(&key) => format!("\"{}\"", by.below(usize::MAX)),
        Value::Array(items) => {
            let mut texts: Vec<String> = items.iter().map(|item| shuffled(item, "", by)).collect();
            if UNORDERED.contains(&key) {
                by.shuffle(&mut texts);
            }
            format!("[{}]", texts.join(","))
        }
        Value::Object(map) => {
            let mut texts: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", json!(key), shuffled(value, key, by)))
                .collect();
            if by.below(2) == 0 {
                texts.push(format!("\"added_later_{}\": [{{}}]", by.below(9)));
            }
            by.shuffle(&mut texts);
            format!("{{{}}}", texts.join(if by.below(2) == 0 { "," } else { ",\n " }))
        }
        other => other.to_string(),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(0.5)),
        Just(json!("")),
        "[A-Za-z_\"\\\\é]{0,8}".prop_map(Value::from),
        prop::sample::select(vec!["kind", "name", "Text", "one", "CoreNode", "node", "aware"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((field_name(), inner), 0..5)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn field_name() -> impl Strategy<Value = String> {
    let known = vec![
        "format",
        "kinds",
        "nodes",
        "generics",
        "namespaces",
        "kind",
        "name",
        "namespace",
        "attributes",
        "relationships",
        "choices",
        "enum",
        "peer",
        "optional",
        "inherit_from",
        "parameters",
        "flavour",
    ];
    prop_oneof![prop::sample::select(known).prop_map(str::to_owned), "[a-z]{0,4}"]
}

/// Every place in a value, as the pointers of RFC 6901.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), found));
        }
        Value::Object(map) => {
            map.iter().for_each(|(key, item)| pointers(item, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

/// A real answer with some of its values replaced.
fn damaged() -> impl Strategy<Value = Value> {
    let answer: Value = serde_json::from_str(API).unwrap();
    let mut places = Vec::new();
    pointers(&answer, "", &mut places);
    let damage = (prop::sample::select(places), any_json());
    prop::collection::vec(damage, 1..4).prop_map(move |damages| {
        let mut answer = answer.clone();
        for (place, value) in damages {
            if let Some(target) = answer.pointer_mut(&place) {
                *target = value;
            }
        }
        answer
    })
}

/// An error names the origin; a schema survives being written and read.
fn check(result: Result<Schema, infrahub_schema::SchemaError>) -> Result<bool, TestCaseError> {
    match result {
        Err(error) => {
            let text = error.to_string();
            prop_assert!(text.contains("the-origin"), "{text}");
            prop_assert!(text.lines().count() > 1 || text.contains("has format"), "no advice in: {text}");
            Ok(false)
        }
        Ok(schema) => {
            let text = schema.to_nodes_json();
            let again = Schema::from_nodes_json(text.as_bytes(), "again");
            prop_assert!(again.is_ok(), "{}", again.unwrap_err());
            let again = again.unwrap();
            prop_assert_eq!(again.to_nodes_json(), text);
            prop_assert!(again == schema);
            Ok(true)
        }
    }
}

fn snapshot(schema: &str, version: &str) -> Snapshot {
    let info = json!({"deployment_id": "x", "version": version}).to_string();
    let responses =
        Responses { schema: schema.as_bytes(), sdl: "type Query { x: Int }\n", info: info.as_bytes() };
    Snapshot::from_responses(responses, "main", "http://localhost:8000").unwrap()
}

fn sdl_noise() -> impl Strategy<Value = String> {
    let tokens = vec![
        "", "\"", "\"\"\"", "{", "}", "(", ")", "[", "]", "!", "|", "&", "@", "=", ":", "#", "\\", "type A",
        "é", "\n",
    ];
    prop::collection::vec(prop::sample::select(tokens), 0..4).prop_map(|tokens| tokens.concat())
}

fn sdl_of(sdl: &str) -> Result<String, infrahub_schema::SchemaError> {
    let (schema, info) = (br#"{"main": "h", "nodes": []}"#, br#"{"version": "1.11.9"}"#);
    Snapshot::from_responses(Responses { schema, sdl, info }, "main", "http://localhost:8000")
        .map(|snapshot| snapshot.sdl)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_pull_without_a_change_writes_nothing(seed in any::<u64>()) {
        let answer: Value = serde_json::from_str(API).unwrap();
        let folder = tempfile::tempdir().unwrap();
        prop_assert_eq!(snapshot(API, "1.11.9").write(folder.path()).unwrap().files.len(), 3);
        let before = fs::read_to_string(folder.path().join("nodes.json")).unwrap();

        let other = snapshot(&shuffled(&answer, "", &mut Shuffler(seed)), "1.11.10");
        prop_assert!(other.write(folder.path()).unwrap().is_unchanged());
        prop_assert_eq!(other.schema.to_nodes_json(), before);
    }

    #[test]
    fn random_json_is_refused_or_understood(value in any_json()) {
        let text = value.to_string();
        check(Schema::from_api(text.as_bytes(), "the-origin"))?;
        check(Schema::from_nodes_json(text.as_bytes(), "the-origin"))?;
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(!check(Schema::from_api(&bytes, "the-origin"))?);
        prop_assert!(!check(Schema::from_nodes_json(&bytes, "the-origin"))?);
    }

    #[test]
    fn damaged_sdl_is_refused_or_has_one_form(place in any::<prop::sample::Index>(), noise in sdl_noise(), cut in any::<bool>()) {
        let sdl = include_str!("data/schema.graphql");
        let mut place = place.index(sdl.len());
        while !sdl.is_char_boundary(place) {
            place -= 1;
        }
        let rest = if cut { "" } else { &sdl[place..] };
        let damaged = format!("{}{noise}{rest}", &sdl[..place]);
        if let Ok(once) = sdl_of(&damaged) {
            prop_assert_eq!(sdl_of(&once).unwrap(), once);
        }
    }

    #[test]
    fn a_damaged_answer_is_refused_or_understood(answer in damaged()) {
        check(Schema::from_api(answer.to_string().as_bytes(), "the-origin"))?;
    }
}
