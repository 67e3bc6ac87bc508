//! The limit: what a program that knows just this task sends, with reqwest and serde and nothing else.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::time::Instant;
use versus::{SITE, Task, report, task, values};

const READ_DEVICES: &str = "query ($name: String) { InfraDevice(name__value: $name, partial_match: true) { edges { \
    node { id name { value } role { value } status { value } height { value } asn { value } \
    description { value } site { node { id display_label } } } } } }";
const READ_TAGS: &str = "query ($name: String) { BuiltinTag(name__value: $name, partial_match: true) { edges { \
    node { id name { value } description { value } } } } }";

#[derive(Deserialize)]
struct Response<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
struct Found<T> {
    #[serde(alias = "InfraDevice", alias = "BuiltinTag")]
    page: Page<T>,
}

#[derive(Deserialize)]
struct Page<T> {
    edges: Vec<Edge<T>>,
}

#[derive(Deserialize)]
struct Edge<T> {
    node: T,
}

#[allow(dead_code)]
#[derive(Deserialize)]
struct Device {
    id: String,
    #[serde(deserialize_with = "value")]
    name: String,
    #[serde(deserialize_with = "value")]
    role: Option<String>,
    #[serde(deserialize_with = "value")]
    status: Option<String>,
    #[serde(deserialize_with = "value")]
    height: Option<i64>,
    #[serde(deserialize_with = "value")]
    asn: Option<i64>,
    #[serde(deserialize_with = "value")]
    description: Option<String>,
    site: Edge<Site>,
}

#[allow(dead_code)]
#[derive(Deserialize)]
struct Site {
    id: String,
    display_label: Option<String>,
}

#[allow(dead_code)]
#[derive(Deserialize)]
struct Tag {
    id: String,
    #[serde(deserialize_with = "value")]
    name: String,
    #[serde(deserialize_with = "value")]
    description: Option<String>,
}

fn value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    struct Attribute<T> {
        value: T,
    }
    Attribute::deserialize(deserializer).map(|attribute| attribute.value)
}

struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    fn from_env() -> Result<Self, Box<dyn Error>> {
        let url = format!("{}/graphql", std::env::var("INFRAHUB_ADDRESS")?);
        Ok(Self { http: reqwest::Client::new(), url, token: std::env::var("INFRAHUB_API_TOKEN")? })
    }

    async fn execute<T: DeserializeOwned>(&self, query: &str, variables: Value) -> Result<T, Box<dyn Error>> {
        let body = serde_json::to_vec(&json!({ "query": query, "variables": variables }))?;
        let request = self.http.post(&self.url).header("X-INFRAHUB-KEY", &self.token);
        let request = request.header("content-type", "application/json").body(body);
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        let response: Response<T> = serde_json::from_slice(&answer)?;
        match response.data {
            Some(data) if response.errors.is_empty() => Ok(data),
            _ => Err(format!("the server answered with errors: {:?}", response.errors).into()),
        }
    }

    /// Everything in one request.
    async fn read<T: DeserializeOwned>(&self, query: &str, prefix: &str) -> Result<usize, Box<dyn Error>> {
        let found: Found<T> = self.execute(query, json!({ "name": prefix })).await?;
        let nodes: Vec<T> = found.page.edges.into_iter().map(|edge| edge.node).collect();
        Ok(std::hint::black_box(nodes).len())
    }

    /// Ten creates in a document, five documents in flight.
    async fn create(&self, devices: bool, prefix: &str, count: usize) -> Result<usize, Box<dyn Error>> {
        let kind = if devices { "InfraDevice" } else { "BuiltinTag" };
        let numbers: Vec<usize> = (0..count).collect();
        let documents = numbers.chunks(10).map(|numbers| async move {
            let (mut declared, mut fields) = (String::new(), String::new());
            let mut variables = Map::new();
            for (alias, number) in numbers.iter().enumerate() {
                let values = values(prefix, *number);
                let mut data = json!({
                    "name": { "value": values.name }, "description": { "value": values.description },
                });
                if devices {
                    data["role"] = json!({ "value": values.role });
                    data["height"] = json!({ "value": values.height });
                    data["asn"] = json!({ "value": values.asn });
                    data["site"] = json!({ "hfid": [SITE] });
                }
                declared += &format!("$d{alias}: {kind}CreateInput! ");
                fields += &format!("d{alias}: {kind}Create(data: $d{alias}) {{ object {{ id }} }} ");
                variables.insert(format!("d{alias}"), data);
            }
            let document = format!("mutation ({declared}) {{ {fields}}}");
            let created: Map<String, Value> = self.execute(&document, Value::Object(variables)).await?;
            Ok::<usize, Box<dyn Error>>(created.len())
        });
        stream::iter(documents).buffer_unordered(5).try_fold(0, |sum, n| async move { Ok(sum + n) }).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // this package builds reqwest as infrahub-client wants it, without a TLS provider of its own
    let _ = rustls::crypto::ring::default_provider().install_default();
    let began = Instant::now();
    let client = Client::from_env()?;
    let Task { devices, prefix, create } = task();
    let nodes = match create {
        Some(count) => client.create(devices, &prefix, count).await?,
        None if devices => client.read::<Device>(READ_DEVICES, &prefix).await?,
        None => client.read::<Tag>(READ_TAGS, &prefix).await?,
    };
    report(began, nodes);
    Ok(())
}
