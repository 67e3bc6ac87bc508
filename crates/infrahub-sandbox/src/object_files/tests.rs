use super::*;
use crate::store::MAIN;
use infrahub_schema::Snapshot;
use serde_json::{Value, json};

const HEAD: &str = "apiVersion: infrahub.app/v1\nkind: Object\nspec:\n";

fn store() -> Store {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot");
    Store::new(Snapshot::read(folder).unwrap().schema)
}

fn text(body: &str) -> Source {
    Source::Text { name: "objects.yml".into(), text: format!("{HEAD}{body}") }
}

fn loaded(bodies: &[&str]) -> Store {
    let mut store = store();
    let sources: Vec<Source> = bodies.iter().map(|body| text(body)).collect();
    load(&mut store, &sources).unwrap_or_else(|error| panic!("{error}"));
    store
}

/// The labels of the objects of a kind, with those of their peers in one relationship.
fn labels(store: &Store, kind: &str, relationship: &str) -> Vec<(String, Vec<String>)> {
    let found = store.view(MAIN).unwrap().find(kind, &Default::default()).unwrap();
    let peers = |object: &crate::store::Object| -> Vec<String> {
        let found = object.peers(relationship, &Default::default());
        let mut labels: Vec<String> =
            found.unwrap().items.iter().map(|peer| peer.object.display_label()).collect();
        labels.sort();
        labels
    };
    found.items.iter().map(|object| (object.display_label(), peers(object))).collect()
}

/// A hierarchy from its top to its leaves, as the parents in it are mandatory.
const PLACES: &str = "
  kind: LocationRegion
  data:
    - name: us-east
      children:
        kind: LocationSite
        data:
          - name: atl1
            children:
              - kind: LocationRack
                data: {name: r1, height: 40}
          - name: ord1
";

#[test]
fn what_cannot_be_without_the_outer_object_is_made_after_it() {
    let store = loaded(&[PLACES]);
    assert_eq!(
        labels(&store, "LocationRegion", "children"),
        [("us-east".to_owned(), vec!["atl1".to_owned(), "ord1".to_owned()])]
    );
    assert_eq!(
        labels(&store, "LocationSite", "children"),
        [("atl1".to_owned(), vec!["r1".to_owned()]), ("ord1".to_owned(), vec![])]
    );
}

#[test]
fn references_values_and_components() {
    let devices = "
  kind: InfraDevice
  data:
    - name: leaf-1
      site: atl1
      role: leaf
      asn: {value: 65001, is_protected: true}
      facts: {cards: [a]}
      platform: eos-1
      tags: [blue, [red]]
      interfaces:
        kind: InfraInterfaceL3
        parameters: {expand_range: true}
        data:
          - {name: 'eth[1-3]', mtu: 9000}
    - name: leaf-2
      site: [atl1]
      rack: {data: {name: r9, parent: atl1}}
";
    let tags = "\n  kind: BuiltinTag\n  data: [{name: blue}, {name: red}]\n";
    let platforms = "\n  kind: InfraPlatform\n  data:\n    - {name: eos-1, type: eos}\n";
    let store = loaded(&[PLACES, tags, platforms, devices, devices]);
    let ports = ["eth1", "eth2", "eth3"].map(str::to_owned).to_vec();
    assert_eq!(
        labels(&store, "InfraDevice", "interfaces"),
        [("leaf-1".to_owned(), ports), ("leaf-2".to_owned(), vec![])]
    );
    let view = store.view(MAIN).unwrap();
    let device = view.by_hfid("InfraDevice", &["leaf-1".to_owned()]).unwrap().unwrap();
    let value = |name: &str| device.attribute(name).unwrap().value;
    assert_eq!((value("role"), value("asn")), (json!("leaf"), json!(65001)));
    assert!(device.attribute("asn").unwrap().is_protected);
    assert_eq!(value("facts"), json!({ "cards": ["a"] }));
    assert_eq!(device.peer("platform").unwrap().object.display_label(), "eos-1");
    assert_eq!(device.peers("tags", &Default::default()).unwrap().count, 2);
    let other = view.by_hfid("InfraDevice", &["leaf-2".to_owned()]).unwrap().unwrap();
    assert_eq!(other.peer("rack").unwrap().object.display_label(), "r9");
}

#[test]
fn what_is_wrong_names_file_line_and_field() {
    for (body, line, message) in [
        ("  kind: BuiltinTag\n  data:\n    - name: [x\n", 0, ""),
        ("  data: []\n", 3, "`kind` is missing"),
        ("  kind: Nope\n  data: []\n", 4, "the schema has no kind `Nope`"),
        ("  kind: BuiltinTag\n", 3, "`data` is missing"),
        ("  kind: BuiltinTag\n  data: {}\n", 5, "`data` is a list"),
        ("  kind: BuiltinTag\n  data: [x]\n", 5, "an object of BuiltinTag is a map"),
        ("  kind: BuiltinTag\n  data:\n    - description: x\n", 6, "BuiltinTag: mandatory and missing: name"),
        (
            "  kind: BuiltinTag\n  data:\n    - name: x\n      colour: red\n",
            7,
            "BuiltinTag.colour: the kind has no such attribute or relationship",
        ),
        (
            "  kind: BuiltinTag\n  data:\n    - name: x\n      description:\n",
            7,
            "BuiltinTag.description: null",
        ),
        (
            "  kind: InfraDevice\n  data:\n    - name: UPPER\n      site: atl1\n",
            6,
            "InfraDevice.name: UPPER must conform with the regex",
        ),
        (
            "  kind: InfraDevice\n  data:\n    - name: x\n      site: nowhere\n",
            7,
            "InfraDevice.site: Unable to find the node nowhere / LocationSite",
        ),
        (
            "  kind: InfraDevice\n  data:\n    - name: x\n      site: atl1\n      tags:\n        - no-such-tag\n",
            9,
            "InfraDevice.tags: Unable to find the node no-such-tag / BuiltinTag",
        ),
        (
            "  kind: InfraDevice\n  data:\n    - name: x\n      site: 5\n",
            7,
            "InfraDevice.site: one LocationSite is expected",
        ),
        (
            "  kind: InfraDevice\n  data:\n    - name: x\n      site: atl1\n      tags: blue\n",
            8,
            "a list of BuiltinTag",
        ),
        (
            "  kind: InfraDevice\n  data:\n    - name: x\n      site: atl1\n      interfaces:\n        data:\n          - name: e\n",
            10,
            "InfraInterface is a generic: say `kind:` beside `data:`, one of InfraInterfaceL2, InfraInterfaceL3",
        ),
        (
            "  kind: BuiltinTag\n  parameters: {expand_range: true}\n  data:\n    - {name: 'a[1-2]', description: 'b[1-3]'}\n",
            7,
            "`description` stands for 3 texts, another range for 2",
        ),
    ] {
        let error = load(&mut loaded(&[PLACES]), &[text(body)]).expect_err(body);
        assert_eq!(error.file, Path::new("objects.yml"), "{body}");
        assert!(line == 0 || error.line == line, "{body}: {error}");
        assert!(error.message.contains(message), "{body}: {error}");
    }
    for (text, message) in [
        ("- x\n", "an object file is a map"),
        ("apiVersion: v2\n", "`apiVersion: infrahub.app/v1` is expected here"),
        ("apiVersion: infrahub.app/v1\nkind: Menu\n", "`kind: Object` is expected here"),
        ("apiVersion: infrahub.app/v1\nkind: Object\n", "`spec` is missing"),
    ] {
        let source = Source::Text { name: "a.yml".into(), text: text.to_owned() };
        let error = load(&mut store(), &[source]).expect_err(text);
        assert!(error.message.contains(message) && error.line > 0, "{text}: {error}");
    }
    let error = load(&mut store(), &[Source::Path("no/such/file.yml".into())]).unwrap_err();
    assert!(error.to_string().starts_with("no/such/file.yml: it cannot be read: "), "{error}");
}

#[test]
fn files_of_a_folder_come_in_the_order_of_their_names() {
    let folder = std::env::temp_dir().join(format!("infrahub-sandbox-objects-{}", std::process::id()));
    fs::create_dir_all(folder.join("b")).unwrap();
    let tag = |name: &str| format!("{HEAD}  kind: BuiltinTag\n  data: [{{name: {name}}}]\n");
    fs::write(folder.join("b/c.yaml"), tag("second")).unwrap();
    fs::write(folder.join("a.yml"), format!("{}---\n{}", tag("first"), tag("after"))).unwrap();
    fs::write(folder.join("notes.txt"), "no YAML").unwrap();
    let mut store = store();
    let outcome = load(&mut store, &[Source::Path(folder.clone())]);
    fs::remove_dir_all(&folder).unwrap();
    outcome.unwrap();
    let found = store.view(MAIN).unwrap().find("BuiltinTag", &Default::default()).unwrap();
    let mut by_id: Vec<_> =
        found.items.iter().map(|tag| (tag.id(), tag.attribute("name").unwrap().value)).collect();
    by_id.sort_by_key(|(id, _)| *id);
    let names: Vec<Value> = by_id.into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["first", "after", "second"]);
}
