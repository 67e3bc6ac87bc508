//! An answer without what differs from server to server and from run to run, and the difference between two.

use regex::{Captures, Regex};
use serde_json::Value;
use similar::TextDiff;
use std::sync::LazyLock;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// JSON, or the text of what is none.
    pub(crate) body: Value,
}

static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap());

/// A time of today or yesterday stands for the time of a write; others are values.
static TIME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?").unwrap());

/// How far from now a time may be that the server set: a run takes some minutes.
const RECENT: jiff::SignedDuration = jiff::SignedDuration::from_hours(2);

impl Answer {
    /// What a server answered, with `<id-1>`, `<name>` and `<time>` in the place of ids, names and times. `ids` are those
    /// that appeared before; `run` is the part of a name that is the run's own.
    pub(crate) fn normal(status: u16, text: &str, ids: &mut Vec<String>, run: &str) -> Self {
        // in the order of the text: an answer tells what was asked for first before what was asked for later
        ID.find_iter(text).for_each(|id| {
            numbered(ids, id.as_str());
        });
        let mut body: Value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        for error in body.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(object) = error.as_object_mut() {
                object.retain(|key, _| ["message", "path", "extensions"].contains(&key.as_str()));
            }
        }
        let name = Regex::new(&format!("([A-Za-z0-9]+){run}")).expect("a run is no special character");
        each_text(&mut body, &mut |text| {
            let text = ID.replace_all(text, |found: &Captures<'_>| numbered(ids, &found[0]));
            let text = name.replace_all(&text, |found: &Captures<'_>| match &found[1] {
                "name" => "<name>".to_owned(),
                label => format!("<name:{label}>"),
            });
            TIME.replace_all(&text, |found: &Captures<'_>| {
                if is_recent(&found[0]) { "<time>".to_owned() } else { found[0].to_owned() }
            })
            .into_owned()
        });
        // the server tells the fields of a kind in an order of its own
        if let Some(errors) = body.get_mut("errors").and_then(Value::as_array_mut) {
            errors.sort_by_key(Value::to_string);
        }
        Self { status, body }
    }

    /// The difference between what the server and what the sandbox answered, if there is one.
    pub(crate) fn difference(server: &Self, sandbox: &Self) -> Option<String> {
        if server == sandbox {
            return None;
        }
        let (server, sandbox) = (server.text(), sandbox.text());
        let diff = TextDiff::from_lines(&server, &sandbox);
        Some(diff.unified_diff().context_radius(4).header("server", "sandbox").to_string())
    }

    fn text(&self) -> String {
        format!("status {}\n{:#}\n", self.status, self.body)
    }
}

/// Changes every text of a value, those that are names of fields, too.
fn each_text(value: &mut Value, change: &mut impl FnMut(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn numbered(ids: &mut Vec<String>, id: &str) -> String {
    let index = ids.iter().position(|known| known == id).unwrap_or_else(|| {
        ids.push(id.to_owned());
        ids.len() - 1
    });
    format!("<id-{}>", index + 1)
}

fn is_recent(text: &str) -> bool {
    let text = text.replace(' ', "T");
    let time = text.parse().or_else(|_| format!("{text}Z").parse::<jiff::Timestamp>());
    time.is_ok_and(|time| jiff::Timestamp::now().duration_since(time).abs() < RECENT)
}
