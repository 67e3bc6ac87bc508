//! Filters and orders: a name, a GraphQL type and a value that travels as a variable.

use crate::kind::Kind;
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
#[derive(Debug, Clone)]
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

impl<K> Order<K> {
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, descending: bool) -> Self {
        let direction = if descending { "DESC" } else { "ASC" };
        Self { field: OrderField { field: field.into(), direction }, kind: PhantomData }
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
