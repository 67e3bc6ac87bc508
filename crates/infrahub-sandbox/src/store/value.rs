//! What an attribute takes, and the form in which it keeps it.

use super::catalogue::Catalogue;
use super::{Refused, address, python};
use infrahub_schema::{Attribute, AttributeKind};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ZonedDateTime};
use serde_json::Value;

/// A text that the server's database indexes is shorter than this.
const LONGEST_TEXT: usize = 4096;

/// Checks a value that is not null, and gives it in the form in which it is kept.
pub(crate) fn accept(
    catalogue: &Catalogue,
    kind: &str,
    attribute: &Attribute,
    value: &Value,
) -> Result<Value, Refused> {
    let value = typed(kind, attribute, value)?;
    rules(catalogue, kind, attribute, &value)?;
    Ok(normal(attribute, value))
}

/// The default of an attribute in the form in which it is kept; null if it has none.
pub(crate) fn default(attribute: &Attribute) -> Value {
    attribute.default_value.clone().map_or(Value::Null, |value| normal(attribute, value))
}

/// A part of an attribute's value, such as the `version` of an address or the `label` of a choice; null where the value
/// is, or where the kind of attribute has no such part.
pub(crate) fn property(attribute: &Attribute, value: &Value, name: &str) -> Value {
    if name == "value" {
        return value.clone();
    }
    match attribute.kind {
        AttributeKind::Dropdown => {
            let choices = attribute.choices.iter().flatten();
            let choice = choices.into_iter().find(|choice| value.as_str() == Some(&choice.name));
            let text = choice.and_then(|choice| match name {
                "label" => choice.label.as_ref(),
                "color" => choice.color.as_ref(),
                "description" => choice.description.as_ref(),
                _ => None,
            });
            text.map_or("", String::as_str).into()
        }
        AttributeKind::IpHost | AttributeKind::IpNetwork | AttributeKind::IpAddress => {
            let network = value.as_str().and_then(address::host);
            network.and_then(|network| address::part(network, name)).unwrap_or_default()
        }
        AttributeKind::MacAddress => {
            let mac = value.as_str().and_then(address::mac);
            mac.and_then(|mac| address::mac_part(mac, name)).unwrap_or_default()
        }
        _ => Value::Null,
    }
}

/// The value as its kind has it, if it is of the kind.
fn typed(kind: &str, attribute: &Attribute, value: &Value) -> Result<Value, Refused> {
    let wrong =
        || Err(Refused::wrong_type(kind, &attribute.name, python::text(value), attribute.kind.as_str()));
    let is_text = |fits: fn(&str) -> bool| match value.as_str() {
        Some(text) if fits(text) => Ok(value.clone()),
        _ => wrong(),
    };
    match &attribute.kind {
        AttributeKind::Number | AttributeKind::NumberPool | AttributeKind::Bandwidth => match whole(value) {
            Some(number) => Ok(number.into()),
            None if value.is_number() => Err(Refused::failure("Python int too large to convert to C long")),
            None => wrong(),
        },
        AttributeKind::Boolean | AttributeKind::Checkbox => {
            if value.is_boolean() {
                Ok(value.clone())
            } else {
                wrong()
            }
        }
        AttributeKind::List | AttributeKind::Json => structure(kind, attribute, value).unwrap_or_else(wrong),
        AttributeKind::Any if value.is_object() => {
            Err(Refused::failure("Property values can only be of primitive types or arrays thereof."))
        }
        AttributeKind::Any => Ok(value.clone()),
        AttributeKind::IpHost => is_text(|text| address::host(text).is_some()),
        AttributeKind::IpNetwork => is_text(|text| address::network(text).is_some()),
        AttributeKind::IpAddress => is_text(|text| !text.contains('/') && address::host(text).is_some()),
        AttributeKind::MacAddress => is_text(|text| address::mac(text).is_some()),
        AttributeKind::Url => is_text(is_url),
        AttributeKind::DateTime if attribute.optional && value.as_str() == Some("") => Ok(value.clone()),
        AttributeKind::DateTime => is_text(is_time),
        AttributeKind::Unknown(name) => Err(Refused::lacking(format!("attributes of kind {name}"))),
        _ => is_text(|_| true),
    }
}

/// A list, or for JSON an object too; the server reads texts as JSON. `None` if it is neither.
fn structure(kind: &str, attribute: &Attribute, value: &Value) -> Option<Result<Value, Refused>> {
    let is_list = attribute.kind == AttributeKind::List;
    let value = match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(read) => read,
            Err(_) => {
                let what = if is_list { "is not a valid JSON list" } else { "is not valid JSON" };
                return Some(Err(Refused::rule(kind, &attribute.name, format!("{text} {what}"))));
            }
        },
        other => other.clone(),
    };
    (value.is_array() || value.is_object() && !is_list).then_some(Ok(value))
}

/// What the server's whole numbers are read from: fractions are cut, texts are read.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let fraction = number.as_f64()?.trunc();
            (fraction.abs() < 9.2e18).then_some(fraction as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_url(text: &str) -> bool {
    match text.split_once("://") {
        Some((scheme, rest)) => {
            !scheme.is_empty() && rest.split(['/', '?', '#']).next().is_some_and(|host| !host.is_empty())
        }
        None => text.starts_with('/'),
    }
}

/// Whether the server reads a time in it: ISO forms, a date, or a distance such as `30m`, which may stand anywhere.
fn is_time(text: &str) -> bool {
    let distance = || {
        text.as_bytes()
            .windows(2)
            .any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b's' | b'm' | b'h'))
    };
    text.parse::<Timestamp>().is_ok()
        || text.parse::<DateTime>().is_ok()
        || text.parse::<Date>().is_ok()
        || text.parse::<ZonedDateTime>().is_ok()
        || distance()
}

/// The limits that the schema sets.
fn rules(catalogue: &Catalogue, kind: &str, attribute: &Attribute, value: &Value) -> Result<(), Refused> {
    let parameters = &attribute.parameters;
    let broken = |sentence: String| Err(Refused::rule(kind, &attribute.name, sentence));
    let is_large =
        matches!(attribute.kind, AttributeKind::TextArea | AttributeKind::Json | AttributeKind::List);
    if !is_large && value.as_str().is_some_and(|text| text.len() + 3 >= LONGEST_TEXT) {
        return Err(Refused::invalid("Text attribute length should be less than 4096 characters."));
    }
    if let Some(pattern) = &parameters.regex {
        let Some(Ok(regex)) = catalogue.pattern(pattern) else {
            return Err(Refused::lacking(format!("the regular expression {}", python::quoted(pattern))));
        };
        let texts: Vec<String> = match value {
            Value::Array(items) => items.iter().map(python::text).collect(),
            other => vec![python::text(other)],
        };
        if let Some(text) = texts.iter().find(|text| !regex.is_match(text)) {
            return broken(format!("{text} must conform with the regex: {}", python::quoted(pattern)));
        }
    }
    if let Some(length) = length(value) {
        if let Some(least) = parameters.min_length.filter(|least| *least > length) {
            return broken(format!("{} must have a minimum length of {least}", python::text(value)));
        }
        if let Some(most) = parameters.max_length.filter(|most| *most != 0 && *most < length) {
            return broken(format!("{} must have a maximum length of {most}", python::text(value)));
        }
    }
    if let Some(number) = value.as_i64()
        && let Some(sentence) = out_of_range(attribute, number)
    {
        return broken(sentence);
    }
    if let Some(allowed) = &attribute.allowed_values
        && !allowed.contains(value)
    {
        return broken(format!("{} must be one of {}", python::text(value), python::list(allowed)));
    }
    if attribute.kind == AttributeKind::Dropdown {
        let mut names: Vec<&str> = attribute.choices.iter().flatten().map(|choice| &*choice.name).collect();
        names.sort_unstable();
        if !names.iter().any(|name| value.as_str() == Some(name)) {
            let names = python::quoted(&names.join(", "));
            return broken(format!("{} must be one of {names}", python::text(value)));
        }
    }
    Ok(())
}

fn length(value: &Value) -> Option<i64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}

fn out_of_range(attribute: &Attribute, number: i64) -> Option<String> {
    let parameters = &attribute.parameters;
    if let Some(least) = parameters.min_value.filter(|least| number < *least) {
        return Some(format!("{number} is lower than the minimum allowed value {least}"));
    }
    if let Some(most) = parameters.max_value.filter(|most| number > *most) {
        return Some(format!("{number} is higher than the maximum allowed value {most}"));
    }
    excluded(attribute).find(|(first, last)| (*first..=*last).contains(&number)).map(|(first, last)| {
        if first == last {
            format!("{number} is in the excluded values")
        } else {
            format!("{number} is in an the excluded range {first}-{last}")
        }
    })
}

/// The ranges of numbers that an attribute does not take (`5,10-20`); a single number is a range of one.
pub(crate) fn excluded(attribute: &Attribute) -> impl Iterator<Item = (i64, i64)> {
    let parts = attribute.parameters.excluded_values.as_deref().unwrap_or_default().split(',');
    parts.filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
    })
}

fn normal(attribute: &Attribute, value: Value) -> Value {
    let Some(text) = value.as_str() else { return value };
    let written = match attribute.kind {
        AttributeKind::IpHost | AttributeKind::IpNetwork => address::host(text).map(address::with_length),
        AttributeKind::IpAddress => address::host(text).map(|network| address::text(network.addr())),
        AttributeKind::MacAddress => address::mac(text).map(address::mac_text),
        _ => None,
    };
    written.map_or(value, Value::String)
}
