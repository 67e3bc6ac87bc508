//! Dropdown and enum values.

use super::{AttributeValue, Filterable};
use crate::decode::Wire;

/// One choice of a dropdown or enum, as the schema describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChoiceInfo {
    /// The value on the wire.
    pub name: &'static str,
    /// The name for people.
    pub label: &'static str,
    /// A colour such as `#ed6a5a`; empty where the schema has none.
    pub color: &'static str,
    /// What the choice means; empty where the schema does not say.
    pub description: &'static str,
}

impl ChoiceInfo {
    /// For generated code.
    pub const fn new(
        name: &'static str,
        label: &'static str,
        color: &'static str,
        description: &'static str,
    ) -> Self {
        Self { name, label, color, description }
    }
}

/// A generated enum over the choices of an attribute. A choice that the server learned later decodes
/// to its `Other` variant, so it breaks no program.
pub trait Choice: Sized + Clone + Eq + Send + 'static {
    /// The choices that the schema had when the code was generated, sorted by name.
    const CHOICES: &'static [ChoiceInfo];

    /// The value on the wire.
    fn as_str(&self) -> &str;

    /// The choice of this name, or `Other`.
    fn from_name(name: &str) -> Self;

    /// Label, colour and description; `None` for a choice that the schema did not have.
    fn info(&self) -> Option<&'static ChoiceInfo> {
        Self::CHOICES.iter().find(|choice| choice.name == self.as_str())
    }
}

#[diagnostic::do_not_recommend]
impl<C: Choice + serde::Serialize + serde::de::DeserializeOwned> AttributeValue for C {
    fn from_wire(value: Wire<'_>) -> Result<Self, String> {
        Ok(C::from_name(&value.text("the name of a choice")?))
    }
}
#[diagnostic::do_not_recommend]
impl<C: AttributeValue + Choice> Filterable for C {}

/// Implements what every generated choice enum shares; generated code calls it.
#[macro_export]
#[doc(hidden)]
macro_rules! __choice {
    ($choice:ident) => {
        impl ::std::convert::From<&str> for $choice {
            fn from(name: &str) -> Self {
                $crate::value::Choice::from_name(name)
            }
        }

        impl ::std::fmt::Display for $choice {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str($crate::value::Choice::as_str(self))
            }
        }

        impl $crate::__private::serde::Serialize for $choice {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::value::Choice::as_str(self))
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $choice {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::deserialize_choice(deserializer)
            }
        }
    };
}
