#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::file::File;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(client: &Client) {
    let _ = client.create(InfraContractCreate::new("C-42"));
}

fn main() {}
