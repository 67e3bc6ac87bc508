use infrahub_client::id::Id;
use infrahub_client::pool::{CoreIPAddressPool, from_pool};
use infrahub_demo_kinds::*;

fn main() {
    let pool = Id::<CoreIPAddressPool>::new("an id");
    let _ = InfraInterfaceL3Create::new(from_pool(&pool), "lo0");
}
