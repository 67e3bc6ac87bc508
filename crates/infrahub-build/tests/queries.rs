//! Documents that compile, and what is said about those that do not.
#![allow(clippy::unwrap_used)]

use infrahub_build::compile_queries;
use std::fs;
use std::path::PathBuf;

const SDL: &str = r#"
type Query {
  Device(name: String, names: [String!], limit: Int, offset: Int, filter: Filter): PaginatedDevice!
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
type Device implements Node { id: String! label: String asn: BigInt state: State labels(n: Int): GenericScalar odd: Odd }
type Site implements Node { id: String! label: String }
enum State { UP DOWN }
input DeviceInput { name: String! state: State tags: [String!] again: DeviceInput }
input Filter { state: State! at: DateTime old: Int @deprecated(reason: "use at") }
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

    fn first_lines(&self) -> Vec<String> {
        let errors = self.compile().unwrap_err();
        let shown = errors.errors().iter().map(|error| {
            let text = error.to_string().replace(&format!("{}/queries/", self.0.display()), "");
            text.lines().next().unwrap().to_owned()
        });
        shown.collect()
    }

    fn output(&self, file: &str) -> String {
        fs::read_to_string(self.0.join("out").join(file)).unwrap()
    }
}

#[test]
fn a_schema_that_ends_too_early_is_named() {
    let case = Case::new("short-schema", &[("tags.graphql", "query Tags { Status { ok } }")]);
    fs::write(case.0.join("schema.graphql"), "type Query {\n  a: Int\n").unwrap();
    let error = case.compile().unwrap_err().errors()[0].clone();
    assert_eq!((error.file(), error.place()), (case.0.join("schema.graphql").as_path(), Some((3, 1))));
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
        ("query Q { Device { count ...F } }", "1:26: there is no fragment `F`"),
        (
            "query Q { Device { edges { ...F } } } fragment F on Device { id ...F }",
            "1:48: the fragment `F` contains itself",
        ),
        (
            "query Q { Device { edges { ...F } } } fragment F on Devise { id }",
            "1:53: the schema has no type `Devise`; did you mean `Device`?",
        ),
        ("query Q { Device { edges { ... on Site { id } } } }", "1:28: a `Device` is never a `Site`"),
        ("query Q { Device { count @cached } }", "1:26: the schema has no directive `@cached`"),
        (
            "query Q { Device { edges { x: id x: label } } }",
            "1:34: `x` is asked for twice here, as `id` and as `label`; give one an alias",
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
        (
            "query Q { Node { edges { asn } } }",
            "1:26: `Node` has no field `asn`; `Device` has one: write `... on Device { asn }`",
        ),
        (
            "query Q { Node { edges { ... on Device { x: asn } ... on Site { x: id } } } }",
            "1:65: `x` is `BigInt` of `Device` and `String!` of `Site`, and an answer has one type for a name; give one an alias",
        ),
        (
            "query Q { a: Device(limit: 1) { count } a: Device(limit: 2) { count } }",
            "1:41: `a` is asked for twice here, with other arguments; give one an alias",
        ),
        (
            "query Q { Device { edges { aB: id a_b: label } } }",
            "1:35: `a_b` and `aB` would be one field in Rust; give one an alias",
        ),
        ("query Q { Device { edges { _: id } } }", "1:28: `_` cannot be a field in Rust: it has no letter"),
        (
            "query Q { Device(limit: 3000000000) { count } }",
            "1:25: expected `Int`, found the number 3000000000",
        ),
        (
            "query Q { Device @expan { count } }",
            "1:18: the schema has no directive `@expan`; did you mean `expand`?",
        ),
        ("query Q @expand { Device { count } }", "1:9: `@expand` cannot stand here"),
        ("query Q { Device { count @skip(if: true) @skip(if: true) } }", "1:42: `@skip` stands here twice"),
        (
            "query Match { Status { ok } }",
            "1:7: an operation cannot be called `Match`: Rust or generated code uses the name",
        ),
        (
            "query Q { Device { edges { ...String } } } fragment String on Device { id }",
            "1:53: a fragment cannot be called `String`: generated code uses the name",
        ),
        ("query Q { Device() { count } }", "1:18: expected a name, found `)`"),
        ("# nothing", "1:10: the file has no operation and no fragment"),
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
            ("c.graphql", "query C { Status { ok ...Unread }\n"),
        ],
    );
    let expected = "\
a.graphql:1:31: `PaginatedDevice` has no field `cont`; did you mean `count`?
  |
1 | query A($n: [ID!]) { Device { cont } Nod(ids: $n) { count } Node { conut } }
  |                               ^^^^
a.graphql:1:38: `Query` has no field `Nod`; did you mean `Node`?
  |
1 | query A($n: [ID!]) { Device { cont } Nod(ids: $n) { count } Node { conut } }
  |                                      ^^^
a.graphql:1:68: `PaginatedNode` has no field `conut`; did you mean `count`?
  |
1 | query A($n: [ID!]) { Device { cont } Nod(ids: $n) { count } Node { conut } }
  |                                                                    ^^^^^
b.graphql:1:11: `Query` has no field `Stat`; did you mean `Status`?
  |
1 | query B { Stat { ok } }
  |           ^^^^
c.graphql:2:1: expected a field, `...` or `}`, found the end of the file
  |
2 |
  | ^";
    assert_eq!(case.errors(), expected);
}

#[test]
fn a_broken_schema_is_named_with_its_line() {
    let case = Case::new("schema", &[("q.graphql", "query Q { Device { count } }")]);
    fs::write(case.0.join("schema.graphql"), "type Query {\n  device Device\n}").unwrap();
    let errors = case.errors();
    let expected =
        "schema.graphql:2:10: expected `:`, found `Device`\n  |\n2 |   device Device\n  |          ^^^^^^";
    assert!(errors.ends_with(expected), "{errors}");
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
            (Some((4, 20)), "the scalar `Odd` is not known; it is read as JSON".to_owned()),
        ]
    );
}

#[test]
fn a_deprecated_argument_is_a_warning_in_the_document_and_a_deprecated_field_one_in_rust() {
    let text = "query Q { Device(filter: { state: UP, old: 1 }) { count } Status { old } }";
    let case = Case::new("deprecated", &[("q.graphql", text)]);
    let warnings = case.compile().unwrap().warnings;
    let warnings: Vec<_> = warnings.iter().map(|warning| (warning.place(), warning.message())).collect();
    assert_eq!(warnings, [(Some((1, 39)), "`Filter`: `old` is deprecated: use at")]);
    assert!(case.output("q.rs").contains("#[deprecated(note = \"use ok\")]"));
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
    let outputs = ["one", "two"].map(|name| {
        let case = Case::new(&format!("same-{name}"), &[("m.graphql", text)]);
        case.compile().unwrap();
        ["m.rs", "types.rs", "mod.rs"].map(|file| case.output(file))
    });
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn fragments_are_shared_by_all_files_and_named_where_they_are_wrong() {
    let case = Case::new(
        "shared",
        &[
            ("a.graphql", "query A($n: String) { Device(name: $n) { ...Page } }"),
            ("b.graphql", "query B { Device { ...Page ...Pag } }"),
            (
                "lib.graphql",
                "fragment Page on PaginatedDevice { edges { ...Name } counts }\n\
                 fragment Name on Device { id }\nfragment name on Site { label }",
            ),
        ],
    );
    assert_eq!(
        case.first_lines(),
        [
            "b.graphql:1:28: there is no fragment `Pag`; did you mean `Page`?",
            "lib.graphql:1:54: `PaginatedDevice` has no field `counts`; did you mean `count`?",
            "lib.graphql:3:10: there is a fragment of the name `name` already; all files share their fragments",
        ]
    );
}

#[test]
fn a_variable_of_a_fragment_is_checked_with_each_operation() {
    let case = Case::new(
        "fragment-variables",
        &[
            ("a.graphql", "query A($name: String) { ...Devices }"),
            ("b.graphql", "query B($nam: String) { Status { ok } ...Devices }"),
            ("c.graphql", "query C($name: Int) { ...Devices }"),
            ("lib.graphql", "fragment Devices on Query { Device(name: $name) { count } }"),
        ],
    );
    assert_eq!(
        case.first_lines(),
        [
            "b.graphql:1:9: `$nam` is never used",
            "lib.graphql:1:42: expected `String`, found `$name`, which is `Int`",
            "lib.graphql:1:42: the operation `B` declares no `$name`, which the fragment `Devices` uses; did you mean `nam`?",
        ]
    );
}

#[test]
fn only_what_an_operation_reaches_is_sent_with_it() {
    let case = Case::new(
        "sent",
        &[
            ("a.graphql", "query One { Device { edges { ...Ident } } } query Two { Status { ok } }"),
            ("lib.graphql", "fragment Ident on Node { id } fragment Lost on Site { id }"),
        ],
    );
    let warnings = case.compile().unwrap().warnings;
    let warnings: Vec<_> = warnings.iter().map(|warning| (warning.place(), warning.message())).collect();
    assert_eq!(warnings, [(Some((1, 40)), "the fragment `Lost` is used nowhere")]);
    assert!(
        case.output("one.rs")
            .contains(r#""query One { Device { edges { ...Ident } } }\nfragment Ident on Node { id }\n""#)
    );
    assert!(case.output("two.rs").contains(r#""query Two { Status { ok } }\n""#));
}

#[test]
fn a_file_of_an_operation_that_is_gone_is_removed() {
    let case = Case::new("gone", &[("q.graphql", "query Q { Device { count } } query R { Status { ok } }")]);
    case.compile().unwrap();
    fs::write(case.0.join("queries/q.graphql"), "query Q { Device { count } }").unwrap();
    case.compile().unwrap();
    let mut names: Vec<_> =
        fs::read_dir(case.0.join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["mod.rs", "q.rs"]);
}

#[test]
fn operations_that_page_get_a_stream_and_others_none() {
    let paged = |text: &str| {
        let name = format!("paged-{}", text.len());
        let case = Case::new(&name, &[("q.graphql", text)]);
        case.compile().unwrap();
        case.output("q.rs").contains("PagedVariables")
    };
    assert!(paged("query Q($l: Int, $o: Int) { Device(limit: $l, offset: $o) { count edges { id } } }"));
    assert!(paged(
        "query Q($l: Int!, $o: Int!) { a: Device(limit: $l, offset: $o) { n: count e: edges { id } } }"
    ));
    for text in [
        "query Q($l: Int, $o: Int) { Device(limit: $l, offset: $o) { count } }",
        "query Q($l: Int, $o: Int) { Device(limit: $l, offset: $o) { edges { id } } }",
        "query Q($l: Int) { Device(limit: $l, offset: $l) { count edges { id } } }",
        "query Q($l: Int) { Device(limit: $l, offset: 1) { count edges { id } } }",
        "query Q($l: Int, $o: Int) { Device(limit: $l, offset: $o) { count edges { id labels(n: $l) } } }",
        "query Q($l: Int, $o: Int, $y: Boolean!) { Device(limit: $l, offset: $o) { count edges @skip(if: $y) { id } } }",
        "query Q($l: Int, $o: Int) { Device(limit: $l, offset: $o) { count edges { id } } Status { ok } }",
    ] {
        assert!(!paged(text), "{text}");
    }
}
