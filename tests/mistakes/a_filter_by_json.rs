#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client, facts: infrahub_client::value::Json) {
    let _ = client.all::<InfraDevice>().filter(InfraDevice::FACTS.eq(facts));
}

fn main() {}
