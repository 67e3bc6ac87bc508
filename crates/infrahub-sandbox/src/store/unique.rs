//! Values that no two objects have in common.

use super::catalogue::{Catalogue, Facts, Role, Unique, identifier, side};
use super::path::Path;
use super::read;
use super::record::Node;
use super::state::State;
use super::template::paths_in;
use super::{NodeId, Refused, value};
use infrahub_schema::KindSchema;
use serde_json::Value;
use std::sync::Arc;

/// Checks the constraints of an object's kind and of its generics. Of each only those count that name a field of the
/// write, unless the write names none. `origin` is the default branch, whose newer objects count for a branch, too.
pub(crate) fn check(
    state: &State,
    origin: Option<&State>,
    node: &Arc<Node>,
    fields: &[&str],
) -> Result<(), Refused> {
    let catalogue = &state.catalogue;
    let (Some(kind), Some(facts)) = (catalogue.kind(&node.kind), catalogue.facts(&node.kind)) else {
        return Ok(());
    };
    let mut broken: Vec<(Role, Vec<NodeId>, String)> = Vec::new();
    for (owner, owner_facts) in owners(catalogue, kind, facts) {
        for constraint in &owner_facts.unique {
            if !is_concerned(owner, constraint, fields) {
                continue;
            }
            let mut holders = holders(state, owner, constraint, node, state);
            if let Some(origin) = origin {
                let newer = self::holders(origin, owner, constraint, node, state);
                holders.extend(newer.into_iter().filter(|id| state.node(*id).is_none()));
            }
            if !holders.is_empty() {
                broken.push((constraint.role, holders, named(kind, constraint)));
            }
        }
    }
    judge(broken)
}

/// The kinds whose constraints count: the generics, and the kind itself unless its constraints are those of a generic.
fn owners<'c>(
    catalogue: &'c Catalogue,
    kind: &'c KindSchema,
    facts: &'c Facts,
) -> Vec<(&'c KindSchema, &'c Facts)> {
    let generics = kind.inherit_from.iter();
    let found = generics.filter_map(|name| Some((catalogue.kind(name)?, catalogue.facts(name)?)));
    let mut owners: Vec<_> = found.filter(|(_, facts)| !facts.unique.is_empty()).collect();
    let is_covered = owners.iter().any(|(_, generic)| {
        facts.unique.iter().all(|own| generic.unique.iter().any(|other| other.texts == own.texts))
    });
    if !is_covered {
        owners.push((kind, facts));
    }
    owners
}

/// Whether a write of these fields can break the constraint. Unique attributes that may be left out, or are computed,
/// are always looked at.
fn is_concerned(owner: &KindSchema, constraint: &Unique, fields: &[&str]) -> bool {
    let implied = owner
        .attributes
        .iter()
        .filter(|field| field.unique && (field.optional || field.computed_attribute.is_some()))
        .map(|field| field.name.as_str());
    let mut implied = implied.peekable();
    if fields.is_empty() && implied.peek().is_none() {
        return true;
    }
    let named: Vec<&str> = fields.iter().copied().chain(implied).collect();
    constraint.paths.iter().any(|path| named.contains(&path.field()))
}

/// The other objects that have the same. Null is a value like others.
fn holders(
    among: &State,
    owner: &KindSchema,
    constraint: &Unique,
    node: &Arc<Node>,
    state: &State,
) -> Vec<NodeId> {
    let wanted: Vec<Value> = constraint.paths.iter().map(|path| compared(state, node, path)).collect();
    let others = candidates(among, owner, constraint, &wanted);
    let others = others.into_iter().filter(|other| other.id != node.id);
    let same = others.filter(|other| {
        constraint.paths.iter().zip(&wanted).all(|(path, wanted)| {
            let found = compared(among, other, path);
            // Where this object has no peer, any peer of another is the same to the server.
            found == *wanted || wanted.is_null() && is_peer(path) && !found.is_null()
        })
    });
    same.map(|other| other.id).collect()
}

/// Objects among which are all that have these values: those of the same peer, of the same value, or else all.
fn candidates<'s>(
    state: &'s State,
    owner: &KindSchema,
    constraint: &Unique,
    wanted: &[Value],
) -> Vec<&'s Arc<Node>> {
    let facts = state.catalogue.facts(&owner.kind);
    let pairs = || constraint.paths.iter().zip(wanted);
    let of_peer = pairs().filter(|(path, _)| is_peer(path)).find_map(|(path, peer)| {
        let relationship = owner.relationship(path.field())?;
        // one without an identifier has another in each kind of a generic
        let identifier = relationship.identifier.as_ref()?;
        let peer = NodeId::parse(peer.as_str()?)?;
        Some(state.related(peer, identifier, side(relationship).other(), &owner.kind))
    });
    let indexed = || {
        pairs().find_map(|(path, value)| match path {
            Path::Attribute { attribute, property } if property == "value" => {
                let is_indexed = facts.is_some_and(|facts| facts.indexed.contains(attribute.as_str()));
                is_indexed.then(|| state.with_value(&owner.kind, attribute, value))
            }
            _ => None,
        })
    };
    of_peer.or_else(indexed).unwrap_or_else(|| state.of_kind(&owner.kind))
}

fn is_peer(path: &Path) -> bool {
    !matches!(path, Path::Attribute { .. })
}

fn compared(state: &State, node: &Arc<Node>, path: &Path) -> Value {
    match path {
        Path::Attribute { attribute, property } => {
            let kind = state.catalogue.kind(&node.kind);
            let Some(schema) = kind.and_then(|kind| kind.attribute(attribute)) else { return Value::Null };
            value::property(schema, &read::kept(state, node, schema, 0), property)
        }
        Path::Peer { relationship, .. } | Path::Relationship { relationship } => {
            peer(state, node, relationship).map_or(Value::Null, Value::from)
        }
    }
}

/// The one peer. One of a kind that the relationship does not take counts, too: that it is wrong is told afterwards.
fn peer(state: &State, node: &Arc<Node>, relationship: &str) -> Option<NodeId> {
    if let Some(peer) = read::one_peer(state, node, relationship) {
        return Some(peer.id);
    }
    let kind = state.catalogue.kind(&node.kind)?;
    let schema = kind.relationship(relationship)?;
    let mut edges = state.edges_at(node.id, &identifier(kind, schema), side(schema));
    edges.next().map(|(key, _)| key.peer)
}

/// The fields as the message names them, with what a computed one is made from.
fn named(kind: &KindSchema, constraint: &Unique) -> String {
    let fields: Vec<&str> = constraint.paths.iter().map(Path::field).collect();
    let mut inputs: Vec<String> = Vec::new();
    for attribute in fields.iter().filter_map(|field| kind.attribute(field)) {
        let paths = read::computed(attribute).into_iter().flat_map(paths_in);
        for path in paths.filter_map(|text| Path::parse(kind, text)) {
            let input = match path {
                Path::Attribute { attribute, .. } => attribute,
                Path::Peer { relationship, attribute, .. } => format!("{relationship}.{attribute}"),
                Path::Relationship { relationship } => relationship,
            };
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
    }
    let computed =
        if inputs.is_empty() { String::new() } else { format!(" (computed from: {})", inputs.join(", ")) };
    format!("'{}'{computed}", fields.join("-"))
}

/// Which of the broken constraints is the error. One that goes along with the human-friendly id gives way to it, so that
/// an upsert finds the object that it is to change.
fn judge(broken: Vec<(Role, Vec<NodeId>, String)>) -> Result<(), Refused> {
    let hfid = broken.iter().find(|(role, ..)| *role == Role::Hfid).cloned();
    for (role, holders, fields) in broken {
        let goes_along = hfid.as_ref().is_some_and(|(_, holders_of_hfid, _)| match role {
            Role::PartOfHfid => true,
            Role::Other => holders.len() == 1 && holders.first() == holders_of_hfid.first(),
            Role::Hfid => true,
        });
        if role != Role::Hfid && !goes_along {
            return Err(Refused::Taken { fields, holders: None });
        }
    }
    match hfid {
        Some((_, holders, fields)) => Err(Refused::Taken { fields, holders: Some(holders) }),
        None => Ok(()),
    }
}
