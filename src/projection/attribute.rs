//! Attributes in projections: the value alone, or with its metadata.

use super::Selection;
use super::metadata::{read_origin, read_value};
use crate::column::{Attribute, Mandatory, Optional};
use crate::decode::{Failed, NO_VALUE, Reader};
use crate::id::Related;
use crate::kind::{AnyNode, Kind};
use crate::value::{AttributeValue, DateTime};

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

impl<T: AttributeValue> Attr<Option<T>> {
    /// Reads the attribute; null is an error for the reason given.
    fn read(object: &mut Reader<'_, '_>, null: &str, missing: Option<&str>) -> Result<Self, Failed> {
        let mut attribute = Self {
            value: None,
            is_default: None,
            is_from_profile: None,
            is_protected: None,
            source: None,
            owner: None,
            updated_at: None,
            updated_by: None,
        };
        let is_there = object.source().object(&mut |fields| {
            while let Some(name) = fields.next_name()? {
                match name {
                    "value" => attribute.value = read_value(fields)?,
                    "is_default" => attribute.is_default = read_value(fields)?,
                    "is_from_profile" => attribute.is_from_profile = read_value(fields)?,
                    "is_protected" => attribute.is_protected = read_value(fields)?,
                    "source" => attribute.source = read_origin(fields)?,
                    "owner" => attribute.owner = read_origin(fields)?,
                    "updated_at" => attribute.updated_at = read_value(fields)?,
                    "updated_by" => attribute.updated_by = read_origin(fields)?,
                    _ => fields.skip()?,
                }
            }
            // It is said where the object ends, so that its path is known.
            match missing {
                Some(why) if attribute.value.is_none() => Err(fields.fail(why.to_owned())),
                _ => Ok(()),
            }
        })?;
        if is_there { Ok(attribute) } else { Err(object.source().fail(null.to_owned())) }
    }

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
    fn read(object: &mut Reader<'_, '_>) -> Result<Self, Failed>;
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadMandatory<T> for T {
    fn fields() -> &'static str {
        "value"
    }

    fn read(object: &mut Reader<'_, '_>) -> Result<Self, Failed> {
        let mut value = None;
        object.value(&mut value)?;
        object.given("value", value)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadMandatory<T> for Attr<T> {
    fn fields() -> &'static str {
        WITH_METADATA
    }

    fn read(object: &mut Reader<'_, '_>) -> Result<Self, Failed> {
        let attribute = Attr::<Option<T>>::read(object, NO_VALUE, Some(NO_VALUE))?;
        object.given("value", attribute.transposed())
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
    fn read(object: &mut Reader<'_, '_>) -> Result<Self, Failed>;
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadOptional<T> for Option<T> {
    fn fields() -> &'static str {
        "value"
    }

    fn read(object: &mut Reader<'_, '_>) -> Result<Self, Failed> {
        let mut value = None;
        object.optional_value(&mut value)?;
        Ok(value.flatten())
    }
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue> ReadOptional<T> for Attr<Option<T>> {
    fn fields() -> &'static str {
        WITH_METADATA
    }

    fn read(object: &mut Reader<'_, '_>) -> Result<Self, Failed> {
        Attr::read(object, "the server sent null for the attribute with its metadata", None)
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

            pub fn read_as<F: $read<T>>(self, object: &mut Reader<'_, '_>) -> Result<F, Failed> {
                F::read(object)
            }
        }
    };
}
attribute_of_projection!(Mandatory: ReadMandatory);
attribute_of_projection!(Optional: ReadOptional);
