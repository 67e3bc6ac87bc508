//! Ranges in the texts of an object, which stand for several objects: `eth[1-3]`, `rack-[a,c]`.

use super::Wrong;
use infrahub_schema::yaml::{Data, Node};
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

static RANGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[([A-Za-z0-9_,-]*[-,][A-Za-z0-9_,-]*)\]").expect("a test uses it"));

/// More objects are not made of one.
const MOST: usize = 100_000;

/// Whether `parameters` ask for it.
pub(super) fn is_wanted(node: &Node) -> bool {
    let wanted = node.get("parameters").and_then(|parameters| parameters.get("expand_range"));
    wanted.is_some_and(|wanted| wanted.data == Data::Scalar(Value::Bool(true)))
}

/// The objects that these stand for. Ranges of one object go in step, so they are of one length.
pub(super) fn objects(nodes: &[Node], is_wanted: bool) -> Result<Vec<Node>, Wrong> {
    let mut objects = Vec::new();
    for node in nodes {
        match &node.data {
            Data::Map(fields) if is_wanted => objects.extend(expanded(node.line, fields)?),
            _ => objects.push(node.clone()),
        }
    }
    Ok(objects)
}

fn expanded(line: usize, fields: &[(String, Node)]) -> Result<Vec<Node>, Wrong> {
    let mut length = None;
    let mut texts: Vec<Option<Vec<String>>> = Vec::new();
    for (name, value) in fields {
        let all = value.text().filter(|text| RANGE.is_match(text)).map(|text| range(text));
        if let Some(all) = &all {
            let count = *length.get_or_insert(all.len());
            if count != all.len() || count > MOST {
                let message = format!(
                    "`{name}` stands for {} texts, another range for {count}: they go in step, {MOST} at most",
                    all.len()
                );
                return Err(Wrong::new(value.line, message));
            }
        }
        texts.push(all);
    }
    let object = |index: usize| {
        let fields = fields.iter().zip(&texts).map(|((name, value), texts)| {
            let text = texts.as_ref().and_then(|texts| texts.get(index));
            let data = text.map_or_else(|| value.data.clone(), |text| Data::Scalar(text.as_str().into()));
            (name.clone(), Node { line: value.line, data })
        });
        Node { line, data: Data::Map(fields.collect()) }
    };
    Ok((0..length.unwrap_or(1)).map(object).collect())
}

/// The texts that one stands for; of several ranges each with each, the last one changing fastest.
fn range(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut end = 0;
    for found in RANGE.captures_iter(text) {
        let (Some(whole), Some(inside)) = (found.get(0), found.get(1)) else { continue };
        let before = &text[end..whole.start()];
        let parts = parts(inside.as_str());
        all = all
            .iter()
            .flat_map(|start| parts.iter().map(move |part| format!("{start}{before}{part}")))
            .collect();
        end = whole.end();
    }
    all.iter().map(|start| format!("{start}{}", &text[end..])).collect()
}

/// The parts of `1-3`, `a,c` or both; what is no range stays as it is.
fn parts(inside: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in inside.split(',') {
        let Some((first, last)) = part.split_once('-') else {
            if part.is_empty() {
                return vec![format!("[{inside}]")];
            }
            parts.push(part.to_owned());
            continue;
        };
        let letter =
            |text: &str| text.chars().next().filter(|first| first.is_ascii_alphabetic() && text.len() == 1);
        match (first.parse::<usize>(), last.parse::<usize>(), letter(first), letter(last)) {
            (Ok(first), Ok(last), ..) => {
                parts.extend(steps(first, last).take(MOST + 1).map(|step| step.to_string()))
            }
            (_, _, Some(first), Some(last)) => {
                let letters = steps(first as usize, last as usize);
                parts.extend(
                    letters.filter_map(|step| char::from_u32(u32::try_from(step).ok()?)).map(String::from),
                );
            }
            _ if first.is_empty() || last.is_empty() => return vec![format!("[{inside}]")],
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

/// From the one to the other, upwards or downwards.
fn steps(first: usize, last: usize) -> Box<dyn Iterator<Item = usize>> {
    if first <= last { Box::new(first..=last) } else { Box::new((last..=first).rev()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_infrahubs_own_tools() {
        for (text, expected) in [
            ("Device [A-C]", vec!["Device A", "Device B", "Device C"]),
            ("eth[1-2]/0/[9-10]", vec!["eth1/0/9", "eth1/0/10", "eth2/0/9", "eth2/0/10"]),
            ("eth[3-1,7]", vec!["eth3", "eth2", "eth1", "eth7"]),
            ("rack-[a,c]-x", vec!["rack-a-x", "rack-c-x"]),
            ("[a-1]", vec!["a-1"]),
            ("x[-,]", vec!["x[-,]"]),
        ] {
            assert_eq!(range(text), expected);
        }
        assert!(!RANGE.is_match("plain") && !RANGE.is_match("[a]"));
    }
}
