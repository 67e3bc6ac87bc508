//! Attributes in projections: the value alone, or with its metadata.

use super::Selection;
use super::metadata::{Account, Origin};
use crate::column::{Attribute, Mandatory, Optional};
use crate::decode::{NO_VALUE, Reader, given};
use crate::id::Related;
use crate::kind::{AnyNode, Kind};
use crate::value::{AttributeValue, DateTime};
use serde::de::{Error, MapAccess};
use serde::{Deserialize, Deserializer};

/// The value of an attribute with its metadata, where a struct asks for both.
///
/// `Attr<T>` for a mandatory attribute, `Attr<Option<T>>` for one that may be null.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Attr<T> {
    /// The value.
    pub value: T,
    /// Whether it is the schema's default. `None` where the server does not say.
    pub is_default: Option<bool>,
    /// Whether it comes from a profile.
    pub is_from_profile: Option<bool>,
    /// Whether only its owner may change it.
    pub is_protected: Option<bool>,
    /// Where it comes from: a profile, a pool, an account, a repository, …
    pub source: Option<Related<AnyNode>>,
    /// Who owns it.
    pub owner: Option<Related<AnyNode>>,
    /// When it was last changed.
    pub updated_at: Option<DateTime>,
    /// The account that last changed it.
    pub updated_by: Option<Related<AnyNode>>,
}

const WITH_METADATA: &str = "value is_default is_from_profile is_protected \
    source { id hfid display_label __typename } owner { id hfid display_label __typename } \
    updated_at updated_by { id hfid display_label __typename }";

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Fields<T> {
    value: Option<T>,
    is_default: Option<bool>,
    is_from_profile: Option<bool>,
    is_protected: Option<bool>,
    source: Option<Origin>,
    owner: Option<Origin>,
    updated_at: Option<DateTime>,
    updated_by: Option<Account>,
}

impl<T> Fields<T> {
    fn with<V>(self, value: impl FnOnce(Option<T>) -> V) -> Attr<V> {
        Attr {
            value: value(self.value),
            is_default: self.is_default,
            is_from_profile: self.is_from_profile,
            is_protected: self.is_protected,
            source: self.source.and_then(Origin::into_related),
            owner: self.owner.and_then(Origin::into_related),
            updated_at: self.updated_at,
            updated_by: self.updated_by.and_then(Origin::into_related),
        }
    }
}

/// An attribute that is read although its value is missing, so that the error stands at its place.
struct Given<T>(Attr<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::<T>::deserialize(deserializer)?;
        let attribute = fields.with(|value| value);
        attribute.transposed().map(Self).ok_or_else(|| D::Error::custom(NO_VALUE))
    }
}

impl<T> Attr<Option<T>> {
    /// The same attribute with its value, if it has one.
    pub fn transposed(self) -> Option<Attr<T>> {
        let value = self.value?;
        Some(Attr {
            value,
            is_default: self.is_default,
            is_from_profile: self.is_from_profile,
            is_protected: self.is_protected,
            source: self.source,
            owner: self.owner,
            updated_at: self.updated_at,
            updated_by: self.updated_by,
        })
    }
}

/// A field that a mandatory attribute with values of type `T` can be read as.
#[diagnostic::on_unimplemented(
    message = "this attribute holds a `{T}` and is never null",
    label = "read it as `{T}`, or as `Attr<{T}>` with its metadata",
    note = "found `{Self}`"
)]
pub trait ReadMandatory<T>: Sized {
    #[doc(hidden)]
    fn fields() -> &'static str;

    #[doc(hidden)]
    fn read<'de, A: MapAccess<'de>>(object: &mut Reader<'_, A>) -> Result<Self, A::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadMandatory<T> for T {
    fn fields() -> &'static str {
        "value"
    }

    fn read<'de, A: MapAccess<'de>>(object: &mut Reader<'_, A>) -> Result<Self, A::Error> {
        given("value", object.value()?)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadMandatory<T> for Attr<T> {
    fn fields() -> &'static str {
        WITH_METADATA
    }

    fn read<'de, A: MapAccess<'de>>(object: &mut Reader<'_, A>) -> Result<Self, A::Error> {
        let given: Option<Given<T>> = object.any()?;
        given.map(|given| given.0).ok_or_else(|| A::Error::custom(NO_VALUE))
    }
}

/// A field that an attribute that may be null, with values of type `T`, can be read as.
#[diagnostic::on_unimplemented(
    message = "this attribute holds a `{T}` and may be null",
    label = "read it as `Option<{T}>`, or as `Attr<Option<{T}>>` with its metadata",
    note = "found `{Self}`"
)]
pub trait ReadOptional<T>: Sized {
    #[doc(hidden)]
    fn fields() -> &'static str;

    #[doc(hidden)]
    fn read<'de, A: MapAccess<'de>>(object: &mut Reader<'_, A>) -> Result<Self, A::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadOptional<T> for Option<T> {
    fn fields() -> &'static str {
        "value"
    }

    fn read<'de, A: MapAccess<'de>>(object: &mut Reader<'_, A>) -> Result<Self, A::Error> {
        object.optional_value().map(Option::flatten)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadOptional<T> for Attr<Option<T>> {
    fn fields() -> &'static str {
        WITH_METADATA
    }

    fn read<'de, A: MapAccess<'de>>(object: &mut Reader<'_, A>) -> Result<Self, A::Error> {
        let fields: Option<Fields<T>> = object.any()?;
        let fields = fields
            .ok_or_else(|| A::Error::custom("the server sent null for the attribute with its metadata"))?;
        Ok(fields.with(|value| value))
    }
}

fn select(selection: &mut Selection, response: &str, name: &str, fields: &str) {
    selection.push_field(response, name);
    selection.push("{");
    selection.push(fields);
    selection.push("}");
}

macro_rules! attribute_of_projection {
    ($presence:ident: $read:ident) => {
        /// For the derive of `Projection`.
        #[doc(hidden)]
        impl<K: Kind, T: AttributeValue> Attribute<K, T, $presence> {
            pub fn select_as<F: $read<T>>(self, selection: &mut Selection, response: &str) {
                select(selection, response, self.name(), F::fields());
            }

            pub fn read_as<'de, F: $read<T>, A: MapAccess<'de>>(
                self,
                object: &mut Reader<'_, A>,
            ) -> Result<F, A::Error> {
                F::read(object)
            }
        }
    };
}
attribute_of_projection!(Mandatory: ReadMandatory);
attribute_of_projection!(Optional: ReadOptional);
