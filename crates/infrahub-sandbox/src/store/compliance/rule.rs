//! What a schema may ask of objects, and what it asks anew.

use super::super::{NodeId, python};
use infrahub_schema::{Attribute, Flavour, KindSchema, Relationship, Schema};
use std::collections::BTreeSet;

/// What objects may break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    AttributeKind,
    Enum,
    Regex,
    MinLength,
    MaxLength,
    Unique,
    Optional,
    Cardinality,
    MinCount,
    MaxCount,
    OptionalPeer,
    CommonParent,
    InheritFrom,
    UniquenessConstraints,
    GenerateProfile,
    NewAttribute,
    NewRelationship,
}

impl Rule {
    /// What it is about, the property of the schema, and what messages call that.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::AttributeKind => ("attribute", "kind", "kind"),
            Self::Enum => ("attribute", "enum", "enum"),
            Self::Regex => ("attribute", "parameters.regex", "regex"),
            Self::MinLength => ("attribute", "parameters.min_length", "length"),
            Self::MaxLength => ("attribute", "parameters.max_length", "length"),
            Self::Unique => ("attribute", "unique", "unique"),
            Self::Optional => ("attribute", "optional", "optional"),
            Self::Cardinality => ("relationship", "cardinality", "count"),
            Self::MinCount => ("relationship", "min_count", "count"),
            Self::MaxCount => ("relationship", "max_count", "count"),
            Self::OptionalPeer => ("relationship", "optional", "optional"),
            Self::CommonParent => ("relationship", "common_parent", "common_parent"),
            Self::InheritFrom => ("node", "inherit_from", "inherit_from"),
            Self::UniquenessConstraints => ("node", "uniqueness_constraints", "uniqueness_constraints"),
            Self::GenerateProfile => ("node", "generate_profile", "generate_profile"),
            Self::NewAttribute => ("node", "attribute", "attribute"),
            Self::NewRelationship => ("node", "relationship", "relationship"),
        }
    }

    fn is_new_field(self) -> bool {
        matches!(self, Self::NewAttribute | Self::NewRelationship)
    }

    /// The server's name of it: `attribute.parameters.regex.update`.
    pub(crate) fn name(self) -> String {
        let (level, property, _) = self.words();
        format!("{level}.{property}.{}", if self.is_new_field() { "add" } else { "update" })
    }

    /// The property of the schema; a field that is new has none.
    pub(crate) fn property(self) -> Option<&'static str> {
        (!self.is_new_field()).then_some(self.words().1)
    }

    /// As messages call it: `Attribute-level 'regex'`.
    pub(crate) fn title(self) -> String {
        let (level, _, shown) = self.words();
        format!("{}-level '{shown}'", python::title(level))
    }

    /// Whether the server knows it as a change that moves data, too. It forgets these when branches come together.
    pub(crate) fn is_migration(self) -> bool {
        matches!(
            self,
            Self::AttributeKind
                | Self::Unique
                | Self::Optional
                | Self::UniquenessConstraints
                | Self::NewAttribute
        )
    }
}

/// A rule of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) kind: String,
    /// The attribute or the relationship; of a kind as a whole, the property.
    pub(crate) field: String,
    pub(crate) rule: Rule,
    /// The objects that it is about; `None` is all of the kind.
    pub(crate) nodes: Option<BTreeSet<NodeId>>,
}

/// What a schema asks that another did not.
pub(crate) fn asked_anew(before: &Schema, after: &Schema) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for (old, new) in changed(before, after) {
        let mut add = |field: &str, rules: Vec<Rule>| {
            let constraint =
                |rule| Constraint { kind: new.kind.clone(), field: field.to_owned(), rule, nodes: None };
            constraints.extend(rules.into_iter().map(constraint));
        };
        if old.inherit_from != new.inherit_from {
            // once as a change that must be checked, and once as one that moves data
            add("inherit_from", vec![Rule::InheritFrom, Rule::InheritFrom]);
        }
        if old.uniqueness_constraints != new.uniqueness_constraints {
            add("uniqueness_constraints", vec![Rule::UniquenessConstraints]);
        }
        if old.generate_profile != new.generate_profile {
            add("generate_profile", vec![Rule::GenerateProfile]);
        }
        let is_own = |is_inherited: bool| new.flavour == Flavour::Generic || !is_inherited;
        for attribute in &new.attributes {
            match old.attribute(&attribute.name) {
                None => add(&attribute.name, vec![Rule::NewAttribute]),
                Some(old) if is_own(attribute.inherited) => {
                    add(&attribute.name, of_attribute(old, attribute));
                }
                Some(_) => {}
            }
        }
        for relationship in &new.relationships {
            match old.relationship(&relationship.name) {
                None => add(&relationship.name, vec![Rule::NewRelationship]),
                Some(old) if is_own(relationship.inherited) => {
                    add(&relationship.name, of_relationship(old, relationship));
                }
                Some(_) => {}
            }
        }
    }
    constraints
}

/// The nodes and generics that two schemas have and that differ.
fn changed<'a>(
    before: &'a Schema,
    after: &'a Schema,
) -> impl Iterator<Item = (&'a KindSchema, &'a KindSchema)> {
    let own = after.kinds.values().filter(|kind| matches!(kind.flavour, Flavour::Node | Flavour::Generic));
    own.filter_map(|new| Some((before.kind(&new.kind)?, new))).filter(|(old, new)| old != new)
}

/// The rules that are marked.
pub(super) fn chosen<const N: usize>(rules: [(bool, Rule); N]) -> Vec<Rule> {
    rules.into_iter().filter(|(is_chosen, _)| *is_chosen).map(|(_, rule)| rule).collect()
}

fn of_attribute(old: &Attribute, new: &Attribute) -> Vec<Rule> {
    let (was, is) = (&old.parameters, &new.parameters);
    // the limits of another kind are others, and no change
    let has_changed = |is_other: bool| old.kind == new.kind && is_other;
    chosen([
        (old.kind != new.kind, Rule::AttributeKind),
        (old.allowed_values != new.allowed_values, Rule::Enum),
        (has_changed(was.regex != is.regex), Rule::Regex),
        (has_changed(was.min_length != is.min_length), Rule::MinLength),
        (has_changed(was.max_length != is.max_length), Rule::MaxLength),
        (old.unique != new.unique, Rule::Unique),
        (old.optional != new.optional, Rule::Optional),
    ])
}

fn of_relationship(old: &Relationship, new: &Relationship) -> Vec<Rule> {
    chosen([
        (old.cardinality != new.cardinality, Rule::Cardinality),
        (old.min_count != new.min_count, Rule::MinCount),
        (old.max_count != new.max_count, Rule::MaxCount),
        (old.common_parent != new.common_parent, Rule::CommonParent),
        (old.optional != new.optional, Rule::OptionalPeer),
    ])
}

/// The changes that the server never makes, in its words.
pub(crate) fn unsupported(before: &Schema, after: &Schema) -> Vec<String> {
    let mut never = Vec::new();
    let mut not_yet = Vec::new();
    for (old, new) in changed(before, after) {
        let kind = &new.kind;
        let mut refuse = |is_other: bool, field: &str| {
            never.extend(is_other.then(|| format!("'not_supported': {kind} {field} None")));
        };
        refuse(old.branch != new.branch, "branch");
        for attribute in new.attributes.iter().filter(|field| !field.inherited) {
            let old = old.attribute(&attribute.name);
            refuse(old.is_some_and(|old| old.branch != attribute.branch), &attribute.name);
        }
        for relationship in new.relationships.iter().filter(|field| !field.inherited) {
            let Some(old) = old.relationship(&relationship.name) else { continue };
            refuse(old.identifier != relationship.identifier, &relationship.name);
            refuse(old.branch != relationship.branch, &relationship.name);
            refuse(old.direction != relationship.direction, &relationship.name);
            refuse(old.hierarchical != relationship.hierarchical, &relationship.name);
        }
        let mut lack = |is_other: bool, field: &str| {
            let validator = format!("Validator 'node.{field}.update' is not available yet");
            not_yet
                .extend(is_other.then(|| format!("'validator_not_available': {kind} {field} {validator}")));
        };
        lack(old.hierarchy != new.hierarchy, "hierarchy");
        lack(old.hierarchical != new.hierarchical, "hierarchical");
    }
    never.extend(not_yet);
    never
}
