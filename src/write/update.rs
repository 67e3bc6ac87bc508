//! Changing an object.

use super::mutation::{Action, Mutation, Outcome, WriteData};
use crate::client::Client;
use crate::error::Error;
use crate::filter::to_json;
use crate::id::{Key, Reference};
use crate::input::{Data, Update};
use crate::kind::{Kind, Node, Projection, Selection};
use crate::operation::Effect;
use crate::read::OnlyField;
use futures_core::future::BoxFuture;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// An update that does not yet say what changes: finish it with [`set`](UpdateOf::set).
#[must_use = "say what changes with `.set(…)`, then await it"]
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
    pub fn set(self, update: impl Update<Kind = K>) -> UpdateRequest<K> {
        UpdateRequest {
            client: self.client,
            key: self.key,
            data: update.into_data(),
            effect: Effect::Write,
            projection: PhantomData,
        }
    }
}

/// Changes an object when awaited, and gives it back as the server stored it.
#[must_use = "an update is sent when it is awaited"]
pub struct UpdateRequest<P: Projection> {
    client: Client,
    key: Key,
    data: Data<P::Kind>,
    effect: Effect,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> UpdateRequest<P> {
    /// Gives back another projection of the object, such as its id alone.
    pub fn select<Q: Projection<Kind = P::Kind>>(self) -> UpdateRequest<Q> {
        UpdateRequest {
            client: self.client,
            key: self.key,
            data: self.data,
            effect: self.effect,
            projection: PhantomData,
        }
    }

    /// Says that nobody else writes these fields meanwhile, so that the update may be sent again even
    /// where it may have run already.
    pub fn repeatable(mut self) -> Self {
        self.effect = Effect::RepeatableWrite;
        self
    }

    async fn send(self) -> Result<P, Error> {
        let mutation = Mutation {
            kind: P::Kind::KIND,
            action: Action::Update,
            data: to_json(&WriteData { key: Some(&self.key), fields: &self.data.fields }),
        };
        let operation = mutation.operation(&Selection::of::<P>(), self.effect);
        let OnlyField(outcome): OnlyField<Outcome<P>> = self.client.run(&operation).await?;
        outcome.into_object(&operation)
    }
}

impl<P: Projection> IntoFuture for UpdateRequest<P> {
    type Output = Result<P, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
