//! Profiles and templates: apply, create from, and what may be left out for them.

use infrahub_client::id::{Hfid, Id, Related};
use infrahub_client::kind::Node;
use infrahub_client::value::IpHost;
use infrahub_client::{Client, Error};
use infrahub_conformance::*;

async fn address(client: &Client) -> Result<Related<IpamIPAddress>, Box<dyn std::error::Error>> {
    let namespace = client.create(IpamNamespaceCreate::new(unique("namespace"))).await?;
    let create = IpamIPAddressCreate::new("192.0.2.1/32".parse::<IpHost>()?).ip_namespace(&namespace);
    Ok(client.create(create).await?)
}

/// Reads the tunnel until it is as expected: the server applies a changed profile a moment later.
async fn until(
    client: &Client,
    tunnel: &Id<InfraTunnel>,
    is: impl Fn(&InfraTunnel) -> bool,
) -> Result<InfraTunnel, Box<dyn std::error::Error>> {
    eventually(async || {
        let found: InfraTunnel = client.get().id(tunnel).await?;
        Ok::<_, Error>(is(&found).then_some(found))
    })
    .await
}

#[tokio::test]
async fn profiles_give_values_by_priority_and_take_them_back() -> Outcome {
    let client = client();
    let (site, address) = (site(&client).await?, address(&client).await?);
    let usual = ProfileInfraTunnelCreate::new(unique("usual"))
        .profile_priority(20)
        .description("usual")
        .keepalive(30);
    let usual = client.create(usual).await?;
    let special =
        ProfileInfraTunnelCreate::new(unique("special")).profile_priority(10).description("special");
    let special = client.create(special).await?;

    let name = unique("tunnel");
    let tunnel = InfraTunnelCreate::new(&address, name, InfraTunnelProtocol::Gre, &site, 1);
    let tunnel = client.create(tunnel.profiles([&usual, &special])).await?.id;
    let found = until(&client, &tunnel, |tunnel| tunnel.description.as_deref() == Some("special")).await?;
    assert_eq!(found.keepalive, Some(30));
    let profiles: Vec<CoreProfile> = client.peers(&tunnel, InfraTunnel::PROFILES).await?;
    let mut priorities: Vec<_> = profiles.iter().map(|profile| profile.profile_priority).collect();
    priorities.sort_unstable();
    assert_eq!(priorities, [Some(10), Some(20)]);

    // A value of the object's own wins; a changed profile reaches its objects; one that is removed takes its value along.
    client.update(&tunnel).set(InfraTunnelUpdate::new().keepalive(5)).await?;
    client.update(&special).set(ProfileInfraTunnelUpdate::new().description("very special")).await?;
    let found =
        until(&client, &tunnel, |tunnel| tunnel.description.as_deref() == Some("very special")).await?;
    assert_eq!(found.keepalive, Some(5));
    client.relationship(&tunnel, InfraTunnel::PROFILES).remove([&special]).await?;
    until(&client, &tunnel, |tunnel| tunnel.description.as_deref() == Some("usual")).await?;
    client.update(&tunnel).set(InfraTunnelUpdate::new().reset_keepalive().clear_profiles()).await?;
    let found = until(&client, &tunnel, |tunnel| tunnel.description.is_none()).await?;
    assert_eq!(found.keepalive, Some(10), "the schema's default");
    Ok(())
}

#[tokio::test]
async fn what_profiles_give_may_be_left_out() -> Outcome {
    let client = client();
    let (site, address) = (site(&client).await?, address(&client).await?);
    let name = unique("profile");
    let profile =
        ProfileInfraTunnelCreate::new(name.as_str()).protocol(InfraTunnelProtocol::Ipsec).tunnel_id(7);
    client.create(profile).await?;
    let profile = Hfid::<ProfileInfraTunnel>::new([name]);

    let create = || InfraTunnelCreate::from_profiles([&profile], unique("tunnel")).site(&site);
    let tunnel: InfraTunnel = client.create(create().address(&address)).select().await?;
    assert_eq!((tunnel.protocol, tunnel.tunnel_id), (InfraTunnelProtocol::Ipsec, 7));
    let tunnel: InfraTunnel = client.create(create().address(&address).tunnel_id(8)).select().await?;
    assert_eq!(tunnel.tunnel_id, 8, "its own");

    let error = client.create(create()).await.expect_err("the profile has no address");
    assert_eq!(error.code().map(|code| code.as_str()), Some("ATTRIBUTE_REQUIRED"), "{error}");
    assert!(error.to_string().contains("address"), "{error}");

    let of_devices = client.create(ProfileInfraDeviceCreate::new(unique("profile"))).await?;
    let create = InfraTunnelCreate::from_profiles([&of_devices], unique("tunnel"));
    let create = create.site(&site).address(&address).tunnel_id(1).protocol(InfraTunnelProtocol::Gre);
    let error = client.create(create).await.expect_err("a profile of devices");
    assert!(error.to_string().contains("ProfileInfraTunnel"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_object_made_from_a_template_has_its_values_and_its_components() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let mut batch = client.batch();
    let device =
        TemplateInfraDeviceCreate::new(unique("leaf")).role(InfraDeviceRole::Leaf).height(2).site(&site);
    let device = batch.create(device);
    for port in ["eth0", "eth1"] {
        let port = TemplateInfraInterfaceL2Create::new(&device, port, unique("port")).mtu(9000);
        batch.create(port);
    }
    batch.run().await.into_written()?;

    let create = InfraDeviceCreate::from_template(&device, unique("device")).height(3);
    let made: InfraDevice = client.create(create).select().await?;
    assert_eq!(
        (made.role.clone(), made.height),
        (Some(InfraDeviceRole::Leaf), Some(3)),
        "what it says itself wins"
    );
    assert_eq!(made.site.id, site.id, "mandatory, and left to the template");
    assert_eq!(made.object_template.as_ref().map(|template| &template.id), Some(&device));
    let ports = client.peers(&made, InfraDevice::INTERFACES).order_by(InfraInterface::NAME.asc()).await?;
    let ports: Vec<_> = ports.iter().map(|port| (port.name.as_str(), port.mtu)).collect();
    assert_eq!(ports, [("eth0", Some(9000)), ("eth1", Some(9000))]);

    // A template is only a start: its changes do not reach what was made from it.
    client.update(&device).set(TemplateInfraDeviceUpdate::new().role(InfraDeviceRole::Spine)).await?;
    let again: InfraDevice = client.get().id(made.id()).await?;
    assert_eq!(again.role, Some(InfraDeviceRole::Leaf));

    // An upsert takes from it where it creates.
    let name = unique("device");
    for height in [4, 5] {
        let create = InfraDeviceCreate::from_template(&device, name.as_str()).height(height);
        let device: InfraDevice = client.upsert(create).select().await?;
        assert_eq!((device.role, device.height), (Some(InfraDeviceRole::Spine), Some(height)));
    }
    Ok(())
}

#[tokio::test]
async fn what_neither_the_program_nor_the_template_says_is_refused() -> Outcome {
    let client = client();
    let template = TemplateInfraTunnelCreate::new(unique("template")).protocol(InfraTunnelProtocol::Ipsec);
    let template = client.create(template).await?;
    let error = client.create(InfraTunnelCreate::from_template(&template, unique("tunnel"))).await;
    let error = error.expect_err("no site, number or address");
    assert_eq!(error.graphql_errors().len(), 3, "{error}");
    assert!(
        error
            .graphql_errors()
            .iter()
            .all(|error| error.code().is_some_and(|code| code.as_str() == "ATTRIBUTE_REQUIRED"))
    );
    let (site, address) = (site(&client).await?, address(&client).await?);
    let create = InfraTunnelCreate::from_template(&template, unique("tunnel"));
    let made: InfraTunnel = client.create(create.site(&site).address(&address).tunnel_id(3)).select().await?;
    assert_eq!(made.protocol, InfraTunnelProtocol::Ipsec);
    Ok(())
}

/// The note on attributes with the names of Python methods in `docs/server-notes.md`.
#[tokio::test]
async fn an_attribute_called_new_breaks_reading_the_other_kinds_of_its_generic_by_fragments() -> Outcome {
    let client = client();
    let profile = client.create(ProfileInfraTunnelCreate::new(unique("profile"))).await?;
    let one = |fragment: &str| {
        format!("query($id: ID!) {{ CoreProfile(ids: [$id]) {{ edges {{ node {{ id {fragment} }} }} }} }}")
    };
    let id = || serde_json::json!({ "id": profile.id });
    execute(&client, &one("... on ProfileInfraPolicyRule { filter { value } }"), id()).await?;
    let error = refused(&client, &one("... on ProfileInfraPolicyRule { new { value } }"), id()).await;
    assert!(error.to_string().contains("'function' object has no attribute"), "{error}");
    Ok(())
}
