//! Limits on values and on numbers of peers.

use super::change::Impact;
use super::property::{Finding, Property, properties};
use crate::Parameters;
use serde_json::Value;

const PROGRAMS: &str = "The server checks it, generated code does not.";

pub(super) fn of_parameters(before: &Parameters, after: &Parameters) -> Vec<Finding> {
    let changed = properties!(
        Parameters { regex, min_length, max_length, min_value, max_value, excluded_values, start_range, end_range }
        apart from {},
        before,
        after
    );
    changed
        .into_iter()
        .map(|property| {
            let Property { name, old, new } = property;
            let (name, is_tighter) = match name {
                "regex" => ("parameters.regex", !new.is_null()),
                "min_length" => ("parameters.min_length", is_more(&old, &new)),
                "max_length" => ("parameters.max_length", is_less(&old, &new)),
                "min_value" => ("parameters.min_value", is_more(&old, &new)),
                "max_value" => ("parameters.max_value", is_less(&old, &new)),
                "start_range" => ("parameters.start_range", is_more(&old, &new)),
                "end_range" => ("parameters.end_range", is_less(&old, &new)),
                _ => ("parameters.excluded_values", !new.is_null()),
            };
            Property { name, old, new }.finding(Impact::none(PROGRAMS), data(is_tighter))
        })
        .collect()
}

/// The least or greatest number of peers; 0 is no limit.
pub(super) fn of_count(count: Property) -> Finding {
    let limit =
        |value: &Value| Some(value.clone()).filter(|value| value.as_i64() != Some(0)).unwrap_or_default();
    let (old, new) = (limit(&count.old), limit(&count.new));
    let is_tighter = if count.name == "min_count" { is_more(&old, &new) } else { is_less(&old, &new) };
    count.finding(Impact::none(PROGRAMS), data(is_tighter))
}

fn data(is_tighter: bool) -> Impact {
    Impact::when(
        is_tighter,
        "The limit is tighter: what was within it may no longer be.",
        "The limit is looser: what was within it still is.",
    )
}

/// Whether a lower limit went up or came.
fn is_more(old: &Value, new: &Value) -> bool {
    new.as_i64().is_some_and(|new| old.as_i64().is_none_or(|old| new > old))
}

/// Whether an upper limit went down or came.
fn is_less(old: &Value, new: &Value) -> bool {
    new.as_i64().is_some_and(|new| old.as_i64().is_none_or(|old| new < old))
}
