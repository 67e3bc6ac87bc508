#![allow(unused_imports, dead_code)]
use infrahub_client::id::{Id, Related};
use infrahub_client::projection::{Attr, Count, FirstPeers, WithMetadata};
use infrahub_client::{Client, Projection};
use infrahub_demo_kinds::*;

#[derive(Projection)]
#[infrahub(kind = BuiltinTag)]
struct Row {
    #[infrahub(rename = "name")]
    id: String,
}

fn main() {}
