//! A schema that is loaded where there are objects: what they break, and what becomes of them.

use infrahub_client::schema::Documents;
use infrahub_client::{Client, Error};
use infrahub_conformance::{Outcome, delete_branch, execute, on_a_branch, unique};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// Held by each test: the server loads one schema at a time, and gives up those that wait too long.
static ALONE: Mutex<()> = Mutex::const_new(());

const KINDS: &str = "\
version: '1.0'
generics:
  - name: Shelf
    namespace: Holding
    attributes:
      - {name: grade, kind: Text, optional: true}
nodes:
  - name: Reader
    namespace: Holding
    human_friendly_id: [name__value]
    attributes:
      - {name: name, kind: Text, unique: true}
  - name: Book
    namespace: Holding
    display_label: name__value
    attributes:
      - {name: name, kind: Text, unique: true}
      - {name: code, kind: Text, optional: true}
      - {name: note, kind: Text, optional: true}
      - {name: level, kind: Text, enum: [a, b], optional: true}
      - {name: tag, kind: Text, optional: true}
      - {name: hint, kind: Text, optional: true}
      - {name: gap, kind: Text, optional: true}
      - {name: year, kind: Text, optional: true}
      - {name: size, kind: Number, optional: true}
      - {name: state, kind: Dropdown, optional: true, choices: [{name: lent}, {name: there}]}
    relationships:
      - {name: owner, peer: HoldingReader, cardinality: one, optional: true, identifier: book__owner}
      - {name: readers, peer: HoldingReader, cardinality: many, optional: true, identifier: book__reader}
  - name: Poster
    namespace: Holding
    display_label: name__value
    inherit_from: [HoldingShelf]
    attributes:
      - {name: name, kind: Text}
  - name: Flyer
    namespace: Holding
    inherit_from: [HoldingShelf]
    attributes:
      - {name: name, kind: Text}
  - name: Box
    namespace: Holding
    display_label: name__value
    attributes:
      - {name: name, kind: Text}
    relationships:
      - {name: cards, peer: HoldingCard, kind: Component, cardinality: many, optional: true, identifier: box__card}
      - {name: ports, peer: HoldingPort, kind: Component, cardinality: many, optional: true, identifier: box__port}
  - name: Card
    namespace: Holding
    display_label: name__value
    attributes:
      - {name: name, kind: Text}
    relationships:
      - {name: box, peer: HoldingBox, kind: Parent, cardinality: one, optional: false, identifier: box__card}
      - {name: ports, peer: HoldingPort, cardinality: many, optional: true, identifier: card__port}
  - name: Port
    namespace: Holding
    display_label: name__value
    attributes:
      - {name: name, kind: Text}
    relationships:
      - {name: box, peer: HoldingBox, kind: Parent, cardinality: one, optional: false, identifier: box__port}
      - {name: card, peer: HoldingCard, cardinality: one, optional: true, identifier: card__port}
";

/// A branch of the test's own with these kinds.
async fn with_the_kinds() -> Result<Client, Error> {
    let branch = on_a_branch(&unique("holding")).await?;
    branch.schema().load(&Documents::new().text("kinds.yml", KINDS)?).await?;
    branch.schema().wait_until_converged().await?;
    Ok(branch)
}

/// Creates an object from the data as GraphQL writes them, and gives its id.
async fn create(branch: &Client, kind: &str, data: &str) -> Result<String, Error> {
    let document = format!("mutation {{ Made: {kind}Create(data: {{ {data} }}) {{ object {{ id }} }} }}");
    let made = execute(branch, &document, json!({})).await?;
    Ok(made["Made"]["object"]["id"].as_str().unwrap_or_default().to_owned())
}

/// The objections to a load or a check, in the order of their words. The server may be too busy for one, and fails then.
async fn objections<T: std::fmt::Debug, F: Future<Output = Result<T, Error>>>(
    mut attempt: impl FnMut() -> F,
) -> Vec<String> {
    for _ in 0..3 {
        match attempt().await {
            Err(Error::SchemaRejected { reasons, .. }) => {
                let mut messages: Vec<String> = reasons.into_iter().map(|reason| reason.message).collect();
                messages.sort();
                return messages;
            }
            Err(_) => {}
            Ok(report) => panic!("the server takes it: {report:?}"),
        }
    }
    panic!("the server fails again and again")
}

fn text(name: &str, more: Value) -> Value {
    let mut attribute = json!({ "name": name, "kind": "Text", "optional": true });
    if let (Some(attribute), Value::Object(more)) = (attribute.as_object_mut(), more) {
        attribute.extend(more);
    }
    attribute
}

fn kinds(generics: Value, nodes: Value) -> Result<Documents, Error> {
    let mut document = json!({ "version": "1.0" });
    (document["generics"], document["nodes"]) = (generics, nodes);
    for list in ["generics", "nodes"] {
        for kind in document[list].as_array_mut().into_iter().flatten() {
            kind["namespace"] = "Holding".into();
        }
    }
    Documents::new().value(&document)
}

#[tokio::test]
async fn a_schema_that_objects_break_is_refused_and_every_violation_is_told() -> Outcome {
    let _alone = ALONE.lock().await;
    let branch = with_the_kinds().await?;
    let readers = [
        create(&branch, "HoldingReader", "name: { value: \"ann\" }").await?,
        create(&branch, "HoldingReader", "name: { value: \"bob\" }").await?,
    ];
    let first = format!(
        "name: {{ value: \"first\" }}, code: {{ value: \"ABC\" }}, note: {{ value: \"ab\" }},
         level: {{ value: \"b\" }}, tag: {{ value: \"same\" }}, year: {{ value: \"1999\" }}, size: {{ value: 5 }},
         readers: [{{ id: \"{}\" }}, {{ id: \"{}\" }}]",
        readers[0], readers[1]
    );
    create(&branch, "HoldingBook", &first).await?;
    let second = format!(
        "name: {{ value: \"Node two\" }}, code: {{ value: \"abc\" }}, note: {{ value: \"abc\" }},
         level: {{ value: \"a\" }}, tag: {{ value: \"same\" }}, hint: {{ value: \"x\" }},
         owner: {{ id: \"{}\" }}",
        readers[0]
    );
    create(&branch, "HoldingBook", &second).await?;
    create(&branch, "ProfileHoldingBook", "profile_name: { value: \"plain\" }").await?;
    create(&branch, "HoldingPoster", "name: { value: \"poster\" }, grade: { value: \"low\" }").await?;
    let mut boxes = Vec::new();
    for name in ["one", "two"] {
        boxes.push(create(&branch, "HoldingBox", &format!("name: {{ value: \"box {name}\" }}")).await?);
    }
    let in_box = |name: &str, id: &str| format!("name: {{ value: \"{name}\" }}, box: {{ id: \"{id}\" }}");
    let near = create(&branch, "HoldingPort", &in_box("near", &boxes[0])).await?;
    let far = create(&branch, "HoldingPort", &in_box("far", &boxes[1])).await?;
    let ports = format!(", ports: [{{ id: \"{near}\" }}, {{ id: \"{far}\" }}]");
    create(&branch, "HoldingCard", &(in_box("card", &boxes[0]) + &ports)).await?;

    let wanted = kinds(
        json!([{ "name": "Shelf", "attributes": [text("grade", json!({ "regex": "h.*" }))] }]),
        json!([
            { "name": "Book", "generate_profile": false, "attributes": [
                text("code", json!({ "regex": "[a-z]+" })),
                text("note", json!({ "min_length": 3 })),
                text("level", json!({ "enum": ["a"] })),
                text("tag", json!({ "unique": true })),
                text("hint", json!({ "optional": false })),
                text("gap", json!({ "max_length": 3, "unique": true })),
                { "name": "year", "kind": "Number", "optional": true },
                // the limits of numbers are not looked at
                { "name": "size", "kind": "Number", "optional": true, "parameters": { "min_value": 10 } },
              ], "relationships": [
                // nor is the kind of the owner that there is
                { "name": "owner", "peer": "HoldingBox", "cardinality": "one", "optional": false },
                { "name": "readers", "peer": "HoldingReader", "cardinality": "one", "optional": true },
              ] },
            { "name": "Poster", "inherit_from": ["HoldingShelf"], "relationships": [
                { "name": "reader", "peer": "HoldingReader", "cardinality": "one", "optional": false }] },
            // a node that does not say what it inherits inherits nothing
            { "name": "Flyer" },
            { "name": "Box", "attributes": [{ "name": "colour", "kind": "Text" }] },
            { "name": "Card", "relationships": [
                { "name": "ports", "peer": "HoldingPort", "cardinality": "many", "optional": true,
                  "common_parent": "box" }] },
        ]),
    )?;
    let broken = |rule: &str, kind: &str, label: &str, detail: &str| {
        let mut message =
            format!("{rule} constraint violation on schema '{kind}'. {label} is not compliant.");
        if !detail.is_empty() {
            message.push_str(&format!(" The error relates to field {detail}."));
        }
        message
    };
    let book = |rule: &str, label: &str, detail: &str| broken(rule, "HoldingBook", label, detail);
    let (one, two) = ("Node (first)", "Node two");
    let torn = broken(
        "Node-level 'inherit_from'",
        "SchemaNode",
        "Node (SchemaNode: …)",
        "inherit_from=['HoldingShelf']",
    );
    let mut expected = vec![
        book("Attribute-level 'regex'", one, "code='ABC'"),
        book("Attribute-level 'length'", one, ""),
        book("Attribute-level 'enum'", one, "level='b'"),
        book("Attribute-level 'unique'", one, "tag='same'"),
        book("Attribute-level 'unique'", two, "tag='same'"),
        book("Node-level 'uniqueness_constraints'", one, "tag.value='same'"),
        book("Node-level 'uniqueness_constraints'", two, "tag.value='same'"),
        book("Attribute-level 'optional'", one, ""),
        // no value is a text of four letters, and the same as no value: NULL
        book("Attribute-level 'unique'", one, "gap='NULL'"),
        book("Attribute-level 'unique'", two, "gap='NULL'"),
        book("Node-level 'uniqueness_constraints'", one, "gap.value='NULL'"),
        book("Node-level 'uniqueness_constraints'", two, "gap.value='NULL'"),
        book("Attribute-level 'length'", one, ""),
        book("Attribute-level 'length'", two, ""),
        book("Attribute-level 'kind'", one, "year='1999'"),
        book("Relationship-level 'optional'", one, ""),
        // for the cardinality, and for the count that follows from it
        book("Relationship-level 'count'", one, "readers=2"),
        book("Relationship-level 'count'", one, "readers=2"),
        broken("Node-level 'generate_profile'", "ProfileHoldingBook", "Node (plain)", ""),
        broken("Attribute-level 'regex'", "HoldingShelf", "Node (poster)", "grade='low'"),
        broken("Node-level 'relationship'", "HoldingPoster", "Node (poster)", ""),
        broken("Node-level 'attribute'", "HoldingBox", "Node (box one)", ""),
        broken("Node-level 'attribute'", "HoldingBox", "Node (box two)", ""),
        broken(
            "Relationship-level 'common_parent'",
            "HoldingPort",
            "Node (far)",
            &format!("box.id={}", boxes[1]),
        ),
        torn.clone(),
        torn,
    ];
    expected.sort();
    let schema = branch.schema();
    let before = schema.hash().await?;
    let without_ids = |messages: Vec<String>| -> Vec<String> {
        let hidden = |message: String| match message.split_once("(SchemaNode: ") {
            Some((start, rest)) => {
                format!("{start}(SchemaNode: …){}", rest.split_once(')').map_or("", |(_, rest)| rest))
            }
            None => message,
        };
        messages.into_iter().map(hidden).collect()
    };
    assert_eq!(without_ids(objections(|| schema.check(&wanted)).await), expected);
    assert_eq!(without_ids(objections(|| schema.load(&wanted)).await), expected);
    assert_eq!(schema.hash().await?, before, "nothing of it is loaded");
    delete_branch(&branch).await
}

#[tokio::test]
async fn some_changes_are_refused_whatever_objects_there_are() -> Outcome {
    let _alone = ALONE.lock().await;
    let branch = with_the_kinds().await?;
    let schema = branch.schema();
    let owner = |property: &str, value: &str| {
        json!([{ "name": "Book", "relationships": [{ "name": "owner", "peer": "HoldingReader", "cardinality": "one",
            "optional": true, property: value }] }])
    };
    let absent = |kind: &str| json!([{ "name": kind, "state": "absent" }]);
    for (generics, nodes, objection) in [
        (
            json!([]),
            json!([{ "name": "Book", "branch": "agnostic" }]),
            "'not_supported': HoldingBook branch None",
        ),
        (json!([]), owner("identifier", "other"), "'not_supported': HoldingBook owner None"),
        (json!([]), owner("direction", "outbound"), "'not_supported': HoldingBook owner None"),
        (
            absent("Shelf"),
            json!([{ "name": "Flyer", "inherit_from": [] }]),
            "'HoldingShelf' has been removed but is still referenced in 'HoldingPoster.inherit_from'; keep it or remove \
             the inherit_from reference",
        ),
        (
            json!([]),
            absent("Port"),
            "HoldingBox: Relationship 'ports' is referring an invalid peer 'HoldingPort'",
        ),
        (
            json!([]),
            json!([{ "name": "Port", "uniqueness_constraints": [["card", "name__value"]] }]),
            "cannot use card relationship, relationship must be mandatory. (`card`)",
        ),
        (
            json!([]),
            json!([{ "name": "Book", "relationships": [{ "name": "readers", "peer": "HoldingReader",
                "cardinality": "many", "max_count": 1 }] }]),
            "Relationship 'readers' max_count must be 0 or greater than 1 when cardinality is MANY",
        ),
    ] {
        let wanted = kinds(generics, nodes)?;
        let told = objections(|| schema.check(&wanted)).await;
        // which of the kinds that need a removed one is told differs
        let told = told.join("\n").replace("HoldingCard", "HoldingBox");
        assert_eq!(told, objection);
    }
    let fewer =
        json!({ "name": "state", "kind": "Dropdown", "optional": true, "choices": [{ "name": "lent" }] });
    let fewer = kinds(json!([]), json!([{ "name": "Book", "attributes": [fewer] }]))?;
    let report = schema.check(&fewer).await?;
    assert!(!report.is_change(), "a choice that is left out stays: {report:?}");
    let less = json!([{ "name": "Book", "attributes": [{ "name": "hint", "kind": "Text" }],
        "relationships": [{ "name": "owner", "peer": "HoldingReader" }] }]);
    let report = schema.check(&kinds(json!([]), less)?).await?;
    let fields: Vec<&str> = report.kinds["HoldingBook"].fields.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["attributes.hint.optional", "relationships.owner.cardinality", "relationships.owner.max_count"],
        "what a file does not say has its default"
    );
    delete_branch(&branch).await
}

#[tokio::test]
async fn objects_get_the_defaults_of_what_is_new_and_lose_what_is_gone() -> Outcome {
    let _alone = ALONE.lock().await;
    let branch = with_the_kinds().await?;
    let schema = branch.schema();
    let reader = create(&branch, "HoldingReader", "name: { value: \"ann\" }").await?;
    let book =
        format!("name: {{ value: \"book\" }}, hint: {{ value: \"x\" }}, owner: {{ id: \"{reader}\" }}");
    create(&branch, "HoldingBook", &book).await?;
    create(&branch, "HoldingFlyer", "name: { value: \"flyer\" }").await?;

    let gone = kinds(
        json!([]),
        json!([
            { "name": "Book", "attributes": [
                { "name": "language", "kind": "Text", "default_value": "en" },
                { "name": "pages", "kind": "Number", "optional": true },
                { "name": "hint", "kind": "Text", "state": "absent" },
              ], "relationships": [{ "name": "owner", "peer": "HoldingReader", "state": "absent" }] },
            { "name": "Flyer", "state": "absent" },
        ]),
    )?;
    assert!(schema.load(&gone).await?.updated);
    schema.wait_until_converged().await?;
    let read =
        "{ HoldingBook { edges { node { language { value is_default } pages { value is_default } } } } }";
    let read = execute(&branch, read, json!({})).await?;
    assert_eq!(
        read["HoldingBook"]["edges"][0]["node"],
        json!({ "language": { "value": "en", "is_default": true }, "pages": { "value": null, "is_default": true } })
    );
    let found = execute(&branch, "{ HoldingBook(language__value: \"en\") { count } }", json!({})).await?;
    assert_eq!(found["HoldingBook"]["count"], 1, "the default is kept with the object, and found");

    let back = kinds(
        json!([]),
        json!([
            { "name": "Book", "attributes": [text("hint", json!({}))], "relationships": [
                { "name": "owner", "peer": "HoldingReader", "cardinality": "one", "optional": true,
                  "identifier": "book__owner" }] },
            { "name": "Flyer", "attributes": [{ "name": "name", "kind": "Text" }] },
        ]),
    )?;
    assert!(schema.load(&back).await?.updated);
    schema.wait_until_converged().await?;
    let read =
        "{ HoldingBook { edges { node { hint { value } owner { node { id } } } } } HoldingFlyer { count } }";
    let read = execute(&branch, read, json!({})).await?;
    assert_eq!(
        read["HoldingBook"]["edges"][0]["node"],
        json!({ "hint": { "value": null }, "owner": { "node": { "id": reader } } }),
        "a value does not come back, a peer does"
    );
    assert_eq!(read["HoldingFlyer"]["count"], 0);
    delete_branch(&branch).await
}
