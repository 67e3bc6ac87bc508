//! Prints the devices of each site with their ports, as `INFRAHUB_ADDRESS` has them.

/// The kinds that this program reads, generated from the schema.
mod schema {
    infrahub_client::include_schema!();
}

use infrahub_client::{Client, Error};
use schema::{AnyInfraInterface, InfraDevice, InfraInterface, LocationSite};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let sites: Vec<LocationSite> = client.all().order_by(LocationSite::NAME.asc()).await?;
    for site in &sites {
        println!("{} {}", site.name, site.description.as_deref().unwrap_or_default());
        let devices: Vec<InfraDevice> = client
            .all()
            .filter(InfraDevice::SITE.is_in([&site.id]))
            .order_by(InfraDevice::NAME.asc())
            .await?;
        for device in &devices {
            let role = device.role.as_ref().map_or("-".to_owned(), ToString::to_string);
            let loopback = device.loopback.map_or("-".to_owned(), |address| address.to_string());
            println!("  {:<16} {role:<10} {loopback}", device.name);
            let ports: Vec<AnyInfraInterface> = client
                .all()
                .filter(InfraInterface::DEVICE.is_in([&device.id]))
                .order_by(InfraInterface::NAME.asc())
                .await?;
            ports.iter().for_each(print_port);
        }
    }
    Ok(())
}

/// The generic knows what all ports share; the enum, what each kind of port adds.
fn print_port(port: &AnyInfraInterface) {
    match port {
        AnyInfraInterface::InfraInterfaceL2(port) => {
            let vlan = port.untagged_vlan.as_ref().and_then(|vlan| vlan.display_label.as_deref());
            println!("    {:<14} layer 2, vlan {}", port.name, vlan.unwrap_or("-"));
        }
        AnyInfraInterface::InfraInterfaceL3(port) => println!("    {:<14} layer 3", port.name),
        // A kind that the server learned after this program was built still has the shared fields.
        AnyInfraInterface::Other(port) => println!("    {:<14} {}", port.name, port.typename),
    }
}
