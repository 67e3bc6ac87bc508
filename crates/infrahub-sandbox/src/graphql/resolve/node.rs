//! Fields of objects, of lists of them, and of what is said about them.

use super::{Asked, Given, attribute};
use crate::graphql::request::Request;
use crate::graphql::source::{Attribute, Connection, Edge, Node, Source};
use crate::store::{Metadata, NodeId, Outcome, Properties, Refused, View, time_text};
use async_graphql::SelectionField;
use infrahub_schema::{Cardinality, Flavour, KindSchema, Relationship};
use serde_json::{Map, Value};

/// The value of a field of what `parent` is.
pub(super) fn give(request: &Request, parent: &Source, asked: &Asked<'_>) -> Outcome<Given> {
    match parent {
        Source::Connection(connection) => Ok(of_connection(request, connection, asked)),
        Source::Edge(edge) => of_edge(edge, asked),
        Source::Node(node) => of_node(node, asked),
        Source::Attribute(of) => Ok(attribute::give(request, of, asked)),
        Source::Metadata(view, metadata) => Ok(of_metadata(view, metadata, asked)),
        Source::Properties(view, properties, metadata) => {
            Ok(of_properties(view, properties, metadata.as_ref(), asked))
        }
        Source::Written(written) => Ok(match asked.name {
            "ok" => Given::Json(true.into()),
            _ => written.object().map_or(Given::Nothing, |object| {
                let written = Some(written.clone());
                Given::Source(Source::Node(Node { object, written, hides_hfid: false, anchor: asked.depth }))
            }),
        }),
        Source::Record(record) => Ok(record.get(asked.name).cloned().map_or(Given::Nothing, Given::Json)),
        Source::Failed => Ok(Given::Nothing),
    }
}

fn of_connection(request: &Request, connection: &Connection, asked: &Asked<'_>) -> Given {
    match asked.name {
        "count" => Given::Json(connection.count.into()),
        "edges" => Given::Sources(connection.edges.iter().cloned().map(Source::Edge).collect()),
        _ => {
            // those of a generic are told with those of the kinds that use it
            let schema = request.served.schema().kind(&connection.kind);
            let users = schema.into_iter().flat_map(|kind| &kind.used_by).map(String::as_str);
            let kinds = std::iter::once(connection.kind.as_str()).chain(users);
            Given::Json(request.caller.permissions(kinds))
        }
    }
}

fn of_edge(edge: &Edge, asked: &Asked<'_>) -> Outcome<Given> {
    let Some(object) = &edge.object else {
        // of a peer that is not there everything is said to be null
        return Ok(match asked.name {
            "properties" => Given::Source(Source::Record(Map::new())),
            _ => Given::Nothing,
        });
    };
    let view = object.view().clone();
    let source = match (asked.name, &edge.peer) {
        ("node", _) => {
            if edge.of_any_kind && asked.selects_only(&["id"]) {
                return Err(Refused::failure("Unable to identify the type of the instance").into());
            }
            let schema = object.schema();
            if let Some(schema) = schema {
                refuse_methods(schema, &asked.selection)?;
                if asks_for_permissions_of_peers(schema, &asked.selection) {
                    return Err(Refused::failure("'permissions'").into());
                }
            }
            let hides_hfid =
                edge.beside_properties && !schema.is_some_and(|schema| asks_for_parts_of_hfid(schema, asked));
            Source::Node(Node { object: object.clone(), written: None, hides_hfid, anchor: asked.depth })
        }
        ("node_metadata", _) => Source::Metadata(view, object.metadata()),
        (_, None) => return Ok(Given::Nothing),
        ("properties", Some(peer)) => Source::Properties(view, peer.properties(), peer.metadata()),
        (_, Some(peer)) => match peer.metadata() {
            Some(metadata) => Source::Metadata(view, metadata),
            None => return Ok(Given::Nothing),
        },
    };
    Ok(Given::Source(source))
}

fn of_node(node: &Node, asked: &Asked<'_>) -> Outcome<Given> {
    let object = &node.object;
    match asked.name {
        "id" => return Ok(Given::Json(object.id().into())),
        "hfid" if node.hides_hfid => return Ok(Given::Json(Value::Array(Vec::new()))),
        "hfid" => return Ok(object.hfid().map_or(Given::Nothing, |hfid| Given::Json(hfid.into()))),
        "display_label" => return Ok(Given::Json(object.display_label().into())),
        "is_externally_managed" if object.view().is_a(object.kind(), "CoreGenericAccount") => {
            return Ok(Given::Json(false.into()));
        }
        _ => {}
    }
    let Some(schema) = object.schema() else { return Ok(Given::Nothing) };
    if schema.attribute(asked.name).is_some() {
        let view = match &node.written {
            Some(written) => written.attribute(asked.name),
            None => object.attribute(asked.name),
        };
        return Ok(view.map_or(Given::Nothing, |view| {
            let name = asked.name.to_owned();
            Given::Source(Source::Attribute(Box::new(Attribute { node: node.clone(), name, view })))
        }));
    }
    let relationship = schema.relationship(asked.name);
    let is_many = match relationship {
        Some(relationship) => relationship.cardinality == Cardinality::Many,
        None => asked.name != "parent",
    };
    Ok(Given::Source(match is_many {
        true => Source::Connection(peers(node, schema, relationship, asked)?),
        false => Source::Edge(peer(node, schema, relationship, asked)),
    }))
}

fn peers(
    node: &Node,
    schema: &KindSchema,
    relationship: Option<&Relationship>,
    asked: &Asked<'_>,
) -> Outcome<Connection> {
    let is_there = relationship.is_some() || schema.hierarchy.is_some();
    // below the leaves of a hierarchy the field is there and the relationship is not
    let found = match is_there && !(asked.name == "children" && relationship.is_none()) {
        true => {
            let found = node.object.peers(asked.name, &asked.arguments)?;
            (found.count, found.items)
        }
        false => (0, Vec::new()),
    };
    let kind = relationship.map_or_else(|| schema.kind.clone(), |relationship| relationship.peer.clone());
    let edges = found.1.into_iter().map(|peer| Edge::of_peer(peer, node.anchor)).collect();
    Ok(Connection { kind, count: found.0, edges, anchor: node.anchor })
}

fn peer(node: &Node, schema: &KindSchema, relationship: Option<&Relationship>, asked: &Asked<'_>) -> Edge {
    let beside_properties = asked.selects(&["properties", "relationship_metadata"]);
    // what is said about the relation is read anew, the peer with it
    let shown = beside_properties || node.written.as_ref().is_none_or(|written| written.shows(asked.name));
    match node.object.peer(asked.name).filter(|_| shown) {
        Some(peer) => Edge {
            of_any_kind: of_any_kind(node.object.view(), schema, relationship),
            beside_properties,
            ..Edge::of_peer(peer, node.anchor)
        },
        None => Edge::none(node.anchor),
    }
}

/// Whether the peer may be of several kinds: it is a generic's, or one of a hierarchy.
fn of_any_kind(view: &View, schema: &KindSchema, relationship: Option<&Relationship>) -> bool {
    let is_generic =
        |kind: &str| view.schema().kind(kind).is_some_and(|kind| kind.flavour == Flavour::Generic);
    relationship.is_none_or(|relationship| {
        is_generic(&relationship.peer) || (relationship.name == "parent" && schema.hierarchy.is_some())
    })
}

/// What every object of the server can do. A field that the object does not have and that is called so is not missing
/// to the server, and is no value either.
const METHODS: [&str; 35] = [
    "add_display_label",
    "add_human_friendly_id",
    "delete",
    "from_graphql",
    "get_attribute",
    "get_branch",
    "get_branch_based_on_support_type",
    "get_display_label",
    "get_hfid",
    "get_hfid_as_string",
    "get_id",
    "get_kind",
    "get_labels",
    "get_parent_relationship_peer",
    "get_path_value",
    "get_relationship",
    "get_relationship_by_identifier",
    "get_relationships",
    "get_schema",
    "handle_object_template",
    "handle_pool",
    "has_display_label",
    "has_human_friendly_id",
    "init",
    "load",
    "mark_relationships_as_fetched",
    "new",
    "process_label",
    "resolve_relationships",
    "save",
    "set_display_label",
    "set_human_friendly_id",
    "to_graphql",
    "uses_profiles",
    "validate_relationships",
];

/// Refuses the fields that fragments on other kinds ask for and that are called like a method of the server's objects.
pub(super) fn refuse_methods(schema: &KindSchema, node: &SelectionField<'_>) -> Result<(), Refused> {
    let is_method = |name: &str| {
        METHODS.contains(&name) && schema.attribute(name).is_none() && schema.relationship(name).is_none()
    };
    match node.selection_set().any(|field| is_method(field.name())) {
        true => Err(Refused::failure("'function' object has no attribute 'to_graphql'")),
        false => Ok(()),
    }
}

/// The server does not know the permissions of peers, and loses the object over it.
fn asks_for_permissions_of_peers(schema: &KindSchema, node: &SelectionField<'_>) -> bool {
    node.selection_set().any(|field| {
        let relationship = schema.relationship(field.name());
        let is_many = relationship.is_some_and(|it| it.cardinality == Cardinality::Many)
            || matches!(field.name(), "children" | "ancestors" | "descendants");
        is_many && field.selection_set().any(|part| part.name() == "permissions")
    })
}

fn asks_for_parts_of_hfid(schema: &KindSchema, asked: &Asked<'_>) -> bool {
    schema.human_friendly_id.iter().flatten().all(|path| {
        let part = path.split("__").next().unwrap_or_default();
        asked.selects(&[part])
    })
}

fn of_metadata(view: &View, metadata: &Metadata, asked: &Asked<'_>) -> Given {
    match asked.name {
        "created_at" => Given::Json(time_text(metadata.created_at).into()),
        "updated_at" => Given::Json(time_text(metadata.updated_at).into()),
        "created_by" => node_of(view, metadata.created_by, asked),
        _ => node_of(view, metadata.updated_by, asked),
    }
}

fn of_properties(
    view: &View,
    properties: &Properties,
    metadata: Option<&Metadata>,
    asked: &Asked<'_>,
) -> Given {
    match (asked.name, metadata) {
        ("is_protected", _) => {
            properties.is_protected.map_or(Given::Nothing, |flag| Given::Json(flag.into()))
        }
        ("updated_at", Some(metadata)) => Given::Json(time_text(metadata.updated_at).into()),
        ("source", _) => node_of(view, properties.source, asked),
        ("owner", _) => node_of(view, properties.owner, asked),
        _ => Given::Nothing,
    }
}

/// The object that made, owns or is the source of something.
pub(super) fn node_of(view: &View, id: Option<NodeId>, asked: &Asked<'_>) -> Given {
    id.and_then(|id| view.get(id)).map_or(Given::Nothing, |object| {
        Given::Source(Source::Node(Node { object, written: None, hides_hfid: false, anchor: asked.depth }))
    })
}
