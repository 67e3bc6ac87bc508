//! Tuples of columns: a projection for short programs.

use super::{FromEdge, ReadMandatory, ReadOptional, Selection};
use crate::column::{Attribute, Mandatory, Optional, PeerAttribute, ToOne};
use crate::decode::{self, Failed, Fields, NO_VALUE, Reader, Source};
use crate::id::Related;
use crate::kind::Kind;
use crate::value::AttributeValue;

/// A column whose value can be read by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value of its own that could be read",
    note = "attributes, relationships to one, and attributes across a relationship to one can be read; for the peers of a relationship to many derive `Projection` for a struct"
)]
pub trait Column: Copy + Send + 'static {
    /// The kind that has the column.
    type Kind: Kind;

    /// What is read.
    type Value: Send + 'static;

    #[doc(hidden)]
    fn select(self, selection: &mut Selection, response: &str);

    #[doc(hidden)]
    fn read(object: &mut Reader<'_, '_>) -> Result<Self::Value, Failed>;
}

macro_rules! own {
    ($($param:ident: $bound:ident, $column:ty => $value:ty, $read:expr;)*) => {$(
        impl<K: Kind, $param: $bound> Column for $column {
            type Kind = K;
            type Value = $value;

            fn select(self, selection: &mut Selection, response: &str) {
                self.select_as::<$value>(selection, response);
            }

            fn read(object: &mut Reader<'_, '_>) -> Result<$value, Failed> {
                $read(object)
            }
        }
    )*};
}
own! {
    T: AttributeValue, Attribute<K, T, Mandatory> => T, ReadMandatory::read;
    T: AttributeValue, Attribute<K, T, Optional> => Option<T>, ReadOptional::read;
    P: Kind, ToOne<K, P, Mandatory> => Related<P>, mandatory_peer;
    P: Kind, ToOne<K, P, Optional> => Option<Related<P>>, optional_peer;
}

fn mandatory_peer<P>(object: &mut Reader<'_, '_>) -> Result<Related<P>, Failed> {
    let mut peer = None;
    object.peer(&mut peer)?;
    object.given("node", peer)
}

fn optional_peer<P>(object: &mut Reader<'_, '_>) -> Result<Option<Related<P>>, Failed> {
    let mut peer = None;
    object.optional_peer(&mut peer)?;
    Ok(peer.flatten())
}

macro_rules! of_peer {
    ($($presence:ident => $value:ty, $of:expr;)*) => {$(
        impl<K: Kind, T: AttributeValue> Column for PeerAttribute<K, T, $presence> {
            type Kind = K;
            type Value = $value;

            fn select(self, selection: &mut Selection, response: &str) {
                self.select_value(selection, response);
            }

            fn read(object: &mut Reader<'_, '_>) -> Result<$value, Failed> {
                let value = read_of_peer::<T>(object)?;
                $of(object, value)
            }
        }
    )*};
}
of_peer! {
    Mandatory => T, |object: &mut Reader<'_, '_>, value: Option<T>| {
        value.ok_or_else(|| object.source().fail(NO_VALUE.to_owned()))
    };
    Optional => Option<T>, |_: &mut Reader<'_, '_>, value| Ok(value);
}

/// `{"node": {"attribute": {"value": v}}}`: the value of the only attribute of the peer, if there are both.
fn read_of_peer<T: AttributeValue>(object: &mut Reader<'_, '_>) -> Result<Option<T>, Failed> {
    let mut read = None;
    object.source().object(&mut |edge| {
        while edge.next_name()?.is_some() {
            edge.object(&mut |peer| {
                while peer.next_name()?.is_some() {
                    peer.attribute(None, &mut |value| {
                        read = Some(T::from_wire(value)?);
                        Ok(())
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(read)
}

/// Columns of one kind, as a tuple: one to twelve.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of columns of one kind",
    label = "write `(InfraDevice::NAME, InfraDevice::ASN)`, or `(InfraDevice::NAME,)` for one"
)]
pub trait Columns: Copy + Send + 'static {
    /// The kind that has the columns.
    type Kind: Kind;

    /// What is read of one object.
    type Row: Send + 'static;

    #[doc(hidden)]
    fn select(self, selection: &mut Selection);

    #[doc(hidden)]
    fn read(object: Reader<'_, '_>) -> Result<Self::Row, Failed>;
}

/// One row of [`Columns`].
pub(crate) struct Row<C: Columns>(pub(crate) C::Row);

impl<C: Columns> Fields for Row<C> {
    fn read(object: Reader<'_, '_>) -> Result<Self, Failed> {
        C::read(object).map(Self)
    }
}

impl<C: Columns> FromEdge for Row<C> {
    fn read_edge(edge: &mut dyn Source<'_>) -> Result<Option<Self>, Failed> {
        decode::edge(edge)
    }
}

macro_rules! tuple {
    ($($column:ident $index:tt $value:ident $response:literal),+) => {
        impl<K: Kind, $($column: Column<Kind = K>),+> Columns for ($($column,)+) {
            type Kind = K;
            type Row = ($($column::Value,)+);

            fn select(self, selection: &mut Selection) {
                $(self.$index.select(selection, $response);)+
            }

            fn read(mut object: Reader<'_, '_>) -> Result<Self::Row, Failed> {
                $(let mut $value = None;)+
                loop {
                    match object.next_field()? {
                        $($response => $value = Some($column::read(&mut object)?),)+
                        "" => break,
                        _ => object.skip()?,
                    }
                }
                Ok(($(object.given($response, $value)?,)+))
            }
        }
    };
}
tuple!(C0 0 c0 "c0");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5", C6 6 c6 "c6");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5", C6 6 c6 "c6", C7 7 c7 "c7");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5", C6 6 c6 "c6", C7 7 c7 "c7", C8 8 c8 "c8");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5", C6 6 c6 "c6", C7 7 c7 "c7", C8 8 c8 "c8", C9 9 c9 "c9");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5", C6 6 c6 "c6", C7 7 c7 "c7", C8 8 c8 "c8", C9 9 c9 "c9", C10 10 c10 "c10");
tuple!(C0 0 c0 "c0", C1 1 c1 "c1", C2 2 c2 "c2", C3 3 c3 "c3", C4 4 c4 "c4", C5 5 c5 "c5", C6 6 c6 "c6", C7 7 c7 "c7", C8 8 c8 "c8", C9 9 c9 "c9", C10 10 c10 "c10", C11 11 c11 "c11");
