#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(device: InfraDevice) {
    let _: String = device.description;
}

fn main() {}
