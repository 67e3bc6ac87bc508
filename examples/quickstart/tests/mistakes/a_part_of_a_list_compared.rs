#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_quickstart::*;

fn mistake() {
    let _ = InfraDevice::LABELS.eq("core");
}

fn main() {}
