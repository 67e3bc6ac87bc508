//! What a field that is left out means; the values are those of Infrahub's own schema format.

use crate::{Cardinality, Direction, Flavour, RelationshipKind};
use serde::{Deserialize, Deserializer};

pub(crate) fn aware() -> String {
    "aware".to_owned()
}

pub(crate) fn yes() -> bool {
    true
}

pub(crate) fn node() -> Flavour {
    Flavour::Node
}

pub(crate) fn generic() -> RelationshipKind {
    RelationshipKind::Generic
}

pub(crate) fn many() -> Cardinality {
    Cardinality::Many
}

pub(crate) fn bidirectional() -> Direction {
    Direction::Bidirectional
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

pub(crate) fn is_zero(value: &i64) -> bool {
    *value == 0
}

/// Reads a value for which some servers send `null` where they mean that it is not set.
pub(crate) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
