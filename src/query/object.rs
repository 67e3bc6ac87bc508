//! Objects that are read in parts: fragments may have fields in common, and the kind decides the type.

use crate::{envelope, json_path};
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// An object that generated code reads in parts, each from the whole.
#[derive(Debug)]
pub struct Object {
    text: String,
}

/// A part that does not fit: where inside the object, and why.
#[derive(Debug)]
pub struct Mismatch {
    path: String,
    reason: String,
}

/// The kind of an object.
#[derive(Deserialize)]
struct Typename {
    #[serde(rename = "__typename")]
    typename: String,
}

impl Object {
    /// Reads an object by its parts.
    ///
    /// # Errors
    /// What the deserializer meets, and what `parts` says; the path of that is known because it is said where
    /// the object ends.
    pub fn read<'de, D, T>(
        deserializer: D,
        parts: impl FnOnce(&Self) -> Result<T, Mismatch>,
    ) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
    {
        struct InParts<T, F>(F, PhantomData<T>);

        impl<'de, T, F: FnOnce(&Object) -> Result<T, Mismatch>> Visitor<'de> for InParts<T, F> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
                let mut text = String::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value = map.next_value::<Box<RawValue>>()?;
                    // No field has any other name.
                    if key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                        text.push_str(if text.is_empty() { "{\"" } else { ",\"" });
                        text.push_str(&key);
                        text.push_str("\":");
                        text.push_str(value.get());
                    }
                }
                text.push_str(if text.is_empty() { "{}" } else { "}" });
                (self.0)(&Object { text }).map_err(|mismatch| A::Error::custom(mismatch.to_string()))
            }
        }

        deserializer.deserialize_map(InParts(parts, PhantomData))
    }

    /// The fields that `T` has.
    ///
    /// # Errors
    /// That they do not fit.
    pub fn part<T: DeserializeOwned>(&self) -> Result<T, Mismatch> {
        serde_json::from_str(&self.text).map_err(|error| {
            let path = json_path::at(&self.text, error.line(), error.column());
            let (path, reason) = inside(&path, &envelope::without_value(&error.to_string()));
            Mismatch { path, reason }
        })
    }

    /// The name of its kind.
    ///
    /// # Errors
    /// That there is none.
    pub fn kind(&self) -> Result<String, Mismatch> {
        self.part().map(|Typename { typename }| typename)
    }
}

const MARK: &str = "in `";
const CLOSE: &str = "`: ";

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}{CLOSE}{}", self.path, self.reason)
    }
}

/// The path and reason of an error, of which the end of the path may stand in the reason, where an object was
/// read in parts.
pub(crate) fn inside(path: &str, reason: &str) -> (String, String) {
    let Some((end, reason)) = reason.strip_prefix(MARK).and_then(|reason| reason.split_once(CLOSE)) else {
        return (path.to_owned(), reason.to_owned());
    };
    let dot = if path.is_empty() || end.is_empty() || end.starts_with('[') { "" } else { "." };
    (format!("{path}{dot}{end}"), reason.to_owned())
}
