//! The tasks with infrahub-client.

use infrahub_client::id::Hfid;
use infrahub_client::{Client, Error};
use kinds::{BuiltinTag, BuiltinTagCreate, InfraDevice, InfraDeviceCreate, InfraDeviceRole, LocationSite};
use std::time::Instant;
use versus::{SITE, Task, report, task, values};

mod kinds {
    infrahub_client::include_schema!();
}

async fn read(client: &Client, devices: bool, prefix: &str) -> Result<usize, Error> {
    if devices {
        let nodes = client.all::<InfraDevice>().filter(InfraDevice::NAME.eq(prefix)).partial_match().await?;
        Ok(std::hint::black_box(nodes).len())
    } else {
        let nodes = client.all::<BuiltinTag>().filter(BuiltinTag::NAME.eq(prefix)).partial_match().await?;
        Ok(std::hint::black_box(nodes).len())
    }
}

async fn create(client: &Client, devices: bool, prefix: &str, count: usize) -> Result<usize, Error> {
    let mut batch = client.batch();
    let site = Hfid::<LocationSite>::new([SITE]);
    for values in (0..count).map(|number| values(prefix, number)) {
        if devices {
            let role = match values.role {
                "spine" => InfraDeviceRole::Spine,
                "leaf" => InfraDeviceRole::Leaf,
                _ => InfraDeviceRole::Edge,
            };
            let device = InfraDeviceCreate::new(values.name, &site).role(role).height(values.height);
            batch.create(device.asn(values.asn).description(values.description));
        } else {
            batch.create(BuiltinTagCreate::new(values.name).description(values.description));
        }
    }
    Ok(batch.run().await.into_written()?.len())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let began = Instant::now();
    let client = Client::from_env()?;
    let Task { devices, prefix, create: count } = task();
    let nodes = match count {
        Some(count) => create(&client, devices, &prefix, count).await?,
        None => read(&client, devices, &prefix).await?,
    };
    report(began, nodes);
    Ok(())
}
