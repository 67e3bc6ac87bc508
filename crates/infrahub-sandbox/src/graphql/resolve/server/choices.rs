//! Choices of dropdowns and values of enums, which are added to the schema of a branch and removed from it: the changed
//! attribute is loaded as a schema file of its own would be.

use super::super::writes::data;
use super::{Asked, Given};
use crate::graphql::permissions;
use crate::graphql::request::Request;
use crate::loading::{self, Rejected};
use crate::store::{Outcome, Refusals, Refused};
use infrahub_schema::{Attribute, AttributeKind, Choice, Flavour, KindSchema};
use serde_json::{Map, Value, json};

/// What is done with a choice or a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Add,
    Remove,
}

pub(super) fn dropdown(request: &Request, change: Change, asked: &Asked<'_>) -> Outcome<Given> {
    let place = Place::read(request, asked)?;
    let attribute = place.attribute();
    if attribute.kind != AttributeKind::Dropdown {
        return Err(Refused::invalid(format!("Attribute {} is not a Dropdown", place.on())).into());
    }
    let text = |name: &str| place.data.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = text("dropdown").unwrap_or_default();
    let mut choices = attribute.choices.clone().unwrap_or_default();
    let known = choices.iter().position(|choice| choice.name == name);
    match change {
        Change::Add => {
            let color = text("color").filter(|color| !color.is_empty());
            if let Some(color) = color.as_deref().filter(|color| !is_color(color)) {
                return Err(Refused::failure(no_color(color)).into());
            }
            if known.is_some() {
                return Err(place.refused("dropdown", &name, "already exists"));
            }
            let color = color.map(|color| color.to_lowercase());
            choices.push(Choice {
                name: name.clone(),
                label: text("label"),
                description: text("description"),
                color,
            });
        }
        Change::Remove => {
            place.is_unused("dropdown", &name)?;
            let index = known.ok_or_else(|| place.refused("dropdown", &name, "does not exists"))?;
            place.is_not_the_last("dropdown", choices.len())?;
            choices.remove(index);
        }
    }
    let mut choices = json!(choices);
    if let (Change::Remove, Some(all)) = (change, choices.as_array_mut()) {
        all.push(json!({ "name": name, "state": "absent" }));
    }
    place.load("choices", &choices)?;
    let added = Place::read(request, asked)?;
    let added = added.attribute().choices.iter().flatten().find(|choice| choice.name == name);
    let object = added.map(|choice| {
        let description = choice.description.as_deref().unwrap_or_default();
        json!({ "value": name, "label": choice.label, "color": choice.color, "description": description })
    });
    Ok(Given::Json(json!({ "ok": true, "object": object })))
}

pub(super) fn value(request: &Request, change: Change, asked: &Asked<'_>) -> Outcome<Given> {
    let place = Place::read(request, asked)?;
    let attribute = place.attribute();
    let Some(mut values) = attribute.allowed_values.clone().filter(|values| !values.is_empty()) else {
        return Err(Refused::invalid(format!("Attribute {} is not an enum", place.on())).into());
    };
    let given = place.data.get("enum").and_then(Value::as_str).unwrap_or_default();
    let known = values.iter().position(|value| value == given);
    match change {
        Change::Add => {
            if known.is_some() {
                return Err(place.refused("enum", given, "already exists"));
            }
            // A value comes as a text, and a text among numbers cannot be sorted.
            if attribute.kind == AttributeKind::Number {
                return Err(Refused::failure("'<' not supported between instances of 'str' and 'int'").into());
            }
            values.push(given.into());
        }
        Change::Remove => {
            if attribute.kind != AttributeKind::Number {
                place.is_unused("enum", given)?;
            }
            let index = known.ok_or_else(|| place.refused("enum", given, "does not exists"))?;
            place.is_not_the_last("enum", values.len())?;
            values.remove(index);
        }
    }
    place.load("enum", &json!(values))?;
    Ok(Given::Json(json!({ "ok": true })))
}

/// The attribute that a mutation is about.
struct Place<'a> {
    request: &'a Request,
    data: Map<String, Value>,
    kind: KindSchema,
    index: usize,
}

impl<'a> Place<'a> {
    fn read(request: &'a Request, asked: &Asked<'_>) -> Outcome<Self> {
        permissions::check(request, "You are not allowed to manage the schema")?;
        let data = data(asked);
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, attribute) = (text("kind"), text("attribute"));
        let view = request.state.world().store.view(&request.branch)?;
        let schema = view.schema();
        let kind = schema.kinds.get(name).cloned().ok_or_else(|| Refused::SchemaNotFound {
            kind: name.to_owned(),
            message: format!("Unable to find the schema '{name}' in the registry"),
        })?;
        if schema.namespaces.get(&kind.namespace) == Some(&false) {
            let namespace = &kind.namespace;
            let message = format!("Operation not allowed for {name} in restricted namespace {namespace}");
            return Err(Refused::invalid(message).into());
        }
        let index = kind.attributes.iter().position(|known| known.name == attribute);
        let index = index
            .ok_or_else(|| Refused::invalid(format!("Attribute {attribute} does not exist on {name}")))?;
        let place = Self { request, kind, index, data };
        if place.attribute().inherited {
            let message = format!("Attribute {} is inherited and must be changed on the generic", place.on());
            return Err(Refused::invalid(message).into());
        }
        Ok(place)
    }

    fn attribute(&self) -> &Attribute {
        &self.kind.attributes[self.index]
    }

    fn on(&self) -> String {
        format!("{} on {}", self.attribute().name, self.kind.kind)
    }

    fn refused(&self, what: &str, value: &str, why: &str) -> Refusals {
        let (kind, attribute) = (&self.kind.kind, &self.attribute().name);
        Refused::invalid(format!("The {what} value {value} {why} on {kind} in attribute {attribute}")).into()
    }

    fn is_unused(&self, what: &str, value: &str) -> Outcome<()> {
        let filter = Map::from_iter([(format!("{}__value", self.attribute().name), value.into())]);
        let view = self.request.state.world().store.view(&self.request.branch)?;
        if view.find(&self.kind.kind, &filter)?.count == 0 {
            return Ok(());
        }
        Err(Refused::invalid(format!("There are still {} objects using this {what}", self.kind.kind)).into())
    }

    fn is_not_the_last(&self, what: &str, count: usize) -> Outcome<()> {
        if count > 1 {
            return Ok(());
        }
        let (kind, attribute) = (&self.kind.kind, &self.attribute().name);
        Err(Refused::invalid(format!("Unable to remove the last {what} on {kind} in attribute {attribute}"))
            .into())
    }

    /// Loads the attribute with another value of one of its properties.
    fn load(&self, property: &str, value: &Value) -> Outcome<()> {
        let mut attribute = json!(self.attribute());
        attribute[property] = value.clone();
        let mut kind = json!(self.kind);
        kind["attributes"] = json!([attribute]);
        if let Some(kind) = kind.as_object_mut() {
            kind.retain(|name, _| {
                !matches!(&**name, "flavour" | "kind" | "relationships" | "used_by" | "hierarchy")
            });
        }
        let list = if self.kind.flavour == Flavour::Generic { "generics" } else { "nodes" };
        let file = json!({ "schemas": [{ "version": "1.0", list: [kind] }] });
        let mut world = self.request.state.world();
        let loaded = loading::load(world.store.view(&self.request.branch)?.schema(), &file);
        let loaded = loaded.map_err(|rejected| match rejected {
            Rejected::Structure(places) => Refused::invalid(Value::from(places).to_string()),
            Rejected::Words(words) => Refused::invalid(words),
        })?;
        world.store.set_schema(&self.request.branch, loaded.schema, self.request.caller.account())
    }
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit())
}

fn no_color(color: &str) -> String {
    format!(
        "1 validation error for DropdownChoice\ncolor\n  Value error, Color must be a valid HTML color code \
         [type=value_error, input_value='{color}', input_type=str]\n    For further information visit \
         https://errors.pydantic.dev/2.12/v/value_error"
    )
}
