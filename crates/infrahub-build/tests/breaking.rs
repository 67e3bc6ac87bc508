//! What the difference of two schemas says of programs is what the generated code shows: a change that is said to
//! break nothing leaves everything that a program may name, and one that is said to break takes something away.
#![allow(clippy::unwrap_used)]

use infrahub_build::Generator;
use infrahub_schema::{Flavour, Schema, SchemaDiff};
use proptest::prelude::*;
use quote::ToTokens;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A generic with two kinds, profile and template of one of them, and a hierarchy.
fn base() -> Value {
    let fields = |inherited: bool, is_made: bool| {
        json!({
            "attributes": [
                {"name": "name", "kind": "Text", "optional": is_made, "inherited": inherited},
                {"name": "status", "kind": "Dropdown", "optional": true, "inherited": inherited,
                 "choices": [{"name": "up"}, {"name": "down"}]},
            ],
            "relationships": [
                {"name": "site", "peer": "InfraSite", "cardinality": "one", "optional": is_made, "inherited": inherited},
                {"name": "tags", "peer": "InfraRack", "optional": true, "inherited": inherited},
            ],
        })
    };
    let kind = |namespace: &str, name: &str, mut parts: Value| {
        parts["namespace"] = json!(namespace);
        parts["name"] = json!(name);
        parts
    };
    let mut port = kind("Infra", "Port", fields(true, false));
    port["inherit_from"] = json!(["InfraInterface"]);
    port["attributes"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "mtu", "kind": "Number", "optional": true}));
    port["relationships"].as_array_mut().unwrap().extend([
        json!({"name": "profiles", "peer": "InfraInterface", "kind": "Profile", "optional": true}),
        json!({"name": "object_template", "peer": "TemplateInfraPort", "kind": "Template", "cardinality": "one", "optional": true}),
    ]);
    let mut loopback = kind("Infra", "Loopback", fields(true, false));
    loopback["inherit_from"] = json!(["InfraInterface"]);
    let plain = || json!({"attributes": [{"name": "name", "kind": "Text"}]});
    let mut site = kind("Infra", "Site", plain());
    site["hierarchy"] = json!("InfraPlace");
    json!({
        "generics": [kind("Infra", "Interface", fields(false, false)), kind("Infra", "Place", json!({"hierarchical": true}))],
        "nodes": [port, loopback, site, kind("Infra", "Rack", plain())],
        "profiles": [kind("Profile", "InfraPort", fields(false, true))],
        "templates": [kind("Template", "InfraPort", fields(false, true))],
    })
}

/// Properties that fields are given.
fn of_fields() -> Vec<Value> {
    let mut properties = vec![
        json!({"enum": null, "choices": null}),
        json!({"enum": ["a"]}),
        json!({"enum": ["a", "b"], "choices": null}),
        json!({"enum": [1], "choices": null}),
        json!({"choices": [{"name": "up"}, {"name": "down"}, {"name": "DOWN"}]}),
        json!({"enum": null, "choices": [{"name": "up", "label": "Up"}, {"name": "a-b"}]}),
        json!({"enum": null, "choices": [{"name": "a_b"}, {"name": "a-b"}]}),
        json!({"default_value": "up"}),
        json!({"default_value": null}),
        json!({"computed_attribute": {"kind": "Jinja2", "jinja2_template": "x"}}),
        json!({"computed_attribute": null}),
        json!({"label": "Label", "description": "Description", "order_weight": 7, "deprecation": "no more"}),
        json!({"unique": true, "branch": "agnostic", "parameters": {"max_length": 3}}),
        json!({"direction": "outbound", "identifier": "x", "min_count": 1, "on_delete": "cascade"}),
    ];
    for kind in [
        "Text",
        "TextArea",
        "Dropdown",
        "Number",
        "Bandwidth",
        "NumberPool",
        "Boolean",
        "Password",
        "JSON",
        "List",
        "IPHost",
        "IPAddress",
        "Generic",
        "Group",
        "Profile",
        "Template",
        "Parent",
        "Component",
        "Novelty",
    ] {
        properties.push(json!({"kind": kind}));
    }
    for (property, values) in [
        ("optional", [json!(true), json!(false)]),
        ("read_only", [json!(true), json!(false)]),
        ("cardinality", [json!("one"), json!("many")]),
        ("peer", [json!("InfraRack"), json!("InfraInterface")]),
    ] {
        properties.extend(values.map(|value| json!({(property): value})));
    }
    properties
}

/// Properties that kinds are given.
fn of_kinds() -> Vec<Value> {
    vec![
        json!({"label": "Label", "order_by": ["name__value"], "display_label": "name__value"}),
        json!({"human_friendly_id": ["name__value"]}),
        json!({"human_friendly_id": ["status__value"]}),
        json!({"human_friendly_id": ["name__value", "status__value"]}),
        json!({"human_friendly_id": null}),
        json!({"default_filter": "name__value"}),
        json!({"default_filter": "status__value"}),
        json!({"default_filter": null}),
        json!({"hierarchy": "InfraPlace"}),
        json!({"hierarchy": null}),
        json!({"inherit_from": null}),
        json!({"uniqueness_constraints": [["name__value"]]}),
    ]
}

/// One edit of a schema.
#[derive(Debug, Clone)]
enum Edit {
    /// The field of every kind that has it.
    Field(&'static str, Value),
    /// The field of one kind only.
    OwnField(&'static str, &'static str, Value),
    Kind(&'static str, Value),
    RemoveField(&'static str),
    AddAttribute(&'static str, Value),
    AddRelationship(&'static str, Value),
    RemoveKind(&'static str),
}

const KINDS: [&str; 3] = ["Port", "Loopback", "Site"];

fn edit() -> impl Strategy<Value = Edit> {
    let field =
        || prop::sample::select(vec!["name", "status", "mtu", "site", "tags", "profiles", "object_template"]);
    let kind = || prop::sample::select(KINDS.to_vec());
    let added = || {
        prop::sample::select(vec![
            json!({"optional": true}),
            json!({"optional": false}),
            json!({"optional": false, "read_only": true}),
            json!({"optional": false, "cardinality": "one", "kind": "Attribute"}),
        ])
    };
    prop_oneof![
        6 => (field(), prop::sample::select(of_fields())).prop_map(|(field, parts)| Edit::Field(field, parts)),
        4 => (kind(), field(), prop::sample::select(of_fields())).prop_map(|(kind, field, parts)| Edit::OwnField(kind, field, parts)),
        3 => (kind(), prop::sample::select(of_kinds())).prop_map(|(kind, parts)| Edit::Kind(kind, parts)),
        1 => field().prop_map(Edit::RemoveField),
        1 => (kind(), added()).prop_map(|(kind, parts)| Edit::AddAttribute(kind, parts)),
        1 => (kind(), added()).prop_map(|(kind, parts)| Edit::AddRelationship(kind, parts)),
        1 => prop::sample::select(vec!["Loopback"]).prop_map(Edit::RemoveKind),
    ]
}

/// What the server demands of no field of a profile or template.
const DEMANDS: [&str; 3] = ["optional", "read_only", "computed_attribute"];

fn set(target: &mut Value, parts: &Value, is_made: bool) {
    for (key, value) in parts.as_object().unwrap() {
        if !(is_made && DEMANDS.contains(&key.as_str())) {
            target[key] = value.clone();
        }
    }
}

fn apply(schema: &mut Value, edit: &Edit) {
    for list in ["generics", "nodes", "profiles", "templates"] {
        let is_made = matches!(list, "profiles" | "templates");
        let kinds = schema[list].as_array_mut().unwrap();
        if let Edit::RemoveKind(kind) = edit {
            kinds.retain(|other| other["name"] != **kind);
        }
        for kind in kinds {
            let is = |name: &str| list == "nodes" && kind["name"] == name;
            let is_own = match edit {
                Edit::OwnField(name, ..)
                | Edit::Kind(name, _)
                | Edit::AddAttribute(name, _)
                | Edit::AddRelationship(name, _) => is(name),
                _ => false,
            };
            match edit {
                Edit::Kind(_, parts) if is_own => set(kind, parts, false),
                Edit::AddAttribute(_, parts) if is_own => {
                    let mut field = json!({"name": "extra", "kind": "Text"});
                    set(&mut field, parts, false);
                    field["kind"] = json!("Text");
                    kind["attributes"].as_array_mut().unwrap().push(field);
                }
                Edit::AddRelationship(_, parts) if is_own && !kind["relationships"].is_null() => {
                    let mut field = json!({"name": "more", "peer": "InfraRack"});
                    set(&mut field, parts, false);
                    kind["relationships"].as_array_mut().unwrap().push(field);
                }
                _ => {}
            }
            for fields in ["attributes", "relationships"] {
                let Some(fields) = kind[fields].as_array_mut() else { continue };
                match edit {
                    Edit::RemoveField(name) => fields.retain(|field| field["name"] != **name),
                    Edit::Field(name, parts) | Edit::OwnField(_, name, parts)
                        if is_own || matches!(edit, Edit::Field(..)) =>
                    {
                        let named = fields.iter_mut().filter(|field| field["name"] == **name);
                        named.for_each(|field| set(field, parts, is_made));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Everything that a program may name, with its type; none where the schema has no Rust form.
fn names(schema: &Schema) -> Option<BTreeSet<String>> {
    let files = Generator::new(schema.clone()).kinds(["*"]).files().ok()?;
    let mut names = BTreeSet::new();
    for (_, text) in files.iter().filter(|(name, _)| !name.ends_with("schema.json")) {
        for item in syn::parse_file(text).unwrap().items {
            match item {
                syn::Item::Struct(item) => names.extend(item.fields.iter().filter_map(|field| {
                    let name =
                        field.ident.as_ref().filter(|_| matches!(field.vis, syn::Visibility::Public(_)))?;
                    Some(format!("{}.{name}: {}", item.ident, field.ty.to_token_stream()))
                })),
                syn::Item::Enum(item) => {
                    names.insert(item.ident.to_string());
                    let variant = |variant: &syn::Variant| {
                        format!("{}::{} {}", item.ident, variant.ident, variant.fields.to_token_stream())
                    };
                    names.extend(item.variants.iter().map(variant));
                }
                syn::Item::Impl(item) => names.extend(of_impl(&item)),
                _ => {}
            }
        }
    }
    Some(names)
}

fn of_impl(item: &syn::ItemImpl) -> Vec<String> {
    let owner = item.self_ty.to_token_stream();
    let members = item.items.iter().filter_map(|member| match member {
        syn::ImplItem::Fn(function) if matches!(function.vis, syn::Visibility::Public(_)) => {
            Some(format!("{owner}::{}", function.sig.to_token_stream()))
        }
        syn::ImplItem::Const(constant) if matches!(constant.vis, syn::Visibility::Public(_)) => {
            Some(format!("{owner}::{}: {}", constant.ident, constant.ty.to_token_stream()))
        }
        syn::ImplItem::Type(associated) => Some(format!("{owner}: {}", associated.to_token_stream())),
        _ => None,
    });
    let header = item.trait_.as_ref().map(|(path, _)| format!("impl {} for {owner}", path.to_token_stream()));
    members.chain(header).collect()
}

/// What breaks programs although everything that they name is still there.
const AT_RUN_TIME: [&str; 3] = [
    "Programs that are not built anew send its filters as",
    "The parts that a program gives name other objects, or none.",
    "Upserts look for their object by another attribute.",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_said_to_break_programs_is_what_generated_code_loses(
        before in prop::collection::vec(edit(), 0..3),
        after in prop::collection::vec(edit(), 1..4),
    ) {
        let mut answer = base();
        before.iter().for_each(|edit| apply(&mut answer, edit));
        let read = |answer: &Value| Schema::from_api(answer.to_string().as_bytes(), "test").ok();
        let old = read(&answer);
        after.iter().for_each(|edit| apply(&mut answer, edit));
        if let (Some(old), Some(new)) = (old, read(&answer))
            && let (Some(had), Some(has)) = (names(&old), names(&new))
        {
            let lost: Vec<&String> = had.difference(&has).collect();
            let diff = SchemaDiff::between(&old, &new);
            let told: Vec<String> = diff.iter().filter(|change| change.programs.breaking)
                .map(|change| format!("{change}: {}", change.programs.reason)).collect();
            prop_assert!(lost.is_empty() || diff.breaks_programs(), "untold: {lost:#?}\n{diff:#?}");
            let is_seen = |change: &infrahub_schema::Change| {
                // What is said of a generic is said for the kinds that inherit from it.
                let is_generic = old.kind(&change.kind).is_some_and(|kind| kind.flavour == Flavour::Generic);
                change.programs.breaking && !is_generic
                    && !AT_RUN_TIME.iter().any(|reason| change.programs.reason.starts_with(reason))
            };
            prop_assert!(!lost.is_empty() || !diff.iter().any(is_seen), "nothing is lost: {told:#?}");
        }
    }
}
