//! Batches: many writes in few documents, with a result for each.

mod document;
mod futures;
mod order;
mod run;
#[cfg(test)]
pub(crate) mod tests;

pub use run::{BatchReport, BatchResult, Written};

use crate::client::Client;
use crate::file::File;
use crate::filter::to_json;
use crate::id::{Id, Key, Reference};
use crate::input::{Create, Data, Fields, Named, Update};
use crate::kind::{Kind, Node, Upsertable};
use crate::write::{Action, Mutation, WriteData};
use order::Order;
use std::num::NonZeroUsize;

/// Writes that are sent together.
///
/// The server runs the writes of a document one after the other, each on its own: good ones are kept
/// where another fails. A write that refers to an object of the same batch, by id or by human-friendly id,
/// is sent after it, and writes of one kind that do different things keep their order; documents that do
/// not depend on each other are sent at the same time. One bad write hides no other, and nothing is sent
/// twice unless it is known not to have run or is safe to repeat. A write with a file is a request of its own.
#[must_use = "a batch is sent by `.run()` or `.stream()`"]
pub struct Batch {
    client: Client,
    items: Vec<Item>,
    order: Order,
    limits: Limits,
    repeatable: bool,
}

/// How much goes into one document, and how many documents are under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    items: usize,
    bytes: usize,
    in_flight: usize,
}

/// One write, and when it may be sent: all writes of a wave before any of the next.
#[derive(Debug)]
pub(crate) struct Item {
    mutation: Mutation,
    /// The id of the object, where it is known.
    id: Option<String>,
    wave: usize,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch of {} writes", self.items.len())
    }
}

impl Batch {
    pub(crate) fn new(client: Client) -> Self {
        let in_flight = client.config().max_concurrent_execution;
        Self {
            client,
            items: Vec::new(),
            order: Order::default(),
            limits: Limits { items: 20, bytes: 256 * 1024, in_flight },
            repeatable: false,
        }
    }

    /// Adds the creation of an object, and gives its id, which later writes may refer to.
    pub fn create<C: Create>(&mut self, create: C) -> Id<C::Kind>
    where
        C::Kind: Node,
    {
        let Data { id, fields, peers, file, .. } = create.into_data();
        let id = id.unwrap_or_else(Id::generate);
        let key = Key::Id(id.as_str().to_owned());
        self.push::<C::Kind>(Action::Create, Some(&key), &fields, &peers, file);
        id
    }

    /// Adds the creation of many objects.
    pub fn extend<C: Create>(&mut self, creates: impl IntoIterator<Item = C>) -> Vec<Id<C::Kind>>
    where
        C::Kind: Node,
    {
        creates.into_iter().map(|create| self.create(create)).collect()
    }

    /// Adds an upsert.
    pub fn upsert<C: Create>(&mut self, create: C)
    where
        C::Kind: Node + Upsertable,
    {
        let Data { id, fields, peers, file, .. } = create.into_data();
        let key = id.map(|id| Key::Id(id.as_str().to_owned()));
        self.push::<C::Kind>(Action::Upsert, key.as_ref(), &fields, &peers, file);
    }

    /// Adds a change.
    pub fn update<R: Reference>(&mut self, node: &R, update: impl Update<Kind = R::Kind>)
    where
        R::Kind: Node,
    {
        let Data { fields, peers, file, .. } = update.into_data();
        self.push::<R::Kind>(Action::Update, Some(&node.key().0), &fields, &peers, file);
    }

    /// Adds a deletion.
    pub fn delete<R: Reference>(&mut self, node: &R)
    where
        R::Kind: Node,
    {
        self.push::<R::Kind>(Action::Delete, Some(&node.key().0), &Fields::default(), &[], None);
    }

    /// How many writes one document holds at most; 20 unless set.
    pub fn document_items(mut self, items: NonZeroUsize) -> Self {
        self.limits.items = items.get();
        self
    }

    /// How many bytes of data one document holds at most, unless a single write is larger; 256 KiB unless set.
    pub fn document_bytes(mut self, bytes: NonZeroUsize) -> Self {
        self.limits.bytes = bytes.get();
        self
    }

    /// How many documents are under way at most; the configuration's `max_concurrent_execution` unless set.
    pub fn documents_in_flight(mut self, documents: NonZeroUsize) -> Self {
        self.limits.in_flight = documents.get();
        self
    }

    /// Says that nobody else writes these objects meanwhile, so that upserts, updates and deletes may be
    /// sent again even where they may have run already. Creates always may.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// How many writes the batch holds.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether the batch holds no write.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Makes everything that is added from here on wait until everything before has been sent.
    ///
    /// What refers to an object of the batch waits for it without being told, and so do writes of one kind
    /// that do different things. This is for what only the program knows, such as a name that is freed by a
    /// write of one kind and taken by another.
    pub fn then(&mut self) {
        self.order.barrier();
    }

    fn push<K: Kind>(
        &mut self,
        action: Action,
        key: Option<&Key>,
        fields: &Fields,
        peers: &[Named],
        file: Option<File>,
    ) {
        let id = match key {
            Some(Key::Id(id)) => Some(id.clone()),
            _ => None,
        };
        let object = match (&id, key) {
            (Some(id), _) => Some(Named::Id(id.clone())),
            (None, Some(_)) => Some(Named::OfKind(K::KIND)),
            (None, None) => None,
        };
        let wave = self.order.place(K::KIND, action, object, peers);
        let data = to_json(&WriteData { key, fields });
        self.items.push(Item { mutation: Mutation { kind: K::KIND, action, data, file }, id, wave });
    }
}
