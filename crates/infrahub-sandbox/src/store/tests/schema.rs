use super::*;
use infrahub_schema::{Attribute, KindSchema};

impl World {
    /// The schema of the branch with one kind changed.
    fn with_kind(&self, kind: &str, change: impl FnOnce(&mut KindSchema)) -> Schema {
        let mut schema = self.view().schema().clone();
        change(schema.kinds.get_mut(kind).unwrap());
        schema
    }

    fn with_attribute(&self, kind: &str, name: &str, change: impl FnOnce(&mut Attribute)) -> Schema {
        self.with_kind(kind, |kind| change(attribute(kind, name)))
    }

    fn load(&mut self, schema: Schema) -> Outcome<()> {
        let branch = self.branch.clone();
        self.store.load_schema(&branch, schema, None)
    }

    fn described(&mut self, name: &str, text: &str) -> String {
        let data = json!({ "name": { "value": name }, "description": { "value": text } });
        self.made("BuiltinTag", data)
    }
}

fn attribute<'a>(kind: &'a mut KindSchema, name: &str) -> &'a mut Attribute {
    kind.attributes.iter_mut().find(|attribute| attribute.name == name).unwrap()
}

/// The lines of the one error, in order.
#[track_caller]
fn lines<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<String> {
    let mut lines: Vec<String> = message(outcome).split(",\n").map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn what_becomes_unique_is_held_against_what_is_newer_on_main() {
    let mut world = World::new();
    world.described("old", "same");
    world.branch("branch");
    let new = world.described("new", "same");
    world.on("branch");
    let unique = world.with_attribute("BuiltinTag", "description", |description| description.unique = true);
    let expected = [format!("BuiltinTag: {new}"), "old".to_owned()].map(|name| {
        format!(
            "Attribute-level 'unique' constraint violation on schema 'BuiltinTag'. Node ({name}) is not compliant. The \
             error relates to field description='same'."
        )
    });
    assert_eq!(lines(world.load(unique)), expected);
    // what else objects may not have is looked for on the branch alone
    let short = world.with_attribute("BuiltinTag", "description", |description| {
        description.parameters.max_length = Some(4);
    });
    world.on(MAIN).described("newest", "too long for it");
    world.on("branch").load(short).unwrap();
}

#[test]
fn peers_are_counted_for_each_branch_that_they_came_from() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("one", &site);
    let tags = [world.tag("a"), world.tag("b"), world.tag("c")];
    world.add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[0] }] })).unwrap();
    world.branch("branch");
    world
        .on("branch")
        .add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[1] }, { "id": tags[2] }] }))
        .unwrap();
    let few = world.with_kind("InfraDevice", |kind| {
        let tags = kind.relationships.iter_mut().find(|field| field.name == "tags").unwrap();
        (tags.max_count, tags.inherited) = (2, false);
    });
    let expected = [1, 2].map(|count| {
        format!(
            "Relationship-level 'count' constraint violation on schema 'InfraDevice'. Node (one) is not compliant. The \
             error relates to field tags={count}."
        )
    });
    assert_eq!(lines(world.load(few)), expected);
}

#[test]
fn changes_of_a_branch_are_held_against_the_schema_that_main_has_by_then() {
    let mut world = World::new();
    world.branch("branch");
    let tag = world.on("branch").described("t", "Upper");
    let lower = world.on(MAIN).with_attribute("BuiltinTag", "description", |description| {
        description.parameters.regex = Some("[a-z]+".to_owned());
    });
    world.load(lower).unwrap();
    // a value that was written is held against all rules of its attribute
    let expected = ["kind", "regex"].map(|rule| {
        format!(
            "Attribute-level '{rule}' constraint violation on schema 'BuiltinTag'. Node (t) is not compliant. The error \
             relates to field description='Upper'."
        )
    });
    assert_eq!(lines(world.store.merge_branch("branch", None)), expected);
    let places = ["kind", "parameters.regex"].map(|property| {
        format!("attribute.{property}.update description {property} and node {tag} BuiltinTag")
    });
    let expected: Vec<String> = expected
        .iter()
        .zip(places)
        .map(|(message, place)| format!("{message} for constraint {place}"))
        .collect();
    assert_eq!(lines(world.store.rebase_branch("branch")), expected);
    world
        .on("branch")
        .update("BuiltinTag", json!({ "id": tag, "description": { "value": "lower" } }))
        .unwrap();
    world.store.rebase_branch("branch").unwrap();
    world.store.merge_branch("branch", None).unwrap();
}

#[test]
fn objects_of_both_branches_get_what_is_new_in_a_merge() {
    let mut world = World::new();
    world.branch("branch");
    let extra = world.on("branch").with_kind("BuiltinTag", |kind| {
        let mut extra = kind.attribute("description").unwrap().clone();
        (extra.name, extra.default_value) = ("extra".to_owned(), Some(json!("new")));
        kind.attributes.retain(|attribute| attribute.name != "description");
        kind.attributes.push(extra);
    });
    world.load(extra).unwrap();
    let later = world.on(MAIN).described("later", "goes");
    world.store.merge_branch("branch", None).unwrap();
    assert_eq!(world.value(&later, "extra"), "new");
    assert_eq!(world.found("BuiltinTag", json!({ "extra__value": "new" })), ["later"]);
    assert_eq!(world.get(&later).attribute("description"), None);
}

#[test]
fn objects_get_numbers_of_a_new_pool_if_it_has_enough() {
    let mut world = World::new();
    let tags = [world.tag("a"), world.tag("b")];
    let numbered = |world: &World, last: i64| {
        world.with_kind("BuiltinTag", |kind| {
            let mut number = kind.attribute("description").unwrap().clone();
            (number.name, number.optional, number.read_only) = ("number".to_owned(), false, true);
            number.kind = infrahub_schema::AttributeKind::NumberPool;
            (number.parameters.start_range, number.parameters.end_range) = (Some(5), Some(last));
            kind.attributes.push(number);
        })
    };
    let schema = numbered(&world, 5);
    assert_eq!(
        message(world.load(schema)),
        "The size of the NumberPool is smaller than the number of existing nodes 1 < 2."
    );
    let schema = numbered(&world, 6);
    world.load(schema).unwrap();
    let mut numbers = tags.map(|tag| world.value(&tag, "number").as_i64());
    numbers.sort();
    assert_eq!(numbers, [Some(5), Some(6)]);
}
