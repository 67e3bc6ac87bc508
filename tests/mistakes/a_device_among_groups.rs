use infrahub_client::Client;
use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn add(client: &Client, device: &Id<InfraDevice>, site: &Id<LocationSite>) {
    let _ = client.relationship(device, InfraDevice::MEMBER_OF_GROUPS).add([site]);
}

fn main() {}
