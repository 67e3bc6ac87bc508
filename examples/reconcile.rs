//! A long-running reconciler: a device is in maintenance while a maintenance window of it is open, and active again
//! after that. It looks every 30 seconds, and stops at ctrl-c once it has written what it is writing.
//!
//! ```sh
//! cargo run --example reconcile -- atl1           # the devices of a site, until ctrl-c
//! cargo run --example reconcile -- atl1 --once    # a single look
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people prints")]

use infrahub_client::id::Id;
use infrahub_client::jiff::Timestamp;
use infrahub_client::value::DateTime;
use infrahub_client::{Client, Error, Projection};
use infrahub_demo_kinds::*;
use std::collections::HashSet;
use std::time::Duration;

const PERIOD: Duration = Duration::from_secs(30);

#[derive(Projection)]
#[infrahub(kind = InfraMaintenanceWindow)]
struct Window {
    starts_at: DateTime,
    ends_at: DateTime,
    devices: Vec<Id<InfraDevice>>,
}

#[derive(Projection)]
#[infrahub(kind = InfraDevice)]
struct Device {
    id: Id<InfraDevice>,
    name: String,
    status: Option<InfraDeviceStatus>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let site = std::env::args().nth(1).ok_or("usage: reconcile SITE [--once]")?;
    // No call takes longer than a period, whatever it waits for.
    let client = Client::from_env()?.with_timeout(PERIOD);
    if std::env::args().nth(2).is_some_and(|flag| flag == "--once") {
        return Ok(reconcile(&client, &site).await?);
    }
    let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
    let mut ticks = tokio::time::interval(PERIOD);
    loop {
        tokio::select! {
            biased;
            stopped = &mut stop => return Ok(stopped?),
            _ = ticks.tick() => {}
        }
        if let Err(error) = reconcile(&client, &site).await {
            eprintln!("{error}; next try in {PERIOD:?}");
        }
    }
}

async fn reconcile(client: &Client, site: &str) -> Result<(), Error> {
    let windows: Vec<Window> = client.all().await?;
    let now = Some(Timestamp::now());
    let is_open = |window: &&Window| window.starts_at.timestamp() <= now && now < window.ends_at.timestamp();
    let in_maintenance: HashSet<_> =
        windows.iter().filter(is_open).flat_map(|window| &window.devices).collect();

    let of_site = InfraDevice::SITE.then(LocationSite::NAME).eq(site);
    let mut batch = client.batch().repeatable();
    for Device { id, name, status } in client.all::<Device>().filter(of_site).await? {
        let wanted = match (status, in_maintenance.contains(&id)) {
            (Some(InfraDeviceStatus::Active), true) => InfraDeviceStatus::Maintenance,
            (Some(InfraDeviceStatus::Maintenance), false) => InfraDeviceStatus::Active,
            _ => continue,
        };
        println!("{name} becomes {wanted}");
        batch.update(&id, InfraDeviceUpdate::new().status(wanted));
    }
    batch.run().await.failures().for_each(|(_, error)| eprintln!("{error}"));
    Ok(())
}
