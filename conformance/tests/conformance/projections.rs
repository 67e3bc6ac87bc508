//! Projections: structs of one's own that ask for just what they hold.

use infrahub_client::id::{Hfid, Id, Related};
use infrahub_client::kind::Node;
use infrahub_client::projection::{Attr, Count, FirstPeers, WithMetadata, WithProperties};
use infrahub_client::{Client, Projection};
use infrahub_conformance::*;

#[derive(Debug, Projection)]
#[infrahub(kind = InfraDevice)]
struct DeviceRow {
    id: Id<InfraDevice>,
    hfid: Option<Vec<String>>,
    display_label: Option<String>,
    typename: String,
    name: String,
    asn: Option<i64>,
    r#virtual: Option<bool>,
    #[infrahub(rename = "status")]
    state: Option<InfraDeviceStatus>,
    site: SiteRow,
    rack: Option<Id<LocationRack>>,
    platform: Option<Related<InfraPlatform>>,
    interfaces: Vec<PortRow>,
    tags: Vec<BuiltinTag>,
}

#[derive(Debug, Projection)]
#[infrahub(kind = LocationSite)]
struct SiteRow {
    name: String,
    parent: RegionRow,
    ancestors: Vec<Related<LocationGeneric>>,
}

#[derive(Debug, Projection)]
#[infrahub(kind = LocationRegion)]
struct RegionRow {
    name: String,
    color: Option<String>,
    parent: Option<Id<LocationGeneric>>,
    children: Count,
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterface)]
struct PortRow {
    typename: String,
    name: String,
    enabled: Option<bool>,
}

/// A device in a site of a region, with as many ports as are asked for; every third is switched off.
async fn with_ports(client: &Client, count: usize) -> Result<InfraDevice, Box<dyn std::error::Error>> {
    let device = device(client).await?;
    let ports = (0..count).map(|port| {
        InfraInterfaceL3Create::new(&device, format!("eth{port:04}"))
            .enabled(port % 3 > 0)
            .mtu(1500 + port as i64)
    });
    let mut batch = client.batch();
    for port in ports {
        batch.create(port);
    }
    batch.run().await.into_written()?;
    Ok(device)
}

#[tokio::test]
async fn a_struct_asks_for_what_it_holds() -> Outcome {
    let client = client();
    let device = with_ports(&client, 3).await?;
    client.update(&device).set(InfraDeviceUpdate::new().asn(65_001)).await?;
    let row: DeviceRow = client.get().id(device.id()).await?;
    assert_eq!(row.id, *device.id());
    assert_eq!(row.hfid, Some(vec![device.name.clone()]));
    assert_eq!(row.display_label.as_deref(), Some(device.name.as_str()));
    assert_eq!(row.typename, "InfraDevice");
    assert_eq!((row.name, row.asn, row.r#virtual), (device.name.clone(), Some(65_001), Some(false)));
    assert_eq!(row.state, Some(InfraDeviceStatus::Active));
    assert_eq!((row.rack, row.platform), (None, None));
    assert_eq!(row.tags, []);
    let names: Vec<&str> = row.interfaces.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["eth0000", "eth0001", "eth0002"]);
    assert!(row.interfaces.iter().all(|port| port.typename == "InfraInterfaceL3"));
    assert_eq!(row.interfaces[0].enabled, Some(false));

    let site: LocationSite = client.peer(&device, InfraDevice::SITE).await?.ok_or("no site")?;
    assert_eq!(row.site.name, site.name);
    assert_eq!(Some(row.site.parent.name.as_str()), site.parent.display_label.as_deref());
    assert_eq!(row.site.parent.children, Count(1));
    assert_eq!(row.site.parent.color.as_deref(), Some("#2e86ab"));
    assert_eq!(row.site.parent.parent, None);
    assert_eq!(row.site.ancestors.len(), 1);
    assert_eq!(row.site.ancestors[0].typename, "LocationRegion");
    Ok(())
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraDevice)]
struct Ports {
    #[infrahub(rename = "interfaces", filter = InfraInterface::ENABLED.eq(false), order_by = InfraInterface::NAME.desc())]
    off: Vec<PortRow>,
    #[infrahub(rename = "interfaces", filter = InfraInterface::NAME.is_in(["eth0001", "eth0002"]), filter = InfraInterface::MTU.eq(1502))]
    chosen: Vec<Related<InfraInterface>>,
    #[infrahub(rename = "interfaces", filter = InfraInterface::ENABLED.is_in([false]))]
    how_many_off: Count,
    #[infrahub(rename = "interfaces", limit = 2, order_by = InfraInterface::NAME.desc())]
    last: FirstPeers<PortRow>,
    #[infrahub(rename = "interfaces")]
    all: Vec<Id<InfraInterface>>,
}

#[tokio::test]
async fn peers_are_filtered_ordered_and_cut_where_the_field_says_so() -> Outcome {
    let client = client();
    let device = with_ports(&client, 10).await?;
    let ports: Ports = client.get().id(device.id()).await?;
    let names = |ports: &[PortRow]| ports.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&ports.off), ["eth0009", "eth0006", "eth0003", "eth0000"]);
    assert_eq!(ports.chosen.len(), 1);
    assert_eq!(ports.chosen[0].hfid, Some(vec![device.name.clone(), "eth0002".to_owned()]));
    assert_eq!(ports.how_many_off, Count(4));
    assert_eq!(names(&ports.last.peers), ["eth0009", "eth0008"]);
    assert_eq!(ports.last.count, 10);
    assert!(ports.last.is_cut());
    assert_eq!(ports.all.len(), 10);
    Ok(())
}

#[tokio::test]
async fn a_relationship_of_many_pages_is_read_completely() -> Outcome {
    #[derive(Debug, Projection)]
    #[infrahub(kind = InfraDevice)]
    struct All {
        interfaces: Vec<PortRow>,
    }
    let client = client();
    let device = with_ports(&client, 230).await?;
    let read: Vec<All> = client.all().filter(InfraDevice::NAME.eq(&*device.name)).await?;
    let names: Vec<&str> = read[0].interfaces.iter().map(|port| port.name.as_str()).collect();
    let expected: Vec<String> = (0..230).map(|port| format!("eth{port:04}")).collect();
    assert_eq!(names, expected);
    Ok(())
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraDevice)]
struct Metadata {
    name: Attr<String>,
    status: Attr<Option<InfraDeviceStatus>>,
    asn: Attr<Option<i64>>,
    site: WithMetadata<SiteName>,
    rack: Option<WithProperties<Id<LocationRack>>>,
    tags: Vec<WithProperties<WithMetadata<TagName>>>,
}

#[derive(Debug, PartialEq, Projection)]
#[infrahub(kind = LocationSite)]
struct SiteName {
    name: String,
}

#[derive(Debug, Projection)]
#[infrahub(kind = LocationSite)]
struct Place {
    parent: Id<LocationRegion>,
    children: Vec<Id<LocationRack>>,
    ancestors: Vec<Id<LocationGeneric>>,
}

#[tokio::test]
async fn the_id_alone_of_a_peer_in_a_hierarchy_is_read() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let place: Place = client.get().id(device.site.id.clone()).await?;
    assert_eq!(place.ancestors, [place.parent.clone().upcast()]);
    assert_eq!(place.children, []);
    let parent = client.peer(&device.site, LocationSite::PARENT).select::<Id<LocationRegion>>().await?;
    assert_eq!(parent, Some(place.parent));
    Ok(())
}

#[derive(Debug, PartialEq, Projection)]
#[infrahub(kind = BuiltinTag)]
struct TagName {
    name: String,
}

#[tokio::test]
async fn metadata_comes_where_the_type_asks_for_it() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let tag = unique("tag");
    client.create(BuiltinTagCreate::new(&*tag)).await?;
    client.relationship(&device, InfraDevice::TAGS).add([Hfid::<BuiltinTag>::new([&*tag])]).await?;

    let read: WithMetadata<Metadata> = client.get().id(device.id()).await?;
    assert!(read.metadata.created_at.as_ref().and_then(|at| at.timestamp()).is_some());
    assert!(read.metadata.updated_at.is_some());
    let creator = read.metadata.created_by.ok_or("no creator")?;
    assert_eq!((creator.typename.as_str(), creator.display_label.as_deref()), ("CoreAccount", Some("Admin")));

    let row = read.node;
    assert_eq!((row.name.value, row.name.is_default), (device.name.clone(), Some(false)));
    assert_eq!(row.name.updated_by.ok_or("nobody")?.display_label.as_deref(), Some("Admin"));
    assert_eq!((row.status.value, row.status.is_default), (Some(InfraDeviceStatus::Active), Some(true)));
    assert_eq!((row.status.is_protected, row.status.is_from_profile), (Some(false), Some(false)));
    assert_eq!((row.asn.value, row.asn.source), (None, None));
    assert_eq!(Some(row.site.node.name), device.site.display_label);
    assert!(row.site.metadata.created_at.is_some());
    assert!(row.rack.is_none());
    assert_eq!(row.tags.len(), 1);
    assert_eq!(row.tags[0].peer.node, TagName { name: tag });
    assert!(row.tags[0].peer.metadata.created_by.is_some());
    assert_eq!(row.tags[0].properties.is_protected, None);
    assert!(row.tags[0].properties.updated_at.is_some());

    let whole: Vec<WithMetadata<InfraDevice>> =
        client.all().filter(InfraDevice::NAME.eq(&*device.name)).await?;
    assert_eq!(whole[0].node, device);
    Ok(())
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterface)]
enum Port {
    Switched(Switched),
    Routed(Box<Routed>),
    #[infrahub(other)]
    Other,
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterfaceL2)]
struct Switched {
    id: Id<InfraInterfaceL2>,
    name: String,
    mode: Option<InfraInterfaceL2Mode>,
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterfaceL3)]
struct Routed {
    typename: String,
    name: Attr<String>,
    #[infrahub(rename = "mtu")]
    mode: Option<i64>,
    device: DeviceName,
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraDevice)]
struct DeviceName {
    name: String,
}

/// Knows only one kind of port.
#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterface)]
enum OneKind {
    Switched(Box<InfraInterfaceL2>),
    #[infrahub(other)]
    Other(PortRow),
}

#[tokio::test]
async fn a_generic_is_an_enum_of_projections() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    client.create(InfraInterfaceL2Create::new(&device, "eth0").mode(InfraInterfaceL2Mode::Trunk)).await?;
    client.create(InfraInterfaceL3Create::new(&device, "lo0").mtu(9000)).await?;
    let ports = || client.peers(&device, InfraDevice::INTERFACES).order_by(InfraInterface::NAME.asc());

    let read = ports().select::<Port>().await?;
    match read.as_slice() {
        [Port::Switched(switched), Port::Routed(routed)] => {
            assert!(!switched.id.as_str().is_empty());
            assert_eq!(
                (switched.name.as_str(), &switched.mode),
                ("eth0", &Some(InfraInterfaceL2Mode::Trunk))
            );
            assert_eq!((routed.typename.as_str(), routed.mode), ("InfraInterfaceL3", Some(9000)));
            assert_eq!((routed.name.value.as_str(), &routed.device.name), ("lo0", &device.name));
        }
        other => panic!("{other:?}"),
    }
    let read = ports().select::<OneKind>().await?;
    match read.as_slice() {
        [OneKind::Switched(switched), OneKind::Other(other)] => {
            assert_eq!((switched.name.as_str(), &switched.device.id), ("eth0", device.id()));
            assert_eq!((other.typename.as_str(), other.name.as_str()), ("InfraInterfaceL3", "lo0"));
        }
        other => panic!("{other:?}"),
    }
    let related: Vec<Related<InfraInterface>> = ports().select().await?;
    let narrowed: Vec<Related<InfraInterfaceL2>> = related.into_iter().filter_map(Related::narrow).collect();
    assert_eq!(narrowed.len(), 1);
    assert!(matches!(client.get::<Port>().id(narrowed[0].id.clone().upcast()).await?, Port::Switched(_)));
    Ok(())
}

#[tokio::test]
async fn columns_are_read_as_tuples() -> Outcome {
    let client = client();
    let device = with_ports(&client, 1).await?;
    let by_name = || client.all::<InfraDevice>().filter(InfraDevice::NAME.eq(&*device.name));
    let columns = (
        InfraDevice::NAME,
        InfraDevice::ASN,
        InfraDevice::SITE.then(LocationSite::NAME),
        InfraDevice::RACK.then(LocationRack::NAME),
        InfraDevice::SITE,
        InfraDevice::PLATFORM,
    );
    let rows = by_name().columns(columns).await?;
    let (name, asn, site, rack, related, platform) = rows.into_iter().next().ok_or("no row")?;
    assert_eq!((&name, asn, rack), (&device.name, None, None));
    assert_eq!(
        (Some(site), related, platform),
        (device.site.display_label.clone(), device.site.clone(), None)
    );
    let (name,) = client.get::<InfraDevice>().id(device.id()).columns((InfraDevice::NAME,)).await?;
    assert_eq!(name, device.name);
    let missing = client.get::<InfraDevice>().id("18e00000-0000-0000-0000-000000000000");
    let error = missing.columns((InfraDevice::NAME,)).await.expect_err("no such device");
    assert!(matches!(error, infrahub_client::Error::NotFound { .. }), "{error}");
    Ok(())
}

/// The server's enum for a generic, across a relationship.
#[tokio::test]
async fn the_generated_enum_of_a_generic_is_read_across_a_relationship() -> Outcome {
    let client = client();
    let device = with_ports(&client, 2).await?;
    let ports = client.peers(&device, InfraDevice::INTERFACES).select::<AnyInfraInterface>().await?;
    assert!(ports.iter().all(|port| matches!(port, AnyInfraInterface::InfraInterfaceL3(_))), "{ports:?}");
    assert_eq!(ports.len(), 2);
    Ok(())
}

#[tokio::test]
async fn peers_are_filtered_by_values_that_are_false_or_zero() -> Outcome {
    let client = client();
    let device = with_ports(&client, 4).await?;
    let ports = || client.peers(&device, InfraDevice::INTERFACES);
    assert_eq!(ports().filter(InfraInterface::ENABLED.eq(false)).count().await?, 2);
    assert_eq!(ports().filter(InfraInterface::MTU.eq(0)).count().await?, 0);
    let error = ports().filter(InfraInterface::DESCRIPTION.is_null()).await.expect_err("no such filter");
    assert!(error.to_string().contains("no filter `description__isnull"), "{error}");
    assert!(!error.may_have_run());
    Ok(())
}

/// A program from before the server's schema grew: it knows fewer choices, kinds and fields than there are.
#[allow(unreachable_pub, reason = "kinds are public where a program generates them, and so are these")]
mod older {
    use infrahub_client::Projection;
    use infrahub_client::column::{Attribute, Optional, ToMany};
    use infrahub_client::id::Id;
    use infrahub_client::kind::Is;
    use infrahub_client::value::{Choice, ChoiceInfo};

    /// `InfraDevice`, when it had one status.
    #[derive(Debug)]
    pub enum Device {}

    infrahub_client::__kind!(Device = "InfraDevice");

    impl Device {
        pub const STATUS: Attribute<Device, Status, Optional> = Attribute::new("status", "String");
        pub const INTERFACES: ToMany<Device, Port> = ToMany::new("interfaces");
    }

    /// `InfraInterface`, when no kind inherited from it but L2.
    #[derive(Debug)]
    pub enum Port {}

    infrahub_client::__kind!(Port = "InfraInterface");

    #[derive(Debug)]
    pub enum Switched {}

    infrahub_client::__kind!(Switched = "InfraInterfaceL2");
    impl Is<Port> for Switched {}

    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Status {
        Drained,
        Other(String),
    }

    impl Choice for Status {
        const CHOICES: &'static [ChoiceInfo] = &[ChoiceInfo::new("drained", "Drained", "", "")];

        fn as_str(&self) -> &str {
            match self {
                Self::Drained => "drained",
                Self::Other(name) => name,
            }
        }

        fn from_name(name: &str) -> Self {
            if name == "drained" { Self::Drained } else { Self::Other(name.to_owned()) }
        }
    }

    infrahub_client::__choice!(Status);

    #[derive(Debug, Projection)]
    #[infrahub(kind = Device)]
    pub struct DeviceRow {
        pub status: Option<Status>,
        pub interfaces: Vec<AnyPort>,
    }

    #[derive(Debug, Projection)]
    #[infrahub(kind = Port)]
    pub enum AnyPort {
        Switched(Id<Switched>),
        #[infrahub(other)]
        Other,
    }
}

#[tokio::test]
async fn what_the_program_does_not_know_breaks_no_read() -> Outcome {
    let client = client();
    let device = with_ports(&client, 1).await?;
    client.create(InfraInterfaceL2Create::new(&device, "l2")).await?;
    let row: older::DeviceRow = client.get().id(device.id().as_str()).await?;
    assert_eq!(row.status, Some(older::Status::Other("active".to_owned())));
    match row.interfaces.as_slice() {
        [older::AnyPort::Other, older::AnyPort::Switched(id)] => assert!(!id.as_str().is_empty()),
        other => panic!("{other:?}"),
    }
    Ok(())
}
