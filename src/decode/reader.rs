//! Objects as structs, and as enums over the kinds of a generic.

use super::source::{Failed, Source, read_object};
use super::{NO_PEER, NO_VALUE};
use crate::id::{Id, Related};
use crate::value::AttributeValue;
use serde::Deserializer;
use serde::de::Error;

/// A generated struct, or one that derives `Projection`.
pub trait Fields: Sized {
    /// Reads the fields of one object.
    fn read(object: Reader<'_, '_>) -> Result<Self, Failed>;
}

/// A generated enum over the kinds of a generic, or one that derives `Projection`.
pub trait Variants: Sized {
    /// Reads an object into the variant of its kind.
    fn variant(typename: &str, object: Reader<'_, '_>) -> Result<Self, Failed>;
}

/// Decodes an object as a struct, from whatever parser.
pub fn object<'de, D: Deserializer<'de>, T: Fields>(deserializer: D) -> Result<T, D::Error> {
    let mut read = None;
    read_object(deserializer, &mut |object| {
        read = Some(T::read(Reader::new(object))?);
        Ok(())
    })?;
    read.ok_or_else(|| D::Error::custom(NO_OBJECT))
}

/// Decodes an object into the variant that its `__typename` names, from whatever parser.
pub fn variants<'de, D: Deserializer<'de>, V: Variants>(deserializer: D) -> Result<V, D::Error> {
    let mut read = None;
    read_object(deserializer, &mut |object| {
        read = Some(variant_of(object)?);
        Ok(())
    })?;
    read.ok_or_else(|| D::Error::custom(NO_OBJECT))
}

const NO_OBJECT: &str = "invalid type: null, expected an object";

/// Reads an object into the variant that its `__typename` names, which must be its first field. Fields that were
/// aliased to keep two kinds apart (`InfraDevice__name`) lose their prefix.
pub(super) fn variant_of<V: Variants>(object: &mut dyn Source<'_>) -> Result<V, Failed> {
    let typename = leading_typename(object)?;
    let prefix = format!("{typename}__");
    let common = Common { typename: Some(typename.clone()), ..Common::default() };
    V::variant(&typename, Reader { source: object, prefix: &prefix, is_strict: false, common })
}

fn leading_typename(object: &mut dyn Source<'_>) -> Result<String, Failed> {
    let typename = match object.next_name()? {
        Some("__typename") => object.text()?,
        _ => None,
    };
    match typename {
        Some(typename) => Ok(typename),
        None => Err(object.fail("`__typename` must be the first field of an object of a generic".to_owned())),
    }
}

/// Reads a struct onto the heap; for [`Variants::variant`].
pub fn boxed<T: Fields>(object: Reader<'_, '_>) -> Result<Box<T>, Failed> {
    T::read(object).map(Box::new)
}

/// The fields of an object as they arrive. Those that every object has are kept here.
pub struct Reader<'r, 'de> {
    source: &'r mut dyn Source<'de>,
    /// What aliased names begin with; it is taken off.
    prefix: &'r str,
    /// Whether names without the prefix belong to another kind.
    is_strict: bool,
    common: Common,
}

/// What every object has.
#[derive(Default)]
struct Common {
    typename: Option<String>,
    id: Option<String>,
    hfid: Option<Vec<String>>,
    display_label: Option<String>,
}

impl<'r, 'de> Reader<'r, 'de> {
    /// Reads all fields of an object.
    pub fn new(source: &'r mut dyn Source<'de>) -> Self {
        Self { source, prefix: "", is_strict: false, common: Common::default() }
    }

    /// Reads only the fields whose names begin with the prefix of the object's kind.
    pub fn own(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// Reads only the fields whose names begin with this prefix.
    pub fn only(self, prefix: &'r str) -> Self {
        Self { is_strict: true, prefix, ..self }
    }

    /// The name of the next field of the kind's own, whose value must then be read or skipped; empty after
    /// the last.
    pub fn next_field(&mut self) -> Result<&'de str, Failed> {
        while let Some(field) = self.source.next_name()? {
            let name = if self.prefix.is_empty() {
                field
            } else if let Some(name) = field.strip_prefix(self.prefix) {
                name
            } else if self.is_strict {
                self.skip()?;
                continue;
            } else {
                field
            };
            match name {
                "__typename" => self.common.typename = self.source.text()?,
                "id" => self.common.id = self.source.text()?,
                "hfid" => self.common.hfid = self.source.hfid()?,
                "display_label" => self.common.display_label = self.source.text()?,
                name => return Ok(name),
            }
        }
        Ok("")
    }

    /// What the next value is read with, where it is neither an attribute nor a peer.
    pub(crate) fn source(&mut self) -> &mut dyn Source<'de> {
        &mut *self.source
    }

    /// `{"value": v}`: the value of a mandatory attribute.
    pub fn value<T: AttributeValue>(&mut self, place: &mut Option<T>) -> Result<(), Failed> {
        self.source.attribute(Some(NO_VALUE), &mut |value| {
            *place = Some(T::from_wire(value)?);
            Ok(())
        })?;
        Ok(())
    }

    /// `{"value": v}`: the value of an optional attribute.
    pub fn optional_value<T: AttributeValue>(&mut self, place: &mut Option<Option<T>>) -> Result<(), Failed> {
        let mut read = None;
        self.source.attribute(None, &mut |value| {
            read = Some(T::from_wire(value)?);
            Ok(())
        })?;
        *place = Some(read);
        Ok(())
    }

    /// `{"node": n}`: the peer of a mandatory relationship.
    pub fn peer<K>(&mut self, place: &mut Option<Related<K>>) -> Result<(), Failed> {
        *place = self.source.peer(Some(NO_PEER))?.map(Related::from);
        Ok(())
    }

    /// `{"node": n}`: the peer of an optional relationship.
    pub fn optional_peer<K>(&mut self, place: &mut Option<Option<Related<K>>>) -> Result<(), Failed> {
        *place = Some(self.source.peer(None)?.map(Related::from));
        Ok(())
    }

    /// Reads on to the end, for what every object has.
    pub fn skip_all(&mut self) -> Result<(), Failed> {
        while !self.next_field()?.is_empty() {
            self.skip()?;
        }
        Ok(())
    }

    /// Leaves out the value of a field.
    pub fn skip(&mut self) -> Result<(), Failed> {
        self.source.skip()
    }

    /// What was read of a field, or the error that it was not there.
    pub fn given<T>(&mut self, field: &str, value: Option<T>) -> Result<T, Failed> {
        match value {
            Some(value) => Ok(value),
            None => Err(self.missing(field)),
        }
    }

    fn missing(&mut self, field: &str) -> Failed {
        self.source.fail(format!("missing field `{field}`"))
    }

    /// The object's own kind.
    pub fn typename(&mut self) -> Result<String, Failed> {
        let typename = self.common.typename.take();
        self.given("__typename", typename)
    }

    /// The object's id.
    pub fn id<K>(&mut self) -> Result<Id<K>, Failed> {
        let id = self.common.id.take();
        self.given("id", id).map(Id::new)
    }

    /// The object's id, where it may have none.
    pub(crate) fn optional_id<K>(&mut self) -> Option<Id<K>> {
        self.common.id.take().map(Id::new)
    }

    /// The object's human-friendly id.
    pub fn hfid(&mut self) -> Option<Vec<String>> {
        self.common.hfid.take()
    }

    /// How the server shows the object to people.
    pub fn display_label(&mut self) -> Option<String> {
        self.common.display_label.take()
    }
}
