#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_quickstart::*;

fn mistake() {
    let _ = InfraDeviceUpdate::new().role("leaf");
}

fn main() {}
