#![allow(unused_imports, dead_code)]
use infrahub_client::id::{Id, Related};
use infrahub_client::projection::{Attr, Count, FirstPeers, WithMetadata};
use infrahub_client::{Client, Projection};
use infrahub_demo_kinds::*;

async fn mistake(client: &Client) {
    let _ = client.all::<InfraDevice>().columns((InfraDevice::NAME, BuiltinTag::NAME)).await;
}

fn main() {}
