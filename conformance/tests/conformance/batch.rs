//! Batches of writes, and of futures.

use futures_util::StreamExt;
use infrahub_client::id::Hfid;
use infrahub_client::kind::Node;
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use std::num::NonZeroUsize;

async fn count(client: &Client, prefix: &str) -> Result<u64, Error> {
    client.all::<BuiltinTag>().filter(BuiltinTag::NAME.eq(prefix)).partial_match().count().await
}

#[tokio::test]
async fn results_come_in_the_order_of_the_writes() -> Outcome {
    let client = client();
    let prefix = unique("batch");
    let mut batch = client.batch();
    let ids = batch.extend((0..60).map(|number| BuiltinTagCreate::new(format!("{prefix}-{number:02}"))));
    assert_eq!(batch.len(), 60);
    let written = batch.run().await.into_written()?;
    for (number, (written, id)) in written.iter().zip(&ids).enumerate() {
        assert_eq!(written.id_of::<BuiltinTag>().as_ref(), Some(id));
        assert_eq!(written.display_label.as_deref(), Some(format!("{prefix}-{number:02}").as_str()));
    }
    assert_eq!(count(&client, &prefix).await?, 60);
    Ok(())
}

#[tokio::test]
async fn one_bad_write_hides_no_other() -> Outcome {
    let client = client();
    let prefix = unique("batch");
    let mut batch = client.batch();
    for number in 0..10 {
        // the fourth has the name of the third
        let number = if number == 3 { 2 } else { number };
        batch.create(BuiltinTagCreate::new(format!("{prefix}-{number}")));
    }
    let report = batch.run().await;
    let failures: Vec<_> =
        report.failures().map(|(index, error)| (index, error.is_uniqueness_violation())).collect();
    assert_eq!(failures, [(3, true)]);
    assert_eq!(count(&client, &prefix).await?, 9);
    Ok(())
}

#[tokio::test]
async fn a_write_may_refer_to_one_before_it() -> Outcome {
    let client = client();
    let mut batch = client.batch();
    let region = batch.create(LocationRegionCreate::new(unique("region")));
    let site = batch.create(LocationSiteCreate::new(unique("site"), &region));
    let device = batch.create(InfraDeviceCreate::new(unique("device"), &site));
    batch.extend(["eth0", "eth1"].map(|port| InfraInterfaceL2Create::new(&device, port)));
    batch.update(&device, InfraDeviceUpdate::new().description("changed in the same batch"));
    batch.run().await.into_written()?;
    let device: InfraDevice = client.get().id(&device).await?;
    assert_eq!(device.description.as_deref(), Some("changed in the same batch"));
    assert_eq!(client.peers(&device, InfraDevice::INTERFACES).count().await?, 2);
    Ok(())
}

#[tokio::test]
async fn creates_upserts_updates_and_deletes_go_together() -> Outcome {
    let client = client();
    let prefix = unique("batch");
    let kept: BuiltinTag = client.create(BuiltinTagCreate::new(format!("{prefix}-kept"))).select().await?;
    let gone = client.create(BuiltinTagCreate::new(format!("{prefix}-gone"))).await?;
    let mut batch = client.batch();
    batch.create(BuiltinTagCreate::new(format!("{prefix}-new")));
    batch.upsert(BuiltinTagCreate::new(kept.name.as_str()).description("upserted"));
    batch.delete(&gone);
    batch.run().await.into_written()?;
    assert_eq!(count(&client, &prefix).await?, 2);
    let kept: BuiltinTag = client.get().id(kept.id()).await?;
    assert_eq!(kept.description.as_deref(), Some("upserted"));
    Ok(())
}

#[tokio::test]
async fn results_stream_while_the_rest_is_under_way() -> Outcome {
    let client = client();
    let prefix = unique("batch");
    let one = NonZeroUsize::MIN;
    let mut batch = client.batch().document_items(one).documents_in_flight(one);
    batch.extend((0..5).map(|number| BuiltinTagCreate::new(format!("{prefix}-{number}"))));
    let mut results = batch.stream();
    let first = results.next().await.ok_or("no result")?;
    assert_eq!(first.index, 0);
    assert!(count(&client, &prefix).await? < 5, "the last is not written yet");
    let rest: Vec<usize> = results.map(|result| result.index).collect().await;
    assert_eq!(rest, [1, 2, 3, 4]);
    assert_eq!(count(&client, &prefix).await?, 5);
    Ok(())
}

#[tokio::test]
async fn futures_of_any_kind_run_side_by_side() -> Outcome {
    let client = client();
    let names: Vec<String> = (0..8).map(|_| unique("batch")).collect();
    let creates = names.iter().map(|name| {
        let request = client.create(BuiltinTagCreate::new(name.as_str()));
        async move { request.select::<BuiltinTag>().await.map(|tag| tag.name) }
    });
    let created: Vec<Result<String, Error>> = client.concurrently(creates).collect().await;
    let created: Vec<String> = created.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(created, names);
    Ok(())
}

#[tokio::test]
async fn peers_named_by_human_friendly_id_are_written_first() -> Outcome {
    let client = client();
    let prefix = unique("hfid");
    let region = client.create(LocationRegionCreate::new(unique("region"))).await?;
    let mut batch = client.batch();
    for number in 0..30 {
        let site = format!("{prefix}-{number:02}");
        batch.upsert(LocationSiteCreate::new(&site, &region));
        let site = Hfid::<LocationSite>::new([&site]);
        batch.upsert(InfraDeviceCreate::new(format!("{prefix}-d{number:02}"), &site));
    }
    let report = batch.run().await;
    assert_eq!(
        report.failures().map(|(index, error)| format!("{index}: {error}")).collect::<Vec<_>>(),
        [""; 0]
    );
    Ok(())
}

#[tokio::test]
async fn a_name_that_a_delete_frees_may_be_taken_in_the_same_batch() -> Outcome {
    let client = client();
    let name = unique("freed");
    for _ in 0..3 {
        let old = client.upsert(BuiltinTagCreate::new(&name)).await?;
        let mut batch = client.batch();
        batch.delete(&old);
        let new = batch.create(BuiltinTagCreate::new(&name));
        batch.update(&Hfid::<BuiltinTag>::new([&name]), BuiltinTagUpdate::new().description("new"));
        batch.run().await.into_written()?;
        let tag: BuiltinTag = client.get().id(&new).await?;
        assert_eq!(tag.description.as_deref(), Some("new"));
    }
    Ok(())
}
