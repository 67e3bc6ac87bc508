//! Filters and orders: a name, a GraphQL type and a value that travels as a variable.

use crate::id::Id;
use crate::kind::{HumanFriendlyId, Kind};
use crate::value::DateTime;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::marker::PhantomData;

/// A condition on the objects of kind `K`. Several conditions must all hold.
pub struct Filter<K> {
    pub(crate) argument: Argument,
    kind: PhantomData<fn() -> K>,
}

/// One argument of a root field: `name__value: $name__value`.
#[derive(Clone)]
pub(crate) struct Argument {
    /// The argument's name, which is the variable's name too.
    pub(crate) name: Cow<'static, str>,
    /// The scalar of the variable's type.
    pub(crate) scalar: &'static str,
    /// Whether the type is a list of the scalar.
    pub(crate) list: bool,
    /// The value, as JSON.
    pub(crate) value: Box<RawValue>,
}

impl Argument {
    /// The same condition on the peers of a relationship, where the server knows fewer filters, and leaves out one
    /// whose single value is false, zero or empty: a list of that value it respects.
    ///
    /// # Errors
    /// Why the server cannot filter so.
    pub(crate) fn of_peers(self) -> Result<Self, String> {
        let parts: Vec<&str> = self.name.split("__").collect();
        match parts[..] {
            ["any" | "hfid" | "node_metadata", ..] => {}
            [attribute, "value"] => {
                let value = to_json(&[&self.value]);
                let name = Cow::Owned(format!("{attribute}__values"));
                return Ok(Self { name, scalar: self.scalar, list: true, value });
            }
            [_, "is_protected"] if self.value.get() != "true" => {}
            ["ids"] | [_, "values" | "is_protected"] | [_, "source" | "owner", "id"] => {
                return Ok(self.clone());
            }
            _ => {}
        }
        Err(format!(
            "the server has no filter `{}: {}` on the peers of a relationship: read the peers with `client.all` and filter those, or filter what was read",
            self.name,
            if self.name.ends_with("is_protected") { self.value.get() } else { "…" },
        ))
    }

    /// The type of its variable.
    pub(crate) fn graphql_type(&self) -> String {
        if self.list { format!("[{}]", self.scalar) } else { self.scalar.to_owned() }
    }
}

impl std::fmt::Debug for Argument {
    /// Shows the name, never the value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// Turns a value of our own types into JSON text; they have no way to fail.
pub(crate) fn to_json(value: &(impl Serialize + ?Sized)) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

impl<K> Filter<K> {
    pub(crate) fn single(
        name: impl Into<Cow<'static, str>>,
        scalar: &'static str,
        value: &(impl Serialize + ?Sized),
    ) -> Self {
        Self::new(name.into(), scalar, false, to_json(value))
    }

    pub(crate) fn list(
        name: impl Into<Cow<'static, str>>,
        scalar: &'static str,
        values: &(impl Serialize + ?Sized),
    ) -> Self {
        Self::new(name.into(), scalar, true, to_json(values))
    }

    fn new(name: Cow<'static, str>, scalar: &'static str, list: bool, value: Box<RawValue>) -> Self {
        Self { argument: Argument { name, scalar, list, value }, kind: PhantomData }
    }
}

impl<K: Kind> Filter<K> {
    /// Objects with one of these ids. An empty list matches nothing, and an unknown id is just absent.
    pub fn ids(ids: impl IntoIterator<Item = Id<K>>) -> Self {
        Self::list("ids", "ID", &ids.into_iter().collect::<Vec<_>>())
    }

    /// The object of this human-friendly id.
    pub fn hfid<S: Into<String>>(parts: K::Parts<S>) -> Self
    where
        K: HumanFriendlyId,
    {
        let parts: Vec<String> = parts.into_iter().map(Into::into).collect();
        Self::list("hfid", "String", &parts)
    }

    /// Objects with an attribute of their own, any, that has this value.
    pub fn any(value: impl Into<String>) -> Self {
        Self::single("any__value", "String", &value.into())
    }

    /// Objects with an attribute of their own, any, that has one of these values.
    pub fn any_in<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        Self::list("any__values", "String", &values)
    }

    /// Objects created before this time.
    pub fn created_before(time: Timestamp) -> Self {
        Self::at("node_metadata__created_at__before", time)
    }

    /// Objects created after this time.
    pub fn created_after(time: Timestamp) -> Self {
        Self::at("node_metadata__created_at__after", time)
    }

    /// Objects last changed before this time.
    pub fn updated_before(time: Timestamp) -> Self {
        Self::at("node_metadata__updated_at__before", time)
    }

    /// Objects last changed after this time.
    pub fn updated_after(time: Timestamp) -> Self {
        Self::at("node_metadata__updated_at__after", time)
    }

    /// Objects created by one of these accounts.
    pub fn created_by<A>(accounts: impl IntoIterator<Item = Id<A>>) -> Self {
        Self::list("node_metadata__created_by__ids", "ID", &accounts.into_iter().collect::<Vec<_>>())
    }

    /// Objects last changed by one of these accounts.
    pub fn updated_by<A>(accounts: impl IntoIterator<Item = Id<A>>) -> Self {
        Self::list("node_metadata__updated_by__ids", "ID", &accounts.into_iter().collect::<Vec<_>>())
    }

    fn at(name: &'static str, time: Timestamp) -> Self {
        Self::single(name, "DateTime", &DateTime::from(time))
    }
}

impl<K> Clone for Filter<K> {
    fn clone(&self) -> Self {
        Self { argument: self.argument.clone(), kind: PhantomData }
    }
}

impl<K: Kind> std::fmt::Debug for Filter<K> {
    /// Shows the name of the argument, never its value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filter({}.{})", K::KIND, self.argument.name)
    }
}

/// One field to order the objects of kind `K` by.
pub struct Order<K> {
    pub(crate) field: OrderField,
    kind: PhantomData<fn() -> K>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct OrderField {
    field: Cow<'static, str>,
    direction: &'static str,
}

/// `order: {by: […]}`.
pub(crate) fn order_argument(by: &[OrderField]) -> Argument {
    #[derive(Serialize)]
    struct By<'a> {
        by: &'a [OrderField],
    }

    Argument { name: Cow::Borrowed("order"), scalar: "OrderInput", list: false, value: to_json(&By { by }) }
}

impl<K> Order<K> {
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, descending: bool) -> Self {
        let direction = if descending { "DESC" } else { "ASC" };
        Self { field: OrderField { field: field.into(), direction }, kind: PhantomData }
    }
}

impl<K: Kind> Order<K> {
    /// Oldest first.
    pub fn created_at() -> Self {
        Self::new("node_metadata__created_at", false)
    }

    /// Newest first.
    pub fn created_at_desc() -> Self {
        Self::new("node_metadata__created_at", true)
    }

    /// Longest unchanged first.
    pub fn updated_at() -> Self {
        Self::new("node_metadata__updated_at", false)
    }

    /// Last changed first.
    pub fn updated_at_desc() -> Self {
        Self::new("node_metadata__updated_at", true)
    }
}

impl<K> Clone for Order<K> {
    fn clone(&self) -> Self {
        Self { field: self.field.clone(), kind: PhantomData }
    }
}

impl<K: Kind> std::fmt::Debug for Order<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Order({}.{} {})", K::KIND, self.field.field, self.field.direction)
    }
}
