//! What files declare, laid over the kinds that are there.

use super::{Fields, Kinds, Rejected, has_part, parts_mut, text};
use serde_json::{Value, json};

/// Properties of a kind that are not simply taken over: they are worked out, or are no data.
const NOT_TAKEN: &[&str] = &[
    "attributes",
    "relationships",
    "id",
    "kind",
    "hash",
    "filters",
    "state",
    "used_by",
    "include_in_menu",
    "menu_placement",
    "icon",
    "display_labels",
    "restricted_namespaces",
    "hierarchy",
];

/// What a declaration says where it says nothing. Other properties stay as they were.
fn defaults(of: &str) -> Value {
    match of {
        "node" => json!({
            "branch": "aware", "inherit_from": [], "generate_profile": true, "generate_template": false,
        }),
        "generic" => json!({ "branch": "aware", "hierarchical": false, "generate_profile": true }),
        "attributes" => json!({ "unique": false, "optional": false, "read_only": false }),
        _ => json!({
            "kind": "Generic", "cardinality": "many", "min_count": 0, "max_count": 0, "optional": true,
            "direction": "bidirectional", "read_only": false,
        }),
    }
}

/// A declaration with what it says where it says nothing.
fn spelled_out(declared: &Fields, of: &str) -> Fields {
    let mut all = defaults(of).as_object().cloned().unwrap_or_default();
    let said = declared.iter().filter(|(_, value)| !value.is_null());
    all.extend(said.map(|(name, value)| (name.clone(), value.clone())));
    all
}

/// Lays all files over the kinds, generics first.
pub(super) fn declare(kinds: &mut Kinds, body: &Value) -> Result<(), Rejected> {
    let files: Vec<&Value> = body["schemas"].as_array().into_iter().flatten().collect();
    for (list, flavour) in [("generics", "generic"), ("nodes", "node")] {
        for declared in files.iter().filter_map(|file| file[list].as_array()).flatten() {
            if let Some(declared) = declared.as_object() {
                kind(kinds, declared, flavour)?;
            }
        }
    }
    for extension in files.iter().filter_map(|file| file["extensions"]["nodes"].as_array()).flatten() {
        let Some(extension) = extension.as_object() else { continue };
        let name = text(extension, "kind").to_owned();
        let Some(mut extended) = kinds.all.remove(&name) else {
            return Err(Rejected::Words(format!("Unable to find the schema '{name}' in the registry")));
        };
        strip(&mut extended, &removed(extension));
        let outcome = fields(&name, &mut extended, extension);
        kinds.all.insert(name.clone(), extended);
        kinds.touched.insert(name);
        outcome?;
    }
    Ok(())
}

fn kind(kinds: &mut Kinds, declared: &Fields, flavour: &str) -> Result<(), Rejected> {
    let (namespace, name) = (text(declared, "namespace"), text(declared, "name"));
    let full = format!("{namespace}{name}");
    if text(declared, "state") == "absent" {
        remove(kinds, &full);
        return Ok(());
    }
    match kinds.namespaces.get(namespace) {
        Some(false) if !kinds.all.contains_key(&full) => {
            return Err(Rejected::Words(format!("Restricted namespace '{namespace}' used on '{name}'")));
        }
        Some(_) => {}
        None => {
            kinds.namespaces.insert(namespace.to_owned(), true);
        }
    }
    let mut made = kinds.all.remove(&full).unwrap_or_else(|| {
        kinds.new.insert(full.clone());
        let new = json!({
            "flavour": flavour, "kind": full, "namespace": namespace, "name": name, "branch": "aware",
            "label": title(name), "generate_profile": true, "attributes": [], "relationships": [],
        });
        match new {
            Value::Object(fields) => fields,
            _ => Fields::new(),
        }
    });
    strip(&mut made, &removed(declared));
    for (property, value) in spelled_out(declared, flavour) {
        if !NOT_TAKEN.contains(&property.as_str()) {
            made.insert(property, value);
        }
    }
    let outcome = fields(&full, &mut made, declared);
    kinds.all.insert(full.clone(), made);
    kinds.touched.insert(full);
    outcome
}

/// Removes a kind with its profile and its template.
fn remove(kinds: &mut Kinds, full: &str) {
    let gone = [full.to_owned(), format!("Profile{full}"), format!("Template{full}")];
    for name in &gone {
        kinds.all.remove(name);
    }
    for kind in kinds.all.values_mut() {
        parts_mut(kind, "used_by")
            .retain(|user| user.as_str().is_none_or(|user| !gone.iter().any(|it| it == user)));
    }
}

/// The fields that are declared to be gone.
fn removed(declared: &Fields) -> Vec<String> {
    let lists = ["attributes", "relationships"].into_iter();
    let absent =
        lists.flat_map(|list| super::parts(declared, list)).filter(|part| text(part, "state") == "absent");
    absent.map(|part| text(part, "name").to_owned()).collect()
}

/// Takes fields that are gone out of what the kind makes of its fields.
pub(super) fn strip(kind: &mut Fields, gone: &[String]) {
    let stays = |path: &Value| {
        let field = path.as_str().and_then(|path| path.split("__").next()).unwrap_or_default();
        !gone.iter().any(|name| name == field)
    };
    let mut emptied = Vec::new();
    for property in ["human_friendly_id", "order_by"] {
        if let Some(Value::Array(paths)) = kind.get_mut(property) {
            paths.retain(stays);
            emptied.extend(paths.is_empty().then_some(property));
        }
    }
    if let Some(Value::Array(constraints)) = kind.get_mut("uniqueness_constraints") {
        constraints.iter_mut().filter_map(Value::as_array_mut).for_each(|paths| paths.retain(stays));
        constraints.retain(|paths| paths != &json!([]));
        emptied.extend(constraints.is_empty().then_some("uniqueness_constraints"));
    }
    emptied.extend(kind.get("default_filter").is_some_and(|path| !stays(path)).then_some("default_filter"));
    for property in emptied {
        kind.remove(property);
    }
}

/// The attributes and relationships that are declared of a kind.
fn fields(full: &str, kind: &mut Fields, declared: &Fields) -> Result<(), Rejected> {
    for list in ["attributes", "relationships"] {
        for part in super::parts(declared, list) {
            let name = text(part, "name");
            let clashes = has_part(kind, name);
            let items = parts_mut(kind, list);
            let position = items.iter().position(|item| item["name"] == name);
            if text(part, "state") == "absent" {
                if let Some(position) = position {
                    items.remove(position);
                }
                continue;
            }
            match position.and_then(|position| items[position].as_object_mut()) {
                Some(old) => lay_over(old, &spelled_out(part, list)),
                None if clashes => {
                    return Err(Rejected::Words(format!(
                        "{full}: Names of attributes and relationships must be unique : '{name}'"
                    )));
                }
                None => {
                    let mut new = Fields::new();
                    lay_over(&mut new, &spelled_out(part, list));
                    items.push(new.into());
                }
            }
        }
    }
    Ok(())
}

fn lay_over(old: &mut Fields, declared: &Fields) {
    for (property, value) in declared {
        let taken = !matches!(
            property.as_str(),
            "id" | "state" | "hash" | "filters" | "inherited" | "allow_override" | "display" | "ordered"
        );
        if !taken {
            continue;
        }
        // limits stand among the parameters, wherever a file has them
        if matches!(property.as_str(), "regex" | "min_length" | "max_length") {
            let parameters = old.entry("parameters").or_insert_with(|| json!({}));
            parameters[property] = value.clone();
        } else if property == "parameters" {
            let parameters = old.entry("parameters").or_insert_with(|| json!({}));
            for (name, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null())
            {
                parameters[name] = value.clone();
            }
        } else if property == "choices" {
            let known = old.get("choices").cloned().unwrap_or_default();
            old.insert(property.clone(), choices(value, &known));
        } else {
            old.insert(property.clone(), value.clone());
        }
    }
}

/// The colours of choices that have none, in the order in which they are given out.
const COLORS: &[&str] = &[
    "#ed6a5a", "#f4f1bb", "#9bc1bc", "#5ca4a9", "#e6ebe0", "#52489c", "#4062bb", "#59c3c3", "#56638a",
    "#5d737e", "#55505c", "#592941", "#498467", "#e5d0e3", "#748cab", "#018e42", "#50808e", "#7b2d26",
    "#9799ca", "#51bbfe",
];

/// Choices with the label and the colour that the server fills in. Those that are not declared stay.
fn choices(declared: &Value, known: &Value) -> Value {
    fn all(list: &Value) -> impl Iterator<Item = Fields> {
        list.as_array().into_iter().flatten().filter_map(Value::as_object).cloned()
    }
    let mut choices: Vec<Fields> = all(declared).collect();
    let is_declared = |old: &Fields| choices.iter().any(|new| new["name"] == old["name"]);
    let stay: Vec<Fields> = all(known).filter(|old| !is_declared(old)).collect();
    choices.extend(stay);
    choices.retain(|choice| text(choice, "state") != "absent");
    choices.sort_by(|a, b| text(b, "name").cmp(text(a, "name")));
    for choice in &mut choices {
        let before = known.as_array().into_iter().flatten().find(|old| old["name"] == text(choice, "name"));
        for property in ["label", "color"] {
            if let Some(old) = before.and_then(|old| old.get(property))
                && choice.get(property).is_none_or(Value::is_null)
            {
                choice.insert(property.to_owned(), old.clone());
            }
        }
    }
    let mut taken: Vec<String> = choices.iter().map(|choice| text(choice, "color").to_owned()).collect();
    for choice in &mut choices {
        if text(choice, "color").is_empty() {
            let free = COLORS.iter().find(|color| !taken.iter().any(|taken| taken == *color));
            let color = free.copied().unwrap_or("#ff0000");
            taken.push(color.to_owned());
            choice.insert("color".to_owned(), color.into());
        }
        if text(choice, "label").is_empty() {
            choice.insert("label".to_owned(), title(text(choice, "name")).into());
        }
    }
    choices.reverse();
    choices.into_iter().map(Value::from).collect()
}

/// A name for people: `mac_address` is `Mac Address`.
pub(super) fn title(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect::<String>())
    };
    name.split('_').filter_map(word).collect::<Vec<_>>().join(" ")
}
