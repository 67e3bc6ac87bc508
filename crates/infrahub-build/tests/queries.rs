//! Documents that compile, and what is said about those that do not.
#![allow(clippy::unwrap_used)]

use infrahub_build::compile_queries;
use std::fs;
use std::path::PathBuf;

const SDL: &str = r#"
type Query {
  Device(name: String, names: [String!], limit: Int, filter: Filter): PaginatedDevice!
  Node(ids: [ID!]): PaginatedNode!
  Status: Status!
  Info(q: String!): Status!
}
type Mutation {
  DeviceCreate(data: DeviceInput!): Status
  Upload(file: Upload!): Status
}
type PaginatedDevice { count: Int! edges: [Device!]! }
type PaginatedNode { count: Int! edges: [Node!]! }
type Status { ok: Boolean old: Boolean @deprecated(reason: "use ok") at: DateTime }
interface Node { id: String! label: String }
type Device implements Node { id: String! label: String asn: BigInt state: State labels: GenericScalar odd: Odd }
type Site implements Node { id: String! label: String }
enum State { UP DOWN }
input DeviceInput { name: String! state: State tags: [String!] again: DeviceInput }
input Filter { state: State! at: DateTime }
scalar BigInt
scalar DateTime
scalar GenericScalar
scalar Upload
scalar Odd
directive @expand(exclude: [String]) on FIELD
"#;

/// A folder of its own for one case.
struct Case(PathBuf);

impl Case {
    fn new(name: &str, documents: &[(&str, &str)]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("queries-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("queries")).unwrap();
        fs::write(folder.join("schema.graphql"), SDL).unwrap();
        for (file, text) in documents {
            fs::write(folder.join("queries").join(file), text).unwrap();
        }
        Self(folder)
    }

    fn compile(&self) -> Result<infrahub_build::CompiledQueries, infrahub_build::QueryErrors> {
        compile_queries(
            &self.0.join("queries"),
            &self.0.join("schema.graphql"),
            &self.0.join("out"),
            "::infrahub_client",
        )
    }

    fn errors(&self) -> String {
        let errors = self.compile().unwrap_err().to_string();
        errors.replace(&format!("{}/queries/", self.0.display()), "")
    }

    fn output(&self, file: &str) -> String {
        fs::read_to_string(self.0.join("out").join(file)).unwrap()
    }
}

#[test]
fn every_mistake_is_named_with_its_line_and_column() {
    let cases = [
        (
            "query Q { Device { counts } }",
            "1:20: `PaginatedDevice` has no field `counts`; did you mean `count`?",
        ),
        (
            "query Q {\n  Device {\n    count\n  }",
            "4:4: expected a field, `...` or `}`, found the end of the file",
        ),
        (
            "{ Device { count } }",
            "1:1: an operation needs a name, which becomes the Rust name: write `query SomeName { … }`",
        ),
        (
            "query Q { Device }",
            "1:11: `Query.Device` is a `PaginatedDevice!`; say which of its fields: `Device { … }`",
        ),
        (
            "query Q { Device { count { x } } }",
            "1:20: `PaginatedDevice.count` is a `Int!`, which has no fields",
        ),
        (
            "query Q { Device(nam: \"x\") { count } }",
            "1:18: `Query.Device` takes no `nam`; did you mean `name`?",
        ),
        ("query Q { Device(limit: \"x\") { count } }", "1:25: expected `Int`, found a string"),
        ("query Q { Device(name: [1]) { count } }", "1:24: expected `String`, found a list"),
        ("query Q { Info { ok } }", "1:11: `Query.Info` needs `q: String!`"),
        ("query Q { Info(q: null) { ok } }", "1:19: expected `String!`, found null"),
        ("query Q { Info(q: \"a\", q: \"b\") { ok } }", "1:24: `Query.Info`: `q` is given twice"),
        (
            "query Q($n: Strin) { Device(name: $n) { count } }",
            "1:9: `$n`: the schema has no type `Strin`; did you mean `String`?",
        ),
        (
            "query Q($n: Device) { Device(name: $n) { count } }",
            "1:9: `$n`: `Device` cannot be the type of a variable",
        ),
        (
            "query Q($n: Int) { Device(name: $n) { count } }",
            "1:33: expected `String`, found `$n`, which is `Int`",
        ),
        (
            "query Q($n: String) { Info(q: $n) { ok } }",
            "1:31: expected `String!`, found `$n`, which is `String`",
        ),
        ("query Q($n: String) { Device { count } }", "1:9: `$n` is never used"),
        ("query Q($n: Int, $n: Int) { Device(limit: $n) { count } }", "1:18: `$n` is declared twice"),
        (
            "query Q($name: String!) { Device(names: [$name], name: $nam) { count } }",
            "1:56: the operation declares no `$nam`; did you mean `name`?",
        ),
        (
            "query Q { Device(filter: { state: Up }) { count } }",
            "1:35: `State` has no value `Up`; did you mean `UP`?",
        ),
        ("query Q { Device(filter: { at: \"x\" }) { count } }", "1:26: `Filter` needs `state: State!`"),
        ("query Q { Device { count ...F } }", "1:26: this file has no fragment `F`"),
        (
            "query Q { Device { count } } fragment F on Device { id }",
            "1:39: the fragment `F` is used nowhere in this file",
        ),
        (
            "query Q { Device { edges { ...F } } } fragment F on Device { id ...F }",
            "1:48: the fragment `F` contains itself",
        ),
        (
            "query Q { Device { edges { ...F } } } fragment F on Devise { id }",
            "1:53: the schema has no type `Devise`; did you mean `Device`?",
        ),
        ("query Q { Device { edges { ... on Site { id } } } }", "1:28: a `Device` is never a `Site`"),
        (
            "query Q { Device { edges { ... on Device { id } } } }",
            "1:28: this is on `Device` already; move the fields out of the fragment",
        ),
        (
            "query Q($x: Boolean!) { Device { count @skip(if: $x) } }",
            "1:40: `@skip` may leave out `count`, which is `Int!` and so always expected",
        ),
        ("query Q { Device { count @cached } }", "1:26: the schema has no directive `@cached`"),
        (
            "query Q { Device { count count } }",
            "1:26: `count` is selected twice here; select it once, or give one an alias",
        ),
        ("subscription S { Device { count } }", "1:14: subscriptions are not supported"),
        (
            "mutation M($f: Upload!) { Upload(file: $f) { ok } }",
            "1:12: `$f`: files cannot be sent from a document",
        ),
        (
            "query Q { Device { count } }\nquery q { Device { count } }",
            "2:7: an operation of this name is in q.graphql already",
        ),
        ("# nothing", "1:1: the file has no operation"),
    ];
    for (index, (text, expected)) in cases.iter().enumerate() {
        let errors = Case::new(&format!("mistake-{index}"), &[("q.graphql", text)]).errors();
        assert_eq!(errors.lines().next(), Some(format!("q.graphql:{expected}").as_str()), "{text}");
    }
}

#[test]
fn all_mistakes_of_all_documents_are_told_at_once() {
    let case = Case::new(
        "several",
        &[
            ("a.graphql", "query A($n: [ID!]) { Device { cont } Nod(ids: $n) { count } Node { conut } }"),
            ("b.graphql", "query B { Stat { ok } }"),
            ("B-c.graphql", "query C { Status { ok } }"),
        ],
    );
    assert_eq!(
        case.errors(),
        "B-c.graphql: the file's name must be lower-case letters, digits and `_`, a letter first\n\
         a.graphql:1:31: `PaginatedDevice` has no field `cont`; did you mean `count`?\n\
         a.graphql:1:38: `Query` has no field `Nod`; did you mean `Node`?\n\
         a.graphql:1:68: `PaginatedNode` has no field `conut`; did you mean `count`?\n\
         b.graphql:1:11: `Query` has no field `Stat`; did you mean `Status`?"
    );
}

#[test]
fn a_broken_schema_is_named_with_its_line() {
    let case = Case::new("schema", &[("q.graphql", "query Q { Device { count } }")]);
    fs::write(case.0.join("schema.graphql"), "type Query {\n  device Device\n}").unwrap();
    let errors = case.errors();
    assert!(errors.ends_with("schema.graphql:2:10: expected `:`, found `Device`"), "{errors}");
}

#[test]
fn a_kind_that_is_singled_out_gets_a_variant_and_the_rest_is_unknown() {
    let text = "query Nodes { Node { edges { id ... on Device { asn state } } } }";
    let case = Case::new("interface", &[("nodes.graphql", text)]);
    case.compile().unwrap();
    let rust = case.output("nodes.rs");
    assert!(rust.contains("edges { __typename id ... on Device"), "{rust}");
    assert!(rust.contains("Device(NodesNodeEdgesOnDevice)"), "{rust}");
    assert!(rust.contains("#[serde(other)]\n        Unknown"), "{rust}");
    assert!(!rust.contains("Site"), "{rust}");
    assert!(rust.contains("type BigInt = i64;"), "{rust}");
    // Every derive says where serde is, so that a user's crate needs no dependency for it.
    let derives = rust.matches("#[derive(Deserialize").count() + rust.matches("#[derive(Serialize").count();
    assert_eq!(rust.matches("#[serde(crate").count(), derives, "{rust}");
}

#[test]
fn an_interface_of_which_no_kind_is_singled_out_is_a_plain_struct() {
    let text = "query Nodes { Node { edges { id label } } }";
    let case = Case::new("plain-interface", &[("nodes.graphql", text)]);
    case.compile().unwrap();
    let rust = case.output("nodes.rs");
    assert!(rust.contains("pub struct NodesNodeEdges {\n        pub id: String,"), "{rust}");
    assert!(!rust.contains("enum") && !rust.contains("__typename"), "{rust}");
}

#[test]
fn warnings_name_unknown_scalars_and_fields_that_share_a_session() {
    let text = "query Q {\n  Status { ok }\n  Info(q: \"x\") { at }\n  Device { edges { odd } }\n}";
    let case = Case::new("warnings", &[("q.graphql", text)]);
    let warnings: Vec<_> = case
        .compile()
        .unwrap()
        .warnings
        .iter()
        .map(|warning| (warning.place(), warning.message().to_owned()))
        .collect();
    assert_eq!(
        warnings,
        [
            (
                Some((3, 3)),
                "`Status` and `Info` share one database session on the server, which can hang a worker; put them in two operations"
                    .to_owned()
            ),
            (None, "the scalar `Odd` is not known; it is read as JSON".to_owned()),
        ]
    );
}

#[test]
fn nothing_is_written_where_nothing_changed() {
    let case = Case::new("fresh", &[("q.graphql", "query Q { Device { count } }")]);
    let written = |case: &Case| {
        let mut times: Vec<_> = fs::read_dir(case.0.join("out"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), entry.metadata().unwrap().modified().unwrap()))
            .collect();
        times.sort();
        times
    };
    let inputs = case.compile().unwrap().inputs;
    assert_eq!(inputs.len(), 3);
    let before = written(&case);
    std::thread::sleep(std::time::Duration::from_millis(20));
    case.compile().unwrap();
    assert_eq!(before, written(&case));
    fs::write(case.0.join("queries/q.graphql"), "query Q { Device { edges { id } } }").unwrap();
    case.compile().unwrap();
    assert_ne!(before, written(&case));
}

#[test]
fn the_same_documents_give_the_same_bytes() {
    let text = "mutation M($data: DeviceInput!) { DeviceCreate(data: $data) { ok old at } }";
    let outputs: Vec<_> = ["one", "two"]
        .map(|name| {
            let case = Case::new(&format!("same-{name}"), &[("m.graphql", text)]);
            case.compile().unwrap();
            case.output("m.rs")
        })
        .into();
    assert_eq!(outputs[0], outputs[1]);
    assert!(outputs[0].contains("const WRITES: bool = true;"));
    assert!(outputs[0].contains("#[deprecated(note = \"use ok\")]"));
    assert!(
        outputs[0].contains("pub again: Option<Box<DeviceInput>>")
            || outputs[0].contains("pub again: Box<Option<DeviceInput>>")
    );
}
