use infrahub_client::id::Id;
use infrahub_client::input::PeerInput;
use infrahub_demo_kinds::*;

fn main() {
    let site = Id::<LocationSite>::new("an id");
    let _ = InfraDeviceUpdate::new().tags([PeerInput::new(&site).is_protected(true)]);
}
