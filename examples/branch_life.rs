//! The life of a branch: created, described, validated, rebased, deleted, with what the server's tasks say.
//!
//! It touches no object and nothing but its own branch:
//! `INFRAHUB_ADDRESS=… INFRAHUB_API_TOKEN=… cargo run --example branch_life`

#![allow(clippy::print_stdout)]

use infrahub_client::job::Progress;
use infrahub_client::{Client, Error};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let branches = client.branches();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());

    let branch = branches
        .create(format!("example/branch#{seconds}"))
        .description("Made by the example branch_life")
        .on_progress(show)
        .await?;
    println!("{} is {:?}, from {:?}", branch.name, branch.status, branch.origin_branch);

    let described = branches.set_description(&branch, "Described by branch_life").await?;
    println!("it is for: {}", described.description.unwrap_or_default());
    branches.validate(&branch).await?;

    // Started now, awaited by the id of its task: by this program, or by another that has the handle.
    let rebase = branches.rebase(&branch).start().await?;
    let handle = rebase.handle();
    drop(rebase);
    let rebased = branches.attach(handle).on_progress(show).within(Duration::from_secs(120)).wait().await?;
    println!("rebased to {:?}", rebased.branched_from);

    branches.delete(&branch).on_progress(show).await?;
    match branches.get(&branch).await {
        Err(Error::NotFound { .. }) => println!("deleted"),
        other => println!("still there: {other:?}"),
    }
    Ok(())
}

fn show(progress: &Progress) {
    println!("  {:>4.1} s {:?}: {}", progress.waited.as_secs_f64(), progress.state, progress.title);
    for line in &progress.log {
        println!("         {}", line.message.lines().next().unwrap_or_default());
    }
}
