//! The example with cynic against the server.

use infrahub_conformance::{InfraDevice, InfraDeviceCreate, LocationSite, Outcome, client, site, unique};
use std::path::Path;
use std::process::Command;

#[tokio::test]
async fn structs_of_cynic_read_and_write() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let name = unique("device");
    let device = client.create(InfraDeviceCreate::new(&name, &site).asn(4_200_000_000_i64)).await?;
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cynic/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--manifest-path"])
        .arg(manifest)
        .args(["--", &site.name])
        .output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout)?, format!("{name} Some(true)\n"));
    let device: InfraDevice = client.get().id(device.id).await?;
    assert_eq!(device.description, Some(format!("in {}, AS Some(4200000000)", site.name)));
    let devices: Vec<InfraDevice> =
        client.all().filter(InfraDevice::SITE.then(LocationSite::NAME).eq(&site.name)).await?;
    assert_eq!(devices.len(), 1);
    Ok(())
}
