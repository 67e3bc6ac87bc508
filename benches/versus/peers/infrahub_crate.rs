//! The task of this benchmark with the `infrahub` crate and the client that its generator makes.

use infrahub::{Client, ClientConfig};
use infrahub_generated::ApiClient;
use infrahub_generated::api::infra::InfraDeviceFilters;
use serde_json::json;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

async fn read(client: &Client, site: &str) -> Outcome<usize> {
    let filters =
        InfraDeviceFilters { site_name_value: Some(site.to_owned()), limit: Some(50), ..Default::default() };
    let devices = client.api().infra().device().paginate(Some(filters), None).collect_all().await?;
    Ok(std::hint::black_box(devices).len())
}

/// One create after the other: the crate has no batches.
async fn create(client: &Client, site: &str, count: usize) -> Outcome<usize> {
    for number in 0..count {
        let role = ["spine", "leaf", "edge"][number % 3];
        let data = json!({
            "name": { "value": format!("{site}-{number:04}") },
            "role": { "value": role },
            "height": { "value": 1 + number % 4 },
            "asn": { "value": 65000 + number },
            "description": { "value": format!("Device {number} of {site}") },
            "site": { "hfid": [site] },
        });
        client.api().infra().device().create(None, serde_json::from_value(data)?, None).await?;
    }
    Ok(count)
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let began = Instant::now();
    let address = std::env::var("INFRAHUB_ADDRESS")?;
    let client = Client::new(ClientConfig::new(address, std::env::var("INFRAHUB_API_TOKEN")?))?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let nodes = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read", site] => read(&client, site).await?,
        ["create", site, count] => create(&client, site, count.parse()?).await?,
        _ => return Err("usage: read SITE | create SITE COUNT".into()),
    };
    println!("{}", json!({ "nodes": nodes, "seconds": began.elapsed().as_secs_f64() }));
    Ok(())
}
