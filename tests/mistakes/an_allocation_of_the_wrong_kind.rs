use infrahub_client::id::{Id, Related};
use infrahub_client::pool::{CoreIPAddressPool, from_pool};
use infrahub_client::{Client, Error};
use infrahub_demo_kinds::*;

async fn allocate(client: &Client) -> Result<Related<IpamIPPrefix>, Error> {
    let pool = Id::<CoreIPAddressPool>::new("an id");
    client.allocate(from_pool(&pool)).await
}

fn main() {}
