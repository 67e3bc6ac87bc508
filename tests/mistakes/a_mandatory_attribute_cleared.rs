#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake() {
    let _ = InfraDeviceUpdate::new().clear_name();
}

fn main() {}
