//! The Rust types of attribute values, one for each attribute kind.

mod choice;
mod date_time;
mod ip;
mod mac;
mod password;

pub use choice::{Choice, ChoiceInfo};
pub use date_time::DateTime;
pub use ip::{IpHost, IpNetwork};
pub use mac::MacAddress;
pub use password::Password;
/// Any JSON value: what `JSON` and `Any` attributes hold.
pub use serde_json::Value as Json;

use crate::decode::Wire;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

/// A type that an attribute's value can have.
pub trait AttributeValue: Serialize + DeserializeOwned + Send + 'static {
    /// The value in an answer, or why it is none.
    #[doc(hidden)]
    fn from_wire(value: Wire<'_>) -> Result<Self, String>;
}

/// A value that the server can compare in a filter. JSON, lists and times are not among them: a filter by the value of a
/// time fails there, so read the objects and compare.
#[diagnostic::on_unimplemented(
    message = "the server cannot filter by a value of type `{Self}`",
    note = "for a list attribute use `.contains(element)`; a time is compared after it was read"
)]
pub trait Filterable: AttributeValue {}

/// A list value whose elements are of type `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list that may contain a `{E}`",
    note = "`.contains(element)` is for list attributes; for a part of a text ask the request for `.partial_match()`"
)]
pub trait Element<E>: AttributeValue {}

macro_rules! values {
    ($($type:ty: |$value:ident| $read:expr;)*) => {$(
        impl AttributeValue for $type {
            fn from_wire($value: Wire<'_>) -> Result<Self, String> {
                $read
            }
        }
    )*};
}
values! {
    String: |value| Ok(value.text("a string")?.into_owned());
    DateTime: |value| Ok(DateTime::from_text(value.text("a string")?));
    Password: |value| Ok(Password::new(value.text("a string")?));
    IpHost: |value| parsed(&value.text("a text")?);
    IpNetwork: |value| parsed(&value.text("a text")?);
    IpAddr: |value| parsed(&value.text("an IP address")?);
    MacAddress: |value| parsed(&value.text("a text")?);
    i64: |value| match value {
        Wire::Integer(number) => Ok(number),
        other => Err(other.is_not("i64")),
    };
    bool: |value| match value {
        Wire::Boolean(truth) => Ok(truth),
        other => Err(other.is_not("a boolean")),
    };
    Vec<Json>: |value| match value {
        Wire::Json(Json::Array(list)) => Ok(list),
        other => Err(other.is_not("a sequence")),
    };
    Json: |value| Ok(value.into());
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

macro_rules! filterable {
    ($($type:ty),*) => {$(
        impl Filterable for $type {}
    )*};
}
filterable!(String, i64, bool, IpHost, IpNetwork, IpAddr, MacAddress, Password);

macro_rules! elements {
    ($($type:ty),*) => {$(
        impl Element<$type> for Vec<Json> {}
    )*};
}
elements!(&str, String, i64, bool);
