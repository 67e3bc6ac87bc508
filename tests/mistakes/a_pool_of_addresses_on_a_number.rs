use infrahub_client::id::Id;
use infrahub_client::pool::{CoreIPAddressPool, from_pool};
use infrahub_demo_kinds::*;

fn main() {
    let pool = Id::<CoreIPAddressPool>::new("an id");
    let _ = InfraTunnelUpdate::new().tunnel_id(from_pool(&pool));
}
