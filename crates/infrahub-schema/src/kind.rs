//! One kind: a node, generic, profile or template.

use crate::{Attribute, Relationship};
use serde::{Deserialize, Serialize};

/// Which of the four lists of `/api/schema` a kind stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// A concrete kind, whose objects can be created.
    Node,
    /// A shared shape that nodes inherit from; on the GraphQL side an interface.
    Generic,
    /// Values that apply to the objects of a kind (`ProfileInfraDevice`).
    Profile,
    /// An object that others are created from (`TemplateInfraDevice`).
    Template,
}

/// One kind as `/api/schema` describes it, without the server's volatile ids and hashes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KindSchema {
    /// Node, generic, profile or template.
    pub flavour: Flavour,
    /// Namespace and name together (`InfraDevice`).
    pub kind: String,
    /// The namespace (`Infra`).
    pub namespace: String,
    /// The name inside the namespace (`Device`).
    pub name: String,
    /// The name for people.
    pub label: Option<String>,
    /// What the kind is for.
    pub description: Option<String>,
    /// Branch support: `aware`, `agnostic` or `local`.
    pub branch: String,
    /// The attribute path that a non-UUID id is matched with (`name__value`).
    pub default_filter: Option<String>,
    /// Attribute paths that make up the human-friendly id (`["site__name__value", "name__value"]`).
    pub human_friendly_id: Option<Vec<String>>,
    /// A Jinja2 template or an attribute path.
    pub display_label: Option<String>,
    /// Default order of lists (`["name__value"]`).
    pub order_by: Option<Vec<String>>,
    /// Sets of fields that are unique together.
    pub uniqueness_constraints: Option<Vec<Vec<String>>>,
    /// A link to further documentation.
    pub documentation: Option<String>,
    /// Generics that this kind inherits from, sorted.
    pub inherit_from: Vec<String>,
    /// For a generic: the kinds that inherit from it, sorted.
    pub used_by: Vec<String>,
    /// The generic that makes this kind part of a hierarchy.
    pub hierarchy: Option<String>,
    /// For a generic: whether its kinds form a hierarchy.
    pub hierarchical: bool,
    /// Kind of the parent in the hierarchy.
    pub parent: Option<String>,
    /// Kind of the children in the hierarchy.
    pub children: Option<String>,
    /// Whether a profile kind exists for it.
    pub generate_profile: bool,
    /// Whether a template kind exists for it.
    pub generate_template: bool,
    /// Attributes, sorted by `(order_weight, name)`.
    pub attributes: Vec<Attribute>,
    /// Relationships, sorted by `(order_weight, name)`.
    pub relationships: Vec<Relationship>,
}
