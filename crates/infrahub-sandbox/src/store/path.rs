//! Paths to values, as the schema writes them (`site__name__value`).

use infrahub_schema::KindSchema;

/// Where a value stands, seen from an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    /// A property of an attribute of the object: `name__value`.
    Attribute {
        /// The attribute.
        attribute: String,
        /// `value`, or a part of it such as `version`.
        property: String,
    },
    /// A property of an attribute of its one peer: `site__name__value`.
    Peer {
        /// The relationship.
        relationship: String,
        /// The attribute of the peer.
        attribute: String,
        /// `value`, or a part of it.
        property: String,
    },
    /// The peer itself: `site`.
    Relationship {
        /// The relationship.
        relationship: String,
    },
}

impl Path {
    /// Reads a path; `None` where the kind has no such field.
    pub(crate) fn parse(kind: &KindSchema, text: &str) -> Option<Self> {
        if let Some((attribute, rest)) =
            longest(kind.attributes.iter().map(|field| field.name.as_str()), text)
        {
            let property = if rest.is_empty() { "value" } else { rest };
            return Some(Self::Attribute { attribute: attribute.to_owned(), property: property.to_owned() });
        }
        let names = kind.relationships.iter().map(|field| field.name.as_str());
        let (relationship, rest) = longest(names, text)?;
        let relationship = relationship.to_owned();
        if rest.is_empty() {
            return Some(Self::Relationship { relationship });
        }
        let (attribute, property) = rest.rsplit_once("__").unwrap_or((rest, "value"));
        Some(Self::Peer { relationship, attribute: attribute.to_owned(), property: property.to_owned() })
    }

    /// The field of the object that it begins with.
    pub(crate) fn field(&self) -> &str {
        match self {
            Self::Attribute { attribute, .. } => attribute,
            Self::Peer { relationship, .. } | Self::Relationship { relationship } => relationship,
        }
    }
}

/// The longest name that the text begins with, and what follows it.
fn longest<'n, 't>(names: impl Iterator<Item = &'n str>, text: &'t str) -> Option<(&'n str, &'t str)> {
    names
        .filter_map(|name| match text.strip_prefix(name)? {
            "" => Some((name, "")),
            rest => Some((name, rest.strip_prefix("__")?)),
        })
        .max_by_key(|(name, _)| name.len())
}
