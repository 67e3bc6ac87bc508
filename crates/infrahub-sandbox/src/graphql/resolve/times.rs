//! Filters by the value of a time: the server makes Python objects of them, and then does not know what to do with these.

use crate::graphql::types::{Argument, base};
use crate::store::{Arguments, Refused};
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde_json::Value;

/// Refuses the arguments that the server fails on.
pub(super) fn check_filters(declared: &[Argument], given: &Arguments) -> Result<(), Refused> {
    let times = declared.iter().filter(|argument| base(&argument.ty) == "DateTime");
    for argument in times.filter(|argument| !argument.name.starts_with("node_metadata")) {
        let sentence = match given.get(&argument.name) {
            Some(Value::String(text)) => {
                format!("filter value: {} (<class 'datetime.datetime'>) is not supported.", text_of(text))
            }
            Some(Value::Array(items)) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(repr_of).collect();
                format!("filter values: [{}] (list) contains unsupported item", items.join(", "))
            }
            _ => continue,
        };
        return Err(Refused::failure(sentence));
    }
    Ok(())
}

/// `str` of the Python object.
fn text_of(text: &str) -> String {
    let Some((time, offset)) = parse(text) else { return text.to_owned() };
    let fraction = if time.subsec_nanosecond() == 0 { "" } else { "%.6f" };
    let time = time.strftime(&format!("%Y-%m-%d %H:%M:%S{fraction}")).to_string();
    match offset {
        Some(offset) => format!("{time}{}", written(offset)),
        None => time,
    }
}

fn written(offset: Offset) -> String {
    let (sign, minutes) = (if offset.seconds() < 0 { '-' } else { '+' }, offset.seconds().abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `repr` of the Python object.
fn repr_of(item: &Value) -> String {
    let Some((time, offset)) = item.as_str().and_then(parse) else { return "None".to_owned() };
    let mut parts = vec![
        time.year().to_string(),
        time.month().to_string(),
        time.day().to_string(),
        time.hour().to_string(),
        time.minute().to_string(),
    ];
    let microseconds = time.subsec_nanosecond() / 1000;
    if time.second() != 0 || microseconds != 0 {
        parts.push(time.second().to_string());
    }
    if microseconds != 0 {
        parts.push(microseconds.to_string());
    }
    match offset {
        Some(Offset::UTC) => parts.push("tzinfo=tzutc()".to_owned()),
        Some(offset) => parts.push(format!("tzinfo=tzoffset(None, {})", offset.seconds())),
        None => {}
    }
    format!("datetime.datetime({})", parts.join(", "))
}

/// A time as it is written, and its offset if it has one.
fn parse(text: &str) -> Option<(DateTime, Option<Offset>)> {
    let pieces = Pieces::parse(text).ok()?;
    let time = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    Some((time, pieces.to_numeric_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_written_as_python_does() {
        for (text, as_text, as_repr) in [
            ("2020-02-03", "2020-02-03 00:00:00", "datetime.datetime(2020, 2, 3, 0, 0)"),
            (
                "2020-02-03T04:05:06Z",
                "2020-02-03 04:05:06+00:00",
                "datetime.datetime(2020, 2, 3, 4, 5, 6, tzinfo=tzutc())",
            ),
            (
                "2020-02-03T04:05:06.5-02:30",
                "2020-02-03 04:05:06.500000-02:30",
                "datetime.datetime(2020, 2, 3, 4, 5, 6, 500000, tzinfo=tzoffset(None, -9000))",
            ),
        ] {
            assert_eq!(text_of(text), as_text);
            assert_eq!(repr_of(&json!(text)), as_repr);
        }
    }
}
