use infrahub_client::id::Id;
use infrahub_client::pool::{CoreNumberPool, from_pool};
use infrahub_demo_kinds::*;

fn main() {
    let pool = Id::<CoreNumberPool>::new("an id");
    let _ = InfraTunnelUpdate::new().tunnel_id(from_pool(&pool).identifier("one"));
}
