//! One object at a time: get, create, upsert, update, delete, relationships.

use infrahub_client::id::{Hfid, Id};
use infrahub_client::input::AttributeInput;
use infrahub_client::kind::Node;
use infrahub_client::value::{IpHost, MacAddress, Password};
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use serde_json::json;

#[tokio::test]
async fn a_created_object_is_read_back_with_every_value() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let name = unique("device");
    let created: InfraDevice = client
        .create(
            InfraDeviceCreate::new(name.as_str(), &site)
                .role(InfraDeviceRole::Leaf)
                .description("rack 12")
                .height(2)
                .asn(4_200_000_001_i64)
                .serial("SN-1")
                .loopback("10.0.0.1".parse::<IpHost>()?)
                .r#virtual(true)
                .labels(vec![json!("blue"), json!(7)])
                .facts(json!({ "uptime": 12, "cards": ["a"] }))
                .installed_at("2026-01-02T03:04:05Z".parse::<jiff::Timestamp>()?),
        )
        .select()
        .await?;
    let read: InfraDevice = client.get().id(created.id()).await?;
    assert_eq!(read, created);
    assert_eq!(read.name, name);
    assert_eq!(read.hfid, Some(vec![name.clone()]));
    assert_eq!(read.display_label.as_deref(), Some(name.as_str()));
    assert_eq!(read.role, Some(InfraDeviceRole::Leaf));
    assert_eq!(read.status, Some(InfraDeviceStatus::Active), "the default");
    assert_eq!((read.height, read.asn), (Some(2), Some(4_200_000_001)));
    assert_eq!(read.loopback.map(|host| host.to_string()).as_deref(), Some("10.0.0.1/32"));
    assert_eq!(read.r#virtual, Some(true));
    assert_eq!(read.labels, Some(vec![json!("blue"), json!(7)]));
    assert_eq!(read.facts, Some(json!({ "uptime": 12, "cards": ["a"] })));
    let installed = read.installed_at.and_then(|time| time.timestamp());
    assert_eq!(installed, Some("2026-01-02T03:04:05Z".parse()?));
    assert_eq!(read.fqdn, Some(format!("{name}.{}.example.net", site.name)), "computed by the server");
    assert_eq!(read.site.id, *site.id());
    assert_eq!(read.rack, None);
    Ok(())
}

#[tokio::test]
async fn an_object_is_found_by_id_hfid_and_unique_filter() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let by_id: InfraDevice = client.get().id(device.id()).await?;
    let by_hfid: InfraDevice = client.get().hfid([&device.name]).await?;
    let by_filter: InfraDevice = client.get().filter(InfraDevice::NAME.eq(&device.name)).await?;
    assert_eq!((&by_id, &by_hfid, &by_filter), (&device, &device, &device));

    let vlan = client.create(InfraVlanCreate::new("users", &device.site, 100)).select().await?;
    let site = device.site.display_label.clone().unwrap_or_default();
    let by_hfid: InfraVlan = client.get().hfid([site.as_str(), "100"]).await?;
    assert_eq!(by_hfid, vlan, "a human-friendly id over a relationship");
    Ok(())
}

#[tokio::test]
async fn none_and_more_than_one_are_two_errors() -> Outcome {
    let client = client();
    let missing = client.get::<BuiltinTag>().id(Id::generate()).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    let missing = client.get::<BuiltinTag>().hfid([unique("tag")]).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    let optional = client.get::<BuiltinTag>().hfid([unique("tag")]).optional().await?;
    assert!(optional.is_none());

    let site = site(&client).await?;
    for _ in 0..2 {
        client.create(InfraDeviceCreate::new(unique("device"), &site)).await?;
    }
    let both = client.get::<InfraDevice>().filter(InfraDevice::SITE.is_in([site.id()])).await;
    assert!(matches!(both, Err(Error::MoreThanOne { .. })), "{both:?}");
    Ok(())
}

#[tokio::test]
async fn a_create_keeps_the_id_that_the_program_chose() -> Outcome {
    let client = client();
    let id = Id::<BuiltinTag>::generate();
    let tag = client.create(BuiltinTagCreate::new(unique("tag")).with_id(id.clone())).await?;
    assert_eq!(tag.id, id);
    Ok(())
}

#[tokio::test]
async fn a_taken_name_is_a_uniqueness_violation() -> Outcome {
    let client = client();
    let name = unique("tag");
    client.create(BuiltinTagCreate::new(name.as_str())).await?;
    let again = client.create(BuiltinTagCreate::new(name.as_str())).await;
    let error = again.expect_err("the name is taken");
    assert!(error.is_uniqueness_violation(), "{error}");
    assert!(!error.may_have_run(), "{error}");

    let device = device(&client).await?;
    client.create(InfraInterfaceL2Create::new(&device, "eth0")).await?;
    let again = client.create(InfraInterfaceL3Create::new(&device, "eth0")).await;
    assert!(again.is_err_and(|error| error.is_uniqueness_violation()), "over two fields, for the generic");
    Ok(())
}

#[tokio::test]
async fn an_upsert_creates_once_and_updates_afterwards() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let name = unique("device");
    let create = || InfraDeviceCreate::new(name.as_str(), &site);
    let first = client.upsert(create().description("first")).await?;
    let second = client.upsert(create().description("second")).select::<InfraDevice>().await?;
    assert_eq!(first.id, second.id);
    assert_eq!(second.description.as_deref(), Some("second"));
    assert_eq!(client.all::<InfraDevice>().filter(InfraDevice::NAME.eq(&name)).count().await?, 1);

    let platform = unique("platform");
    for image in ["one.bin", "two.bin"] {
        client
            .upsert(InfraPlatformCreate::new(platform.as_str(), InfraPlatformType::Eos).image(image))
            .await?;
    }
    let found: Vec<InfraPlatform> = client.all().filter(InfraPlatform::NAME.eq(&platform)).await?;
    assert_eq!(found.len(), 1, "matched by the default filter");
    assert_eq!(found[0].image.as_deref(), Some("two.bin"));
    Ok(())
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_nothing_else() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let create = InfraDeviceCreate::new(unique("device"), &site).description("keep").asn(65_000).height(3);
    let device: InfraDevice = client.create(create.role(InfraDeviceRole::Spine)).select().await?;

    let update = InfraDeviceUpdate::new().role(InfraDeviceRole::Edge).clear_asn();
    let updated: InfraDevice = client.update(&device).set(update).select().await?;
    let mut expected = device.clone();
    expected.role = Some(InfraDeviceRole::Edge);
    expected.asn = None;
    assert_eq!(updated, expected);

    let reset: InfraDevice =
        client.update(&device).set(InfraDeviceUpdate::new().reset_height()).select().await?;
    assert_eq!(reset.height, Some(1), "back at the schema's default");
    let cleared: InfraDevice =
        client.update(&device).set(InfraDeviceUpdate::new().clear_description()).select().await?;
    assert_eq!(cleared.description, None);
    Ok(())
}

#[tokio::test]
async fn an_update_by_hfid_finds_the_object() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let hfid = Hfid::<InfraDevice>::new([device.name.as_str()]);
    let updated: InfraDevice =
        client.update(&hfid).set(InfraDeviceUpdate::new().description("found")).select().await?;
    assert_eq!(updated.id, device.id);
    assert_eq!(updated.description.as_deref(), Some("found"));
    Ok(())
}

#[tokio::test]
async fn a_deleted_object_is_gone_with_its_components() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let interface = client.create(InfraInterfaceL2Create::new(&device, "eth0")).await?;
    client.delete(&device).await?;
    assert!(client.get::<InfraDevice>().id(device.id()).optional().await?.is_none());
    assert!(client.get::<InfraInterfaceL2>().id(&interface.id).optional().await?.is_none());
    let error = client.delete(&device).await.expect_err("it is gone");
    assert_eq!(error.code().map(|code| code.as_str()), Some("NODE_NOT_FOUND"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_peer_that_others_need_is_not_deleted() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let error = client.delete(&device.site).await.expect_err("the device needs its site");
    assert_eq!(error.code().map(|code| code.as_str()), Some("ATTRIBUTE_CONSTRAINT_VIOLATION"), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_server_says_which_value_is_wrong() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let cases = [
        InfraDeviceCreate::new("UPPER CASE", &site),
        InfraDeviceCreate::new(unique("device"), &site).height(61),
        InfraDeviceCreate::new(unique("device"), &site)
            .role(InfraDeviceRole::Other("no-such-role".to_owned())),
        InfraDeviceCreate::new(unique("device"), &site).console_speed(300),
    ];
    for create in cases {
        let error = client.create(create).await.expect_err("the schema forbids it");
        assert!(matches!(error, Error::GraphQl { .. }), "{error}");
        assert!(!error.is_retryable(), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn related_objects_are_read_from_either_side() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    for port in ["eth1", "eth0"] {
        client.create(InfraInterfaceL2Create::new(&device, port)).await?;
    }
    client.create(InfraInterfaceL3Create::new(&device, "lo0")).await?;

    let site = client.peer(&device, InfraDevice::SITE).await?;
    assert_eq!(site.map(|site| site.id), Some(device.site.id.clone()));
    let rack: Option<LocationRack> = client.peer(&device, InfraDevice::RACK).await?;
    assert!(rack.is_none());
    let ports = client.peers(&device, InfraDevice::INTERFACES).order_by(InfraInterface::NAME.asc()).await?;
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["eth0", "eth1", "lo0"]);
    assert_eq!(client.peers(&device, InfraDevice::INTERFACES).count().await?, 3);
    Ok(())
}

#[tokio::test]
async fn peers_are_added_removed_and_replaced() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let mut tags = Vec::new();
    for _ in 0..3 {
        tags.push(client.create(BuiltinTagCreate::new(unique("tag"))).select::<BuiltinTag>().await?);
    }
    let ids = async || -> Result<Vec<Id<BuiltinTag>>, Error> {
        let mut ids: Vec<_> =
            client.peers(&device, InfraDevice::TAGS).await?.into_iter().map(|tag| tag.id).collect();
        ids.sort();
        Ok(ids)
    };
    let expected = |tags: &[&BuiltinTag]| {
        let mut ids: Vec<_> = tags.iter().map(|tag| tag.id.clone()).collect();
        ids.sort();
        ids
    };
    client.relationship(&device, InfraDevice::TAGS).add([&tags[0], &tags[1]]).await?;
    client.relationship(&device, InfraDevice::TAGS).add([&tags[1]]).await?;
    assert_eq!(ids().await?, expected(&[&tags[0], &tags[1]]));
    client.relationship(&device, InfraDevice::TAGS).remove([&tags[0]]).await?;
    assert_eq!(ids().await?, expected(&[&tags[1]]));
    client.relationship(&device, InfraDevice::TAGS).replace([&tags[0], &tags[2]]).await?;
    assert_eq!(ids().await?, expected(&[&tags[0], &tags[2]]));

    client.update(&device).set(InfraDeviceUpdate::new().description("tags stay")).await?;
    assert_eq!(ids().await?.len(), 2, "a set that was not named stays");
    client.update(&device).set(InfraDeviceUpdate::new().clear_tags()).await?;
    assert_eq!(ids().await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn source_and_protection_go_with_a_value() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let tag = unique("device");
    let protected = AttributeInput::new("do not touch".to_owned()).is_protected(true);
    let device = client.create(InfraDeviceCreate::new(tag.as_str(), &site).description(protected)).await?;
    let found: Vec<Id<InfraDevice>> = client
        .all()
        .filter(InfraDevice::NAME.eq(tag))
        .filter(InfraDevice::DESCRIPTION.is_protected(true))
        .await?;
    assert_eq!(found, [device.id]);
    Ok(())
}

/// Every attribute kind that no other test of this file writes.
#[tokio::test]
async fn values_of_every_attribute_kind_come_back() -> Outcome {
    let client = client();
    let device = device(&client).await?;

    let mac: MacAddress = "00:25:96:ff:fe:12".parse()?;
    let interface: InfraInterfaceL2 = client
        .create(
            InfraInterfaceL2Create::new(&device, "eth0")
                .enabled(false)
                .speed(100_000_000_000_i64)
                .mac_address(mac)
                .mode(InfraInterfaceL2Mode::TrunkAll)
                .form_factor(InfraInterfaceL2FormFactor::Other("10g-sfp".to_owned())),
        )
        .select()
        .await?;
    assert_eq!((interface.enabled, interface.speed), (Some(false), Some(100_000_000_000)));
    assert_eq!(interface.mac_address, Some(mac));
    assert_eq!(interface.mode, Some(InfraInterfaceL2Mode::TrunkAll));
    assert_eq!(interface.form_factor.as_ref().map(|form| form.to_string()).as_deref(), Some("10g-sfp"));

    let session: InfraBgpSession = client
        .create(
            InfraBgpSessionCreate::new(&device, 65_001, "192.0.2.1/31".parse::<IpHost>()?)
                .r#type(InfraBgpSessionType::Internal)
                .router_id("192.0.2.9".parse::<std::net::IpAddr>()?)
                .accept("2001:db8::/32".parse::<infrahub_client::value::IpNetwork>()?)
                .secret(Password::new("s3cret")),
        )
        .select()
        .await?;
    assert_eq!(session.r#type, Some(InfraBgpSessionType::Internal));
    assert_eq!(session.remote_ip.prefix_len(), 31);
    assert_eq!(session.router_id.map(|address| address.to_string()).as_deref(), Some("192.0.2.9"));
    assert_eq!(session.accept.map(|network| network.to_string()).as_deref(), Some("2001:db8::/32"));

    let rule: InfraPolicyRule = client
        .create(
            InfraPolicyRuleCreate::new(unique("rule"))
                .r#type(InfraPolicyRuleType::Self_)
                .r#match(json!({ "prefix": "10.0.0.0/8" }))
                .r#where(json!(42))
                .filter("in")
                .create(true)
                .kind("static")
                .node("n1")
                .new_("yes"),
        )
        .select()
        .await?;
    assert_eq!(rule.r#type, Some(InfraPolicyRuleType::Self_));
    assert_eq!(rule.r#match, Some(json!({ "prefix": "10.0.0.0/8" })));
    assert_eq!(rule.r#where, Some(json!(42)));
    assert_eq!((rule.filter.as_deref(), rule.create), (Some("in"), Some(true)));

    let site: LocationSite = client.get().id(&device.site.id).await?;
    let site: LocationSite = client
        .update(&site)
        .set(LocationSiteUpdate::new().address("1 Main Street\nAtlanta").contact("noc@example.net"))
        .select()
        .await?;
    assert_eq!(site.address.as_deref(), Some("1 Main Street\nAtlanta"));
    assert_eq!(site.contact.as_deref(), Some("noc@example.net"));
    let region: LocationRegion =
        client.create(LocationRegionCreate::new(unique("region")).color("#102030")).select().await?;
    assert_eq!(region.color.as_deref(), Some("#102030"));
    let provider = OrganizationProviderCreate::new(unique("provider")).portal("https://portal.example.net/");
    let provider: OrganizationProvider = client.create(provider).select().await?;
    assert_eq!(provider.portal.as_deref(), Some("https://portal.example.net/"));

    let circuit: InfraCircuit =
        client.create(InfraCircuitCreate::new(unique("circuit"), &provider)).select().await?;
    assert!(circuit.service_id.is_some_and(|number| (10_000..100_000).contains(&number)), "{circuit:?}");
    let other: InfraCircuit =
        client.create(InfraCircuitCreate::new(unique("circuit"), &provider)).select().await?;
    assert_ne!(circuit.service_id, other.service_id, "each takes a number of its own from the pool");
    let end = InfraCircuitEndpointCreate::new(&circuit, InfraCircuitEndpointSide::A).interface(&interface);
    let end: InfraCircuitEndpoint = client.create(end).select().await?;
    assert_eq!(end.interface.map(|peer| peer.typename), Some("InfraInterfaceL2".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_mandatory_relationship_to_many_takes_its_peers_at_once() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let (start, end): (jiff::Timestamp, jiff::Timestamp) =
        ("2026-05-01T00:00:00Z".parse()?, "2026-05-01T04:00:00Z".parse()?);
    let window = InfraMaintenanceWindowCreate::new([&device], end, unique("window"), start);
    let window = client.create(window).await?;
    assert_eq!(client.peers(&window, InfraMaintenanceWindow::DEVICES).count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn profiles_and_templates_are_kinds_of_their_own() -> Outcome {
    let client = client();
    let site = site(&client).await?;
    let profile = ProfileInfraDeviceCreate::new(unique("profile")).description("from the profile");
    let profile = client.create(profile).await?;
    let device = client.create(InfraDeviceCreate::new(unique("device"), &site).profiles([&profile])).await?;
    let read = async |client: &Client| -> Result<InfraDevice, Error> { client.get().id(&device.id).await };
    eventually(async || {
        let device = read(&client).await?;
        Ok::<_, Error>((device.description.as_deref() == Some("from the profile")).then_some(()))
    })
    .await?;

    let template = TemplateInfraDeviceCreate::new(unique("template")).height(4);
    let template = client.create(template).await?;
    let device = InfraDeviceCreate::new(unique("device"), &site).object_template(&template);
    let device: InfraDevice = client.create(device).select().await?;
    assert_eq!(device.height, Some(4));
    assert_eq!(device.object_template.map(|peer| peer.id), Some(template.id));
    Ok(())
}

/// What is read as an `Option` can be written as it is. `None` is null, and the default where the attribute has one.
#[tokio::test]
async fn an_option_writes_null_or_its_value() -> Outcome {
    let client = client();
    let (site, name) = (site(&client).await?, unique("device"));
    let write = |role: Option<InfraDeviceRole>, asn: Option<i64>, description: Option<&str>| {
        InfraDeviceCreate::new(&*name, &site).role(role).asn(asn).description(description)
    };
    let status = None::<InfraDeviceStatus>;
    let created: InfraDevice =
        client.create(write(None, None, Some("new")).status(status.clone())).select().await?;
    assert_eq!((created.role, created.asn), (None, None));
    assert_eq!(
        (created.description.as_deref(), created.status),
        (Some("new"), Some(InfraDeviceStatus::Active))
    );

    let leaf = Some(InfraDeviceRole::Leaf);
    let set: InfraDevice = client.upsert(write(leaf.clone(), Some(65_001), None)).select().await?;
    assert_eq!((set.id, set.role, set.asn, set.description), (created.id.clone(), leaf, Some(65_001), None));
    client.update(&created.id).set(InfraDeviceUpdate::new().status(InfraDeviceStatus::Drained)).await?;
    let cleared: InfraDevice = client.upsert(write(None, None, None).status(status.clone())).select().await?;
    assert_eq!((cleared.role, cleared.asn, cleared.status), (None, None, Some(InfraDeviceStatus::Active)));
    let update = InfraDeviceUpdate::new().asn(Some(65_002)).status(status);
    let updated: InfraDevice = client.update(&created.id).set(update).select().await?;
    assert_eq!((updated.asn, updated.status), (Some(65_002), Some(InfraDeviceStatus::Active)));
    Ok(())
}
