//! Changing an object.

use super::request::WriteRequest;
use crate::client::Client;
use crate::id::{Key, Reference};
use crate::input::Update;
use crate::kind::Node;
use std::marker::PhantomData;

/// An update that does not yet say what changes: finish it with [`set`](UpdateOf::set).
#[must_use = "say what changes with `.set(…)`, then await it"]
#[derive(Debug)]
pub struct UpdateOf<K> {
    client: Client,
    key: Key,
    kind: PhantomData<fn() -> K>,
}

impl<K: Node> UpdateOf<K> {
    pub(crate) fn new<R: Reference<Kind = K>>(client: Client, node: &R) -> Self {
        Self { client, key: node.key().0, kind: PhantomData }
    }

    /// The change: only the fields that it names are sent.
    pub fn set(self, update: impl Update<Kind = K>) -> WriteRequest<K> {
        WriteRequest::update(self.client, self.key, update.into_data())
    }
}
