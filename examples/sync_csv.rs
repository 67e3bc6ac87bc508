//! Makes the server's devices those of a CSV file: it shows the difference, and writes it when told to.
//!
//! ```sh
//! cargo run --example sync_csv -- devices.csv           # show
//! cargo run --example sync_csv -- devices.csv --apply   # write
//! ```
//!
//! The columns are `name,site,role,asn`, and an empty cell is no value. The sites must exist. Devices that the file does
//! not name stay as they are.

#![allow(clippy::print_stdout, reason = "a program for people prints")]

use infrahub_client::Client;
use infrahub_client::id::Hfid;
use infrahub_demo_kinds::{InfraDevice, InfraDeviceCreate, InfraDeviceRole, LocationSite};
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;

/// A line of the file, and a device of the server.
#[derive(PartialEq, Deserialize)]
struct Row {
    name: String,
    site: String,
    role: Option<InfraDeviceRole>,
    asn: Option<i64>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.as_ref().map(ToString::to_string).unwrap_or_default();
        let asn = self.asn.map(|asn| asn.to_string()).unwrap_or_default();
        write!(f, "{},{},{role},{asn}", self.name, self.site)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: sync_csv FILE [--apply]")?;
    let apply = std::env::args().nth(2).is_some_and(|flag| flag == "--apply");
    let wanted: Vec<Row> = csv::Reader::from_path(file)?.into_deserialize().collect::<Result<_, _>>()?;

    let client = Client::from_env()?;
    let site = InfraDevice::SITE.then(LocationSite::NAME);
    let devices = client
        .all::<InfraDevice>()
        .filter(InfraDevice::NAME.is_in(wanted.iter().map(|row| &row.name)))
        .columns((InfraDevice::NAME, site, InfraDevice::ROLE, InfraDevice::ASN));
    let mut there = HashMap::new();
    for (name, site, role, asn) in devices.await? {
        there.insert(name.clone(), Row { name, site, role, asn });
    }

    let mut batch = client.batch();
    for row in wanted {
        match there.get(&row.name) {
            Some(old) if *old == row => continue,
            Some(old) => println!("- {old}\n+ {row}"),
            None => println!("+ {row}"),
        }
        let site = Hfid::<LocationSite>::new([row.site]);
        batch.upsert(InfraDeviceCreate::new(row.name, &site).role(row.role).asn(row.asn));
    }
    println!("{} devices differ", batch.len());
    if apply {
        println!("{} devices written", batch.run().await.into_written()?.len());
    }
    Ok(())
}
