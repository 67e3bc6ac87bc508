//! What the changes of a branch are held against: every rule of the fields that were written.

use super::super::NodeId;
use super::super::catalogue::{Catalogue, ends};
use super::super::merge;
use super::super::path::Path;
use super::super::record::{EdgeKey, Node};
use super::super::state::State;
use super::rule::chosen;
use super::{Constraint, Rule};
use infrahub_schema::{Attribute, Flavour, KindSchema, Relationship, RelationshipKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The objects of a kind that were written, by the field.
type Written = BTreeMap<String, BTreeSet<NodeId>>;

/// What the changes of a branch must comply with.
pub(crate) fn asked_of_changes(base: &State, branch: &State, wanted: &Catalogue) -> Vec<Constraint> {
    let written = written(base, branch);
    let mut constraints = unique(&written, wanted);
    for (kind, fields) in &written {
        let Some(kind) = wanted.kind(kind) else { continue };
        for field in fields.keys() {
            let attribute = kind.attribute(field).map(of_attribute);
            let rules = attribute.or_else(|| kind.relationship(field).map(of_relationship));
            let constraint =
                |rule| Constraint { kind: kind.kind.clone(), field: field.clone(), rule, nodes: None };
            constraints.extend(rules.unwrap_or_default().into_iter().map(constraint));
        }
    }
    constraints
}

fn written(base: &State, branch: &State) -> BTreeMap<String, Written> {
    let mut written: BTreeMap<String, Written> = BTreeMap::new();
    let mut add = |node: &Node, field: &str| {
        let fields = written.entry(node.kind.to_string()).or_default();
        fields.entry(field.to_owned()).or_default().insert(node.id);
    };
    for id in merge::changed_nodes(base, branch) {
        let Some(node) = branch.node(id) else { continue };
        let before = base.node(id);
        for (name, stored) in &node.values {
            if before.and_then(|before| before.values.get(name)) != Some(stored) {
                add(node, name);
            }
        }
    }
    let (old, new) = (keys(base), keys(branch));
    for key in old.symmetric_difference(&new) {
        let Some(node) = branch.node(key.node) else { continue };
        let kind = branch.catalogue.kind(&node.kind);
        for field in kind.into_iter().flat_map(|kind| ends(kind, &key.identifier, key.side)) {
            add(node, &field.name);
        }
    }
    written
}

fn keys(state: &State) -> BTreeSet<&EdgeKey> {
    state.edges().map(|(key, _)| key).collect()
}

fn of_attribute(attribute: &Attribute) -> Vec<Rule> {
    let limits = &attribute.parameters;
    chosen([
        (true, Rule::AttributeKind),
        (attribute.allowed_values.is_some(), Rule::Enum),
        (limits.regex.is_some(), Rule::Regex),
        (limits.min_length.is_some(), Rule::MinLength),
        (limits.max_length.is_some(), Rule::MaxLength),
        (true, Rule::Unique),
        (true, Rule::Optional),
    ])
}

fn of_relationship(relationship: &Relationship) -> Vec<Rule> {
    if relationship.kind == RelationshipKind::Group {
        return Vec::new();
    }
    let parent = relationship.common_parent.as_ref().map(|_| Rule::CommonParent);
    let rules = [Rule::Cardinality, Rule::MinCount, Rule::MaxCount, Rule::OptionalPeer];
    rules.into_iter().chain(parent).collect()
}

/// The kinds whose constraints have a field that was written, generics too. A kind is left out whose constraints are all
/// those of a generic.
fn unique(written: &BTreeMap<String, Written>, wanted: &Catalogue) -> Vec<Constraint> {
    let asked: Vec<(&KindSchema, BTreeSet<NodeId>)> = wanted
        .schema()
        .kinds
        .values()
        .filter_map(|kind| {
            Some((kind, concerned(kind, written, wanted))).filter(|(_, nodes)| !nodes.is_empty())
        })
        .collect();
    let is_covered = |kind: &KindSchema| {
        let mut groups: BTreeSet<&Vec<String>> = kind.uniqueness_constraints.iter().flatten().collect();
        for (generic, _) in asked.iter().filter(|(generic, _)| kind.inherit_from.contains(&generic.kind)) {
            groups.retain(|group| {
                !generic.uniqueness_constraints.iter().flatten().any(|other| other == *group)
            });
        }
        kind.flavour != Flavour::Generic && groups.is_empty()
    };
    let told = asked.iter().filter(|(kind, _)| !is_covered(kind));
    told.map(|(kind, nodes)| Constraint {
        kind: kind.kind.clone(),
        field: "uniqueness_constraints".to_owned(),
        rule: Rule::UniquenessConstraints,
        nodes: Some(nodes.clone()),
    })
    .collect()
}

/// The objects whose fields in the kind's constraints were written.
fn concerned(kind: &KindSchema, written: &BTreeMap<String, Written>, wanted: &Catalogue) -> BTreeSet<NodeId> {
    let texts = kind.uniqueness_constraints.iter().flatten().flatten();
    let fields: BTreeSet<String> =
        texts.filter_map(|text| Path::parse(kind, text)).map(|path| path.field().to_owned()).collect();
    let concrete: Vec<Arc<str>> =
        wanted.facts(&kind.kind).map(|facts| facts.concrete.clone()).unwrap_or_default();
    let of_kinds = concrete.iter().filter_map(|name| written.get(&**name));
    of_kinds
        .flatten()
        .filter(|(field, _)| fields.contains(*field))
        .flat_map(|(_, nodes)| nodes.iter().copied())
        .collect()
}
