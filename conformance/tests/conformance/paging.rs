//! Pages, streams, limits and reads at a point in time.

use futures_util::{StreamExt, TryStreamExt};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use std::num::NonZeroU32;
use std::time::Duration;

/// Twenty-five tags that share a prefix; gives the prefix.
async fn tags(client: &Client) -> Result<String, Error> {
    let prefix = unique("page");
    let mut batch = client.batch();
    batch.extend((0..25).map(|number| BuiltinTagCreate::new(format!("{prefix}-{number:02}"))));
    batch.run().await.into_written()?;
    Ok(prefix)
}

fn seven() -> NonZeroU32 {
    NonZeroU32::new(7).unwrap_or(NonZeroU32::MIN)
}

#[tokio::test]
async fn every_page_is_read_once_and_in_order() -> Outcome {
    let client = client();
    let prefix = tags(&client).await?;
    let read = client.all::<BuiltinTag>().filter(BuiltinTag::NAME.eq(&prefix)).partial_match();
    let found = read.order_by(BuiltinTag::NAME.asc()).page_size(seven()).await?;
    let names: Vec<String> = found.into_iter().map(|tag| tag.name).collect();
    let expected: Vec<String> = (0..25).map(|number| format!("{prefix}-{number:02}")).collect();
    assert_eq!(names, expected);
    Ok(())
}

#[tokio::test]
async fn limit_and_offset_cut_across_pages() -> Outcome {
    let client = client();
    let prefix = tags(&client).await?;
    let read = || {
        let read = client.all::<BuiltinTag>().filter(BuiltinTag::NAME.eq(&prefix)).partial_match();
        read.order_by(BuiltinTag::NAME.asc()).page_size(seven())
    };
    let middle: Vec<String> = read().offset(5).limit(10).await?.into_iter().map(|tag| tag.name).collect();
    let expected: Vec<String> = (5..15).map(|number| format!("{prefix}-{number:02}")).collect();
    assert_eq!(middle, expected);
    assert!(read().limit(0).await?.is_empty());
    assert!(read().offset(25).await?.is_empty());
    assert_eq!(read().offset(24).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_stream_can_be_left_and_begun_again() -> Outcome {
    let client = client();
    let prefix = tags(&client).await?;
    let read = || {
        let read = client.all::<BuiltinTag>().filter(BuiltinTag::NAME.eq(&prefix)).partial_match();
        read.page_size(seven()).stream()
    };
    let first: Vec<BuiltinTag> = read().take(3).try_collect().await?;
    assert_eq!(first.len(), 3);
    assert_eq!(read().try_fold(0, |count, _| async move { Ok(count + 1) }).await?, 25);
    Ok(())
}

#[tokio::test]
async fn the_past_is_read_as_it_was() -> Outcome {
    let client = client();
    let tag = client.create(BuiltinTagCreate::new(unique("tag")).description("before")).await?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let then = jiff::Timestamp::now();
    tokio::time::sleep(Duration::from_millis(50)).await;
    client.update(&tag).set(BuiltinTagUpdate::new().description("after")).await?;
    let past: BuiltinTag = client.at(then).get().id(&tag.id).await?;
    assert_eq!(past.description.as_deref(), Some("before"));
    let now: BuiltinTag = client.get().id(&tag.id).await?;
    assert_eq!(now.description.as_deref(), Some("after"));

    let unborn: BuiltinTag = client.create(BuiltinTagCreate::new(unique("tag"))).select().await?;
    assert!(client.at(then).get::<BuiltinTag>().id(&unborn.id).optional().await?.is_none());
    assert_eq!(
        client.at(then).all::<BuiltinTag>().filter(BuiltinTag::NAME.eq(&unborn.name)).count().await?,
        0
    );
    Ok(())
}
