//! Typed columns: one constant for each attribute and relationship of a kind.

use crate::filter::{Filter, Order};
use crate::input::IntoValue;
use crate::kind::Kind;
use crate::projection::Selection;
use crate::value::{AttributeValue, Element, Filterable};
use std::borrow::Cow;
use std::marker::PhantomData;

/// An attribute of kind `K` whose values are of type `T`; `N` says whether it may be null.
pub struct Attribute<K, T, N = Mandatory> {
    name: &'static str,
    scalar: &'static str,
    types: Types<(K, T, N)>,
}

/// An attribute of a peer, seen from kind `K` across one relationship; `N` says whether it may be null, or that
/// there are [`Many`] peers.
pub struct PeerAttribute<K, T, N = Mandatory> {
    relationship: &'static str,
    peer: &'static str,
    attribute: &'static str,
    scalar: &'static str,
    types: Types<(K, T, N)>,
}

/// A relationship of kind `K` to at most one peer of kind `P`; `N` says whether there may be none.
pub struct ToOne<K, P, N = Mandatory> {
    name: &'static str,
    types: Types<(K, P, N)>,
}

/// A relationship of kind `K` to any number of peers of kind `P`; `A` says who writes it.
pub struct ToMany<K, P, A = Writable> {
    name: &'static str,
    types: Types<(K, P, A)>,
}

/// Types that a column only names.
type Types<T> = PhantomData<fn() -> T>;

/// Marks an attribute that is never null, or a relationship that always has a peer.
#[derive(Debug)]
pub enum Mandatory {}

/// Marks an attribute that may be null, or a relationship that may have no peer.
#[derive(Debug)]
pub enum Optional {}

/// Marks an attribute of peers of which an object may have many, so that it has no value of its own to read.
#[derive(Debug)]
pub enum Many {}

/// [`Mandatory`] or [`Optional`].
pub trait Presence: sealed::Sealed + 'static {
    /// Whether something is always there that may be missing itself (`N`) and belongs to what this marks.
    type And<N: Presence>: Presence;
}

impl Presence for Mandatory {
    type And<N: Presence> = N;
}

impl Presence for Optional {
    type And<N: Presence> = Optional;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Mandatory {}
    impl Sealed for super::Optional {}
}

/// Marks a relationship that clients may write.
#[derive(Debug)]
pub enum Writable {}

/// Marks a relationship that only the server writes.
#[derive(Debug)]
pub enum ReadOnly {}

/// All nodes above or below a node of kind `K` in a hierarchy whose generic is `P`. It can be read; the
/// server has no filters for it.
pub struct Hierarchy<K, P> {
    name: &'static str,
    types: PhantomData<fn() -> (K, P)>,
}

impl<K: Kind, P: Kind> Hierarchy<K, P> {
    /// For generated code: `ancestors` or `descendants`.
    pub const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }

    /// The name in the schema.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

macro_rules! copy {
    ($($column:ident<$($type:ident),*>),*) => {$(
        impl<$($type),*> Clone for $column<$($type),*> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<$($type),*> Copy for $column<$($type),*> {}
    )*};
}
copy!(Attribute<K, T, N>, PeerAttribute<K, T, N>, ToOne<K, P, N>, ToMany<K, P, A>, Hierarchy<K, P>);

macro_rules! debug {
    ($($column:ident<$kind:ident, $($type:ident),*>),*) => {$(
        impl<$kind: Kind, $($type),*> std::fmt::Debug for $column<$kind, $($type),*> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}.{}", $kind::KIND, self.name)
            }
        }
    )*};
}
debug!(Attribute<K, T, N>, ToOne<K, P, N>, ToMany<K, P, A>, Hierarchy<K, P>);

impl<K: Kind, T, N> std::fmt::Debug for PeerAttribute<K, T, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", K::KIND, self.relationship, self.attribute)
    }
}

impl<K: Kind, T: AttributeValue, N> Attribute<K, T, N> {
    /// For generated code: the attribute's name and the GraphQL scalar of its filters.
    pub const fn new(name: &'static str, scalar: &'static str) -> Self {
        Self { name, scalar, types: PhantomData }
    }

    /// The attribute's name in the schema.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Objects whose value is exactly this (case-sensitive, unless the request asks for partial matches).
    pub fn eq(self, value: impl IntoValue<T>) -> Filter<K>
    where
        T: Filterable,
    {
        self.argument("__value", self.scalar, &value.into_value())
    }

    /// Objects whose value is one of these. An empty list matches nothing.
    pub fn is_in<V: IntoValue<T>>(self, values: impl IntoIterator<Item = V>) -> Filter<K>
    where
        T: Filterable,
    {
        let values: Vec<T> = values.into_iter().map(IntoValue::into_value).collect();
        Filter::list(self.suffixed("__values"), self.scalar, &values)
    }

    /// Objects without a value.
    pub fn is_null(self) -> Filter<K> {
        self.argument("__isnull", "Boolean", &true)
    }

    /// Objects with a value.
    pub fn is_not_null(self) -> Filter<K> {
        self.argument("__isnull", "Boolean", &false)
    }

    /// Objects whose list has this element.
    pub fn contains<E>(self, element: E) -> Filter<K>
    where
        T: Element<E>,
        E: serde::Serialize,
    {
        self.argument("__value", self.scalar, &element)
    }

    /// Objects whose value is protected, or is not.
    pub fn is_protected(self, protected: bool) -> Filter<K> {
        self.argument("__is_protected", "Boolean", &protected)
    }

    /// Objects whose value is owned by the object of this id.
    pub fn owner<O>(self, id: &crate::id::Id<O>) -> Filter<K> {
        self.argument("__owner__id", "ID", id)
    }

    /// Objects whose value was set from the object of this id.
    pub fn source<O>(self, id: &crate::id::Id<O>) -> Filter<K> {
        self.argument("__source__id", "ID", id)
    }

    /// Least value first; objects without a value come first of all.
    pub fn asc(self) -> Order<K> {
        Order::new(self.suffixed("__value"), false)
    }

    /// Greatest value first; objects without a value come last.
    pub fn desc(self) -> Order<K> {
        Order::new(self.suffixed("__value"), true)
    }

    fn suffixed(self, suffix: &str) -> Cow<'static, str> {
        Cow::Owned(format!("{}{suffix}", self.name))
    }

    fn argument(self, suffix: &str, scalar: &'static str, value: &impl serde::Serialize) -> Filter<K> {
        Filter::single(self.suffixed(suffix), scalar, value)
    }
}

impl<K: Kind, T: AttributeValue, N> PeerAttribute<K, T, N> {
    /// Objects whose peer (or one of whose peers) has exactly this value.
    pub fn eq(self, value: impl IntoValue<T>) -> Filter<K>
    where
        T: Filterable,
    {
        Filter::single(self.suffixed("__value"), self.scalar, &value.into_value())
    }

    /// Objects whose peer (or one of whose peers) has one of these values.
    pub fn is_in<V: IntoValue<T>>(self, values: impl IntoIterator<Item = V>) -> Filter<K>
    where
        T: Filterable,
    {
        let values: Vec<T> = values.into_iter().map(IntoValue::into_value).collect();
        Filter::list(self.suffixed("__values"), self.scalar, &values)
    }

    /// Least value first.
    pub fn asc(self) -> Order<K> {
        Order::new(self.suffixed("__value"), false)
    }

    /// Greatest value first.
    pub fn desc(self) -> Order<K> {
        Order::new(self.suffixed("__value"), true)
    }

    fn suffixed(self, suffix: &str) -> Cow<'static, str> {
        Cow::Owned(format!("{}__{}{suffix}", self.relationship, self.attribute))
    }
}

macro_rules! relationship {
    ($column:ident<K, P, $more:ident>) => {
        impl<K: Kind, P: Kind, $more> $column<K, P, $more> {
            /// For generated code: the relationship's name.
            pub const fn new(name: &'static str) -> Self {
                Self { name, types: PhantomData }
            }

            /// The relationship's name in the schema.
            pub const fn name(self) -> &'static str {
                self.name
            }

            /// Objects related to one of these peers: ids or [`Related`](crate::id::Related)s, or the
            /// [`id`](crate::kind::Node::id)s of nodes. An empty list matches nothing.
            pub fn is_in<R>(self, peers: impl IntoIterator<Item = R>) -> Filter<K>
            where
                R: Into<crate::id::Id<P>>,
            {
                let ids: Vec<crate::id::Id<P>> = peers.into_iter().map(Into::into).collect();
                Filter::list(Cow::Owned(format!("{}__ids", self.name)), "ID", &ids)
            }

            /// Objects without a peer.
            pub fn is_null(self) -> Filter<K> {
                Filter::single(Cow::Owned(format!("{}__isnull", self.name)), "Boolean", &true)
            }

            /// Objects with a peer.
            pub fn is_not_null(self) -> Filter<K> {
                Filter::single(Cow::Owned(format!("{}__isnull", self.name)), "Boolean", &false)
            }
        }
    };
}
relationship!(ToOne<K, P, N>);
relationship!(ToMany<K, P, A>);

impl<K: Kind, P: Kind, N: Presence> ToOne<K, P, N> {
    /// An attribute of the peer: `InfraDevice::SITE.then(LocationSite::NAME)`.
    pub const fn then<T, M: Presence>(self, attribute: Attribute<P, T, M>) -> PeerAttribute<K, T, N::And<M>> {
        PeerAttribute::new(self.name, attribute)
    }
}

impl<K: Kind, P: Kind, A> ToMany<K, P, A> {
    /// An attribute of the peers: `InfraDevice::TAGS.then(BuiltinTag::NAME)`.
    pub const fn then<T, M>(self, attribute: Attribute<P, T, M>) -> PeerAttribute<K, T, Many> {
        PeerAttribute::new(self.name, attribute)
    }
}

impl<K, T, N> PeerAttribute<K, T, N> {
    const fn new<P: Kind, M>(relationship: &'static str, attribute: Attribute<P, T, M>) -> Self {
        let Attribute { name, scalar, .. } = attribute;
        Self { relationship, peer: P::KIND, attribute: name, scalar, types: PhantomData }
    }

    /// Adds `response: relationship { node { ... on Peer { attribute { value } } } }`.
    pub(crate) fn select_value(self, selection: &mut Selection, response: &str) {
        selection.push_field(response, self.relationship);
        selection.push("{ node { ... on");
        for text in [self.peer, "{", self.attribute, "{ value } } } }"] {
            selection.push(text);
        }
    }
}
