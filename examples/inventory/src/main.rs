//! Inventory report: the devices of each site, what they are, and how many of their ports are switched off.
//!
//! ```sh
//! cargo run --manifest-path examples/inventory/Cargo.toml            # all sites
//! cargo run --manifest-path examples/inventory/Cargo.toml atl1 ord1  # these
//! ```
//!
//! It is a crate of its own, as yours would be: `build.rs` generates just the kinds that it reads.

/// The kinds that this program reads, generated from the schema.
mod kinds {
    infrahub_client::include_schema!();
}

use infrahub_client::projection::Count;
use infrahub_client::value::IpHost;
use infrahub_client::{Client, Error, Projection};
use kinds::{InfraDevice, InfraDeviceRole, InfraDeviceStatus, InfraInterface, LocationSite};
use std::collections::BTreeMap;

/// A line of the report: the server is asked for just this.
#[derive(Projection)]
#[infrahub(kind = InfraDevice)]
struct Device {
    name: String,
    role: Option<InfraDeviceRole>,
    status: Option<InfraDeviceStatus>,
    loopback: Option<IpHost>,
    site: Site,
    #[infrahub(rename = "interfaces")]
    ports: Count,
    #[infrahub(rename = "interfaces", filter = InfraInterface::ENABLED.eq(false))]
    ports_off: Count,
}

#[derive(Projection)]
#[infrahub(kind = LocationSite)]
struct Site {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let sites: Vec<String> = std::env::args().skip(1).collect();
    let mut devices = client.all::<Device>().order_by(InfraDevice::NAME.asc());
    if !sites.is_empty() {
        devices = devices.filter(InfraDevice::SITE.then(LocationSite::NAME).is_in(sites));
    }

    let mut report: BTreeMap<String, Vec<Device>> = BTreeMap::new();
    for device in devices.await? {
        report.entry(device.site.name.clone()).or_default().push(device);
    }
    for (site, devices) in &report {
        println!("{site}");
        for Device { name, role, status, loopback, ports, ports_off, .. } in devices {
            let (role, status, loopback) = (text(role), text(status), text(loopback));
            println!("  {name:<20} {role:<10} {status:<12} {loopback:<20} {ports} ports, {ports_off} off");
        }
        let ports: u64 = devices.iter().map(|device| device.ports.0).sum();
        println!("  {} devices, {ports} ports", devices.len());
    }
    Ok(())
}

fn text(value: &Option<impl ToString>) -> String {
    value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string)
}
