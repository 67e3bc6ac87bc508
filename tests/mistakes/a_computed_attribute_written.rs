#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake() {
    let _ = InfraDeviceUpdate::new().fqdn("atl1-leaf1.example.net");
}

fn main() {}
