//! Changes a device on a branch, shows the difference for review, then merges the branch or deletes it.
//!
//! ```sh
//! cargo run --example branch_review -- atl1-leaf1 drained           # show, and drop the branch
//! cargo run --example branch_review -- atl1-leaf1 drained --merge   # show, and merge the branch
//! ```

#![allow(clippy::print_stdout, reason = "a program for people prints")]

use infrahub_client::branches::Branch;
use infrahub_client::id::Hfid;
use infrahub_client::{Client, Error};
use infrahub_demo_kinds::queries::{branch_diff, branch_diff_update};
use infrahub_demo_kinds::{InfraDevice, InfraDeviceStatus, InfraDeviceUpdate};
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [device, status, flags @ ..] = arguments.as_slice() else {
        return Err("usage: branch_review DEVICE STATUS [--merge]".into());
    };
    let client = Client::from_env()?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let purpose = format!("{device} becomes {status}");
    let branch = client.branches().create(format!("review-{device}-{seconds}")).description(&purpose).await?;

    // Where the review goes wrong, the branch does not stay behind; where the merge does, it stays to be looked at.
    let is_good = review(&client, &branch, device, status).await;
    if matches!(is_good, Ok(true)) && flags.iter().any(|flag| flag == "--merge") {
        client.branches().merge(&branch).await?;
        println!("merged {}", branch.name);
    } else {
        client.branches().delete(&branch).await?;
        println!("deleted {}", branch.name);
    }
    is_good?;
    Ok(())
}

/// Makes the change on the branch and shows the difference; whether the branch can be merged.
async fn review(client: &Client, branch: &Branch, device: &str, status: &str) -> Result<bool, Error> {
    let change = InfraDeviceUpdate::new().status(InfraDeviceStatus::from(status));
    client.on(branch).update(&Hfid::<InfraDevice>::new([device])).set(change).await?;

    // Two documents of `examples/demo-kinds/queries`, with types made from the schema.
    client.query(branch_diff_update::Variables { branch: branch.name.clone() }).await?;
    let difference = client.query(branch_diff::Variables { branch: branch.name.clone() }).await?;
    let Some(difference) = difference.diff_tree else { return Ok(false) };
    for node in difference.nodes.iter().flatten() {
        println!("{:?} {} {}", node.status, node.kind, node.label);
        for attribute in &node.attributes {
            for property in attribute.properties.iter().flatten() {
                let [old, new] = [&property.previous_value, &property.new_value]
                    .map(|value| value.as_deref().unwrap_or("-"));
                println!("    {}: {old} -> {new}", attribute.name);
            }
        }
    }
    println!("{} conflicts", difference.num_conflicts);
    Ok(difference.num_conflicts == 0)
}
