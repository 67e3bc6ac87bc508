//! Attributes of a kind.

use crate::defaults::{aware, is_false, null_is_default};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The attribute kinds of an Infrahub 1.11 server, and whatever a newer one adds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is named for the server's own attribute kind")]
pub enum AttributeKind {
    Id,
    Dropdown,
    Text,
    TextArea,
    DateTime,
    Email,
    Password,
    HashedPassword,
    Url,
    File,
    MacAddress,
    Color,
    Number,
    NumberPool,
    Bandwidth,
    IpHost,
    IpNetwork,
    IpAddress,
    Boolean,
    Checkbox,
    List,
    Json,
    Any,
    /// A kind that this version does not know; it is typed as JSON.
    Unknown(String),
}

const NAMES: [(AttributeKind, &str); 23] = [
    (AttributeKind::Id, "ID"),
    (AttributeKind::Dropdown, "Dropdown"),
    (AttributeKind::Text, "Text"),
    (AttributeKind::TextArea, "TextArea"),
    (AttributeKind::DateTime, "DateTime"),
    (AttributeKind::Email, "Email"),
    (AttributeKind::Password, "Password"),
    (AttributeKind::HashedPassword, "HashedPassword"),
    (AttributeKind::Url, "URL"),
    (AttributeKind::File, "File"),
    (AttributeKind::MacAddress, "MacAddress"),
    (AttributeKind::Color, "Color"),
    (AttributeKind::Number, "Number"),
    (AttributeKind::NumberPool, "NumberPool"),
    (AttributeKind::Bandwidth, "Bandwidth"),
    (AttributeKind::IpHost, "IPHost"),
    (AttributeKind::IpNetwork, "IPNetwork"),
    (AttributeKind::IpAddress, "IPAddress"),
    (AttributeKind::Boolean, "Boolean"),
    (AttributeKind::Checkbox, "Checkbox"),
    (AttributeKind::List, "List"),
    (AttributeKind::Json, "JSON"),
    (AttributeKind::Any, "Any"),
];

impl AttributeKind {
    /// The server's name of the kind (`IPHost`).
    pub fn as_str(&self) -> &str {
        match self {
            AttributeKind::Unknown(name) => name,
            known => NAMES.iter().find(|(kind, _)| kind == known).map_or("", |(_, name)| name),
        }
    }
}

impl From<String> for AttributeKind {
    fn from(name: String) -> Self {
        match NAMES.iter().find(|(_, known)| *known == name) {
            Some((kind, _)) => kind.clone(),
            None => AttributeKind::Unknown(name),
        }
    }
}

impl From<AttributeKind> for String {
    fn from(kind: AttributeKind) -> Self {
        kind.as_str().to_owned()
    }
}

/// One choice of a dropdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The value on the wire.
    pub name: String,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A colour such as `#ed6a5a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// What the choice means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// How the server computes the value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComputedAttribute {
    /// `User` (not computed), `Jinja2` or `TransformPython`.
    pub kind: String,
    /// The template, for `Jinja2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jinja2_template: Option<String>,
    /// The transform, for `TransformPython`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<String>,
}

/// Limits on the value of an attribute; which ones apply depends on its kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Parameters {
    /// A regular expression that the value (or each item of a list) must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// The least length of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<i64>,
    /// The greatest length of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i64>,
    /// The least number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<i64>,
    /// The greatest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_value: Option<i64>,
    /// Numbers and ranges that are not allowed (`5,10-20`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_values: Option<String>,
    /// First number of a number pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_range: Option<i64>,
    /// Last number of a number pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_range: Option<i64>,
}

impl Parameters {
    /// Whether no limit is set.
    pub fn is_empty(&self) -> bool {
        *self == Parameters::default()
    }
}

/// One attribute of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attribute {
    /// The attribute's name (`description`).
    pub name: String,
    /// What kind of value it holds.
    pub kind: AttributeKind,
    /// Allowed values of a text or number attribute, sorted.
    #[serde(rename = "enum", default, skip_serializing_if = "Option::is_none")]
    pub allowed_values: Option<Vec<Value>>,
    /// How the server computes it, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed_attribute: Option<ComputedAttribute>,
    /// Choices of a dropdown, sorted by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the attribute is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether only the server writes it.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Whether no two objects share a value.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Whether it may be left out. The server says `true` where a default exists.
    #[serde(default)]
    pub optional: bool,
    /// Branch support: `aware`, `agnostic` or `local`.
    #[serde(default = "aware")]
    pub branch: String,
    /// Position among the fields of the kind; those without one come last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_weight: Option<i64>,
    /// The value of an object that did not set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// Whether it comes from a generic.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Why the attribute should no longer be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<String>,
    /// Limits on the value.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Parameters::is_empty")]
    pub parameters: Parameters,
}

impl Attribute {
    /// Whether the server, never a client, sets the value.
    pub fn is_computed(&self) -> bool {
        self.computed_attribute.as_ref().is_some_and(|computed| computed.kind != "User")
    }

    /// Whether a client may write the attribute.
    pub fn is_writable(&self) -> bool {
        !self.read_only && !self.is_computed()
    }
}
