//! The wrapper of a value: an object of which one field matters.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Reads the one field `name` of an object, which may be null, and ignores the others. It gives what `seed`
/// gives: whether there was a value.
pub(super) struct Field<S> {
    pub(super) name: &'static str,
    /// Why null is an error, if it is. It is said where the object ends, so that its path is known.
    pub(super) mandatory: Option<&'static str>,
    pub(super) seed: S,
}

fn checked<E: Error>(is_there: bool, mandatory: Option<&'static str>) -> Result<bool, E> {
    match mandatory {
        Some(reason) if !is_there => Err(E::custom(reason)),
        _ => Ok(is_there),
    }
}

impl<'de, S: DeserializeSeed<'de, Value = bool>> DeserializeSeed<'de> for Field<S> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: DeserializeSeed<'de, Value = bool>> Visitor<'de> for Field<S> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.name)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        checked(false, self.mandatory)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut seed = Some(self.seed);
        let mut is_there = false;
        while let Some(name) = map.next_key::<&str>()? {
            match seed.take_if(|_| name == self.name) {
                Some(seed) => is_there = map.next_value_seed(seed)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        checked(is_there, self.mandatory)
    }
}
