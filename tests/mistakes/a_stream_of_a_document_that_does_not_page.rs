use infrahub_client::Client;
use infrahub_demo_kinds::queries::tag_names;

fn stream(client: &Client) {
    let _ = client.query(tag_names::Variables { names: None }).stream();
}

fn main() {}
