//! The profile kinds of the kinds that changed.

use super::{Fields, Kinds, flag, parts, parts_mut, text};
use serde_json::{Value, json};

const PROFILE: &str = "CoreProfile";

/// Makes the profiles of all kinds that the files touched again.
pub(super) fn complete(kinds: &mut Kinds) {
    for name in kinds.touched.clone() {
        let Some(kind) = kinds.get(&name) else { continue };
        let has_template = kinds.all.contains_key(&format!("Template{name}"));
        let profile = format!("Profile{name}");
        let namespace = text(kind, "namespace");
        let is_servers_own = kinds.namespaces.get(namespace) == Some(&false) && namespace != "Builtin";
        if !flag(kind, "generate_profile") || is_servers_own || kinds.get(PROFILE).is_none() {
            continue;
        }
        let fresh = profile_of(kind, has_template);
        let made = match kinds.all.remove(&profile) {
            // what is there stays, in the order in which a server made it
            Some(old) => updated(old, &fresh),
            None => fresh,
        };
        kinds.all.insert(profile.clone(), made);
        kinds.add_user(PROFILE, &profile);
        kinds.add_user("CoreNode", &profile);
    }
}

fn profile_of(kind: &Fields, has_template: bool) -> Fields {
    let name = format!("{}{}", text(kind, "namespace"), text(kind, "name"));
    let mut attributes = vec![
        json!({
            "name": "profile_name", "kind": "Text", "label": "Profile Name", "unique": true, "optional": false,
            "description": "Unique name identifier for the profile", "order_weight": 1000,
            "parameters": { "min_length": 3, "max_length": 32 },
        }),
        json!({
            "name": "profile_priority", "kind": "Number", "label": "Profile Priority", "optional": true,
            "description": "Priority level for profile application (lower numbers have higher priority)",
            "order_weight": 2000, "default_value": 1000,
        }),
    ];
    attributes.extend(parts(kind, "attributes").filter(|part| is_given(kind, part)).map(|attribute| {
        let mut attribute = attribute.clone();
        attribute.insert("optional".to_owned(), true.into());
        attribute.remove("default_value");
        attribute.remove("inherited");
        Value::from(attribute)
    }));
    let after = |count: usize| 1000 * i64::try_from(attributes.len() + count).unwrap_or(0);
    let mut relationships = vec![related("related_nodes", "Related Nodes", &name, "node__profile", after(1))];
    if has_template {
        let peer = format!("Template{name}");
        relationships.push(related(
            "related_templates",
            "Related Templates",
            &peer,
            "template__profile",
            after(2),
        ));
    }
    let given = parts(kind, "relationships")
        .filter(|part| matches!(text(part, "kind"), "Attribute" | "Generic") && is_given(kind, part));
    relationships.extend(given.map(|relationship| {
        let mut relationship = relationship.clone();
        let identifier = format!("profile_{}", text(&relationship, "identifier"));
        relationship.insert("identifier".to_owned(), identifier.into());
        relationship.insert("optional".to_owned(), true.into());
        relationship.insert("on_delete".to_owned(), "no-action".into());
        for property in ["inherited", "description", "common_parent", "common_relatives", "deprecation"] {
            relationship.remove(property);
        }
        Value::from(relationship)
    }));
    for (relationship, label, identifier) in [
        ("member_of_groups", "Member Of Groups", "group_member"),
        ("subscriber_of_groups", "Subscriber Of Groups", "group_subscriber"),
    ] {
        let weight = after(relationships.len() + 1);
        relationships.push(json!({
            "name": relationship, "label": label, "peer": "CoreGroup", "kind": "Group",
            "identifier": identifier, "order_weight": weight, "on_delete": "no-action",
        }));
    }
    let profile = json!({
        "flavour": "profile", "kind": format!("Profile{name}"), "namespace": "Profile", "name": name,
        "label": format!("Profile {}", text(kind, "label")), "description": format!("Profile for {name}"),
        "branch": text(kind, "branch"), "default_filter": "profile_name__value",
        "human_friendly_id": ["profile_name__value"], "display_label": "profile_name__value",
        "inherit_from": ["CoreNode", PROFILE, "LineageSource"],
        "attributes": attributes, "relationships": relationships,
    });
    match profile {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

fn related(name: &str, label: &str, peer: &str, identifier: &str, weight: i64) -> Value {
    json!({
        "name": name, "label": label, "peer": peer, "kind": "Profile", "identifier": identifier,
        "order_weight": weight, "on_delete": "no-action",
    })
}

/// Whether profiles give a field: nothing that tells objects apart or that the server sets.
fn is_given(kind: &Fields, part: &Fields) -> bool {
    let name = text(part, "name");
    let constraints = kind.get("uniqueness_constraints").and_then(Value::as_array).into_iter().flatten();
    let mut paths = constraints.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    let tells_apart = paths.any(|path| path.split("__").next() == Some(name));
    !flag(part, "read_only") && !flag(part, "unique") && !tells_apart
}

/// A profile or template that was there, with the fields that its kind has now.
pub(super) fn updated(mut old: Fields, fresh: &Fields) -> Fields {
    for list in ["attributes", "relationships"] {
        let wanted: Vec<Fields> = parts(fresh, list).cloned().collect();
        let items = parts_mut(&mut old, list);
        items.retain(|item| wanted.iter().any(|part| item["name"] == text(part, "name")));
        for part in wanted {
            match items.iter_mut().find(|item| item["name"] == text(&part, "name")) {
                Some(item) if list == "attributes" => {
                    let weight = item.get("order_weight").cloned();
                    *item = part.into();
                    if let Some(weight) = weight {
                        item["order_weight"] = weight;
                    }
                }
                Some(_) => {}
                None => items.push(part.into()),
            }
        }
    }
    for property in ["label", "description"] {
        if let Some(value) = fresh.get(property) {
            old.insert(property.to_owned(), value.clone());
        }
    }
    old
}
