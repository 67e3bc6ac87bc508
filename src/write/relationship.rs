//! Changing the peers of an object.

use super::mutation::{Action, Mutation, Outcome, WriteData, not_done};
use crate::client::Client;
use crate::column::ToMany;
use crate::error::Error;
use crate::filter::to_json;
use crate::id::{Key, Reference};
use crate::input::{Fields, IntoPeer, PeerInput};
use crate::kind::{Kind, Node};
use crate::operation::{Effect, Operation};
use crate::read::{OnlyField, id_of_key};
use futures_core::future::BoxFuture;
use std::borrow::Cow;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// The peers of one object across one relationship, to add to, remove from or replace.
#[must_use = "say what changes with `.add(…)`, `.remove(…)` or `.replace(…)`, then await it"]
#[derive(Debug)]
pub struct RelationshipPeers<P> {
    client: Client,
    kind: &'static str,
    key: Key,
    relationship: &'static str,
    peer: PhantomData<fn() -> P>,
}

impl<P: Kind> RelationshipPeers<P> {
    pub(crate) fn new<R: Reference>(client: Client, node: &R, relationship: ToMany<R::Kind, P>) -> Self
    where
        R::Kind: Node,
    {
        Self {
            client,
            kind: R::Kind::KIND,
            key: node.key().0,
            relationship: relationship.name(),
            peer: PhantomData,
        }
    }

    /// Adds these peers; one that is there already stays.
    #[allow(clippy::should_implement_trait, reason = "nothing is summed; the word is the server's own")]
    pub fn add<R: IntoPeer<P>>(self, peers: impl IntoIterator<Item = R>) -> RelationshipChange {
        self.change(Change::Add, peers)
    }

    /// Removes these peers; one that is not there is no error.
    ///
    /// The server even removes a component from its mandatory parent, and leaves it without one.
    pub fn remove<R: IntoPeer<P>>(self, peers: impl IntoIterator<Item = R>) -> RelationshipChange {
        self.change(Change::Remove, peers)
    }

    /// Makes these all the peers there are. An empty list removes every peer.
    pub fn replace<R: IntoPeer<P>>(self, peers: impl IntoIterator<Item = R>) -> RelationshipChange {
        self.change(Change::Replace, peers)
    }

    fn change<R: IntoPeer<P>>(
        self,
        change: Change,
        peers: impl IntoIterator<Item = R>,
    ) -> RelationshipChange {
        RelationshipChange {
            client: self.client,
            kind: self.kind,
            key: self.key,
            relationship: self.relationship,
            change,
            peers: peers.into_iter().map(IntoPeer::into_peer).collect(),
            effect: Effect::Write,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Add,
    Remove,
    Replace,
}

/// Changes the peers of one object when awaited.
#[must_use = "a change is sent when it is awaited"]
#[derive(Debug)]
pub struct RelationshipChange {
    client: Client,
    kind: &'static str,
    key: Key,
    relationship: &'static str,
    change: Change,
    peers: Vec<PeerInput>,
    effect: Effect,
}

#[derive(serde::Serialize)]
struct Nodes<'a> {
    id: &'a str,
    name: &'static str,
    nodes: &'a [PeerInput],
}

#[derive(serde::Serialize)]
struct Variables<T> {
    data: T,
}

impl RelationshipChange {
    /// Says that nobody else changes these peers meanwhile, so that the change may be sent again even where
    /// it may have run already.
    pub fn repeatable(mut self) -> Self {
        self.effect = Effect::RepeatableWrite;
        self
    }

    async fn send(self) -> Result<(), Error> {
        let operation = match self.change {
            Change::Replace => self.replace(),
            Change::Add => self.add_or_remove("RelationshipAdd").await?,
            Change::Remove => self.add_or_remove("RelationshipRemove").await?,
        };
        let OnlyField(outcome): OnlyField<Outcome<serde::de::IgnoredAny>> =
            self.client.run(&operation).await?;
        if outcome.ok == Some(false) { Err(not_done(&operation)) } else { Ok(()) }
    }

    fn replace(&self) -> Operation<'static> {
        let mut fields = Fields::default();
        fields.set(self.relationship, &self.peers);
        let data = to_json(&WriteData { key: Some(&self.key), fields: &fields });
        Mutation { kind: self.kind, action: Action::Update, data, file: None }.operation("id", self.effect)
    }

    async fn add_or_remove(&self, mutation: &'static str) -> Result<Operation<'static>, Error> {
        let id = self.object_id().await?;
        let data = Nodes { id: &id, name: self.relationship, nodes: &self.peers };
        let tracker = format!("mutation-{}-{}-{}", self.kind, mutation, self.relationship).to_lowercase();
        Ok(Operation {
            name: Cow::Borrowed(mutation),
            document: Cow::Owned(format!(
                "mutation {mutation}($data: RelationshipNodesInput!) {{ {mutation}(data: $data) {{ ok }} }}"
            )),
            variables: to_json(&Variables { data }),
            effect: self.effect,
            tracker: Cow::Owned(tracker),
            kind: Some(self.kind),
            object: Some(id.to_string()),
            upload: None,
        })
    }

    /// These two mutations take no human-friendly id.
    async fn object_id(&self) -> Result<Cow<'_, str>, Error> {
        id_of_key(&self.client, self.kind, &self.key).await
    }
}

impl IntoFuture for RelationshipChange {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
