#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client, site: &LocationSite) {
    let _ = client.peers(site, InfraDevice::INTERFACES);
}

fn main() {}
