#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client) {
    let _ = client.at(std::time::Duration::from_secs(60)).create(BuiltinTagCreate::new("red"));
}

fn main() {}
