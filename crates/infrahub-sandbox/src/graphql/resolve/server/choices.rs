//! Choices of dropdowns and values of enums, which are added to the schema of a branch and removed from it.

use super::super::writes::data;
use super::{Asked, Given};
use crate::graphql::request::Request;
use crate::store::{Outcome, Refused};
use infrahub_schema::{Attribute, AttributeKind, Choice, Schema};
use serde_json::{Value, json};

/// What is done with a choice or a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Add,
    Remove,
}

pub(super) fn dropdown(request: &Request, change: Change, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = text("dropdown").unwrap_or_default();
    let choice = Choice {
        label: text("label").or(Some(name.clone())),
        color: text("color"),
        description: text("description"),
        name: name.clone(),
    };
    let kind = text("kind").unwrap_or_default();
    edit(request, &kind, &text("attribute").unwrap_or_default(), |attribute| {
        if attribute.kind != AttributeKind::Dropdown {
            return Err(format!("Attribute {} is not a Dropdown", attribute.name));
        }
        let choices = attribute.choices.get_or_insert_default();
        let known = choices.iter().position(|known| known.name == name);
        match (change, known) {
            (Change::Add, None) => choices.push(choice.clone()),
            (Change::Add, Some(_)) => {
                let place = format!("on {kind} in attribute {}", attribute.name);
                return Err(format!("The dropdown value {name} already exists {place}"));
            }
            (Change::Remove, Some(index)) => {
                choices.remove(index);
            }
            (Change::Remove, None) => return Err(format!("The dropdown value {name} does not exist")),
        }
        Ok(Value::from(name.clone()))
    })?;
    let object = json!({
        "value": choice.name, "label": choice.label, "color": choice.color, "description": choice.description,
    });
    Ok(Given::Json(json!({ "ok": true, "object": object })))
}

pub(super) fn value(request: &Request, change: Change, asked: &Asked<'_>) -> Outcome<Given> {
    let data = data(asked);
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let given = data.get("enum").cloned().unwrap_or_default();
    edit(request, text("kind"), text("attribute"), |attribute| {
        // a number comes as a text
        let given = match (&attribute.kind, given.as_str().and_then(|text| text.parse::<i64>().ok())) {
            (AttributeKind::Number, Some(number)) => Value::from(number),
            _ => given.clone(),
        };
        let Some(values) = &mut attribute.allowed_values else {
            return Err(format!("Attribute {} is not an enum", attribute.name));
        };
        let known = values.iter().position(|known| *known == given);
        match (change, known) {
            (Change::Add, None) => values.push(given.clone()),
            (Change::Add, Some(_)) => return Err(format!("The enum value {given} already exists")),
            (Change::Remove, Some(index)) => {
                values.remove(index);
            }
            (Change::Remove, None) => return Err(format!("The enum value {given} does not exist")),
        }
        Ok(given)
    })?;
    Ok(Given::Json(json!({ "ok": true })))
}

/// Changes an attribute of a kind, and of the kinds that have it from there.
fn edit(
    request: &Request,
    kind: &str,
    attribute: &str,
    mut change: impl FnMut(&mut Attribute) -> Result<Value, String>,
) -> Outcome<()> {
    let view = request.state.world().store.view(&request.branch)?;
    let mut schema: Schema = view.schema().clone();
    let not_found = || Refused::SchemaNotFound {
        kind: kind.to_owned(),
        message: format!("Unable to find the schema {kind} in the database."),
    };
    let heirs: Vec<String> = schema.kinds_of(kind).iter().map(|heir| heir.kind.clone()).collect();
    let derived = |name: &String| [format!("Profile{name}"), format!("Template{name}")];
    let own = schema.kinds.get_mut(kind).ok_or_else(not_found)?;
    let edited = own
        .attributes
        .iter_mut()
        .find(|field| field.name == attribute)
        .ok_or_else(|| Refused::invalid(format!("Attribute {attribute} does not exist on {kind}")))?;
    let removed = change(edited).map_err(Refused::invalid)?;
    let kept = edited.clone();
    let names: Vec<String> = std::iter::once(kind.to_owned()).chain(heirs).collect();
    for name in names.iter().flat_map(|name| derived(name).into_iter().chain([name.clone()])) {
        let Some(other) = schema.kinds.get_mut(&name) else { continue };
        for field in other.attributes.iter_mut().filter(|field| field.name == attribute) {
            field.choices.clone_from(&kept.choices);
            field.allowed_values.clone_from(&kept.allowed_values);
        }
    }
    let is_gone = !allows(&kept, &removed);
    let filter = json!({ format!("{attribute}__value"): removed });
    let used = match filter.as_object().filter(|_| is_gone) {
        Some(filter) => view.find(kind, filter)?.count,
        None => 0,
    };
    if used > 0 {
        let message =
            format!("There are still {used} objects of {kind} with the value {removed} of {attribute}");
        return Err(Refused::invalid(message).into());
    }
    request.state.world().store.set_schema(&request.branch, schema)
}

fn allows(attribute: &Attribute, value: &Value) -> bool {
    let among_choices =
        attribute.choices.iter().flatten().any(|choice| Some(&*choice.name) == value.as_str());
    among_choices || attribute.allowed_values.iter().flatten().any(|allowed| allowed == value)
}
