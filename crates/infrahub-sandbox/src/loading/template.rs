//! The templates of the kinds that ask for one, and of the components and generics that come along.

use super::declare::title;
use super::profile::updated;
use super::{Fields, Kinds, flag, parts, parts_mut, text, texts};
use crate::store::python_title;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OBJECT: &str = "CoreObjectTemplate";
const COMPONENT: &str = "CoreObjectComponentTemplate";

/// Kinds that no template stands for.
const EXCLUDED: &[&str] = &["CoreNumberPool", "CoreIPAddressPool", "CoreIPPrefixPool", "CoreResourcePool"];

/// Makes the templates that are missing, and those of all kinds that the files touched again.
pub(super) fn complete(kinds: &mut Kinds) {
    if kinds.get(OBJECT).is_none() || kinds.get(COMPONENT).is_none() {
        return;
    }
    let needed = needed(kinds);
    remove_others(kinds, &needed);
    if !needed.is_empty() {
        kinds.namespaces.insert("Template".to_owned(), false);
    }
    for name in &needed {
        let template = template_kind(name);
        let is_new = kinds.get(&template).is_none();
        if !is_new && !kinds.touched.contains(name) {
            continue;
        }
        let Some(kind) = kinds.get(name) else { continue };
        let fresh = template_of(kinds, name, kind, &needed);
        let made = match kinds.all.remove(&template) {
            // what is there stays, in the order in which a server made it
            Some(old) => updated(old, &fresh),
            None => fresh,
        };
        for generic in texts(&made, "inherit_from").iter().filter(|generic| generic.starts_with("Template")) {
            kinds.add_user(generic, &template);
        }
        kinds.all.insert(template.clone(), made);
        kinds.touched.insert(name.clone());
        kinds.add_user(OBJECT, &template);
        kinds.add_user("CoreNode", &template);
    }
}

fn template_kind(kind: &str) -> String {
    format!("Template{kind}")
}

/// The kinds that have templates: those that ask for one, what they inherit from, and their components.
fn needed(kinds: &Kinds) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let asking = kinds.all.iter().filter(|(_, kind)| {
        text(kind, "flavour") == "node"
            && flag(kind, "generate_template")
            && kinds.namespaces.get(text(kind, "namespace")) != Some(&false)
    });
    for (name, _) in asking {
        collect(kinds, name, &mut needed);
    }
    needed
}

fn collect(kinds: &Kinds, name: &str, needed: &mut BTreeSet<String>) {
    let Some(kind) = kinds.get(name) else { return };
    if EXCLUDED.contains(&name) || !needed.insert(name.to_owned()) {
        return;
    }
    let is_node = text(kind, "flavour") == "node";
    if is_node {
        let generics = texts(kind, "inherit_from").into_iter();
        needed.extend(generics.filter(|generic| !EXCLUDED.contains(&generic.as_str())));
    }
    for relationship in parts(kind, "relationships") {
        let is_parent = text(relationship, "kind") == "Parent";
        if !is_parent && text(relationship, "kind") != "Component"
            || is_parent && is_node && flag(kind, "generate_template")
        {
            continue;
        }
        let peer = text(relationship, "peer");
        let Some(schema) = kinds.get(peer).filter(|_| !needed.contains(peer)) else { continue };
        let users = if text(schema, "flavour") == "generic" { texts(schema, "used_by") } else { Vec::new() };
        if !is_parent || !users.iter().any(|user| needed.contains(user)) {
            users.iter().for_each(|user| collect(kinds, user, needed));
        }
        collect(kinds, peer, needed);
    }
}

/// Removes the templates that nobody needs any more.
fn remove_others(kinds: &mut Kinds, needed: &BTreeSet<String>) {
    let wanted: BTreeSet<String> = needed.iter().map(|name| template_kind(name)).collect();
    kinds.all.retain(|name, kind| text(kind, "namespace") != "Template" || wanted.contains(name));
    let is_gone = |user: &str| user.starts_with("Template") && !wanted.contains(user);
    for kind in kinds.all.values_mut() {
        if kind.contains_key("used_by") {
            parts_mut(kind, "used_by").retain(|user| user.as_str().is_none_or(|user| !is_gone(user)));
        }
        let is_asking = flag(kind, "generate_template");
        parts_mut(kind, "relationships").retain(|part| match part["kind"].as_str() {
            Some("Template") if part["name"] == "object_template" => is_asking,
            Some("Template" | "Profile") => part["peer"].as_str().is_none_or(|peer| !is_gone(peer)),
            _ => true,
        });
    }
}

fn template_of(kinds: &Kinds, name: &str, kind: &Fields, needed: &BTreeSet<String>) -> Fields {
    let is_generic = text(kind, "flavour") == "generic";
    let is_component = is_generic || !flag(kind, "generate_template");
    let core = if is_component { COMPONENT } else { OBJECT };
    let label = text(kind, "label");
    let own = ["template_name__value".to_owned()];
    let parents = parts(kind, "relationships").filter(|part| text(part, "kind") == "Parent" && !is_generic);
    let parents: Vec<&str> = parents.map(|part| text(part, "name")).collect();
    let hfid: Vec<String> = parents
        .iter()
        .rev()
        .map(|parent| format!("{parent}__template_name__value"))
        .chain(own.clone())
        .collect();
    let users = |list: &str| {
        let names = texts(kind, list).into_iter();
        names.filter(|name| needed.contains(name)).map(|name| template_kind(&name)).collect::<Vec<_>>()
    };
    let mut template = json!({
        "kind": template_kind(name), "namespace": "Template", "name": name, "branch": text(kind, "branch"),
        "display_label": "template_name__value", "human_friendly_id": hfid,
        "attributes": attributes(kinds, kind, core, is_component),
        "relationships": relationships(kinds, name, kind, is_component),
    });
    let rest = if is_generic {
        json!({
            "flavour": "generic", "label": format!("Generic object template {label}"),
            "description": format!("Generic object template for generic {name}"),
            "generate_profile": false, "used_by": users("used_by"),
        })
    } else {
        let mut generics = vec!["LineageSource".to_owned(), "CoreNode".to_owned(), core.to_owned()];
        generics.extend(users("inherit_from"));
        let unique: Vec<String> =
            own.into_iter().chain(parents.iter().map(|name| (*name).to_owned())).collect();
        json!({
            "flavour": "template", "label": format!("Object template {label}"),
            "description": format!("Object template for {name}"),
            "inherit_from": generics, "uniqueness_constraints": [unique],
        })
    };
    match (&mut template, rest) {
        (Value::Object(fields), Value::Object(rest)) => {
            fields.extend(rest);
            std::mem::take(fields)
        }
        _ => Fields::new(),
    }
}

/// The place of a field, after that of the kind itself; generics keep theirs.
fn weight(kind: &Fields, part: Option<&Fields>) -> Option<i64> {
    let own = part?.get("order_weight")?.as_i64()?;
    Some(if text(kind, "flavour") == "generic" { own } else { own + 10_000 })
}

/// Whether templates give an attribute: nothing that tells objects apart or that the server sets.
fn is_given(attribute: &Fields) -> bool {
    !flag(attribute, "read_only") && !flag(attribute, "unique")
}

fn attributes(kinds: &Kinds, kind: &Fields, core: &str, is_component: bool) -> Vec<Value> {
    let name = kinds.get(core).and_then(|core| {
        let mut attributes = parts(core, "attributes");
        attributes.find(|attribute| text(attribute, "name") == "template_name").cloned()
    });
    let name = name.map(|mut name| {
        name.insert("branch".to_owned(), text(kind, "branch").into());
        Value::from(name)
    });
    let given = parts(kind, "attributes").filter(|attribute| is_given(attribute)).map(|attribute| {
        let mut given = attribute.clone();
        given.insert("order_weight".to_owned(), weight(kind, Some(attribute)).into());
        if !is_component {
            given.insert("optional".to_owned(), true.into());
        }
        Value::from(given)
    });
    name.into_iter().chain(given).collect()
}

fn relationships(kinds: &Kinds, name: &str, kind: &Fields, is_component: bool) -> Vec<Value> {
    let is_generic = text(kind, "flavour") == "generic";
    let mut made = Vec::new();
    if !is_generic {
        made.push(json!({
            "name": "related_nodes", "label": "Related Nodes", "peer": name, "kind": "Template",
            "identifier": "node__objecttemplate", "on_delete": "no-action",
        }));
    }
    for relationship in parts(kind, "relationships") {
        let is_taken = matches!(text(relationship, "kind"), "Component" | "Parent" | "Attribute" | "Generic")
            && !matches!(text(relationship, "peer"), "CoreGroup" | "CoreProfile");
        if is_taken {
            made.push(related(kind, relationship, is_component));
            made.extend(pool_of_peers(kinds, relationship));
        }
    }
    made.extend(
        parts(kind, "attributes").filter(|attribute| is_given(attribute)).filter_map(pool_of_numbers),
    );
    let generates_profile =
        |name: &String| kinds.get(name).is_some_and(|kind| flag(kind, "generate_profile"));
    if flag(kind, "generate_profile")
        || !is_generic && texts(kind, "inherit_from").iter().any(generates_profile)
    {
        made.push(json!({
            "name": "profiles", "label": "Profiles", "peer": "CoreProfile", "kind": "Profile",
            "identifier": "template__profile", "order_weight": 99_000, "on_delete": "no-action",
        }));
    }
    for (group, identifier) in
        [("member_of_groups", "group_member"), ("subscriber_of_groups", "group_subscriber")]
    {
        let own = parts(kind, "relationships").find(|part| text(part, "name") == group);
        made.push(json!({
            "name": group, "label": title(group), "peer": "CoreGroup", "kind": "Group", "identifier": identifier,
            "order_weight": weight(kind, own), "on_delete": "no-action",
        }));
    }
    for group in ["member", "subscriber"].into_iter().filter(|_| !is_generic) {
        let relationship = format!("{group}_of_groups_for_instances");
        made.push(json!({
            "name": relationship, "label": title(&relationship), "peer": "CoreGroup", "kind": "Generic",
            "identifier": format!("template_group_{group}_for_instances"), "on_delete": "no-action",
        }));
    }
    made
}

/// A relationship of the kind, which in a template leads to templates of components and of the parent.
fn related(kind: &Fields, relationship: &Fields, is_component: bool) -> Value {
    let (name, peer, rule) =
        (text(relationship, "name"), text(relationship, "peer"), text(relationship, "kind"));
    let is_whole = matches!(rule, "Component" | "Parent");
    let mut made = relationship.clone();
    let mut set = |property: &str, value: Value| {
        made.insert(property.to_owned(), value);
    };
    if is_whole && !EXCLUDED.contains(&peer) {
        set("peer", template_kind(peer).into());
    }
    if !is_component {
        set("optional", (rule != "Parent").into());
    }
    set(
        "label",
        if is_whole { python_title(&format!("{name} template")) } else { python_title(name) }.into(),
    );
    set("identifier", format!("template_{}", text(relationship, "identifier")).into());
    set("order_weight", weight(kind, Some(relationship)).into());
    set("on_delete", if rule == "Component" { "cascade" } else { "no-action" }.into());
    for property in
        ["description", "common_parent", "common_relatives", "hierarchical", "read_only", "deprecation"]
    {
        made.remove(property);
    }
    made.into()
}

/// The pool that the peers of a relationship to addresses or prefixes come from.
fn pool_of_peers(kinds: &Kinds, relationship: &Fields) -> Option<Value> {
    let (name, peer) = (text(relationship, "name"), text(relationship, "peer"));
    let generics = kinds.get(peer).map(|kind| texts(kind, "inherit_from")).unwrap_or_default();
    let is = |generic: &str| peer == generic || generics.iter().any(|name| name == generic);
    let pool = match (is("BuiltinIPAddress"), is("BuiltinIPPrefix")) {
        (true, _) => "CoreIPAddressPool",
        (_, true) => "CoreIPPrefixPool",
        _ => return None,
    };
    Some(pooled(
        relationship,
        pool,
        "relationship",
        &python_title(name),
        &json!({
            "identifier": format!("{}_from_resource_pool", text(relationship, "identifier")).to_lowercase(),
            "direction": text(relationship, "direction"),
        }),
    ))
}

/// The pool that a number comes from.
fn pool_of_numbers(attribute: &Fields) -> Option<Value> {
    let name = text(attribute, "name");
    (text(attribute, "kind") == "Number").then(|| {
        pooled(
            attribute,
            "CoreNumberPool",
            "attribute",
            &python_title(name),
            &json!({
                "identifier": format!("{name}_from_resource_pool").to_lowercase(), "direction": "outbound",
            }),
        )
    })
}

fn pooled(part: &Fields, pool: &str, what: &str, label: &str, rest: &Value) -> Value {
    let name = text(part, "name");
    json!({
        "name": format!("{name}_from_resource_pool"), "peer": pool, "kind": "Generic", "cardinality": "one",
        "label": format!("{} from Resource Pool", label.replace('_', " ")),
        "description": format!("Generated relationship for using a resource pool on the '{name}' {what}"),
        "branch": text(part, "branch"), "inherited": flag(part, "inherited"), "on_delete": "no-action",
        "identifier": rest["identifier"], "direction": rest["direction"],
    })
}
