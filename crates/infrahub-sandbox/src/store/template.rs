//! Texts that the server makes from Jinja2 templates.

use super::path::Path;
use super::read;
use super::record::Node;
use super::state::State;
use super::{Refused, python};
use minijinja::value::{Object, ObjectRepr, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind};
use std::fmt;
use std::sync::Arc;

/// Templates may name attributes that are templates themselves; a chain longer than this is taken for a circle.
const DEEPEST: u8 = 16;

/// Renders a template with the values around an object (`{{ name__value }}.{{ site__name__value }}`).
pub(crate) fn render(state: &State, node: &Arc<Node>, template: &str, depth: u8) -> Result<String, Refused> {
    if depth > DEEPEST {
        return Err(Refused::lacking(format!("templates as deep as {template:?}, which may name itself")));
    }
    let scope = Value::from_object(Scope { state: state.clone(), node: node.clone(), depth });
    jinja2()
        .render_str(template, scope)
        .map_err(|error| Refused::lacking(format!("what the template {template:?} uses ({error})")))
}

/// What a template sees: the values around an object, by their paths.
#[derive(Debug)]
struct Scope {
    state: State,
    node: Arc<Node>,
    depth: u8,
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let kind = self.state.catalogue.kind(&self.node.kind)?;
        let path = Path::parse(kind, key.as_str()?)?;
        let value = read::at_path(&self.state, &self.node, &path, self.depth + 1);
        let attribute = match &path {
            Path::Attribute { attribute, property } if property == "value" => kind.attribute(attribute),
            _ => None,
        };
        match attribute.filter(|attribute| attribute.allowed_values.is_some() && !value.is_null()) {
            Some(attribute) => {
                let shown = python::member(&attribute.name, &value);
                Some(Value::from_object(Member { value: Value::from_serialize(value), shown }))
            }
            None => Some(Value::from_serialize(value)),
        }
    }
}

/// One of the values that an attribute may have: to the server the member of a Python enum, which it shows as such.
#[derive(Debug)]
struct Member {
    value: Value,
    shown: String,
}

impl Object for Member {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// A value without its being a member.
fn plain(value: &Value) -> Value {
    value.downcast_object_ref::<Member>().map_or_else(|| value.clone(), |member| member.value.clone())
}

/// Templates that write values as Python does, and escape nothing.
pub(crate) fn jinja2() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(|output, state, value| match value.kind() {
        ValueKind::None | ValueKind::Bool | ValueKind::Seq | ValueKind::Map => {
            let text = python::text(&serde_json::to_value(value).unwrap_or_default());
            output.write_str(&text).map_err(Error::from)
        }
        _ => minijinja::escape_formatter(output, state, value),
    });
    environment.add_filter("value_to_permission_decision_name", decision_name);
    environment.add_filter("value_to_permission_action_name", action_name);
    environment
}

fn action_name(action: &Value) -> String {
    plain(action).to_string().to_uppercase()
}

fn decision_name(decision: &Value) -> Result<&'static str, Error> {
    match i64::try_from(plain(decision))? {
        1 => Ok("DENY"),
        2 => Ok("ALLOW_DEFAULT"),
        4 => Ok("ALLOW_OTHER"),
        6 => Ok("ALLOW_ALL"),
        other => Err(Error::new(ErrorKind::InvalidOperation, format!("{other} is no decision"))),
    }
}

/// The paths that a template names, as far as its words show them.
pub(crate) fn paths_in(template: &str) -> impl Iterator<Item = &str> {
    template
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.contains("__"))
}

/// Whether a display label is a template and no path.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains(['{', '}'])
}
