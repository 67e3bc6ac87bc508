//! Generics: what kinds share, the enum over them, and hierarchies.

use infrahub_client::id::{Id, Related};
use infrahub_client::kind::Node;
use infrahub_conformance::*;

#[tokio::test]
async fn a_generic_is_read_as_what_its_kinds_share() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    client.create(InfraInterfaceL2Create::new(&device, "eth0").mtu(9000)).await?;
    client.create(InfraInterfaceL3Create::new(&device, "lo0")).await?;
    let of_device = || InfraInterface::DEVICE.is_in([device.id()]);

    let shared: Vec<InfraInterface> =
        client.all().filter(of_device()).order_by(InfraInterface::NAME.asc()).await?;
    let seen: Vec<_> =
        shared.iter().map(|port| (port.typename.as_str(), port.name.as_str(), port.mtu)).collect();
    assert_eq!(seen, [("InfraInterfaceL2", "eth0", Some(9000)), ("InfraInterfaceL3", "lo0", Some(1500))]);
    assert_eq!(shared[0].hfid, Some(vec![device.name.clone(), "eth0".to_owned()]));

    let ids: Vec<Id<InfraInterface>> = client.all().filter(of_device()).await?;
    assert_eq!(ids.len(), 2);
    let related: Vec<Related<InfraInterface>> = client.all().filter(of_device()).await?;
    assert!(related.iter().all(|port| port.typename.starts_with("InfraInterfaceL")));
    assert_eq!(client.all::<InfraInterface>().filter(of_device()).count().await?, 2);
    Ok(())
}

#[tokio::test]
async fn the_enum_of_a_generic_holds_each_kind_with_its_own_fields() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let l2 = InfraInterfaceL2Create::new(&device, "eth0").mode(InfraInterfaceL2Mode::Trunk);
    let l2: InfraInterfaceL2 = client.create(l2).select().await?;
    let l3: InfraInterfaceL3 = client.create(InfraInterfaceL3Create::new(&device, "lo0")).select().await?;
    let any: Vec<AnyInfraInterface> = client
        .all()
        .filter(InfraInterface::DEVICE.is_in([device.id()]))
        .order_by(InfraInterface::NAME.asc())
        .await?;
    match any.as_slice() {
        [AnyInfraInterface::InfraInterfaceL2(first), AnyInfraInterface::InfraInterfaceL3(second)] => {
            assert_eq!(**first, l2);
            assert_eq!(**second, l3);
        }
        other => panic!("{other:?}"),
    }
    let one: AnyInfraInterface = client.get().id(l2.id().clone().upcast()).await?;
    assert!(matches!(one, AnyInfraInterface::InfraInterfaceL2(_)));
    Ok(())
}

#[tokio::test]
async fn a_peer_may_be_any_kind_of_the_generic() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let port = client.create(InfraInterfaceL3Create::new(&device, "eth0")).await?;
    let provider = client.create(OrganizationProviderCreate::new(unique("provider"))).await?;
    let circuit = client.create(InfraCircuitCreate::new(unique("circuit"), &provider)).await?;
    let end = InfraCircuitEndpointCreate::new(&circuit, InfraCircuitEndpointSide::Z).interface(&port);
    let end = client.create(end).await?;
    let peer: Option<InfraInterface> = client.peer(&end, InfraCircuitEndpoint::INTERFACE).await?;
    assert_eq!(peer.map(|peer| peer.typename).as_deref(), Some("InfraInterfaceL3"));
    Ok(())
}

#[tokio::test]
async fn a_hierarchy_is_walked_up_and_down() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let rack: LocationRack =
        client.create(LocationRackCreate::new(unique("rack"), &site).height(12)).select().await?;
    assert_eq!(rack.parent.id, site.id);
    let region = client.peer(&site, LocationSite::PARENT).await?;
    let region: LocationRegion = region.ok_or("a site has a region")?;
    let children = client.peers(&region, LocationRegion::CHILDREN).await?;
    assert_eq!(children.iter().map(|site| &site.id).collect::<Vec<_>>(), [&site.id]);
    let locations: Vec<LocationGeneric> =
        client.all().filter(LocationGeneric::NAME.is_in([&region.name, &site.name, &rack.name])).await?;
    assert_eq!(locations.len(), 3);
    Ok(())
}

#[tokio::test]
async fn the_address_plan_puts_prefixes_and_addresses_in_place() -> Outcome {
    let client = client();
    // a namespace of the test's own: prefixes of one namespace may not repeat
    let namespace = client.create(IpamNamespaceCreate::new(unique("namespace"))).await?;
    let prefix = |text: &str| -> Result<_, Box<dyn std::error::Error>> {
        let network: infrahub_client::value::IpNetwork = text.parse()?;
        Ok(IpamIPPrefixCreate::new(network).ip_namespace(&namespace))
    };
    let outer = client.create(prefix("10.20.0.0/16")?.purpose(IpamIPPrefixPurpose::Fabric)).await?;
    let inner = client.create(prefix("10.20.1.0/24")?).await?;
    let host: infrahub_client::value::IpHost = "10.20.1.7/24".parse()?;
    let address = client.create(IpamIPAddressCreate::new(host).ip_namespace(&namespace)).await?;

    let inner: IpamIPPrefix = client.get().id(&inner.id).await?;
    assert_eq!(inner.parent.as_ref().map(|peer| peer.id.as_str()), Some(outer.id.as_str()));
    let address: IpamIPAddress = client.get().id(&address.id).await?;
    assert_eq!(address.ip_prefix.as_ref().map(|peer| peer.id.as_str()), Some(inner.id.as_str()));
    let generic: Vec<BuiltinIPPrefix> =
        client.all().filter(BuiltinIPPrefix::IP_NAMESPACE.is_in([namespace.id.clone().upcast()])).await?;
    assert_eq!(generic.len(), 2);
    Ok(())
}
