//! Fields of an attribute: its value, what follows from the value, and what is said about it.

use super::node::node_of;
use super::{Asked, Given};
use crate::graphql::request::Request;
use crate::graphql::source::Attribute;
use crate::store::{property, time_text};
use infrahub_schema::AttributeKind;
use serde_json::{Value, json};

/// The value of a field of an attribute.
pub(super) fn give(request: &Request, of: &Attribute, asked: &Asked<'_>) -> Given {
    let view = &of.view;
    let object = &of.node.object;
    match asked.name {
        // the server has no fractions in its answers but inside of lists and objects
        "value" if view.value.is_f64() => Given::Nothing,
        "value" => Given::Json(view.value.clone()),
        "id" => Given::Json(view.id.map_or(Value::Null, Value::from)),
        "is_default" => Given::Json(view.is_default.into()),
        "is_from_profile" => Given::Json(view.is_from_profile.into()),
        "is_protected" => Given::Json(view.is_protected.into()),
        // the answer of an update does not know these
        "updated_at" | "updated_by" if of.node.written.as_ref().is_some_and(|written| !written.created) => {
            Given::Nothing
        }
        "updated_at" => Given::Json(time_text(view.updated_at).into()),
        "updated_by" => node_of(object.view(), view.updated_by, asked),
        // nor whose the values are that the update did not name
        "source" | "owner" if of.node.written.as_ref().is_some_and(|written| !written.shows(&of.name)) => {
            Given::Nothing
        }
        "source" => node_of(object.view(), view.source, asked),
        "owner" => node_of(object.view(), view.owner, asked),
        "permissions" => Given::Json(json!({ "update_value": request.caller.decision() })),
        name => match object.schema().and_then(|schema| schema.attribute(&of.name)) {
            // nothing follows from null; of no choice everything is empty
            Some(attribute) if view.value.is_null() && attribute.kind != AttributeKind::Dropdown => {
                Given::Nothing
            }
            Some(attribute) => Given::Json(property(attribute, &view.value, name)),
            None => Given::Nothing,
        },
    }
}
