//! One kind: a node, generic, profile or template.

use crate::defaults::{aware, is_false, node, null_is_default};
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
#[non_exhaustive]
pub struct KindSchema {
    /// Node, generic, profile or template.
    #[serde(default = "node")]
    pub flavour: Flavour,
    /// Namespace and name together (`InfraDevice`).
    #[serde(default)]
    pub kind: String,
    /// The namespace (`Infra`).
    pub namespace: String,
    /// The name inside the namespace (`Device`).
    pub name: String,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the kind is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Branch support: `aware`, `agnostic` or `local`.
    #[serde(default = "aware")]
    pub branch: String,
    /// The attribute path that a non-UUID id is matched with (`name__value`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_filter: Option<String>,
    /// Attribute paths that make up the human-friendly id (`["site__name__value", "name__value"]`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human_friendly_id: Option<Vec<String>>,
    /// A Jinja2 template or an attribute path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_label: Option<String>,
    /// Default order of lists (`["name__value"]`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_by: Option<Vec<String>>,
    /// Sets of fields that are unique together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uniqueness_constraints: Option<Vec<Vec<String>>>,
    /// A link to further documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Generics that this kind inherits from, sorted.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub inherit_from: Vec<String>,
    /// For a generic: the kinds that inherit from it, sorted.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
    /// The generic that makes this kind part of a hierarchy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hierarchy: Option<String>,
    /// For a generic: whether its kinds form a hierarchy.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub hierarchical: bool,
    /// Kind of the parent in the hierarchy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Kind of the children in the hierarchy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children: Option<String>,
    /// Whether a profile kind exists for it.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub generate_profile: bool,
    /// Whether a template kind exists for it.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub generate_template: bool,
    /// Attributes, sorted by `(order_weight, name)`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub attributes: Vec<Attribute>,
    /// Relationships, sorted by `(order_weight, name)`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub relationships: Vec<Relationship>,
}

impl KindSchema {
    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The relationship of that name.
    pub fn relationship(&self, name: &str) -> Option<&Relationship> {
        self.relationships.iter().find(|relationship| relationship.name == name)
    }

    /// A number that stays the same from run to run and from server to server as long as the
    /// kind does. It is made for noticing a change, not for guarding against a forger.
    pub fn fingerprint(&self) -> u64 {
        // 64-bit FNV-1a over the kind's JSON, whose fields come in the order of the struct.
        let json = serde_json::to_vec(self).unwrap_or_default();
        json.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}
