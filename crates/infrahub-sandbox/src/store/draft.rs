//! Values of an object that is being written.

use super::catalogue::Catalogue;
use super::input::ValueInput;
use super::record::{Metadata, Stored};
use super::{NodeId, Refused, python, value};
use infrahub_schema::{Attribute, AttributeKind};
use serde_json::Value;

/// The value of an attribute of a new object.
pub(crate) fn first(
    catalogue: &Catalogue,
    kind: &str,
    attribute: &Attribute,
    input: Option<&ValueInput>,
    id: NodeId,
    metadata: Metadata,
) -> Result<Stored, Refused> {
    let given = input.and_then(|input| input.value.as_ref()).filter(|value| !value.is_null());
    let value = match given {
        Some(given) => value::accept(catalogue, kind, attribute, given)?,
        None => value::default(attribute),
    };
    Ok(Stored {
        id,
        is_default: input.is_none() || given.is_none() && !value.is_null(),
        value,
        is_from_profile: input.is_some_and(|input| input.is_from_profile),
        is_protected: input.and_then(|input| input.is_protected).unwrap_or_default(),
        source: input.and_then(|input| input.source),
        owner: input.and_then(|input| input.owner),
        metadata,
    })
}

/// The value of an attribute as the server loads it before it changes it: a null that has a default is the default.
pub(crate) fn loaded(attribute: &Attribute, stored: &Stored) -> Stored {
    let mut loaded = stored.clone();
    if loaded.value.is_null() && attribute.default_value.is_some() {
        loaded.value = value::default(attribute);
        loaded.is_default = true;
    }
    loaded
}

/// Changes a loaded value as an update says. `number` is what a pool gave for it, and the pool.
pub(crate) fn change(
    catalogue: &Catalogue,
    kind: &str,
    attribute: &Attribute,
    input: &ValueInput,
    number: Option<(i64, NodeId)>,
    stored: &mut Stored,
) -> Result<(), Refused> {
    let before = stored.value.clone();
    if let Some(given) = &input.value {
        stored.value = match given {
            Value::Null => Value::Null,
            given => value::accept(catalogue, kind, attribute, given)
                .map_err(|refused| as_enum_error(attribute, given, refused))?,
        };
    }
    if let Some((number, pool)) = number {
        stored.value = number.into();
        stored.source = Some(pool);
    }
    if stored.is_from_profile && (stored.value != before || number.is_some()) {
        stored.is_from_profile = false;
        stored.source = None;
    }
    if input.to_default && !stored.is_default {
        stored.is_default = true;
        if input.value.is_none() {
            stored.value = value::default(attribute);
        }
    }
    stored.is_protected = input.is_protected.unwrap_or(stored.is_protected);
    stored.source = input.source.or(stored.source);
    stored.owner = input.owner.or(stored.owner);
    stored.is_default &= stored.value == value::default(attribute);
    Ok(())
}

/// An update to a value that is none of those allowed fails in Python's own words.
fn as_enum_error(attribute: &Attribute, given: &Value, refused: Refused) -> Refused {
    let is_allowed = attribute.allowed_values.as_ref().is_none_or(|allowed| allowed.contains(given));
    if is_allowed || attribute.kind == AttributeKind::Dropdown {
        return refused;
    }
    let name = python::title(&attribute.name);
    Refused::failure(format!("{} is not a valid {name}Enum", python::repr(given)))
}

/// Whether a mandatory attribute would be left without a value.
pub(crate) fn refuse_null(kind: &str, attribute: &Attribute, value: &Value) -> Option<Refused> {
    let is_missing = value.is_null() && !attribute.optional;
    let sentence = || format!("A value must be provided for {}", attribute.name);
    is_missing.then(|| Refused::rule(kind, &attribute.name, sentence()))
}
