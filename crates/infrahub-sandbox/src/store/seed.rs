//! What a fresh server holds.

use super::change::Change;
use super::create::{Source, insert};
use super::{Arguments, MAIN, NodeId, Store};
use serde_json::{Value, json};

/// The password of the account `admin`, as a fresh server has it.
pub(crate) const PASSWORD: &str = "infrahub";

/// Adds the administrator with role and group, the default namespace, and the pools of the schema's own numbers. Kinds
/// that the schema does not have are left out.
pub(crate) fn plant(store: &mut Store) {
    if let Ok(mut change) = Change::begin(store, MAIN, None) {
        let admin = account(&mut change);
        let permission = json!({ "action": "super_admin", "decision": 6 });
        let permission = add(&mut change, "CoreGlobalPermission", &permission);
        let role = json!({ "name": "Super Administrator", "permissions": ids(permission) });
        let role = add(&mut change, "CoreAccountRole", &role);
        let group = json!({ "name": "Super Administrators", "roles": ids(role), "members": ids(admin) });
        add(&mut change, "CoreAccountGroup", &group);
        let namespace = json!({
            "name": "default",
            "description": "Used to provide a default space of IP resources",
            "default": true,
        });
        add(&mut change, "IpamNamespace", &namespace);
        change.commit();
    }
    plant_number_pools(store);
}

fn account(change: &mut Change<'_>) -> Option<NodeId> {
    add(change, "CoreAccount", &json!({ "name": "admin", "account_type": "User", "password": PASSWORD }))
}

/// Adds the pools of attributes of kind `NumberPool` that have none yet.
pub(crate) fn plant_number_pools(store: &mut Store) {
    let Ok(mut change) = Change::begin(store, MAIN, None) else { return };
    let catalogue = change.state.catalogue.clone();
    for (kind, attribute) in catalogue.number_pools() {
        let is_there = change.state.of_kind("CoreNumberPool").into_iter().any(|pool| {
            let text = |name: &str| super::pool::text(pool, name);
            text("node") == kind.kind && text("node_attribute") == attribute.name
        });
        if is_there {
            continue;
        }
        let id = change.store.clock.id();
        let pool = json!({
            "id": id.to_string(),
            "name": format!("{}.{} [{id}]", kind.kind, attribute.name),
            "node": kind.kind,
            "node_attribute": attribute.name,
            "start_range": attribute.parameters.start_range.unwrap_or(1),
            "end_range": attribute.parameters.end_range.unwrap_or(i64::MAX),
            "pool_type": "Schema",
        });
        add(&mut change, "CoreNumberPool", &pool);
    }
    change.commit();
}

fn ids(id: Option<NodeId>) -> Value {
    id.map(|id| json!({ "id": id.to_string() })).into_iter().collect()
}

fn add(change: &mut Change<'_>, kind: &str, fields: &Value) -> Option<NodeId> {
    let catalogue = change.state.catalogue.clone();
    let fields: Arguments = fields.as_object().cloned().unwrap_or_default();
    insert(change, catalogue.kind(kind)?, &fields, Source::Pool).ok().map(|made| made.id)
}
