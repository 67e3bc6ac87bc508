use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_client::pool::{CoreIPPrefixPool, from_pool};
use infrahub_demo_kinds::InfraTunnel;

fn remove(client: &Client, tunnel: &Id<InfraTunnel>, pool: &Id<CoreIPPrefixPool>) {
    let _ = client.relationship(tunnel, InfraTunnel::ROUTES).remove([from_pool(pool)]);
}

fn main() {}
