//! Peers in every form, what is said about relationships, parents and components, groups.

use infrahub_client::id::{Hfid, Id, Related};
use infrahub_client::input::{AttributeInput, PeerInput};
use infrahub_client::kind::Node;
use infrahub_client::{Client, Error};
use infrahub_conformance::*;
use serde_json::{Value, json};

async fn tags(client: &Client, count: usize) -> Result<Vec<BuiltinTag>, Error> {
    let mut tags = Vec::new();
    for _ in 0..count {
        tags.push(client.create(BuiltinTagCreate::new(unique("tag"))).select().await?);
    }
    tags.sort_by(|a: &BuiltinTag, b| a.id.cmp(&b.id));
    Ok(tags)
}

async fn tag_ids(client: &Client, device: &InfraDevice) -> Result<Vec<Id<BuiltinTag>>, Error> {
    let mut ids: Vec<Id<BuiltinTag>> = client.peers(device, InfraDevice::TAGS).select().await?;
    ids.sort();
    Ok(ids)
}

fn hfid(tag: &BuiltinTag) -> Hfid<BuiltinTag> {
    Hfid::new([tag.name.as_str()])
}

/// The account that the suite runs as, to own things.
async fn account(client: &Client) -> Result<Id<CoreAccount>, Error> {
    let answer = execute(client, "query { AccountProfile { id } }", json!({})).await?;
    Ok(Id::new(answer["AccountProfile"]["id"].as_str().unwrap_or_default()))
}

#[tokio::test]
async fn peers_are_named_by_node_id_hfid_or_related_object() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let tags = tags(&client, 4).await?;
    let ids = |places: &[usize]| places.iter().map(|place| tags[*place].id.clone()).collect::<Vec<_>>();
    let related: Related<BuiltinTag> = client.get().id(tags[2].id()).await?;

    let peers = client.relationship(&device, InfraDevice::TAGS);
    peers.add([&tags[0]]).await?;
    client.relationship(&device, InfraDevice::TAGS).add([tags[1].id()]).await?;
    client.relationship(&device, InfraDevice::TAGS).add([&related]).await?;
    client.relationship(&device, InfraDevice::TAGS).add([hfid(&tags[3])]).await?;
    assert_eq!(tag_ids(&client, &device).await?, ids(&[0, 1, 2, 3]));

    client.relationship(&device, InfraDevice::TAGS).remove([hfid(&tags[0]), hfid(&tags[2])]).await?;
    assert_eq!(tag_ids(&client, &device).await?, ids(&[1, 3]));
    client.relationship(&device, InfraDevice::TAGS).replace([hfid(&tags[0]), hfid(&tags[1])]).await?;
    assert_eq!(tag_ids(&client, &device).await?, ids(&[0, 1]));

    // The object may be named by human-friendly id, too.
    let by_name = Hfid::<InfraDevice>::new([device.name.as_str()]);
    client.relationship(&by_name, InfraDevice::TAGS).remove([&tags[0]]).await?;
    client.relationship(&by_name, InfraDevice::TAGS).add([hfid(&tags[2]), hfid(&tags[3])]).await?;
    assert_eq!(tag_ids(&client, &device).await?, ids(&[1, 2, 3]));

    let unknown = Hfid::<BuiltinTag>::new([unique("no-tag")]);
    let error = client.relationship(&device, InfraDevice::TAGS).remove([unknown]).await;
    assert!(error.is_err_and(|error| matches!(error, Error::NotFound { .. })), "there is no such tag");
    Ok(())
}

#[tokio::test]
async fn new_objects_are_peers_before_they_are_read_or_written() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let mut batch = client.batch();
    let tags = batch.extend((0..3).map(|_| BuiltinTagCreate::new(unique("tag"))));
    let port = batch.create(InfraInterfaceL2Create::new(&device, "eth0").tags(&tags));
    batch.update(&device, InfraDeviceUpdate::new().tags(&tags[..2]));
    let circuit = batch.create(InfraCircuitCreate::new(unique("circuit"), &provider(&client).await?));
    let end = InfraCircuitEndpointCreate::new(&circuit, InfraCircuitEndpointSide::A).interface(&port);
    let end = batch.create(end);
    batch.run().await.into_written()?;
    assert_eq!(tag_ids(&client, &device).await?, tags[..2]);
    assert_eq!(client.peers(&port, InfraInterfaceL2::TAGS).count().await?, 3);
    let end: InfraCircuitEndpoint = client.get().id(&end).await?;
    assert_eq!((end.circuit.id, end.interface.map(|port| port.id)), (circuit, Some(port.upcast())));

    // What a write gives is a reference, so it is a peer as it is.
    let tag = client.create(BuiltinTagCreate::new(unique("tag"))).await?;
    client.relationship(&device, InfraDevice::TAGS).add([&tag]).await?;
    assert!(tag_ids(&client, &device).await?.contains(&tag.id));
    Ok(())
}

async fn provider(client: &Client) -> Result<Related<OrganizationProvider>, Error> {
    client.create(OrganizationProviderCreate::new(unique("provider"))).await
}

#[tokio::test]
async fn a_component_moves_to_another_parent() -> Outcome {
    let client = client();
    let (first, second) = (device(&client).await?, device(&client).await?);
    let port = client.create(InfraInterfaceL2Create::new(&first, "eth0")).await?;
    client.update(&port).set(InfraInterfaceL2Update::new().device(&second)).await?;
    assert_eq!(client.peers(&first, InfraDevice::INTERFACES).count().await?, 0);
    let ports = client.peers(&second, InfraDevice::INTERFACES).select::<Id<InfraInterface>>().await?;
    assert_eq!(ports, [port.id.upcast()]);

    // From the other end it has a parent already.
    let port = Id::<InfraInterface>::new(ports[0].to_string());
    let error = client.relationship(&first, InfraDevice::INTERFACES).add([&port]).await;
    let error = error.expect_err("the port has a device");
    assert_eq!(error.http_status(), Some(422), "{error}");

    // Two levels of a hierarchy at once.
    let mut batch = client.batch();
    let region = batch.create(LocationRegionCreate::new(unique("region")));
    let site = batch.create(LocationSiteCreate::new(unique("site"), &region));
    let rack = batch.create(LocationRackCreate::new(unique("rack"), &site));
    batch.run().await.into_written()?;
    let other = site_in(&client, &region).await?;
    client.update(&rack).set(LocationRackUpdate::new().parent(&other)).await?;
    let rack: LocationRack = client.get().id(&rack).await?;
    assert_eq!(rack.parent.id.to_string(), other.id.to_string());
    Ok(())
}

async fn site_in(client: &Client, region: &Id<LocationRegion>) -> Result<Related<LocationSite>, Error> {
    client.create(LocationSiteCreate::new(unique("site"), region)).await
}

const PROPERTIES: &str = "query($id: ID!) { InfraDevice(ids: [$id]) { edges { node { \
    description { is_protected owner { id } source { id } } \
    site { properties { is_protected owner { id } source { id } } } \
    tags { edges { node { id } properties { is_protected owner { id } source { id } } } } } } } }";

/// What is said about the description, the site and each tag: protection, owner and source.
async fn properties(client: &Client, device: &Id<InfraDevice>) -> Result<Value, Error> {
    let answer = execute(client, PROPERTIES, json!({ "id": device })).await?;
    let node = &answer["InfraDevice"]["edges"][0]["node"];
    let three = |of: &Value| json!([of["is_protected"], of["owner"]["id"], of["source"]["id"]]);
    let tags: serde_json::Map<String, Value> = node["tags"]["edges"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|edge| (edge["node"]["id"].as_str().unwrap_or_default().to_owned(), three(&edge["properties"])))
        .collect();
    Ok(
        json!({ "description": three(&node["description"]), "site": three(&node["site"]["properties"]), "tags": tags }),
    )
}

#[tokio::test]
async fn owner_source_and_protection_go_with_values_and_peers() -> Outcome {
    let client = client();
    let (site, me, tags) = (site(&client).await?, account(&client).await?, tags(&client, 3).await?);
    let create = InfraDeviceCreate::new(
        unique("device"),
        PeerInput::new(&site).is_protected(true).owner(&me).source(&me),
    )
    .description(AttributeInput::new("ours").is_protected(true).owner(&me).source(&me))
    .tags([PeerInput::new(&tags[0]).owner(&me), PeerInput::new(hfid(&tags[1]))]);
    let device = client.create(create).await?.id;
    let (full, none) = (json!([true, me, me]), json!([null, null, null]));
    let mut expected = json!({ "description": full, "site": full, "tags": {} });
    expected["tags"] = json!({ tags[0].id.as_str(): [null, me, null], tags[1].id.as_str(): none });
    assert_eq!(properties(&client, &device).await?, expected);

    // What an update does not say stays.
    let update = InfraDeviceUpdate::new().site(&site).tags([&tags[0], &tags[1]]).description("still ours");
    client.update(&device).set(update).await?;
    assert_eq!(properties(&client, &device).await?, expected);
    client
        .update(&device)
        .set(InfraDeviceUpdate::new().site(PeerInput::new(&site).is_protected(false)))
        .await?;
    expected["site"][0] = json!(null);

    let peers = client.relationship(&device, InfraDevice::TAGS);
    peers.add([PeerInput::new(&tags[2]).is_protected(true).source(&me)]).await?;
    expected["tags"][tags[2].id.as_str()] = json!([true, null, me]);
    assert_eq!(properties(&client, &device).await?, expected);
    Ok(())
}

#[tokio::test]
async fn an_object_joins_groups_and_a_group_takes_members() -> Outcome {
    let client = client();
    let device = device(&client).await?;
    let (drain, audit) = (unique("drain"), unique("audit"));
    let tag = client.create(BuiltinTagCreate::new(unique("tag"))).await?;
    let members =
        CoreStandardGroupCreate::new(drain.as_str()).members([device.id().clone().upcast::<CoreNode>()]);
    let drain = client.create(members.label("Drain")).await?;
    client.create(CoreStandardGroupCreate::new(audit.as_str())).await?;
    let audit = Hfid::<CoreStandardGroup>::new([audit]);

    // From the object's end and from the group's, by node, id or human-friendly id.
    client.relationship(&device, InfraDevice::MEMBER_OF_GROUPS).add([&audit]).await?;
    client.relationship(&device, InfraDevice::SUBSCRIBER_OF_GROUPS).add([&drain]).await?;
    client.relationship(&drain, CoreStandardGroup::MEMBERS).add([&tag]).await?;

    // The groups of an object: what all groups share, or the groups of a kind whole.
    let groups: Vec<CoreGroup> = client.peers(&device, InfraDevice::MEMBER_OF_GROUPS).await?;
    let mut names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, [audit.parts()[0].as_str(), drain.display_label.as_deref().unwrap_or_default()]);
    let subscribed =
        client.peers(&device, InfraDevice::SUBSCRIBER_OF_GROUPS).select::<AnyCoreGroup>().await?;
    assert!(matches!(&subscribed[..], [AnyCoreGroup::CoreStandardGroup(group)] if group.id == drain.id));

    // The members of a group: of every kind with their names, or those of one kind whole.
    let all: Vec<Related<CoreNode>> = client.peers(&drain, CoreStandardGroup::MEMBERS).select().await?;
    let mut kinds: Vec<&str> = all.iter().map(|member| member.typename.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["BuiltinTag", "InfraDevice"]);
    let in_group = InfraDevice::MEMBER_OF_GROUPS.is_in([drain.id.clone().upcast::<CoreGroup>()]);
    let devices: Vec<InfraDevice> = client.all().filter(in_group).await?;
    assert_eq!(devices.iter().map(|device| &device.id).collect::<Vec<_>>(), [device.id()]);
    let in_group = InfraDevice::MEMBER_OF_GROUPS.then(CoreGroup::NAME).eq(&audit.parts()[0]);
    assert_eq!(client.all::<InfraDevice>().filter(in_group).count().await?, 1);

    client.relationship(&drain, CoreStandardGroup::MEMBERS).remove([&device]).await?;
    client.relationship(&device, InfraDevice::MEMBER_OF_GROUPS).remove([&audit]).await?;
    assert_eq!(client.peers(&device, InfraDevice::MEMBER_OF_GROUPS).count().await?, 0);
    client.update(&device).set(InfraDeviceUpdate::new().member_of_groups([&audit])).await?;
    let groups: Vec<CoreGroup> = client.peers(&device, InfraDevice::MEMBER_OF_GROUPS).await?;
    assert_eq!(groups.len(), 1);
    Ok(())
}

/// The notes on relationships in `docs/server-notes.md`.
mod notes {
    use super::*;

    async fn change(client: &Client, mutation: &str, data: Value) -> Result<Value, Error> {
        let document =
            format!("mutation($data: RelationshipNodesInput!) {{ {mutation}(data: $data) {{ ok }} }}");
        execute(client, &document, json!({ "data": data })).await
    }

    #[tokio::test]
    async fn a_peer_named_by_hfid_is_not_removed_though_the_server_says_so() -> Outcome {
        let client = client();
        let (device, tags) = (device(&client).await?, tags(&client, 1).await?);
        client.relationship(&device, InfraDevice::TAGS).add([&tags[0]]).await?;
        let data = json!({ "id": device.id, "name": "tags", "nodes": [{ "hfid": [tags[0].name] }] });
        let answer = change(&client, "RelationshipRemove", data).await?;
        assert_eq!(answer, json!({ "RelationshipRemove": { "ok": true } }));
        assert_eq!(tag_ids(&client, &device).await?, [tags[0].id.clone()]);
        Ok(())
    }

    #[tokio::test]
    async fn a_group_named_by_hfid_is_not_joined() -> Outcome {
        let client = client();
        let device = device(&client).await?;
        let name = unique("group");
        client.create(CoreStandardGroupCreate::new(name.as_str())).await?;
        let node = json!({ "hfid": [name], "kind": "CoreStandardGroup" });
        let data = json!({ "id": device.id, "name": "member_of_groups", "nodes": [node] });
        let error = change(&client, "RelationshipAdd", data).await.expect_err("the server fails");
        assert_eq!(error.http_status(), Some(500), "{error}");
        assert_eq!(client.peers(&device, InfraDevice::MEMBER_OF_GROUPS).count().await?, 0);
        Ok(())
    }

    #[tokio::test]
    async fn adding_a_peer_that_is_there_does_not_change_what_is_said_about_it() -> Outcome {
        let client = client();
        let (device, tags) = (device(&client).await?, tags(&client, 1).await?);
        for protected in [true, false] {
            let peers = client.relationship(&device, InfraDevice::TAGS);
            peers.add([PeerInput::new(&tags[0]).is_protected(protected)]).await?;
        }
        let said = properties(&client, device.id()).await?;
        assert_eq!(said["tags"][tags[0].id.as_str()][0], true);
        let update = InfraDeviceUpdate::new().tags([PeerInput::new(&tags[0]).is_protected(false)]);
        client.update(&device).set(update).await?;
        let said = properties(&client, device.id()).await?;
        assert_eq!(said["tags"][tags[0].id.as_str()][0], json!(null), "false is not kept: it is the rule");
        Ok(())
    }
}
