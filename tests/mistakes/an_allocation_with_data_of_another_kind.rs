use infrahub_client::id::Id;
use infrahub_client::pool::{CoreIPPrefixPool, from_pool};
use infrahub_demo_kinds::*;

fn main() {
    let pool = Id::<CoreIPPrefixPool>::new("an id");
    let _ = from_pool(&pool).with(IpamIPAddressUpdate::new().dns_name("a.example"));
}
