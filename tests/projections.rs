//! Projections against answers as the server sends them, right and wrong.
#![allow(clippy::unwrap_used)]

use infrahub_client::__private::decode_page;
use infrahub_client::Projection;
use infrahub_client::id::{Id, Related};
use infrahub_client::projection::{Attr, Count, FirstPeers, Selection, WithMetadata, WithProperties};
use infrahub_demo_kinds::*;
use serde_json::{Value, json};

#[derive(Debug, Projection)]
#[infrahub(kind = InfraDevice)]
struct Device {
    name: Attr<String>,
    asn: Attr<Option<i64>>,
    #[infrahub(rename = "description")]
    text: Option<String>,
    site: WithProperties<WithMetadata<Id<LocationSite>>>,
    rack: Option<Related<LocationRack>>,
    tags: Vec<Tag>,
    #[infrahub(rename = "tags")]
    count: Count,
    #[infrahub(rename = "tags", limit = 1, filter = BuiltinTag::NAME.eq("a"), order_by = BuiltinTag::NAME.desc())]
    first: FirstPeers<Id<BuiltinTag>>,
}

#[derive(Debug, PartialEq, Projection)]
#[infrahub(kind = BuiltinTag)]
struct Tag {
    name: String,
}

fn selection<P: Projection>() -> Selection {
    let mut selection = Selection::new();
    P::select(&mut selection);
    selection
}

#[test]
fn the_selection_asks_for_what_the_struct_holds() {
    let text = selection::<Device>().as_str().to_owned();
    let origin = "{ id hfid display_label __typename }";
    let metadata = format!(
        "value is_default is_from_profile is_protected source {origin} owner {origin} updated_at updated_by {origin}"
    );
    let of_node = format!("{{ created_at created_by {origin} updated_at updated_by {origin} }}");
    assert_eq!(
        text,
        format!(
            "name {{ {metadata} }} asn {{ {metadata} }} text: description {{ value }} \
             site {{ properties {{ is_protected source {origin} owner {origin} updated_at }} node_metadata {of_node} \
             node {{ ... on LocationSite {{ id __typename }} }} }} \
             rack {{ node {{ ... on LocationRack {{ id hfid display_label __typename }} }} }} \
             tags {{ count edges {{ node {{ ... on BuiltinTag {{ name {{ value }} }} }} }} }} count: tags {{ count }} \
             first: tags(name__values: $v1, limit: $v2, order: $v3) {{ count edges {{ node {{ ... on BuiltinTag {{ id __typename }} }} }} }}"
        )
    );
    assert_eq!(text, selection::<Device>().as_str(), "the same text every time: the server keeps it parsed");
}

fn account() -> Value {
    json!({"id": "a", "hfid": ["admin"], "display_label": "Admin", "__typename": "CoreAccount"})
}

fn device() -> Value {
    json!({
        "name": {"value": "leaf1", "is_default": false, "is_from_profile": null, "is_protected": true,
            "source": null, "owner": account(), "updated_at": "2026-01-02T03:04:05+00:00", "updated_by": account()},
        "asn": {"value": null, "is_default": true, "is_from_profile": false, "is_protected": false,
            "source": null, "owner": null, "updated_at": null, "updated_by": null},
        "text": {"value": null},
        "site": {
            "a_properties": {"is_protected": null, "source": null, "owner": account(), "updated_at": null},
            "b_metadata": {"created_at": "2026-01-02T03:04:05+00:00", "created_by": account(),
                "updated_at": null, "updated_by": null},
            "node": {"id": "s", "__typename": "LocationSite"},
        },
        "rack": {"node": null},
        "tags": {"count": 2, "edges": [{"node": {"name": {"value": "a"}}}, {"node": {"name": {"value": "b"}}}]},
        "count": {"count": 2},
        "first": {"count": 2, "edges": [{"node": {"id": "t", "__typename": "BuiltinTag"}}]},
    })
}

/// A node whose edge fields come before it, as the selection asks for them; an object of `serde_json` would sort them.
fn read<P: Projection>(node: &Value) -> Result<Vec<P>, String> {
    let answer = json!({"data": {"InfraDevice": {"count": 1, "edges": [{"node": node}]}}}).to_string();
    decode_page(
        answer
            .replace("\"a_properties\"", "\"properties\"")
            .replace("\"b_metadata\"", "\"node_metadata\"")
            .as_bytes(),
    )
}

#[test]
fn everything_arrives_where_the_struct_has_it() {
    let devices = read::<Device>(&device()).unwrap();
    let device = &devices[0];
    assert_eq!((device.name.value.as_str(), device.name.is_protected), ("leaf1", Some(true)));
    assert_eq!(device.name.owner.as_ref().unwrap().hfid, Some(vec!["admin".to_owned()]));
    assert!(device.name.updated_at.as_ref().unwrap().timestamp().is_some());
    assert_eq!((device.asn.value, device.asn.is_default), (None, Some(true)));
    assert_eq!((&device.text, &device.rack), (&None, &None));
    assert_eq!(device.site.peer.node, Id::new("s"));
    assert_eq!(device.site.properties.owner.as_ref().unwrap().typename, "CoreAccount");
    assert_eq!(device.site.peer.metadata.created_by.as_ref().unwrap().id.as_str(), "a");
    assert_eq!(device.tags, [Tag { name: "a".to_owned() }, Tag { name: "b".to_owned() }]);
    assert_eq!(device.count, Count(2));
    assert_eq!((device.first.peers.len(), device.first.count, device.first.is_cut()), (1, 2, true));
}

#[test]
fn an_answer_that_does_not_fit_is_an_error_with_its_path() {
    let wrong = |field: &str, value: Value| {
        let mut node = device();
        node[field] = value;
        read::<Device>(&node).unwrap_err()
    };
    for (field, value, path, reason) in [
        ("name", json!({"value": null, "is_default": false}), "edges[0].node.name", "mandatory"),
        ("name", json!(null), "edges[0].node.name", "mandatory"),
        ("asn", json!({"value": "x"}), "edges[0].node.asn.value", "expected i64"),
        (
            "site",
            json!({"a_properties": null, "b_metadata": null, "node": null}),
            "edges[0].node.site",
            "no peer",
        ),
        ("site", json!(null), "edges[0].node.site", "no peer"),
        ("tags", json!({"count": 3, "edges": []}), "edges[0].node.tags", "counts 3 peers and sent 0"),
        ("tags", json!({"count": 1, "edges": [{"node": null}]}), "edges[0].node.tags", "sent null for it"),
        ("tags", json!(null), "edges[0].node.tags", "null for a relationship to many"),
        ("count", json!({"count": "many"}), "edges[0].node.count.count", "expected u64"),
    ] {
        let error = wrong(field, value);
        assert!(error.contains(path) && error.contains(reason), "{field}: {error}");
    }
    let mut node = device();
    node.as_object_mut().unwrap().remove("text");
    let error = read::<Device>(&node).unwrap_err();
    assert!(error.contains("missing field `text`"), "{error}");
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterface)]
enum Port {
    Switched(Switched),
    Routed(Box<Routed>),
    #[infrahub(other)]
    Other(Id<InfraInterface>),
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterfaceL2)]
struct Switched {
    id: Id<InfraInterfaceL2>,
    mode: Option<InfraInterfaceL2Mode>,
}

#[derive(Debug, Projection)]
#[infrahub(kind = InfraInterfaceL3)]
struct Routed {
    id: Id<InfraInterfaceL3>,
    typename: String,
    /// Another type than the field of that name in the other kind.
    #[infrahub(rename = "mtu")]
    mode: Option<i64>,
}

#[test]
fn the_fields_of_each_kind_have_names_of_their_own() {
    assert_eq!(
        selection::<Port>().as_str(),
        "__typename ... on InfraInterface { other__id: id other____typename: __typename } \
         ... on InfraInterfaceL2 { InfraInterfaceL2__id: id InfraInterfaceL2__mode: mode { value } } \
         ... on InfraInterfaceL3 { InfraInterfaceL3__id: id InfraInterfaceL3____typename: __typename \
         InfraInterfaceL3__mode: mtu { value } }"
    );
    let port = |typename: &str, fields: Value| {
        let mut node = format!(r#"{{"__typename":"{typename}""#);
        for (name, value) in fields.as_object().unwrap() {
            node.push_str(&format!(",\"{name}\":{value}"));
        }
        let answer = format!(r#"{{"data":{{"K":{{"count":1,"edges":[{{"node":{node}}}}}]}}}}}}"#);
        decode_page::<Port>(answer.as_bytes()).map(|mut ports| ports.remove(0))
    };
    let switched =
        json!({"other__id": "o", "InfraInterfaceL2__id": "p", "InfraInterfaceL2__mode": {"value": "trunk"}});
    match port("InfraInterfaceL2", switched).unwrap() {
        Port::Switched(switched) => {
            assert_eq!((switched.id.as_str(), switched.mode), ("p", Some(InfraInterfaceL2Mode::Trunk)));
        }
        other => panic!("{other:?}"),
    }
    let routed = json!({"other__id": "o", "InfraInterfaceL3__id": "p",
        "InfraInterfaceL3____typename": "InfraInterfaceL3", "InfraInterfaceL3__mode": {"value": 9000}});
    match port("InfraInterfaceL3", routed).unwrap() {
        Port::Routed(routed) => {
            assert_eq!(
                (routed.id.as_str(), routed.typename.as_str(), routed.mode),
                ("p", "InfraInterfaceL3", Some(9000))
            );
        }
        other => panic!("{other:?}"),
    }
    match port("InfraInterfaceL9", json!({"other__id": "o"})).unwrap() {
        Port::Other(id) => assert_eq!(id.as_str(), "o"),
        other => panic!("{other:?}"),
    }
    let error = port("InfraInterfaceL2", json!({"other__id": "o"})).unwrap_err();
    assert!(error.contains("missing field `mode`") || error.contains("missing field `id`"), "{error}");
}

/// Called like the kind, with a field that is called like a variable of the derive.
mod named_like_the_kind {
    use infrahub_client::Projection;
    use infrahub_client::id::Id;

    #[derive(Debug, Projection)]
    #[infrahub(kind = infrahub_demo_kinds::BuiltinTag)]
    pub(super) struct BuiltinTag {
        pub(super) id: Id<infrahub_demo_kinds::BuiltinTag>,
        #[infrahub(rename = "name")]
        pub(super) object: String,
    }
}

#[test]
fn names_of_types_and_fields_are_free() {
    let tags =
        read::<named_like_the_kind::BuiltinTag>(&json!({"id": "t", "object": {"value": "a"}})).unwrap();
    assert_eq!((tags[0].id.as_str(), tags[0].object.as_str()), ("t", "a"));
}
