//! The committed snapshot of a server without kinds of a user's own.
#![allow(clippy::unwrap_used)]

use infrahub_schema::{AttributeKind, Flavour, Schema, Snapshot};
use std::path::Path;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema"))
}

fn names<'a>(kinds: impl IntoIterator<Item = &'a infrahub_schema::KindSchema>) -> Vec<&'a str> {
    kinds.into_iter().map(|kind| kind.kind.as_str()).collect()
}

#[test]
fn it_reads_and_is_in_its_written_form() {
    let snapshot = Snapshot::read(folder()).unwrap();
    assert_eq!(snapshot.source.server_version, "1.11.9");
    let count = |flavour| snapshot.schema.kinds.values().filter(|kind| kind.flavour == flavour).count();
    assert_eq!((count(Flavour::Node), count(Flavour::Generic), count(Flavour::Profile)), (56, 31, 4));

    let copy = tempfile::tempdir().unwrap();
    assert_eq!(snapshot.write(copy.path()).unwrap().files.len(), 3);
    for file in ["nodes.json", "schema.graphql", "source.json"] {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(file)).unwrap().replace("\r\n", "\n");
        assert!(read(folder()) == read(copy.path()), "{file} is not in the form that a pull writes");
    }
}

#[test]
fn every_attribute_and_relationship_kind_is_known() {
    let schema = Schema::read(&folder().join("nodes.json")).unwrap();
    for kind in schema.kinds.values() {
        for attribute in &kind.attributes {
            assert!(!matches!(attribute.kind, AttributeKind::Unknown(_)), "{}.{}", kind.kind, attribute.name);
        }
        for relationship in &kind.relationships {
            let known = !matches!(relationship.kind, infrahub_schema::RelationshipKind::Unknown(_));
            assert!(known, "{}.{}", kind.kind, relationship.name);
        }
    }
}

#[test]
fn inheritance_is_found_from_both_ends() {
    let schema = Schema::read(&folder().join("nodes.json")).unwrap();
    assert_eq!(names(schema.generics_of("IpamNamespace")), ["BuiltinIPNamespace", "CoreNode"]);
    // The server says it only on the profile.
    assert!(names(schema.kinds_of("LineageSource")).contains(&"ProfileBuiltinTag"));
    // The server says it only on the generic.
    assert!(names(schema.kinds_of("CoreNode")).contains(&"BuiltinTag"));
    assert_eq!(names(schema.kinds_of("CoreMenu")), ["CoreMenuItem"]);
    assert!(schema.kinds_of("BuiltinTag").is_empty());
    assert!(schema.generics_of("NoSuchKind").is_empty());
}

#[test]
fn reserved_namespaces() {
    let schema = Schema::read(&folder().join("nodes.json")).unwrap();
    for (namespace, reserved) in [
        ("Core", true),
        ("Builtin", true),
        ("Profile", true),
        ("Template", true),
        ("Ipam", false),
        ("Infra", false),
    ] {
        assert_eq!(schema.is_reserved_namespace(namespace), reserved, "{namespace}");
    }
}

#[test]
fn a_fingerprint_follows_the_content_only() {
    let schema = Schema::read(&folder().join("nodes.json")).unwrap();
    let tag = schema.kind("BuiltinTag").unwrap();
    // A change of this number makes every program that was built before look outdated.
    assert_eq!(tag.fingerprint(), 8_126_697_435_350_156_201);
    let mut changed = tag.clone();
    changed.attributes[0].optional = !changed.attributes[0].optional;
    assert_ne!(tag.fingerprint(), changed.fingerprint());
    let all: std::collections::BTreeSet<u64> = schema.kinds.values().map(|kind| kind.fingerprint()).collect();
    assert_eq!(all.len(), schema.kinds.len());
}
