#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(rack: &Id<LocationRack>) {
    let _ = InfraDeviceCreate::new("atl1-leaf1", rack);
}

fn main() {}
