//! The types of a kind's objects, and of lists of them.

use super::attributes::output_type;
use super::filters::{self, list, named, required};
use super::kinds::{Kinds, Related};
use crate::graphql::types::{Definition, Field, Shape, TypeSystem};
use async_graphql::dynamic::TypeRef;
use infrahub_schema::{Attribute, Cardinality, Flavour, KindSchema};

const HIERARCHY: [&str; 4] = ["parent", "children", "ancestors", "descendants"];

const ACCOUNT: &str = "CoreGenericAccount";

/// What the server says of the one field of accounts that no schema tells of.
const EXTERNALLY_MANAGED: &str = "True when the account is linked to an external identity provider (LDAP, OIDC, \
    OAuth2). Local password changes are refused for such accounts.";

/// Adds the object or interface of a kind, and the types of its lists.
pub(super) fn add(types: &mut TypeSystem, kinds: &Kinds<'_>, kind: &KindSchema) {
    let described = |shape| Definition { description: kind.description.clone(), shape };
    let name = &*kind.kind;
    let fields = fields(kinds, kind);
    let generic = kind.flavour == Flavour::Generic;
    let shape = match generic {
        true => Shape::Interface { fields },
        false => Shape::Object { implements: kinds.interfaces(kind), fields },
    };
    types.add(name, described(shape));

    let metadata = || Field::new("node_metadata", named("InfrahubNodeMetadata"));
    let object = |fields| Shape::Object { implements: Vec::new(), fields };
    let node = || Field::new("node", named(name));
    types.add(format!("Edged{name}"), described(object(vec![node(), metadata()])));
    types.add(
        format!("NestedEdged{name}"),
        described(object(vec![
            node(),
            metadata(),
            Field::new("properties", named("RelationshipProperty")),
            Field::new("relationship_metadata", named("InfrahubRelationshipMetadata")),
        ])),
    );
    types.add(format!("Paginated{name}"), described(object(page(format!("Edged{name}"), false))));
    let nested = page(format!("NestedEdged{name}"), generic);
    types.add(format!("NestedPaginated{name}"), described(object(nested)));
}

/// The fields of a list. Where the peers of a relationship are a generic's there are no permissions.
fn page(edge: String, of_generic_peers: bool) -> Vec<Field> {
    let edges = TypeRef::List(Box::new(required(edge)));
    let count = Field::new("count", required("Int"));
    if of_generic_peers {
        return vec![count, Field::new("edges", edges)];
    }
    vec![
        count,
        Field::new("edges", TypeRef::NonNull(Box::new(edges))),
        Field::new("permissions", required("PaginatedObjectPermission")),
    ]
}

fn fields(kinds: &Kinds<'_>, kind: &KindSchema) -> Vec<Field> {
    let generic = kind.flavour == Flavour::Generic;
    let id = if generic { named("String") } else { required("String") };
    let mut hfid = Field::new("hfid", list("String"));
    hfid.ty = TypeRef::List(Box::new(required("String")));
    let mut fields = vec![
        Field::new("id", id).described(Some("Unique identifier".to_owned())),
        hfid.described(Some("Human friendly identifier".to_owned())),
        Field::new("display_label", named("String")),
    ];
    for attribute in &kind.attributes {
        let description =
            if generic || attribute.inherited { attribute.description.clone() } else { own(attribute) };
        fields.push(Field::new(&*attribute.name, named(output_type(&attribute.kind))).described(description));
    }
    if kinds.inherits(&kind.kind, ACCOUNT) {
        let field = Field::new("is_externally_managed", required("Boolean"));
        fields.push(field.described(Some(EXTERNALLY_MANAGED.to_owned())));
    }
    let hierarchy = kinds.hierarchy(kind);
    for Related { relationship, peer } in kinds.related(kind) {
        if hierarchy.is_some() && HIERARCHY.contains(&&*relationship.name) {
            continue;
        }
        fields.push(match relationship.cardinality {
            Cardinality::One => {
                Field::new(&*relationship.name, required(format!("NestedEdged{}", peer.kind)))
            }
            Cardinality::Many => many(&relationship.name, peer, hierarchy.is_some()),
        });
    }
    if let Some(generic) = hierarchy {
        fields.push(Field::new("parent", required(format!("NestedEdged{}", generic.kind))));
        for name in ["children", "ancestors", "descendants"] {
            fields.push(many(name, generic, false));
        }
    }
    fields
}

fn many(name: &str, peer: &KindSchema, in_hierarchy: bool) -> Field {
    Field::new(name, required(format!("NestedPaginated{}", peer.kind)))
        .with_arguments(filters::nested(peer, in_hierarchy))
}

/// What the server says of an attribute that a kind declares itself. That it has nothing to say is a word, too.
fn own(attribute: &Attribute) -> Option<String> {
    let text = attribute.description.as_deref().unwrap_or("None");
    Some(if attribute.optional { text.to_owned() } else { format!("{text} (required)") })
}
