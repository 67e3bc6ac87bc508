//! What an introspection tells differently from what is served.

use async_graphql::{Name, Value};

/// Whether a root field is part of an introspection.
pub(super) fn is_root(name: &str) -> bool {
    matches!(name, "__schema" | "__type")
}

/// Says of every interface that its `id` may be null, as the server does: the schema that is served cannot have it so.
pub(super) fn correct(data: &mut Value) {
    match data {
        Value::List(items) => items.iter_mut().for_each(correct),
        Value::Object(fields) => {
            let is_interface = fields.get("kind").is_some_and(|kind| names(kind, "INTERFACE"));
            if is_interface && let Some(Value::List(fields)) = fields.get_mut("fields") {
                fields.iter_mut().for_each(correct_field);
            }
            fields.values_mut().for_each(correct);
        }
        _ => {}
    }
}

fn correct_field(field: &mut Value) {
    let Value::Object(field) = field else { return };
    if !field.get("name").is_some_and(|name| names(name, "id")) {
        return;
    }
    if let Some(Value::Object(ty)) = field.get_mut("type")
        && ty.get("kind").is_some_and(|kind| names(kind, "NON_NULL"))
        && let Some(inner) = ty.get_mut("ofType").map(std::mem::take)
    {
        field.insert(Name::new("type"), inner);
    }
}

/// Whether a value is a text or a value of an enum that reads so.
fn names(value: &Value, text: &str) -> bool {
    match value {
        Value::String(value) => value == text,
        Value::Enum(value) => value == text,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::correct;
    use async_graphql::value;

    #[test]
    fn the_id_of_an_interface_may_be_null() {
        let of_kind = |kind: &str, ty: async_graphql::Value| value!({ "__schema": { "types": [{ "kind": kind, "fields": [{ "name": "id", "type": ty }] }] } });
        let string = value!({ "kind": "SCALAR", "name": "String" });
        let required = value!({ "kind": "NON_NULL", "name": null, "ofType": string.clone() });
        for (kind, expected) in [("INTERFACE", string), ("OBJECT", required.clone())] {
            let mut data = of_kind(kind, required.clone());
            correct(&mut data);
            assert_eq!(data, of_kind(kind, expected));
        }
    }
}
