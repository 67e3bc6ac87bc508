use super::*;

impl World {
    pub(super) fn branch(&mut self, name: &str) {
        self.store.create_branch(NewBranch { name: name.to_owned(), ..NewBranch::default() }).unwrap();
    }

    fn describe(&mut self, id: &str, text: &str) {
        self.update("BuiltinTag", json!({ "id": id, "description": { "value": text } })).unwrap();
    }
}

#[test]
fn a_branch_is_created_changed_merged_and_deleted() {
    let mut world = World::new();
    let old = world.tag("old");
    world.branch("branch");
    let branch = world.store.branch("branch").unwrap();
    assert_eq!(
        (branch.status, branch.is_default, branch.has_schema_changes),
        (BranchStatus::Open, false, false)
    );
    assert_eq!(
        message(world.store.create_branch(NewBranch { name: "branch".into(), ..NewBranch::default() })),
        "The branch branch already exists"
    );
    let described = world.store.describe_branch("branch", Some("text".to_owned())).unwrap();
    assert_eq!(described.description, "text");

    world.on("branch").tag("new");
    world.describe(&old, "on the branch");
    assert_eq!(world.on("branch").found("BuiltinTag", json!({})).len(), 2);
    world.on(MAIN).tag("later");
    assert_eq!(world.on(MAIN).found("BuiltinTag", json!({})), ["later", "old"]);
    assert_eq!(world.on("branch").found("BuiltinTag", json!({})), ["new", "old"], "as main was then");
    assert_eq!(world.on(MAIN).value(&old, "description"), Value::Null);

    let rebased = world.store.rebase_branch("branch").unwrap();
    assert!(rebased.branched_from > branch.branched_from);
    assert_eq!(world.on("branch").found("BuiltinTag", json!({})), ["later", "new", "old"]);
    let merged = world.store.merge_branch("branch", None).unwrap();
    assert_eq!(merged.status.as_str(), "MERGED");
    assert_eq!(world.on(MAIN).found("BuiltinTag", json!({})), ["later", "new", "old"]);
    assert_eq!(world.value(&old, "description"), "on the branch");

    assert_eq!(message(world.store.merge_branch("branch", None)), "Branch 'branch' has already been merged");
    let refused = message(world.store.rebase_branch("branch"));
    assert_eq!(refused, "Branch 'branch' has been merged and is read-only. Rebase is not allowed.");
    let refused = refusal(world.on("branch").create("BuiltinTag", json!({ "name": { "value": "x" } })));
    assert_eq!((refused.0, refused.1), ("BRANCH_ALREADY_MERGED", 400));
    assert_eq!(world.on("branch").count("BuiltinTag", json!({})), 3, "it is still read");
    world.store.delete_branch("branch").unwrap();
    let refused = refusal(world.store.view("branch").map(drop));
    assert_eq!(refused, ("BRANCH_NOT_FOUND", 400, "Branch: branch not found.".to_owned()));
}

#[test]
fn names_are_those_that_git_could_have() {
    let mut world = World::new();
    let mut create =
        |name: &str| world.store.create_branch(NewBranch { name: name.to_owned(), ..NewBranch::default() });
    for name in ["-é%2F", "a/b#c", "HEAD", "UPPER", "a&b=c"] {
        create(name).unwrap();
    }
    for name in
        ["no spaces", "no..good", "/x1", "x1/", "a//b", "a/.b", "a@{b", "a\\b", "x.lock", "x1.", "a^b", "a[b"]
    {
        let refused = message(create(name));
        assert!(
            refused.starts_with("Branch name contains invalid patterns or characters"),
            "{name}: {refused}"
        );
    }
    assert!(create("ab").is_err());
}

#[test]
fn a_conflict_stops_rebase_and_merge_and_says_where() {
    let mut world = World::new();
    let tag = world.tag("t");
    world.branch("branch");
    world.on(MAIN).describe(&tag, "on main");
    world.on("branch").describe(&tag, "on the branch");
    let conflicts = world.store.conflicts("branch").unwrap();
    let paths: Vec<&str> = conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    assert_eq!(paths, [format!("data/{tag}/description/value")]);
    let rebase = message(world.store.rebase_branch("branch"));
    assert!(rebase.contains("contains conflicts") && rebase.contains(paths[0]), "{rebase}");
    assert!(message(world.store.merge_branch("branch", None)).contains("contains conflicts"));
    assert_eq!(world.store.branch("branch").unwrap().status, BranchStatus::Open);
    world.on("branch").describe(&tag, "on main");
    assert!(world.store.conflicts("branch").unwrap().is_empty(), "they agree");
    world.store.merge_branch("branch", None).unwrap();
}

#[test]
fn deletes_and_peers_conflict_too() {
    let mut world = World::new();
    let site = world.site("atl1");
    let (other, third) = (world.site("ord1"), world.site("dfw1"));
    let (device, tag) = (world.device("one", &site), world.tag("t"));
    world.branch("branch");
    world.on("branch").delete("BuiltinTag", json!({ "id": tag })).unwrap();
    world.update("InfraDevice", json!({ "id": device, "site": { "id": other } })).unwrap();
    world.on(MAIN).describe(&tag, "still here");
    world.update("InfraDevice", json!({ "id": device, "site": { "id": third } })).unwrap();
    let conflicts = world.store.conflicts("branch").unwrap();
    let mut paths: Vec<String> = conflicts.into_iter().map(|conflict| conflict.path).collect();
    paths.sort();
    let mut expected = [format!("data/{tag}"), format!("data/{device}/site/peer")];
    expected.sort();
    assert_eq!(paths, expected);
}

#[test]
fn a_merge_brings_relations_and_deletes_and_keeps_what_main_has() {
    let mut world = World::new();
    let site = world.site("atl1");
    let device = world.device("one", &site);
    let tags = [world.tag("a"), world.tag("b"), world.tag("c")];
    world.add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[0] }] })).unwrap();
    world.branch("branch");
    world.on("branch").remove(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[0] }] })).unwrap();
    world.add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[1] }] })).unwrap();
    let port = world.port("eth0", &device);
    world.on(MAIN).add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[2] }] })).unwrap();
    world.update("InfraDevice", json!({ "id": device, "asn": { "value": 7 } })).unwrap();
    world.store.merge_branch("branch", None).unwrap();
    assert_eq!(world.on(MAIN).peers(&device, "tags"), tags[1..]);
    assert_eq!((world.value(&device, "asn"), world.peers(&device, "interfaces")), (json!(7), vec![port]));
}

#[test]
fn what_is_the_same_on_all_branches_is_seen_on_all() {
    let mut world = World::new();
    world.branch("branch");
    let account = json!({ "name": { "value": "ann" }, "password": { "value": "x" } });
    let account = world.on("branch").made("CoreAccount", account);
    assert_eq!(world.on(MAIN).get(&account).display_label(), "Ann");
    world.update("CoreAccount", json!({ "id": account, "label": { "value": "Anna" } })).unwrap();
    assert_eq!(world.on("branch").get(&account).display_label(), "Anna");
    let group = json!({ "name": { "value": "g" }, "members": [{ "id": account }] });
    world.made("CoreAccountGroup", group);
    world.on(MAIN).delete("CoreAccount", json!({ "id": account })).unwrap();
    assert!(world.on("branch").view().get_text(&account).is_none());
}

#[test]
fn newer_objects_of_main_count_for_uniqueness_on_a_branch() {
    let mut world = World::new();
    world.branch("branch");
    let id = world.on(MAIN).tag("t");
    let data = json!({ "name": { "value": "t" } });
    let refused = message(world.on("branch").create("BuiltinTag", data.clone()));
    assert_eq!(refused, "Violates uniqueness constraint 'name'");
    let refused = message(world.upsert("BuiltinTag", data));
    let expected =
        format!("Node {id} / BuiltinTag uses this human-friendly ID, but does not exist on this branch.");
    assert!(refused.starts_with(&expected), "{refused}");
}

#[test]
fn a_schema_belongs_to_a_branch() {
    let mut world = World::new();
    let tag = world.tag("t");
    world.branch("branch");
    let mut schema = world.view().schema().clone();
    let mut kind = schema.kinds["BuiltinTag"].clone();
    let mut extra = kind.attribute("description").unwrap().clone();
    extra.name = "extra".to_owned();
    extra.default_value = Some(json!("new"));
    kind.attributes.push(extra);
    schema.kinds.insert("BuiltinTag".to_owned(), kind);
    let before = world.store.branch("branch").unwrap();
    world.store.set_schema("branch", schema, None).unwrap();
    let after = world.store.branch("branch").unwrap();
    assert_eq!((before.has_schema_changes, after.has_schema_changes), (false, true));
    assert_eq!(world.on("branch").value(&tag, "extra"), "new");
    assert_eq!(world.on(MAIN).get(&tag).attribute("extra"), None);
    world.on("branch").update("BuiltinTag", json!({ "id": tag, "extra": { "value": "x" } })).unwrap();
    world.store.merge_branch("branch", None).unwrap();
    assert_eq!(world.on(MAIN).value(&tag, "extra"), "x");
}
