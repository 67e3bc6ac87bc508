//! The demo schema on the server is the one that the kinds of this suite were generated from.

use infrahub_client::schema::Snapshot;
use infrahub_conformance::*;
use std::collections::BTreeSet;
use std::path::Path;

#[tokio::test]
async fn the_committed_snapshot_is_what_the_server_serves() -> Outcome {
    let served = client().schema().all().await?;
    let snapshot =
        Snapshot::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../live/demo-schema/snapshot")))?;
    let mut seen = 0;
    for (name, kind) in &snapshot.schema.kinds {
        if ["Infra", "Location", "Organization"].contains(&kind.namespace.as_str()) {
            let served = served.kind(name).ok_or_else(|| format!("the server has no {name}"))?;
            assert_eq!(served, kind, "run live/demo-schema/pull");
            seen += 1;
        }
    }
    assert!(seen >= 15, "{seen} kinds");
    Ok(())
}

#[test]
fn the_demo_schema_uses_every_attribute_kind() -> Outcome {
    let snapshot =
        Snapshot::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../live/demo-schema/snapshot")))?;
    let own = snapshot
        .schema
        .kinds
        .values()
        .filter(|kind| ["Infra", "Location", "Organization", "Ipam"].contains(&kind.namespace.as_str()));
    let used: BTreeSet<String> =
        own.flat_map(|kind| &kind.attributes).map(|attribute| format!("{:?}", attribute.kind)).collect();
    let all = "Any Bandwidth Boolean Checkbox Color DateTime Dropdown Email File HashedPassword Id IpAddress IpHost \
        IpNetwork Json List MacAddress Number NumberPool Password Text TextArea Url";
    let missing: Vec<&str> = all.split_whitespace().filter(|kind| !used.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    Ok(())
}
