//! Renders the configuration of a device: one projection asks for all that it needs, in one request.
//!
//! ```sh
//! cargo run --example render_config -- atl1-leaf1 > atl1-leaf1.conf
//! ```

#![allow(clippy::print_stdout, reason = "a program for people prints")]

use infrahub_client::value::IpHost;
use infrahub_client::{Client, Projection};
use infrahub_demo_kinds::*;
use std::fmt::{self, Write};

#[derive(Projection)]
#[infrahub(kind = InfraDevice)]
struct Device {
    name: String,
    site: Site,
    #[infrahub(order_by = InfraInterface::NAME.asc())]
    interfaces: Vec<Interface>,
}

#[derive(Projection)]
#[infrahub(kind = LocationSite)]
struct Site {
    name: String,
}

/// What is asked of an interface depends on its kind.
#[derive(Projection)]
#[infrahub(kind = InfraInterface)]
enum Interface {
    Routed(Routed),
    #[infrahub(other)]
    Other(Box<InfraInterface>),
}

#[derive(Projection)]
#[infrahub(kind = InfraInterfaceL3)]
struct Routed {
    name: String,
    mtu: Option<i64>,
    addresses: Vec<Address>,
}

#[derive(Projection)]
#[infrahub(kind = IpamIPAddress)]
struct Address {
    address: IpHost,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("usage: render_config DEVICE")?;
    let device: Device = Client::from_env()?.get().hfid([name]).await?;
    print!("{}", render(&device)?);
    Ok(())
}

fn render(Device { name, site, interfaces }: &Device) -> Result<String, fmt::Error> {
    let mut config = format!("hostname {name}\nlocation {}\n", site.name);
    for interface in interfaces {
        match interface {
            Interface::Routed(Routed { name, mtu, addresses }) => {
                writeln!(config, "interface {name}\n  no switchport\n  mtu {}", mtu.unwrap_or(1500))?;
                for Address { address } in addresses {
                    writeln!(config, "  ip address {address}")?;
                }
            }
            Interface::Other(other) => {
                let state = if other.enabled == Some(false) { "shutdown" } else { "no shutdown" };
                writeln!(config, "interface {}\n  {state}", other.name)?;
            }
        }
    }
    Ok(config)
}
