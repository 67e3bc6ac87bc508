#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client) {
    let _ = async { client.get::<InfraDevice>().await };
}

fn main() {}
