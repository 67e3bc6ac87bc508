//! Filters, order and count.

use infrahub_client::filter::{Filter, Order};
use infrahub_client::id::Id;
use infrahub_client::kind::Node;
use infrahub_client::{Client, Error};
use infrahub_conformance::*;

/// Three devices of one site: `…-a` (leaf, ASN 1), `…-b` (leaf, no ASN), `…-c` (spine, ASN 3).
struct Devices {
    client: Client,
    site: LocationSite,
    prefix: String,
}

impl Devices {
    async fn create() -> Result<Self, Error> {
        let client = client();
        let site = site(&client).await?;
        let prefix = unique("device");
        let create = |suffix: &str| InfraDeviceCreate::new(format!("{prefix}-{suffix}"), &site);
        let mut batch = client.batch();
        batch.create(create("a").role(InfraDeviceRole::Leaf).asn(1).labels(vec![serde_json::json!("blue")]));
        batch.create(create("b").role(InfraDeviceRole::Leaf).description("Second Device"));
        batch.create(create("c").role(InfraDeviceRole::Spine).asn(3));
        batch.run().await.into_written()?;
        Ok(Self { client, site, prefix })
    }

    /// The last letters of the names of the devices of the site that match, by name.
    async fn matching(&self, filter: Filter<InfraDevice>) -> Result<String, Error> {
        let in_site = InfraDevice::SITE.is_in([self.site.id()]);
        let found = self.client.all::<InfraDevice>().filter(in_site).filter(filter);
        let found = found.order_by(InfraDevice::NAME.asc()).await?;
        Ok(found.iter().filter_map(|device| device.name.chars().last()).collect())
    }
}

#[tokio::test]
async fn attributes() -> Outcome {
    let devices = Devices::create().await?;
    let name = |suffix: &str| format!("{}-{suffix}", devices.prefix);
    assert_eq!(devices.matching(InfraDevice::NAME.eq(name("b"))).await?, "b");
    assert_eq!(devices.matching(InfraDevice::NAME.is_in([name("a"), name("c"), name("x")])).await?, "ac");
    assert_eq!(devices.matching(InfraDevice::NAME.is_in(Vec::<String>::new())).await?, "");
    assert_eq!(devices.matching(InfraDevice::ROLE.eq(InfraDeviceRole::Leaf)).await?, "ab");
    assert_eq!(devices.matching(InfraDevice::ASN.eq(3)).await?, "c");
    assert_eq!(devices.matching(InfraDevice::ASN.is_null()).await?, "b");
    assert_eq!(devices.matching(InfraDevice::ASN.is_not_null()).await?, "ac");
    assert_eq!(devices.matching(InfraDevice::VIRTUAL.eq(false)).await?, "abc");
    assert_eq!(devices.matching(InfraDevice::LABELS.contains("blue")).await?, "a");
    assert_eq!(devices.matching(Filter::any("Second Device")).await?, "b");
    Ok(())
}

#[tokio::test]
async fn partial_matches_ignore_case() -> Outcome {
    let devices = Devices::create().await?;
    let all = devices.client.all::<InfraDevice>().filter(InfraDevice::SITE.is_in([devices.site.id()]));
    let found = all.filter(InfraDevice::DESCRIPTION.eq("second d")).partial_match().await?;
    assert_eq!(found.len(), 1);
    Ok(())
}

#[tokio::test]
async fn relationships() -> Outcome {
    let devices = Devices::create().await?;
    let client = &devices.client;
    let site_name = devices.site.name.as_str();
    assert_eq!(devices.matching(InfraDevice::SITE.then(LocationSite::NAME).eq(site_name)).await?, "abc");
    assert_eq!(devices.matching(InfraDevice::SITE.then(LocationSite::NAME).is_in(["nowhere"])).await?, "");
    assert_eq!(devices.matching(InfraDevice::RACK.is_null()).await?, "abc");
    assert_eq!(devices.matching(InfraDevice::INTERFACES.is_not_null()).await?, "");

    let b: InfraDevice = client.get().hfid([format!("{}-b", devices.prefix)]).await?;
    let port = client.create(InfraInterfaceL2Create::new(&b, "eth7")).await?;
    let tag = client.create(BuiltinTagCreate::new(unique("tag"))).await?;
    client.relationship(&b, InfraDevice::TAGS).add([&tag]).await?;
    assert_eq!(devices.matching(InfraDevice::INTERFACES.then(InfraInterface::NAME).eq("eth7")).await?, "b");
    assert_eq!(devices.matching(InfraDevice::TAGS.is_in([&tag.id])).await?, "b");

    // the peer of the relationship is a generic, the object is of one of its kinds
    let ports: Vec<InfraInterface> =
        client.all().filter(InfraInterface::DEVICE.then(InfraDevice::NAME).eq(&b.name)).await?;
    assert_eq!(ports.len(), 1);
    assert_eq!(ports[0].id.as_str(), port.id.as_str());
    Ok(())
}

#[tokio::test]
async fn ids_hfids_and_metadata() -> Outcome {
    let before = jiff::Timestamp::now();
    let devices = Devices::create().await?;
    let a: InfraDevice = devices.client.get().hfid([format!("{}-a", devices.prefix)]).await?;
    assert_eq!(devices.matching(Filter::ids([a.id().clone(), Id::generate()])).await?, "a");
    assert_eq!(devices.matching(Filter::hfid([a.name.as_str()])).await?, "a");
    assert_eq!(devices.matching(Filter::created_after(before)).await?, "abc");
    assert_eq!(devices.matching(Filter::created_before(before)).await?, "");
    assert_eq!(devices.matching(Filter::updated_after(before)).await?, "abc");
    Ok(())
}

#[tokio::test]
async fn order_by_attributes_peers_and_metadata() -> Outcome {
    let devices = Devices::create().await?;
    let ordered = async |orders: Vec<Order<InfraDevice>>| -> Result<String, Error> {
        let all = devices.client.all::<InfraDevice>().filter(InfraDevice::SITE.is_in([devices.site.id()]));
        let found = orders.into_iter().fold(all, |all, order| all.order_by(order)).await?;
        Ok(found.iter().filter_map(|device| device.name.chars().last()).collect())
    };
    assert_eq!(ordered(vec![InfraDevice::NAME.desc()]).await?, "cba");
    assert_eq!(ordered(vec![InfraDevice::ASN.asc()]).await?, "bac", "no value comes first");
    assert_eq!(ordered(vec![InfraDevice::ROLE.desc(), InfraDevice::NAME.desc()]).await?, "cba");
    let by_site = InfraDevice::SITE.then(LocationSite::NAME).asc();
    assert_eq!(ordered(vec![by_site, InfraDevice::NAME.asc()]).await?, "abc");
    let mut created = ordered(vec![Order::created_at()]).await?.chars().rev().collect::<String>();
    assert_eq!(created, ordered(vec![Order::created_at_desc()]).await?);
    created.clear();
    assert_eq!(ordered(vec![]).await?, "abc", "the kind's own order");
    Ok(())
}

#[tokio::test]
async fn count_counts_all_matches() -> Outcome {
    let devices = Devices::create().await?;
    let all = || devices.client.all::<InfraDevice>().filter(InfraDevice::SITE.is_in([devices.site.id()]));
    assert_eq!(all().count().await?, 3);
    assert_eq!(all().limit(1).offset(2).count().await?, 3);
    assert_eq!(all().filter(InfraDevice::ASN.is_null()).count().await?, 1);
    Ok(())
}
