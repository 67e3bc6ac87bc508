//! What the server adds to a kind by itself: inherited fields, relationships that every kind has, names, weights.

use super::check;
use super::declare::{strip, title};
use super::{Fields, Kinds, Rejected, flag, has_part, parts, parts_mut, text, texts};
use serde_json::{Value, json};

const GROUP: &str = "CoreGroup";

/// Properties that a kind has from its generic where it has none of its own.
const HANDED_DOWN: &[&str] =
    &["human_friendly_id", "display_label", "order_by", "default_filter", "uniqueness_constraints"];

/// Completes every kind that the files touched, and those that inherit from them.
pub(super) fn complete(kinds: &mut Kinds) -> Result<(), Rejected> {
    let touched: Vec<String> = kinds.touched.iter().cloned().collect();
    let (generics, nodes): (Vec<String>, Vec<String>) = touched
        .into_iter()
        .filter(|name| kinds.all.contains_key(name))
        .partition(|name| kinds.get(name).is_some_and(|kind| text(kind, "flavour") == "generic"));
    for name in &generics {
        complete_one(kinds, name)?;
    }
    let heirs = kinds.all.iter().filter(|(_, kind)| {
        text(kind, "flavour") == "node"
            && texts(kind, "inherit_from").iter().any(|generic| generics.contains(generic))
    });
    let mut all: Vec<String> = heirs.map(|(name, _)| name.clone()).chain(nodes).collect();
    all.sort();
    all.dedup();
    for name in &all {
        complete_one(kinds, name)?;
        kinds.add_user("CoreNode", name);
        kinds.touched.insert(name.clone());
    }
    Ok(())
}

fn complete_one(kinds: &mut Kinds, name: &str) -> Result<(), Rejected> {
    let Some(mut kind) = kinds.all.remove(name) else { return Ok(()) };
    let outcome = inherit(kinds, name, &mut kind).and_then(|()| {
        own(kinds, name, &mut kind);
        settle(name, &mut kind);
        check::check(kinds, name, &kind)
    });
    kinds.all.insert(name.to_owned(), kind);
    outcome
}

fn inherit(kinds: &mut Kinds, name: &str, kind: &mut Fields) -> Result<(), Rejected> {
    for parent in texts(kind, "inherit_from") {
        kinds.add_user(&parent, name);
        let is_new = kinds.new.contains(&parent);
        let Some(generic) = kinds.get(&parent).filter(|generic| text(generic, "flavour") == "generic") else {
            return Err(Rejected::Words(format!(
                "{name} Unable to find the generic '{parent}', from which it inherits"
            )));
        };
        for property in HANDED_DOWN.iter().copied() {
            if kind.get(property).is_none_or(Value::is_null)
                && let Some(value) = generic.get(property)
            {
                kind.insert(property.to_owned(), value.clone());
            }
        }
        if flag(generic, "hierarchical") {
            kind.insert("hierarchy".to_owned(), parent.clone().into());
        }
        for list in ["attributes", "relationships"] {
            let inherited: Vec<Fields> =
                parts(generic, list).filter(|part| is_handed_down(part, is_new)).cloned().collect();
            for mut part in inherited {
                part.insert("inherited".to_owned(), true.into());
                let part_name = text(&part, "name").to_owned();
                let items = parts_mut(kind, list);
                match items.iter_mut().find(|item| item["name"] == part_name.as_str()) {
                    Some(old) if old["inherited"] == true => *old = part.into(),
                    Some(_) => {}
                    None => items.push(part.into()),
                }
            }
        }
    }
    drop_gone(kinds, kind);
    Ok(())
}

/// Takes off the fields that the generics of a kind have no more.
fn drop_gone(kinds: &Kinds, kind: &mut Fields) {
    let lists = ["attributes", "relationships"];
    let generics = texts(kind, "inherit_from");
    let is_there =
        |name: &str| generics.iter().filter_map(|generic| kinds.get(generic)).any(|it| has_part(it, name));
    let inherited =
        lists.into_iter().flat_map(|list| parts(kind, list)).filter(|part| flag(part, "inherited"));
    let names = inherited.map(|part| text(part, "name").to_owned());
    let gone: Vec<String> = names.filter(|name| !is_there(name)).collect();
    for list in lists {
        parts_mut(kind, list).retain(|part| {
            part["inherited"] != true || !gone.iter().any(|name| part["name"] == name.as_str())
        });
    }
    strip(kind, &gone);
}

/// Whether a field is one that kinds have from their generic. Groups and hierarchy are so where the generic was there
/// before: in one load, kinds inherit before a generic gets these.
fn is_handed_down(part: &Fields, is_new: bool) -> bool {
    match text(part, "kind") {
        "Profile" | "Template" => false,
        "Group" | "Hierarchy" => !is_new,
        _ => true,
    }
}

/// The relationships that the kind gets for itself.
fn own(kinds: &Kinds, name: &str, kind: &mut Fields) {
    let is_group = name == GROUP || texts(kind, "inherit_from").iter().any(|generic| generic == GROUP);
    let add = |kind: &mut Fields, relationship: Value| {
        if relationship["name"].as_str().is_some_and(|name| !has_part(kind, name)) {
            parts_mut(kind, "relationships").push(relationship);
        }
    };
    if text(kind, "flavour") == "node" && flag(kind, "generate_template") {
        add(
            kind,
            json!({
                "name": "object_template", "peer": format!("Template{name}"), "kind": "Template",
                "identifier": "node__objecttemplate", "cardinality": "one", "order_weight": 1,
            }),
        );
    }
    if flag(kind, "generate_profile") && !is_group {
        add(
            kind,
            json!({
                "name": "profiles", "peer": "CoreProfile", "kind": "Profile", "identifier": "node__profile",
                "order_weight": 99_000,
            }),
        );
    }
    if flag(kind, "hierarchical") {
        for end in ["parent", "children"] {
            add(kind, end_of_hierarchy(kinds, name, end, name, name));
        }
    }
    if let Some(hierarchy) = kind.get("hierarchy").and_then(Value::as_str).map(str::to_owned) {
        for end in ["parent", "children"] {
            if kinds.new.contains(name) || !has_part(kind, end) {
                // an empty text says that there is none of its own
                default(kind, end, hierarchy.as_str().into());
            }
            let peer = Some(text(kind, end)).filter(|peer| !peer.is_empty()).unwrap_or(&hierarchy).to_owned();
            let relationship = end_of_hierarchy(kinds, name, end, &peer, &hierarchy);
            add(kind, relationship);
            let known = parts_mut(kind, "relationships").iter_mut().find(|field| field["name"] == end);
            if let Some(known) = known.filter(|field| field["kind"] == "Hierarchy") {
                known["peer"] = peer.into();
            }
        }
    }
    if !is_group && kinds.get(GROUP).is_some() {
        for (relationship, identifier) in
            [("member_of_groups", "group_member"), ("subscriber_of_groups", "group_subscriber")]
        {
            add(
                kind,
                json!({ "name": relationship, "peer": GROUP, "kind": "Group", "identifier": identifier }),
            );
        }
    }
}

/// The relationship to what is above or below in a hierarchy.
fn end_of_hierarchy(kinds: &Kinds, kind: &str, end: &str, peer: &str, hierarchy: &str) -> Value {
    let is_generic = peer == kind || kinds.get(peer).is_some_and(|peer| text(peer, "flavour") == "generic");
    let (cardinality, direction) = if end == "parent" { ("one", "outbound") } else { ("many", "inbound") };
    json!({
        "name": end, "peer": peer, "kind": "Hierarchy", "identifier": "parent__child", "cardinality": cardinality,
        "direction": direction, "hierarchical": hierarchy, "optional": end == "children" || is_generic,
    })
}

/// Names, weights and limits that follow from the rest.
fn settle(name: &str, kind: &mut Fields) {
    let branch = text(kind, "branch").to_owned();
    let mut place = 0_i64;
    for list in ["attributes", "relationships"] {
        for item in parts_mut(kind, list) {
            place += 1000;
            let Some(part) = item.as_object_mut() else { continue };
            let label = title(text(part, "name"));
            default(part, "label", label.into());
            default(part, "branch", branch.as_str().into());
            default(part, "order_weight", place.into());
            if list == "attributes" {
                let has_default = part.get("default_value").is_some_and(|value| !value.is_null());
                default(part, "optional", false.into());
                if has_default {
                    part.insert("optional".to_owned(), true.into());
                }
            } else {
                settle_relationship(name, part);
            }
        }
    }
    identify(kind);
}

fn settle_relationship(kind: &str, part: &mut Fields) {
    let mut ends = [kind.to_lowercase(), text(part, "peer").to_lowercase()];
    ends.sort();
    default(part, "identifier", ends.join("__").into());
    default(part, "kind", "Generic".into());
    default(part, "cardinality", "many".into());
    default(part, "optional", true.into());
    default(part, "direction", "bidirectional".into());
    let cascades = text(part, "kind") == "Component";
    default(part, "on_delete", if cascades { "cascade" } else { "no-action" }.into());
    if text(part, "cardinality") == "one" {
        let least = i64::from(!flag(part, "optional"));
        part.insert("min_count".to_owned(), least.into());
        part.insert("max_count".to_owned(), 1.into());
    }
}

fn default(part: &mut Fields, property: &str, value: Value) {
    if part.get(property).is_none_or(Value::is_null) {
        part.insert(property.to_owned(), value);
    }
}

/// The human-friendly id of a kind with a unique attribute, and what is unique.
fn identify(kind: &mut Fields) {
    let unique: Vec<String> = parts(kind, "attributes")
        .filter(|attribute| flag(attribute, "unique"))
        .map(|attribute| format!("{}__value", text(attribute, "name")))
        .collect();
    if kind.get("human_friendly_id").is_none_or(Value::is_null)
        && let Some(first) = unique.iter().find(|path| *path == "name__value").or(unique.first())
    {
        kind.insert("human_friendly_id".to_owned(), json!([first]));
    }
    let hfid: Vec<String> = texts(kind, "human_friendly_id")
        .into_iter()
        .map(|path| match path.split_once("__") {
            Some((field, _)) if parts(kind, "relationships").any(|part| text(part, "name") == field) => {
                field.to_owned()
            }
            _ => path,
        })
        .collect();
    let mut constraints: Vec<Vec<String>> = kind
        .get("uniqueness_constraints")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|fields| {
            fields.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        })
        .collect();
    let sorted = |fields: &[String]| {
        let mut fields = fields.to_vec();
        fields.sort();
        fields
    };
    for wanted in unique.into_iter().map(|path| vec![path]).chain((!hfid.is_empty()).then_some(hfid)) {
        if !constraints.iter().any(|known| sorted(known) == sorted(&wanted)) {
            constraints.push(wanted);
        }
    }
    let alone: Vec<&str> = constraints
        .iter()
        .filter_map(|fields| if let [path] = &fields[..] { path.strip_suffix("__value") } else { None })
        .collect();
    for attribute in parts_mut(kind, "attributes") {
        if alone.iter().any(|name| attribute["name"] == *name) {
            attribute["unique"] = true.into();
        }
    }
    if !constraints.is_empty() {
        kind.insert("uniqueness_constraints".to_owned(), json!(constraints));
    }
}
