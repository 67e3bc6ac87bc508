#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client, time: infrahub_client::value::DateTime) {
    let _ = client.all::<InfraDevice>().filter(InfraDevice::INSTALLED_AT.eq(time));
}

fn main() {}
