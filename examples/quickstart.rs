//! Sites, devices and interfaces: created in a batch, read by typed filters, changed on a branch, merged.
//!
//! Run it as often as you like: it creates its objects once.

#![allow(clippy::print_stdout, reason = "a program for people prints")]

use infrahub_client::kind::Node;
use infrahub_client::schema::Documents;
use infrahub_client::{BatchReport, Client, Error};
use infrahub_demo_kinds::{
    InfraDevice, InfraDeviceCreate, InfraDeviceRole, InfraDeviceStatus, InfraDeviceUpdate, InfraInterface,
    InfraInterfaceL3, InfraInterfaceL3Create, LocationRegionCreate, LocationSite, LocationSiteCreate,
};
use std::time::{SystemTime, UNIX_EPOCH};

const SITES: [&str; 2] = ["atl1", "ord1"];
const ROLES: [(&str, InfraDeviceRole); 3] =
    [("spine1", InfraDeviceRole::Spine), ("leaf1", InfraDeviceRole::Leaf), ("leaf2", InfraDeviceRole::Leaf)];

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    load_schema(&client).await?;
    create_objects(&client).await?;

    let leaves: Vec<InfraDevice> = client
        .all::<InfraDevice>()
        .filter(InfraDevice::ROLE.eq(InfraDeviceRole::Leaf))
        .filter(InfraDevice::SITE.then(LocationSite::NAME).is_in(SITES))
        .order_by(InfraDevice::NAME.asc())
        .await?;

    // A change of status, seen on its branch first and on the default branch once it is merged.
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let branch = client.branches().create(format!("quickstart-{seconds}")).await?;
    let on_branch = client.on(&branch);
    let leaf = leaves.first().ok_or_else(|| Error::not_found("InfraDevice", "role leaf"))?;
    let status = match leaf.status {
        Some(InfraDeviceStatus::Active) => InfraDeviceStatus::Maintenance,
        _ => InfraDeviceStatus::Active,
    };
    on_branch.update(leaf).set(InfraDeviceUpdate::new().status(status)).await?;
    let before: InfraDevice = client.get().id(leaf.id()).await?;
    let after: InfraDevice = on_branch.get().id(leaf.id()).await?;
    client.branches().merge(&branch.name).await?;
    let merged: InfraDevice = client.get().id(leaf.id()).await?;
    assert_ne!(before.status, after.status);
    assert_eq!(merged.status, after.status);

    print(&client, &leaves).await
}

/// Loads the demo schema where the server does not have it yet.
async fn load_schema(client: &Client) -> Result<(), Error> {
    if client.schema().all().await?.kinds.contains_key("InfraDevice") {
        return Ok(());
    }
    println!("loading the demo schema");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/live/demo-schema");
    client.schema().load(&Documents::new().path(folder)?).await?;
    client.schema().wait_until_converged().await
}

/// Creates a region, its sites, their devices and the devices' interfaces, in one batch: what refers to an object
/// that the batch creates is sent after it.
async fn create_objects(client: &Client) -> Result<(), Error> {
    let there = client.all::<LocationSite>().filter(LocationSite::NAME.is_in(SITES)).count().await?;
    if there > 0 {
        return Ok(());
    }
    let mut batch = client.batch();
    let region = batch.create(LocationRegionCreate::new("quickstart"));
    for name in SITES {
        let site = batch.create(LocationSiteCreate::new(name, &region));
        for (suffix, role) in &ROLES {
            let name = format!("{name}-{suffix}");
            let device = batch.create(InfraDeviceCreate::new(name, &site).role(role.clone()).height(1));
            batch.extend(
                ["eth1", "eth2"].map(|port| InfraInterfaceL3Create::new(&device, port).description("fabric")),
            );
        }
    }
    println!("creating {} objects", batch.len());
    let report: BatchReport = batch.run().await;
    report.into_written().map(|_| ())
}

async fn print(client: &Client, devices: &[InfraDevice]) -> Result<(), Error> {
    println!("{:<12} {:<8} {:<12} {:>10}  fully qualified name", "device", "site", "status", "interfaces");
    for device in devices {
        let interfaces = client
            .all::<InfraInterfaceL3>()
            .filter(InfraInterfaceL3::DEVICE.then(InfraDevice::NAME).eq(&device.name))
            .count()
            .await?;
        let device: InfraDevice = client.get().id(device.id()).await?;
        println!(
            "{:<12} {:<8} {:<12} {interfaces:>10}  {}",
            device.name,
            device.site.display_label.as_deref().unwrap_or("?"),
            device.status.as_ref().map_or_else(String::new, ToString::to_string),
            device.fqdn.as_deref().unwrap_or("-"),
        );
    }
    let ports = client.all::<InfraInterface>().count().await?;
    println!("{ports} interfaces of any kind in all");
    Ok(())
}
