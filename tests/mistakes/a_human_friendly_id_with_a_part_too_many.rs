#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client) {
    let _ = client.get::<InfraDevice>().hfid(["atl1", "leaf1"]);
}

fn main() {}
