//! The tasks of this benchmark with the `infrahub` crate and the client that its generator makes.

use infrahub::{Client, ClientConfig};
use infrahub_generated::ApiClient;
use infrahub_generated::api::builtin::BuiltinTagFilters;
use infrahub_generated::api::infra::InfraDeviceFilters;
use serde_json::json;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Pages of 50, one after the other.
async fn read(client: &Client, devices: bool, prefix: &str) -> Outcome<usize> {
    let (name_value, partial_match, limit) = (Some(prefix.to_owned()), Some(true), Some(50));
    if devices {
        let filters = InfraDeviceFilters { name_value, partial_match, limit, ..Default::default() };
        let nodes = client.api().infra().device().paginate(Some(filters), None).collect_all().await?;
        Ok(std::hint::black_box(nodes).len())
    } else {
        let filters = BuiltinTagFilters { name_value, partial_match, limit, ..Default::default() };
        let nodes = client.api().builtin().tag().paginate(Some(filters), None).collect_all().await?;
        Ok(std::hint::black_box(nodes).len())
    }
}

/// One create after the other: the crate has no batches.
async fn create(client: &Client, devices: bool, prefix: &str, count: usize) -> Outcome<usize> {
    for number in 0..count {
        let mut data = json!({
            "name": { "value": format!("{prefix}-{number:04}") },
            "description": { "value": format!("number {number}") },
        });
        if devices {
            let role = ["spine", "leaf", "edge"][number % 3];
            data["role"] = json!({ "value": role });
            data["height"] = json!({ "value": 1 + number % 4 });
            data["asn"] = json!({ "value": 65000 + number });
            data["site"] = json!({ "hfid": ["versus"] });
            client.api().infra().device().create(None, serde_json::from_value(data)?, None).await?;
        } else {
            client.api().builtin().tag().create(None, serde_json::from_value(data)?, None).await?;
        }
    }
    Ok(count)
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let began = Instant::now();
    let address = std::env::var("INFRAHUB_ADDRESS")?;
    let client = Client::new(ClientConfig::new(address, std::env::var("INFRAHUB_API_TOKEN")?))?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", kind, prefix] => read(&client, kind == "device", prefix).await,
        ["create", kind, prefix, count] => create(&client, kind == "device", prefix, count.parse()?).await,
        _ => Err("usage: read tag|device PREFIX | create tag|device PREFIX COUNT".into()),
    };
    match outcome {
        Ok(nodes) => println!("{}", json!({ "nodes": nodes, "seconds": began.elapsed().as_secs_f64() })),
        Err(error) => {
            // Display: Debug would print the whole answer
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
    Ok(())
}
