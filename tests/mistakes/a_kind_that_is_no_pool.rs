use infrahub_client::id::Id;
use infrahub_client::pool::from_pool;
use infrahub_demo_kinds::*;

fn main() {
    let site = Id::<LocationSite>::new("an id");
    let _ = InfraTunnelUpdate::new().tunnel_id(from_pool(&site));
}
