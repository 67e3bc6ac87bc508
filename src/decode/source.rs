//! An object as it is parsed, whatever parses it.
//!
//! What a program reads is compiled once for each of its types, so the types know nothing of the parser: they
//! are given a [`Source`] to ask. What a parser makes of its questions is compiled once.

use super::field::Field;
use super::{PeerFields, Wire, known_hfid};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// Reading failed. The source keeps why.
#[derive(Debug)]
pub struct Failed(());

/// Takes a value, or says why it does not fit.
pub type Take<'t, 'de> = &'t mut dyn FnMut(Wire<'de>) -> Result<(), String>;

/// Reads an object.
pub type Read<'r, 'de> = &'r mut dyn FnMut(&mut dyn Source<'de>) -> Result<(), Failed>;

/// The fields of one object, in the order in which they arrive: after each name its value must be read by one
/// of the other methods.
pub trait Source<'de> {
    /// The name of the next field; `None` after the last.
    fn next_name(&mut self) -> Result<Option<&'de str>, Failed>;

    /// A value; whether there was one, or null.
    fn value(&mut self, take: Take<'_, 'de>) -> Result<bool, Failed>;

    /// The value in `{"value": …}`; whether there was one, or null. Null is an error where `mandatory` says why.
    fn attribute(&mut self, mandatory: Option<&'static str>, take: Take<'_, 'de>) -> Result<bool, Failed>;

    /// The peer in `{"node": …}`. Null is an error where `mandatory` says why.
    fn peer(&mut self, mandatory: Option<&'static str>) -> Result<Option<PeerFields>, Failed>;

    /// A text that may be null.
    fn text(&mut self) -> Result<Option<String>, Failed>;

    /// A human-friendly id that may be null or, where the server does not know it, empty.
    fn hfid(&mut self) -> Result<Option<Vec<String>>, Failed>;

    /// An object; whether there was one, or null.
    fn object(&mut self, read: Read<'_, 'de>) -> Result<bool, Failed>;

    /// A list of objects, none of which may be null; for null itself an empty list. `read` reads each.
    fn list(&mut self, read: Read<'_, 'de>) -> Result<(), Failed>;

    /// Leaves out a value.
    fn skip(&mut self) -> Result<(), Failed>;

    /// Says why the object is not what it should be.
    fn fail(&mut self, reason: String) -> Failed;
}

/// Lets `read` read what a deserializer has; `None` for null.
pub(crate) fn read_object<'de, D: Deserializer<'de>>(
    deserializer: D,
    read: Read<'_, 'de>,
) -> Result<bool, D::Error> {
    ObjectOf(read).deserialize(deserializer)
}

/// The source that a parser of serde is.
struct Parsed<'de, A: MapAccess<'de>> {
    map: A,
    error: Option<A::Error>,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> Parsed<'de, A> {
    fn kept<T>(&mut self, result: Result<T, A::Error>) -> Result<T, Failed> {
        result.map_err(|error| {
            self.error = Some(error);
            Failed(())
        })
    }

    fn seeded<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failed> {
        let result = self.map.next_value_seed(seed);
        self.kept(result)
    }
}

impl<'de, A: MapAccess<'de>> Source<'de> for Parsed<'de, A> {
    fn next_name(&mut self) -> Result<Option<&'de str>, Failed> {
        let name = self.map.next_key();
        self.kept(name)
    }

    fn value(&mut self, take: Take<'_, 'de>) -> Result<bool, Failed> {
        self.seeded(ValueOf(take))
    }

    fn attribute(&mut self, mandatory: Option<&'static str>, take: Take<'_, 'de>) -> Result<bool, Failed> {
        self.seeded(Field { name: "value", mandatory, seed: ValueOf(take) })
    }

    fn peer(&mut self, mandatory: Option<&'static str>) -> Result<Option<PeerFields>, Failed> {
        let mut peer = None;
        self.seeded(Field { name: "node", mandatory, seed: Place(&mut peer) })?;
        Ok(peer)
    }

    fn text(&mut self) -> Result<Option<String>, Failed> {
        self.seeded(PhantomData)
    }

    fn hfid(&mut self) -> Result<Option<Vec<String>>, Failed> {
        self.seeded(PhantomData).map(known_hfid)
    }

    fn object(&mut self, read: Read<'_, 'de>) -> Result<bool, Failed> {
        self.seeded(ObjectOf(read))
    }

    fn list(&mut self, read: Read<'_, 'de>) -> Result<(), Failed> {
        self.seeded(ListOf(read))
    }

    fn skip(&mut self) -> Result<(), Failed> {
        self.seeded(PhantomData::<IgnoredAny>).map(|_| ())
    }

    fn fail(&mut self, reason: String) -> Failed {
        self.error = Some(A::Error::custom(reason));
        Failed(())
    }
}

struct ObjectOf<'r, 'de>(Read<'r, 'de>);

impl<'de> DeserializeSeed<'de> for ObjectOf<'_, 'de> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectOf<'_, 'de> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        let mut source = Parsed { map, error: None, lifetime: PhantomData };
        match (self.0)(&mut source) {
            Ok(()) => Ok(true),
            Err(Failed(())) => {
                Err(source.error.unwrap_or_else(|| A::Error::custom("the object was not read")))
            }
        }
    }
}

struct ListOf<'r, 'de>(Read<'r, 'de>);

impl<'de> DeserializeSeed<'de> for ListOf<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ListOf<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(is_object) = list.next_element_seed(ObjectOf(&mut *self.0))? {
            if !is_object {
                return Err(S::Error::custom("null in a list of objects"));
            }
        }
        Ok(())
    }
}

struct ValueOf<'t, 'de>(Take<'t, 'de>);

impl<'de> DeserializeSeed<'de> for ValueOf<'_, 'de> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueOf<'_, 'de> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        taken(self.0, Wire::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        taken(self.0, Wire::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        taken(self.0, i64::try_from(value).map_or_else(|_| Wire::Json(value.into()), Wire::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        taken(self.0, Wire::Json(value.into()))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<bool, E> {
        taken(self.0, Wire::Text(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
        taken(self.0, Wire::Text(value.to_owned().into()))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, list: S) -> Result<bool, S::Error> {
        let list = Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(list))?;
        taken(self.0, Wire::Json(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<bool, A::Error> {
        // A number is one too where `serde_json` was built to keep all digits.
        let json = Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(object))?;
        Wire::of(json).map_or(Ok(false), |value| taken(self.0, value))
    }
}

fn taken<'de, E: Error>(take: Take<'_, 'de>, value: Wire<'de>) -> Result<bool, E> {
    take(value).map(|()| true).map_err(E::custom)
}

/// Puts a value where it is wanted; whether there was one, or null.
struct Place<'p, T>(&'p mut Option<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Place<'_, T> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        *self.0 = Option::deserialize(deserializer)?;
        Ok(self.0.is_some())
    }
}
