use infrahub_demo_kinds::{BuiltinTagUpdate, InfraDeviceUpdate};

fn main() {
    let note: Option<&str> = None;
    let _ = InfraDeviceUpdate::new().description(note);
    let _ = BuiltinTagUpdate::new().name(note);
}
