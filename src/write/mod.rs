//! Writes: create, upsert, update and delete an object, and change its peers.

mod allocate;
mod delete;
mod mutation;
mod relationship;
mod request;
#[cfg(test)]
mod tests;
mod update;

pub use allocate::{AllocateAndRead, AllocateRequest};
pub use delete::DeleteRequest;
pub use relationship::{RelationshipChange, RelationshipPeers};
pub use request::{WriteAndRead, WriteRequest};
pub use update::UpdateOf;

pub(crate) use mutation::{Action, Mutation, Outcome, StoredChecksum, WriteData, not_done};
