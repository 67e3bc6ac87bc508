#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(credential: infrahub_client::value::Password) {
    println!("{credential}");
}

fn main() {}
