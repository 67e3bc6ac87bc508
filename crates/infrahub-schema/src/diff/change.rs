//! One difference between two schemas, and what it breaks.

use super::words;
use crate::{Attribute, Choice, Flavour, Relationship};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// One difference between two schemas.
///
/// As JSON the parts of [`Difference`] stand beside those of the change:
/// `{"kind": "InfraDevice", "field": "role", "change": "choice_removed", "choice": {"name": "leaf"}, "programs":
/// {"breaking": true, "reason": "…"}, "data": {"breaking": true, "reason": "…"}, "follows_from": null}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The kind (`InfraDevice`); for [`Difference::Namespace`] the namespace.
    pub kind: String,
    /// The attribute or relationship, or none where the kind itself changed.
    pub field: Option<String>,
    /// What changed, with the values before and after.
    #[serde(flatten)]
    pub what: Difference,
    /// What it means for programs that were written for the old schema: whether they no longer compile with the
    /// types of the new one, or their reads and writes fail.
    pub programs: Impact,
    /// What it means for data: whether objects or values that were valid no longer are.
    pub data: Impact,
    /// The kind in which the change was made, where it shows here only because this kind inherits from that one,
    /// or is a profile or template of it.
    pub follows_from: Option<String>,
}

/// Whether a change breaks something, and why or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Impact {
    /// Whether it does.
    pub breaking: bool,
    /// One sentence for people. It holds nothing that the schema says; code in it stands between backticks.
    pub reason: Cow<'static, str>,
}

impl Impact {
    pub(super) fn breaking(reason: impl Into<Cow<'static, str>>) -> Impact {
        Impact { breaking: true, reason: reason.into() }
    }

    pub(super) fn none(reason: impl Into<Cow<'static, str>>) -> Impact {
        Impact { breaking: false, reason: reason.into() }
    }

    /// Breaking or not, with the reason that fits.
    pub(super) fn when(breaking: bool, why: &'static str, why_not: &'static str) -> Impact {
        if breaking { Impact::breaking(why) } else { Impact::none(why_not) }
    }

    /// The first thing that breaks, if anything does.
    pub(super) fn first(broken: impl IntoIterator<Item = Option<Impact>>, otherwise: &'static str) -> Impact {
        broken.into_iter().flatten().next().unwrap_or(Impact::none(otherwise))
    }
}

/// What changed.
///
/// [`Difference::to_string`](ToString::to_string) says it in one line of text, in which everything that does not
/// print is escaped.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// The kind is new.
    KindAdded {
        /// Node, generic, profile or template.
        flavour: Flavour,
    },
    /// The kind is gone.
    KindRemoved {
        /// What it was.
        flavour: Flavour,
    },
    /// The attribute is new.
    AttributeAdded {
        /// The attribute.
        attribute: Box<Attribute>,
    },
    /// The attribute is gone.
    AttributeRemoved {
        /// What it was.
        attribute: Box<Attribute>,
    },
    /// The relationship is new.
    RelationshipAdded {
        /// The relationship.
        relationship: Box<Relationship>,
    },
    /// The relationship is gone.
    RelationshipRemoved {
        /// What it was.
        relationship: Box<Relationship>,
    },
    /// The dropdown has a choice more.
    ChoiceAdded {
        /// The choice.
        choice: Choice,
    },
    /// The dropdown lost a choice.
    ChoiceRemoved {
        /// What it was.
        choice: Choice,
    },
    /// A choice has another label, colour or description.
    ChoiceDescribed {
        /// The choice before.
        old: Choice,
        /// The choice now.
        new: Choice,
    },
    /// The attribute may have a value more.
    ValueAdded {
        /// The value.
        value: Value,
    },
    /// The attribute may no longer have a value.
    ValueRemoved {
        /// The value.
        value: Value,
    },
    /// Anything else that a kind, attribute or relationship says of itself.
    Property {
        /// Its name in the schema (`optional`, `human_friendly_id`, `parameters.max_length`).
        property: String,
        /// The value before; null where there was none.
        old: Value,
        /// The value now; null where there is none.
        new: Value,
    },
    /// A namespace: whether kinds may be defined in it, or none where there is no such namespace.
    Namespace {
        /// Before.
        old: Option<bool>,
        /// Now.
        new: Option<bool>,
    },
}

impl Difference {
    /// What changed in one line. `quote` marks up every part that comes from the schema; it is given the part in
    /// short, and with everything that does not print escaped.
    ///
    /// ```
    /// # use infrahub_schema::Difference;
    /// let what = Difference::ValueAdded { value: "fiber".into() };
    /// assert_eq!(what.words(|text| format!("<b>{text}</b>")), "value <b>fiber</b> added");
    /// assert_eq!(what.to_string(), "value `fiber` added");
    /// ```
    pub fn words(&self, quote: impl Fn(&str) -> String) -> String {
        words::of(self, &quote)
    }

    /// What the change is about, without the values: the same for the same change of two kinds.
    pub(super) fn subject(&self) -> (&'static str, Cow<'_, str>) {
        let nothing = Cow::Borrowed("");
        match self {
            Difference::KindAdded { .. } => ("kind added", nothing),
            Difference::KindRemoved { .. } => ("kind removed", nothing),
            Difference::AttributeAdded { .. } => ("attribute added", nothing),
            Difference::AttributeRemoved { .. } => ("attribute removed", nothing),
            Difference::RelationshipAdded { .. } => ("relationship added", nothing),
            Difference::RelationshipRemoved { .. } => ("relationship removed", nothing),
            Difference::ChoiceAdded { choice } => ("choice added", Cow::Borrowed(&choice.name)),
            Difference::ChoiceRemoved { choice } => ("choice removed", Cow::Borrowed(&choice.name)),
            Difference::ChoiceDescribed { new, .. } => ("choice described", Cow::Borrowed(&new.name)),
            Difference::ValueAdded { value } => ("value added", Cow::Owned(value.to_string())),
            Difference::ValueRemoved { value } => ("value removed", Cow::Owned(value.to_string())),
            Difference::Property { property, .. } => ("property", Cow::Borrowed(property)),
            Difference::Namespace { .. } => ("namespace", nothing),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(words::in_backticks))
    }
}

/// Where and what: ``InfraDevice.role: choice `leaf` removed``.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::printable(&self.kind))?;
        if let Some(field) = &self.field {
            write!(f, ".{}", words::printable(field))?;
        }
        write!(f, ": {}", self.what)
    }
}
