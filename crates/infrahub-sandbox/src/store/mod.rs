//! All data and all rules, in memory: what GraphQL and REST translate to and from.
//!
//! A [`Store`] is a plain value. Reading takes `&self` and gives a [`View`], which is a branch as it was at one moment:
//! it is cheap to clone, holds no lock and never changes. Writing takes `&mut self`; whoever shares a store puts it
//! behind a `Mutex` or `RwLock`. A write takes microseconds and either happens or is refused; what the server keeps of
//! a refused write (what pools gave for it) is kept here too.
//!
//! # The interface at a glance
//!
//! ```text
//! type Arguments = serde_json::Map<String, serde_json::Value>
//! type Outcome<T> = Result<T, Refusals>
//!
//! Store::new(schema: Schema) -> Store          // with what a fresh server holds: branch `main`, the account `admin`, …
//!   .snapshot(&self) -> Snapshot               // microseconds, whatever the store holds
//!   .restore(&mut self, &Snapshot)
//!
//!   .branches(&self) -> Vec<Branch>            // `main` first
//!   .branch(&self, name: &str) -> Outcome<Branch>
//!   .create_branch(&mut self, NewBranch) -> Outcome<Branch>
//!   .describe_branch(&mut self, name, description: Option<String>) -> Outcome<Branch>
//!   .delete_branch(&mut self, name) -> Outcome<()>
//!   .rebase_branch(&mut self, name) -> Outcome<Branch>
//!   .merge_branch(&mut self, name, author: Option<NodeId>) -> Outcome<Branch>
//!   .validate_branch(&self, name) -> Outcome<Branch>
//!   .check_schema(&self, branch, &Schema) -> Outcome<()>     // whether objects and branches comply with it
//!   .load_schema(&mut self, branch, Schema, author) -> Outcome<()>   // checks it, and migrates the objects
//!   .set_schema(&mut self, branch, Schema, author) -> Outcome<()>    // migrates them unchecked
//!
//!   .view(&self, branch) -> Outcome<View>
//!   .view_at(&self, branch, Option<Timestamp>) -> Outcome<View>
//!   point_in_time(text: &str) -> Option<Timestamp>          // `?at=`: ISO, a date, or a distance such as `30m`
//!
//!   .create(&mut self, &Write) -> Outcome<Written>          // Write { branch, kind, data: &Arguments, author, file }
//!   .update(&mut self, &Write) -> Outcome<Written>
//!   .upsert(&mut self, &Write) -> Outcome<Written>
//!   .delete(&mut self, &Write) -> Outcome<Vec<NodeId>>      // every object that went, components too
//!   .convert(&mut self, &Relate) -> Outcome<Written>
//!   .add_peers(&mut self, &Relate) -> Outcome<Written>      // Relate { branch, data: &Arguments, author }
//!   .remove_peers(&mut self, &Relate) -> Outcome<Written>
//!   .allocate_address(&mut self, &Relate) -> Outcome<Written>
//!   .allocate_prefix(&mut self, &Relate) -> Outcome<Written>
//!   .allocated(&self, branch, at, pool, resource) -> Outcome<Vec<Allocated>>
//!   .pool_usage(&self, branch, at, pool) -> Outcome<PoolUsage>
//!   .password_fits(&self, account: NodeId, text: &str) -> bool
//!
//! View (Clone, Send, Sync, 'static)
//!   .schema(&self) -> &Schema   .is_a(kind, generic) -> bool
//!   .get(&self, NodeId) -> Option<Object>                   // of whatever kind
//!   .get_text(&self, id: &str) -> Option<Object>            // None where `id` is no UUID
//!   .by_hfid(&self, kind, hfid: &[String]) -> Outcome<Option<Object>>
//!   .find(&self, kind, &Arguments) -> Outcome<Found<Object>>  // all arguments of the query field, as GraphQL names them
//!   .account(&self, name) -> Option<Object>                 // the account of that name
//!
//! Found<T> { count: usize, items: Vec<T> }
//!
//! Object (Clone, Send, Sync, 'static): an object as a view shows it
//!   .id() -> NodeId   .kind() -> &str   .schema() -> Option<&KindSchema>   .view() -> &View
//!   .display_label() -> String   .hfid() -> Option<Vec<String>>
//!   .attribute(name) -> Option<AttributeView>   .text(name) -> String
//!   .at_path(path) -> Value                                 // `site__name__value`
//!   .peer(relationship) -> Option<Peer>                     // cardinality one
//!   .peers(relationship, &Arguments) -> Outcome<Found<Peer>>  // cardinality many; `ancestors` and `descendants` too
//!   .metadata() -> Metadata
//!
//! AttributeView { id: Option<NodeId>, value: Value, is_default, is_from_profile, is_protected, source, owner:
//!                 Option<NodeId>, updated_at, updated_by: Option<NodeId> }
//! property(&Attribute, &Value, name) -> Value               // `version` of an address, `label` of a choice, …
//! Peer { object: Object }  .properties() -> Properties  .metadata() -> Option<Metadata>
//! Properties { is_protected: Option<bool>, source, owner: Option<NodeId> }
//! Metadata { created_at: Timestamp, created_by: Option<NodeId>, updated_at: Timestamp, updated_by: Option<NodeId> }
//! time_text(Timestamp) -> String                            // as the server writes times in metadata
//!
//! Written { id: NodeId, created: bool, view: View, .. }     // what a mutation answers with
//!   .object() -> Option<Object>
//!   .attribute(name) -> Option<AttributeView>   // as the mutation's own answer has it; differs from what is read later
//!   .shows(relationship) -> bool                // an update leaves out the peers to one that it did not name
//!
//! jinja2() -> minijinja::Environment                        // writes values as the server's templates do
//!
//! Refusals: .first() -> &Refused, .each() -> (&Refused, rest of the path: nothing, or ["data", field])
//! Refused: .code(), .http_status(), .data(), Display (the message)
//! ```
//!
//! Arguments and data come as GraphQL has them, already coerced: `find("InfraDevice", {"name__value": "x", "limit": 5,
//! "order": {"by": [{"field": "name__value", "direction": "DESC"}]}})`, `create(InfraDevice, {"name": {"value": "x"},
//! "site": {"hfid": ["atl1"]}})`. An argument that the document left out must be absent, not null: null has a meaning
//! of its own.

mod address;
mod branch;
mod catalogue;
mod change;
mod commit;
mod compliance;
mod constraint;
mod convert;
mod create;
mod delete;
mod draft;
mod filter;
mod find;
mod history;
mod id;
mod input;
mod ipam;
mod merge;
mod migrate;
mod number;
mod object_template;
mod page;
mod password;
mod path;
mod peers;
mod pool;
mod profile;
mod proposed_change;
mod python;
mod read;
mod record;
mod refused;
mod relate;
mod related;
mod request;
mod schema;
mod seed;
mod special;
mod state;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod unique;
mod usage;
mod value;
mod view;
mod whole;
mod write;

pub(crate) use branch::{Branch, BranchStatus, NewBranch};
pub(crate) use catalogue::Catalogue;
pub(crate) use id::{NodeId, point_in_time, time_text};
pub(crate) use python::{quoted as python_quoted, text as python_text, title as python_title};
pub(crate) use read::AttributeView;
pub(crate) use record::Metadata;
pub(crate) use refused::{Refusals, Refused};
pub(crate) use request::{FileFacts, Relate, Write};
pub(crate) use seed::PASSWORD;
pub(crate) use template::jinja2;
pub(crate) use usage::Usage;
pub(crate) use value::property;
pub(crate) use view::{Object, Peer, Properties, View};
pub(crate) use whole::{Snapshot, Store};
pub(crate) use write::Written;

/// The arguments of a GraphQL field, or one of its input objects.
pub(crate) type Arguments = serde_json::Map<String, serde_json::Value>;

/// What a call of the store gives.
pub(crate) type Outcome<T> = Result<T, Refusals>;

/// The name of the default branch.
pub(crate) const MAIN: &str = "main";
