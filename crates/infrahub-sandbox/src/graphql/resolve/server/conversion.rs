//! An object that becomes one of another kind.

use super::super::writes::{author, data};
use super::{Asked, Given};
use crate::graphql::request::Request;
use crate::store::{NodeId, Object, Outcome, Relate};
use serde_json::{Map, Value, json};

pub(super) fn convert(request: &Request, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let relate = Relate { branch: &request.branch, data: &data, author: author(request, asked)? };
    let written = request.state.world().store.convert(&relate)?;
    let node = written.object().map(|object| whole(&object));
    Ok(Given::Json(json!({ "ok": true, "node": node })))
}

/// An object with all of its attributes, as a scalar.
fn whole(object: &Object) -> Value {
    let mut fields = named(object);
    for schema in object.schema().into_iter().flat_map(|kind| &kind.attributes) {
        let Some(attribute) = object.attribute(&schema.name) else { continue };
        let node = |id: Option<NodeId>| id.and_then(|id| object.view().get(id)).map(|node| named(&node));
        let mut field = json!({
            "id": attribute.id.map(|id| id.to_string()),
            "__typename": schema.kind.as_str(),
            "is_protected": attribute.is_protected,
            "source": node(attribute.source),
            "owner": node(attribute.owner),
        });
        // a null is left out
        if !attribute.value.is_null() {
            field["value"] = attribute.value;
        }
        fields.insert(schema.name.clone(), field);
    }
    fields.into()
}

fn named(object: &Object) -> Map<String, Value> {
    let fields = [
        ("id", object.id().to_string()),
        ("__kind__", object.kind().to_owned()),
        ("__typename", object.kind().to_owned()),
        ("display_label", object.display_label()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}
