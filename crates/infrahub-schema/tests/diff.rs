//! What is told of the difference of two schemas, and what each change is said to break.
#![allow(clippy::unwrap_used)]

use infrahub_schema::{Change, Difference, Flavour, KindSchema, Schema, SchemaDiff};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Kinds of a 1.11.9 server: a hierarchy, generics, a profile, templates.
const API: &str = include_str!("data/api-schema.json");

fn schema(answer: &Value) -> Schema {
    Schema::from_api(answer.to_string().as_bytes(), "test").unwrap()
}

/// `base` with the keys of `changes` set.
fn with(base: &Value, changes: &Value) -> Value {
    let mut merged = base.clone();
    merged.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    merged
}

/// A schema whose kind `InfraDevice` has these parts; the other kinds are there to be referred to.
fn device(parts: &Value) -> Schema {
    let named = |kind: &str| json!({"namespace": "Infra", "name": kind, "attributes": [{"name": "name", "kind": "Text"}]});
    let base = json!({"namespace": "Infra", "name": "Device", "attributes": [
        {"name": "name", "kind": "Text"},
        {"name": "serial", "kind": "Text"},
    ]});
    schema(&json!({
        "nodes": [
            with(&base, parts),
            with(&named("Site"), &json!({"inherit_from": ["InfraPlace"]})),
            named("Rack"),
        ],
        "generics": [named("Place"), named("Asset")],
    }))
}

/// One line a change: where, what, and in brackets what it breaks.
fn told(old: &Schema, new: &Schema) -> Vec<String> {
    let line = |change: &Change| {
        let broken = [(change.programs.breaking, "programs"), (change.data.breaking, "data")];
        let broken: Vec<&str> =
            broken.into_iter().filter_map(|(breaks, what)| breaks.then_some(what)).collect();
        for impact in [&change.programs, &change.data] {
            let reason = &impact.reason;
            assert!(reason.ends_with('.') && !reason.contains('\n'), "no sentence: {reason}");
        }
        format!("{change} [{}]", broken.join(", "))
    };
    SchemaDiff::between(old, new).iter().map(line).collect()
}

/// Checks a table: parts before, parts after, the one change that there is, and what it breaks.
fn check<W: AsRef<str>>(place: &str, table: &[(Value, Value, W, &str)], build: impl Fn(&Value) -> Schema) {
    for (before, after, what, breaks) in table {
        let told = told(&build(before), &build(after));
        let [line] = told.as_slice() else { panic!("{before} → {after}: {told:#?}") };
        let (told_what, told_breaks) = line.rsplit_once(" [").unwrap();
        let what = format!("{place}: {}", what.as_ref());
        let (what, is_cut) = what.strip_suffix('…').map_or((what.as_str(), false), |what| (what, true));
        let is_right = if is_cut { told_what.starts_with(what) } else { told_what == what };
        assert!(is_right, "{before} → {after}\n  told: {told_what}\n  want: {what}");
        assert_eq!(told_breaks.trim_end_matches(']'), *breaks, "{before} → {after}: {told_what}");
    }
}

const NONE: &str = "";
const PROGRAMS: &str = "programs";
const DATA: &str = "data";
const BOTH: &str = "programs, data";

#[test]
fn properties_of_attributes() {
    let attribute = |parts: &Value| {
        let base = json!({"name": "role", "kind": "Text", "optional": true});
        device(&json!({"attributes": [with(&base, parts)]}))
    };
    let jinja =
        |template: &str| json!({"computed_attribute": {"kind": "Jinja2", "jinja2_template": template}});
    let table = [
        (json!({"optional": false}), json!({}), "mandatory → optional", PROGRAMS),
        (json!({}), json!({"optional": false}), "optional → mandatory", BOTH),
        (
            json!({"read_only": true, "optional": false}),
            json!({"read_only": true}),
            "mandatory → optional",
            NONE,
        ),
        (
            json!({"read_only": true}),
            json!({"read_only": true, "optional": false}),
            "optional → mandatory",
            NONE,
        ),
        (json!({}), json!({"kind": "TextArea"}), "`kind`: `Text` → `TextArea`", NONE),
        (json!({"kind": "Email"}), json!({}), "`kind`: `Email` → `Text`", NONE),
        (json!({}), json!({"kind": "Email"}), "`kind`: `Text` → `Email`", DATA),
        (json!({}), json!({"kind": "Number"}), "`kind`: `Text` → `Number`", BOTH),
        (json!({"kind": "IPHost"}), json!({}), "`kind`: `IPHost` → `Text`", PROGRAMS),
        (json!({"kind": "Number"}), json!({"kind": "Bandwidth"}), "`kind`: `Number` → `Bandwidth`", BOTH),
        (json!({"kind": "Number"}), json!({"kind": "NumberPool"}), "`kind`: `Number` → `NumberPool`", BOTH),
        (json!({"kind": "Number"}), json!({"kind": "Any"}), "`kind`: `Number` → `Any`", BOTH),
        (json!({"kind": "JSON"}), json!({"kind": "Tensor"}), "`kind`: `JSON` → `Tensor`", DATA),
        (json!({}), json!({"unique": true}), "unique now", DATA),
        (json!({"unique": true}), json!({}), "no longer unique", NONE),
        (json!({}), json!({"read_only": true}), "read-only now", BOTH),
        (json!({"read_only": true}), json!({}), "no longer read-only", NONE),
        (
            json!({"read_only": true, "optional": false}),
            json!({"optional": false}),
            "no longer read-only",
            PROGRAMS,
        ),
        (json!({}), jinja("{{ name__value }}"), "`computed_attribute`: none → `{…", BOTH),
        (jinja("{{ name__value }}"), jinja("{{ serial__value }}"), "`computed_attribute`: `{…", NONE),
        (jinja("{{ name__value }}"), json!({}), "`computed_attribute`: `{…", NONE),
        (json!({}), json!({"default_value": "leaf"}), "`default_value`: none → `leaf`", NONE),
        (
            json!({"default_value": "leaf"}),
            json!({"default_value": "spine"}),
            "`default_value`: `leaf` → `spine`",
            NONE,
        ),
        (json!({"default_value": "leaf"}), json!({}), "`default_value`: `leaf` → none", PROGRAMS),
        (json!({}), json!({"branch": "agnostic"}), "`branch`: `aware` → `agnostic`", DATA),
        (json!({}), json!({"label": "Role"}), "`label`: none → `Role`", NONE),
        (json!({}), json!({"description": "What for."}), "`description`: none → `What for.`", NONE),
        (json!({}), json!({"order_weight": 1000}), "`order_weight`: none → `1000`", NONE),
        (json!({}), json!({"inherited": true}), "`inherited`: `false` → `true`", NONE),
        (json!({}), json!({"deprecation": "Use x."}), "`deprecation`: none → `Use x.`", NONE),
    ];
    check("InfraDevice.role", &table, attribute);
}

#[test]
fn limits_of_attributes() {
    let attribute = |parameters: &Value| {
        device(&json!({"attributes": [{"name": "role", "kind": "Text", "parameters": parameters}]}))
    };
    let mut table = vec![
        (json!({}), json!({"regex": "^[a-z]+$"}), "`parameters.regex`: none → `^[a-z]+$`".to_owned(), DATA),
        (json!({"regex": "^[a-z]+$"}), json!({}), "`parameters.regex`: `^[a-z]+$` → none".to_owned(), NONE),
        (
            json!({}),
            json!({"excluded_values": "5"}),
            "`parameters.excluded_values`: none → `5`".to_owned(),
            DATA,
        ),
    ];
    for (limit, is_lower) in [
        ("min_length", true),
        ("max_length", false),
        ("min_value", true),
        ("max_value", false),
        ("start_range", true),
        ("end_range", false),
    ] {
        let (up, down) = if is_lower { (DATA, NONE) } else { (NONE, DATA) };
        let row = |old: Option<i64>, new: Option<i64>, breaks| {
            let parameters = |value: Option<i64>| value.map_or(json!({}), |value| json!({(limit): value}));
            let shown = |value: Option<i64>| value.map_or("none".to_owned(), |value| format!("`{value}`"));
            let what = format!("`parameters.{limit}`: {} → {}", shown(old), shown(new));
            (parameters(old), parameters(new), what, breaks)
        };
        table.push(row(Some(2), Some(3), up));
        table.push(row(Some(3), Some(2), down));
        table.push(row(None, Some(2), DATA));
        table.push(row(Some(2), None, NONE));
    }
    check("InfraDevice.role", &table, attribute);
}

#[test]
fn choices_and_values() {
    let attribute = |parts: &Value| device(&json!({"attributes": [with(&json!({"name": "role"}), parts)]}));
    let dropdown = |choices: Value| json!({"kind": "Dropdown", "choices": choices});
    let text = |values: Value| json!({"kind": "Text", "enum": values});
    let number = |values: Value| json!({"kind": "Number", "enum": values});
    let leaf = json!([{"name": "leaf"}]);
    let both = json!([{"name": "leaf"}, {"name": "spine"}]);
    check(
        "InfraDevice.role",
        &[
            (dropdown(leaf.clone()), dropdown(both.clone()), "choice `spine` added", NONE),
            (dropdown(both.clone()), dropdown(leaf.clone()), "choice `spine` removed", BOTH),
            (
                dropdown(leaf.clone()),
                dropdown(json!([{"name": "leaf", "label": "Leaf", "color": "#fff"}])),
                "choice `leaf`: label none → `Leaf`, colour none → `#fff`",
                NONE,
            ),
            // The variant `AB` would stand for two choices.
            (
                dropdown(json!([{"name": "a-b"}])),
                dropdown(json!([{"name": "a-b"}, {"name": "A_B"}])),
                "choice `A_B` added",
                PROGRAMS,
            ),
            (dropdown(json!(null)), dropdown(leaf.clone()), "`choices`: none → …", BOTH),
            (dropdown(leaf.clone()), dropdown(json!(null)), "`choices`: …", PROGRAMS),
            (text(json!(["a"])), text(json!(["a", "b"])), "value `b` added", NONE),
            (text(json!(["a", "b"])), text(json!(["a"])), "value `b` removed", BOTH),
            (text(json!(null)), text(json!(["a"])), "`enum`: none → `[\"a\"]`", BOTH),
            (text(json!(["a"])), text(json!(null)), "`enum`: `[\"a\"]` → none", PROGRAMS),
            (number(json!([1])), number(json!([1, 2])), "value `2` added", NONE),
            (number(json!([1, 2])), number(json!([1])), "value `2` removed", DATA),
            (number(json!(null)), number(json!([1])), "`enum`: none → `[1]`", DATA),
        ],
        attribute,
    );
}

#[test]
fn a_kind_that_takes_the_name_of_a_generated_type_breaks_programs() {
    let named = |name: &str, parts: Value| with(&json!({"namespace": "Infra", "name": name}), &parts);
    let role = |inherited: bool| {
        json!({"attributes": [{"name": "port_role", "kind": "Dropdown", "optional": true, "inherited": inherited,
            "choices": [{"name": "leaf"}]}]})
    };
    let port = with(&named("Port", role(true)), &json!({"inherit_from": ["InfraAsset"]}));
    let schema = |more: &[Value]| {
        let nodes: Vec<Value> = [port.clone()].iter().chain(more).cloned().collect();
        schema(&json!({"nodes": nodes, "generics": [named("Asset", role(false))]}))
    };
    for (name, breaks) in [
        ("PortCreate", PROGRAMS),
        ("PortUpdate", PROGRAMS),
        ("AssetPortRole", PROGRAMS),
        // Kinds that inherit a dropdown share the enum of the generic, and a generic has no builders.
        ("PortPortRole", NONE),
        ("AssetCreate", NONE),
        ("PortRole", NONE),
    ] {
        let told = told(&schema(&[]), &schema(&[named(name, json!({}))]));
        assert_eq!(told, [format!("Infra{name}: node added [{breaks}]")]);
    }
    let any = json!({"namespace": "Any", "name": "InfraAsset"});
    assert!(SchemaDiff::between(&schema(&[]), &schema(&[any])).breaks_programs());
}

#[test]
fn properties_of_relationships() {
    let relationship = |parts: &Value| {
        let base = json!({"name": "site", "peer": "InfraSite", "cardinality": "one", "kind": "Attribute"});
        device(&json!({"relationships": [with(&base, parts)]}))
    };
    let many = json!({"cardinality": "many"});
    let table = [
        (json!({"optional": false}), json!({}), "mandatory → optional", PROGRAMS),
        (json!({}), json!({"optional": false}), "optional → mandatory", BOTH),
        (with(&many, &json!({"optional": false})), many.clone(), "mandatory → optional", PROGRAMS),
        (many.clone(), with(&many, &json!({"optional": false})), "optional → mandatory", BOTH),
        (
            with(&many, &json!({"optional": false, "read_only": true})),
            with(&many, &json!({"read_only": true})),
            "mandatory → optional",
            NONE,
        ),
        (json!({}), many.clone(), "`cardinality`: `one` → `many`", PROGRAMS),
        (many.clone(), json!({}), "`cardinality`: `many` → `one`", BOTH),
        (json!({}), json!({"peer": "InfraRack"}), "`peer`: `InfraSite` → `InfraRack`", BOTH),
        (json!({}), json!({"peer": "InfraPlace"}), "`peer`: `InfraSite` → `InfraPlace`", PROGRAMS),
        (json!({}), json!({"kind": "Component"}), "`kind`: `Attribute` → `Component`", NONE),
        (json!({}), json!({"kind": "Group"}), "`kind`: `Attribute` → `Group`", PROGRAMS),
        (json!({"kind": "Group"}), json!({}), "`kind`: `Group` → `Attribute`", NONE),
        (json!({"kind": "Template"}), json!({}), "`kind`: `Template` → `Attribute`", PROGRAMS),
        (many.clone(), with(&many, &json!({"min_count": 1})), "`min_count`: `0` → `1`", DATA),
        (with(&many, &json!({"min_count": 1})), many.clone(), "`min_count`: `1` → `0`", NONE),
        (many.clone(), with(&many, &json!({"max_count": 2})), "`max_count`: `0` → `2`", DATA),
        (with(&many, &json!({"max_count": 2})), many.clone(), "`max_count`: `2` → `0`", NONE),
        (
            with(&many, &json!({"max_count": 2})),
            with(&many, &json!({"max_count": 3})),
            "`max_count`: `2` → `3`",
            NONE,
        ),
        (
            with(&many, &json!({"max_count": 3})),
            with(&many, &json!({"max_count": 2})),
            "`max_count`: `3` → `2`",
            DATA,
        ),
        (json!({}), json!({"direction": "outbound"}), "`direction`: `bidirectional` → `outbound`", DATA),
        (json!({}), json!({"identifier": "device__site"}), "`identifier`: none → `device__site`", DATA),
        (json!({}), json!({"on_delete": "cascade"}), "`on_delete`: none → `cascade`", NONE),
        (json!({}), json!({"common_parent": "rack"}), "`common_parent`: none → `rack`", DATA),
        (json!({"common_parent": "rack"}), json!({}), "`common_parent`: `rack` → none", NONE),
        (json!({}), json!({"common_relatives": ["rack"]}), "`common_relatives`: none → `[\"rack\"]`", DATA),
        (json!({}), json!({"read_only": true}), "read-only now", BOTH),
        (json!({"read_only": true}), json!({}), "no longer read-only", NONE),
        (json!({}), json!({"branch": "local"}), "`branch`: `aware` → `local`", DATA),
        (json!({}), json!({"hierarchical": "InfraPlace"}), "`hierarchical`: none → `InfraPlace`", NONE),
        (json!({}), json!({"label": "Site"}), "`label`: none → `Site`", NONE),
        (json!({}), json!({"description": "Where."}), "`description`: none → `Where.`", NONE),
        (json!({}), json!({"order_weight": 1000}), "`order_weight`: none → `1000`", NONE),
        (json!({}), json!({"inherited": true}), "`inherited`: `false` → `true`", NONE),
        (json!({}), json!({"deprecation": "Use x."}), "`deprecation`: none → `Use x.`", NONE),
    ];
    check("InfraDevice.site", &table, relationship);
}

#[test]
fn properties_of_kinds() {
    let name = json!(["name__value"]);
    let both = json!(["name__value", "serial__value"]);
    let table = [
        (json!({}), json!({"label": "Device"}), "`label`: none → `Device`", NONE),
        (json!({}), json!({"description": "A box."}), "`description`: none → `A box.`", NONE),
        (json!({}), json!({"documentation": "/docs"}), "`documentation`: none → `/docs`", NONE),
        (json!({}), json!({"display_label": "name__value"}), "`display_label`: none → `name__value`", NONE),
        (json!({}), json!({"order_by": name}), "`order_by`: none → `[\"name__value\"]`", NONE),
        (json!({}), json!({"branch": "agnostic"}), "`branch`: `aware` → `agnostic`", DATA),
        (
            json!({}),
            json!({"human_friendly_id": name}),
            "`human_friendly_id`: none → `[\"name__value\"]`",
            NONE,
        ),
        (
            json!({"human_friendly_id": name}),
            json!({}),
            "`human_friendly_id`: `[\"name__value\"]` → none",
            PROGRAMS,
        ),
        (
            json!({"human_friendly_id": name}),
            json!({"human_friendly_id": both}),
            "`human_friendly_id`: …",
            PROGRAMS,
        ),
        (
            json!({"human_friendly_id": name}),
            json!({"human_friendly_id": ["serial__value"]}),
            "`human_friendly_id`: …",
            PROGRAMS,
        ),
        (json!({}), json!({"default_filter": "name__value"}), "`default_filter`: none → `name__value`", NONE),
        (
            json!({"default_filter": "name__value"}),
            json!({}),
            "`default_filter`: `name__value` → none",
            PROGRAMS,
        ),
        (
            json!({"default_filter": "name__value"}),
            json!({"default_filter": "serial__value"}),
            "`default_filter`: `name__value` → `serial__value`",
            PROGRAMS,
        ),
        (
            json!({"default_filter": "name__value", "human_friendly_id": name}),
            json!({"human_friendly_id": name}),
            "`default_filter`: `name__value` → none",
            NONE,
        ),
        (json!({}), json!({"uniqueness_constraints": [name]}), "`uniqueness_constraints`: none → …", DATA),
        (json!({"uniqueness_constraints": [name]}), json!({}), "`uniqueness_constraints`: …", NONE),
        (
            json!({"uniqueness_constraints": [both]}),
            json!({"uniqueness_constraints": [name]}),
            "`uniqueness_constraints`: …",
            DATA,
        ),
        (
            json!({"uniqueness_constraints": [name]}),
            json!({"uniqueness_constraints": [both]}),
            "`uniqueness_constraints`: …",
            NONE,
        ),
        (
            json!({}),
            json!({"inherit_from": ["InfraAsset"]}),
            "`inherit_from`: `[]` → `[\"InfraAsset\"]`",
            NONE,
        ),
        (
            json!({"inherit_from": ["InfraAsset"]}),
            json!({}),
            "`inherit_from`: `[\"InfraAsset\"]` → `[]`",
            BOTH,
        ),
        (json!({}), json!({"hierarchy": "InfraPlace"}), "`hierarchy`: none → `InfraPlace`", NONE),
        (json!({"hierarchy": "InfraPlace"}), json!({}), "`hierarchy`: `InfraPlace` → none", BOTH),
        (json!({}), json!({"parent": "InfraSite"}), "`parent`: none → `InfraSite`", NONE),
        (
            json!({"parent": "InfraSite"}),
            json!({"parent": "InfraRack"}),
            "`parent`: `InfraSite` → `InfraRack`",
            DATA,
        ),
        (json!({"children": "InfraSite"}), json!({}), "`children`: `InfraSite` → none", DATA),
        (json!({}), json!({"generate_profile": true}), "`generate_profile`: `false` → `true`", NONE),
        (json!({"generate_template": true}), json!({}), "`generate_template`: `true` → `false`", NONE),
    ];
    check("InfraDevice", &table, device);
}

#[test]
fn fields_that_come_and_go() {
    let attribute =
        |parts: Value| json!({"attributes": [with(&json!({"name": "role", "kind": "Text"}), &parts)]});
    let relationship = |parts: Value| json!({"attributes": [], "relationships": [with(&json!({"name": "site", "peer": "InfraSite"}), &parts)]});
    let nothing = json!({"attributes": []});
    let table = [
        (attribute(json!({"optional": true})), "attribute added: `Text`", NONE),
        (attribute(json!({})), "attribute added: `Text`, mandatory", BOTH),
        (attribute(json!({"read_only": true})), "attribute added: `Text`, read-only", NONE),
        (
            attribute(json!({"computed_attribute": {"kind": "Jinja2"}})),
            "attribute added: `Text`, computed",
            NONE,
        ),
        (relationship(json!({})), "relationship added: to many `InfraSite`", NONE),
        (
            relationship(json!({"cardinality": "one", "optional": false})),
            "relationship added: to one `InfraSite`, mandatory",
            BOTH,
        ),
        (
            relationship(json!({"optional": false, "read_only": true})),
            "relationship added: to many `InfraSite`, read-only",
            NONE,
        ),
    ];
    for (field, what, breaks) in table {
        let place = if what.starts_with("attribute") { "InfraDevice.role" } else { "InfraDevice.site" };
        check(place, &[(nothing.clone(), field.clone(), what, breaks)], device);
        let removed = what.replace(" added:", " removed:");
        check(place, &[(field, nothing.clone(), removed, BOTH)], device);
    }
    // One name, first an attribute and then a relationship.
    let site = json!({"attributes": [{"name": "site", "kind": "Text", "optional": true}]});
    assert_eq!(
        told(&device(&site), &device(&relationship(json!({})))),
        [
            "InfraDevice.site: attribute removed: `Text` [programs, data]",
            "InfraDevice.site: relationship added: to many `InfraSite` []",
        ]
    );
}

#[test]
fn kinds_and_namespaces_that_come_and_go() {
    let kind = json!({"namespace": "Infra", "name": "Device"});
    let other = json!({"namespace": "Infra", "name": "Rack"});
    let empty = schema(&json!({"nodes": []}));
    for (list, flavour, removed) in [
        ("nodes", "node", BOTH),
        ("generics", "generic", PROGRAMS),
        ("profiles", "profile", BOTH),
        ("templates", "template", BOTH),
    ] {
        let mut answer = json!({"nodes": []});
        answer[list] = json!([kind]);
        let with_kind = schema(&answer);
        assert_eq!(told(&empty, &with_kind), [format!("InfraDevice: {flavour} added []")]);
        assert_eq!(told(&with_kind, &empty), [format!("InfraDevice: {flavour} removed [{removed}]")]);
    }
    let node = schema(&json!({"nodes": [kind, other]}));
    let generic = schema(&json!({"nodes": [other], "generics": [kind]}));
    assert_eq!(told(&node, &generic), ["InfraDevice: `flavour`: `node` → `generic` [programs, data]"]);

    let namespaces = |namespaces: Value| schema(&json!({"nodes": [], "namespaces": namespaces}));
    let old = namespaces(
        json!([{"name": "Core"}, {"name": "Infra", "user_editable": true}, {"name": "Ipam", "user_editable": true}]),
    );
    let new = namespaces(
        json!([{"name": "Ipam"}, {"name": "Lab", "user_editable": true}, {"name": "Core", "user_editable": true}]),
    );
    assert_eq!(
        told(&old, &new),
        [
            "Core: kinds may now be defined in the namespace []",
            "Infra: namespace removed []",
            "Ipam: kinds may no longer be defined in the namespace []",
            "Lab: namespace added []",
        ]
    );
}

/// A generic, two kinds that inherit from it, and what the server makes of one of them.
fn family(generic: &Value, field: &Value, device: &Value) -> Schema {
    let mut inherited = field.clone();
    if let Some(inherited) = inherited.as_object_mut() {
        inherited.insert("inherited".to_owned(), json!(true));
    }
    let fields = |field: &Value| field.as_object().map(|_| field.clone()).into_iter().collect::<Vec<_>>();
    let port = json!({"namespace": "Infra", "name": "Port", "inherit_from": ["InfraInterface"], "attributes": fields(&inherited)});
    let made = |namespace: &str| json!({"namespace": namespace, "name": "Port", "attributes": fields(&with_optional(field))});
    schema(&json!({
        "generics": [with(&json!({"namespace": "Infra", "name": "Interface", "attributes": fields(field)}), generic)],
        "nodes": [with(&port, device), with(&port, &json!({"name": "Loopback"}))],
        "profiles": [with(&made("Profile"), &json!({"name": "InfraPort"}))],
        "templates": [with(&made("Template"), &json!({"name": "InfraPort"}))],
    }))
}

/// Profiles and templates have every field optional.
fn with_optional(field: &Value) -> Value {
    if field.is_object() { with(field, &json!({"optional": true})) } else { field.clone() }
}

/// Kind, field and where the change was made.
fn origins(old: &Schema, new: &Schema) -> Vec<String> {
    let diff = SchemaDiff::between(old, new);
    let line = |change: &Change| {
        let origin = diff.origin_of(change);
        assert_eq!(origin.map(|origin| &origin.kind), change.follows_from.as_ref(), "{change}");
        let from = change.follows_from.as_ref().map_or(String::new(), |from| format!(" from {from}"));
        format!("{}.{}{from}", change.kind, change.field.as_deref().unwrap_or("-"))
    };
    diff.iter().map(line).collect()
}

#[test]
fn what_a_kind_inherits_follows_from_the_generic() {
    let none = json!({});
    let mtu = |parts: Value| with(&json!({"name": "mtu", "kind": "Number", "optional": false}), &parts);
    let everywhere = [
        "InfraInterface.mtu",
        "InfraLoopback.mtu from InfraInterface",
        "InfraPort.mtu from InfraInterface",
        "ProfileInfraPort.mtu from InfraInterface",
        "TemplateInfraPort.mtu from InfraInterface",
    ];
    let without = family(&none, &json!(null), &none);
    let with_mtu = family(&none, &mtu(json!({})), &none);
    assert_eq!(origins(&without, &with_mtu), everywhere);
    assert_eq!(origins(&with_mtu, &without), everywhere);
    assert_eq!(origins(&with_mtu, &family(&none, &mtu(json!({"label": "MTU"})), &none)), everywhere);
    assert_eq!(origins(&with_mtu, &family(&none, &mtu(json!({"kind": "Text"})), &none)), everywhere);
    // What the server makes of a kind has the field optional as ever.
    assert_eq!(origins(&with_mtu, &family(&none, &mtu(json!({"optional": true})), &none)), everywhere[..3]);

    // A kind that has the field otherwise than the generic says so for itself.
    let own = |max: i64| json!({"attributes": [mtu(json!({"parameters": {"max_value": max}}))]});
    let (old, new) = (mtu(json!({})), mtu(json!({"parameters": {"max_value": 9000}})));
    assert_eq!(
        origins(&family(&none, &old, &own(1500)), &family(&none, &new, &own(4000))),
        [
            "InfraInterface.mtu",
            "InfraLoopback.mtu from InfraInterface",
            "InfraPort.mtu",
            "ProfileInfraPort.mtu from InfraPort",
            "TemplateInfraPort.mtu from InfraPort",
        ]
    );
}

#[test]
fn what_the_server_makes_of_a_kind_follows_from_it() {
    let device =
        json!({"namespace": "Infra", "name": "Device", "attributes": [{"name": "name", "kind": "Text"}]});
    let profile = |weight: i64| {
        json!({"namespace": "Profile", "name": "InfraDevice", "attributes": [
            {"name": "profile_name", "kind": "Text", "order_weight": weight},
        ]})
    };
    let generic = |heirs: Value| json!([{"namespace": "Core", "name": "Node", "used_by": heirs}]);
    let without = schema(&json!({"nodes": [], "generics": generic(json!(null))}));
    let plain = schema(&json!({"nodes": [device], "generics": generic(json!(["InfraDevice"]))}));
    let profiled = |weight, label: &str| {
        schema(&json!({
            "nodes": [with(&device, &json!({"generate_profile": true, "label": label}))],
            "generics": generic(json!(["InfraDevice", "ProfileInfraDevice"])),
            "profiles": [profile(weight)],
        }))
    };
    assert_eq!(origins(&without, &plain), ["CoreNode.- from InfraDevice", "InfraDevice.-"]);
    assert_eq!(
        origins(&plain, &profiled(1000, "")),
        ["CoreNode.- from InfraDevice", "InfraDevice.-", "ProfileInfraDevice.- from InfraDevice"]
    );
    // The weights are made anew whenever the kind changes.
    assert_eq!(
        origins(&profiled(1000, ""), &profiled(2000, "Device")),
        ["InfraDevice.-", "ProfileInfraDevice.profile_name from InfraDevice"]
    );
    assert_eq!(origins(&profiled(1000, ""), &profiled(2000, "")), ["ProfileInfraDevice.profile_name"]);
}

#[test]
fn the_enum_of_choices_is_shared_as_long_as_it_is_inherited_unchanged() {
    let status = |names: &[&str]| {
        let choices: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"name": "status", "kind": "Dropdown", "choices": choices})
    };
    let none = json!({});
    let own = |names: &[&str]| json!({"attributes": [with(&status(names), &json!({"inherited": true}))]});
    let shared = family(&none, &status(&["up"]), &none);
    assert_eq!(
        told(&shared, &family(&none, &status(&["up"]), &own(&["down", "up"]))),
        ["InfraPort.status: choice `down` added [programs]"]
    );
    assert_eq!(
        told(&shared, &family(&none, &status(&["down", "up"]), &none)),
        ["InfraInterface", "InfraLoopback", "InfraPort", "ProfileInfraPort", "TemplateInfraPort"]
            .map(|kind| format!("{kind}.status: choice `down` added []"))
    );
}

#[test]
fn a_mandatory_field_that_profiles_give_is_no_longer_asked_for() {
    let text = |name: &str| json!({"name": name, "kind": "Text"});
    let device = json!({"namespace": "Infra", "name": "Device", "attributes": [text("name"), text("serial")],
        "relationships": [{"name": "profiles", "peer": "CoreProfile", "kind": "Profile"}]});
    let with_profile = |names: &[&str]| {
        let attributes: Vec<Value> =
            names.iter().map(|name| with(&text(name), &json!({"optional": true}))).collect();
        let profile = json!({"namespace": "Profile", "name": "InfraDevice", "attributes": attributes});
        schema(&json!({"nodes": [device], "profiles": [profile]}))
    };
    let diff = SchemaDiff::between(&with_profile(&["serial"]), &with_profile(&["name", "serial"]));
    let [change] = diff.changes.as_slice() else { panic!("{diff:#?}") };
    assert_eq!(change.to_string(), "ProfileInfraDevice.name: attribute added: `Text`");
    assert_eq!(change.programs.reason, "`…Create::from_profiles` of its kind no longer takes it.");
    assert!(change.programs.breaking);
    // Before the first such field there is no constructor to lose it.
    assert!(!SchemaDiff::between(&with_profile(&[]), &with_profile(&["serial"])).breaks_programs());
}

#[test]
fn the_json_of_a_difference() {
    let attribute = |kind: &str| device(&json!({"attributes": [{"name": "mtu", "kind": kind}]}));
    let diff = SchemaDiff::between(&attribute("Number"), &attribute("Text"));
    assert_eq!(
        serde_json::to_value(&diff).unwrap(),
        json!({"changes": [{
            "kind": "InfraDevice",
            "field": "mtu",
            "change": "property",
            "property": "kind",
            "old": "Number",
            "new": "Text",
            "programs": {"breaking": true, "reason": "Its type is `String` instead of `i64`."},
            "data": {"breaking": true, "reason": "Values that were valid may not be of the new kind."},
            "follows_from": null,
        }]})
    );
    let diff = SchemaDiff::between(&device(&json!({})), &schema(&json!({"nodes": []})));
    let json = serde_json::to_value(&diff.changes[0]).unwrap();
    assert_eq!(
        (&json["kind"], &json["field"], &json["change"], &json["flavour"]),
        (&json!("InfraAsset"), &json!(null), &json!("kind_removed"), &json!("generic"))
    );
}

#[test]
fn a_difference_can_be_narrowed_down() {
    let old = device(&json!({}));
    let new = device(&json!({"label": "Device", "attributes": [{"name": "name", "kind": "Text"}]}));
    let mut diff = SchemaDiff::between(&old, &new);
    assert_eq!(
        (diff.len(), diff.is_empty(), diff.breaks_programs(), diff.breaks_data()),
        (2, false, true, true)
    );
    assert_eq!(
        diff.clone().breaking_only().into_iter().map(|change| change.field).collect::<Vec<_>>(),
        [Some("serial".to_owned())]
    );
    assert_eq!(diff.clone().only_kinds(&["Infra*"]), diff);
    assert!(diff.clone().only_kinds(&["Core*", "InfraDev"]).is_empty());
    diff.retain(|change| change.field.is_none());
    assert_eq!((diff.len(), diff.breaks_programs()), (1, false));
}

#[test]
fn nothing_that_a_schema_says_reaches_the_terminal_unescaped() {
    let evil = "\u{1b}[31m\r\n\u{202e}`x`\u{9b}";
    let new = device(&json!({"label": evil, "attributes": [{"name": "x", "kind": evil}]}));
    for change in &SchemaDiff::between(&device(&json!({})), &new) {
        let told = change.to_string();
        let is_plain = |character: char| !character.is_control() && character != '\u{202e}';
        assert!(told.chars().all(is_plain), "{told:?}");
    }
    let long = "é".repeat(500);
    let told = told(&device(&json!({})), &device(&json!({"label": long})));
    assert_eq!(told, [format!("InfraDevice: `label`: none → `{}…` []", "é".repeat(60))]);
}

/// Kinds and fields of a difference.
fn places(diff: &SchemaDiff) -> BTreeSet<(String, Option<String>)> {
    diff.iter().map(|change| (change.kind.clone(), change.field.clone())).collect()
}

/// What must hold of any two schemas.
fn check_difference(old: &Schema, new: &Schema) -> Result<(), TestCaseError> {
    let (there, back) = (SchemaDiff::between(old, new), SchemaDiff::between(new, old));
    prop_assert_eq!(there.is_empty(), old == new, "{:#?}", there);
    prop_assert_eq!(places(&there), places(&back));
    prop_assert!(SchemaDiff::between(new, new).is_empty());
    prop_assert!(there.iter().is_sorted_by_key(|change| (&change.kind, &change.field)));
    for change in &there {
        prop_assert!(change.follows_from.as_ref() != Some(&change.kind));
        prop_assert!(serde_json::to_string(change).is_ok());
    }
    Ok(())
}

/// Every place in a value, as the pointers of RFC 6901.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), found));
        }
        Value::Object(map) => {
            map.iter().for_each(|(key, item)| pointers(item, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

/// What is done to one place of a schema's JSON.
#[derive(Debug, Clone)]
enum Damage {
    Remove,
    Reverse,
    Double,
    Set(Value),
}

fn damage() -> impl Strategy<Value = Damage> {
    let values = vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(7),
        json!(""),
        json!("x"),
        json!("Text"),
        json!("Number"),
        json!("Dropdown"),
        json!("one"),
        json!("generic"),
        json!("InfraDevice"),
        json!([]),
        json!(["name__value"]),
        json!({}),
        json!([{"name": "x", "kind": "Text", "peer": "InfraDevice"}]),
    ];
    prop_oneof![
        Just(Damage::Remove),
        Just(Damage::Reverse),
        Just(Damage::Double),
        prop::sample::select(values).prop_map(Damage::Set),
    ]
}

fn apply(schema: &mut Value, place: &str, damage: &Damage) {
    let Some((parent, key)) = place.rsplit_once('/') else { return };
    match (damage, schema.pointer_mut(parent)) {
        (Damage::Remove, Some(Value::Object(map))) => drop(map.remove(key)),
        (Damage::Remove, Some(Value::Array(items))) => drop(items.remove(key.parse().unwrap())),
        (Damage::Double, Some(Value::Array(items))) => {
            let item = items[key.parse::<usize>().unwrap()].clone();
            items.push(item);
        }
        (Damage::Reverse, _) => {
            if let Some(Value::Array(items)) = schema.pointer_mut(place) {
                items.reverse();
            }
        }
        (Damage::Set(value), _) => {
            if let Some(target) = schema.pointer_mut(place) {
                *target = value.clone();
            }
        }
        _ => {}
    }
}

/// The schema with some of its parts changed, whether a server would send it or not.
fn changed(schema: &Schema) -> impl Strategy<Value = Schema> + use<> {
    let json = serde_json::to_value(schema).unwrap();
    let original = schema.clone();
    let mut places = Vec::new();
    pointers(&json, "", &mut places);
    prop::collection::vec((prop::sample::select(places), damage()), 1..4).prop_map(move |damages| {
        let mut json = json.clone();
        for (place, damage) in &damages {
            let before = json.clone();
            // A place may be gone by now.
            if json.pointer(place).is_some() {
                apply(&mut json, place, damage);
            }
            if serde_json::from_value::<Schema>(json.clone()).is_err() {
                json = before;
            }
        }
        serde_json::from_value(json).unwrap_or_else(|_| original.clone())
    })
}

fn api() -> Schema {
    Schema::from_api(API.as_bytes(), "test").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_difference_is_empty_exactly_where_the_schemas_are_equal(changed in changed(&api())) {
        check_difference(&api(), &changed)?;
    }

    #[test]
    fn two_changed_schemas_differ_where_they_are_not_equal(one in changed(&api()), other in changed(&api())) {
        check_difference(&one, &other)?;
    }
}

/// A value of the same type that is another one.
fn another(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(value) => Some(json!(!value)),
        Value::Number(number) => number.as_i64().map(|number| json!(number + 1)),
        Value::String(text) => Some(json!(match text.as_str() {
            "one" => "many",
            "many" => "one",
            "node" => "generic",
            "generic" => "node",
            "profile" => "template",
            "template" => "profile",
            _ => return Some(json!(format!("{text}x"))),
        })),
        _ => None,
    }
}

#[test]
fn every_value_of_a_schema_is_looked_at() {
    let schema = api();
    let mut seen = 0;
    for (name, kind) in &schema.kinds {
        let json = serde_json::to_value(kind).unwrap();
        let mut places = Vec::new();
        pointers(&json, "", &mut places);
        for place in places {
            let mut changed = json.clone();
            let target = changed.pointer_mut(&place).unwrap();
            let Some(value) = another(target) else { continue };
            *target = value;
            let changed: KindSchema = serde_json::from_value(changed).unwrap();
            let mut new = schema.clone();
            new.kinds.insert(name.clone(), changed);
            let diff = SchemaDiff::between(&schema, &new);
            assert!(
                !diff.is_empty() && diff.iter().all(|change| change.kind == *name),
                "{name}{place}: {diff:#?}"
            );
            seen += 1;
        }
    }
    assert!(seen > 1000, "only {seen} values");
}

#[test]
fn the_order_and_number_of_items_are_looked_at() {
    let schema = api();
    let json = serde_json::to_value(&schema).unwrap();
    let mut places = Vec::new();
    pointers(&json, "", &mut places);
    let mut seen = 0;
    for place in places {
        for damage in [Damage::Reverse, Damage::Double, Damage::Remove] {
            let mut changed = json.clone();
            apply(&mut changed, &place, &damage);
            if changed == json || !place.contains('/') {
                continue;
            }
            let Ok(changed) = serde_json::from_value(changed) else { continue };
            check_difference(&schema, &changed).unwrap_or_else(|error| panic!("{damage:?} {place}: {error}"));
            seen += 1;
        }
    }
    assert!(seen > 1000, "only {seen} edits");
}

#[test]
fn every_difference_between_real_schemas_has_a_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let stock = Schema::read(&root.join("schema/nodes.json")).unwrap();
    let demo = Schema::read(&root.join("live/demo-schema/snapshot/nodes.json")).unwrap();
    check_difference(&stock, &demo).unwrap();
    let diff = SchemaDiff::between(&stock, &demo);
    assert!(diff.changes.iter().any(|change| {
        change.kind == "InfraDevice" && change.what == (Difference::KindAdded { flavour: Flavour::Node })
    }));
    // A schema that only grew breaks nothing, whatever the server makes of the new kinds.
    assert!(!diff.breaks_programs(), "{:#?}", diff.breaking_only());
    let profile = diff.iter().find(|change| change.kind == "ProfileInfraDevice").unwrap();
    assert_eq!(profile.follows_from.as_deref(), Some("InfraDevice"));
}
