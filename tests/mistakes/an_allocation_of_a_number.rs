use infrahub_client::id::{Id, Related};
use infrahub_client::pool::{CoreNumberPool, from_pool};
use infrahub_client::{Client, Error};
use infrahub_demo_kinds::*;

async fn allocate(client: &Client) -> Result<Related<IpamIPAddress>, Error> {
    let pool = Id::<CoreNumberPool>::new("an id");
    client.allocate(from_pool(&pool)).await
}

fn main() {}
