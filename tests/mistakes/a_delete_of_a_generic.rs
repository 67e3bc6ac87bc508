#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client, port: &Id<InfraInterface>) {
    let _ = client.delete(port);
}

fn main() {}
