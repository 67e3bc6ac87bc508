//! Properties of a kind, attribute or relationship in which two of them differ.

use super::Difference;
use super::change::Impact;
use serde::Serialize;
use serde_json::Value;

/// What differs within one kind or field, and what it breaks.
pub(super) struct Finding {
    pub(super) what: Difference,
    pub(super) programs: Impact,
    pub(super) data: Impact,
}

/// A property with its values before and after.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) old: Value,
    pub(super) new: Value,
}

impl Property {
    pub(super) fn new(name: &'static str, old: &impl Serialize, new: &impl Serialize) -> Property {
        // What a schema consists of has a JSON form: that is what it was read from.
        let json = |value: Result<Value, _>| value.unwrap_or_default();
        Property { name, old: json(serde_json::to_value(old)), new: json(serde_json::to_value(new)) }
    }

    pub(super) fn finding(self, programs: Impact, data: Impact) -> Finding {
        let Property { name, old, new } = self;
        Finding { what: Difference::Property { property: name.to_owned(), old, new }, programs, data }
    }
}

/// The properties in which two values of a type differ. It names every field of the type, so that one which is
/// added later does not compile before it is compared here, or said to be compared elsewhere.
macro_rules! properties {
    ($type:ident { $($field:ident),+ } apart from { $($other:ident),* }, $old:expr, $new:expr) => {{
        let (old, new): (&$type, &$type) = ($old, $new);
        let $type { $($field: _,)+ $($other: _,)* } = old;
        let mut found = Vec::new();
        $(if old.$field != new.$field {
            found.push($crate::diff::property::Property::new(stringify!($field), &old.$field, &new.$field));
        })+
        found
    }};
}
pub(super) use properties;
