//! Gives each device of a site a loopback address from a pool. Run again, it takes addresses only for what is new:
//! the pool remembers whom it gave which address.
//!
//! ```sh
//! cargo run --example allocate_addresses -- loopbacks atl1
//! ```

#![allow(clippy::print_stdout, reason = "a program for people prints")]

use infrahub_client::id::{Hfid, Id};
use infrahub_client::pool::{CoreIPAddressPool, from_pool};
use infrahub_client::value::IpHost;
use infrahub_client::{Client, Projection};
use infrahub_demo_kinds::{InfraDevice, InfraDeviceUpdate, IpamIPAddress, IpamIPAddressUpdate, LocationSite};

#[derive(Projection)]
#[infrahub(kind = InfraDevice)]
struct Device {
    id: Id<InfraDevice>,
    name: String,
    fqdn: Option<String>,
    loopback: Option<IpHost>,
}

#[derive(Projection)]
#[infrahub(kind = IpamIPAddress)]
struct Allocated {
    address: IpHost,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pool, site] = arguments.as_slice() else {
        return Err("usage: allocate_addresses POOL SITE".into());
    };
    let client = Client::from_env()?;
    let pool = Hfid::<CoreIPAddressPool>::new([pool]);
    let devices = client
        .all::<Device>()
        .filter(InfraDevice::SITE.then(LocationSite::NAME).eq(site))
        .order_by(InfraDevice::NAME.asc());

    for Device { id, name, fqdn, loopback } in devices.await? {
        if let Some(address) = loopback {
            println!("{name} has {address}");
            continue;
        }
        // The same identifier gives the same address, even where an earlier run ended between these two writes.
        let details = IpamIPAddressUpdate::new().dns_name(fqdn);
        let allocation = from_pool(&pool).identifier(id.as_str()).with(details);
        let Allocated { address } = client.allocate(allocation).select().await?;
        client.update(&id).set(InfraDeviceUpdate::new().loopback(address)).await?;
        println!("{name} gets {address}");
    }
    Ok(())
}
