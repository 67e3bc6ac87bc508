#![allow(unused_imports)]
use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn mistake(provider: &Id<OrganizationProvider>) {
    let _ = InfraCircuitCreate::new("C-1", provider).service_id(10_000);
}

fn main() {}
