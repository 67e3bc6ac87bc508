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

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::IpAddr;

/// A type that an attribute's value can have.
pub trait AttributeValue: Serialize + DeserializeOwned + Send + 'static {}

/// A value that the server can compare in a filter. JSON and lists are not among them.
#[diagnostic::on_unimplemented(
    message = "the server cannot filter by a value of type `{Self}`",
    note = "for a list attribute use `.contains(element)`"
)]
pub trait Filterable: AttributeValue {}

/// A list value whose elements are of type `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list that may contain a `{E}`",
    note = "`.contains(element)` is for list attributes; for a part of a text ask the request for `.partial_match()`"
)]
pub trait Element<E>: AttributeValue {}

macro_rules! values {
    ($($type:ty),*) => {$(
        impl AttributeValue for $type {}
    )*};
}
values!(String, i64, bool, DateTime, IpHost, IpNetwork, IpAddr, MacAddress, Password, Vec<Json>, Json);

macro_rules! filterable {
    ($($type:ty),*) => {$(
        impl Filterable for $type {}
    )*};
}
filterable!(String, i64, bool, DateTime, IpHost, IpNetwork, IpAddr, MacAddress, Password);

macro_rules! elements {
    ($($type:ty),*) => {$(
        impl Element<$type> for Vec<Json> {}
    )*};
}
elements!(&str, String, i64, bool);
