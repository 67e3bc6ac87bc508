//! Writes: create, upsert, update and delete an object, and change its peers.

mod create;
mod delete;
mod mutation;
mod relationship;
mod update;
mod upsert;

pub use create::CreateRequest;
pub use delete::DeleteRequest;
pub use relationship::{RelationshipChange, RelationshipPeers};
pub use update::{UpdateOf, UpdateRequest};
pub use upsert::UpsertRequest;

pub(crate) use mutation::{Action, Mutation, Outcome, WriteData};
