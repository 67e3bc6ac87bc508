"""The same program for each client: it reads every kind of a schema and prints how many objects there are.

All read the same fields: id, human-friendly id and label of the object, the value of every attribute, and id,
human-friendly id, label and kind of every peer of a relationship to one. Objects of a generic are read as what its
kinds share. All send their requests with reqwest and run on tokio.
"""

import re
from pathlib import Path

import schema

ROOT = Path(__file__).resolve().parent.parent.parent
SELECTION_OF_PEER = "id hfid display_label __typename"
TOKIO = 'tokio = { version = "1", features = ["macros", "rt"] }'
REQWEST = 'reqwest = { version = "0.13", default-features = false, features = ["gzip", "rustls-no-provider"] }'
RUSTLS = 'rustls = { version = "0.23", default-features = false, features = ["ring", "std"] }'
SERDE = 'serde = { version = "1", features = ["derive"] }'
SERDE_JSON = 'serde_json = "1"'
OURS = f'infrahub-client = {{ path = "{ROOT}" }}'
OUR_BUILD = f'infrahub-build = {{ path = "{ROOT / "crates/infrahub-build"}" }}'
OUR_BUILD_SCRIPT = """\
fn main() {
    infrahub_build::configure().schema_dir("../schema").kinds([%s]).generate();
}
"""
# One edit of the program: what is printed at the end changes.
EDIT = 'println!("edit 0");'
MAIN = """\
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    %(client)s
%(calls)s
    %(edit)s
    Ok(())
}
"""
READ = """\
async fn read_%(snake)s(client: &Client) -> Result<(), Error> {
    %(read)s
    println!("%(kind)s {} {:?}", objects.len(), objects.first().map(|object| &object.id));
    Ok(())
}
"""


def snake(kind):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()


def package(folder, name, dependencies, files, build_dependencies=(), lib=False):
    lines = ["[package]", f'name = "{name}"', 'version = "0.0.0"', 'edition = "2024"', "publish = false", "",
             "[dependencies]", *dependencies]
    if build_dependencies:
        lines += ["", "[build-dependencies]", *build_dependencies]
    files = {"Cargo.toml": "\n".join(lines) + "\n", **files}
    for path, text in files.items():
        path = folder / name / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main_rs(kinds, head, client, read):
    """`read(kind)` is Rust that binds `objects` to the objects of a kind."""
    reads = "\n".join(READ % {"snake": snake(kind.kind), "kind": kind.kind, "read": read(kind)} for kind in kinds)
    calls = "\n".join(f"    read_{snake(kind.kind)}(&client).await?;" for kind in kinds)
    return f"#![allow(dead_code)]\n{head}\n{MAIN % {'client': client, 'calls': calls, 'edit': EDIT}}\n{reads}"


# --- serde structs by hand --------------------------------------------------------------------------

BY_HAND = """\
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A kind of which all objects can be read.
pub trait Kind: DeserializeOwned {
    const QUERY: &'static str;
}

#[derive(Debug, Clone, Deserialize)]
pub struct Answer<K> {
    pub data: Option<Data<K>>,
    #[serde(default)]
    pub errors: Vec<GraphQlError>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct GraphQlError {
    pub message: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Data<K> {
    pub objects: Page<K>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Page<K> {
    pub count: u64,
    pub edges: Vec<Edge<K>>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Edge<K> {
    pub node: K,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Attribute<T> {
    pub value: T,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ToOne {
    pub node: Peer,
}

#[derive(Debug, Clone, Deserialize)]
pub struct OptionalToOne {
    pub node: Option<Peer>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Peer {
    pub id: String,
    pub hfid: Option<Vec<String>>,
    pub display_label: Option<String>,
    #[serde(rename = "__typename")]
    pub typename: String,
}
"""
BY_HAND_CLIENT = """\
use serde_json::json;

type Error = Box<dyn std::error::Error>;

struct Client {
    http: reqwest::Client,
    address: String,
    token: String,
}

impl Client {
    fn from_env() -> Result<Self, Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (address, token) = (std::env::var("INFRAHUB_ADDRESS")?, std::env::var("INFRAHUB_API_TOKEN")?);
        Ok(Self { http: reqwest::Client::new(), address, token })
    }

    async fn send(&self, body: &serde_json::Value) -> Result<Vec<u8>, Error> {
        let request = self.http.post(format!("{}/graphql", self.address)).header("X-INFRAHUB-KEY", &self.token);
        let request = request.header("content-type", "application/json").body(serde_json::to_vec(body)?);
        Ok(request.send().await?.error_for_status()?.bytes().await?.into())
    }
"""
BY_HAND_ALL = """\

    async fn all<K: Kind>(&self) -> Result<Vec<K>, Error> {
        let body = self.send(&json!({ "query": K::QUERY })).await?;
        let answer: Answer<K> = serde_json::from_slice(&body)?;
        match (answer.data, answer.errors.into_iter().next()) {
            (_, Some(error)) => Err(error.message.into()),
            (Some(data), None) => Ok(data.objects.edges.into_iter().map(|edge| edge.node).collect()),
            (None, None) => Err("no data".into()),
        }
    }
}
"""
TYPES_BY_HAND = {"Number": "i64", "Bandwidth": "i64", "Boolean": "bool", "JSON": "serde_json::Value",
                 "List": "Vec<serde_json::Value>", "DateTime": "jiff::Timestamp", "IPNetwork": "ipnet::IpNet"}


def selection(kind):
    fields = ["id", "hfid", "display_label", *(["__typename"] if kind.is_generic else []),
              *(f"{attribute.name} {{ value }}" for attribute in kind.attributes),
              *(f"{one.name} {{ node {{ {SELECTION_OF_PEER} }} }}" for one in kind.to_one)]
    return " ".join(fields)


def struct_by_hand(kind):
    lines = ["#[derive(Debug, Clone, Deserialize)]", f"pub struct {kind.kind} {{", "    pub id: String,",
             "    pub hfid: Option<Vec<String>>,", "    pub display_label: Option<String>,"]
    if kind.is_generic:
        lines += ['    #[serde(rename = "__typename")]', "    pub typename: String,"]
    for attribute in kind.attributes:
        text = TYPES_BY_HAND.get(attribute.kind, "String")
        text = f"Option<{text}>" if attribute.optional else text
        lines.append(f"    pub {attribute.name}: Attribute<{text}>,")
    for one in kind.to_one:
        lines.append(f"    pub {one.name}: {'OptionalToOne' if one.optional else 'ToOne'},")
    query = f"query {{ objects: {kind.kind} {{ count edges {{ node {{ {selection(kind)} }} }} }} }}"
    lines += ["}", "", f"impl Kind for {kind.kind} {{", f'    const QUERY: &str = "{query}";', "}", ""]
    return "\n".join(lines)


def by_hand(kinds, folder):
    structs = BY_HAND + "\n" + "\n".join(struct_by_hand(kind) for kind in kinds)
    head = "mod kinds;\n\nuse kinds::*;\n" + BY_HAND_CLIENT + BY_HAND_ALL
    package(folder, "by-hand", [TOKIO, REQWEST, RUSTLS, SERDE, SERDE_JSON, JIFF, IPNET], {
        "src/kinds.rs": structs,
        "src/main.rs": main_rs(kinds, head, "let client = Client::from_env()?;",
                               lambda kind: f"let objects = client.all::<{kind.kind}>().await?;"),
    })


JIFF = 'jiff = { version = "1", default-features = false, features = ["std", "serde"] }'
IPNET = 'ipnet = { version = "2", features = ["serde"] }'


# --- infrahub-client --------------------------------------------------------------------------------


def patterns(kinds):
    return ", ".join(f'"{area}*"' for area in sorted({kind.namespace for kind in kinds}))


def ours_program(kinds, head):
    return main_rs(kinds, head, "let client = Client::from_env()?;",
                   lambda kind: f"let objects = client.all::<{kind.kind}>().await?;")


def ours(kinds, folder):
    head = ("mod kinds {\n    infrahub_client::include_schema!();\n}\n\nuse infrahub_client::{Client, Error};\n"
            "use kinds::*;\n")
    package(folder, "ours", [OURS, TOKIO], {
        "build.rs": OUR_BUILD_SCRIPT % patterns(kinds),
        "src/main.rs": ours_program(kinds, head),
    }, [OUR_BUILD])


def ours_in_two_crates(kinds, folder):
    package(folder, "our-kinds", [OURS], {
        "build.rs": OUR_BUILD_SCRIPT % patterns(kinds),
        "src/lib.rs": "infrahub_client::include_schema!();\n",
    }, [OUR_BUILD])
    head = "use infrahub_client::{Client, Error};\nuse our_kinds::*;\n"
    package(folder, "ours-in-two", ['our-kinds = { path = "../our-kinds" }', OURS, TOKIO], {
        "src/main.rs": ours_program(kinds, head),
    })


# --- graphql_client ---------------------------------------------------------------------------------


def graphql_client(kinds, folder):
    head = BY_HAND_CLIENT + """\

    async fn run<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Result<Q::ResponseData, Error> {
        let body = self.send(&json!(Q::build_query(variables))).await?;
        let answer: graphql_client::Response<Q::ResponseData> = serde_json::from_slice(&body)?;
        match (answer.data, answer.errors.unwrap_or_default().into_iter().next()) {
            (_, Some(error)) => Err(error.message.into()),
            (data, None) => data.ok_or_else(|| "no data".into()),
        }
    }
}
"""
    queries = ["use graphql_client::GraphQLQuery;", "", "type BigInt = i64;", "type GenericScalar = serde_json::Value;",
               "type DateTime = jiff::Timestamp;", ""]
    files = {}
    for kind in kinds:
        files[f"queries/{snake(kind.kind)}.graphql"] = (
            f"query Read{kind.kind} {{\n  objects: {kind.kind} {{ count edges {{ node {{ {selection(kind)} }} }} }}\n}}\n")
        queries += ["#[derive(GraphQLQuery)]",
                    f'#[graphql(schema_path = "../schema/schema.graphql", query_path = '
                    f'"queries/{snake(kind.kind)}.graphql", response_derives = "Debug, Clone")]',
                    f"pub struct Read{kind.kind};", ""]
    uses = "mod queries;\n\nuse graphql_client::GraphQLQuery;\nuse queries::*;\n"
    package(folder, "graphql-client", [TOKIO, REQWEST, RUSTLS, SERDE, SERDE_JSON, JIFF, 'graphql_client = "0.16"'], {
        **files,
        "src/queries.rs": "\n".join(queries),
        "src/main.rs": main_rs(
            kinds, uses + head, "let client = Client::from_env()?;",
            lambda kind: (f"let data = client.run::<Read{kind.kind}>(read_{snake(kind.kind)}::Variables {{}}).await?;\n"
                          "    let objects: Vec<_> = data.objects.edges.into_iter().filter_map(|edge| edge.node)"
                          ".collect();")),
    })


# --- cynic ------------------------------------------------------------------------------------------

CYNIC_VALUES = {"TextAttribute": "String", "NumberAttribute": "BigInt", "CheckboxAttribute": "bool",
                "JSONAttribute": "GenericScalar", "ListAttribute": "GenericScalar", "Dropdown": "String",
                "IPHost": "String", "IPNetwork": "String", "MacAddress": "String"}


def cynic_fragments(kinds):
    lines = ["use crate::schema;", "", "#[derive(cynic::Scalar, Debug, Clone)]", "pub struct BigInt(pub i64);", "",
             "#[derive(cynic::Scalar, Debug, Clone)]", "pub struct GenericScalar(pub serde_json::Value);", ""]
    for name, value in CYNIC_VALUES.items():
        lines += ["#[derive(cynic::QueryFragment, Debug, Clone)]", f"pub struct {name} {{",
                  f"    pub value: Option<{value}>,", "}", ""]
    peers = sorted({one.peer for kind in kinds for one in kind.to_one})
    for peer in peers:
        lines += ["#[derive(cynic::QueryFragment, Debug, Clone)]", f'#[cynic(graphql_type = "NestedEdged{peer}")]',
                  f"pub struct ToOne{peer} {{", f"    pub node: Option<Peer{peer}>,", "}", "",
                  "#[derive(cynic::QueryFragment, Debug, Clone)]", f'#[cynic(graphql_type = "{peer}")]',
                  f"pub struct Peer{peer} {{", "    pub id: String,", "    pub hfid: Option<Vec<String>>,",
                  '    #[cynic(rename = "display_label")]', "    pub display_label: Option<String>,",
                  '    #[cynic(rename = "__typename")]', "    pub typename: String,", "}", ""]
    for kind in kinds:
        name = kind.kind
        lines += ["#[derive(cynic::QueryFragment, Debug, Clone)]", '#[cynic(graphql_type = "Query")]',
                  f"pub struct Read{name} {{", f'    #[cynic(rename = "{name}")]', f"    pub objects: Paginated{name},",
                  "}", "", "#[derive(cynic::QueryFragment, Debug, Clone)]", f"pub struct Paginated{name} {{",
                  "    pub count: i32,", f"    pub edges: Vec<Edged{name}>,", "}", "",
                  "#[derive(cynic::QueryFragment, Debug, Clone)]", f"pub struct Edged{name} {{",
                  f"    pub node: Option<{name}>,", "}", "",
                  "#[derive(cynic::QueryFragment, Debug, Clone)]", f"pub struct {name} {{",
                  f"    pub id: {'Option<String>' if kind.is_generic else 'String'},",
                  "    pub hfid: Option<Vec<String>>,", '    #[cynic(rename = "display_label")]',
                  "    pub display_label: Option<String>,"]
        if kind.is_generic:
            lines += ['    #[cynic(rename = "__typename")]', "    pub typename: String,"]
        for attribute in kind.attributes:
            lines += [f'    #[cynic(rename = "{attribute.name}")]',
                      f"    pub {attribute.name}: Option<{attribute.graphql_type}>,"]
        for one in kind.to_one:
            lines += [f'    #[cynic(rename = "{one.name}")]', f"    pub {one.name}: ToOne{one.peer},"]
        lines += ["}", ""]
    return "\n".join(lines)


def cynic(kinds, folder):
    head = """\
mod fragments;

#[cynic::schema("infrahub")]
mod schema {}

use cynic::{GraphQlResponse, QueryBuilder};
use fragments::*;
""" + BY_HAND_CLIENT + """\

    async fn run<Q>(&self) -> Result<Q, Error>
    where
        Q: QueryBuilder<()> + cynic::QueryFragment + serde::de::DeserializeOwned + 'static,
        Q::SchemaType: cynic::schema::QueryRoot,
    {
        let body = self.send(&json!(Q::build(()))).await?;
        let answer: GraphQlResponse<Q> = serde_json::from_slice(&body)?;
        match (answer.data, answer.errors.unwrap_or_default().into_iter().next()) {
            (_, Some(error)) => Err(error.message.into()),
            (data, None) => data.ok_or_else(|| "no data".into()),
        }
    }
}
"""
    package(folder, "cynic-fragments", [TOKIO, REQWEST, RUSTLS, SERDE, SERDE_JSON, 'cynic = "3"'], {
        "build.rs": ('fn main() {\n    cynic_codegen::register_schema("infrahub")\n'
                     '        .from_sdl_file("../schema/schema.graphql")\n        .expect("the schema")\n'
                     '        .as_default()\n        .expect("the schema");\n}\n'),
        "src/fragments.rs": cynic_fragments(kinds),
        "src/main.rs": main_rs(
            kinds, head, "let client = Client::from_env()?;",
            lambda kind: (f"let data = client.run::<Read{kind.kind}>().await?;\n"
                          "    let objects: Vec<_> = data.objects.edges.into_iter().filter_map(|edge| edge.node)"
                          ".collect();")),
    }, ['cynic-codegen = "3"'])


# --- the infrahub crate -----------------------------------------------------------------------------


def infrahub_crate(kinds, folder):
    """The program; `infrahub-generated` beside it is what the crate's own generator writes."""
    head = """\
use infrahub::ClientConfig;
use infrahub_generated::ApiClient;

type Client = infrahub::Client;
type Error = Box<dyn std::error::Error>;
"""
    client = ('let (address, token) = (std::env::var("INFRAHUB_ADDRESS")?, std::env::var("INFRAHUB_API_TOKEN")?);\n'
              "    let client = Client::new(ClientConfig::new(address, token))?;")
    package(folder, "infrahub-crate", [TOKIO, 'infrahub = "0.5"',
                                       'infrahub-generated = { path = "../infrahub-generated" }'], {
        "src/main.rs": main_rs(
            kinds, head, client,
            lambda kind: (f"let objects = client.api().{kind.namespace.lower()}().{kind.name.lower()}()"
                          ".paginate(None, None).collect_all().await?;")),
    })


def write(count, folder):
    """All packages for this many kinds, and the schema in `schema/`."""
    kinds = schema.kinds(count)
    schema.write(kinds, folder / "schema")
    for client in (by_hand, ours, ours_in_two_crates, graphql_client, cynic, infrahub_crate):
        client(kinds, folder)
