//! The store against the schema of a real server.

mod branches;
mod convert;
mod create;
mod delete;
mod filters;
mod history;
mod ipam;
mod pools;
mod profiles;
mod relationships;
mod schema;
mod templates;
mod tree;
mod update;
mod upsert;
mod usage;
mod values;

use super::find::Found;
use super::*;
use infrahub_schema::Schema;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;

/// A fresh server with the demo schema; each test has a copy of its own.
static FRESH: LazyLock<Store> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../live/demo-schema/snapshot/nodes.json");
    Store::new(Schema::read(&path).unwrap())
});

/// A store with short ways to use it.
struct World {
    store: Store,
    branch: String,
}

impl World {
    fn new() -> Self {
        Self { store: FRESH.clone(), branch: MAIN.to_owned() }
    }

    /// The same store, on another branch.
    fn on(&mut self, branch: &str) -> &mut Self {
        branch.clone_into(&mut self.branch);
        self
    }

    fn create(&mut self, kind: &str, data: Value) -> Outcome<Written> {
        self.write(kind, data, Store::create)
    }

    fn update(&mut self, kind: &str, data: Value) -> Outcome<Written> {
        self.write(kind, data, Store::update)
    }

    fn upsert(&mut self, kind: &str, data: Value) -> Outcome<Written> {
        self.write(kind, data, Store::upsert)
    }

    fn delete(&mut self, kind: &str, data: Value) -> Outcome<Vec<NodeId>> {
        self.write(kind, data, Store::delete)
    }

    fn write<T>(
        &mut self,
        kind: &str,
        data: Value,
        write: fn(&mut Store, &Write<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        let (branch, data) = (self.branch.clone(), arguments(data));
        let author = self.admin();
        write(&mut self.store, &Write { branch: &branch, kind, data: &data, author, file: None })
    }

    fn add(&mut self, data: Value) -> Outcome<Written> {
        self.relate(data, Store::add_peers)
    }

    fn remove(&mut self, data: Value) -> Outcome<Written> {
        self.relate(data, Store::remove_peers)
    }

    fn relate(
        &mut self,
        data: Value,
        relate: fn(&mut Store, &Relate<'_>) -> Outcome<Written>,
    ) -> Outcome<Written> {
        let (branch, data) = (self.branch.clone(), arguments(data));
        let author = self.admin();
        relate(&mut self.store, &Relate { branch: &branch, data: &data, author })
    }

    /// Creates what can be created, and gives its id.
    fn made(&mut self, kind: &str, data: Value) -> String {
        match self.create(kind, data) {
            Ok(written) => written.id.to_string(),
            Err(refusals) => panic!("{kind}: {refusals}"),
        }
    }

    fn tag(&mut self, name: &str) -> String {
        self.made("BuiltinTag", json!({ "name": { "value": name } }))
    }

    /// A site in a region of its own.
    fn site(&mut self, name: &str) -> String {
        let region = self.made("LocationRegion", json!({ "name": { "value": format!("region-of-{name}") } }));
        self.made("LocationSite", json!({ "name": { "value": name }, "parent": { "id": region } }))
    }

    fn device(&mut self, name: &str, site: &str) -> String {
        self.made("InfraDevice", json!({ "name": { "value": name }, "site": { "id": site } }))
    }

    fn port(&mut self, name: &str, device: &str) -> String {
        self.made("InfraInterfaceL2", json!({ "name": { "value": name }, "device": { "id": device } }))
    }

    fn admin(&self) -> Option<NodeId> {
        self.view().account("admin").map(|account| account.id())
    }

    fn view(&self) -> View {
        self.store.view(&self.branch).unwrap()
    }

    fn get(&self, id: &str) -> Object {
        self.view().get_text(id).unwrap_or_else(|| panic!("there is no {id}"))
    }

    fn value(&self, id: &str, attribute: &str) -> Value {
        self.get(id).attribute(attribute).unwrap().value
    }

    /// The ids of the peers of a relationship.
    fn peers(&self, id: &str, relationship: &str) -> Vec<String> {
        ids(&self.get(id).peers(relationship, &Arguments::new()).unwrap())
    }

    fn peer(&self, id: &str, relationship: &str) -> Option<String> {
        self.get(id).peer(relationship).map(|peer| peer.object.id().to_string())
    }

    /// The labels of what a query field gives.
    fn found(&self, kind: &str, filters: Value) -> Vec<String> {
        let found = self.view().find(kind, &arguments(filters)).unwrap();
        found.items.iter().map(Object::display_label).collect()
    }

    fn count(&self, kind: &str, filters: Value) -> usize {
        self.view().find(kind, &arguments(filters)).unwrap().count
    }
}

fn arguments(value: Value) -> Arguments {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} are no arguments"),
    }
}

fn ids(found: &Found<Peer>) -> Vec<String> {
    found.items.iter().map(|peer| peer.object.id().to_string()).collect()
}

/// Code, status and message of the one error.
#[track_caller]
fn refusal<T: std::fmt::Debug>(outcome: Outcome<T>) -> (&'static str, u16, String) {
    let refusals = outcome.expect_err("it must be refused");
    let all: Vec<_> = refusals.each().collect();
    assert_eq!(all.len(), 1, "{refusals}");
    let first = refusals.first();
    (first.code(), first.http_status(), first.to_string())
}

/// The message of the one error.
#[track_caller]
fn message<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    refusal(outcome).2
}

#[test]
fn a_fresh_server_has_an_administrator_a_namespace_and_its_own_pools() {
    let world = World::new();
    let admin = world.view().account("admin").unwrap();
    assert_eq!((admin.kind(), admin.display_label().as_str()), ("CoreAccount", "Admin"));
    assert!(world.store.password_fits(admin.id(), "infrahub"));
    assert!(!world.store.password_fits(admin.id(), "guess"));
    assert_eq!(world.found("CoreAccountGroup", json!({})), ["Super Administrators"]);
    assert_eq!(world.found("CoreGlobalPermission", json!({})), ["global:super_admin:allow_all"]);
    assert_eq!(world.found("BuiltinIPNamespace", json!({})), ["default"]);
    let pools = world.found("CoreNumberPool", json!({ "pool_type__value": "Schema" }));
    assert!(pools.len() == 1 && pools[0].starts_with("InfraCircuit.service_id ["), "{pools:?}");
}

#[test]
fn a_snapshot_brings_everything_back() {
    let mut world = World::new();
    let tag = world.tag("before");
    let snapshot = world.store.snapshot();
    world.update("BuiltinTag", json!({ "id": tag, "name": { "value": "after" } })).unwrap();
    world.tag("new");
    world.store.create_branch(NewBranch { name: "branch".to_owned(), ..NewBranch::default() }).unwrap();
    world.store.restore(&snapshot);
    assert_eq!(world.found("BuiltinTag", json!({})), ["before"]);
    assert_eq!(world.store.branches().len(), 1);
    assert_eq!(world.tag("new").len(), 36, "it goes on from there");
}

#[test]
fn branches_and_snapshots_cost_the_same_however_much_there_is() {
    let mut world = World::new();
    for number in 0..2000 {
        world.tag(&format!("tag-{number}"));
    }
    let began = std::time::Instant::now();
    for _ in 0..100 {
        let snapshot = world.store.snapshot();
        world.store.restore(&snapshot);
    }
    let each = began.elapsed() / 100;
    assert!(each.as_micros() < 1000, "{each:?}");
}
