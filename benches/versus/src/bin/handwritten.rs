//! The limit: what a program that knows just this task sends, with reqwest and serde and nothing else.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::time::Instant;
use versus::{Task, device, report, task};

const READ: &str = "query ($site: String) { InfraDevice(site__name__value: $site) { edges { node { \
    id name { value } role { value } status { value } height { value } asn { value } description { value } \
    site { node { id display_label } } } } } }";

#[derive(Deserialize)]
struct Response<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize)]
struct Devices {
    #[serde(rename = "InfraDevice")]
    page: Page,
}

#[derive(Deserialize)]
struct Page {
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Device,
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
    status: String,
    #[serde(deserialize_with = "value")]
    height: i64,
    #[serde(deserialize_with = "value")]
    asn: Option<i64>,
    #[serde(deserialize_with = "value")]
    description: Option<String>,
    site: Related,
}

#[allow(dead_code)]
#[derive(Deserialize)]
struct Related {
    node: Peer,
}

#[allow(dead_code)]
#[derive(Deserialize)]
struct Peer {
    id: String,
    display_label: Option<String>,
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

    async fn execute<T: for<'de> Deserialize<'de>>(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<T, Box<dyn Error>> {
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
}

async fn read(client: &Client, site: &str) -> Result<usize, Box<dyn Error>> {
    let devices: Devices = client.execute(READ, json!({ "site": site })).await?;
    Ok(std::hint::black_box(devices.page.edges.into_iter().map(|edge| edge.node).collect::<Vec<_>>()).len())
}

/// Ten creates in a document, five documents in flight.
async fn create(client: &Client, site: &str, count: usize) -> Result<usize, Box<dyn Error>> {
    let numbers: Vec<usize> = (0..count).collect();
    let documents = numbers.chunks(10).map(|numbers| async move {
        let (mut declared, mut fields) = (String::new(), String::new());
        let mut variables = Map::new();
        for (alias, number) in numbers.iter().enumerate() {
            let device = device(site, *number);
            declared += &format!("$d{alias}: InfraDeviceCreateInput! ");
            fields += &format!("d{alias}: InfraDeviceCreate(data: $d{alias}) {{ object {{ id }} }} ");
            let data = json!({
                "name": { "value": device.name }, "role": { "value": device.role },
                "height": { "value": device.height }, "asn": { "value": device.asn },
                "description": { "value": device.description }, "site": { "hfid": [site] },
            });
            variables.insert(format!("d{alias}"), data);
        }
        let document = format!("mutation ({declared}) {{ {fields}}}");
        let created: Map<String, Value> = client.execute(&document, Value::Object(variables)).await?;
        Ok::<usize, Box<dyn Error>>(created.len())
    });
    stream::iter(documents).buffer_unordered(5).try_fold(0, |sum, n| async move { Ok(sum + n) }).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let client = Client::from_env()?;
    let nodes = match task() {
        Task::Read { site } => read(&client, &site).await?,
        Task::Create { site, count } => create(&client, &site, count).await?,
    };
    report(began, nodes);
    Ok(())
}
