//! Sites, devices and interfaces: created in a batch, read by typed filters, changed on a branch, merged.
//!
//! Without a server in INFRAHUB_ADDRESS it starts a sandbox in this process. Run it as often as you like: it creates its
//! objects once.

#![allow(clippy::print_stdout, reason = "a program for people prints")]

use infrahub_client::id::Id;
use infrahub_client::projection::Count;
use infrahub_client::schema::Documents;
use infrahub_client::value::Choice;
use infrahub_client::{Client, Config, Error, Projection};
use infrahub_demo_kinds::{
    InfraDevice, InfraDeviceCreate, InfraDeviceRole, InfraDeviceStatus, InfraDeviceUpdate,
    InfraInterfaceL3Create, LocationRegionCreate, LocationSite, LocationSiteCreate,
};
use infrahub_sandbox::{Sandbox, stock_schema};
use std::time::{SystemTime, UNIX_EPOCH};

const SITES: [&str; 2] = ["atl1", "ord1"];
const ROLES: [(&str, InfraDeviceRole); 3] =
    [("spine1", InfraDeviceRole::Spine), ("leaf1", InfraDeviceRole::Leaf), ("leaf2", InfraDeviceRole::Leaf)];

/// What this program reads of a device, and no more.
#[derive(Projection)]
#[infrahub(kind = InfraDevice)]
struct Device {
    id: Id<InfraDevice>,
    name: String,
    status: Option<InfraDeviceStatus>,
    fqdn: Option<String>,
    site: Site,
    interfaces: Count,
}

#[derive(Projection)]
#[infrahub(kind = LocationSite)]
struct Site {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The sandbox stops when it is dropped, so it has a name.
    let (client, _sandbox) = connect().await?;
    load_schema(&client).await?;
    create_objects(&client).await?;
    let leaves = read_leaves(&client).await?;

    // A change of status, seen on its branch first and on the default branch once it is merged.
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let branch = client.branches().create(format!("quickstart-{seconds}")).await?;
    let leaf = leaves.first().ok_or_else(|| Error::not_found("InfraDevice", "role leaf"))?;
    let status = match leaf.status {
        Some(InfraDeviceStatus::Active) => InfraDeviceStatus::Maintenance,
        _ => InfraDeviceStatus::Active,
    };
    client.on(&branch).update(&leaf.id).set(InfraDeviceUpdate::new().status(status.clone())).await?;
    let (before,) = client.get::<InfraDevice>().id(&leaf.id).columns((InfraDevice::STATUS,)).await?;
    client.branches().merge(&branch).await?;
    let (merged,) = client.get::<InfraDevice>().id(&leaf.id).columns((InfraDevice::STATUS,)).await?;
    assert_eq!((before, merged), (leaf.status.clone(), Some(status)));

    println!("{:<12} {:<8} {:<12} {:>10}  fully qualified name", "device", "site", "status", "interfaces");
    for Device { name, status, fqdn, site, interfaces, .. } in read_leaves(&client).await? {
        let status = status.as_ref().map_or("-", |status| status.as_str());
        let fqdn = fqdn.as_deref().unwrap_or("-");
        println!("{name:<12} {:<8} {status:<12} {interfaces:>10}  {fqdn}", site.name);
    }
    Ok(())
}

/// A client of the server that the environment names, or else of a sandbox.
async fn connect() -> Result<(Client, Option<Sandbox>), Box<dyn std::error::Error>> {
    if std::env::var_os("INFRAHUB_ADDRESS").is_some() {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start(stock_schema()).await?;
    println!("INFRAHUB_ADDRESS is not set: using a sandbox in this process, at {}", sandbox.address());
    let client = Client::new(Config::new(sandbox.address()).with_api_token(sandbox.token()))?;
    Ok((client, Some(sandbox)))
}

async fn read_leaves(client: &Client) -> Result<Vec<Device>, Error> {
    client
        .all()
        .filter(InfraDevice::ROLE.eq(InfraDeviceRole::Leaf))
        .filter(InfraDevice::SITE.then(LocationSite::NAME).is_in(SITES))
        .order_by(InfraDevice::NAME.asc())
        .await
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
    batch.run().await.into_written().map(|_| ())
}
