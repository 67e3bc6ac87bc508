#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake() {
    let _ = InfraDevice::LABELS.eq("core");
}

fn main() {}
